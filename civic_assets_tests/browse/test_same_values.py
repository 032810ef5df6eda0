"""The SQLite file has the values, the statuses and the types of the read model; every cell is compared."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.browse.kept import kept_copy
from civic_assets.browse.shape import ADDED, FIGURES, LEFT_OUT, WORDS
from civic_assets.errors import UsageError
from civic_assets.layers.store import Store
from civic_assets_tests.browse.conftest import Served, served

_CLASSES = {
    "VARCHAR": "text",
    "DATE": "text",
    "DOUBLE": "real",
    "BOOLEAN": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
}


def _as_kept(cell: Any) -> Any:
    """A cell of the read model as the documentation says it is written."""
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, list):
        return json.dumps(cell, default=str, separators=(",", ":"), ensure_ascii=False)
    return cell


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str]]:
    schema, _, table = name.partition(".")
    return connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE schema_name = ? AND table_name = ? AND database_name = current_database() ORDER BY column_index",
        [schema, table],
    ).fetchall()


def _names(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = current_database() "
        "UNION SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    return {name for (name,) in rows}


def _difference(
    connection: duckdb.DuckDBPyConnection, sqlite: sqlite3.Connection, name: str, columns: Sequence[str]
) -> int:
    """Number of rows that only one of the two has; rows that occur twice count twice."""
    chosen = ", ".join(f'"{one}"' for one in columns)
    theirs = connection.execute(f"SELECT {chosen} FROM {name}").fetchall()
    ours = sqlite.execute(f"SELECT {chosen} FROM {name.replace('.', '_')}").fetchall()
    mine, other = Counter(ours), Counter(tuple(map(_as_kept, row)) for row in theirs)
    return (mine - other).total() + (other - mine).total()


def _differences(store: Path, file: Path) -> dict[str, int]:
    with (
        duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection,
        closing(sqlite3.connect(file)) as sqlite,
    ):
        names = _names(connection) - set(LEFT_OUT)
        found = {
            name: _difference(connection, sqlite, name, [column for column, _ in _columns(connection, name)])
            for name in names
        }
    assert len(found) > 100
    return {name: number for name, number in found.items() if number}


def test_every_row_of_every_table_and_view_is_that_of_the_read_model(whole: Served) -> None:
    assert _differences(whole.store, whole.kept.file) == {}


def test_no_table_of_the_read_model_is_missing_but_the_views_that_are_named(whole: Served) -> None:
    with duckdb.connect(str(whole.store / "civic.duckdb"), read_only=True) as connection:
        names = _names(connection)
    assert names - set(LEFT_OUT) == {*whole.kept.copied.rows, *whole.kept.copied.views}
    assert names.issuperset(LEFT_OUT)


def test_every_cell_has_the_type_of_its_column(whole: Served) -> None:
    wrong = {}
    looked_at = 0
    with (
        duckdb.connect(str(whole.store / "civic.duckdb"), read_only=True) as connection,
        closing(sqlite3.connect(whole.kept.file)) as sqlite,
    ):
        for name in whole.kept.copied.rows:
            table = name.replace(".", "_")
            columns = _columns(connection, name)
            assert [one for _, one, *_ in sqlite.execute(f"PRAGMA table_info({table})")] == [
                *(column for column, _ in columns),
                *(ADDED if name == FIGURES else ()),
            ]
            for column, kind in columns:
                found = {one for (one,) in sqlite.execute(f'SELECT DISTINCT typeof("{column}") FROM {table}')}
                looked_at += bool(found)
                if found - {_CLASSES.get(kind, "text"), "null"}:
                    wrong[f"{name}.{column}"] = found
    assert wrong == {}
    assert looked_at > 900


def test_a_text_in_a_column_of_numbers_is_refused_by_the_file_itself(whole: Served, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(whole.kept.file.read_bytes())
    with closing(sqlite3.connect(copy)) as sqlite, pytest.raises(sqlite3.IntegrityError, match="REAL"):
        sqlite.execute("UPDATE harmonised_observations SET value = 'x'")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            "UPDATE harmonised_observations SET status = 'suppressed' WHERE rowid = 7",
            marks=pytest.mark.exhaustive,
        ),
        "UPDATE harmonised_observations SET value = value + 1 WHERE rowid = 7",
        "DELETE FROM quality_check_results WHERE rowid = 1",
    ],
)
def test_the_comparison_sees_one_change(whole: Served, tmp_path: Path, change: str) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(whole.kept.file.read_bytes())
    with closing(sqlite3.connect(copy)) as sqlite, sqlite:
        sqlite.execute(change)
    assert _differences(whole.store, copy) != {}


def test_the_words_of_a_figure_are_those_of_its_own_area_measure_and_source(whole: Served) -> None:
    with closing(sqlite3.connect(whole.kept.file)) as sqlite:
        row = sqlite.execute(
            "SELECT count(*), sum(o.area_name IS w.area_name AND o.area_code IS w.area_code AND o.measure IS w.measure "
            f"AND o.source IS w.source) FROM harmonised_observations o LEFT JOIN figure_words w ON w.rowid = o.{WORDS}"
        ).fetchone()
    assert row[0] == row[1] > 30_000


def test_a_suppressed_figure_has_no_value_and_its_status_stands_beside_it(
    edited: Callable[..., Path],
) -> None:
    store = edited(
        "UPDATE harmonised.observations SET value = NULL, status = 'suppressed', value_text = 'x' "
        "WHERE locator IN (SELECT locator FROM harmonised.observations ORDER BY locator LIMIT 5)"
    )
    with served(store) as one, closing(sqlite3.connect(one.kept.file)) as sqlite:
        for table in ("harmonised_observations", "harmonised_latest", "harmonised_figures_in_use"):
            row = sqlite.execute(
                "SELECT sum(status = 'suppressed' AND value IS NULL), sum(status = 'suppressed' AND value = 0), "
                f"sum(value IS NULL AND status IS NULL) FROM {table}"
            ).fetchone()
            assert row == (5, 0, 0), table
        rows = one.ask("/civic/harmonised_latest.json?status=suppressed&_shape=objects").json()["rows"]
        assert [(row["value"], row["status"], row["value_text"]) for row in rows] == [
            (None, "suppressed", "x")
        ] * 5
        page = one.ask("/civic/harmonised_latest?status=suppressed&_col=value&_col=status").text
        cells = re.findall(
            r"<td[^>]*>(.*?)</td>", page.partition("<tbody>")[2].partition("</tbody>")[0], re.DOTALL
        )
        assert [html.unescape(cell).strip() for cell in cells] == ["", "suppressed"] * 5


def test_a_corrected_figure_is_corrected_where_figures_are_in_use(edited: Callable[..., Path]) -> None:
    store = edited(
        "UPDATE harmonised.observations SET corrected_value = 2108, correction_id = 'c-1' WHERE value = 1208"
    )
    with served(store) as one:
        row = one.ask("/civic/harmonised_figures_in_use.json?correction_id=c-1&_shape=objects").json()[
            "rows"
        ][0]
        assert (row["value"], row["printed_value"], row["status"], row["quality"]) == (
            2108,
            1208,
            "corrected",
            "ok",
        )


@pytest.mark.parametrize("number", ["'nan'", "'inf'"])
def test_a_number_that_is_none_stops_the_copy(edited: Callable[..., Path], number: str) -> None:
    store = edited(f"UPDATE harmonised.observations SET value = {number}::DOUBLE WHERE value = 1208")
    with (
        pytest.raises(UsageError, match=r"harmonised\.observations\.value has numbers that are infinite"),
        kept_copy(Store.existing(store)),
    ):
        pass
    assert [*(store / "browse").iterdir()] == []


def test_two_rows_with_one_key_stop_the_copy(edited: Callable[..., Path]) -> None:
    store = edited(
        "INSERT INTO harmonised.observations SELECT * FROM harmonised.observations WHERE value = 1208"
    )
    with (
        pytest.raises(UsageError, match="do not fit their published contract"),
        kept_copy(Store.existing(store)),
    ):
        pass
