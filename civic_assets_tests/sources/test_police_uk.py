"""Street-level files: incidents are counted where they happened, and every line is counted once."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import CivicError
from civic_assets.inspection import inspect
from civic_assets.readers.open_file import read_grid
from civic_assets.sources import police_uk
from civic_assets.sources.observations import Parsed
from civic_assets.sources.recognise import recognise

FIXTURES = Path(__file__).parents[1] / "fixtures" / "police_uk"
OLD, NEW = FIXTURES / "2011_areas.csv", FIXTURES / "2021_areas.csv"


def _read(path: Path) -> Parsed:
    grid = read_grid(path)
    (found,) = recognise(grid, load_contracts())
    assert found.contract.source == "police_uk"
    return police_uk.parse(grid, found.found, found.contract)


def _changed(tmp_path: Path, change: dict[str, str], line: int = 2) -> Path:
    """The older fixture with other texts in some columns of one line."""
    with OLD.open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[line - 2] |= change
    path = tmp_path / "changed.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _lines(locator: str) -> list[int]:
    return [int(line) for line in re.findall(r"L(\d+)", locator)]


@pytest.mark.parametrize("path", [OLD, NEW], ids=["2011", "2021"])
def test_every_line_is_counted_in_one_figure(path: Path) -> None:
    rows = _read(path).observations.to_pylist()
    assert sorted(line for row in rows for line in _lines(row["locator"])) == list(range(2, 42))
    assert all(row["value"] == len(_lines(row["locator"])) for row in rows)


def test_identifier_that_stands_twice_is_counted_twice() -> None:
    row = next(row for row in _read(OLD).observations.to_pylist() if row["area_code"] == "E01032740")
    assert (row["value"], row["locator"]) == (2, "L40,L41:Crime type")


def test_antisocial_behaviour_is_no_crime() -> None:
    rows = [
        row
        for row in _read(OLD).observations.to_pylist()
        if row["measure"] == "street_level_antisocial_behaviour"
    ]
    assert {row["breakdown"] for row in rows} == {"total"}
    assert "crime_type=anti-social behaviour" not in {
        row["breakdown"] for row in _read(OLD).observations.to_pylist()
    }


def test_place_is_that_of_the_area_and_not_of_the_force() -> None:
    rows = _read(OLD).observations.to_pylist()
    names = {row["area_code"]: row["area_name"] for row in rows}
    assert names["E01002707"] == "Islington 023A"
    assert names["E23000034/no-location"] == "City of London Police, no location"


def test_set_of_areas_changes_with_june_2023() -> None:
    assert {"lsoa_2011", "no_location"} == set(_read(OLD).row_kinds)
    assert {"lsoa_2021", "no_location"} == set(_read(NEW).row_kinds)


def test_what_has_no_row_has_no_figure() -> None:
    assert min(_read(OLD).observations["value"].to_pylist()) == 1


@pytest.mark.parametrize(
    ("change", "observed", "area"),
    [
        ({"Crime type": "Time travel"}, "Time travel", None),
        ({"LSOA code": "95GG10S1"}, "95GG10S1", "E23000034/95gg10s1"),
        ({"LSOA code": "", "Reported by": "Sherwood Police"}, "Sherwood Police", "K04000001/no-location"),
        ({"Month": "2022-04"}, "2022-04", None),
    ],
)
def test_row_with_something_unknown_is_counted_and_reported(
    tmp_path: Path, change: dict[str, str], observed: str, area: str | None
) -> None:
    parsed = _read(_changed(tmp_path, change))
    assert [(p.check_id, p.observed, _lines(p.locator)) for p in parsed.problems] == [("V-05", observed, [2])]
    rows = parsed.observations.to_pylist()
    assert sum(row["value"] for row in rows) == 40
    assert area is None or area in {row["area_code"] for row in rows}
    assert parsed.edition == "2022-05-city-of-london"


def test_row_of_another_month_is_counted_in_its_own_month(tmp_path: Path) -> None:
    rows = _read(_changed(tmp_path, {"Month": "2022-04"})).observations.to_pylist()
    assert {str(row["period_start"]): row["locator"] for row in rows if 2 in _lines(row["locator"])} == {
        "2022-04-01": "L2:Crime type"
    }


def test_row_without_month_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(CivicError, match="L7:Crime type stands in a row with the month ''"):
        _read(_changed(tmp_path, {"Month": ""}, line=7))


def test_area_with_two_names_is_one_figure(tmp_path: Path) -> None:
    path = _changed(tmp_path, {"LSOA name": "City of London 001X"}, line=41)
    rows = [row for row in _read(path).observations.to_pylist() if row["area_code"] == "E01032740"]
    assert [row["value"] for row in rows] == [2]


def test_locator_of_many_lines_names_the_first_and_their_number(tmp_path: Path) -> None:
    lines = OLD.read_text().splitlines()
    path = tmp_path / "many.csv"
    path.write_text("\n".join([lines[0], *[lines[-1]] * 200]))
    (row,) = _read(path).observations.to_pylist()
    assert row["value"] == 200
    assert row["locator"].endswith("L30,L31,... (200 lines):Crime type")


@pytest.mark.real_data
def test_every_row_of_every_real_month_is_counted_once(real_data: Path) -> None:
    compared, incidents = 0, 0
    for path in sorted((real_data / "police-uk").rglob("*-street.csv")):
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        expected = Counter(
            (row["Month"], row["LSOA code"] or "E23000034/no-location", row["Crime type"].lower())
            for row in rows
        )
        parsed = _read(path)
        assert (parsed.edition, list(parsed.problems)) == (f"{rows[0]['Month']}-city-of-london", [])
        read = {}
        for row in parsed.observations.to_pylist():
            kind = row["breakdown"].partition("=")[2] or "anti-social behaviour"
            read[f"{row['period_start']:%Y-%m}", row["area_code"], kind] = row["value"]
        assert read == expected
        assert len(read) == parsed.observations.num_rows
        compared, incidents = compared + len(read), incidents + len(rows)
    assert (compared, incidents) == (2244, 17_122)


@pytest.mark.real_data
def test_real_month_raises_no_finding(real_data: Path) -> None:
    path = next(iter(sorted((real_data / "police-uk").rglob("2023-06*-street.csv"))))
    assert inspect(path, load_contracts())["outcome"] == "clean"
