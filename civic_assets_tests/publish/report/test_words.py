"""Outcomes, evidence and days in words."""

from __future__ import annotations

import json
from datetime import date

import pytest

from civic_assets.publish.report.words import PATTERNS, Counts, day, days, evidence_of, plain, share
from civic_assets.quality.localisation.typing_errors import Pattern


def result(outcome: str, severity: str = "warning") -> dict[str, str]:
    return {"outcome": outcome, "severity": severity}


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ([], "not_evaluated"),
        ([result("not_evaluated", "blocking")], "not_evaluated"),
        ([result("pass"), result("not_evaluated")], "pass"),
        ([result("pass"), result("fail")], "warn"),
        ([result("pass"), result("fail", "info")], "warn"),
        ([result("pass"), result("fail"), result("fail", "blocking")], "fail"),
    ],
)
def test_state_is_the_worst_of_what_was_evaluated(results: list[dict[str, str]], state: str) -> None:
    counts = Counts.of(results)
    assert counts.state == state
    assert counts.total == len(results)


def test_not_evaluated_is_never_counted_as_passed() -> None:
    assert Counts.of([result("not_evaluated")] * 3) == Counts(not_evaluated=3)


def test_period_is_written_with_its_last_day() -> None:
    assert days(date(2022, 1, 1), date(2023, 1, 1)) == "1 January 2022 to 31 December 2022"
    assert days(date(2022, 3, 31), date(2022, 4, 1)) == "31 March 2022"
    assert day("2026-11-25T22:33:15Z") == "25 November 2026, 22:33 UTC"


def test_every_pattern_of_a_typing_error_has_words() -> None:
    assert set(PATTERNS) == {pattern.value for pattern in Pattern}


def test_evidence_is_worded_without_repeating_the_sentence() -> None:
    evidence = {
        "message": "said already", "edits": ["V-10"], "complete": False, "overlap_days": 184,
        "repairs": [[{"locator": "L34:a", "measure": "robbery", "from": "16", "to": "1627",
                      "patterns": ["prefix_truncation"], "z_old": 19.8, "z_new": 1.8}]],
    }  # fmt: skip
    told = evidence_of({"evidence": json.dumps(evidence)})
    text = " ".join(told.lines)
    assert "said already" not in text and "V-10" in text and "Overlap days: 184." in text
    assert "there may be more" in text
    assert told.repairs[0].changes == "L34:a, robbery: 16 → 1,627"
    assert "closer to its own history" in told.repairs[0].because


def test_evidence_that_is_not_a_document_is_shown_as_it_is() -> None:
    assert evidence_of({"evidence": "not json"}).lines == ("not json",)
    assert evidence_of({"evidence": None}).lines == ()


def test_names_and_shares_are_written_for_people() -> None:
    assert plain("per_1000_population") == "per 1,000 population"
    assert share(0.1234) == "12.3%" and share(None) == ""
