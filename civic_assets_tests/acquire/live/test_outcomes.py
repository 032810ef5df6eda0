"""What follows from a round, where no site is needed to bring it about."""

from __future__ import annotations

import errno
import os
from dataclasses import replace

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.live.asked import SourceRound
from civic_assets.acquire.live.decisions import Decision
from civic_assets.acquire.live.held import HeldSource
from civic_assets.acquire.live.outcomes import conclude
from civic_assets.acquire.live.rounds import Means, ask_all
from civic_assets.acquire.offers import Found, Offer
from civic_assets.contracts.acquisition import Acquisition, Wanted

_NOW, _PAGE = "2026-07-30T12:00:00Z", "https://www.ons.gov.uk/page/data"


def test_finder_that_finds_nothing_and_says_nothing_does_not_pass_for_nothing_new() -> None:
    round_ = SourceRound("ons_pfa", _NOW, "settings", Found("ons_pfa", asked=(_PAGE,)))
    conclusion = conclude(HeldSource(), round_, {})
    assert conclusion.said.state == "not_found"
    [sentence] = conclusion.said.problems
    assert "nothing is offered" in sentence and _PAGE in sentence
    assert conclusion.held.trouble == sentence and conclusion.held.failures == 0


def test_place_that_cannot_be_asked_is_named_with_its_source_and_changes_nothing_else() -> None:
    """A publication names the first address that was asked, and must not change because one of several is down."""
    before = HeldSource(asked=(_PAGE, "https://www.nomisweb.co.uk/about"), reached_at=_NOW, asked_at=_NOW)
    found = Found(
        "ons_population", asked=("https://www.nomisweb.co.uk/about",), unreached=(f"{_PAGE}: no answer.",)
    )
    conclusion = conclude(before, SourceRound("ons_population", _NOW, "settings", found), {})
    assert conclusion.said.problems == (f"ons_population: {_PAGE}: no answer.",)
    assert conclusion.held.asked == before.asked and conclusion.held.failures == 1
    never = conclude(HeldSource(), SourceRound("ons_population", _NOW, "settings", found), {})
    assert never.held.asked == found.asked


_FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
_CUT_OFF = NotObtained(f"{_PAGE}: the connection was reset.", url=_PAGE, kind="reset")
_NOT_WRITTEN = NotObtained(f"{_PAGE}: could not be written to /x.", url=_PAGE, kind="disk")


@pytest.mark.parametrize(
    ("error", "failures"), [(_FULL, 0), (_NOT_WRITTEN, 0), (MemoryError(), 0), (_CUT_OFF, 1)]
)
@pytest.mark.parametrize("step", ["find", "obtain"])
def test_full_disk_is_not_the_publishers_failure(
    tmp_path, error: Exception, failures: int, step: str
) -> None:
    offer = Offer("ons_pfa", "tables", "Tables", "https://www.ons.gov.uk/a.xlsx", _PAGE, "a.xlsx")

    def find(*_: object, **__: object) -> Found:
        if step == "find":
            raise error
        return Found("ons_pfa", offers=(offer,), asked=(_PAGE,))

    def obtain(*_: object) -> None:
        raise error

    means = Means(lambda *_: None, find, obtain)  # type: ignore[arg-type]
    where = Acquisition("ons_pages", ("www.ons.gov.uk",), (Wanted("tables"),), {})
    [round_], _ = ask_all(tmp_path, {"ons_pfa": where}, means, folder=tmp_path / "here")
    conclusion = conclude(HeldSource(), round_, {})
    assert conclusion.held.failures == failures
    [sentence] = conclusion.said.problems
    assert "site's answer could not be read" not in sentence and conclusion.said.state == "not_reached"
    assert conclusion.said.by_machine == (() if failures else (sentence,))


def test_what_was_not_found_is_remembered_until_it_is_found() -> None:
    found = Found("ons_pfa", missing=("ons_pfa: nothing fits.",), asked=(_PAGE,))
    held = conclude(HeldSource(), SourceRound("ons_pfa", _NOW, "settings", found), {}).held
    assert held.missing == found.missing
    unreached = SourceRound("ons_pfa", _NOW, "settings", None, "ons_pfa: no answer.")
    assert conclude(held, unreached, {}).held.missing == found.missing
    well = SourceRound("ons_pfa", _NOW, "settings", Found("ons_pfa", asked=(_PAGE,)))
    assert conclude(held, well, {}).held.missing == ()


_LIST = "https://www.gov.uk/api/content/tables"


def _kinds_after(before: list[Offer], now: list[Offer]) -> list[str]:
    """Kinds of the events of a second round."""

    def round_of(offers: list[Offer]) -> SourceRound:
        decisions = tuple(Decision(offer, "new", "it is not held") for offer in offers)
        return SourceRound(
            "home_office_prc", _NOW, "settings", Found("home_office_prc", tuple(offers)), "", decisions
        )

    held = conclude(HeldSource(), round_of(before), {}).held
    assert held.events == ()
    return [event.kind for event in conclude(held, round_of(now), {}).held.events]


def _attachment(address: str, title: str, edition: str = "") -> Offer:
    return Offer(
        "home_office_prc", "forces", title, f"https://www.gov.uk/{address}", address, _LIST, edition=edition
    )


def test_quarter_that_takes_the_place_of_the_one_before_withdraws_nothing() -> None:
    older = _attachment("2027.csv", "Year ending March 2027")
    old, new = (_attachment(name, "Year ending March 2028") for name in ("june.csv", "september.csv"))
    assert _kinds_after([old, older], [new, older]) == []
    # Without that title, it is not known to be the same table.
    other = _attachment("september.csv", "Reference tables")
    assert _kinds_after([old, older], [other, older]) == ["withdrawn"]
    # One file takes the place of one.
    assert _kinds_after([old, replace(old, url=f"{old.url}?2"), older], [new, older]) == ["withdrawn"]


def test_correction_under_another_name_withdraws_nothing() -> None:
    older = _attachment("2026.xlsx", "Tables, 2026", "yearendingmarch2026")
    old = _attachment("a.xlsx", "Tables, 2027", "yearendingmarch2027")
    new = _attachment("b.xlsx", "Tables, 2027; corrected", "yearendingmarch2027")
    assert _kinds_after([old, older], [new, older]) == []
    elsewhere = replace(new, found_at=f"{_LIST}/other")
    assert _kinds_after([old, older], [elsewhere, older]) == ["withdrawn"]
