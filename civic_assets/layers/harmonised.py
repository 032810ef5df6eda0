"""The harmonised layer of one release: its figures in the common vocabulary.

Belongs here: building the table, and holding a release back that cannot be harmonised. Does not belong here: recoding
itself (`civic_assets.harmonise`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from civic_assets.archive import Receipt
from civic_assets.contracts.model import Contract
from civic_assets.layers.checked import FINDINGS, RESULTS, CheckedRelease, store_facts
from civic_assets.layers.keys import layer_version
from civic_assets.layers.store import Store
from civic_assets.tables import TableRef, input_key
from civic_assets.unforeseen import ENVIRONMENT, sentence_of, traceback_of

if TYPE_CHECKING:
    from civic_assets.quality.framework.results import Finding


def harmonised_key(validated: TableRef) -> str:
    """Hash of everything that a harmonised table is built from."""
    return input_key("harmonised", validated.hash, layer_version("harmonised"))


def build_harmonised(
    store: Store, contract: Contract, receipt: Receipt, checked: CheckedRelease
) -> tuple[CheckedRelease, TableRef | None]:
    """The release in the common vocabulary, with its result; the table is None if the release is held back."""
    if checked.validated is None:
        return checked, None
    key = harmonised_key(checked.validated)
    current = store.tables.current("harmonised", receipt.source, receipt.release)
    if current is not None and current.key == key:
        return checked, current
    from civic_assets.harmonise.observations import harmonise
    from civic_assets.quality.frames.harmonised_gate import broken_by_harmonising

    try:
        validated = store.tables.read(checked.validated)
        table = harmonise(
            validated,
            source=receipt.source,
            release=receipt.release,
            source_sha256=receipt.sha256,
            synthetic=checked.facts.synthetic,
        )
        findings = broken_by_harmonising(contract, table, validated)
    except ENVIRONMENT:
        raise
    except Exception as error:  # noqa: BLE001  (what cannot be harmonised is held back, and the others go on)
        said = sentence_of(error).rstrip(".")
        return _hold_back(store, receipt, checked, f"{said}.", [traceback_of(error)]), None
    if findings:
        checked = _with_findings(store, receipt, checked, findings)
        return _hold_back(store, receipt, checked, findings[0].message), None
    return checked, store.tables.write("harmonised", receipt.source, receipt.release, table, key)


def _with_findings(
    store: Store, receipt: Receipt, checked: CheckedRelease, findings: Sequence[Finding]
) -> CheckedRelease:
    """The stored quality of a release with what was found after its checks."""
    from civic_assets.quality.framework.result_tables import with_findings

    tables, place = store.tables, (receipt.source, receipt.release)
    results, found = with_findings(
        tables.read(checked.results), tables.read(checked.findings), findings, *place
    )
    return CheckedRelease(
        checked.validated,
        tables.write(RESULTS, *place, results, checked.results.key),
        tables.write(FINDINGS, *place, found, checked.findings.key),
        checked.facts,
    )


def _hold_back(
    store: Store, receipt: Receipt, checked: CheckedRelease, reason: str, tracebacks: Sequence[str] = ()
) -> CheckedRelease:
    """Holds a release back that was checked and could then not be harmonised."""
    place = (receipt.source, receipt.release)
    facts = replace(
        checked.facts,
        held_back=[*checked.held_back, f"It could not be harmonised: {reason}"],
        tracebacks=[*checked.facts.tracebacks, *tracebacks],
    )
    store_facts(store, *place, facts, checked.results.key)
    store.tables.forget("validated", *place)
    store.tables.forget("harmonised", *place)
    return CheckedRelease(None, checked.results, checked.findings, facts)
