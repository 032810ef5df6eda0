"""The Metropolitan Police's borough files: two headers, two classifications, issues that restate each other."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import CivicError
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.recognise import recognise
from civic_assets.readers.open_file import read_grid
from civic_assets.sources import met_borough
from civic_assets_tests import paths
from civic_assets_tests.json_answers import inspect

FIXTURES = paths.FIXTURES / "met_borough"
RECENT = FIXTURES / "recent.csv"


def _read(path: Path) -> Parsed:
    grid = read_grid(path)
    (found,) = recognise(grid, load_contracts())
    assert found.contract.source == "met_borough"
    return met_borough.parse(grid, found.found, found.contract)


def _changed(tmp_path: Path, old: str, new: str, *, encoding: str = "utf-8") -> Path:
    text = RECENT.read_bytes().decode()
    assert old in text
    path = tmp_path / "any name at all"
    path.write_text(text.replace(old, new), encoding=encoding, newline="")
    return path


def _report(path: Path) -> Any:
    return inspect(path, {"met_borough": load_contracts()["met_borough"]})


def _check_ids(path: Path) -> set[str]:
    report = _report(path)
    # The fixture is smaller than any real file.
    return {finding["check_id"] for finding in report["findings"]} - {"R-02"}


def test_combination_without_row_has_no_figure_and_is_not_made_zero() -> None:
    rows = _read(RECENT).observations.to_pylist()
    airports = {row["breakdown"] for row in rows if row["row_kind"] == "airports"}
    assert "major=nfib fraud;minor=nfib" not in airports
    assert {row["value"] for row in rows if row["value_text"] == "0"} == {0.0}


def test_both_header_wordings_and_both_cases_give_one_kind_of_breakdown() -> None:
    older = {row["breakdown"] for row in _read(FIXTURES / "older.csv").observations.to_pylist()}
    recent = {row["breakdown"] for row in _read(RECENT).observations.to_pylist()}
    assert older & recent == {"major=arson and criminal damage;minor=arson"}


def test_more_months_than_an_issue_has_make_a_series_of_its_own() -> None:
    assert _read(FIXTURES / "historical.csv").edition == "2020-12-historical"
    assert _read(FIXTURES / "older.csv").edition == "2022-03"


def test_issue_that_jumps_over_a_month_is_refused(tmp_path: Path) -> None:
    lines = [line.split(",") for line in RECENT.read_text().splitlines()]
    path = tmp_path / "gap.csv"
    path.write_text("\n".join(",".join(cells[:10] + cells[11:]) for cells in lines))
    with pytest.raises(CivicError, match=r"from month 202402 to 202404"):
        _read(path)


def test_unknown_class_is_read_and_reported_once(tmp_path: Path) -> None:
    parsed = _read(_changed(tmp_path, "BURGLARY IN A DWELLING", "BURGLARY ON THE MOON"))
    assert [(p.check_id, p.locator) for p in parsed.problems] == [("V-05", "L3:MinorText")]
    moon = [
        row
        for row in parsed.observations.to_pylist()
        if row["breakdown"] == "major=burglary;minor=burglary on the moon"
    ]
    assert len(moon) == 4 * 24


def test_name_that_is_not_a_borough_is_kept_apart_and_reported(tmp_path: Path) -> None:
    parsed = _read(_changed(tmp_path, ",Hackney,", ",Hackny,"))
    assert [(p.check_id, p.observed, p.locator) for p in parsed.problems] == [
        ("V-05", "Hackny", "L2:BoroughName")
    ]
    codes = {
        row["area_code"] for row in parsed.observations.to_pylist() if row["row_kind"] == "unlisted_name"
    }
    assert codes == {"E23000001/hackny"}
    assert "E09000012" not in parsed.observations["area_code"].to_pylist()


def test_row_that_appears_twice_holds_the_issue_back(tmp_path: Path) -> None:
    line = RECENT.read_text().splitlines()[1]
    assert _check_ids(_changed(tmp_path, line, f"{line}\r\n{line}")) == {"V-01"}


def test_text_among_the_counts_is_damage_with_an_address(tmp_path: Path) -> None:
    line = RECENT.read_text().splitlines()[1]
    broken = ",".join([*line.split(",")[:-1], "n/k"])
    parsed = _read(_changed(tmp_path, line, broken))
    assert [(p.check_id, p.locator, p.observed) for p in parsed.problems] == [("R-06", "L2:202507", "n/k")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_byte_order_mark_and_code_page_change_no_figure(tmp_path: Path, encoding: str) -> None:
    parsed = _read(_changed(tmp_path, ",Hackney,", ",H\u00e4ckney,", encoding=encoding))
    assert parsed.problems[0].observed == "H\u00e4ckney"
    assert parsed.observations["value"].to_pylist() == _read(RECENT).observations["value"].to_pylist()


def test_month_that_is_ten_times_too_large_is_reported(tmp_path: Path) -> None:
    """No total of the file would show it; months of a series do."""
    printed = "THEFT,THEFT FROM THE PERSON,Islington,"
    (old,) = [line for line in RECENT.read_text(encoding="utf-8").splitlines() if line.startswith(printed)]
    months = [str(170 + 7 * (month % 9)) for month in range(24)]
    steady = _changed(tmp_path, old, printed + ",".join(months))
    assert "V-21" not in _check_ids(steady)
    months[9] = f"{months[9]}0"
    report = _report(_changed(tmp_path, old, printed + ",".join(months)))
    (finding,) = [finding for finding in report["findings"] if finding["check_id"] == "V-21"]
    assert (finding["observed"], finding["expected"], finding["severity"]) == ("1700", "about 198", "warning")
    assert "(theft, theft from the person) of Islington is 1,700; in 23 other" in finding["message"]


@pytest.mark.real_data
def test_few_months_of_real_issues_are_extreme(real_data: Path) -> None:
    """Thefts in the lockdown of 2020, the carnival of August, a class of fraud until 2013: all of them real."""
    extreme = {}
    for path in sorted((real_data / "met-borough").glob("*.csv")):
        report = _report(path)
        months = [
            finding["period_start"][:7] for finding in report["findings"] if finding["check_id"] == "V-21"
        ]
        extreme[report["release"]] = sorted(months)
    assert {edition: len(months) for edition, months in extreme.items()} == {
        "2020-06": 32, "2021-07-historical": 14, "2023-07": 0, "2024-10": 1, "2025-12": 1,
    }  # fmt: skip
    assert extreme["2024-10"] + extreme["2025-12"] == ["2024-08", "2025-08"]
    assert set(extreme["2020-06"]) == {"2020-04", "2020-05", "2020-06"}


def test_trailing_comma_is_not_a_column(tmp_path: Path) -> None:
    parsed = _read(_changed(tmp_path, "\r\n", ",\r\n"))
    assert parsed.observations["value"].to_pylist() == _read(RECENT).observations["value"].to_pylist()


def test_ward_file_is_not_a_borough_file() -> None:
    grid = read_grid(FIXTURES.parent / "met_ward" / "wards_of_2018.csv")
    assert [found.contract.source for found in recognise(grid, load_contracts())] == ["met_ward"]


def _plainly(path: Path) -> dict[str, tuple[str, str, str]]:
    """Every cell of a month by its address: borough, class, text; read without the product."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        header = next(reader)
        first = next(at for at, text in enumerate(header) if text.isdigit())
        return {
            f"L{reader.line_num}:{header[at]}": (cells[2], f"{cells[0]}/{cells[1]}".lower(), cells[at])
            for cells in reader
            for at in range(first, len(header))
        }


@pytest.mark.real_data
def test_every_figure_of_every_real_issue_is_read_once(real_data: Path) -> None:
    compared = 0
    for path in sorted((real_data / "met-borough").glob("*.csv")):
        parsed, expected = _read(path), _plainly(path)
        table = parsed.observations
        assert list(parsed.problems) == []
        names = ("locator", "area_name", "breakdown", "value_text", "value", "period_start")
        for where, area, breakdown, text, value, start in zip(
            *(table[n].to_pylist() for n in names), strict=True
        ):
            major, minor = (part.partition("=")[2] for part in breakdown.split(";"))
            assert expected.pop(where) == (area, f"{major}/{minor}", text)
            assert (value, f"{start:%Y%m}") == (float(text), where.partition(":")[2])
            compared += 1
        assert expected == {}
    assert compared == 1725 * 136 + (1569 + 1575 + 1015 + 1057) * 24


@pytest.mark.real_data
def test_islington_in_one_month_differs_between_issues_and_each_issue_keeps_its_figure(
    real_data: Path,
) -> None:
    totals: dict[str, dict[str, float]] = defaultdict(dict)
    for path in sorted((real_data / "met-borough").glob("*.csv")):
        parsed = _read(path)
        for row in _rows_of(parsed, "E09000019"):
            month = f"{row['period_start']:%Y-%m}"
            totals[month][parsed.edition] = totals[month].get(parsed.edition, 0) + row["value"]
    assert totals["2023-07"] == {"2023-07": 2495, "2024-10": 2499}
    assert totals["2020-06"] == {"2020-06": 1920, "2021-07-historical": 1945}
    assert totals["2025-12"] == {"2025-12": 2392}


def _rows_of(parsed: Parsed, area: str) -> list[dict[str, Any]]:
    table = parsed.observations
    rows: list[dict[str, Any]] = table.filter(pc.equal(table["area_code"], area)).to_pylist()
    return rows
