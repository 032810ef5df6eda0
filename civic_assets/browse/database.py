"""Copies the published tables of a read model into one SQLite file.

Belongs here: creating the file, copying rows, and what is refused. Does not belong here: what the tables look like
(`shape`), and where copies are kept (`kept`).

DuckDB's own writer of SQLite makes text of some numbers, and then 9 sorts after 10. So the tables are created with
their types first, and rows are inserted into them.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.browse import shape
from civic_assets.errors import UsageError
from civic_assets.house_numbers.memory import PUBLISHING_SHARE
from civic_assets.layers.limits import memory_allowed
from civic_assets.package.described import choose
from civic_assets.publish.published_contracts import views_of as views_of_read_model

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.package.described import Table

_BATCH = 10_000
_CACHE_KIB = 128 * 1024


@dataclass(frozen=True, slots=True)
class Copied:
    """What is in a SQLite file.

    Args:
        rows: Number of rows of each table, by its name in the read model.
        views: Views, by their names in the read model.
    """

    rows: dict[str, int]
    views: tuple[str, ...]

    def as_text(self) -> str:
        """As it is kept with the file."""
        return json.dumps({"rows": self.rows, "views": self.views}, indent=1) + "\n"

    @classmethod
    def of_text(cls, text: str) -> Copied:
        """What `as_text` gave.

        Raises:
            ValueError: The text is something else.
        """
        document = json.loads(text)
        return cls(dict(document["rows"]), tuple(document["views"]))


def tables_of(connection: DuckDBPyConnection) -> list[Table]:
    """Tables of the SQLite file, in the order of the contracts.

    Raises:
        UsageError: The read model has a column that no contract describes.
    """
    views = views_of_read_model(connection) - set(shape.COPIED_VIEWS)
    return [one for one in every_table(connection) if one.name not in views]


def every_table(connection: DuckDBPyConnection) -> list[Table]:
    """Tables and views of the read model that the published contracts describe.

    Raises:
        UsageError: The read model has a column that no contract describes.
    """
    chosen = choose(connection, (), ())
    return list(choose(connection, [*(one.name for one in chosen.tables), *chosen.left_out], ()).tables)


def write_database(
    connection: DuckDBPyConnection, file: Path, progress: Callable[[str], None] = lambda _: None
) -> Copied:
    """Copy all tables into a new SQLite file.

    Args:
        connection: The read model, read-only.
        file: The file, which does not exist yet. It is durable when this returns.
        progress: Function called with a sentence about each step.

    Raises:
        UsageError: A number of the read model is not finite, or two rows have the same key.
        OSError: The file cannot be written.
    """
    tables = tables_of(connection)
    _limit(connection, file)
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as target:
            # Nobody reads the file before it is complete, so it needs no journal.
            for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
                target.execute(f"PRAGMA {pragma}")
            target.execute("BEGIN")
            rows = _copy_all(connection, target, tables, progress)
            progress("Indexes and full-text search")
            for statement in _finishing(tables):
                target.execute(statement)
            target.execute("PRAGMA analysis_limit = 1000")
            target.execute("ANALYZE")
            target.execute("COMMIT")
    except sqlite3.IntegrityError as error:
        raise UsageError(
            f"Rows of the read model do not fit their published contract ({error}), so they are not copied. Run: "
            "civic-assets verify"
        ) from None
    except sqlite3.OperationalError as error:
        raise OSError(f"{file.parent}: the SQLite file cannot be written: {error}") from None
    with file.open("rb") as written:
        os.fsync(written.fileno())
    return Copied(rows, tuple(view.name for view in shape.views_of(tables)))


def statements_of(connection: DuckDBPyConnection) -> list[str]:
    """All statements that make a SQLite file of a read model: two with the same statements have the same shape."""
    tables = tables_of(connection)
    creating = [sql for one in tables for sql in (shape.create_sql(one, tables), shape.select_sql(one))]
    return [shape.FIGURE_WORDS_SQL, shape.FIGURE_WORDS_ROWS, *creating, *_finishing(tables)]


def _finishing(tables: Sequence[Table]) -> list[str]:
    """Statements for when all rows are there."""
    return [
        *(sql for one in tables for sql in shape.indexes_sql(one)),
        *shape.searches_sql(tables),
        *(f"CREATE VIEW {view.called} AS {view.sql}" for view in shape.views_of(tables)),
    ]


def _limit(connection: DuckDBPyConnection, file: Path) -> None:
    """Limit DuckDB's memory, and keep its rows that do not fit next to the new file instead of in the store."""
    scratch = str(file.with_name(f"{file.name}.scratch"))
    connection.execute(f"SET memory_limit = '{int(memory_allowed() * PUBLISHING_SHARE)}B'")
    connection.execute(f"SET temp_directory = '{scratch.replace(chr(39), chr(39) * 2)}'")


def _copy_all(
    connection: DuckDBPyConnection,
    target: sqlite3.Connection,
    tables: Sequence[Table],
    progress: Callable[[str], None],
) -> dict[str, int]:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {shape.FIGURE_WORDS} AS {shape.FIGURE_WORDS_ROWS}")
    target.execute(shape.FIGURE_WORDS_SQL)
    insert = f"INSERT INTO {shape.FIGURE_WORDS}(rowid, area_name, area_code, measure, source) VALUES (?, ?, ?, ?, ?)"
    _insert(connection, f"SELECT * FROM temp.{shape.FIGURE_WORDS} ORDER BY id", target, insert)
    rows = {}
    for number, table in enumerate(tables, 1):
        progress(f"{table.name} ({number} of {len(tables)})")
        _refuse_infinite(connection, table)
        target.execute(shape.create_sql(table, tables))
        places = ", ".join("?" * len(shape.names_of(table)))
        insert = f"INSERT INTO {table.file} VALUES ({places})"
        rows[table.name] = _insert(connection, shape.select_sql(table), target, insert)
        (there,) = connection.execute(f"SELECT count(*) FROM {shape.quoted_name(table.name)}").fetchone() or (
            0,
        )
        if rows[table.name] != there:
            raise AssertionError(f"{rows[table.name]:,} rows of {there:,} of {table.name} were copied")
    return rows


def _insert(connection: DuckDBPyConnection, query: str, target: sqlite3.Connection, insert: str) -> int:
    number = 0
    cursor = connection.execute(query)
    while rows := cursor.fetchmany(_BATCH):
        target.executemany(insert, rows)
        number += len(rows)
    return number


def _refuse_infinite(connection: DuckDBPyConnection, table: Table) -> None:
    """SQLite keeps "not a number" as no value, and JSON has neither it nor infinity."""
    numbers = [one.name for one in table.columns if one.physical == "DOUBLE"]
    if not numbers:
        return
    asked = ", ".join(f"count(*) FILTER (NOT isfinite({shape.quoted(one)}))" for one in numbers)
    found: Sequence[Any] = (
        connection.execute(f"SELECT {asked} FROM {shape.quoted_name(table.name)}").fetchone() or ()
    )
    wrong = [name for name, number in zip(numbers, found, strict=True) if number]
    if wrong:
        raise UsageError(
            f"{table.name}.{wrong[0]} has numbers that are infinite or not a number, which SQLite cannot keep. Build "
            "the read model again with: civic-assets refresh"
        )
