"""Late is only what is known to be late: what is out, what was due, who says so, and when that was asked."""

from __future__ import annotations

from datetime import date

import pytest

from civic_assets.acquire.live.held import HeldFile, HeldSource
from civic_assets.publish.queries.outlook import Outlook, outlook_of

_PAGE = "https://www.ons.gov.uk/page/data"
TODAY = date(2026, 7, 30)


def _file(**changes: object) -> HeldFile:
    known = {
        "wanted": "tables", "title": "Year ending March 2026", "url": "https://www.ons.gov.uk/file?uri=/a.xlsx",
        "found_at": _PAGE, "first_seen": "2026-04-24T09:00:00Z", "sha256": "a" * 64, "releases": {"ons_pfa": "2026-03"},
    }  # fmt: skip
    return HeldFile(**{**known, **changes})  # type: ignore[arg-type]


def _seen(
    *files: HeldFile,
    by_rhythm: date | None = date(2026, 10, 30),
    again: bool = True,
    held: bool = True,
    **known: object,
) -> Outlook:
    source = HeldSource(**known, files={file.url: file for file in files})  # type: ignore[arg-type]
    return outlook_of("ons_pfa", source, by_rhythm, TODAY, held=held, again=again)


def _asked(*files: HeldFile, on: str = "2026-07-30", **more: object) -> Outlook:
    return _seen(*files, reached_at=f"{on}T12:00:00Z", **more)  # type: ignore[arg-type]


def test_file_that_is_out_is_late_since_it_was_put_out() -> None:
    seen = _asked(_file(published="2026-07-23T08:30:00Z", waiting_since="2026-07-28T10:00:00Z", sha256=""))
    assert (seen.state, seen.late_days) == ("out", 7)
    assert "was put out on 23 July 2026" in seen.sentence and _PAGE in seen.sentence
    assert seen.out is not None and not seen.out.held and seen.out.published == date(2026, 7, 23)


def test_file_without_a_day_is_late_only_since_it_was_first_seen() -> None:
    seen = _asked(_file(waiting_since="2026-07-28T10:00:00Z"))
    assert (seen.state, seen.late_days) == ("out", 2)
    assert "was first seen on 28 July 2026" in seen.sentence


def test_midnight_in_summer_belongs_to_the_day_in_london() -> None:
    """ONS writes 23:00 UTC of the day before for the first minute of a day in summer."""
    seen = _asked(_file(published="2026-07-22T23:00:00Z", waiting_since="2026-07-28T10:00:00Z"))
    assert seen.late_days == 7


def test_nothing_newer_is_out_so_nothing_is_late_whatever_the_rhythm_expects_later() -> None:
    seen = _asked(_file())
    assert (seen.state, seen.late_days) == ("up_to_date", 0)
    assert seen.next is not None and (seen.next.basis, seen.next.day) == ("rhythm", date(2026, 10, 30))


def test_publisher_says_when_the_next_is_due() -> None:
    seen = _asked(_file(), next_day="2026-10-22", next_words="22 October 2026", next_said_at=_PAGE)
    assert seen.next is not None
    assert (seen.next.basis, seen.next.day, seen.next.said_at) == ("publisher", date(2026, 10, 22), _PAGE)


def test_day_that_the_publisher_named_and_kept_counts_no_more() -> None:
    """Pages keep the old `nextRelease` for a while after the release."""
    seen = _asked(
        _file(published="2026-07-23T08:30:00Z"), next_day="2026-07-23", next_words="23 July 2026", next_said_at=_PAGE
    )  # fmt: skip
    assert seen.state == "up_to_date"
    assert seen.next is not None and seen.next.basis == "rhythm"


@pytest.mark.parametrize(
    ("asked", "state", "late"),
    [
        ("2026-07-22", "not_known", 0),  # before the day
        ("2026-07-23", "not_known", 0),  # on the day: perhaps before 09:30
        ("2026-07-25", "overdue", 2),  # two days later it was not there; what came since is not known
        ("2026-07-30", "overdue", 7),
    ],
)
def test_overdue_is_known_up_to_the_day_on_which_the_publisher_was_asked(
    asked: str, state: str, late: int
) -> None:
    seen = _asked(_file(), on=asked, next_day="2026-07-23", next_words="23 July 2026", next_said_at=_PAGE)
    assert (seen.state, seen.late_days) == (state, late)


def test_rhythm_decides_where_nobody_was_asked() -> None:
    seen = _seen(by_rhythm=date(2026, 7, 20))
    assert (seen.state, seen.late_days) == ("overdue", 10)
    assert seen.next is not None and seen.next.basis == "rhythm" and "never asked" in seen.sentence
    assert _seen(by_rhythm=date(2026, 8, 20)).state == "expected"


def test_words_without_a_day_are_repeated_and_the_rhythm_gives_the_day() -> None:
    seen = _asked(_file(), next_words="To be announced", next_said_at=_PAGE)
    assert seen.next is not None and seen.next.basis == "rhythm" and "To be announced" in seen.next.words
    alone = _asked(_file(), by_rhythm=None, next_words="To be announced", next_said_at=_PAGE)
    assert alone.next is not None and alone.next.basis == "publisher" and alone.next.day is None
    assert alone.state == "up_to_date" and "To be announced" in alone.sentence


def test_source_that_does_not_come_again_is_never_late() -> None:
    seen = _seen(by_rhythm=None, again=False)
    assert (seen.state, seen.late_days, seen.next) == ("not_expected", 0, None)


def test_file_that_is_no_longer_offered_is_not_out() -> None:
    seen = _asked(_file(offered=False, waiting_since="2026-07-28T10:00:00Z"))
    assert seen.state == "up_to_date" and seen.out is None


@pytest.mark.parametrize("next_day", ["", "2026-07-23", "2026-08-20"])
def test_source_of_which_nothing_is_held_is_neither_up_to_date_nor_late(next_day: str) -> None:
    seen = _asked(by_rhythm=None, held=False, next_day=next_day, next_words=next_day, next_said_at=_PAGE)
    assert (seen.state, seen.late_days) == ("nothing_held", 0)
    assert "offered no file that is wanted" in seen.sentence and "expected" not in seen.sentence
    assert (_PAGE in seen.sentence) == bool(next_day)
    never = _seen(by_rhythm=None, held=False)
    assert never.state == "nothing_held" and "never asked" in never.sentence


def test_file_that_is_out_is_missing_although_nothing_is_held() -> None:
    seen = _asked(_file(waiting_since="2026-07-28T10:00:00Z", sha256=""), by_rhythm=None, held=False)
    assert (seen.state, seen.late_days) == ("out", 2)


def test_file_that_is_no_release_of_the_source_leaves_nothing_held() -> None:
    seen = _asked(_file(releases={}), by_rhythm=None, held=False)
    assert seen.state == "nothing_held" and "a file that is not a release of this source" in seen.sentence


def test_source_that_comes_again_is_expected_although_no_day_is_known() -> None:
    """Such as codes of areas, whose files have no periods."""
    asked, never = _asked(_file(), by_rhythm=None), _seen(by_rhythm=None)
    assert (asked.state, never.state) == ("up_to_date", "expected")
    assert all("When the next edition is due is not known." in one.sentence for one in (asked, never))


@pytest.mark.parametrize("due_on", ["2026-10-22", "2026-07-28"], ids=["later", "after it was asked"])
def test_kind_of_file_that_is_not_found_any_more_is_no_source_up_to_date(due_on: str) -> None:
    by_rhythm = date.fromisoformat(due_on)
    sound = _asked(_file(), on="2026-07-27", by_rhythm=by_rhythm)
    assert sound.state in ("up_to_date", "not_known")
    seen = _asked(_file(), on="2026-07-27", by_rhythm=by_rhythm, missing=("ons_pfa: nothing fits.",))
    assert (seen.state, seen.late_days) == ("not_found", 0)
    assert "on 27 July 2026 a kind of file that is wanted was not found" in seen.sentence
    assert "the next edition" in seen.sentence and "offered nothing that is not held" not in seen.sentence


def test_late_source_of_which_something_is_not_found_stays_late_and_says_both() -> None:
    seen = _asked(_file(), by_rhythm=date(2026, 7, 20), missing=("One.", "Two."))
    assert (seen.state, seen.late_days) == ("overdue", 10)
    assert "Also, on 30 July 2026 2 kinds of files that are wanted were not found" in seen.sentence
