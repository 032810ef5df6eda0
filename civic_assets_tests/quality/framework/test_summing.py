"""Many findings of one cause: one finding with the number and samples, nothing else lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.school_zip import write_school_zip
from civic_assets.answers.words import Severity
from civic_assets.contracts.load import load_contracts
from civic_assets.house_numbers.listing import (
    CELLS_OF_A_FINDING,
    FINDINGS_OF_A_CAUSE,
    FINDINGS_OF_A_CHECK,
)
from civic_assets.intake.inspect import examined
from civic_assets.quality.framework.result_tables import findings_table
from civic_assets.quality.framework.results import Finding
from civic_assets.quality.framework.summing import findings_from, in_few
from civic_assets_tests.harmful_zips import write


def _finding(number: int, cause: str = "one", severity: Severity = "blocking") -> Finding:
    cell = f"L{number}:pupils"
    return Finding(
        "V-02", f"{cell} is wrong. Ask the publisher.", cell, [cell], disputes=[cell], observed=str(number),
        severity=severity, evidence={"cause": cause},
    )  # fmt: skip


def test_findings_up_to_the_most_of_a_cause_stay_as_they_are() -> None:
    findings = [_finding(n) for n in range(FINDINGS_OF_A_CAUSE)]
    assert in_few(findings) == findings


def test_more_findings_of_a_cause_are_one_that_disputes_all_their_cells() -> None:
    number = FINDINGS_OF_A_CAUSE + 1
    (one,) = in_few([_finding(n) for n in range(number)])
    assert (one.number, one.severity, one.evidence["cause"]) == (number, "blocking", "one")
    assert list(one.disputes) == list(one.cells) == [f"L{n}:pupils" for n in range(number)]
    assert len(one.locators) == CELLS_OF_A_FINDING
    assert one.observed == ""
    assert one.message.startswith(
        f"{number} findings of this check are put together here, the first in L0:pupils"
    )
    assert one.message.endswith("L0:pupils is wrong. Ask the publisher.")


def test_other_causes_and_severities_stay_apart() -> None:
    many = [_finding(n) for n in range(FINDINGS_OF_A_CAUSE + 1)]
    few = [_finding(1, "two"), _finding(2, severity="warning")]
    assert sorted(one.number for one in in_few([*many, *few])) == [1, 1, FINDINGS_OF_A_CAUSE + 1]


def test_as_many_causes_as_rows_are_one_finding() -> None:
    kept = in_few([_finding(n, f"cause {n}") for n in range(FINDINGS_OF_A_CHECK + 1)])
    assert [one.number for one in kept] == [FINDINGS_OF_A_CHECK + 1]


def test_only_the_first_of_too_many_findings_is_made() -> None:
    made: list[int] = []

    def make(number: int) -> Finding:
        made.append(number)
        return _finding(number)

    (one,) = findings_from(range(10**5), make, lambda n: f"L{n}:pupils", disputes=True)
    assert (made, one.number, len(one.disputes)) == ([0], 10**5, 10**5)


@pytest.mark.parametrize(
    ("variant", "check", "column"),
    [("unknown symbol", "R-06", "sen_support"), ("shares above 100", "V-03", "")],
)
def test_every_wrong_figure_stays_disputed(variant: str, check: str, column: str, tmp_path: Path) -> None:
    rows = FINDINGS_OF_A_CHECK + 1
    path = write(tmp_path / "harmful.zip", variant, rows)
    (one,) = examined(path, load_contracts())
    found = [finding for finding in one.assessment.findings if finding.check_id == check]
    result = next(result for result in one.assessment.results if result.check_id == check)
    assert sum(finding.number for finding in found) == result.n_failed
    columns = 5 if check == "R-06" else 2
    assert result.n_failed == columns * rows
    disputed = {cell for finding in found for cell in finding.disputes}
    assert len(disputed) == columns * rows
    assert disputed <= one.assessment.disputed
    stored = findings_table(one.assessment, "dfe_sen", "2024-25", {})
    assert {
        cell for row in stored.to_pylist() if row["check_id"] == check for cell in row["disputes"]
    } == disputed


def test_all_cells_are_in_the_answer_that_is_asked_for_them(tmp_path: Path) -> None:
    path = write(tmp_path / "harmful.zip", "unknown symbol", FINDINGS_OF_A_CHECK + 1)
    for options, most in (((), CELLS_OF_A_FINDING), (("--all",), FINDINGS_OF_A_CHECK + 1)):
        cells = [f["locators"] for f in _inspected(path, *options)["findings"] if f["check_id"] == "R-06"]
        assert [len(one) for one in cells] == [most] * 5


def _inspected(path: Path, *options: str) -> dict[str, Any]:
    import json

    command = [sys.executable, "-m", "civic_assets.cli", "inspect", str(path), "--json", *options]
    answer: dict[str, Any] = json.loads(
        subprocess.run(command, capture_output=True, text=True, check=False).stdout
    )
    return answer


_PEAK = """
import resource, sys
from pathlib import Path
from civic_assets.answers.words import Severity
from civic_assets.contracts.load import load_contracts
from civic_assets.intake.inspect import inspect
inspect(Path(sys.argv[1]), load_contracts())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
MOST_BYTES_OF_A_ROW = {"schools": 1_500}
"""Where rows are not read; a row that is read has five figures, which take 1,300 bytes as Arrow."""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is that of Linux")
@pytest.mark.parametrize("variant", ["schools", "unknown symbols", "unknown names"])
def test_memory_grows_by_a_bounded_number_of_bytes_for_each_row(variant: str, tmp_path: Path) -> None:
    peaks = []
    for rows in (30_000, 60_000):
        file = tmp_path / f"{rows}.zip"
        path = write_school_zip(file, rows) if variant == "schools" else write(file, variant, rows)
        command = [sys.executable, "-c", _PEAK, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
        peaks.append(int(done.stdout.split()[-1]) * 1024)
    assert (peaks[1] - peaks[0]) / 30_000 < MOST_BYTES_OF_A_ROW.get(variant, 5 * 1_300)
