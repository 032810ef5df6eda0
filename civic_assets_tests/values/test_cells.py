"""What one printed cell says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.values.cells import UNREADABLE, Symbol, decimals, label, parse_number, plain, read_cell

SYMBOLS = {"[x]": Symbol("[x]", "not_available", ""), "": Symbol("", "not_available", "")}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("30,201", 30201.0),
        ("170,002 ", 170002.0),
        (" 66776 ", 66776.0),
        ("33.61%", 33.61),
        ("-7", -7.0),
        ("\u22127", -7.0),
        ("0", 0.0),
        ("3,02", None),
        ("1.2.3", None),
        ("-00 x", None),
        ("", None),
        ("..", None),
    ],
)
def test_printed_numbers_are_read_and_damage_is_not(text: str, number: float | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("value", ["1" * 16, "-" + "9" * 21, "1e15", "1,000,000,000,000,000", 1e15, -1e300])
def test_number_beyond_any_figure_is_unreadable(value: str | float) -> None:
    """Found by changed files: checks that count in 64 bits, and later steps of a refresh, stopped at such a number."""
    assert read_cell(value, SYMBOLS)[:2] == (None, UNREADABLE)
    assert read_cell("9" * 15, SYMBOLS)[0] == 999_999_999_999_999 == read_cell(1e15 - 1, SYMBOLS)[0]
    if isinstance(value, str):
        assert parse_number(value) is None


@given(st.integers(-(10**12), 10**12))
def test_thousands_commas_do_not_change_a_number(number: int) -> None:
    assert parse_number(f"{number:,}") == number == parse_number(str(number))


@given(st.one_of(st.text(), st.floats(), st.booleans()))
def test_status_never_comes_with_a_number_and_absence_never_without_status(cell: str | float | bool) -> None:
    value, status, _ = read_cell(cell, SYMBOLS)
    assert (value is None) == (status is not None)


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        ("[X] ", None, "not_available"),
        ("", None, "not_available"),
        ("n/k", None, UNREADABLE),
        (True, None, UNREADABLE),
        (float("nan"), None, UNREADABLE),
        (0.0, 0.0, None),
        ("0", 0.0, None),
    ],
)
def test_symbols_are_not_zeros_and_zeros_are_not_symbols(
    cell: str | float | bool, value: float | None, status: str | None
) -> None:
    assert read_cell(cell, SYMBOLS)[:2] == (value, status)


def test_names_lose_note_markers_line_breaks_and_case() -> None:
    assert plain("City of London[note 9]") == "City of London"
    assert label("Police Force\r\n Area  code [note 1][notes 2, 3]") == "police force area code"
    assert label("16\u201317-year-olds") == "16-17-year-olds"


@pytest.mark.parametrize(("text", "places"), [("33.61%", 2), ("5", 0), ("1e-05", 0), ("0.10", 2)])
def test_decimals_are_those_printed(text: str, places: int) -> None:
    assert decimals(text) == places
