"""Registers of quality that stand in the read model when another part of the product has made them.

Belongs here: which registers the report knows, how their rows are titled, and reading them. A register whose table
does not exist is left out of the report entirely. Does not belong here: making them, and how they look on a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING

from civic_assets.publish.report.reading import SHOWN_OF_A_LIST, Row, rows_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Register:
    """A table of quality, and how it is shown.

    Args:
        table: In the schema `quality`.
        title: Heading of its section.
        about: What it says, in a sentence or two.
        columns: Names with their headings, in order; those that the table lacks are left out.
        order: Columns by which rows of one source are sorted, after the outcome: the gravest first.
        verdict: Column that holds `pass`, `fail` or `not_evaluated`; `""` where there is none.
    """

    table: str
    title: str
    about: str
    columns: tuple[tuple[str, str], ...]
    order: tuple[str, ...]
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of a register about one source.

    Args:
        columns: Names with their headings.
        rows: Those that are shown.
        total: How many there are.
        sql: Lists all of them.
    """

    register: Register
    columns: tuple[tuple[str, str], ...]
    rows: Sequence[Row]
    total: int
    sql: str

    @property
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
"""Stands in place of a source that a row does not name."""

REGISTERS: tuple[Register, ...] = (
    Register(
        "bias_register",
        "Bias register",
        "For each bias an indicator, its value beside a threshold with the threshold's origin, a verdict, and what the "
        "indicator can not tell. A house rule is a threshold without outside authority.",
        (
            ("bias", "Bias"), ("indicator", "Indicator"), ("measure", "Measure"), ("area_name", "Area"),
            ("value", "Value"), ("value_text", "As text"), ("threshold", "Threshold"),
            ("threshold_origin", "Origin of the threshold"), ("outcome", "Outcome"), ("verdict", "Verdict"),
            ("cannot_tell", "Can not tell"),
        ),
        ("bias", "indicator", "measure", "area_code"),
        verdict="outcome",
    ),
    Register(
        "release_change_counts",
        "What changed since the release before",
        "Figures that both releases hold, those that are new, and those that are gone, by kind of change.",
        (("release", "Release"), ("previous_release", "Release before"), ("kind", "Change"), ("n", "Figures")),
        ("release DESC", "kind"),
    ),
    Register(
        "revision_summary",
        "Revisions",
        "The same figure in successive releases: how often and by how much it moved, by measure and by how many "
        "releases later. Shares are of the later value. A figure of a class that began, ended or changed meaning "
        "between the two releases is reclassified, and counts as neither revised nor unchanged; the total beside it "
        "says what moved when all classes are taken together.",
        (
            ("measure", "Measure"), ("unit", "Unit"), ("horizon", "Releases later"), ("n_pairs", "Pairs"),
            ("n_revised", "Revised"), ("n_reclassified", "Reclassified"), ("mean_revision", "Mean revision"),
            ("mean_absolute_revision", "Mean absolute revision"),
            ("relative_mean_absolute_revision", "Relative mean absolute revision"),
            ("total_relative_mean_absolute_revision", "The same of the total"),
            ("share_upward", "Share upward"), ("t_statistic", "t"), ("n_vintages", "Releases"),
            ("outcome", "Outcome"), ("message", "In words"),
        ),
        ("relative_mean_absolute_revision DESC", "measure", "unit", "horizon"),
        verdict="outcome",
    ),
    Register(
        "disclosure_log",
        "Disclosure control",
        "Counts only, never values: cells that are suppressed, cells that an audit tried to recover from everything "
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
        "Decisions that a printed figure is wrong, with the value that is used beside it. The printed value stays.",
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
        "Failures that were let pass for a time, by whom and why. A waiver does not change an outcome, and ends.",
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
    """Sections by source, in the order of `REGISTERS`; a register without rows for a source has none there."""
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
            QUALIFY row_number() OVER (PARTITION BY {source} ORDER BY {order}) <= {SHOWN_OF_A_LIST}
            ORDER BY {source}, {order}""",
        )
        for name in sorted(total):
            own = [row for row in rows if row["source"] == name]
            sql = f"SELECT * FROM quality.{register.table} WHERE source = {quoted(name)}"
            sections.setdefault(name, []).append(Section(register, columns, own, total[name], sql))
    return sections


def _order(register: Register, known: tuple[str, ...]) -> str:
    """SQL that sorts a register's rows, by those of its columns that the table has, then by all."""
    worst = [_WORST.format(register.verdict)] if register.verdict in known else []
    named = [f"{name} NULLS LAST" for name in register.order if name.split()[0].strip('"') in known]
    # Of rows that are equal in all that is sorted by, the same ones are shown each time.
    return ", ".join([*worst, *named, *(f'"{name}"' for name in known if not name.startswith("evidence"))])


def read_breaks(connection: DuckDBPyConnection) -> list[dict[str, object]]:
    """The register of breaks, in order of time."""
    if "breaks" not in existing(connection):
        return []
    return rows_of(connection, "SELECT * FROM quality.breaks ORDER BY date_from NULLS LAST, break_id")


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
