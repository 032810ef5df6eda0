"""The rows of a publisher's file around the figures of a page, as printed.

Belongs here: reading them from the raw layer, and the tables that show them. Does not belong here: the figures
(`figures`), and the cells around findings (`civic_assets.publish.report.cells`).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from civic_assets.house_numbers.display import EVIDENCE_ROWS_WITH_NEIGHBOURS
from civic_assets.publish.site.evidence.addresses import anchor_sql
from civic_assets.publish.site.evidence.word_tables import escaped_sql
from civic_assets.readers.grid import column_letters
from civic_assets.tables import parquet_scan

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

# Separates cells until the row is escaped. No text of a file has this control character.
_BETWEEN = "chr(31)"
NOT_HERE = "The texts of these rows are not in this store. Open the file to read them, or refresh the store."
"""For pages where the raw table of a release is missing, or was written by an older program."""
_TOO_LONG = "<td>This row is too long to be shown here.</td>"
PrintedRow = tuple[str, str, int, bool, str | None]
"""Anchor, sheet, row, whether a figure of the page is in it, and its cells as HTML."""


def place_columns(locator: str) -> str:
    """SQL expressions for the columns `file_sheet` and `file_row` of a locator; null if it names no row.

    As `civic_assets.readers.grid.Sheet.locator` writes them: a cell of a sheet, of a line (the first one that a count
    of rows names), or of a record, which the raw table has two rows later.
    """
    line = f"try_cast(nullif(regexp_extract({locator}, '^L([0-9]+)[:,]', 1), '') AS BIGINT)"
    record = rf"try_cast(nullif(regexp_extract({locator}, '^\[([0-9]+)\]', 1), '') AS BIGINT) + 2"
    cell = f"regexp_extract({locator}, '(?s)^(.*)!([A-Z]{{1,3}})([1-9][0-9]*)$', ['sheet', 'letters', 'row'])"
    row = f"try_cast(nullif({cell}.row, '') AS BIGINT)"
    # Few locators name a sheet, and looking for the sign is quicker than the pattern.
    return (
        f"CASE WHEN contains({locator}, '!') THEN CASE WHEN {row} IS NULL THEN '' ELSE {cell}.sheet END "
        "ELSE '' END AS file_sheet, "
        f"CASE WHEN contains({locator}, '!') THEN coalesce({row}, {line}) "
        f"WHEN starts_with({locator}, '[') THEN {record} ELSE {line} END AS file_row"
    )


def row_anchor_sql(sheet: str, row: str) -> str:
    """SQL expression for the anchor of a row of the file."""
    return f"concat('r', {row}, CASE WHEN {sheet} = '' THEN '' ELSE '-' || {anchor_sql(sheet)} END)"


def create_printed(connection: DuckDBPyConnection, raw: Path | None) -> None:
    """Make the temporary table `evidence_printed`: the cells of each row of a file, as HTML.

    Args:
        connection: The read model.
        raw: Raw table of the release; None if there is none.
    """
    connection.execute("DROP TABLE IF EXISTS evidence_printed")
    if raw is None:
        connection.execute("CREATE TEMP TABLE evidence_printed(sheet VARCHAR, address BIGINT, cells VARCHAR)")
        return
    file = parquet_scan([raw])
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()]
    if "col" in names:
        rows = f"""SELECT sheet, address, string_agg(repeat({_BETWEEN}, gap) || text, '' ORDER BY col) AS line FROM (
            SELECT sheet, address, text, col,
                (col - lag(col, 1, 1) OVER (PARTITION BY sheet, address ORDER BY col))::BIGINT AS gap
            FROM (
                SELECT sheet::VARCHAR AS sheet, col, text, coalesce(
                    try_cast(nullif(regexp_extract(locator, '^L([0-9]+):', 1), '') AS BIGINT), "row") AS address
                FROM {file} WHERE text <> ''
            )
        ) GROUP BY sheet, address"""
    else:
        columns = [name for name in names if name[0] == "c" and name[1:].isdecimal()]
        chosen = ", ".join(f"coalesce({name}::VARCHAR, '')" for name in columns)
        place = (
            "'' AS sheet, line AS address" if "line" in names else 'sheet::VARCHAR AS sheet, "row" AS address'
        )
        rows = f"SELECT {place}, rtrim(concat_ws({_BETWEEN}, {chosen}), {_BETWEEN}) AS line FROM {file}"
    connection.execute(
        f"""CREATE TEMP TABLE evidence_printed AS SELECT sheet, address,
            concat('<td>', replace({escaped_sql("line")}, {_BETWEEN}, '</td><td>'), '</td>') AS cells
        FROM ({rows})"""
    )


def rows_of_pages(connection: DuckDBPyConnection) -> dict[int, list[PrintedRow]]:
    """Rows of the file for each page of the temporary table `evidence_chunk`, in the order of the file.

    A page with few rows also has those above and below them; a delimited file's page has its first line.
    """
    found = connection.execute(
        f"""WITH own AS (
            SELECT DISTINCT page, file_sheet AS sheet, file_row AS address FROM evidence_chunk
            WHERE file_row IS NOT NULL
        ), few AS (
            SELECT page FROM own GROUP BY page HAVING count(*) <= {EVIDENCE_ROWS_WITH_NEIGHBOURS}
        ), places AS (
            SELECT page, sheet, address, true AS mine FROM own
            UNION ALL SELECT page, sheet, unnest([address - 1, address + 1]), false FROM own SEMI JOIN few USING (page)
            UNION ALL SELECT DISTINCT page, '', 1, false FROM own WHERE sheet = ''
        ), wanted AS (
            SELECT page, sheet, address, bool_or(mine) AS mine FROM places GROUP BY ALL
        )
        SELECT page, {row_anchor_sql("w.sheet", "w.address")}, w.sheet, w.address, mine, p.cells
        FROM wanted w LEFT JOIN evidence_printed p USING (sheet, address)
        WHERE mine OR p.cells IS NOT NULL ORDER BY page, w.sheet, w.address"""
    ).fetchall()
    return {page: [row[1:] for row in rows] for page, rows in groupby(found, key=lambda row: row[0])}


def printed_tables(rows: Sequence[PrintedRow], most: int, mark: str = "") -> str:
    """The rows of the file on a page, as one table for each sheet; empty if its figures name no rows.

    Args:
        rows: The rows.
        most: Bytes that they may take. If they take more, rows are named without their cells.
        mark: HTML at the beginning of each caption, for made-up figures.
    """
    if not rows:
        return ""
    text = _tables(rows, most, mark)
    if not any(cells for *_, cells in rows):
        text += f"<p>{NOT_HERE}</p>\n"
    if len(text.encode()) > most:
        text = _tables([(*row[:4], None) for row in rows], most, mark)
        text += (
            "<p>This page would be too large with the texts of these rows. Open the file to read them.</p>\n"
        )
    return f"<h2>The rows of the file</h2>\n{text}"


def _tables(rows: Sequence[PrintedRow], most: int, mark: str) -> str:
    return "".join(
        _table(sheet, list(some), most, mark) for sheet, some in groupby(rows, key=lambda row: row[1])
    )


def _table(sheet: str, rows: Sequence[PrintedRow], most: int, mark: str) -> str:
    width = max((row[4] or "").count("<td>") for row in rows)
    name = f"Sheet {sheet}" if sheet else "The file"
    head = "".join(f'<th scope="col">{column_letters(number)}</th>' for number in range(width))
    lines = "".join(
        f'<tr{_marked(anchor, mine)}><th scope="row">{number}</th>{_cells(cells, most)}</tr>'
        for anchor, _, number, mine, cells in rows
    )
    what = "row" if sheet else "line"
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(name)}, as printed">'
        f'<table class="printed"><caption>{mark}{escape(name)}, as printed. '
        f"Each {what} begins with its number.</caption>"
        f'<thead><tr><th scope="col">{what.capitalize()}</th>{head}</tr></thead><tbody>{lines}</tbody></table></div>\n'
    )


def _marked(anchor: str, mine: bool) -> str:
    return f' id="{anchor}"' if mine else ' class="neighbour"'


def _cells(cells: str | None, most: int) -> str:
    if cells is None:
        return ""
    return cells if len(cells) < most // 2 else _TOO_LONG
