"""One figure read again by another route: the same as published, and what is not the same is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from civic_assets.answers.trace import FigureChain
from civic_assets.layers.store import Store
from civic_assets.publish.queries.trace import trace
from civic_assets.verify import figure
from civic_assets.verify.figure import _of_lines, _of_ods, read_again
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.shared_stores import Refreshed

BURGLARY = "ons_csp:burglary:E09000019:2022-01-01/2023-01-01"
# Line 24 of the report's table: 1208, where the sum of its class needs 2,108.
MISPRINT = "gla_report:burglary:E09000019:2020-01-01/2021-01-01"
LINES = (
    b"\xef\xbb\xbfTitle, with a comma\r\n\r\nArea,Crime type,Note\r\n"
    b'Camden,Drugs,"one\r\ntwo"\r\nBarnet,Drugs,\r\nBrent,Robbery,caf\xe9\r\n'
)


@pytest.fixture(scope="module")
def workbook(sample_refresh: Refreshed) -> FigureChain:
    return trace(Store.existing(sample_refresh.store), BURGLARY)


def test_cell_of_a_workbook_is_read_by_openpyxl(workbook: FigureChain) -> None:
    again = read_again(workbook)
    assert (again.route, again.same, again.found) == ("openpyxl", True, workbook.value_text)
    assert again.sentence == "The cell holds what is published."
    assert (again.locator, again.sha256) == (workbook.locator, workbook.file.sha256)


def test_another_text_than_the_published_one_is_said(workbook: FigureChain) -> None:
    again = read_again(replace(workbook, value_text="12345"))
    assert again.same is False
    assert again.sentence == f"The cell holds {workbook.value_text!r}, and '12345' is published."


def test_a_number_with_a_point_in_the_workbook_is_the_same_number(workbook: FigureChain) -> None:
    assert read_again(replace(workbook, value_text=f"{workbook.value_text}.0")).same is True


def test_cell_of_a_delimited_file_is_read_by_its_line(sample_refresh: Refreshed) -> None:
    said = civic_assets("verify", "--figure", MISPRINT, "--store", sample_refresh.store, "--json")
    assert said.code == 0, said.err
    figure = said.json["figure"]
    assert (figure["locator"], figure["route"]) == ("L24:Data year ending December 2020", "lines, Arrow")
    assert (figure["published"], figure["found"], figure["same"]) == ("1208", "1208", True)


def test_command_prints_cell_and_both_texts(sample_refresh: Refreshed) -> None:
    said = civic_assets("verify", "--figure", BURGLARY, "--store", sample_refresh.store)
    assert said.code == 0 and said.out.endswith("The cell holds what is published.\n")
    assert "(by openpyxl)" in said.out
    both = civic_assets("verify", "--figure", BURGLARY, "--publication", 1, "--store", sample_refresh.store)
    assert both.code == 2 and "not both" in both.err
    unknown = civic_assets(
        "verify", "--figure", "ons_csp:burglary:E99999999:2022", "--store", sample_refresh.store
    )
    assert unknown.code == 2


@pytest.mark.parametrize(
    ("lines", "column", "found"),
    [
        ([4], "Area", "Camden"),
        ([4], "Note", "one\r\ntwo"),
        ([6], "Crime type", "Drugs"),
        ([4, 6], "Crime type", ["Drugs", "Drugs"]),
        ([7], "Note", "café"),
        ([7], "A", "Brent"),
    ],
)
def test_lines_are_those_of_the_file(
    tmp_path: Path, lines: list[int], column: str, found: str | list[str]
) -> None:
    file = tmp_path / "lines.csv"
    file.write_bytes(LINES)
    assert _of_lines(file, lines, column) == found


def test_column_without_a_header_in_a_large_file_is_found_without_parsing_every_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, parsed, cells = tmp_path / "large.csv", [], figure._cells
    file.write_bytes(b"".join(b"E%08d,%d\n" % (n, n * 7) for n in range(50_000)))

    def counted(record: bytes, delimiter: str) -> list[str]:
        parsed.append(record)
        return cells(record, delimiter)

    monkeypatch.setattr(figure, "_cells", counted)
    assert _of_lines(file, [49_999], "B") == str(49_998 * 7)
    assert len(parsed) == 1


def _counting(chain: FigureChain, file: Path, locator: str, number: int) -> FigureChain:
    """The chain of a figure that counts rows."""
    return replace(
        chain,
        file=replace(chain.file, archived_at=str(file)),
        locator=locator,
        counted_from_rows=number,
        figure=replace(chain.figure, value=2.0),
    )


def test_rows_that_are_counted_must_say_the_same(workbook: FigureChain, tmp_path: Path) -> None:
    file = tmp_path / "lines.csv"
    file.write_bytes(LINES)
    right = read_again(_counting(workbook, file, "L4,L6:Crime type", 2))
    assert (right.same, right.sentence) == (True, "All 2 rows that are named say 'Drugs'.")
    mixed = read_again(_counting(workbook, file, "L4,L7:Crime type", 2))
    assert (mixed.same, mixed.sentence) == (False, "The rows that are named say 'Drugs', 'Robbery'.")
    assert read_again(_counting(workbook, file, "L4,L6:Crime type", 3)).same is False


def test_cell_of_an_ods_file_is_read_by_calamine() -> None:
    file = FIXTURES / "home_office_prc/by_partnership_2023_25.ods"
    from civic_assets.readers.ods.sheets import read_ods  # the pipeline's own route

    grid = read_ods(file, file.name)
    sheet = next(one for one in grid.sheets if len(one.rows) > 3)
    row, column = next(
        (row, column)
        for row in range(len(sheet.rows) - 1, 0, -1)
        for column in range(sheet.width)
        if isinstance(sheet.rows[row][column], float | int)
    )
    name, _, cell = sheet.locator(row, column).rpartition("!")
    assert _of_ods(file, name, cell) == ("calamine", sheet.rows[row][column])


@pytest.mark.parametrize(
    ("content", "locator", "same", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0", "Table!A1", None, "No other program that reads workbooks of this old form"),
        (b"a,b\n1,2\n", "L2:c", None, "No line above line 2 has the header 'c'."),
        (b"a,b\n1,2\n", "page 3", None, "There is no other route to page 3."),
        (b"PK\x03\x04", "Table!A1", False, "The cell could not be read by another route: BadZipFile"),
        (b'[{"a": "x"}]', "[7].a", False, "The cell could not be read by another route: IndexError"),
    ],
)
def test_what_cannot_be_read_is_said(
    workbook: FigureChain, tmp_path: Path, content: bytes, locator: str, same: bool | None, sentence: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    chain = replace(workbook, file=replace(workbook.file, archived_at=str(file)), locator=locator)
    again = read_again(chain)
    assert again.same is same and again.found is None and again.sentence.startswith(sentence)
