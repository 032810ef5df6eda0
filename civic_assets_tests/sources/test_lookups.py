"""Lookups of codes: which lookup a file is and its date, every row kept, and invalid codes and dates reported."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.recognise import recognise
from civic_assets.parsing.table_finder import FoundTables, find_tables
from civic_assets.readers.open_file import read_grid
from civic_assets.sources import lookups
from civic_assets_tests import paths

FIXTURES = paths.FIXTURES / "lookups"
REAL = {
    "ons-lookups/LAD_to_CSP_to_PFA_Jan2017_EW_v2.csv": ("2017-lad-csp-pfa", 348),
    "ons-lookups/LAD_to_CSP_to_PFA_Dec2018_EW.csv": ("2018-lad-csp-pfa", 348),
    "ons-lookups/LAD_to_CSP_to_PFA_Dec2019_EW.csv": ("2019-lad-csp-pfa", 342),
    "ons-lookups/LSOA2011_to_Ward2018_EW_v3.csv": ("2018-lsoa-ward", 34_753),
    "ons-lookups/Ward_LAD_County_Region_Country_Dec2019_UK.csv": ("2019-ward-region", 8_887),
    "dfe-lookups/las.csv": ("2025-05-education-authorities", 176),
    "dfe-lookups/lad_code_changes.derived.csv": ("2023-04-code-changes", 90),
}


def _found(path: Path) -> FoundTables:
    return find_tables(read_grid(path), load_contracts()["lookups"])


def _read(path: Path) -> Parsed:
    return lookups.parse(read_grid(path), _found(path), load_contracts()["lookups"])


def _changed(tmp_path: Path, name: str, old: str, new: str) -> Path:
    text = (FIXTURES / name).read_text()
    assert old in text
    path = tmp_path / name
    path.write_text(text.replace(old, new))
    return path


@pytest.mark.parametrize("year", ["17", "21", "24"])
def test_year_of_a_lookup_is_in_its_headers(tmp_path: Path, year: str) -> None:
    path = _changed(tmp_path, "lad_csp_pfa.csv", "18CD", f"{year}CD")
    path.write_text(path.read_text().replace("18NM", f"{year}NM"))
    assert _read(path).edition == f"20{year}-lad-csp-pfa"


@pytest.mark.parametrize(
    ("name", "old", "new", "locator", "observed"),
    [
        ("lad_csp_pfa.csv", "E09000019", "E0900019", "L2:LAD18CD", "E0900019"),
        (
            "lad_csp_pfa.csv",
            "E07000188,Sedgemoor,E22000372,Somerset",
            "E07000188,Sedgemoor,E22000372,Dorset",
            "L5:CSP18CD",
            "Dorset",
        ),
        ("education_authorities.csv", "31/03/2023", "31/02/2023", "L3:date_of_termination", "31/02/2023"),
        ("code_changes.csv", "2023-04-01", "April 2023", "L3:date", "April 2023"),
    ],
)
def test_what_is_not_a_code_a_date_or_one_name_is_reported(
    tmp_path: Path, name: str, old: str, new: str, locator: str, observed: str
) -> None:
    problems = _read(_changed(tmp_path, name, old, new)).problems
    assert [(p.check_id, p.locator, p.observed) for p in problems] == [("V-05", locator, observed)]


def test_two_authorities_that_report_together_are_not_a_mistake() -> None:
    assert not _read(FIXTURES / "education_authorities.csv").problems


@pytest.mark.real_data
@pytest.mark.parametrize("file", REAL)
def test_every_row_of_a_real_lookup_is_there(real_data: Path, file: str) -> None:
    path = real_data / file
    release, number = REAL[file]
    assert [(r.contract.source, r.edition) for r in recognise(read_grid(path), load_contracts())] == [
        ("lookups", release)
    ]
    found, parsed = _found(path), _read(path)
    assert not found.drift
    assert not parsed.problems
    (block,) = found.blocks.values()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        printed = list(csv.DictReader(handle))
    read = [
        dict(zip(map(block.header, block.columns), cells, strict=True))
        for cells in zip(*map(block.cells, block.columns), strict=True)
    ]
    assert len(printed) == number
    assert read == printed
