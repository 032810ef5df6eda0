"""Registers of quality in the read model, if another part of the product has built them.

Belongs here: which registers the report knows, the titles of their columns, and reading them. A register whose table
does not exist is left out of the report entirely. Does not belong here: building them, and their layout on a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import NoneType
from typing import TYPE_CHECKING

from civic_assets.house_numbers.display import REPORT_ROWS_OF_A_LIST
from civic_assets.publish.report.reading import Row, rows_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Register:
    """A table of quality, and its presentation.

    Args:
        table: Name of the table in the schema `quality`.
        title: Heading of its section.
        about: Description in a sentence or two.
        columns: Column names with their headings, in order; columns that the table lacks are left out.
        order: Columns by which rows of one source are sorted, after the outcome, the most severe first.
        verdict: Column that holds `pass`, `fail` or `not_evaluated`; `""` if there is none.
    """

    table: str
    title: str
    about: str
    columns: tuple[tuple[str, str], ...]
    order: tuple[str, ...]
    verdict: str = ""


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
        )


_WORST = "CASE {} WHEN 'fail' THEN 0 WHEN 'not_evaluated' THEN 1 ELSE 2 END"
EVERYWHERE = "several sources"
"""Used as the source of a row that names none."""

REGISTERS: tuple[Register, ...] = (
    Register(
        "bias_register",
        "Bias register",
        "What could mislead a reader of the figures: whether the condition was found, in which direction and by how "
        "much a figure would be wrong (true minus published), a threshold with its origin, and what the indicator "
        "cannot tell. A house rule is a threshold without outside authority.",
        (
            ("bias", "Bias"), ("indicator", "Indicator"), ("measure", "Measure"), ("area_name", "Area"),
            ("value", "Value"), ("value_text", "As text"), ("threshold", "Threshold"),
            ("threshold_origin", "Origin of the threshold"), ("outcome", "Outcome"), ("verdict", "Verdict"),
            ("direction", "Direction"), ("low", "From"), ("high", "To"), ("size_unit", "In"), ("affected", "Affected"),
            ("would_evaluate", "File that would evaluate it"), ("cannot_tell", "Cannot tell"),
        ),
        ("bias", "indicator", "measure", "area_code"),
        verdict="outcome",
    ),
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
)  # fmt: skip


def existing(connection: DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """Columns by name of each table of the schema `quality`."""
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(
        """SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'quality' ORDER BY table_name, ordinal_position"""
    ).fetchall():
        found.setdefault(table, []).append(column)
    return {table: tuple(columns) for table, columns in found.items()}


def read_registers(connection: DuckDBPyConnection) -> dict[str, list[Section]]:
    """Sections by source, in the order of `REGISTERS`; a register without rows for a source is left out."""
    tables = existing(connection)
    sections: dict[str, list[Section]] = {}
    for register in REGISTERS:
        if register.table not in tables:
            continue
        known = tables[register.table]
        columns = tuple(column for column in register.columns if column[0] in known)
        order = _order(register, known)
        source = f"coalesce(source, {quoted(EVERYWHERE)})"
        total: dict[str, int] = dict(
            connection.execute(
                f"SELECT {source}, count(*) FROM quality.{register.table} GROUP BY ALL"
            ).fetchall()
        )
        rows = rows_of(
            connection,
            f"""SELECT * REPLACE ({source} AS source) FROM quality.{register.table}
            QUALIFY row_number() OVER (PARTITION BY {source} ORDER BY {order}) <= {REPORT_ROWS_OF_A_LIST}
            ORDER BY {source}, {order}""",
        )
        for name in sorted(total):
            own = [row for row in rows if row["source"] == name]
            sql = f"SELECT * FROM quality.{register.table} WHERE source = {quoted(name)}"
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
    return rows_of(connection, "SELECT * FROM quality.breaks ORDER BY date_from NULLS LAST, break_id")


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
