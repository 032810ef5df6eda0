"""Mid-year population from Nomis: what an answer says, what it does not say, and where it was cut."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import NotRecognised
from civic_assets.parsing.observations import KEY, Parsed
from civic_assets.parsing.recognise import recognise
from civic_assets.readers.open_file import read_grid
from civic_assets.sources import ons_population
from civic_assets_tests import paths
from civic_assets_tests.json_answers import inspect
from civic_assets_tests.sources.held_back import why_held_back

FIXTURES = paths.FIXTURES / "ons_population"
SELECT, EVERY, WORKBOOK = (
    FIXTURES / name for name in ("nomis_select.csv", "nomis_all_columns.csv", "workbook.xlsx")
)
Rows = list[dict[str, str]]


def _read(path: Path) -> Parsed:
    grid = read_grid(path)
    (found,) = recognise(grid, {"ons_population": load_contracts()["ons_population"]})
    return ons_population.parse(grid, found.found, found.contract)


def _figures(parsed: Parsed) -> dict[tuple[Any, ...], float]:
    return {tuple(row[name] for name in KEY): row["value"] for row in parsed.observations.to_pylist()}


def _changed(tmp_path: Path, change: Callable[[Rows], Rows | None], source: Path = SELECT) -> Path:
    with source.open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows = change(rows) or rows
    path = tmp_path / "answer.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _without(*columns: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{name: text for name, text in row.items() if name not in columns} for row in rows]


def _messages(path: Path) -> str:
    report = inspect(path, load_contracts())
    assert report["held_back"] or report["rows"] == 0
    return " ".join(finding["message"] for finding in report["findings"])


def test_answer_and_workbook_of_one_mid_year_name_and_state_the_same_figures() -> None:
    workbook = _figures(_read(WORKBOOK))
    for path in (SELECT, EVERY):
        latest = {key: value for key, value in _figures(_read(path)).items() if str(key[2]) == "2024-06-30"}
        assert latest and latest == {key: workbook[key] for key in latest}


def test_answers_to_two_questions_are_two_releases_and_the_same_question_goes_on(tmp_path: Path) -> None:
    def fewer(rows: Rows) -> Rows:
        return [row for row in rows if row["GEOGRAPHY_CODE"] == "E09000019"]

    def next_year(rows: Rows) -> None:
        for row in rows:
            row["DATE_NAME"] = "2025"
            row["OBS_VALUE"] = str(int(row["OBS_VALUE"]) + 9)

    usual = _read(SELECT).edition
    one = _read(_changed(tmp_path, lambda rows: [row | {"RECORD_COUNT": "9"} for row in fewer(rows)])).edition
    later = _read(_changed(tmp_path, next_year)).edition
    assert one.startswith("2024-nomis-1-area-") and usual.startswith("2024-nomis-3-areas-")
    assert later == usual.replace("2024", "2025")


@pytest.mark.parametrize(
    "columns", [("C_AGE_NAME",), ("GENDER_NAME",), ("DATE_NAME",), ("GENDER_NAME", "C_AGE_NAME")]
)
def test_answer_that_does_not_say_what_its_figures_are_is_not_guessed(
    tmp_path: Path, columns: tuple[str, ...]
) -> None:
    with pytest.raises(NotRecognised) as caught:
        inspect(_changed(tmp_path, _without(*columns)), load_contracts())
    said = str(caught.value)
    assert "does not say what its figures are" in said and "C_AGE_NAME" in said and "RECORD_COUNT" in said


def test_ages_and_sexes_by_number_are_read_where_the_numbers_are_known(tmp_path: Path) -> None:
    numbers = _changed(tmp_path, _without("C_AGE_NAME", "C_AGE_CODE", "GENDER_NAME", "GENDER_CODE"), EVERY)
    assert _figures(_read(numbers)) == _figures(_read(EVERY))

    def unknown(rows: Rows) -> Rows:
        return [row | {"C_AGE": "108"} for row in _without("C_AGE_NAME", "C_AGE_CODE")(rows)]

    assert "L2:C_AGE has '108', which is not a known age or sex" in _messages(
        _changed(tmp_path, unknown, EVERY)
    )


def test_answer_that_nomis_cut_is_held_back(tmp_path: Path) -> None:
    def cut(rows: Rows) -> Rows:
        return rows[:20]

    said = _messages(_changed(tmp_path, cut))
    assert "has 20 rows, but its column RECORD_COUNT says that Nomis has 27" in said

    def at_the_limit(rows: Rows) -> Rows:
        one = _without("RECORD_COUNT")(rows)[0]
        return [
            one | {"DATE_NAME": str(1900 + n % 120), "GEOGRAPHY_CODE": f"E07{n:06d}"} for n in range(25_000)
        ]

    assert "exactly 25,000 rows, Nomis's maximum" in _messages(_changed(tmp_path, at_the_limit))


def test_population_of_zero_is_an_error_and_no_figure(tmp_path: Path) -> None:
    def abolished(rows: Rows) -> None:
        rows[0] |= {"GEOGRAPHY_CODE": "E07000026", "GEOGRAPHY_NAME": "Allerdale", "OBS_VALUE": "0"}

    path = _changed(tmp_path, abolished)
    said = _messages(path)
    assert "L2:OBS_VALUE prints 0 residents of Allerdale (E07000026)" in said and "TYPE424" in said
    assert 0 not in _read(path).observations["value"].to_pylist()


def test_rules_that_need_figures_do_not_stop_where_every_row_is_refused(tmp_path: Path) -> None:
    def nobody(rows: Rows) -> None:
        for row in rows:
            row["OBS_VALUE"] = "0"

    report = inspect(_changed(tmp_path, nobody), load_contracts())
    assert (report["rows"], report["tracebacks"]) == (0, [])
    assert not [check for check in report["checks"] if check["reason"] == "engine_error"]


def test_every_age_band_at_once_stays_apart_and_percentages_are_refused(tmp_path: Path) -> None:
    def bands(rows: Rows) -> None:
        names = (
            "All Ages",
            "Aged 0 to 15",
            "Aged 16 - 64",
            "Aged 65+",
            "Age 7",
            "Aged 90 and over",
            "Aged 16-17",
        )
        for row, name in zip(rows, names, strict=False):
            row |= {"GEOGRAPHY_CODE": "E09000019", "GENDER_NAME": "Total", "C_AGE_NAME": name}
        del rows[len(names) :]
        for row in rows:
            row["RECORD_COUNT"] = str(len(rows))

    parsed = _read(_changed(tmp_path, bands))
    assert parsed.observations["breakdown"].to_pylist() == [
        "total", "age=0-15", "age=16-64", "age=65+", "age=7", "age=90+", "age=16-17",
    ]  # fmt: skip

    def percent(rows: Rows) -> None:
        rows[3] |= {"MEASURES": "20301", "MEASURES_NAME": "percent"}

    assert "L5:MEASURES has the measure '20301'" in _messages(_changed(tmp_path, percent, EVERY))


def test_answer_of_another_data_set_is_not_read(tmp_path: Path) -> None:
    def other(rows: Rows) -> Rows:
        return [{"PROJECTED_YEAR_NAME": "2030"} | row for row in rows]

    with pytest.raises(NotRecognised, match="'PROJECTED_YEAR_NAME' says that it is a population projection"):
        inspect(_changed(tmp_path, other), load_contracts())


def test_appended_total_is_not_an_area(tmp_path: Path) -> None:
    def total(rows: Rows) -> None:
        rows.append(dict.fromkeys(rows[0], "") | {"GEOGRAPHY_NAME": "Grand Total", "OBS_VALUE": "999"})

    parsed = _read(_changed(tmp_path, total))
    assert _figures(parsed) == _figures(_read(SELECT))
    (told,) = parsed.problems
    assert told.locator == "L29:OBS_VALUE" and "added to the file" in told.message


def test_sexes_that_do_not_add_up_are_found_and_one_sex_alone_is_not(tmp_path: Path) -> None:
    def one_more(rows: Rows) -> None:
        rows[0]["OBS_VALUE"] = str(int(rows[0]["OBS_VALUE"]) + 1)

    def males(rows: Rows) -> Rows:
        kept = [row for row in rows if row["GENDER_NAME"] != "Female"]
        return [row | {"RECORD_COUNT": str(len(kept))} for row in kept]

    wrong = inspect(_changed(tmp_path, one_more), load_contracts())
    assert "V-10" in {finding["check_id"] for finding in wrong["findings"]}
    alone = inspect(_changed(tmp_path, males), load_contracts())
    assert "V-10" not in {finding["check_id"] for finding in alone["findings"]}


def test_answer_without_rows_says_so(tmp_path: Path) -> None:
    path = tmp_path / "answer.csv"
    path.write_text(SELECT.read_text().splitlines()[0] + "\n")
    assert "no rows: nothing is below them" in why_held_back(path)
