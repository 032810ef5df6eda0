"""V-26 to V-28: what is wrong with rows of a postcode directory is found, named, and held back if it is too much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.layers.examine import examine
from civic_assets.parsing.claims import as_release
from civic_assets.quality.framework.release import FileFacts
from civic_assets.quality.framework.results import Assessment, CheckResult
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.postcode_files import directory, many, row

Row = dict[str, str]
# Far from the limit of one in a thousand, on either side.
FEW, ALL = 3000, 20


def _assess(tmp_path: Path, rows: Sequence[Row]) -> Assessment:
    path = tmp_path / "directory.csv"
    path.write_text(directory(rows))
    contract, grid = load_contracts()["postcodes"], read_grid(path)
    claimed = as_release(grid, contract)
    file = FileFacts(path.name, "0" * 64, "0" * 64, 10_000_000, "csv")
    assessment, _, _ = examine(
        contract, claimed.edition, file, grid, claimed.found, {}, tracebacks=claimed.tracebacks
    )
    assert not assessment.tracebacks
    return assessment


def _result(assessment: Assessment, check: str) -> CheckResult:
    return next(one for one in assessment.results if one.check_id == check)


def _malformed(one: Row) -> None:
    one["pcds"] = "N1-1AA"


def _no_month(one: Row) -> None:
    one["dointr"] = "199613"


def _no_end(one: Row) -> None:
    one["doterm"] = "never"


def _ended_first(one: Row) -> None:
    one["dointr"], one["doterm"] = "200001", "199912"


def _county_for_ward(one: Row) -> None:
    one["osward"] = "E10000006"


def _no_code(one: Row) -> None:
    one["oslaua"] = "00AB"


def _authority_for_force(one: Row) -> None:
    one["pfa"] = "E09000019"


def _small_area_of_another_kind(one: Row) -> None:
    one["lsoa21"] = "E02000001"


DEFECTS = {
    "V-26": [(_malformed, "pcds", "N1-1AA")],
    "V-27": [
        (_no_month, "dointr", "199613"),
        (_no_end, "doterm", "never"),
        (_ended_first, "doterm", "199912"),
    ],
    "V-28": [
        (_county_for_ward, "osward", "E10000006"),
        (_no_code, "oslaua", "00AB"),
        (_authority_for_force, "pfa", "E09000019"),
        (_small_area_of_another_kind, "lsoa21", "E02000001"),
    ],
}
CASES = [(check, *defect) for check, defects in DEFECTS.items() for defect in defects]


def test_a_sound_directory_passes(tmp_path: Path) -> None:
    assessment = _assess(tmp_path, list(many(FEW)))
    assert not assessment.held_back
    for check in ("V-26", "V-27", "V-28"):
        result = _result(assessment, check)
        assert (result.outcome, result.n_checked, result.n_failed) == ("pass", FEW, 0)


@pytest.mark.parametrize(("check", "spoil", "header", "cell"), CASES)
def test_one_bad_row_among_many_is_named_and_holds_nothing_back(
    tmp_path: Path, check: str, spoil: Callable[[Row], None], header: str, cell: str
) -> None:
    rows = list(many(FEW))
    spoil(rows[1200])
    assessment = _assess(tmp_path, rows)
    assert not assessment.held_back
    result = _result(assessment, check)
    assert (result.outcome, result.severity, result.n_failed) == ("fail", "warning", 1)
    (finding,) = (one for one in assessment.findings if one.check_id == check)
    # Header and mark come before the rows, and lines are counted from 1.
    assert (finding.locator, finding.observed) == (f"L1203:{header}", cell)


@pytest.mark.parametrize(("check", "spoil", "header", "cell"), CASES)
def test_bad_rows_throughout_hold_a_directory_back(
    tmp_path: Path, check: str, spoil: Callable[[Row], None], header: str, cell: str
) -> None:
    rows = list(many(ALL))
    for one in rows[1:]:
        spoil(one)
    assessment = _assess(tmp_path, rows)
    (reason,) = assessment.held_back
    assert reason.startswith(f"{check}: {ALL - 1} ")
    assert "The directory is held back" in reason


def test_a_postcode_with_two_rows_holds_a_directory_back_however_large_it_is(tmp_path: Path) -> None:
    rows = [*many(FEW), row("N1 0AB", ward="E05000368")]
    assert rows[1]["pcds"] == "N1 0AB"
    (reason,) = _assess(tmp_path, rows).held_back
    assert "L3003:pcds has the postcode N1 0AB, which L4 also has" in reason


def test_codes_that_say_that_there_is_no_area_are_no_mistake(tmp_path: Path) -> None:
    nowhere = {name: "L99999999" for name in ("ward", "authority", "police_force", "lsoa_2011", "lsoa_2021")}
    rows = [
        row("GY1 1AA", **nowhere),
        row("N1 1AB", lsoa_2021=""),
        row("BT1 1AA", lsoa_2011="95GG10S1", lsoa_2021="N20000301"),
    ]
    result = _result(_assess(tmp_path, rows), "V-28")
    assert result.outcome == "pass"
    assert "of which 1 in use have no authority" in result.message
