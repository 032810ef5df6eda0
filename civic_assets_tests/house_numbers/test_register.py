"""Every number that was chosen here is in the register, once, with its reason, and none escapes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from civic_assets.contracts.known_names import every_check
from civic_assets.house_numbers.entry import HouseNumber, Subject, every_number
from civic_assets.publish.bias.vocabulary import vocabulary
from civic_assets.publish.house_numbers import users
from civic_assets.shipped import PACKAGE

# Constants that are no choice about figures, findings or files, by reason: `module: names`.
EXCEPTIONS = {
    "facts of the calendar": """
        quality.analyses.change_points: _MONTHS
        quality.rules.level_shifts: DAYS _PER_YEAR
        quality.rules.scale: _MONTH _YEAR
        acquire.http.retries: _YEAR
        harmonise.time.years: LAST_MONTHS
        values.named_periods: _YEARS
        values.periods: LENGTHS""",
    "facts of mathematics, or what follows from a number of the register": """
        layers.limits: _UNITS
        quality.analyses.change_points: _NORMAL
        quality.rules.digits: _UNREMARKABLE
        quality.disclosure.hidden_cells: _MOST_PERCENT
        quality.localisation.explanations: _TERMS_AND_YEAR
        contracts.build: _NOTHING
        acquire.http.partial: _DAY""",
    "facts of a file format or of another program": """
        readers.containers.ole2: _MINI_SECTOR _LAST_SECTOR _BOF _EOF _FILEPASS _BOUNDSHEET _BOOLERR _MULRK _FORMULA
            _DIMENSIONS _SST
        readers.containers.zip_directory: MIB
        readers.text.large: _GIB
        readers.excel.sheet_parts: _MOST_COLUMNS NEAR_ROWS NEAR_COLUMNS
        readers.grid: _MONTHS
        readers.ods.columns: MAX_ROWS MAX_COLUMNS
        package.formulas: SHEET_ROWS
        readers.text.json_records: _EXACT
        acquire.http.addresses: _HTTPS
        acquire.http.bodies: _ZIP _ZIP_END _ZIP_TAIL
        acquire.http.shown: _MB
        acquire.http.exchange: _EXPIRED _OTHER_HOST
        alerts.settings: _PORTS
        quality.localisation.solver: OPTIMAL STOPPED INFEASIBLE
        contracts.typed_file: _FIRST_ROW
        export.workbook: _CELL_CHARACTERS
        defs.labels: _LENGTH
        evidence.chains: _LONGEST_NAME
        evidence.contents: _LONGEST_FILE_NAME
        evidence.zip_file: _AT_ONCE _FIRST_TIME _READABLE _UNIX
        evidence.unpack: _AT_ONCE
        defs.ui.parts: _SEND_WHEN_PARENT_ENDS
        publish.site.addresses: _LONGEST
        publish.site.evidence.addresses: _LONGEST _KEPT _LETTERS""",
    "codes and ids": """
        cli.lineage: _NOT_SENT
        evidence.pages: _ORDER
        layers.remote.exchange: _LAST
        alerts.memory: _VERSION
        alerts.message: FORMAT
        cli.alerts: _NOT_SENT
        cli.rebuild: _DIFFERENT
        cli.verify: _DIFFERENT
        cli.command: OK HELD_BACK USAGE
        contracts.known_names: _NUMBERS _OTHERS
        publish.report.addresses: _FIRST_RECORD
        quality.analyses.count_series: _MOST_TEXTS _BEFORE_1970 _MOST_DAYS
        quality.disclosure.secondary_suppression: NOT_OURS
        readers.ods.pieces: ROW END SHEET
        readers.raw_table: _STRING _NUMBER _BOOLEAN
        harmonise.figures.names: _ID_LENGTH
        publish.site.record: _DIGEST_BYTES
        sources.ons.nomis: _HASHED
        sources.police.answers: _HASHED
        defs.labels: _HASH
        tables.release_names: _DIGITS _BELOW
        tables.file_states: _GRAIN_NANOSECONDS
        tables.store: SCHEMA_VERSION""",
    "sizes of buffers and caches, and waiting times: nobody sees them in a figure or a finding": """
        acquire.http.bodies: _BLOCK
        acquire.http.exchange: _LITTLE
        acquire.http.partial: _BLOCK
        acquire.http.shown: _PAUSE
        acquire.http.transfer: _START
        archive.chain: _TAIL
        archive.blobs: _BLOCK
        browse.database: _BATCH _CACHE_KIB
        browse.serve: _SETTINGS
        cli.entry: _NEW_OBJECTS_BEFORE_A_SEARCH
        contracts.validated_cache: _DAYS_KEPT
        defs.automatic.alerting: _SECONDS
        defs.automatic.fetch_job: _SECONDS
        defs.automatic.sites: _SECONDS_IN_A_DRILL
        defs.sensors: _FILES_PER_TICK _SECONDS
        defs.storage: _BUSY_SECONDS _FILES_OPEN _PARTITIONS_KNOWN_SECONDS
        defs.ui.parts: _SECONDS_TO_START _SECONDS_TO_STOP
        defs.workers.launching: _LOOK_SECONDS
        defs.workers.settings: _MESSAGE_SECONDS _RUNS_AT_A_TIME
        layers.remote.lease: _LOOK_SECONDS _RENEWALS
        layers.grid_cache: _CELLS_KEPT _CELLS_BY_COLUMN
        readers.coded_rows: _BATCH
        readers.text.large: _BLOCK
        readers.ods.columns: _BLOCK _AT_ONCE
        readers.ods.pieces: _PIECES_KEPT
        readers.ods.sheets: CHUNK_BYTES
        tables.atomic: STALE_AFTER_SECONDS
        tables.store: _ROW_GROUP
        unforeseen: _FRAMES
        values.cells: _TEXTS_KEPT
        values.texts: _BATCH""",
    "layout of a page, a chart or a terminal": """
        browse.metadata: _ROWS_OF_A_PAGE
        browse.shape: _MOST_FACETS
        export.workbook: _LINE _WIDE _TALLEST _A4 _ROWS_ABOVE_NOTES
        cli.shared.progress: _WIDTH
        cli.shared.terminal: _WIDTH
        cli.trace: _WIDTH
        publish.site.source_words: _LONGEST
        scaffold.words: _WIDTH
        defs.describe: _PREVIEW_ROWS
        defs.published_tables: _ROWS _COLUMNS
        publish.site.evidence.figures: _COLUMNS
        publish.site.evidence.section: _FRAME_BYTES
        publish.site.charts.scale: _STEPS
        publish.site.charts.shares: _WIDTH _ROW _BAR _LEGEND _BELOW _MARGIN _LETTER _LABEL _COLUMN _BROAD _NEAR _FAR
            _GAP _ROOM _SPACING
        publish.site.quality.findings: _FINDING _CELL _EVIDENCE _CHECKS_IN_A_TITLE
        publish.site.quality.bias: _ROW _HEADING
        publish.site.quality.registers: _CELL
        defs.charts: _WIDTH _HEIGHT _LEFT _RIGHT _ABOVE _BELOW _GAP
        publish.site.charts.strips: _WIDTH _ABOVE _BELOW _RIGHT _LEFT _STRIP _WORDS _BIN _STEP _MOST _LETTERS
        publish.site.flow.diagram: WIDTH _LETTERS _LETTERS_INDENTED _LINE _PAD _GAP _INDENT _BUS
        publish.site.measures.layout: _HEAD
        publish.site.measures.words: _ONCE _AREAS_NAMED
        publish.site.postcodes.section: _SHOWN_OF_EACH
        publish.site.themes.page: _KINDS_NAMED
        publish.site.charts.timeline: _CROSS _GAP _LETTER _SHORT""",
    "the first draft of a contract and its fixture, which a person finishes": """
        scaffold.contract_text: _TWICE _FEWEST_SHARE _RELEASES
        scaffold.fixture: _ROWS _AREAS _PERIODS _SEED
        scaffold.roles: _MOST _GROUPS
        scaffold.table: _LOOKED_AT _TOP _NEARLY _FIGURES _MARKS _MARK_LENGTH""",
    "invented figures of the samples": """
        inputs.samples.figures: FIRST_QUARTER LAST_QUARTER _USUAL_RATE _SEASON _YEARLY_TREND _MENDED REVISED_PLACE
            REVISED_QUARTER
        inputs.samples.workbook: _SMALL_BASE""",
}


def _excepted() -> set[tuple[str, str]]:
    found = set()
    for text in EXCEPTIONS.values():
        for module, names in re.findall(r"([a-z0-9_.]+): ([^:]+?)(?=\s+[a-z0-9_.]+:|\Z)", text):
            found |= {(module, name) for name in names.split()}
    return found


def _is_number(node: ast.expr) -> bool:
    """Whether an expression is made of numbers: a number, arithmetic, or a collection with one."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float) and not isinstance(node.value, bool)
    if isinstance(node, ast.UnaryOp):
        return _is_number(node.operand)
    if isinstance(node, ast.BinOp):
        sides = (node.left, node.right)
        return any(map(_is_number, sides)) and all(
            isinstance(one, ast.Name) or _is_number(one) for one in sides
        )
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        return name in {"Decimal", "Fraction", "timedelta", "float", "int"}
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(map(_is_number, node.elts))
    if isinstance(node, ast.Dict):
        return any(map(_is_number, node.values)) or any(
            isinstance(value, ast.Tuple) and _is_number(value) for value in node.values
        )
    return False


def escaped(code: str) -> Iterator[str]:
    """Names of the numeric constants of a module."""
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if _is_number(statement.value):
                for target in targets:
                    names = target.elts if isinstance(target, ast.Tuple) else [target]
                    yield from (name.id for name in names if isinstance(name, ast.Name))


def _modules() -> Iterator[tuple[str, Path]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] not in ("house_numbers", "shipped_files"):
            yield ".".join(parts), file


def test_no_number_escapes_the_register() -> None:
    found = {
        (module, name) for module, file in _modules() for name in escaped(file.read_text(encoding="utf-8"))
    }
    loose = sorted(f"{module}.{name}" for module, name in found - _excepted())
    assert not loose, f"put these into civic_assets/house_numbers/, or with a reason into EXCEPTIONS: {loose}"
    gone = sorted(f"{module}.{name}" for module, name in _excepted() - found)
    assert not gone, f"these exceptions are no longer there: {gone}"


@pytest.mark.parametrize(
    "code",
    ["LIMIT = 5", "SHARE: float = 0.05", "A, B = 1, 2", "MOST = 4 * MIB", "AGE = timedelta(days=3)", "X = -1",
     "BY = {'month': 20}", "RANGES = {'a': (1, 2)}", "BASES = (10, 5)"],
)  # fmt: skip
def test_the_walk_sees_numbers_however_they_are_written(code: str) -> None:
    assert list(escaped(code))


@pytest.mark.parametrize(
    "code", ["NAME = 'x'", "OF = frozenset({'a'})", "YES = True", "from x import FIVE", "Y = FIVE"]
)
def test_the_walk_leaves_other_constants_alone(code: str) -> None:
    assert not list(escaped(code))


def test_constants_have_the_name_and_value_of_their_entry() -> None:
    for number in every_number():
        module = import_module(f"civic_assets.house_numbers.{number.subject}")
        assert getattr(module, number.name) == number.value, number


def test_every_number_says_what_it_is_and_why() -> None:
    numbers = every_number()
    assert len(numbers) > 150
    for number in numbers:
        assert number.unit and len(number.what.split()) > 1, number
        assert len(number.because.split()) > 3, number
        assert number.checks, number
        assert not number.because.endswith("."), number


def test_checks_named_exist() -> None:
    known = every_check()
    for number in every_number():
        for check in number.checks:
            assert not re.fullmatch(r"[A-Z]-\d+", check) or check in known, (number.name, check)


def test_every_number_is_used() -> None:
    unused = [number.name for number in every_number() if number.name not in users()]
    assert not unused


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="DENOMINATOR_DAYS is registered twice"):
        Subject("civic_assets.house_numbers.second").number(
            "DENOMINATOR_DAYS", "largest distance", 200, "days", "another", "H-04"
        )


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (183, "183"),
        (0.25, "0.25"),
        (60_000_000, "60,000,000"),
        ((1, 4), "1 and 4"),
        ((100, 10, 5), "100, 10 and 5"),
        (1e-6, "0.000001"),
        (1e9, "1,000,000,000"),
        (1e-9, "1e-9"),
        (5.0, "5"),
    ],
)
def test_values_are_printed_as_people_write_them(value: float | tuple[int, ...], printed: str) -> None:
    assert HouseNumber("N", "what", value, "days", "because", (), "subject").printed == printed


@pytest.mark.parametrize(
    ("limit", "name"),
    [
        ("abnormal", "ABNORMAL_SHARE"),
        ("survivors", "SURVIVOR_BIAS_SHARE"),
        ("disjoint_periods", "PERIODS_FOR_A_TREND"),
        ("unknown_warning", "NOTABLE_UNKNOWN_POINTS"),
    ],
)
def test_limits_of_the_bias_register_that_are_numbers_of_the_program_are_equal_to_them(
    limit: str, name: str
) -> None:
    (number,) = (one for one in every_number() if one.name == name)
    assert vocabulary().limit(limit) == number.value
