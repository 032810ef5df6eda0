"""A run of asking publishers as a whole: from what came to what is remembered and said.

Belongs here: the steps after the answers, with and without anything new. Does not belong here: asking (`rounds`), what
follows for one source (`outcomes`), and publishing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.acquire.live.asked import SourceRound, TakenFile
from civic_assets.acquire.live.held import HeldSource, acquired, write_held
from civic_assets.acquire.live.outcomes import conclude
from civic_assets.acquire.live.said import offers_changed, said_now, write_said
from civic_assets.acquire.live.wanted import WantedSources
from civic_assets.answers.fetching import AskedSource, Fetching, FetchPlan, OfferedFile

if TYPE_CHECKING:
    from civic_assets.archive import Receipt
    from civic_assets.contracts.model import Contract
    from civic_assets.intake.received import Intake
    from civic_assets.layers.store import Store


@dataclass(frozen=True)
class Live:
    """What publishers were asked, and what they sent.

    Args:
        root: Folder of the store.
        wanted: What was wanted of them.
        rounds: What came, by source.
        before: What was remembered before, by source.
        replayed: Whether a replay publisher answered instead.
    """

    root: Path
    wanted: WantedSources
    rounds: Sequence[SourceRound]
    before: Mapping[str, HeldSource]
    replayed: bool = False

    @property
    def answered(self) -> list[str]:
        """Sources of which it is known what is offered."""
        return [one.source for one in self.rounds if one.found is not None]

    @property
    def nothing_came(self) -> bool:
        """Whether no bytes were sent of any file."""
        return all(request.path is None for one in self.rounds for request in one.requested)


def conclude_all(
    live: Live, taken: Mapping[str, TakenFile], reader: str = ""
) -> tuple[dict[str, HeldSource], Fetching]:
    """What is remembered from now on, by source that was asked, and the report of it.

    Args:
        live: The run.
        taken: What became of the files that were fetched, by their names.
        reader: What read them.
    """
    held: dict[str, HeldSource] = {}
    said: list[AskedSource] = []
    for round_ in live.rounds:
        conclusion = conclude(live.before.get(round_.source, HeldSource()), round_, taken, reader)
        held[round_.source] = conclusion.held
        said.append(conclusion.said)
    said += [
        AskedSource(source, "not_offered", 0, 0, 0, 0, 0, (), (why,))
        for source, why in live.wanted.not_offered.items()
    ]
    said.sort(key=lambda one: one.source)
    fetching = Fetching(
        sources=tuple(said),
        # A file that two sources want is fetched once.
        fetched=len({request.path for one in live.rounds for request in one.requested if request.path}),
        bytes=sum(one.bytes for one in said),
        requests=sum(one.requests for one in said),
        not_modified=sum(one.not_modified for one in said),
        replayed=live.replayed,
    )
    return held, fetching


def conclude_quietly(live: Live) -> Fetching | None:
    """Remember and say what follows if nothing is new; None if something is, and nothing is remembered then.

    Args:
        live: The run.
    """
    if not live.nothing_came:
        return None
    held, fetching = conclude_all(live, {})
    if any(_state(held[source]) != _state(live.before.get(source, HeldSource())) for source in held):
        return None
    if offers_changed(live.root, said_now(held)):
        return None
    write_held(live.root, held)
    return fetching


def _state(held: HeldSource) -> object:
    """Everything about a source that a publication depends on."""
    files = {key: (file.offered, file.sha256, dict(file.releases)) for key, file in held.files.items()}
    return files, len(held.events)


def conclude_run(
    live: Live,
    store: Store,
    contracts: Mapping[str, Contract],
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Intake, list[Receipt], Fetching]:
    """Take in what came, and remember it.

    Args:
        live: The run; its files are still there.
        store: The store.
        contracts: Contracts of the active sources.
        progress: Function called with a sentence about each file.

    Returns:
        The outcome of intake, receipts of all files that publishers still offer, and the report of it.
    """
    from civic_assets.acquire.fetches import damage_of
    from civic_assets.acquire.live.taking import still_offered, take_rounds
    from civic_assets.intake.recognition_cache import reader_of

    intake, taken = take_rounds(live.rounds, store.archive, contracts, progress)
    held, fetching = conclude_all(live, taken, reader_of(contracts))
    # The whole chain is read only by a run that has something to do: it grows with every request.
    fetching = replace(fetching, damage=damage_of(acquired(live.root)))
    write_held(live.root, held)
    said = said_now(held)
    if intake.of("new") or offers_changed(live.root, said):
        write_said(live.root, said)
    return intake, still_offered({**live.before, **held}, store.archive), fetching


def plan_of(live: Live) -> FetchPlan:
    """What would be fetched; what was found is remembered, but nothing is held that was not.

    Args:
        live: A round that fetched nothing.
    """
    held, fetching = conclude_all(live, {})
    write_held(live.root, held)
    files = tuple(
        OfferedFile(
            source=one.source,
            wanted=decision.offer.wanted,
            title=decision.offer.title,
            url=decision.offer.url,
            member=decision.offer.member,
            found_at=decision.offer.found_at,
            edition=decision.offer.edition,
            published=decision.offer.published.isoformat() if decision.offer.published else None,
            size=decision.offer.size,
            action=decision.action,
            why=decision.why,
        )
        for one in live.rounds
        for decision in one.decisions
    )
    return FetchPlan(
        profile="live",
        store=str(live.root),
        dry_run=True,
        sources=fetching.sources,
        files=files,
        replayed=live.replayed,
        exit_code=3 if fetching.problems else 0,
    )
