"""The police force area tables: two layouts, glued footnote numbers, and every figure of four real editions."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.recognise import recognise
from civic_assets.parsing.table_finder import find_tables
from civic_assets.readers.open_file import read_grid
from civic_assets.sources import ons_pfa
from civic_assets_tests import paths

FIXTURES = paths.FIXTURES / "ons_pfa"
MARCH_2018, DECEMBER_2019 = (
    FIXTURES / "year_ending_march_2018.xlsx",
    FIXTURES / "year_ending_december_2019.xlsx",
)
DECEMBER_2024 = FIXTURES / "year_ending_december_2024.xlsx"
REAL = {
    "ons-pfa/policeforceareatablesyearendingmarch2018v2.xlsx": ("2018-03", 7_220),
    "ons-pfa/policeforceareatablesyearendingdecember2018.xlsx": ("2018-12", 6_066),
    "ons-pfa/pfatablesdec19.xlsx": ("2019-12", 6_294),
    "ons-csp/policeforceareatablesyedecember2024.xlsx": ("2024-12", 8_976),
}
# Sheets of a real edition that the contract leaves out, with a reason.
LEFT_OUT = {"2018-03": {"Table P6", "Table P9", "Table P10"}}
# Marks that strayed into the spacer column next to Greater Manchester's missing figures.
IN_A_SPACER = {"Table P1!W16": ".."}


@cache
def _read(path: Path) -> Parsed:
    contract = load_contracts()["ons_pfa"]
    grid = read_grid(path)
    return ons_pfa.parse(grid, find_tables(grid, contract), contract)


def _rows(path: Path, **wanted: Any) -> list[dict[str, Any]]:
    rows = _read(path).observations.to_pylist()
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


@pytest.mark.parametrize("path", [MARCH_2018, DECEMBER_2019, DECEMBER_2024], ids=lambda path: path.stem)
def test_names_carry_no_footnote_numbers(path: Path) -> None:
    names = {row["area_name"] for row in _rows(path)}
    assert not [name for name in names if re.search(r"\d|\[", name)]
    assert {"ENGLAND AND WALES", "London", "City of London", "Metropolitan Police"} <= names
    assert "London, City of" not in names


@pytest.mark.parametrize("path", [MARCH_2018, DECEMBER_2019, DECEMBER_2024], ids=lambda path: path.stem)
def test_force_belongs_to_the_region_above_it(path: Path) -> None:
    parents = {row["area_code"]: row["parent_code"] for row in _rows(path, table_id="counts_current")}
    assert parents == {
        "K04000001": None,
        "E92000001": "K04000001",
        "E12000001": "E92000001",
        "E23000013": "E12000001",
        "E23000008": "E12000001",
        "E12000007": "E92000001",
        "E23000034": "E12000007",
        "E23000001": "E12000007",
        "W92000004": "K04000001",
        "W15000002": "W92000004",
        "W15000003": "W92000004",
        "K04000001/british-transport-police": "K04000001",
    }


def test_footnotes_and_rows_of_units_are_not_rows() -> None:
    sheet_rows = {row["row_number"] for row in _rows(DECEMBER_2019, table_id="counts_current")}
    assert sheet_rows == set(range(7, 19))


def test_spacer_columns_shift_nothing() -> None:
    sheet = load_workbook(DECEMBER_2019)["Table P1"]
    drugs = _rows(DECEMBER_2019, table_id="counts_current", measure="drug_offences")
    assert [row["locator"] for row in drugs][:2] == ["Table P1!X7", "Table P1!X8"]
    assert [row["value"] for row in drugs] == [sheet.cell(row, 24).value for row in range(7, 19)]


def test_offence_above_a_pair_of_columns_is_read_with_it() -> None:
    robbery = _rows(DECEMBER_2019, measure="knife_robbery", area_code="E23000001")
    share = _rows(DECEMBER_2019, measure="knife_robbery_share", area_code="E23000001")
    assert [row["locator"] for row in robbery] == ["Table P4  !K14"]
    assert [(row["locator"], row["unit"], row["statistic"]) for row in share] == [
        ("Table P4  !L14", "percent", "rate")
    ]


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        (MARCH_2018, [date(2011, 4, 1), date(2012, 4, 1), date(2017, 4, 1), date(2018, 4, 1)]),
        (DECEMBER_2019, [date(2011, 4, 1), date(2012, 4, 1), date(2019, 1, 1), date(2020, 1, 1)]),
        (DECEMBER_2024, [date(2011, 4, 1), date(2012, 4, 1), date(2024, 1, 1), date(2025, 1, 1)]),
    ],
    ids=["2018-03", "2019-12", "2024-12"],
)
def test_years_of_a_series_come_from_its_headers(path: Path, ends: list[date]) -> None:
    rows = _rows(path, measure="knife_crime", unit="count", area_code="E23000001")
    assert [row["period_end"] for row in rows] == ends


@pytest.mark.parametrize(
    ("header", "years"),
    [
        ("Apr '11 to Mar '125, 6", ["2011-04-01/2012-04-01"]),
        ("Apr '07 to Mar '083", ["2007-04-01/2008-04-01"]),
        ("Apr  2019 to\n Mar  2020", ["2019-04-01/2020-04-01"]),
        ("Apr 2011 to Mar 2012\n[note 9]", ["2011-04-01/2012-04-01"]),
        (
            "% change Jan 2019 to Dec 2019\n compared with: Apr '10 to\n Mar '11",
            ["2019-01-01/2020-01-01", "2010-04-01/2011-04-01"],
        ),
        ("Rate per\n 1,000 population", []),
    ],
)
def test_years_of_a_header(header: str, years: list[str]) -> None:
    assert [str(period) for period in ons_pfa._ranges(header)] == years


def test_changes_of_one_year_are_distinguished_by_what_they_compare_with() -> None:
    changes = _rows(DECEMBER_2019, measure="knife_crime_change", area_code="E23000001")
    assert [(str(row["period_end"]), row["breakdown"]) for row in changes] == [
        ("2020-01-01", "compared_with=2010-04-01/2011-04-01"),
        ("2020-01-01", "compared_with=2018-01-01/2019-01-01"),
    ]


def test_totals_without_a_force_are_not_countries() -> None:
    assert {row["area_type"] for row in _rows(DECEMBER_2019) if "excluding" in row["area_code"]} == {
        "part_of_country"
    }
    codes = {row["area_code"] for row in _rows(MARCH_2018, table_id="asb_incidents")}
    assert {code for code in codes if code.startswith("K04")} == {
        "K04000001",
        "K04000001/excluding-british-transport-police",
        "K04000001/british-transport-police",
    }


@pytest.mark.parametrize(
    ("path", "mark", "status"),
    [
        (DECEMBER_2019, "..", "not_available"),
        (DECEMBER_2019, "NA", "not_available"),
        (DECEMBER_2019, "+", "suppressed"),
        (DECEMBER_2019, "-", "low_reliability"),
        (DECEMBER_2024, "[u1]", "suppressed"),
        (DECEMBER_2024, "[u]", "low_reliability"),
        (DECEMBER_2024, "[z]", "not_applicable"),
        (DECEMBER_2024, "[ z ]", "not_applicable"),
        (DECEMBER_2024, "[x]", "not_available"),
    ],
)
def test_mark_of_either_era_is_a_status_and_never_zero(path: Path, mark: str, status: str) -> None:
    marked = _rows(path, value_text=mark)
    assert {(row["value"], row["status"]) for row in marked} == {(None, status)}


def test_unknown_area_is_reported_and_kept(tmp_path: Path) -> None:
    book = load_workbook(DECEMBER_2019)
    book["Table P1"]["A14"], book["Table P1"]["B14"] = "E99000001", "Camelot Constabulary"
    path = tmp_path / "changed.xlsx"
    book.save(path)
    parsed = _read(path)
    assert [(p.check_id, p.locator, p.observed) for p in parsed.problems] == [
        ("V-05", "Table P1!B14", "E99000001")
    ]
    assert {row["area_type"] for row in _rows(path, area_code="K04000001/camelot-constabulary")} == {
        "unknown"
    }


def test_row_with_figures_but_without_name_is_not_lost(tmp_path: Path) -> None:
    book = load_workbook(DECEMBER_2019)
    book["Table P1"]["A14"], book["Table P1"]["B14"] = None, None
    path = tmp_path / "changed.xlsx"
    book.save(path)
    assert [p.check_id for p in _read(path).problems] == ["V-05"]
    assert len({row["row_number"] for row in _rows(path, table_id="counts_current")}) == 12


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "area", "value"),
    [
        ("City of London", "E23000034", 30),
        ("Metropolitan Police", "E23000001", 15_462),
        ("London", "E12000007", 15_492),
    ],
)
def test_knife_crime_of_december_2019(real_data: Path, name: str, area: str, value: int) -> None:
    path = real_data / "ons-pfa/pfatablesdec19.xlsx"
    for measure in ("knife_crime", "knife_crime_of_selected_offences"):
        found = _rows(path, measure=measure, area_code=area, unit="count", period_start=date(2019, 1, 1))
        assert [(row["area_name"], row["value"]) for row in found] == [(name, value)]


@pytest.mark.real_data
@pytest.mark.parametrize("file", REAL)
def test_every_real_figure_is_read_once(real_data: Path, file: str) -> None:
    """Compared with a plain re-read: every cell right of an area's name, on every sheet that is not left out."""
    path = real_data / file
    edition, number = REAL[file]
    recognised = recognise(read_grid(path), load_contracts())
    assert ("ons_pfa", edition) in [(found.contract.source, found.edition) for found in recognised]
    parsed = _read(path)
    assert not parsed.problems
    read = {row["locator"]: (row["value"], row["value_text"]) for row in parsed.observations.to_pylist()}
    assert len(read) == parsed.observations.num_rows == number
    compared: Counter[str] = Counter()
    for sheet in load_workbook(path, data_only=True).worksheets:
        if not sheet.title.startswith("Table P") or sheet.title in LEFT_OUT.get(edition, ()):
            continue
        for row in sheet.iter_rows():
            code, name = (str(cell.value or "").strip() for cell in row[:2])
            if not (
                re.fullmatch(r"[EWK]\d{8}", code) or (not code and re.match(r"England|British|Unknown", name))
            ):
                continue
            for cell in row[2:]:
                where = f"{sheet.title}!{cell.coordinate}"
                if cell.value is None or (edition == "2019-12" and IN_A_SPACER.get(where) == cell.value):
                    continue
                value, text = read[where]
                expected = (None, cell.value) if isinstance(cell.value, str) else (cell.value, text)
                assert (value, text) == expected
                compared[sheet.title] += 1
    assert compared.total() == number, compared
