"""Postcode directories: which directory a file is, whatever its edition and size, and what makes it none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import FileRefused
from civic_assets.harmonise.areas.postcodes import COLUMNS
from civic_assets.parsing.recognise import recognise
from civic_assets.parsing.row_texts import row_texts
from civic_assets.parsing.table_finder import FoundTables, find_tables
from civic_assets.readers import open_file
from civic_assets.readers.grid import Grid
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.text.large import grid_of, head_of, is_large, write_parquet
from civic_assets.sources import postcodes
from civic_assets_tests import paths
from civic_assets_tests.postcode_files import NSPL_2024, NSPL_2025, ONSPD_2023, directory, many, row

FIXTURES = paths.FIXTURES / "postcodes"
HEADERS = {"onspd_2023": ONSPD_2023, "nspl_2024": NSPL_2024, "nspl_2025": NSPL_2025}


def _found(grid: Grid) -> FoundTables:
    return find_tables(grid, load_contracts()["postcodes"])


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "directory.csv"
    path.write_text(text)
    return path


@pytest.fixture
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_file, "DELIMITED_BYTES", 0)


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_every_column_of_an_edition_is_known(tmp_path: Path, header: Sequence[str]) -> None:
    found = _found(read_grid(_written(tmp_path, directory([row("N1 1AA", header)], header))))
    assert not found.drift
    assert not found["postcodes"].extra


def test_years_in_headers_change_with_each_edition(tmp_path: Path) -> None:
    text = directory([row("N1 1AA", NSPL_2025)], NSPL_2025).replace("25cd", "31cd", 30)
    (recognised,) = recognise(read_grid(_written(tmp_path, text)), load_contracts())
    assert (recognised.contract.source, recognised.edition) == ("postcodes", "1980-01-n")
    assert not recognised.found.drift


@pytest.mark.parametrize(
    ("rows", "edition"),
    [
        ([row("N1 1AA", introduced="202501"), row("E1 1AA")], "2025-01"),
        ([row("N1 1AA"), row("NW1 1AA", terminated="202411")], "2024-11"),
        ([row("N1 1AA", introduced="202501"), row("N7 1AA")], "2025-01-n"),
        ([row("EC1A 1AA", introduced="202501")], "2025-01-ec"),
    ],
)
def test_edition_is_the_latest_change_and_the_only_postcode_area(
    tmp_path: Path, rows: list[dict[str, str]], edition: str
) -> None:
    assert (
        postcodes.edition(
            _found(read_grid(_written(tmp_path, directory(rows)))), load_contracts()["postcodes"]
        )
        == edition
    )


def test_large_and_terminated_postcodes_are_counted() -> None:
    grid = read_grid(FIXTURES / "onspd_2023.csv")
    parsed = postcodes.parse(grid, _found(grid), load_contracts()["postcodes"])
    assert dict(parsed.row_kinds) == {"in_use": 9, "terminated": 2, "of_large_users": 1}
    assert parsed.synthetic


@pytest.mark.usefixtures("every_file_is_large")
@pytest.mark.parametrize("name", ["onspd_2023.csv", "nspl_2025.csv"])
def test_a_file_read_by_column_has_the_same_cells(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = read_grid(FIXTURES / name)
    assert is_large(large)
    stored = tmp_path / "raw.parquet"
    number = write_parquet(large, stored)
    again = grid_of(stored, name, head_of(large), number, large.notes, parquet=True)
    monkeypatch.undo()
    small = read_grid(FIXTURES / name)
    assert not is_large(small)
    wanted = row_texts(_found(small)["postcodes"], COLUMNS).to_pylist()
    assert len(wanted) == 11
    for grid in (large, again):
        rows = [one for one in row_texts(_found(grid)["postcodes"], COLUMNS).to_pylist() if one["postcode"]]
        assert rows == wanted
        for at in range(small.sheets[0].width):
            cells = grid.sheets[0].column(at).cells(range(len(small.sheets[0].rows)))
            assert cells == small.sheets[0].column(at).cells(range(len(small.sheets[0].rows)))
    assert [r.edition for r in recognise(large, load_contracts())] == ["2024-12"]


@pytest.mark.usefixtures("every_file_is_large")
def test_a_large_file_of_figures_is_refused() -> None:
    with pytest.raises(
        FileRefused, match="larger than 256 MiB, and no source that is read by column has its headers"
    ):
        recognise(read_grid(paths.FIXTURES / "lookups" / "lad_csp_pfa.csv"), load_contracts())


def _one_cell_more(line: str) -> str:
    return line.rstrip("\n") + ",more\n"


def _one_cell_fewer(line: str) -> str:
    return line.replace(",X99999999", "", 1)


def _line_break(line: str) -> str:
    return line.replace("E05", '"E05\n', 1).replace(",X", '",X', 1)


@pytest.mark.usefixtures("every_file_is_large")
@pytest.mark.parametrize("spoil", [_one_cell_more, _one_cell_fewer, _line_break])
def test_a_large_file_whose_lines_are_not_records_is_refused(
    tmp_path: Path, spoil: Callable[[str], str]
) -> None:
    lines = directory(many(300)).splitlines(keepends=True)
    lines[250] = spoil(lines[250])
    grid = read_grid(_written(tmp_path, "".join(lines)))
    with pytest.raises(FileRefused, match="cells, where 53 are expected"):
        write_parquet(grid, tmp_path / "raw.parquet")


@pytest.mark.usefixtures("every_file_is_large")
def test_a_header_of_another_width_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    text = directory(many(3)).replace("msoa21\n", "msoa21,more\n")
    with pytest.raises(FileRefused, match="has 53 cells on line 2, and 54 on line 1"):
        read_grid(_written(tmp_path, text))
