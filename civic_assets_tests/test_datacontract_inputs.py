"""What the standard's tool is given of a file: every table of every source, with its cells as they are printed."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.blocks import Block
from civic_assets.parsing.recognise import recognise
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import as_printed
from civic_assets_tests.paths import FIXTURES
from tools import datacontract_inputs as inputs

CONTRACTS = load_contracts()


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> list[inputs.Handed]:
    """What is handed over of the files that ship."""
    place = tmp_path_factory.mktemp("tables")
    files = inputs.inputs_that_ship(place / "samples")
    return inputs.first_of_each_table(files, place, "shipped", CONTRACTS)


def _rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def _printed(blocks: Sequence[Block], name: str) -> Iterator[str]:
    """Cells of a column, or of each column that repeats, row by row and straight from the sheet."""
    for block in blocks:
        places = [at for key, at in block.columns.items() if key.partition("#")[0] == name]
        for row in block.rows:
            yield from (as_printed(block.sheet.rows[row][place]) for place in places)


def _assert_cells_are_unchanged(handed: inputs.Handed) -> None:
    (release,) = (
        one
        for one in recognise(read_grid(handed.file), CONTRACTS)
        if one.contract.source == handed.contract.source
    )
    for table in handed.written:
        header, *rows = _rows(handed.folder / f"{table}.csv")
        wanted = inputs.headers(handed.contract, table)
        assert header == list(wanted.values())
        blocks = release.found.parts(table)
        repeating = {column.name for column in blocks[0].table.columns if column.repeats}
        for place, name in enumerate(wanted):
            written, printed = [row[place] for row in rows], list(_printed(blocks, name))
            if name in repeating:
                # Filled up with empty cells only where another column repeats more often.
                assert [cell for cell in written if cell] == [cell for cell in printed if cell]
            elif printed and repeating:
                times, left = divmod(len(written), len(printed))
                assert left == 0 and written == [cell for cell in printed for _ in range(times)]
            else:
                assert written == (printed or [""] * len(rows)), f"{handed.file.name}: {table}.{name}"
    for table in handed.as_it_is:
        assert (handed.folder / f"{table}.csv").read_bytes() == handed.file.read_bytes()


def test_every_table_of_every_source_is_tested(shipped: list[inputs.Handed]) -> None:
    assert inputs.in_no_file(shipped, CONTRACTS) == []
    assert len({one.contract.source for one in shipped}) == sum(
        c.status == "active" for c in CONTRACTS.values()
    )


def test_missing_table_is_named(shipped: list[inputs.Handed]) -> None:
    fewer = [one for one in shipped if one.contract.source != "met_ward"]
    assert inputs.in_no_file(fewer, CONTRACTS) == ["met_ward.wards"]


def test_no_cell_is_changed(shipped: list[inputs.Handed]) -> None:
    for one in shipped:
        if one.file.exists():
            _assert_cells_are_unchanged(one)


def test_plain_file_is_tested_as_it_is_and_others_are_written(shipped: list[inputs.Handed]) -> None:
    as_they_are = {one.contract.source for one in shipped if one.as_it_is}
    written = {one.contract.source for one in shipped if one.written}
    assert {"police_uk", "dfe_sen", "home_office_prc"} <= as_they_are
    assert {"ons_csp", "ons_pfa", "gla_report", "met_borough"} <= written - as_they_are


def test_column_that_an_edition_does_not_print_is_empty(tmp_path: Path) -> None:
    (one,) = inputs.hand_over(FIXTURES / "met_lsoa" / "before_2019.csv", tmp_path / "one", CONTRACTS)
    header, *rows = _rows(one.folder / "small_areas.csv")
    place = list(inputs.headers(one.contract, "small_areas")).index("lsoa_name")
    assert header[place] and rows and {row[place] for row in rows} == {""}


def test_contract_to_test_demands_what_the_contract_demands(shipped: list[inputs.Handed]) -> None:
    """Only the names of tables, and dots in headers, are others than in the contract that ships."""
    for one in shipped:
        tested = yaml.safe_load((one.folder / "contract.odcs.yaml").read_text(encoding="utf-8"))
        names = [*one.as_it_is, *one.written]
        ours = {table["name"]: table for table in one.contract.document["schema"]}
        assert sorted(table["name"] for table in tested["schema"]) == sorted(names)
        for table in tested["schema"]:
            for column, own in zip(table["properties"], ours[table["name"]]["properties"], strict=True):
                header = str(own.get("physicalName", own["name"])).replace(".", "__")
                assert column == {**own, "physicalName": header}
            rest = {
                key: value
                for key, value in ours[table["name"]].items()
                if key not in ("physicalName", "properties")
            }
            assert {key: value for key, value in table.items() if key != "properties"} == rest


def test_file_of_no_source_gives_nothing(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("Colour,Number\nred,1\n", encoding="utf-8")
    assert inputs.hand_over(other, tmp_path / "one", CONTRACTS) == []


@pytest.mark.real_data
def test_no_cell_of_a_real_file_is_changed(tmp_path: Path) -> None:
    files = inputs.files_below(Path(os.environ["CIVIC_REAL_DATA"]))
    handed = inputs.first_of_each_table(files, tmp_path, "real", CONTRACTS)
    assert {one.contract.source for one in handed} >= {"ons_csp", "ons_pfa", "police_uk", "home_office_prc"}
    for one in handed:
        _assert_cells_are_unchanged(one)
