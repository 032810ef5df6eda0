"""Tables are found by title and header words, wherever a publisher moved them; what does not fit is reported.

Belongs here: small grids built by hand. Does not belong here: headers of two rows (`test_banded_headers`) and whole
workbooks (`quality.test_rules_drift`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.contracts.identity import Identity, NotColumns
from civic_assets.contracts.model import Column, Contract, Table
from civic_assets.parsing.drift import DriftKind
from civic_assets.parsing.table_finder import Block, FoundTables, find_tables
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import CellValue, label
from civic_assets_tests.releases import contract

TITLE = "Table C2: Number of police recorded crimes by area, year ending December 2024"
BEFORE = TITLE.replace("C2", "C5").replace("2024", "2023")
HEADER: list[CellValue] = ["Area code", "Area name", "Robbery", "Homicide"]
ROWS: list[list[CellValue]] = [
    ["E22000204", "Islington", 1223.0, 3.0],
    ["E22000205", "Lambeth", 1911.0, 9.0],
]


def column(
    name: str, header: str, *, key: bool = False, expected: bool = True, repeats: bool = False
) -> Column:
    known = contract().table("counts_current").columns
    like = next(c for c in known if c.key is key)
    return replace(
        like,
        name=name,
        headers=(label(header),),
        pattern=None,
        expected=expected,
        repeats=repeats,
        printed=header,
        measure="" if key else name,
    )


COLUMNS = (
    column("area_code", "Area code", key=True),
    column("area_name", "Area name", key=True),
    column("robbery", "Robbery"),
    column("homicide", "Homicide"),
    column("cautions", "Cautions", expected=False),
)


def table(name: str = "counts", columns: Sequence[Column] = COLUMNS, **changes: object) -> Table:
    plain = replace(
        contract().table("counts_current"),
        name=name,
        printed_name=name,
        title=re.compile("number of police recorded crimes"),
        occurrence="only",
        columns=tuple(columns),
        rules=(),
        options={},
        rows_with="",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def find(sheets: Sequence[Sheet], *tables: Table) -> FoundTables:
    under: Contract = replace(contract(), tables=tables or (table(),), ignored_sheets=())
    return find_tables(Grid("book.xlsx", "xlsx", list(sheets)), under)


def sheet(
    name: str = "Table C2 ",
    title: str = TITLE,
    header: Sequence[CellValue] = HEADER,
    rows: Sequence[Sequence[CellValue]] = ROWS,
    preamble: Sequence[str] = ("Notes apply.",),
) -> Sheet:
    width = max(len(header), *(len(row) for row in rows)) if rows else len(header)
    lines: list[Sequence[CellValue]] = [[title], *([line] for line in preamble), header, *rows]
    return Sheet(name, [[*line, *[""] * (width - len(line))] for line in lines])


def kinds(found: FoundTables) -> list[DriftKind]:
    return [drift.kind for drift in found.drift]


def figures(block: Block) -> dict[str, list[CellValue]]:
    return {name: block.cells(name) for name in ("robbery", "homicide")}


PRINTED = {"robbery": [1223.0, 1911.0], "homicide": [3.0, 9.0]}


# -- where a table stands


@pytest.mark.parametrize("place", [0, 1, 2])
def test_table_is_found_by_its_title_in_whatever_sheet_it_stands(place: int) -> None:
    sheets = [sheet("Table A1", "Offences by type"), sheet("Table A2", "Outcomes of offences")]
    sheets.insert(place, sheet(f"Sheet{place}"))
    found = find(sheets)
    assert found["counts"].sheet.name == f"Sheet{place}"
    assert figures(found["counts"]) == PRINTED


@pytest.mark.parametrize("lines", [0, 1, 8, 20])
def test_header_is_found_below_a_preamble_of_any_length(lines: int) -> None:
    block = find([sheet(preamble=["A sentence about the figures."] * lines)])["counts"]
    assert block.header_row == 1 + lines
    assert figures(block) == PRINTED
    assert block.locators("robbery")[0] == f"Table C2 !C{lines + 3}"


def test_title_may_be_in_another_column_and_row() -> None:
    whole = sheet()
    moved = replace(whole, rows=[[""] * 4, ["", "", whole.rows[0][0], ""], *whole.rows[1:]])
    block = find([moved])["counts"]
    assert block.title_locator == "Table C2 !C2"
    assert figures(block) == PRINTED


@given(st.permutations(range(4)))
def test_columns_read_the_same_in_any_order(order: list[int]) -> None:
    moved = sheet(header=[HEADER[i] for i in order], rows=[[row[i] for i in order] for row in ROWS])
    block = find([moved])["counts"]
    assert figures(block) == PRINTED
    assert block.texts("area_name") == ["Islington", "Lambeth"]


@pytest.mark.parametrize(
    "header",
    [
        "Area\nname",
        "Area \r\nname",
        "  AREA NAME ",
        "Area name [note 3]",
        "Area name\n[note 3, 4]",
    ],
)
def test_line_breaks_case_and_notes_in_a_header_do_not_matter(header: str) -> None:
    found = find([sheet(header=["Area code", header, "Robbery\n[note 7]", "Homicide "])])
    assert kinds(found) == []
    assert found["counts"].texts("area_name") == ["Islington", "Lambeth"]
    assert figures(found["counts"]) == PRINTED


def test_contents_that_repeat_the_title_are_not_taken_for_the_table() -> None:
    contents = Sheet("Contents", [["Sheet", "What it holds"], ["Table C2", TITLE], ["Table C5", BEFORE]])
    found = find([contents, sheet()])
    assert found["counts"].sheet.name == "Table C2 "


def test_title_without_its_headers_is_a_missing_table() -> None:
    found = find([Sheet("Contents", [["Sheet", "What it holds"], ["Table C2", TITLE]])])
    (missing, unknown) = found.drift
    assert (missing.kind, missing.breaking) == (DriftKind.MISSING_TABLE, True)
    assert "'counts'" in missing.message and "book.xlsx" in missing.message
    assert unknown.kind is DriftKind.UNKNOWN_SHEET
    assert "counts" not in found


def test_optional_table_may_be_missing() -> None:
    assert find([], table(optional=True)).drift == ()


# -- two tables with one title


LATEST, PREVIOUS = (table(name, occurrence=name) for name in ("latest", "previous"))


def both(first: str, second: str) -> list[Sheet]:
    fewer = [[*row[:2], 7.0, 1.0] for row in ROWS]
    return [sheet("Table C2", first), sheet("Table C5", second, rows=fewer)]


@pytest.mark.parametrize("turned", [False, True])
def test_tables_of_one_title_are_distinguished_by_its_year_and_not_by_their_place(turned: bool) -> None:
    sheets = both(TITLE, BEFORE)
    found = find(sheets[::-1] if turned else sheets, LATEST, PREVIOUS)
    assert found.drift == ()
    assert found["latest"].cells("robbery") == [1223.0, 1911.0]
    assert found["previous"].cells("robbery") == [7.0, 7.0]
    assert [str(found[name].periods[0]) for name in ("latest", "previous")] == [
        "2024-01-01/2025-01-01",
        "2023-01-01/2024-01-01",
    ]


@pytest.mark.parametrize("year", ["2022", "2024"])
def test_title_that_is_not_of_the_year_before_is_breaking(year: str) -> None:
    found = find(both(TITLE, BEFORE.replace("2023", year)), LATEST, PREVIOUS)
    (drift,) = found.drift
    assert (drift.kind, drift.breaking) == (DriftKind.PERIOD_UNREADABLE, True)
    assert "the year before is expected" in drift.message


def test_one_table_too_many_is_named_and_not_read() -> None:
    third = sheet("Table C9", BEFORE.replace("2023", "2022"))
    found = find([*both(TITLE, BEFORE), third], LATEST, PREVIOUS)
    assert {drift.kind for drift in found.drift} == {DriftKind.UNKNOWN_SHEET}
    assert {drift.locator for drift in found.drift} == {"Table C9"}


# -- what differs


def test_missing_column_is_breaking_and_names_the_header_and_what_is_there_instead() -> None:
    found = find([sheet(header=["Area code", "Area name", "Robberies", "Homicide"])])
    added, missing = found.drift
    assert (added.kind, added.header, added.locator) == (DriftKind.ADDED_COLUMN, "Robberies", "Table C2 !C3")
    assert (missing.kind, missing.header, missing.breaking) == (DriftKind.MISSING_COLUMN, "Robbery", True)
    assert "Unknown columns: 'Robberies'" in missing.message
    assert "robbery" not in found["counts"].columns


def test_added_column_is_named_and_not_read() -> None:
    added = sheet(header=[*HEADER, "Wildlife\ncrime [note 2]"], rows=[[*row, 5.0] for row in ROWS])
    found = find([added])
    (drift,) = found.drift
    assert (drift.kind, drift.header, drift.breaking) == (DriftKind.ADDED_COLUMN, "Wildlife crime", False)
    assert drift.locator == "Table C2 !E3"
    assert dict(found["counts"].extra) == {4: "Wildlife crime"}
    assert figures(found["counts"]) == PRINTED


def test_optional_column_is_read_if_present_and_not_missed_otherwise() -> None:
    with_it = find([sheet(header=[*HEADER, "Cautions"], rows=[[*row, 5.0] for row in ROWS])])
    assert with_it.drift == find([sheet()]).drift == ()
    assert with_it["counts"].cells("cautions") == [5.0, 5.0]
    assert "cautions" not in find([sheet()])["counts"].columns


def test_column_that_appears_twice_is_breaking() -> None:
    found = find([sheet(header=[*HEADER, "Robbery [note 9]"], rows=[[*row, 5.0] for row in ROWS])])
    (drift,) = found.drift
    assert (drift.kind, drift.breaking) == (DriftKind.REPEATED_COLUMN, True)
    assert "'Robbery'" in drift.message and "Table C2 !E3" in drift.message


def test_header_that_appears_twice_is_breaking() -> None:
    found = find([sheet(rows=[*ROWS, HEADER, *ROWS])])
    (drift,) = found.drift
    assert (drift.kind, drift.breaking) == (DriftKind.SEVERAL_HEADERS, True)


def test_unknown_sheet_is_named_and_does_not_break() -> None:
    found = find([sheet(), Sheet("Table C11", [["Hate crime by area"]])])
    (drift,) = found.drift
    assert (drift.kind, drift.locator, drift.breaking) == (DriftKind.UNKNOWN_SHEET, "Table C11", False)


def test_title_without_a_year_is_breaking_where_figures_take_their_period_from_it() -> None:
    found = find([sheet(title="Number of police recorded crimes by area")])
    taken = any(c.period and c.period.source == "title" for c in COLUMNS)
    assert taken
    assert kinds(found) == [DriftKind.PERIOD_UNREADABLE]


# -- where a table ends, and what repeats


FOOTNOTE: list[list[CellValue]] = [["", "", "", ""], ["Source: Home Office", "", "", ""]]


def test_table_that_ends_with_a_blank_row_leaves_out_what_is_below() -> None:
    below = [sheet(rows=[*ROWS, *FOOTNOTE])]
    assert figures(find(below, table(ends="blank_row"))["counts"]) == PRINTED
    # A table that ends with the sheet skips blank rows and reads on: what a row means, its source decides.
    assert find(below, table(ends="sheet"))["counts"].cells("area_code")[2:] == ["Source: Home Office"]


def test_rows_without_the_named_column_and_without_a_number_are_not_data() -> None:
    rows: list[list[CellValue]] = [*ROWS, ["Source: Home Office", "", "", ""], ["", "", 41.0, ""]]
    block = find([sheet(rows=rows)], table(ends="sheet", rows_with="area_name"))["counts"]
    assert block.cells("robbery") == [1223.0, 1911.0, 41.0]


def test_repeating_columns_are_numbered_from_left_to_right() -> None:
    month = replace(column("months", "", repeats=True), headers=(), pattern=re.compile(r"\w{3} \d{4}"))
    header: list[CellValue] = ["Area code", "Area name", "Jan 2024", "Robbery", "Feb 2024"]
    rows = [[*row[:2], 1.0, row[2], 2.0] for row in ROWS]
    found = find([sheet(header=header, rows=rows)], table(columns=(*COLUMNS[:3], month)))
    block = found["counts"]
    assert found.drift == ()
    assert [name for name, _ in block.figures()] == ["months#1", "robbery", "months#2"]
    assert [block.header(f"months#{i}") for i in (1, 2)] == ["Jan 2024", "Feb 2024"]
    assert (block.cells("months#1"), block.cells("months#2")) == ([1.0, 1.0], [2.0, 2.0])


# -- a table without a title


def untitled(identity: Identity | None = None) -> Table:
    # Its figures take no period from a title that it does not have.
    columns = tuple(replace(c, period=None) for c in COLUMNS)
    own = identity or Identity()
    return table(columns=columns, title=None, identified_by=("area_code", "homicide"), identity=own)


def bare(header: Sequence[CellValue] = HEADER) -> Sheet:
    return Sheet("", [list(header), *map(list, ROWS)], line_numbers=[1, 2, 3])


def test_table_without_a_title_is_found_by_the_headers_that_only_it_has() -> None:
    block = find([bare()], untitled())["counts"]
    assert figures(block) == PRINTED
    assert block.locators("robbery") == ["L2:Robbery", "L3:Robbery"]


def test_without_one_of_these_headers_it_is_another_publication() -> None:
    found = find([bare(["Area code", "Area name", "Robbery", "Arson"])], untitled())
    assert kinds(found) == [DriftKind.MISSING_TABLE]


def test_next_to_a_sibling_s_header_it_is_another_publication() -> None:
    foreign = NotColumns(frozenset({label("Robbery")}), "a table of robberies")
    found = find([bare()], untitled(Identity(not_columns=(foreign,))))
    assert kinds(found) == [DriftKind.MISSING_TABLE]
    assert [
        refusal.sentence.endswith("says that it is a table of robberies.") for refusal in found.refused
    ] == [True]


@given(st.permutations(range(3)))
def test_order_of_the_sheets_changes_nothing_that_is_found(order: list[int]) -> None:
    sheets = [*both(TITLE, BEFORE), Sheet("Table C11", [["Hate crime by area"]])]
    straight, turned = (find(which, LATEST, PREVIOUS) for which in (sheets, [sheets[i] for i in order]))
    assert straight.blocks == turned.blocks
    assert straight.drift == turned.drift
