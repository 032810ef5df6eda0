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
from civic_assets.answers.sources import SourceStatus
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
        held=status.newest,
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
        notes=(*notes, *(event.sentence for event in known.events)),
    )
