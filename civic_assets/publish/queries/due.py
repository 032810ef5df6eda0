"""What is held, what is out and what is expected of each source.

Belongs here: the answer of `civic-assets due`. Does not belong here: printing, asking publishers
(`civic_assets.acquire`), and judging one source (`outlook`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from civic_assets.acquire.live.held import HeldSource, read_held
from civic_assets.acquire.live.publishers_acts import files_in_words
from civic_assets.answers.due import DueList, DueSource
from civic_assets.answers.sources import NewestEdition, SourceLine, SourceStatus
from civic_assets.contracts.model import Contract
from civic_assets.layers.store import Store
from civic_assets.publish.queries.outlook import outlook_of
from civic_assets.publish.queries.sources import sources, today_in_london


def due(
    store: Store,
    contracts: Mapping[str, Contract],
    only: Collection[str] = (),
    today: date | None = None,
    *,
    exit_code: int = 0,
) -> DueList:
    """What is held, what is out and what is expected of each active source.

    Args:
        store: Store that holds the releases and what publishers said.
        contracts: Contracts of all sources.
        only: The sources that are asked about; all if empty.
        today: Day for which lateness is counted; today in London if None.
        exit_code: Exit code of the command.
    """
    day, held = today or today_in_london(), read_held(store.root)
    listed = sources(store, contracts, day).sources
    chosen = [one for one in listed if one.status == "active" and (not only or one.source in only)]
    return DueList(
        day, tuple(_due(one, held.get(one.source, HeldSource()), day) for one in chosen), exit_code
    )


def _due(status: SourceStatus, known: HeldSource, today: date) -> DueSource:
    seen = outlook_of(
        status.source,
        known,
        status.next_due,
        today,
        held=status.newest is not None or bool(status.releases),
        again=status.comes_again,
    )
    notes = [
        f"{status.source}: {files_in_words(one.now)} of {name!r} {'was' if one.now == 1 else 'were'} found; before "
        f"{one.since[:10]} there were {one.before:,}."
        for name, one in known.fewer.items()
    ]
    return DueSource(
        source=status.source,
        publisher=status.publisher,
        held=_held(status),
        out=seen.out,
        waiting=len(seen.waiting),
        asked_at=known.reached_at or None,
        asked=known.asked,
        trouble=known.trouble or None,
        failures=known.failures,
        next=seen.next,
        state=seen.state,
        late_days=seen.late_days,
        sentence=seen.sentence,
        notes=(*_newer_lines(status), *notes, *(event.sentence for event in known.events)),
    )


def _main_line(status: SourceStatus) -> SourceLine | None:
    """The line of files from which the next day is counted; None if there is none."""
    return next((line for line in status.lines if line.main and line.next_due is not None), None)


def _held(status: SourceStatus) -> NewestEdition | None:
    """The newest figures held of the files from which the next day is counted; of all if it is not counted."""
    line = _main_line(status)
    if line is None:
        return status.newest
    return NewestEdition(
        release=line.release,
        edition=line.edition,
        period=line.period,
        period_start=line.period_start,
        period_end=line.period_end,
        last_day=line.last_day,
    )


def _newer_lines(status: SourceStatus) -> list[str]:
    """A sentence for each line of files that is newer than the one from which the next day is counted."""
    main = _main_line(status)
    if main is None:
        return []
    counted = (
        f"what is due is counted from {main.edition}"
        if main.line
        else "what is due is counted from the others"
    )
    return [
        f"{status.source}: its files {line.line!r} reach {line.period}; {counted}."
        for line in status.lines
        if line.line and line.period_end > main.period_end
    ]
