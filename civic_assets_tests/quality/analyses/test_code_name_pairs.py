"""A code beside the name of another area, where a table has many rows of each."""

from __future__ import annotations

from dataclasses import replace

from civic_assets.parsing.blocks import Block
from civic_assets.quality.analyses.code_name_pairs import odd_pairs
from civic_assets_tests.releases import release_of, sample

ROWS = 50


def block(code: str = "", name: str = "", times: int = 1) -> Block:
    """Rows of two forces in turn, with another code or name in some of the first force's rows."""
    table = release_of(sample()).found["rates"]
    rows = [list(row) for row in table.sheet.rows[: table.header_row + 1]]
    template = table.sheet.rows[table.rows[0]]
    at = table.columns["force_code"], table.columns["force_name"]
    for number in range(ROWS):
        row = list(template)
        row[at[0]], row[at[1]] = (
            ("E23000001", "Metropolitan Police") if number % 2 else ("E23000005", "Greater Manchester")
        )
        if number % 2 and number < 2 * times:
            row[at[0]], row[at[1]] = code or row[at[0]], name or row[at[1]]
        rows.append(row)
    changed = replace(table.sheet, rows=rows)
    return replace(table, sheet=changed, rows=range(table.header_row + 1, len(rows)))


def odd(of: Block) -> list[tuple[str, str, str]]:
    """Column of the accused cell, what it prints, what is expected."""
    columns = {of.locators(name)[1]: name for name in ("force_code", "force_name")}
    return [(columns[pair.locator], pair.observed, pair.expected) for pair in odd_pairs(of)]


def test_code_of_another_area_is_accused_and_not_the_name_that_says_whose_row_it_is() -> None:
    assert odd(block(code="E23000005")) == [("force_code", "E23000005", "E23000001")]


def test_name_that_no_other_row_has_is_accused() -> None:
    assert odd(block(name="Scotland Yard")) == [("force_name", "Scotland Yard", "Metropolitan Police")]


def test_name_that_many_rows_of_a_code_have_is_a_change_of_name_and_no_slip() -> None:
    assert odd(block(name="Scotland Yard", times=5)) == []


def test_rows_that_agree_have_nothing_odd() -> None:
    assert odd(block()) == []
