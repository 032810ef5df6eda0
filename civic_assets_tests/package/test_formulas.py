"""No spreadsheet evaluates a cell of a package, and no program reads another text because of that."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from civic_assets.layers.store import Store
from civic_assets.package.build import build_package
from civic_assets.package.formulas import FORMULA

DANGEROUS = (
    "=1+1", '=HYPERLINK("http://x";"y")', "@SUM(1;2)", "+1+1", "-1+1", "-A1", "-3 +1", "+cmd|' /C calc'!A0", " =1+1",
    "\t=1+1", "\r=1+1", "\n=1+1", "a;=1+1", "＝1+1", "-(1)", "--A1",
)  # fmt: skip
HARMLESS = (
    "-5.4", "+", "-", "-00 ", "-12%", "-1.5e-05", "-3 and 1", "+44 20 7946 0000", "a=b", "age=16;sex=f", "1-2",
    "2024-12", "-1,234.5", "", "year - month", "-94.73684210526315",
)  # fmt: skip


def _found_by_duckdb(text: str) -> bool:
    (row,) = duckdb.execute("SELECT regexp_matches(?, ?)", [text, FORMULA]).fetchall()
    return bool(row[0])


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_may_be_evaluated_is_found(text: str) -> None:
    assert _found_by_duckdb(text)
    assert re.search(FORMULA, text)


@pytest.mark.parametrize("text", HARMLESS)
def test_a_number_or_a_mark_is_no_formula(text: str) -> None:
    assert not _found_by_duckdb(text)
    assert not re.search(FORMULA, text)


def test_a_table_with_a_formula_is_packed_and_read_unchanged(
    edited: Callable[[str], Store], tmp_path: Path
) -> None:
    store = edited(
        "UPDATE harmonised.observations SET area_name_printed = '=1+1' WHERE area_name = 'Islington'"
    )
    answer = build_package(store, tmp_path / "out", tables=["harmonised.observations", "catalogue.sources"])
    (found,) = answer.formulas
    assert (found.table, found.column, found.example) == (
        "harmonised.observations",
        "area_name_printed",
        "=1+1",
    )
    file = tmp_path / "out" / "csv" / "harmonised_observations.csv.gz"
    assert file.is_file() and not file.with_suffix("").exists()
    for texts in (
        pd.read_csv(file)["area_name_printed"].tolist(),
        pl.read_csv(file)["area_name_printed"].to_list(),
        [
            one
            for (one,) in duckdb.execute("SELECT area_name_printed FROM read_csv(?)", [str(file)]).fetchall()
        ],
    ):
        assert texts.count("=1+1") == found.number
    csvw = json.loads((tmp_path / "out" / "csv" / "csv-metadata.json").read_text(encoding="utf-8"))
    assert [one["url"] for one in csvw["tables"]] == ["catalogue_sources.csv"]
    readme = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert f"`harmonised.observations.area_name_printed`: {found.number} cells" in readme


def test_no_plain_file_of_a_package_holds_a_formula(whole: Path) -> None:
    for file in [*(whole / "csv").glob("*.csv"), whole / "data-dictionary.csv"]:
        with file.open(encoding="utf-8", newline="") as stream:
            (columns, *rows) = csv.reader(stream)
        for row in rows:
            found = [name for name, cell in zip(columns, row, strict=True) if re.search(FORMULA, cell)]
            assert found == [], f"{file.name}: {row}"
