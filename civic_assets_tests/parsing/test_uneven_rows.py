"""A row of a delimited file with a cell too many or too few is never read: figures would be in wrong columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.drift import DriftKind
from civic_assets.parsing.table_finder import FoundTables, find_tables
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.raw_table import grid_to_table, table_to_grid
from civic_assets_tests.json_answers import inspect
from civic_assets_tests.paths import FIXTURES

CONTRACTS = load_contracts()
MET = FIXTURES / "met_borough" / "recent.csv"
Row = list[str]


def _files() -> Iterator[tuple[str, Path]]:
    for source in CONTRACTS:
        for path in sorted((FIXTURES / source).glob("*.csv")):
            yield source, path


def _rows(path: Path) -> list[Row]:
    data = path.read_bytes()
    text = data.decode("cp1252" if b"\xa0" in data else "utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def _found(tmp_path: Path, source: str, rows: list[Row], *, padded: bool = False) -> FoundTables:
    width = max(map(len, rows))
    text = io.StringIO()
    csv.writer(text).writerows([row + [""] * (width - len(row)) for row in rows] if padded else rows)
    path = tmp_path / "file.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return find_tables(read_grid(path), CONTRACTS[source])


def _uneven(found: FoundTables) -> list[str]:
    return [drift.message for drift in found.drift if drift.kind is DriftKind.UNEVEN_ROW]


def _split(row: Row) -> Row:
    """The last figure of four digits or more as an unquoted thousands separator leaves it, else one more cell."""
    for i in range(len(row) - 1, -1, -1):
        if row[i].isdecimal() and len(row[i]) > 3:
            return [*row[:i], row[i][:-3], row[i][-3:], *row[i + 1 :]]
    return [*row[:1], "1", *row[1:]]


def _lost(row: Row) -> Row:
    return [*row[:1], *row[2:]]


@pytest.mark.parametrize(("source", "path"), [pytest.param(*file, id=file[1].stem) for file in _files()])
@pytest.mark.parametrize("change", [_split, _lost])
def test_every_row_of_every_file_is_accused_when_it_has_a_cell_too_many_or_too_few(
    tmp_path: Path, source: str, path: Path, change: Callable[[Row], Row]
) -> None:
    rows = _rows(path)
    found = _found(tmp_path, source, rows)
    assert _uneven(found) == []
    data = {row for block in found.blocks.values() for row in block.rows}
    assert data
    for number in sorted(data):
        if len(rows[number]) < 3:
            continue
        changed = [*rows[:number], change(rows[number]), *rows[number + 1 :]]
        (sentence,) = _uneven(_found(tmp_path, source, changed))
        assert sentence.startswith(f"L{number + 1} has "), sentence


@pytest.mark.parametrize(("source", "path"), [pytest.param(*file, id=file[1].stem) for file in _files()])
def test_cell_too_many_is_found_where_a_spreadsheet_has_made_all_rows_equally_wide(
    tmp_path: Path, source: str, path: Path
) -> None:
    rows = _rows(path)
    data = sorted({row for block in _found(tmp_path, source, rows).blocks.values() for row in block.rows})
    if len(rows[data[0]]) < 3 or not rows[data[0]][-1].strip():
        pytest.skip("its last column is empty, so that nothing reaches beyond it")
    changed = [*rows[: data[0]], _split(rows[data[0]]), *rows[data[0] + 1 :]]
    (sentence,) = _uneven(_found(tmp_path, source, changed, padded=True))
    assert sentence.startswith(f"L{data[0] + 1} has ")


def test_delimiter_at_the_end_of_each_line_is_not_a_cell(tmp_path: Path) -> None:
    rows = _rows(MET)
    assert _uneven(_found(tmp_path, "met_borough", [rows[0], *([*row, ""] for row in rows[1:])])) == []
    assert _uneven(_found(tmp_path, "met_borough", [[*row, ""] for row in rows])) == []
    assert _uneven(_found(tmp_path, "met_borough", [[*rows[0], ""], *rows[1:]])) == []


def test_note_of_one_cell_is_not_a_row_with_cells_too_few(tmp_path: Path) -> None:
    assert _uneven(_found(tmp_path, "met_borough", [*_rows(MET), ["Source: Metropolitan Police"]])) == []


def test_rows_that_all_lack_a_cell_are_accused_together(tmp_path: Path) -> None:
    rows = _rows(MET)
    (sentence,) = _uneven(_found(tmp_path, "met_borough", [rows[0], *map(_lost, rows[1:])]))
    assert f"{len(rows) - 2} more rows (L3, L4, L5, L6, L7, ...)" in sentence


def test_thousands_separator_without_quotes_holds_the_file_back_with_line_and_cell(tmp_path: Path) -> None:
    lines = MET.read_bytes().splitlines()
    number = 3
    lines[number] = re.sub(rb",[0-9]+,([0-9]+)$", rb",1,107,\1", lines[number])
    path = tmp_path / "crimes.csv"
    path.write_bytes(b"\r\n".join(lines))
    report = inspect(path, CONTRACTS)
    (finding,) = [f for f in report["findings"] if f["check_id"] == "R-09"]
    assert (report["outcome"], report["rows"], finding["severity"]) == ("blocked", 0, "blocking")
    assert finding["locator"].startswith(f"L{number + 1}:")
    assert "may be the first half of 1,107" in finding["message"]


def test_how_wide_rows_were_is_kept_in_the_raw_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2,3\n4\n")
    grid = read_grid(path)
    assert grid.sheets[0].widths == [2, 3, 1]
    assert table_to_grid(grid_to_table(grid), grid.file) == grid
