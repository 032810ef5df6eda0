"""Street-level files: incidents are counted where they happened, and every line is counted once."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import CivicError, NotRecognised
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.recognise import recognise
from civic_assets.readers.open_file import read_grid
from civic_assets.sources import police_uk
from civic_assets_tests import paths
from civic_assets_tests.json_answers import inspect

FIXTURES = paths.FIXTURES / "police_uk"
OLD, NEW = FIXTURES / "2011_areas.csv", FIXTURES / "2021_areas.csv"
ANSWER = FIXTURES / "answer.json"


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


def test_identifier_that_appears_twice_is_counted_twice() -> None:
    row = next(row for row in _read(OLD).observations.to_pylist() if row["area_code"] == "E01032740")
    assert (row["value"], row["locator"]) == (2, "L40,L41:Crime type")


def test_antisocial_behaviour_is_not_a_crime() -> None:
    rows = [
        row
        for row in _read(OLD).observations.to_pylist()
        if row["measure"] == "street_level_antisocial_behaviour"
    ]
    assert {row["breakdown"] for row in rows} <= {"total", "reported_by=city-of-london"}
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
        (
            {"LSOA code": "", "Longitude": "", "Latitude": "", "Reported by": "Sherwood Police"},
            "Sherwood Police",
            "K04000001/no-location",
        ),
        ({"Month": "2022-04"}, "2022-04", None),
    ],
)
def test_row_with_something_unknown_is_counted_and_reported(
    tmp_path: Path, change: dict[str, str], observed: str, area: str | None
) -> None:
    parsed = _read(_changed(tmp_path, change))
    problems = [p for p in parsed.problems if p.check_id != "V-01"]
    assert [(p.check_id, p.observed, _lines(p.locator)) for p in problems] == [("V-05", observed, [2])]
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
    with pytest.raises(CivicError, match="L7:Crime type is in a row with the month ''"):
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
        assert parsed.edition == f"{rows[0]['Month']}-city-of-london"
        assert {problem.check_id for problem in parsed.problems} <= {"V-01"}
        read = {}
        for row in parsed.observations.to_pylist():
            # What a neighbour's force counts in these areas has a name of its own, and the same figure.
            kind = dict(part.split("=") for part in row["breakdown"].split(";") if "=" in part).get(
                "crime_type", "anti-social behaviour"
            )
            own = "E01" not in row["area_code"] or row["area_name"].startswith("City of London")
            assert (row["status"], "reported_by=" in row["breakdown"]) == (
                (None, False) if own else ("at_least", True)
            )
            read[f"{row['period_start']:%Y-%m}", row["area_code"], kind] = row["value"]
        assert read == expected
        assert len(read) == parsed.observations.num_rows
        compared, incidents = compared + len(read), incidents + len(rows)
    assert (compared, incidents) == (2244, 17_122)


def test_identifiers_in_several_rows_are_one_finding_that_names_the_rows() -> None:
    (problem,) = _read(OLD).problems
    assert (problem.check_id, problem.locators) == ("V-01", ("L40:Crime ID", "L41:Crime ID"))
    assert "so that the figure may be too high: 1" in problem.message


def test_file_whose_rows_were_appended_again_is_held_back(tmp_path: Path) -> None:
    header, *lines = NEW.read_text(encoding="utf-8").splitlines()
    with NEW.open(newline="", encoding="utf-8") as file:
        numbers = [n for n, row in enumerate(csv.DictReader(file), 2) if row["Crime ID"]]
    path = tmp_path / "twice.csv"
    path.write_text("\n".join([header, *lines, *lines]), encoding="utf-8")
    with pytest.raises(CivicError) as raised:
        _read(path)
    said = str(raised.value)
    assert f"L{numbers[0] + len(lines)}:Crime ID repeats L{numbers[0]}:Crime ID in every column" in said
    assert "put together twice" in said


def test_few_rows_that_are_repeated_are_counted_with_a_warning(tmp_path: Path) -> None:
    header, *lines = NEW.read_text(encoding="utf-8").splitlines()
    again = [line for line in lines if not line.startswith(",")][:3]
    path = tmp_path / "few.csv"
    path.write_text("\n".join([header, *lines, *again]), encoding="utf-8")
    parsed = _read(path)
    assert sum(parsed.observations["value"].to_pylist()) == len(lines) + 3
    assert [problem.check_id for problem in parsed.problems] == ["V-01"]


def test_file_without_any_force_is_held_back_and_is_not_a_release(tmp_path: Path) -> None:
    text = OLD.read_text(encoding="utf-8").replace("City of London Police", "")
    path = tmp_path / "2022-05-city-of-london-street.csv"
    path.write_text(text, encoding="utf-8")
    grid = read_grid(path)
    (found,) = recognise(grid, load_contracts())
    assert police_uk.edition(found.found, found.contract) is None
    assert "L2:Reported by is empty (40 of 40 rows)" in police_uk.why_no_edition(found.found, found.contract)


def test_row_without_a_force_holds_the_file_back_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(CivicError, match=r"L9:Reported by is empty \(1 of 40 rows\)"):
        _read(_changed(tmp_path, {"Reported by": ""}, line=9))


def test_offences_under_one_reference_are_not_said_to_be_counted_twice(tmp_path: Path) -> None:
    (problem,) = _read(_changed(tmp_path, {"Crime type": "Drugs"}, line=41)).problems
    assert (
        "For 1 of them the rows differ in type or area" in problem.message
        and "so that the figure may be too high: 0" in problem.message
    )


def test_antisocial_behaviour_without_identifier_twice_is_found_when_a_file_has_every_row_twice(
    tmp_path: Path,
) -> None:
    header, *lines = OLD.read_text(encoding="utf-8").splitlines()
    antisocial = [line for line in lines if "Anti-social behaviour" in line]
    # Incidents at one point are usual: the same rows, each at a place of its own, and then one row for all.
    apart = [line.replace("On or near", f"On or near {n},") for n, line in enumerate(antisocial * 10)]
    for rows, expected in ((apart, 0), (antisocial[:1] * 30, 1)):
        path = tmp_path / "antisocial.csv"
        path.write_text("\n".join([header, *lines, *rows]), encoding="utf-8")
        said = [
            problem.message for problem in _read(path).problems if "without an identifier" in problem.message
        ]
        assert len(said) == expected


@pytest.mark.real_data
def test_real_months_raise_no_finding_but_that_identifiers_are_in_several_rows(real_data: Path) -> None:
    contracts, rows_more, repeated = load_contracts(), 0, 0
    for path in sorted((real_data / "police-uk").rglob("*-street.csv")):
        report = inspect(path, contracts)
        with path.open(newline="", encoding="utf-8-sig") as file:
            identifiers = Counter(row["Crime ID"] for row in csv.DictReader(file) if row["Crime ID"])
        several = {identifier: n for identifier, n in identifiers.items() if n > 1}
        # What other rules say of breaks and comparability is not about the rows.
        own = [f for f in report["findings"] if f["check_id"][0] in "RVK"]
        found = [(f["check_id"], f["severity"], f["observed"]) for f in own]
        more = sum(several.values()) - len(several)
        assert found == ([("V-01", "warning", f"{more} more rows")] if more else []), path.name
        assert report["outcome"] in ("warnings", "clean")
        rows_more, repeated = rows_more + more, repeated + len(several)
    assert (rows_more, repeated) == (230, 211)


def _answer(tmp_path: Path, records: object) -> Path:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    return path


def _records() -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(ANSWER.read_text(encoding="utf-8"))
    return records


def test_every_record_of_an_answer_is_counted_in_one_figure_that_may_not_be_all() -> None:
    rows = _read(ANSWER).observations.to_pylist()
    places = [place for row in rows for place in re.findall(r"\[(\d+)\]", row["locator"])]
    assert sorted(map(int, places)) == list(range(len(_records())))
    assert {row["status"] for row in rows} == {"at_least"}
    assert {row["area_type"] for row in rows} == {"street_point", "unassigned"}


def test_answer_is_published_although_its_completeness_is_not_known() -> None:
    report = inspect(ANSWER, load_contracts())
    (check,) = [check for check in report["checks"] if check["check_id"] == "R-10"]
    assert (check["outcome"], check["reason"], check["severity"]) == (
        "not_evaluated",
        "no_reference",
        "warning",
    )
    assert report["held_back"] == []


def test_answer_at_the_limit_of_the_api_is_found_to_be_cut(tmp_path: Path) -> None:
    records = [{**_records()[n % 12], "id": n, "persistent_id": ""} for n in range(10_000)]
    report = inspect(_answer(tmp_path, records), load_contracts())
    (finding,) = [finding for finding in report["findings"] if finding["check_id"] == "R-10"]
    assert (finding["severity"], finding["observed"]) == ("warning", "10000")


@pytest.mark.parametrize(
    ("change", "edition"),
    [
        ({}, "2026-06-api-51.54n-0.11w-8x12"),
        ({"category": "burglary"}, "2026-06-api-51.54n-0.11w-8x12-burglary"),
        ({"location": None}, "2026-06-api-no-location-1103bab4"),
        ({"location": None, "month": "2025-12"}, "2025-12-api-no-location-9ab52d4a"),
    ],
)
def test_answer_is_named_after_its_month_and_place(
    tmp_path: Path, change: dict[str, Any], edition: str
) -> None:
    parsed = _read(_answer(tmp_path, [{**record, **change} for record in _records()]))
    assert parsed.edition == edition
    assert sum(parsed.observations["value"].to_pylist()) == len(_records())


def test_record_of_an_unknown_category_is_counted_and_reported(tmp_path: Path) -> None:
    records = _records()
    records[3]["category"] = "time-travel"
    parsed = _read(_answer(tmp_path, records))
    (problem,) = [problem for problem in parsed.problems if problem.check_id == "V-05"]
    assert (problem.locator, problem.observed) == ("[3].category", "time-travel")
    assert sum(parsed.observations["value"].to_pylist()) == len(records)


def test_record_without_month_is_refused_with_its_path(tmp_path: Path) -> None:
    records = _records()
    records[3]["month"] = None
    with pytest.raises(CivicError, match=r"\[3\]\.category is in a row with the month ''"):
        _read(_answer(tmp_path, records))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "That does not mean zero"),
        ({"date": "2026-08-01"}, "It contains date: 2026-08-01."),
    ],
)
def test_answer_without_figures_is_named_and_never_a_zero(
    tmp_path: Path, document: object, words: str
) -> None:
    with pytest.raises(NotRecognised) as caught:
        inspect(_answer(tmp_path, document), load_contracts())
    assert str(caught.value).startswith("answer.json is ")
    assert words in str(caught.value) and "police_uk" in str(caught.value)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (
            "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type",
            "an outcomes file",
        ),
        (
            (
                "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
                "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
                "Outcome linked to object of search,Removal of more than just outer clothing"
            ),
            "a stop-and-search file",
        ),
    ],
)
def test_files_next_to_the_street_files_are_named(tmp_path: Path, header: str, words: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(header + "\n" + "," * header.count(",") + "\n")
    with pytest.raises(NotRecognised, match=f"x.csv is {words} of data.police.uk"):
        inspect(path, load_contracts())


@pytest.mark.real_data
def test_real_answers_are_a_release_or_named(real_data: Path) -> None:
    said = {}
    for path in sorted((real_data / "police-uk").rglob("*.json")):
        try:
            report = inspect(path, load_contracts())
            said[path.name] = f"{report['release']}: {report['rows']} figures"
        except NotRecognised as error:
            said[path.name] = str(error)
    last, five, empty = said.values()
    assert "date: 2026-08-01" in last
    assert five == "2026-06-api-52.45n-1.93w-10x26: 5 figures"
    assert "That does not mean zero" in empty
