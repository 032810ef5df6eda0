"""Street-level files: one key for one thing, and figures that say what part of a place they cover."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import CivicError
from civic_assets.harmonise.areas.policing import territory
from civic_assets.parsing.observations import KEY, Parsed
from civic_assets.parsing.recognise import recognise
from civic_assets.quality.rules.coverage import counts_have_a_place
from civic_assets.readers.open_file import read_grid
from civic_assets.sources import police_uk
from civic_assets_tests import paths
from civic_assets_tests.json_answers import inspect
from civic_assets_tests.releases import fixture
from civic_assets_tests.sources.held_back import why_held_back

FIXTURES = paths.FIXTURES / "police_uk"
OLD, NEW, NORTHERN = (
    FIXTURES / name for name in ("2011_areas.csv", "2021_areas.csv", "northern_ireland.csv")
)
NO_LOCATION = FIXTURES / "no_location.json"


def _read(path: Path) -> Parsed:
    grid = read_grid(path)
    (found,) = recognise(grid, load_contracts())
    return police_uk.parse(grid, found.found, found.contract)


def _street(tmp_path: Path, change: Callable[[list[dict[str, str]]], None], source: Path = OLD) -> Path:
    with source.open(newline="") as file:
        rows = list(csv.DictReader(file))
    header = list(rows[0])
    change(rows)
    path = tmp_path / "changed.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _answer(tmp_path: Path, change: Callable[[list[dict[str, Any]]], None]) -> Path:
    records = json.loads(NO_LOCATION.read_text())
    change(records)
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(records))
    return path


def _keys(parsed: Parsed) -> set[tuple[Any, ...]]:
    return {tuple(row[name] for name in KEY) for row in parsed.observations.to_pylist()}


def _of_another_force(records: list[dict[str, Any]]) -> None:
    for record in records:
        record["id"] += 1000
        record["persistent_id"] = record["persistent_id"][::-1]
    del records[2:]


def test_answers_of_two_forces_share_no_release_and_no_figure(tmp_path: Path) -> None:
    one, other = _read(NO_LOCATION), _read(_answer(tmp_path, _of_another_force))
    assert one.edition != other.edition
    assert {one.edition[:24], other.edition[:24]} == {"2024-02-api-no-location-"}
    assert not _keys(one) & _keys(other)


def test_answers_without_any_identifier_are_distinguished_by_their_records(tmp_path: Path) -> None:
    def bare(records: list[dict[str, Any]]) -> None:
        for record in records:
            record["persistent_id"] = ""

    def other(records: list[dict[str, Any]]) -> None:
        bare(records)
        records[0]["id"] += 1

    assert not _keys(_read(_answer(tmp_path, bare))) & _keys(_read(_answer(tmp_path, other)))


def test_later_answer_with_outcomes_is_an_issue_of_the_same_release(tmp_path: Path) -> None:
    def later(records: list[dict[str, Any]]) -> None:
        records.reverse()
        for record in records:
            record["outcome_status"] = {"category": "Under investigation", "date": "2024-03"}
            record["id"] += 7

    assert _read(_answer(tmp_path, later)).edition == _read(NO_LOCATION).edition


def test_answer_says_that_its_force_is_not_known() -> None:
    (note,) = _read(NO_LOCATION).notes
    assert "6 of 6 records" in note.text and "does not say which force" in note.text
    assert note.areas == tuple({row["area_code"] for row in _read(NO_LOCATION).observations.to_pylist()})


def test_file_of_two_forces_is_not_an_issue_of_the_file_of_one(tmp_path: Path) -> None:
    def two(rows: list[dict[str, str]]) -> None:
        for row in rows[:5]:
            row["Reported by"] = "Kent Police"

    assert _read(_street(tmp_path, two)).edition == "2022-05-city-of-london-and-kent"


def test_file_of_two_months_is_about_both(tmp_path: Path) -> None:
    def two(rows: list[dict[str, str]]) -> None:
        for row in rows[:15]:
            row["Month"] = "2022-07"

    parsed = _read(_street(tmp_path, two))
    assert parsed.edition == "2022-05-to-2022-07-city-of-london"
    assert not [problem for problem in parsed.problems if problem.check_id == "V-05"]


def test_counts_of_two_forces_in_one_area_are_two_figures(tmp_path: Path) -> None:
    def neighbour(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["Reported by"] = row["Falls within"] = "Metropolitan Police Service"

    own, other = _read(OLD), _read(_street(tmp_path, neighbour))
    assert not _keys(own) & _keys(other)
    table = other.observations.to_pylist()
    part = {row["area_name"][:-5]: row["status"] for row in table if row["area_type"] == "lsoa"}
    assert (part["City of London"], part["Islington"]) == ("at_least", None)


def test_count_of_a_neighbours_area_says_that_it_is_a_part() -> None:
    parsed = _read(OLD)
    rows = [row for row in parsed.observations.to_pylist() if row["area_code"] == "E01002707"]
    assert {row["status"] for row in rows} == {"at_least"}
    assert all("reported_by=city-of-london" in row["breakdown"] for row in rows)
    (note,) = [note for note in parsed.notes if "E01002707" in note.areas]
    assert "policed by Metropolitan Police Service" in note.text and "E09000019" in note.areas


@pytest.mark.parametrize(
    ("name", "force"),
    [("Islington 015D", "E23000001"), ("City of London 001A", "E23000034"), ("Atlantis 001A", None)],
)
def test_force_of_an_area_is_that_of_its_authority(name: str, force: str | None) -> None:
    found = territory("E01099999", name, date(2024, 1, 1))
    assert (found.force if found else None) == force


def test_northern_ireland_is_counted_by_point_and_what_has_no_place_apart() -> None:
    parsed = _read(NORTHERN)
    assert parsed.row_kinds == {"point_without_area": 22, "no_location": 2}
    rows = parsed.observations.to_pylist()
    assert sum(row["value"] for row in rows) == 24
    points = {row["area_code"]: row["area_name"] for row in rows if row["area_type"] == "street_point"}
    assert points["N92000002/point-54-597285n-5-930120w"] == "On or near Donegall Square"
    assert {row["status"] for row in rows} == {None}
    assert any(
        "22 of 24 rows" in note.text and "no figure of an authority" in note.text for note in parsed.notes
    )


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("May-22", "2022-05"),
        ("2022-05-01 00:00:00", "2022-05"),
        ("05/2022", "2022-05"),
        ("202205", "2022-05"),
    ],
)
def test_month_that_a_spreadsheet_wrote_is_read_and_reported(
    tmp_path: Path, written: str, month: str
) -> None:
    def saved(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["Month"] = written

    parsed = _read(_street(tmp_path, saved))
    assert parsed.edition == f"{month}-city-of-london"
    assert _keys(parsed) == _keys(_read(OLD))
    (told,) = [problem for problem in parsed.problems if problem.check_id == "V-05"]
    assert told.message.startswith(f"L2:Month prints the month as {written!r} (40 rows")


def test_month_that_may_be_read_in_two_ways_is_not_guessed(tmp_path: Path) -> None:
    def saved(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["Month"] = "01/05/2022"

    said = why_held_back(_street(tmp_path, saved))
    assert re.search(r"L2:Month .* '01/05/2022', which can be read in two ways", said)

    def one(rows: list[dict[str, str]]) -> None:
        rows[3]["Month"] = "01/05/2022"

    with pytest.raises(CivicError, match="read in two ways"):
        _read(_street(tmp_path, one))


def test_appended_total_is_not_an_incident(tmp_path: Path) -> None:
    def total(rows: list[dict[str, str]]) -> None:
        rows.append(dict.fromkeys(rows[0], "") | {"Crime ID": "Grand Total", "Context": "40"})

    parsed = _read(_street(tmp_path, total))
    assert _keys(parsed) == _keys(_read(OLD))
    (told,) = [problem for problem in parsed.problems if problem.check_id == "V-05"]
    assert told.locator == "L42:Crime ID" and "It prints 40, which is the number of rows read" in told.message


def test_file_without_rows_is_not_a_zero_and_its_name_is_quoted(tmp_path: Path) -> None:
    path = tmp_path / "2019-08-greater-manchester-street.csv"
    path.write_text(OLD.read_text().splitlines()[0] + "\n")
    said = why_held_back(path)
    assert "no rows: the force sent nothing for this month" in said and "That does not mean zero" in said
    assert "Its name says 2019-08-greater-manchester-street, but nothing in the file confirms that." in said


def _without_place(tmp_path: Path, number: int) -> Path:
    def blank(rows: list[dict[str, str]]) -> None:
        for row in rows[:number]:
            row |= {
                "LSOA code": "",
                "LSOA name": "",
                "Longitude": "",
                "Latitude": "",
                "Location": "No Location",
            }

    return _street(tmp_path, blank)


@pytest.mark.parametrize(("number", "outcome"), [(0, "pass"), (16, "fail")])
def test_share_without_a_place_beyond_the_contract_is_found(
    tmp_path: Path, number: int, outcome: str
) -> None:
    report = inspect(_without_place(tmp_path, number), load_contracts())
    (check,) = [check for check in report["checks"] if check["check_id"] == "K-08"]
    assert (check["outcome"], check["severity"]) == (outcome, "warning")
    if number:
        (finding,) = [finding for finding in report["findings"] if finding["check_id"] == "K-08"]
        assert "have no location" in finding["message"] and "too low" in finding["message"]


def test_share_that_rose_against_the_month_before_is_found() -> None:
    before = fixture("police_uk", "2011_areas.csv").observations
    placed = before.filter(pc.not_equal(before["area_type"], "unassigned"))
    for earlier, outcome in ((before, "pass"), (placed, "fail")):
        release = fixture("police_uk", "2011_areas.csv", history={"2022-04-city-of-london": earlier})
        verdict = counts_have_a_place(release)
        assert verdict.outcome == outcome
    (finding,) = verdict.findings
    assert "(17.5%): it was 0.0% in 2022-04-city-of-london" in finding.message
