"""Digits are 0 to 9 everywhere: Python's own classes know hundreds more, and DuckDB's do not."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.harmonise.figures.names import days_of
from civic_assets.parsing.contract_schema import AREA_CODE
from civic_assets.values.cells import parse_number
from civic_assets_tests.paths import PROJECT

# Arabic-Indic, Devanagari, full-width and superscript digits, which `\d` or `str.isdigit` take for digits.
FOREIGN = "٠١٢٣٤٥٦٧٨٩०१२३४५६७८९０１２３４５６７８９²³"


@pytest.mark.parametrize("folder", ["civic_assets", "data_contracts"])
def test_no_pattern_takes_digits_of_other_scripts(folder: str) -> None:
    files = [
        path for path in sorted((PROJECT / folder).rglob("*")) if path.suffix in (".py", ".yaml", ".yml")
    ]
    assert len(files) > 10
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert "\\d" not in text and ".isdigit()" not in text and ".isnumeric()" not in text, path


@given(st.sampled_from("EWSNK"), st.text("0123456789" + FOREIGN, min_size=7, max_size=9))
def test_both_gates_agree_on_the_code_of_an_area(letter: str, digits: str) -> None:
    code = letter + digits
    with duckdb.connect() as connection:
        ((by_sql,),) = connection.execute("SELECT regexp_matches(?, ?)", [code, AREA_CODE]).fetchall()
    by_python = re.search(AREA_CODE, code) is not None
    assert by_python == by_sql == (len(digits) == 8 and digits.isascii())


@given(st.text(FOREIGN, min_size=1, max_size=6))
def test_number_in_other_digits_is_not_guessed(text: str) -> None:
    assert parse_number(text) is None
    assert days_of(f"2024-0{text[0]}-01/2025-01-01") is None
