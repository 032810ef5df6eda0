"""What is out and what is expected of one source: from what its publisher said when it was last asked.

Belongs here: the state of a source, how late it is as far as that is known, and the sentence. Does not belong here:
asking (`civic_assets.acquire`), and what is held (`sources`).

Late is only what is known to be late. A file that is out and not held is late since the day on which it was put out, or
since it was first seen. An edition that is due is overdue up to the day on which the publisher was last asked and did
not have it: whether it has come since is not known. Only if the publisher was never asked does the rhythm of the
contract decide. A source of which nothing is held is neither up to date nor overdue: nobody can say which editions of
it were missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from civic_assets.acquire.live.held import HeldFile, HeldSource
from civic_assets.answers.due import NextEdition, OutEdition
from civic_assets.answers.words import DueState
from civic_assets.values.period_words import spoken_day

LONDON = ZoneInfo("Europe/London")
"""Publication days are in London time."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is out and what is expected.

    Args:
        out: Newest file that is out.
        waiting: Files that are out and not held, the newest first.
        next: When the next edition is due.
        state: Whether something is missing.
        late_days: Days for which that is so, as far as is known.
        sentence: All of this in a sentence.
    """

    out: OutEdition | None
    waiting: tuple[HeldFile, ...]
    next: NextEdition | None
    state: DueState
    late_days: int
    sentence: str


def outlook_of(
    source: str, known: HeldSource, by_rhythm: date | None, today: date, *, held: bool, again: bool
) -> Outlook:
    """What is out and what is expected of a source.

    Args:
        source: Id of the source.
        known: What its publisher said.
        by_rhythm: Day by which the next edition should be out by the contract's frequency and lag; None if nothing is
            held from which that follows.
        today: Today in London.
        held: Whether a release of it was received.
        again: Whether further editions are expected at all.
    """
    offered = sorted((file for file in known.files.values() if file.offered), key=lambda file: file.rank)
    waiting = tuple(file for file in offered if file.waiting_since)
    out = _out(source, offered[0]) if offered else None
    expected = _next(known, offered, by_rhythm, again)
    asked_on = day_of(known.reached_at)
    state: DueState
    missing = len(known.missing)
    if not waiting and not held:
        state, late, said = "nothing_held", 0, _nothing(offered, expected, asked_on, today)
    else:
        state, late, said = _judged(waiting, expected, asked_on, today, again=again)
    # What was offered before says nothing of a file that is not found any more.
    if missing and asked_on is not None and state in ("up_to_date", "not_known"):
        state, said = "not_found", _not_found(missing, expected, asked_on, today, again=again)
    elif missing and asked_on is not None and state != "nothing_held":
        said += f" Also, {_missing(missing, asked_on)}"
    return Outlook(out, waiting, expected, state, late, f"{source}: {said}")


def day_of(moment: str) -> date | None:
    """The day in London of a moment in UTC; None for an empty text."""
    return datetime.fromisoformat(moment).astimezone(LONDON).date() if moment else None


def _out(source: str, file: HeldFile) -> OutEdition:
    return OutEdition(
        title=file.title,
        edition=file.edition,
        published=day_of(file.published),
        url=file.url,
        found_at=file.found_at,
        held=bool(file.sha256) and not file.waiting_since,
        release=None if file.waiting_since else file.releases.get(source),
    )


def _next(
    known: HeldSource, offered: list[HeldFile], by_rhythm: date | None, again: bool
) -> NextEdition | None:
    """When the next edition is due; a day that the publisher named and that has been kept counts no more."""
    day = date.fromisoformat(known.next_day) if known.next_day else None
    kept = day is not None and any(
        (came := day_of(file.published or file.first_seen)) is not None and came >= day for file in offered
    )
    if known.next_words and not kept and (day is not None or by_rhythm is None):
        return NextEdition(day, "publisher", known.next_words, known.next_said_at)
    if by_rhythm is None or not again:
        return None
    words = "end of the newest period, the expected lag and one cycle, by the contract"
    if known.next_words and not kept:
        words += f"; the publisher says {known.next_words!r}"
    return NextEdition(by_rhythm, "rhythm", words, None)


def _judged(
    waiting: tuple[HeldFile, ...],
    expected: NextEdition | None,
    asked_on: date | None,
    today: date,
    *,
    again: bool,
) -> tuple[DueState, int, str]:
    if waiting:
        return _waiting(waiting, today)
    day = expected.day if expected is not None else None
    when = _when(expected, today, again=again)
    if asked_on is None:
        if day is None or day > today:
            return ("expected" if again else "not_expected"), 0, f"the publisher was never asked. {when}"
        late = (today - day).days
        return "overdue", late, f"the publisher was never asked. {when} That was {_days(late)} ago."
    asked = f"on {spoken_day(asked_on)} the publisher offered nothing that is not held."
    if day is None or day > today:
        return "up_to_date", 0, f"{asked} {when}"
    # The day itself does not count: releases come at 09:30, and the publisher may have been asked before.
    if asked_on > day:
        late = (asked_on - day).days
        return "overdue", late, f"{asked} {when} It was overdue by {_days(late)} then."
    return "not_known", 0, f"{asked} {when} Ask again to know: civic-assets due --ask."


def _nothing(
    offered: list[HeldFile], expected: NextEdition | None, asked_on: date | None, today: date
) -> str:
    """The sentence about a source of which nothing is held and nothing is waiting to be fetched."""
    when = f" {_when(expected, today, again=True)}" if expected is not None else ""
    if asked_on is None:
        return f"nothing is held, and the publisher was never asked.{when}"
    asked = f"on {spoken_day(asked_on)} the publisher offered"
    if not offered:
        return f"nothing is held, and {asked} no file that is wanted.{when}"
    one = len(offered) == 1
    files = "a file that is not" if one else f"{len(offered):,} files, none of which is"
    return f"nothing is held; {asked} {files} a release of this source.{when}"


def _not_found(
    missing: int, expected: NextEdition | None, asked_on: date, today: date, *, again: bool
) -> str:
    """The sentence about a source of which something that is wanted was not found."""
    return (
        f"{_missing(missing, asked_on)} Whether a newer file of that kind is out is not known. "
        f"{_when(expected, today, again=again)}"
    )


def _missing(missing: int, asked_on: date) -> str:
    kinds = (
        "a kind of file that is wanted was"
        if missing == 1
        else f"{missing:,} kinds of files that are wanted were"
    )
    return f"on {spoken_day(asked_on)} {kinds} not found at the publisher's site."


def _waiting(waiting: tuple[HeldFile, ...], today: date) -> tuple[DueState, int, str]:
    newest = waiting[0]
    published = day_of(newest.published)
    since = published or day_of(newest.waiting_since) or today
    how = f"was put out on {spoken_day(since)}" if published else f"was first seen on {spoken_day(since)}"
    more = f", and {len(waiting) - 1:,} more" if len(waiting) > 1 else ""
    late = max(0, (today - since).days)
    said = f"{newest.title!r} {how} ({newest.found_at}) and is not held{more}."
    return "out", late, f"{said} Fetch it: civic-assets refresh --profile live."


def _when(expected: NextEdition | None, today: date, *, again: bool) -> str:
    if expected is None and again:
        return "When the next edition is due is not known."
    if expected is None:
        return "No further edition is expected."
    if expected.day is None:
        return f"Of the next edition the publisher says {expected.words!r} ({expected.said_at})."
    verb, day = "was" if expected.day <= today else "is", spoken_day(expected.day)
    if expected.basis == "publisher":
        return f"The publisher says that the next edition {verb} due on {day} ({expected.said_at})."
    return f"By the rhythm of its contract the next edition {verb} due by {day}."


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"
