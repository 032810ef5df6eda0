"""Single rows of a raw table, in any of its storage forms.

Belongs here: fetching the cells of some rows (`readers.raw_table` describes the forms). Does not belong here: which
rows are wanted and how they are shown (`cells`). DuckDB selects the rows, so that a sheet of a million rows costs one
scan and rows that are not shown are never built.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from civic_assets.tables import parquet_scan

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.tables import TableRef

Rows = dict[tuple[str, int], dict[int, str]]
"""Texts by column (from 1), for rows by sheet and address."""


def raw_rows(
    connection: DuckDBPyConnection, raw: TableRef, places: Collection[tuple[str, int]]
) -> tuple[Rows, bool]:
    """The rows of a raw table at the given places, in any of its forms.

    Args:
        connection: Any connection; it only reads the Parquet file of the raw table.
        raw: Raw table to read.
        places: Sheet and address (row, or line of a delimited file) of each row.

    Returns:
        The rows, and whether they are the records of a JSON document. Rows without a filled cell are left out.
    """
    import pyarrow as pa

    ordered = sorted(places)
    connection.register(
        "wanted_rows",
        pa.table(
            {
                "sheet": pa.array([sheet for sheet, _ in ordered], pa.string()),
                "address": pa.array([row for _, row in ordered], pa.int64()),
            }
        ),
    )
    file = parquet_scan([raw.path])
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()]
    try:
        if "col" in names:
            return _cell_rows(connection, file)
        return _wide_rows(connection, file, names)
    finally:
        connection.unregister("wanted_rows")


# In a delimited file the address is the line given in the locator; a row may take several lines.
_CELLS = r"""SELECT r.sheet, r.address, r.col, r.text, r.locator[1] = '[' AS record FROM (
    SELECT sheet::VARCHAR AS sheet, col, text, locator,
        coalesce(try_cast(nullif(regexp_extract(locator, '^L([0-9]+):', 1), '') AS BIGINT), "row") AS address
    FROM {file} WHERE text <> '') r
JOIN wanted_rows w ON w.sheet = r.sheet AND w.address = r.address"""


def _cell_rows(connection: DuckDBPyConnection, file: str) -> tuple[Rows, bool]:
    rows: Rows = {}
    records = False
    for sheet, address, column, text, record in connection.execute(_CELLS.format(file=file)).fetchall():
        rows.setdefault((sheet, address), {})[column] = text
        records = records or record
    return rows, records


def _wide_rows(connection: DuckDBPyConnection, file: str, names: Sequence[str]) -> tuple[Rows, bool]:
    columns = [name for name in names if name[0] == "c" and name[1:].isdecimal()]
    chosen = ", ".join(f"r.{name}::VARCHAR" for name in columns)
    sheet, address = ("''", "r.line") if "line" in names else ("r.sheet::VARCHAR", 'r."row"')
    cursor = connection.execute(
        f"""SELECT {sheet}, {address}, {chosen} FROM {file} r
        JOIN wanted_rows w ON w.sheet = {sheet} AND w.address = {address}"""
    )
    return {
        (row[0], row[1]): {number: text for number, text in enumerate(row[2:], start=1) if text}
        for row in cursor.fetchall()
    }, False
