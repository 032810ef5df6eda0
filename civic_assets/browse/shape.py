"""How each published table looks in SQLite: names, types, keys, indexes, and the texts that a search looks through.

Belongs here: which tables, views and searches there are, and the SQL that makes them. Does not belong here: copying
rows (`database`), and what a table or column means (`data_contracts/read_model.yaml`).

A table `schema.name` is `schema_name` in SQLite, as in data packages. Tables are STRICT: SQLite itself refuses a text
in a column of numbers. A date is ISO text, a boolean is 0 or 1, a list is JSON text, and no value is null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.package.described import within

if TYPE_CHECKING:
    from civic_assets.package.described import Column, Table

FIGURES = "harmonised.observations"
"""The table of all figures."""
FIGURE_ID, WORDS = "figure_id", "words_id"
"""Columns of figures that the read model computes when it is asked, or does not have."""
ADDED = {
    FIGURE_ID: "Identifies the figure, whichever release printed it; civic-assets trace finds it by this.",
    WORDS: "Number of the words of the figure's area, measure and source, which the search on this page looks through.",
}
"""What the columns mean that only the SQLite file has."""
FIGURE_WORDS = "figure_words"
"""Full-text index of the words of figures: one row for each area, measure and source."""

_TYPES = {
    "VARCHAR": "TEXT",
    "DATE": "TEXT",
    "DOUBLE": "REAL",
    "BOOLEAN": "INTEGER",
    "INTEGER": "INTEGER",
    "BIGINT": "INTEGER",
}
_FILTERED = ("source", "release", "measure", "area_code", "period_start")
_FACETS = (
    "source", "outcome", "severity", "status", "quality", "area_type", "dimension", "state", "kind", "schema_name",
    "unit",
)  # fmt: skip
_MOST_FACETS = 4
# Columns of figures that belong to the same index, so that views of the newest figures are counted without the figures.
_BESIDE = {
    "source": ("breakdown", "newest"),
    "area_type": ("newest",),
    "status": ("newest",),
    "quality": ("newest",),
}

SEARCHED: Mapping[str, tuple[str, ...]] = {
    "quality.findings": ("message", "locator", "measure", "area_code", "check_id", "source"),
    "quality.causes": ("message", "action", "source"),
    "quality.breaks": ("effect", "action", "measure", "source", "reference"),
    "quality.bias_register": ("verdict", "could_be_wrong", "area_name", "measure", "source"),
    "quality.check_results": ("message", "check_id", "source", "release"),
    "catalogue.areas": ("area_name", "area_code", "area_type"),
    "catalogue.measures": ("measure", "definition", "numerator", "denominator"),
    "catalogue.notes": ("text", "caption", "source", "release"),
    "catalogue.statements": ("text", "claim", "subject"),
    "catalogue.sources": ("source", "publisher", "purpose", "limitations", "usage"),
    "catalogue.checks": ("check_id", "name", "statement", "cannot_tell"),
    "catalogue.columns": ("table_name", "column_name", "description"),
    "catalogue.tables": ("table_name", "description", "one_row_is"),
}
"""Columns that are searched, by table. Figures have `FIGURE_WORDS`."""


@dataclass(frozen=True, slots=True)
class View:
    """A view of the read model that SQLite can compute as well.

    Args:
        name: Its name in the read model.
        sql: Its rows, as a query of the tables in SQLite.
        searched: Whether it has the words of figures.
        counted: Columns of which its page counts the values: only such as an index has.
    """

    name: str
    sql: str
    searched: bool = False
    counted: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """Its name in SQLite."""
        return self.name.replace(".", "_")


COPIED_VIEWS = ("catalogue.category_losses", "harmonised.police_uk_by_authority")
"""Views of few rows that SQLite cannot compute; their rows are copied as a table."""
LEFT_OUT: Mapping[str, str] = {
    "harmonised.unified_figures": "its rows are made from harmonised_unified_parts and harmonised_observations",
    "harmonised.unified_periods": "its rows are made from harmonised_unified_sums, harmonised_unified_parts and "
    "harmonised_observations",
}
"""Views that are not in the file: SQLite cannot compute them, and they have more rows than all tables."""


def type_of(column: Column) -> str:
    """Type in SQLite.

    Raises:
        KeyError: It is not known how values of this type are written.
    """
    return "TEXT" if column.nested else _TYPES[column.physical]


def names_of(table: Table) -> list[str]:
    """Columns in SQLite, in order: those of the read model, and for figures the `ADDED` ones."""
    return [one.name for one in table.columns] + (list(ADDED) if table.name == FIGURES else [])


def create_sql(table: Table, tables: Sequence[Table]) -> str:
    """Creates the table in SQLite, with its key and its references of one column.

    Args:
        table: The table.
        tables: All tables of the file.
    """
    parts = [f"{quoted(one.name)} {type_of(one)}" for one in table.columns]
    if table.name == FIGURES:
        parts += [f"{FIGURE_ID} TEXT", f"{WORDS} INTEGER"]
    if table.primary_key:
        parts.append(f"PRIMARY KEY ({', '.join(map(quoted, table.primary_key))})")
    keys = {one.name: one.primary_key for one in tables}
    parts += [
        f"FOREIGN KEY ({quoted(one.columns[0])}) REFERENCES {one.table.replace('.', '_')} ({quoted(one.theirs[0])})"
        for one in within(tables, table)
        if len(one.columns) == 1 and keys[one.table] == one.theirs and one.table != table.name
    ]
    return f"CREATE TABLE {table.file} ({', '.join(parts)}) STRICT"


def select_sql(table: Table) -> str:
    """Rows of a table of the read model, in the order of its key, as they are written."""
    cells = [_cell(one) for one in table.columns]
    place = quoted_name(table.name)
    if table.name == FIGURES:
        cells += [f"harmonised.figure_id({_ID}) AS {FIGURE_ID}", WORDS]
        same = " AND ".join(f"o.{one} IS NOT DISTINCT FROM w.{one}" for one in _OF_WORDS)
        place = f"(SELECT o.*, w.id AS {WORDS} FROM {place} o JOIN temp.{FIGURE_WORDS} w ON {same})"
    order = ", ".join(quoted(one) for one in table.key)
    return f"SELECT {', '.join(cells)} FROM {place} ORDER BY {order}"


def facets_of(columns: Sequence[str]) -> list[str]:
    """Columns of which the page of a table counts the values."""
    return [one for one in _FACETS if one in columns][:_MOST_FACETS]


def indexes_sql(table: Table) -> Iterator[str]:
    """Creates the indexes of what people filter by, and of what pages count."""
    names = names_of(table)
    wanted = [one for one in (*_FILTERED, *facets_of(names), WORDS) if one in names]
    for column in dict.fromkeys(wanted):
        together = (column, *(_BESIDE.get(column, ()) if table.name == FIGURES else ()))
        if table.primary_key[: len(together)] != together:
            columns = ", ".join(map(quoted, together))
            yield f"CREATE INDEX {table.file}_by_{column} ON {table.file} ({columns})"


def searches_sql(tables: Sequence[Table]) -> Iterator[str]:
    """Creates the full-text indexes of tables; each row is the row of the table with the same number."""
    for table in tables:
        columns = ", ".join(SEARCHED.get(table.name, ()))
        if columns:
            yield f"CREATE VIRTUAL TABLE {table.file}_words USING fts5({columns}, content={table.file})"
            yield f"INSERT INTO {table.file}_words({table.file}_words) VALUES ('rebuild')"


FIGURE_WORDS_SQL = f"CREATE VIRTUAL TABLE {FIGURE_WORDS} USING fts5(area_name, area_code, measure, source)"
"""Creates the full-text index of figures."""
FIGURE_WORDS_ROWS = """SELECT row_number() OVER (ORDER BY area_code, measure, source, area_name)::BIGINT AS id, *
FROM (SELECT DISTINCT area_name, area_code, measure, source FROM harmonised.observations)"""
"""The words of figures, numbered; the last four columns are those of the index."""


def views_of(tables: Sequence[Table]) -> list[View]:
    """Views that can be made of the tables of a file."""
    columns = {one.name: [column.name for column in one.columns] for one in tables}
    ours = columns[FIGURES]
    newest = ", ".join(f"o.{quoted(one)}" for one in ours if one not in ("release_order", "newest"))
    corrected = {
        "status": "CASE WHEN correction_id IS NULL THEN status ELSE 'corrected' END AS status",
        "quality": "CASE WHEN correction_id IS NULL THEN quality ELSE 'ok' END AS quality",
        "value": "coalesce(corrected_value, value) AS value",
    }
    in_use = ", ".join(corrected.get(one, quoted(one)) for one in ours)
    mapped = ", ".join(
        f"m.{one}" if one in ("common_breakdown", "dimensions") else f"o.{one}"
        for one in (
            "figure_id", "source", "release", "measure", "area_code", "area_name", "area_type", "period_start",
            "period_end", "period_kind", "statistic", "breakdown", "common_breakdown", "dimensions", "unit", "value",
            "status", "quality", "locator", "synthetic",
        )
    )  # fmt: skip
    pair = ", ".join(
        f"p.{quoted(one)}" for one in columns["quality.comparability_pairs"] if one != "question"
    )
    return [
        View(
            "harmonised.latest",
            f"SELECT {newest}, o.{FIGURE_ID}, o.{WORDS} FROM harmonised_observations o WHERE o.newest = 1",
            searched=True,
            counted=("source", "status", "quality", "area_type"),
        ),
        View(
            "harmonised.figures_in_use",
            f"SELECT {in_use}, value AS printed_value, {WORDS} FROM harmonised_observations",
            searched=True,
            counted=("source", "area_type"),
        ),
        View(
            "harmonised.mapped_breakdowns",
            f"SELECT {mapped}, o.{WORDS} FROM harmonised_observations o "
            "JOIN catalogue_category_breakdowns m USING (source, breakdown) WHERE o.newest = 1",
            searched=True,
        ),
        View(
            "quality.comparability",
            f"SELECT {pair}, v.operation, v.allowed, v.rules, v.reasons FROM quality_comparability_pairs p "
            "JOIN quality_comparability_verdicts v USING (question)",
        ),
    ]


_ID = "source, measure, breakdown, unit, statistic, area_code, period_start, period_end"
_OF_WORDS = ("area_name", "area_code", "measure", "source")


def _cell(column: Column) -> str:
    name = quoted(column.name)
    if column.nested:
        return f"to_json({name})::VARCHAR"
    if column.physical == "DATE":
        return f"{name}::VARCHAR"
    return f"{name}::INTEGER" if column.physical == "BOOLEAN" else name


def quoted(name: str) -> str:
    """A name as it is written in SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted_name(name: str) -> str:
    """A table of the read model as it is written in SQL."""
    return ".".join(map(quoted, name.split(".")))
