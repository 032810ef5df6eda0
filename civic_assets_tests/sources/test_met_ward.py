"""The Metropolitan Police's ward files: two sets of wards, and an airport that is not a borough."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.recognise import recognise
from civic_assets.readers.open_file import read_grid
from civic_assets.sources import met_ward
from civic_assets_tests import paths
from civic_assets_tests.json_answers import inspect

FIXTURES = paths.FIXTURES / "met_ward"
OLD, NEW = FIXTURES / "wards_of_2018.csv", FIXTURES / "wards_of_2022.csv"


def _read(path: Path) -> Parsed:
    grid = read_grid(path)
    (found,) = recognise(grid, load_contracts())
    assert found.contract.source == "met_ward"
    return met_ward.parse(grid, found.found, found.contract)


def _changed(tmp_path: Path, path: Path, old: str, new: str) -> Path:
    text = path.read_bytes().decode()
    assert old in text
    changed = tmp_path / path.name
    changed.write_text(text.replace(old, new), newline="")
    return changed


def _islington(parsed: Parsed) -> set[str]:
    table = parsed.observations
    pairs = zip(table["area_code"].to_pylist(), table["parent_code"].to_pylist(), strict=True)
    return {code for code, parent in pairs if parent == "E09000019"}


def test_airport_is_a_ward_of_no_borough() -> None:
    rows = [row for row in _read(NEW).observations.to_pylist() if row["area_code"] == "E05013570"]
    assert {(row["row_kind"], row["parent_code"], row["area_type"]) for row in rows} == {
        ("airport_ward", "E23000001", "ward")
    }


def test_wards_of_two_sets_share_no_code() -> None:
    assert _islington(_read(OLD)) == {"E05000366", "E05000379"}
    assert not _islington(_read(OLD)) & _islington(_read(NEW))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("E05000366", "E5000366", "E09000019/e5000366-barnsbury"),
        ("E05000366", "", "E09000019/barnsbury"),
        (",Islington,", ",Iselington,", "E05000366"),
    ],
)
def test_row_whose_ward_or_borough_does_not_exist_is_kept_and_reported(
    tmp_path: Path, old: str, new: str, code: str
) -> None:
    parsed = _read(_changed(tmp_path, OLD, old, new))
    assert (parsed.problems[0].check_id, parsed.problems[0].locator) == ("V-05", "L2:WardCode")
    kinds = {
        row["area_code"] for row in parsed.observations.to_pylist() if row["row_kind"] == "unlisted_place"
    }
    assert code in kinds
    assert parsed.observations.num_rows == _read(OLD).observations.num_rows


@pytest.mark.real_data
def test_every_figure_of_every_real_issue_is_read_once(real_data: Path) -> None:
    compared = 0
    for path in sorted((real_data / "met-ward").glob("*.csv")):
        parsed = _read(path)
        assert list(parsed.problems) == []
        table = parsed.observations
        read = list(
            zip(
                *(table[n].to_pylist() for n in ("locator", "area_code", "breakdown", "value_text")),
                strict=True,
            )
        )
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            header = next(reader)
            expected = [
                (
                    f"L{reader.line_num}:{header[at]}",
                    cells[3],
                    f"major={cells[0]};minor={cells[1]}".casefold(),
                    cells[at],
                )
                for cells in reader
                for at in range(5, len(header))
            ]
        assert sorted(read) == sorted(expected)
        assert table["value"].to_pylist() == [float(text) for *_, text in read]
        compared += len(read)
    assert compared == (22_168 + 18_707) * 24


@pytest.mark.real_data
def test_islington_has_sixteen_wards_of_2018_and_seventeen_of_2022(real_data: Path) -> None:
    files = sorted((real_data / "met-ward").glob("*.csv"))
    by_edition = {parsed.edition: _islington(parsed) for parsed in map(_read, files)}
    assert by_edition["2022-08"] == {f"E050003{number}" for number in range(66, 82)}
    assert by_edition["2025-12"] == {f"E050136{number}" for number in range(97, 100)} | {
        f"E050137{number:02d}" for number in range(14)
    }


@pytest.mark.real_data
def test_few_months_of_real_issues_are_extreme(real_data: Path) -> None:
    """Every figure of every issue is compared with its series."""
    extreme = {}
    for path in sorted((real_data / "met-ward").glob("*.csv")):
        report = inspect(path, {"met_ward": load_contracts()["met_ward"]})
        found = [finding["locator"] for finding in report["findings"] if finding["check_id"] == "V-21"]
        extreme[report["release"]] = sorted(found)
    assert extreme == {
        "2022-08": ["L10512:202208", "L13100:202102", "L8485:202102", "L8486:202101"],
        "2025-12": ["L12882:202411", "L7427:202510"],
    }
