"""Registers of quality in the read model, if another part of the product has built them.

Belongs here: which registers the report knows, the titles of their columns, and reading them. A register whose table
does not exist is left out of the report entirely. Does not belong here: building them, and their layout on a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import NoneType
from typing import TYPE_CHECKING

from civic_assets.house_numbers.display import REPORT_ROWS_OF_A_LIST
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.report.reading import Row
from civic_assets.publish.report.words import shortened

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Register:
    """A table of quality, and its presentation.

    Args:
        table: Name of the table in its schema.
        title: Heading of its section.
        about: Description in a sentence or two.
        columns: Column names with their headings, in order; columns that the table lacks are left out.
        order: Columns by which rows of one source are sorted, after the outcome, the most severe first.
        verdict: Column that holds `pass`, `fail` or `not_evaluated`; `""` if there is none.
        schema: Schema of the table.
        where: Condition on the rows that are shown.
        lists: Columns that hold lists of words.
    """

    table: str
    title: str
    about: str
    columns: tuple[tuple[str, str], ...]
    order: tuple[str, ...]
    verdict: str = ""
    schema: str = "quality"
    where: str = "true"
    lists: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """Its table with its schema."""
        return f"{self.schema}.{self.table}"


@dataclass(frozen=True)
class Section:
    """Rows of a register about one source.

    Args:
        columns: Column names with their headings.
        rows: Rows that are shown.
        total: Number of all rows.
        sql: Query that lists all rows.
    """

    register: Register
    columns: tuple[tuple[str, str], ...]
    rows: Sequence[Row]
    total: int
    sql: str

    @cached_property
    def numeric(self) -> frozenset[str]:
        """Columns that hold numbers only."""
        return frozenset(
            name
            for name, _ in self.columns
            if any(row[name] is not None for row in self.rows)
            and all(isinstance(row[name], int | float | NoneType) for row in self.rows)
            and not any(isinstance(row[name], bool) for row in self.rows)
        )


_WORST = "CASE {} WHEN 'fail' THEN 0 WHEN 'not_evaluated' THEN 1 ELSE 2 END"
EVERYWHERE = "several sources"
"""Used as the source of a row that names none."""

REGISTERS: tuple[Register, ...] = (
    Register(
        "release_change_counts",
        "Changes since the previous release",
        "Figures in both releases, new figures and removed figures, by kind of change.",
        (("release", "Release"), ("previous_release", "Release before"), ("kind", "Change"), ("n", "Figures")),
        ("release DESC", "kind"),
    ),
    Register(
        "revision_summary",
        "Revisions",
        "The same figure in successive releases: how often and by how much it changed, by measure and number of "
        "releases later. Shares are of the later value. If a class began, ended or changed meaning between the two "
        "releases, its figure is reclassified, and counts as neither revised nor unchanged; the corresponding total "
        "shows the change for all classes together.",
        (
            ("measure", "Measure"), ("unit", "Unit"), ("horizon", "Releases later"), ("n_pairs", "Pairs"),
            ("n_revised", "Revised"), ("n_reclassified", "Reclassified"), ("mean_revision", "Mean revision"),
            ("mean_absolute_revision", "Mean absolute revision"),
            ("relative_mean_absolute_revision", "Relative mean absolute revision"),
            ("total_relative_mean_absolute_revision", "The same for the total"),
            ("share_upward", "Share upward"), ("t_statistic", "t"), ("n_vintages", "Releases"),
            ("outcome", "Outcome"), ("message", "In words"),
        ),
        ("relative_mean_absolute_revision DESC", "measure", "unit", "horizon"),
        verdict="outcome",
    ),
    Register(
        "disclosure_log",
        "Disclosure control",
        "Counts only, never values: suppressed cells, cells that an audit tried to recover from everything "
        "published, and how many it recovered or narrowed down.",
        (
            ("release", "Release"), ("table_id", "Table"), ("n_primary", "Primary suppression"),
            ("n_secondary", "Secondary suppression"), ("n_audited", "Audited"), ("n_recovered", "Recovered"),
            ("n_narrow", "Narrowed down"), ("outcome", "Outcome"), ("message", "In words"),
        ),
        ("release DESC", "table_id"),
        verdict="outcome",
    ),
    Register(
        "corrections",
        "Registered corrections",
        "Decisions that a printed figure is wrong, with the value used in addition. The printed value is kept.",
        (
            ("correction_id", "Correction"), ("release", "Release"), ("locator", "Cell"), ("measure", "Measure"),
            ("area_code", "Area"), ("printed_text", "Printed"), ("corrected_value", "Corrected"), ("state", "State"),
            ("message", "In words"), ("reason", "Reason"), ("reported_to", "Reported to"),
            ("author_role", "Decided by"), ("decided", "Day"),
        ),
        ("release DESC", "locator"),
    ),
    Register(
        "waivers",
        "Waivers",
        "Failures accepted for a limited time, by whom and why. A waiver does not change an outcome, and expires.",
        (
            ("waiver_id", "Waiver"), ("check_id", "Check"), ("release", "Release"), ("reason", "Reason"),
            ("author_role", "Given by"), ("given", "Day"), ("expires", "Ends"), ("state", "State"),
            ("n_findings", "Findings"),
        ),
        ("expires DESC", "waiver_id"),
    ),
    Register(
        "notes",
        "Notes of the publisher",
        "Notes sheets, footnotes and lines above tables, with what is recognised in each. A note that says that "
        "figures are not comparable forbids the comparison. An unread note is one in which nothing is recognised.",
        (
            ("release", "Release"), ("tables", "Tables"), ("number", "Number"), ("text", "Note"),
            ("effects", "What it does"), ("unread", "Unread"), ("locator", "Cell"),
        ),
        ("unread DESC", "release DESC", "locator"),
        schema="catalogue",
        where="kind <> 'source'",
        lists=("tables", "effects"),
    ),
    Register(
        "note_changes",
        "Notes since the edition before",
        "Notes that are new, gone or reworded. Those that forbid a comparison in one of the two editions come first.",
        (
            ("release", "Release"), ("previous_release", "Release before"), ("change", "Change"), ("text", "Note"),
            ("previous_text", "Note before"), ("block_changed", "Forbids in one only"),
        ),
        ("block_changed DESC", "release DESC", "change", "locator"),
        schema="catalogue",
    ),
)  # fmt: skip


def existing(connection: DuckDBPyConnection, schema: str = "quality") -> dict[str, tuple[str, ...]]:
    """Columns by name of each table of a schema."""
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(
        """SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = ? ORDER BY table_name, ordinal_position""",
        [schema],
    ).fetchall():
        found.setdefault(table, []).append(column)
    return {table: tuple(columns) for table, columns in found.items()}


def read_registers(connection: DuckDBPyConnection) -> dict[str, list[Section]]:
    """Sections by source, in the order of `REGISTERS`; a register without rows for a source is left out."""
    named = sorted({register.schema for register in REGISTERS})
    schemas = {schema: existing(connection, schema) for schema in named}
    sections: dict[str, list[Section]] = {}
    for register in REGISTERS:
        tables = schemas[register.schema]
        if register.table not in tables:
            continue
        known = tables[register.table]
        columns = tuple(column for column in register.columns if column[0] in known)
        order = _order(register, known)
        source = f"coalesce(source, {quoted(EVERYWHERE)})"
        total: dict[str, int] = dict(
            connection.execute(
                f"SELECT {source}, count(*) FROM {register.called} WHERE {register.where} GROUP BY ALL"
            ).fetchall()
        )
        words = "".join(f", array_to_string({name}, ', ') AS {name}" for name in register.lists)
        rows = rows_of(
            connection,
            f"""SELECT * REPLACE ({source} AS source{words}) FROM {register.called} WHERE {register.where}
            QUALIFY row_number() OVER (PARTITION BY {source} ORDER BY {order}) <= {REPORT_ROWS_OF_A_LIST}
            ORDER BY {source}, {order}""",
        )
        for name in sorted(total):
            own = [row for row in rows if row["source"] == name]
            sql = f"SELECT * FROM {register.called} WHERE source = {quoted(name)}"
            if register.where != "true":
                sql += f" AND {register.where}"
            sections.setdefault(name, []).append(Section(register, columns, own, total[name], sql))
    return sections


def _order(register: Register, known: tuple[str, ...]) -> str:
    """SQL that sorts a register's rows by those sort columns that the table has, then by all columns."""
    worst = [_WORST.format(register.verdict)] if register.verdict in known else []
    named = [f"{name} NULLS LAST" for name in register.order if name.split()[0].strip('"') in known]
    # Sorting by all columns makes the choice of rows shown the same each time.
    return ", ".join([*worst, *named, *(f'"{name}"' for name in known if not name.startswith("evidence"))])


def read_breaks(connection: DuckDBPyConnection) -> list[dict[str, object]]:
    """The register of breaks, in chronological order."""
    if "breaks" not in existing(connection):
        return []
    found = rows_of(connection, "SELECT * FROM quality.breaks ORDER BY date_from NULLS LAST, break_id")
    names = dict(connection.execute("SELECT area_code, area_name FROM catalogue.areas").fetchall())
    return [{**row, "areas": areas_in_words(row, names)} for row in found]


_REACHES = {
    "area_exactly": "only {}",
    "area_with_all_inside": "{} and all areas inside",
    "area_totals_containing": "totals that contain {}",
}


def areas_in_words(entry: Mapping[str, object], names: Mapping[str, str]) -> str:
    """The areas that a break concerns, as a reader says them; its codes if an older program made the table.

    Args:
        entry: Row of `quality.breaks`.
        names: Names of areas by code.
    """
    said = []
    for column, words in _REACHES.items():
        codes = [code for code in str(entry.get(column) or "").split(", ") if code]
        called = [names.get(code, f"codes {code}" if code.endswith("*") else code) for code in codes]
        if called:
            named = shortened(", ".join(called))
            said.append(words.format(named if " and " in named else " and ".join(named.rsplit(", ", 1))))
    return "; ".join(said) or str(entry["area_code"])


def read_designations(connection: DuckDBPyConnection) -> Sequence[Row]:
    """What kind of statistics each source publishes, newest first; none if an older program made the read model."""
    if not rows_of(connection, _HAS_DESIGNATIONS):
        return []
    return rows_of(
        connection, "SELECT * FROM catalogue.designations ORDER BY source, date_from DESC NULLS LAST, measure"
    )


_HAS_DESIGNATIONS = """SELECT 1 AS found FROM information_schema.tables
WHERE table_schema = 'catalogue' AND table_name = 'designations'"""


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
