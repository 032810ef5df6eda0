"""Mid-year estimates: sheets that repeat each other, ages in headers and rows, a vintage for every denominator."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.compute as pc
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import CivicError, NotRecognised
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.recognise import recognise
from civic_assets.readers.open_file import read_grid
from civic_assets.sources import ons_population
from civic_assets_tests import paths

FIXTURES = paths.FIXTURES / "ons_population"
WORKBOOK, CHILDREN = FIXTURES / "workbook.xlsx", FIXTURES / "children.csv"
REAL = "ons-population"


def _read(path: Path) -> Parsed:
    contract = load_contracts()["ons_population"]
    grid = read_grid(path)
    (found,) = recognise(grid, {"ons_population": contract})
    if found.near:
        raise NotRecognised("; ".join(drift.message for drift in found.found.drift))
    assert not found.found.drift
    return ons_population.parse(grid, found.found, contract)


def _totals(parsed: Parsed, area: str, day: str) -> dict[str, float]:
    """Figures of one area and day by breakdown."""
    table = parsed.observations
    rows = table.filter(pc.equal(table["area_code"], area)).to_pylist()
    return {row["breakdown"]: row["value"] for row in rows if str(row["period_start"]) == day}


def _changed_title(tmp_path: Path, title: str) -> Path:
    book = openpyxl.load_workbook(WORKBOOK)
    book["MYE2 - Persons"]["A1"] = title
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def test_latest_mid_year_is_in_several_sheets_and_is_read_once() -> None:
    parsed = _read(WORKBOOK)
    keys = [(r["area_code"], r["period_start"], r["breakdown"]) for r in parsed.observations.to_pylist()]
    assert len(set(keys)) == len(keys)
    assert {"MYE4!E", "MYEB1!F"} <= {
        r["locator"].rstrip("0123456789") for r in parsed.observations.to_pylist()
    }
    assert not {"MYE4!D", "MYEB1!G"} & {
        r["locator"].rstrip("0123456789") for r in parsed.observations.to_pylist()
    }


def test_single_years_of_both_sexes_add_up_to_all_ages() -> None:
    figures = _totals(_read(WORKBOOK), "E09000019", "2024-06-30")
    ages = [*map(str, range(90)), "90+"]
    assert len(figures) == 3 * 92
    assert sum(figures[f"age={age}"] for age in ages) == figures["total"]
    for sex in ("female", "male"):
        assert sum(figures[f"age={age};sex={sex}"] for age in ages) == figures[f"sex={sex}"]


def test_age_90_of_the_machine_readable_sheet_is_90_and_over() -> None:
    figures = _totals(_read(WORKBOOK), "E09000019", "2011-06-30")
    assert "age=90+;sex=male" in figures
    assert "age=90;sex=male" not in figures


def test_the_release_is_the_vintage() -> None:
    assert (_read(WORKBOOK).edition, _read(CHILDREN).edition) == ("2024-mye", "2021-age-0-17")


def test_workbook_whose_title_names_no_mid_year_is_not_dated_by_guessing(tmp_path: Path) -> None:
    path = _changed_title(
        tmp_path, "MYE2: Persons by single year of age and sex for local authorities in the UK"
    )
    with pytest.raises(NotRecognised, match="no title states their year"):
        _read(path)


def test_authority_without_estimate_has_a_status_and_no_value() -> None:
    rows = [row for row in _read(CHILDREN).observations.to_pylist() if row["area_code"] == "E06000028"]
    assert {(row["value"], row["status"], row["value_text"]) for row in rows} == {
        (None, "not_available", "x")
    }


def _emptied(tmp_path: Path, sheet: str, header: str, area: str) -> Path:
    """The workbook with 0 in the cell below a header, in the row of an area."""
    book = openpyxl.load_workbook(WORKBOOK)
    rows = list(book[sheet].iter_rows())
    heads = next(row for row in rows if any(str(cell.value).startswith(header) for cell in row))
    column = next(at for at, cell in enumerate(heads) if str(cell.value).startswith(header))
    row = next(row for row in rows if any(cell.value == area for cell in row))
    row[column].value = 0
    path = tmp_path / "emptied.xlsx"
    book.save(path)
    return path


def test_area_without_anybody_holds_the_workbook_back_with_the_cell(tmp_path: Path) -> None:
    with pytest.raises(
        CivicError, match=r"MYE2 - Persons![A-Z]+[0-9]+ prints 0 residents of .*\(E09000019\), total"
    ):
        _read(_emptied(tmp_path, "MYE2 - Persons", "All ages", "E09000019"))


def test_single_year_of_age_may_be_without_anybody_in_an_authority_and_not_in_a_region(
    tmp_path: Path,
) -> None:
    parsed = _read(_emptied(tmp_path, "MYE2 - Persons", "7", "E09000019"))
    assert 0.0 in parsed.observations["value"].to_pylist()
    with pytest.raises(CivicError, match=r"residents of .*\(E12000007\), age=7"):
        _read(_emptied(tmp_path, "MYE2 - Persons", "7", "E12000007"))


def test_copy_without_anybody_holds_the_file_back_with_the_line(tmp_path: Path) -> None:
    text = CHILDREN.read_text(encoding="utf-8").replace("0 to 17 years,471019", "0 to 17 years,0")
    path = tmp_path / "children.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(
        CivicError, match=r"L2:population_estimate prints 0 residents of England \(E92000001\)"
    ):
        _read(path)


def test_inner_london_is_not_a_region_next_to_london() -> None:
    rows = _read(CHILDREN).observations.to_pylist()
    assert {row["area_code"] for row in rows if row["area_type"] == "region"} == {"E12000007", "E12000009"}
    assert {row["area_code"] for row in rows if row["area_type"] == "sub_region"} == {"E13000001"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Children aged 0 to 17 years", "Young people", "L2:age_group has 'Young people'"),
        ("2021,Reporting", "2021/22,Reporting", "L2:time_period has the year '2021/22'"),
    ],
)
def test_unknown_age_group_or_year_is_refused_with_its_cell(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "children.csv"
    path.write_text(CHILDREN.read_text().replace(old, new, 1))
    with pytest.raises(CivicError, match=words):
        _read(path)


def _plainly(path: Path) -> dict[str, Any]:
    """Every number of the sheets that are read, by its address, without the product."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    figures: dict[str, Any] = {}
    for sheet in book.worksheets:
        if not sheet.title.startswith(("MYE2", "MYE4", "MYEB1")):
            continue
        first = 6 if sheet.title == "MYEB1" else 4
        for cells in sheet.iter_rows(min_col=1):
            if str(cells[0].value or "")[:1] not in set("EKNSW") or not str(cells[0].value)[1:].isdigit():
                continue
            figures |= {
                f"{sheet.title}!{cell.coordinate}": cell.value
                for cell in cells[first - 1 :]
                if cell.value is not None
            }
    return figures


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "edition", "areas", "earlier"),
    [("mye22final.xlsx", "2022-mye", 404, 1), ("mye23tablesew.xlsx", "2023-mye", 357, 12)],
)
def test_every_figure_of_a_real_workbook_is_read_once_or_repeats_one_that_is(
    real_data: Path, name: str, edition: str, areas: int, earlier: int
) -> None:
    path = real_data / REAL / name
    parsed, expected = _read(path), _plainly(path)
    assert (parsed.edition, list(parsed.problems)) == (edition, [])
    table = parsed.observations
    read = dict(zip(table["locator"].to_pylist(), table["value"].to_pylist(), strict=True))
    assert len(read) == table.num_rows
    assert {where: expected.pop(where) for where in read} == read
    machine_readable = areas * 91 * 2 if edition == "2022-mye" else 0
    assert len(read) == areas * 92 * 3 + areas * earlier + machine_readable
    # What is left is the latest mid-year of MYE4 and MYEB1.
    assert len(expected) == areas + machine_readable
    latest = f"{edition[:4]}-06-30"
    by_area: dict[str, dict[str, float]] = defaultdict(dict)
    names = ("area_code", "breakdown", "period_start", "value")
    for area, breakdown, day, value in zip(*(table[n].to_pylist() for n in names), strict=True):
        if str(day) == latest:
            by_area[area][breakdown] = value
    repeated = sorted(
        value
        for figures in by_area.values()
        for key, value in figures.items()
        if key == "total" or (machine_readable and ";" in key)
    )
    assert sorted(expected.values()) == repeated


@pytest.mark.real_data
def test_islington_is_as_printed_and_its_young_are_the_sum_of_single_years(real_data: Path) -> None:
    for name, year, everybody, young in (
        ("mye22final.xlsx", 2022, 220_373, 68_475),
        ("mye23tablesew.xlsx", 2023, 220_584, 69_054),
    ):
        figures = _totals(_read(real_data / REAL / name), "E09000019", f"{year}-06-30")
        assert figures["total"] == everybody
        assert sum(figures[f"age={age}"] for age in range(26)) == young
        assert all(
            figures[f"age={age}"] == figures[f"age={age};sex=female"] + figures[f"age={age};sex=male"]
            for age in range(90)
        )


@pytest.mark.real_data
def test_every_row_of_the_real_copy_is_read_once(real_data: Path) -> None:
    path = real_data / REAL / "ons_mid-year_population_estimates_2012_to_2024.csv"
    parsed = _read(path)
    assert (parsed.edition, list(parsed.problems)) == ("2024-age-0-17", [])
    with path.open(newline="", encoding="utf-8-sig") as file:
        expected = [
            (
                row["new_la_code"] or row["region_code"] or row["country_code"],
                f"{row['time_period']}-06-30",
                row["population_estimate"],
            )
            for row in csv.DictReader(file)
        ]
    rows = parsed.observations.to_pylist()
    assert [(row["area_code"], str(row["period_start"]), row["value_text"]) for row in rows] == expected
    assert len(rows) == 2132
    absent = [row for row in rows if row["value"] is None]
    assert (len(absent), {row["status"] for row in absent}) == (21, {"not_available"})
    vintages = [
        row["value"]
        for row in rows
        if row["area_code"] == "E92000001" and str(row["period_start"]) == "2023-06-30"
    ]
    assert vintages == [12_059_476]
