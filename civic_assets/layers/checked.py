"""What is stored of the checks of one release.

Belongs here: results, findings and facts under the key of the validated layer. Does not belong here: making them
(`validated`, `harmonised`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from civic_assets.answers.document import as_document
from civic_assets.archive import Receipt
from civic_assets.layers.facts import ReleaseFacts
from civic_assets.layers.store import Store
from civic_assets.tables import TableRef

RESULTS, FINDINGS = "quality_results", "quality_findings"


@dataclass(frozen=True, slots=True)
class CheckedRelease:
    """Result of building a release in the validated layer.

    Args:
        validated: Validated table; None if the release is held back.
        facts: Stored facts about the release.
    """

    validated: TableRef | None
    results: TableRef
    findings: TableRef
    facts: ReleaseFacts

    @property
    def held_back(self) -> Sequence[str]:
        """Why the release is not published; empty if it is."""
        return self.facts.held_back


def stored_facts(store: Store, source: str, release: str, key: str | None = None) -> ReleaseFacts | None:
    """The stored facts of a release.

    Args:
        store: Store that holds the release.
        source: Source of the release.
        release: Name of the release.
        key: Key under which they must be stored; any if None.

    Returns:
        None if there are none, or none under that key.
    """
    document = store.tables.read_json(RESULTS, source, release, key)
    return None if document is None else ReleaseFacts.from_document(document)


def store_facts(store: Store, source: str, release: str, facts: ReleaseFacts, key: str) -> None:
    """Store the facts of a release under a key."""
    store.tables.write_json(RESULTS, source, release, as_document(facts), key)


def stored_check(store: Store, receipt: Receipt, key: str) -> CheckedRelease | None:
    """The stored results of a release under a key, or None if they must be built."""
    tables, place = store.tables, (receipt.source, receipt.release)
    facts = stored_facts(store, *place, key)
    results, findings = tables.current(RESULTS, *place), tables.current(FINDINGS, *place)
    validated = tables.current("validated", *place)
    if facts is None or results is None or findings is None or results.key != key or findings.key != key:
        return None
    if facts.held_back:
        return CheckedRelease(None, results, findings, facts)
    return (
        CheckedRelease(validated, results, findings, facts)
        if validated is not None and validated.key == key
        else None
    )
