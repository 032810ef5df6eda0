"""Fetching one source, and looking at what its site offers, for Dagster.

Belongs here: the steps between a contract and files in the archive. Does not belong here: the steps themselves
(`civic_assets.acquire.live`), and when they are made (`sites`, `civic_assets.defs.schedules`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from civic_assets.acquire.limits import Limits
from civic_assets.acquire.live.decisions import Decision
from civic_assets.acquire.live.means import open_means
from civic_assets.acquire.live.rounds import ask_all, fetching_folder
from civic_assets.acquire.live.run import Live, conclude_run, plan_of
from civic_assets.acquire.live.wanted import wanted_sources
from civic_assets.archive import Receipt
from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError
from civic_assets.house_numbers.fetching import LOOK_SECONDS
from civic_assets.intake.recognition_cache import reader_of
from civic_assets.layers.store import Store
from civic_assets.layers.store_lock import changing
from civic_assets.publish.scope import settle

# One try: a tick of a sensor is stopped after a minute, and the next look tries again.
_BRIEFLY = Limits(connect=LOOK_SECONDS / 4, read=LOOK_SECONDS / 2, answer=LOOK_SECONDS, tries=1, most_tries=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at one source's site showed.

    Args:
        decisions: What would be done with each offer.
        problems: Sentences about what could not be reached or found.
    """

    decisions: tuple[Decision, ...] = ()
    problems: tuple[str, ...] = ()


class BrokenMachine(CivicError):
    """This machine could not do its part, as with a full disk: a failed run, and not a site that failed."""


def is_offered(contract: Contract) -> bool:
    """Whether a site offers files of a source."""
    found = contract.acquisition
    return found is not None and any(True for _ in found.places())


def look(
    store: Store, contracts: Mapping[str, Contract], sources: Sequence[str], say: Callable[[str], None]
) -> dict[str, Looked]:
    """Ask what is offered, and fetch nothing; what was found is remembered.

    Args:
        store: The store.
        contracts: Active contracts.
        sources: Sources to look at.
        say: Function called with a sentence about each step.
    """
    wanted = wanted_sources(contracts, sources)
    with open_means(store.root, lambda: reader_of(contracts), say, limits=_BRIEFLY) as means:
        rounds, before = ask_all(store.root, wanted.asked, means, folder=None, progress=say)
        plan = plan_of(Live(store.root, wanted, rounds, before, means.replayed))
    problems = {one.source: one.problems for one in plan.sources}
    return {one.source: Looked(one.decisions, problems.get(one.source, ())) for one in rounds}


def fetch(
    store: Store, contracts: Mapping[str, Contract], source: str, say: Callable[[str], None]
) -> tuple[list[Receipt], tuple[str, ...]]:
    """Fetch what is new of one source into the archive.

    Args:
        store: The store.
        contracts: Active contracts.
        source: The source.
        say: Function called with a sentence about each step.

    Returns:
        Receipts of the files that were sent, of any source; and sentences about what could not be fetched.

    Raises:
        ArchiveError: A file could not be archived, as on a full disk.
        BrokenMachine: Something could not be fetched for which this machine is to blame. Everything else was.
    """
    wanted = wanted_sources(contracts, [source])
    with fetching_folder(store.root) as folder:
        with open_means(store.root, lambda: reader_of(contracts), say) as means:
            rounds, before = ask_all(store.root, wanted.asked, means, folder=folder, progress=say)
        live = Live(store.root, wanted, rounds, before, means.replayed)
        # Not held while publishers are asked: that may take long, and changes nothing that others change.
        with changing(store.root, "a run of Dagster (fetch)", say):
            intake, offered, fetching = conclude_run(live, store, contracts, say)
            settle(store, [*intake.receipts, *offered], live.answered, live=True)
    if fetching.by_machine:
        raise BrokenMachine("\n".join(fetching.problems))
    return intake.receipts, tuple(fetching.problems)
