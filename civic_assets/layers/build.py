"""One release through the layers: archive -> raw -> validated -> harmonised, with its quality results.

Belongs here: what each layer is built from, when it need not be rebuilt, and what is stored. Does not belong
here: reading, rules and recoding themselves; scheduling (`civic_assets.defs`); putting releases together
(`civic_assets.publish`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civic_assets.archive import Receipt, edition_of, release_sort_key
from civic_assets.archive.blobs import sha256_of
from civic_assets.contracts.model import Contract
from civic_assets.contracts.waivers import Waiver, waivers_for
from civic_assets.harmonise.vocabulary_key import vocabulary_key
from civic_assets.house_numbers.calendar import EARLIER_EDITIONS
from civic_assets.layers.issues import decided_by, earlier_issues, issues_of
from civic_assets.layers.keys import layer_version
from civic_assets.layers.store import Store
from civic_assets.parsing.observations import FIELDS
from civic_assets.parsing.reissue_notice import ReissueNotice, reissue_notice
from civic_assets.parsing.release_date import stated_release_date
from civic_assets.quality.analyses.area_codes import area_codes_of
from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.grid import Grid
from civic_assets.tables import TableRef, input_key
from civic_assets.tables.release_names import series_of
from civic_assets.unforeseen import ENVIRONMENT, sentence_of, traceback_of

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.parsing.table_finder import FoundTables
    from civic_assets.quality.analyses.history import History
    from civic_assets.quality.framework.results import Assessment, Failures, Finding

RESULTS, FINDINGS = "quality_results", "quality_findings"
# Number of cells kept in memory between recognising a file and building it: about 200 MB.
_CELLS_KEPT = 2_000_000
# Number of cells of a sheet kept by column that take as much memory as one cell of another sheet.
_CELLS_BY_COLUMN = 50


@dataclass(frozen=True, slots=True)
class CheckedRelease:
    """Result of building a release in the validated layer.

    Args:
        validated: Validated table; None if the release is held back.
        facts: Stored facts: row counts, drift, held_back, ...
    """

    validated: TableRef | None
    results: TableRef
    findings: TableRef
    facts: Mapping[str, Any]

    @property
    def held_back(self) -> Sequence[str]:
        """Why the release is not published; empty if it is."""
        reasons: Sequence[str] = self.facts["held_back"]
        return reasons


class GridCache:
    """Grids of files by sha256, so that a file read for recognition is not read again."""

    def __init__(self) -> None:
        self._grids: OrderedDict[str, Grid] = OrderedDict()

    def put(self, sha256: str, grid: Grid) -> None:
        """Keep a grid, and drop the oldest ones if there are too many cells."""
        self._grids[sha256] = grid
        while len(self._grids) > 1 and sum(map(_size, self._grids.values())) > _CELLS_KEPT:
            self._grids.popitem(last=False)

    def clear(self) -> None:
        """Drop all cached grids, once every release is built."""
        self._grids.clear()

    def take(self, sha256: str) -> Grid | None:
        """The grid, if it is still cached."""
        return self._grids.get(sha256)


def _size(grid: Grid) -> int:
    """Memory of a grid in cells; a cell of a sheet kept by column counts as a fraction of one."""
    return sum(
        len(sheet.rows) * sheet.width // (_CELLS_BY_COLUMN if isinstance(sheet.rows, CodedRows) else 1)
        for sheet in grid.sheets
    )


GRIDS = GridCache()


def raw_key(receipt: Receipt) -> str:
    """Hash of everything that a raw table is built from."""
    return input_key("raw", receipt.sha256, layer_version("raw"))


def build_raw(store: Store, receipt: Receipt) -> TableRef:
    """Every cell of the archived file as a table; built once for each file and version of the readers.

    Raises:
        FileRefused: The archived bytes cannot be read.
    """
    key = raw_key(receipt)
    current = store.tables.current("raw", receipt.source, receipt.release)
    if current is not None and current.key == key:
        return current
    from civic_assets.readers.raw_table import grid_to_table

    grid = GRIDS.take(receipt.sha256)
    if grid is None:
        from civic_assets.readers.open_file import read_grid

        grid = read_grid(store.archive.path_of(receipt.sha256), receipt.file_name)
        GRIDS.put(receipt.sha256, grid)
    table = grid_to_table(grid)
    metadata = {name.decode(): text.decode() for name, text in (table.schema.metadata or {}).items()}
    store.tables.write_json("raw", receipt.source, receipt.release, metadata, key)
    return store.tables.write("raw", receipt.source, receipt.release, table, key)


def raw_grid(store: Store, receipt: Receipt, raw: TableRef) -> Grid:
    """The grid that a raw table holds."""
    grid = GRIDS.take(receipt.sha256)
    if grid is None:
        from civic_assets.readers.raw_table import table_to_grid

        metadata = store.tables.read_json("raw", receipt.source, receipt.release, raw.key) or {}
        table = store.tables.read(raw).replace_schema_metadata(dict(metadata))
        grid = table_to_grid(table, receipt.file_name)
        GRIDS.put(receipt.sha256, grid)
    return grid


def history_of(store: Store, receipt: Receipt) -> list[TableRef]:
    """Validated tables of earlier editions of the source, oldest first, each in its newest issue."""
    own, series = release_sort_key(receipt.release), series_of(receipt.release)
    newest: dict[str, str] = {}
    for release in store.tables.releases("validated", receipt.source):
        edition = edition_of(release)
        if (
            release_sort_key(release) < own
            and edition != edition_of(receipt.release)
            and series_of(release) == series
        ):
            newest[edition] = release
    refs = (store.tables.current("validated", receipt.source, release) for release in newest.values())
    return [ref for ref in refs if ref is not None][-EARLIER_EDITIONS:]


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
        contract.sha256,
        vocabulary_key(contract),
        layer_version("validated"),
        *(ref.hash for ref in history),
        *decided,
    )


def stored_check(store: Store, receipt: Receipt, key: str) -> CheckedRelease | None:
    """The stored results of a release under a key, or None if they must be built."""
    tables, place = store.tables, (receipt.source, receipt.release)
    facts = tables.read_json(RESULTS, *place, key)
    results, findings = tables.current(RESULTS, *place), tables.current(FINDINGS, *place)
    validated = tables.current("validated", *place)
    if facts is None or results is None or findings is None or results.key != key or findings.key != key:
        return None
    if facts["held_back"]:
        return CheckedRelease(None, results, findings, facts)
    return (
        CheckedRelease(validated, results, findings, facts)
        if validated is not None and validated.key == key
        else None
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
    place = (receipt.source, receipt.release)
    areas = same_ground(observations) if observations is not None else {}
    facts = {**about, "held_back": list(assessment.held_back), "history": [ref.release for ref in history]}
    tables = store.tables
    tables.write_json(RESULTS, *place, facts, key)
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


def file_facts(store: Store, receipt: Receipt, grid: Grid) -> Any:
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
        url=receipt.url or "",
        retrieved_at=receipt.retrieved_at,
        announced=said.text,
        older=said.older,
    )


def examine(
    contract: Contract,
    release: str,
    file: Any,
    grid: Grid,
    found: FoundTables,
    history: Mapping[str, pa.Table],
    *,
    issues: Mapping[str, pa.Table] | None = None,
    waivers: Sequence[Waiver] = (),
    tracebacks: Sequence[str] = (),
    judge: Callable[[Contract, pa.Table], Failures] | None = None,
) -> tuple[Assessment, pa.Table | None, dict[str, Any]]:
    """Parse and check a release, storing nothing. There is an assessment even if the parser or a rule fails.

    Args:
        contract: The contract of the source.
        release: Its partition key.
        file: What is known of the bytes.
        grid: Their cells.
        found: The contract's tables in it.
        history: Observations of earlier releases.
        issues: Observations of earlier issues of the edition.
        waivers: Decisions that concern the release.
        tracebacks: Of what failed before.
        judge: What runs the contract's predicates; see `civic_assets.quality.framework.rule.ReleaseView`.

    Returns:
        The assessment, the observations (None when the release cannot be parsed), and facts about the file.
    """
    from civic_assets.harmonise.areas.code_status import counts
    from civic_assets.parsing.claims import parsed_or_why
    from civic_assets.quality.framework.release import ReleaseView
    from civic_assets.quality.run import assess

    parsed, found, stopped = parsed_or_why(grid, found, contract)
    if parsed is not None:
        # A parser may see differences within the rows, such as a measure unknown to the contract.
        found = parsed.found
    under = ReleaseView(contract, release, file, grid, found, parsed, history, issues or {}, waivers, judge)
    assessment = assess(under)
    observations = parsed.observations if parsed else None
    about = {
        "tables": [
            {
                "table": name,
                "sheet": block.sheet.name,
                "title": block.title_locator,
                "rows": len(block.rows),
                "hidden": block.hidden(),
            }
            for name, block in found.blocks.items()
        ],
        "drift": [drift.as_dict() for drift in found.drift],
        "row_kinds": dict(parsed.row_kinds) if parsed else {},
        "synthetic": bool(parsed and parsed.synthetic),
        "published_on": stated.isoformat() if (stated := stated_release_date(grid)) else None,
        "rows": observations.num_rows if observations is not None else 0,
        "disputed": len(assessment.disputed),
        "waived": assessment.waived_blocks,
        "area_codes": counts(under.derived(area_codes_of)) if parsed else {},
        "tracebacks": [*tracebacks, *stopped, *assessment.tracebacks],
        "notes": [
            {
                "locator": note.locator,
                "text": note.text,
                "areas": list(note.areas),
                "periods": [f"{period.start}/{period.end}" for period in note.periods],
            }
            for note in (parsed.notes if parsed else ())
        ],
        "statements": [statement.as_dict() for statement in (parsed.statements if parsed else ())],
    }
    return assessment, observations, about


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
            synthetic=bool(checked.facts["synthetic"]),
        )
        findings = broken_by_harmonising(contract, table, validated)
    except ENVIRONMENT:
        raise
    except Exception as error:  # noqa: BLE001  (what can not be harmonised is held back, and the others go on)
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
    held_back = [
        *checked.facts["held_back"], f"It could not be harmonised: {reason}",
    ]  # fmt: skip
    said = [*checked.facts.get("tracebacks", ()), *tracebacks]
    facts = {**checked.facts, "held_back": held_back, "tracebacks": said}
    store.tables.write_json(RESULTS, *place, facts, checked.results.key)
    store.tables.forget("validated", *place)
    store.tables.forget("harmonised", *place)
    return CheckedRelease(None, checked.results, checked.findings, facts)


def is_fresh(store: Store, contract: Contract, receipt: Receipt) -> bool:
    """Whether every stored layer of the release is up to date."""
    raw = store.tables.current("raw", receipt.source, receipt.release)
    if raw is None or raw.key != raw_key(receipt):
        return False
    key = validated_key(raw, contract, history_of(store, receipt), receipt, decided_by(store, receipt))
    checked = stored_check(store, receipt, key)
    if checked is None:
        return False
    if checked.validated is None:
        return True
    return store.tables.is_fresh(
        "harmonised", receipt.source, receipt.release, harmonised_key(checked.validated)
    )
