"""A release of the store as a member of a publication.

Belongs here: which releases have been checked, and the tables of each. Does not belong here: which of them are left out
(`scope`), and publishing them (`publication`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from civic_assets.archive import Receipt, release_sort_key
from civic_assets.contracts.model import Contract
from civic_assets.layers.checked import FINDINGS, RESULTS, stored_facts
from civic_assets.layers.facts import ReleaseFacts
from civic_assets.layers.store import Store
from civic_assets.tables import TableRef

REPORT = "gla_report"
"""Source of the GLA's report, whose claims and tables are judged if it is published."""


@dataclass(frozen=True, slots=True)
class Member:
    """A release and its tables for the read model.

    Args:
        harmonised: Harmonised table; None if the release is held back.
    """

    receipt: Receipt
    facts: ReleaseFacts
    results: TableRef
    findings: TableRef
    harmonised: TableRef | None


def members(
    store: Store, contracts: Mapping[str, Contract], without: Collection[tuple[str, str]] = ()
) -> list[Member]:
    """Releases of the store that have been checked, sorted by source and release.

    Args:
        store: Store that holds the releases.
        contracts: Contracts of the sources to include.
        without: Releases to leave out, as (source, release), e.g. synthetic ones among real ones.
    """
    collected = []
    receipts = [
        r for r in store.archive.receipts() if r.source in contracts and (r.source, r.release) not in without
    ]
    for receipt in sorted(receipts, key=lambda r: (r.source, release_sort_key(r.release))):
        member = _member(store, receipt)
        if member is not None:
            collected.append(member)
    return collected


def _member(store: Store, receipt: Receipt) -> Member | None:
    """A release with all of its tables; None if it has not been built, or a table of it is gone."""
    place = (receipt.source, receipt.release)
    results, findings = store.tables.current(RESULTS, *place), store.tables.current(FINDINGS, *place)
    facts = stored_facts(store, *place)
    if results is None or findings is None or facts is None:
        return None
    harmonised = None if facts.held_back else store.tables.current("harmonised", *place)
    if harmonised is None and not facts.held_back:
        return None
    return Member(receipt, facts, results, findings, harmonised)


def without_tables(store: Store, places: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Archived releases of which a table is gone, as after a restore or a clean-up.

    Args:
        store: Store that holds the releases.
        places: Releases to look at, as (source, release).

    Returns:
        Those that would have to be built again, sorted by source and release.
    """
    receipts = [r for r in store.archive.receipts() if (r.source, r.release) in places]
    lost = [r for r in receipts if _member(store, r) is None]
    return [
        (r.source, r.release) for r in sorted(lost, key=lambda r: (r.source, release_sort_key(r.release)))
    ]


def report_held(members: Iterable[Member]) -> bool:
    """Whether the GLA's report is one of the members and not held back."""
    return any(member.receipt.source == REPORT and member.harmonised is not None for member in members)
