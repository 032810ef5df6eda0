"""The validated layer of one release: its figures, checked against its contract.

Belongs here: what the layer is built from, and what is stored of it and of its checks. Does not belong here: parsing
and checking (`examine`), reading (`raw`) and recoding (`harmonised`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from civic_assets.archive import Receipt, edition_of, release_sort_key
from civic_assets.archive.blobs import sha256_of
from civic_assets.contracts.model import Contract
from civic_assets.contracts.waivers import waivers_for
from civic_assets.harmonise.vocabulary_key import vocabulary_key
from civic_assets.house_numbers.calendar import EARLIER_EDITIONS
from civic_assets.layers.checked import FINDINGS, RESULTS, CheckedRelease, store_facts, stored_check
from civic_assets.layers.examine import examine
from civic_assets.layers.issues import decided_by, earlier_issues, issues_of
from civic_assets.layers.keys import layer_version
from civic_assets.layers.raw import build_raw, raw_grid
from civic_assets.layers.store import Store
from civic_assets.parsing.observations import FIELDS
from civic_assets.parsing.reissue_notice import ReissueNotice, reissue_notice
from civic_assets.readers.grid import Grid
from civic_assets.tables import TableRef, input_key
from civic_assets.tables.release_names import series_of

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.quality.analyses.history import History
    from civic_assets.quality.framework.release import FileFacts


def history_of(store: Store, receipt: Receipt) -> list[TableRef]:
    """Validated tables of earlier editions of the source, oldest first, each in its newest issue."""
    own, series = release_sort_key(receipt.release), series_of(receipt.release)
    history: list[TableRef] = []
    editions = {edition_of(receipt.release)}
    # From the newest backwards, so that the time does not grow with the number of releases that a store has.
    for release in reversed(store.tables.names("validated", receipt.source)):
        if (
            release_sort_key(release) >= own
            or edition_of(release) in editions
            or series_of(release) != series
        ):
            continue
        ref = store.tables.current("validated", receipt.source, release)
        if ref is not None:
            editions.add(edition_of(release))
            history.append(ref)
            if len(history) == EARLIER_EDITIONS:
                break
    return history[::-1]


def validated_key(
    raw: TableRef,
    contract: Contract,
    history: Sequence[TableRef],
    receipt: Receipt,
    decided: Sequence[str] = (),
) -> str:
    """Hash of everything that a validated table and its quality results are built from."""
    return input_key(
        "validated",
        raw.hash,
        receipt.sha256,
        contract.reading_sha256,
        vocabulary_key(contract),
        layer_version("validated"),
        *(ref.hash for ref in history),
        *decided,
    )


def build_validated(store: Store, contract: Contract, receipt: Receipt, raw: TableRef) -> CheckedRelease:
    """Parse a release, run its checks and store both; a release that is held back has no validated table."""
    history = history_of(store, receipt)
    key = validated_key(raw, contract, history, receipt, decided_by(store, receipt))
    stored = stored_check(store, receipt, key)
    if stored is not None:
        return stored
    from civic_assets.harmonise.areas.observed import same_ground
    from civic_assets.parsing.claims import as_release
    from civic_assets.quality.frames.gate import run_frame_gate
    from civic_assets.quality.framework.result_tables import findings_table, results_table

    grid = raw_grid(store, receipt, raw)
    claimed = as_release(grid, contract)
    assessment, observations, about = examine(
        contract,
        receipt.release,
        file_facts(store, receipt, grid),
        grid,
        claimed.found,
        _past(store, history),
        issues=_past(store, issues_of(store, receipt)),
        waivers=waivers_for(receipt.source, receipt.release),
        tracebacks=claimed.tracebacks,
        judge=run_frame_gate,
    )
    for sheet in grid.sheets:
        sheet.forget_columns()
    place = (receipt.source, receipt.release)
    areas = same_ground(observations) if observations is not None else {}
    facts = replace(about, held_back=assessment.held_back, history=[ref.release for ref in history])
    tables = store.tables
    store_facts(store, *place, facts, key)
    results = tables.write(RESULTS, *place, results_table(assessment, *place), key)
    findings = tables.write(FINDINGS, *place, findings_table(assessment, *place, areas), key)
    if assessment.held_back or observations is None:
        tables.forget("validated", *place)
        tables.forget("harmonised", *place)
        return CheckedRelease(None, results, findings, facts)
    return CheckedRelease(tables.write("validated", *place, observations, key), results, findings, facts)


def _past(store: Store, refs: Sequence[TableRef]) -> History:
    """Earlier releases; each is read only when a rule needs it."""
    from civic_assets.quality.analyses.history import History

    texts = frozenset(name for name, kind, _ in FIELDS if kind == "string")

    def reader(ref: TableRef) -> Callable[[Sequence[str] | None], pa.Table]:
        # In a whole table, texts are plain strings: callers that read it do not expect dictionaries.
        return lambda names: store.tables.read(
            ref, names, [name for name in names or () if name in texts]
        ).unify_dictionaries()

    return History({ref.release: reader(ref) for ref in refs})


def file_facts(store: Store, receipt: Receipt, grid: Grid) -> FileFacts:
    """Facts about the archived file, whose hash is computed afresh."""
    from civic_assets.quality.framework.release import FileFacts

    path = store.archive.path_of(receipt.sha256)
    sha256, size = sha256_of(path)
    edition = edition_of(receipt.release)
    said = ReissueNotice()
    if edition != receipt.release:
        others = [raw_grid(store, other, build_raw(store, other)) for other in earlier_issues(store, receipt)]
        said = reissue_notice(grid, others)
    return FileFacts(
        name=receipt.file_name,
        sha256=sha256,
        registered_sha256=receipt.sha256,
        size=size,
        format=str(grid.format),
        reissue_of=edition if edition != receipt.release else "",
        retrieved_at=receipt.retrieved_at,
        announced=said.text,
        older=said.older,
    )
