"""Writes the tables of a package as CSV and Parquet, column by column in DuckDB.

Belongs here: the order of rows, how a cell that is not plain text is written in CSV, and what is counted on the way.
Does not belong here: metadata, and which tables there are (`civic_assets.package.described`).

In CSV, a cell without a value is empty. In a column where every cell has a value, an empty cell is a text of no
characters; in a column that has both, cells without a value carry a marker. The metadata declares which it is, column
by column, so that the two are never confused. A list is JSON text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.errors import UsageError
from civic_assets.house_numbers.memory import PUBLISHING_SHARE
from civic_assets.layers.limits import memory_allowed
from civic_assets.package.formulas import FORMULA
from civic_assets.tables import parquet_scan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from civic_assets.package.described import Column, Table

CSV, PARQUET = "csv", "parquet"
FORMATS = (CSV, PARQUET)
"""Formats of tables, and names of their folders."""
MARKERS = ("\\N", "NULL", "<none>")
"""What marks a cell without a value where an empty text is possible: the first that no cell of the column is."""


@dataclass(frozen=True, slots=True)
class FormulaCells:
    """Cells of a column that a spreadsheet would take for a formula.

    Args:
        column: The column.
        number: How many there are.
        example: The first of them in alphabetical order.
    """

    column: str
    number: int
    example: str


@dataclass(frozen=True, slots=True)
class Written:
    """A table as it was written.

    Args:
        table: The table.
        rows: Number of rows.
        files: Path in the package, by format.
        markers: What marks a cell without a value, in columns of which an empty cell is a text of no characters.
        empty_texts: Columns of which an empty cell would be a text of no characters.
        has_empty_texts: Columns that have such a cell.
        formulas: Cells that a spreadsheet would take for a formula.
    """

    table: Table
    rows: int
    files: Mapping[str, str]
    markers: Mapping[str, str]
    empty_texts: frozenset[str]
    has_empty_texts: frozenset[str]
    formulas: tuple[FormulaCells, ...]

    @property
    def packed(self) -> bool:
        """Whether the CSV is packed, so that no spreadsheet opens it."""
        return bool(self.formulas) and CSV in self.files

    def missing(self, column: Column) -> list[str]:
        """Texts of a CSV cell that mean that there is no value."""
        if column.name in self.markers:
            return [self.markers[column.name]]
        return [] if column.name in self.empty_texts else [""]


def limit_memory(connection: DuckDBPyConnection, scratch: Path) -> None:
    """Limit what writing tables takes, with a folder for rows that do not fit into memory.

    DuckDB's own place for them is next to the read model, in the store, which is only read.
    """
    connection.execute(f"SET memory_limit = '{int(memory_allowed() * PUBLISHING_SHARE)}B'")
    connection.execute(f"SET temp_directory = {_text(str(scratch))}")


def write_table(
    connection: DuckDBPyConnection, table: Table, folder: Path, formats: Sequence[str], sources: Sequence[str]
) -> Written:
    """Write one table, its rows in the order of its key.

    Args:
        connection: The read model, read-only.
        table: The table.
        folder: Folder of the package.
        formats: Some of `FORMATS`.
        sources: Only rows of these sources; empty for all.

    Raises:
        UsageError: A column holds each of `MARKERS` and texts of no characters, so that no marker is left.
    """
    schema, _, name = table.name.partition(".")
    where = f" WHERE source IN ({', '.join(map(_text, sources))})" if sources else ""
    place = f'"{schema}"."{name}"{where}'
    rows, empty_texts, present, formulas, markers = _looked_at(connection, table, place)
    order = ", ".join(f"{_quoted(column)} NULLS FIRST" for column in (*table.key, *_others(table)))
    names = ", ".join(_quoted(column.name) for column in table.columns)
    sorted_rows = f"SELECT {names} FROM {place} ORDER BY {order}"
    files = {}
    if PARQUET in formats:
        files[PARQUET] = f"{PARQUET}/{table.file}.parquet"
        _copy(connection, sorted_rows, folder / files[PARQUET], "FORMAT parquet, COMPRESSION zstd")
        # Sorting takes most of the time, so the CSV is written from the rows that are sorted already.
        sorted_rows = f"SELECT {names} FROM {parquet_scan([folder / files[PARQUET]])}"
    if CSV in formats:
        files[CSV] = f"{CSV}/{table.file}.csv" + (".gz" if formulas else "")
        cells = ", ".join(f"{_csv_cell(one, markers)} AS {_quoted(one.name)}" for one in table.columns)
        packing = ", COMPRESSION gzip" if formulas else ""
        options = f"FORMAT csv, HEADER, NULL ''{packing}"
        _copy(connection, f"SELECT {cells} FROM ({sorted_rows})", folder / files[CSV], options)
    return Written(table, rows, files, markers, empty_texts, present, formulas)


def _others(table: Table) -> list[str]:
    """Columns outside the key, so that rows have one order even where the key is broken."""
    return [one.name for one in table.columns if one.name not in table.key]


def _looked_at(
    connection: DuckDBPyConnection, table: Table, place: str
) -> tuple[int, frozenset[str], frozenset[str], tuple[FormulaCells, ...], dict[str, str]]:
    """What is to be known before a table is written, from one reading: see `Written`."""
    texts = [one for one in table.columns if one.physical == "VARCHAR"]
    asked = ["count(*)"]
    for one in texts:
        cell = _quoted(one.name)
        formula = f"regexp_matches({cell}, {_text(FORMULA)})"
        asked += [
            f"count(*) FILTER ({cell} = '')",
            f"count(*) FILTER ({cell} IS NULL)",
            f"count(*) FILTER ({formula})",
            f"min({cell}) FILTER ({formula})",
            *(f"count(*) FILTER ({cell} = {_text(marker)})" for marker in MARKERS),
        ]
    found = connection.execute(f"SELECT {', '.join(asked)} FROM {place}").fetchone() or ()
    rows, said = int(found[0]), iter(found[1:])
    empty, present, formulas, markers = set(), set(), [], {}
    for one in texts:
        n_empty, n_null, n_formulas, example, *taken = (next(said) for _ in range(4 + len(MARKERS)))
        if n_formulas:
            formulas.append(FormulaCells(one.name, n_formulas, example))
        if n_empty or (one.required and not n_null):
            empty.add(one.name)
        if n_empty:
            present.add(one.name)
        if n_empty and n_null:
            free = [marker for marker, number in zip(MARKERS, taken, strict=True) if not number]
            if not free:
                raise UsageError(
                    f"{table.name}.{one.name} holds texts of no characters and each of {', '.join(MARKERS)}, so its "
                    "CSV could not say where a value is missing. Ask for --format parquet."
                )
            markers[one.name] = free[0]
    return rows, frozenset(empty), frozenset(present), tuple(formulas), markers


def _csv_cell(column: Column, markers: Mapping[str, str]) -> str:
    cell = _quoted(column.name)
    if column.nested:
        return f"to_json({cell})::VARCHAR"
    if column.name in markers:
        return f"coalesce({cell}, {_text(markers[column.name])})"
    return cell


def _copy(connection: DuckDBPyConnection, query: str, file: Path, options: str) -> None:
    connection.execute(f"COPY ({query}) TO {_text(str(file))} ({options})")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
