"""Figures that can be none: shares in columns of counts, and periods that are years away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets_tests.json_answers import inspect
from civic_assets_tests.paths import FIXTURES

BOROUGHS = FIXTURES / "met_borough" / "recent.csv"
SUSPENSIONS = FIXTURES / "dfe_exclusions" / "by_geography_2022_23.csv"


def _inspected(tmp_path: Path, file: Path, old: str, new: str, times: int) -> dict[str, Any]:
    text = file.read_text(encoding="utf-8-sig")
    assert old in text
    path = tmp_path / "a name that says nothing.csv"
    path.write_text(text.replace(old, new, times), encoding="utf-8")
    report: dict[str, Any] = inspect(path, load_contracts())
    return report


def test_number_with_a_percent_sign_is_not_a_count(tmp_path: Path) -> None:
    report = _inspected(tmp_path, BOROUGHS, "ARSON,Hackney,0,0,3,", "ARSON,Hackney,0,0,45%,", 1)
    (finding,) = [finding for finding in report["findings"] if finding["check_id"] == "R-06"]
    assert (finding["severity"], finding["locator"]) == ("blocking", "L2:202310")
    assert "contains '45%', a percentage in a column of counts" in finding["message"]


def test_rate_with_a_percent_sign_stays_a_rate(tmp_path: Path) -> None:
    report = _inspected(tmp_path, SUSPENSIONS, ",5416,0.12,", ",5416,0.12%,", 1)
    assert not [finding for finding in report["findings"] if finding["check_id"] == "R-06"]


@pytest.mark.parametrize(("ahead", "held_back"), [(0, False), (4, True)], ids=["begun", "years away"])
def test_release_of_a_period_that_is_years_away_is_held_back(
    tmp_path: Path, ahead: int, held_back: bool
) -> None:
    year = datetime.now(UTC).year + ahead - 1
    report = _inspected(tmp_path, SUSPENSIONS, ",202223,", f",{year}{(year + 1) % 100:02},", -1)
    found = [finding for finding in report["findings"] if finding["check_id"] == "V-08"]
    assert bool(found) is held_back
    assert any(reason.startswith("V-08") for reason in report["held_back"]) is held_back
    if held_back:
        assert all("more than a year after" in finding["message"] for finding in found)
        assert any(f"ends on 31 August {year + 1}," in finding["message"] for finding in found)
