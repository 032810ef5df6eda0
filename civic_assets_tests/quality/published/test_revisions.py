"""X-01 and X-03: each fails on read models that break it, passes on clean twins, and says when it cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import duckdb
import pytest

from civic_assets.quality.framework.results import CheckResult, Finding
from civic_assets.quality.published.engine import evaluate
from civic_assets.quality.published.publishers_said import PublisherSaid, register_said
from civic_assets.quality.published.sql_rules import rules_of
from civic_assets_tests.publish.read_model.issue_models import (
    CAMDEN,
    issues_model,
    restated,
    vintages,
    with_rule_tables,
    year,
)

Model = Callable[[], duckdb.DuckDBPyConnection]


def _restated_and_used(release: str) -> Model:
    return lambda: with_rule_tables(issues_model([year("2020-12", 10), year("2021-12", 11)]), release)


def _held_back(*releases: tuple[str, str]) -> Model:
    return lambda: with_rule_tables(issues_model([year("2020-12", 10)], held_back=releases), "2020-12")


def _received(day: str) -> Model:
    return lambda: with_rule_tables(
        issues_model([year("2020-12", 10)], received=f"{day}T09:00:00Z"), "2020-12"
    )


def _asked(received: str, asked_on: str, out_on: str = "") -> Model:
    """The next release is due on 11 April 2022; the publisher was asked on one day."""

    def model() -> duckdb.DuckDBPyConnection:
        connection = _received(received)()
        title = "Crime by partnership, year ending December 2021" if out_on else ""
        said = PublisherSaid(asked_on, "https://www.ons.gov.uk/x/data", title, out_on)
        register_said(connection, {"ons_csp": said, "met_borough": replace(said, out_title="", out_on="")})
        return connection

    return model


def _revised(*values: float) -> Model:
    return lambda: with_rule_tables(issues_model(restated(*values)))


def _vintages(*changes: float) -> Model:
    return lambda: with_rule_tables(issues_model(vintages(changes)))


UP = (9, 11, 10, 12, 8, 9, 11, 10)
EVEN = (9, -11, 10, -12, 8, -9, 11, -10)
DEFECTS: dict[str, tuple[tuple[str, str], Model, Model]] = {
    "figure that a newer issue restates": (
        ("X-01", "crime_table"), _restated_and_used("2020-12"), _restated_and_used("2021-12"),
    ),
    "the same in the profile": (
        ("X-01", "area_profile"), _restated_and_used("2020-12"), _restated_and_used("2021-12"),
    ),
    "newer release held back": (
        ("X-01", "crime_table"), _held_back(("ons_csp", "2021-12")), _held_back(("ons_csp", "2019-12")),
    ),
    "tenth issue held back": (
        ("X-01", "crime_table"), _held_back(("ons_csp", "2020-12.r10")), _held_back(("ons_csp", "2019-12.r10")),
    ),
    "next release due": (("X-01", "crime_table"), _received("2022-04-12"), _received("2022-04-11")),
    "out and not held, before it was due": (
        ("X-01", "crime_table"), _asked("2022-03-01", "2022-03-01", "2022-02-27"), _asked("2022-03-01", "2022-03-01"),
    ),
    "out and not held, long after it was due": (
        ("X-01", "area_profile"), _asked("2023-03-01", "2023-03-01", "2022-04-28"), _asked("2023-03-01", "2023-03-01"),
    ),
    "due since the publisher was asked": (
        ("X-01", "crime_table"), _asked("2022-04-12", "2022-04-11"), _asked("2022-04-12", "2022-04-12"),
    ),
    "a tenth more": (("X-03", "revisions"), _revised(100, 111), _revised(100, 101)),
    "unusual for the measure": (
        ("X-03", "revisions"), _vintages(1, 30), _vintages(11, 30),
    ),
    "three years later": (
        ("X-03", "revisions"),
        lambda: with_rule_tables(issues_model([year("2020-12", 1000, start=2018), year("2022-12", 1001, start=2018),
                                               year("2022-12", 5, start=2022)])),
        lambda: with_rule_tables(issues_model([year("2020-12", 1000, start=2018), year("2022-12", 1000, start=2018),
                                               year("2022-12", 5, start=2022)])),
    ),
    "always up": (("X-03", "revision_summary"), _vintages(*UP), _vintages(*EVEN)),
}  # fmt: skip


def _said(model: Model, key: tuple[str, str]) -> tuple[CheckResult, list[Finding]]:
    with model() as connection:
        results = {(rule.id, rule.table): (result, found) for rule, result, found in evaluate(connection)}
    result, findings = results[key]
    assert result.reason != "engine_error", result.message
    return result, list(findings)


def test_every_rule_has_a_read_model_that_makes_it_fail() -> None:
    assert {key for key, _, _ in DEFECTS.values()} == {
        (rule.id, rule.table) for rule in rules_of("revisions")
    }


@pytest.mark.parametrize("name", DEFECTS)
def test_rule_fails_on_its_defect(name: str) -> None:
    key, defect, _ = DEFECTS[name]
    result, findings = _said(defect, key)
    assert result.outcome == "fail"
    assert result.n_failed >= 1
    assert findings


def test_newer_release_that_is_out_is_named_with_who_says_so() -> None:
    _, (finding,) = _said(_asked("2023-03-01", "2023-03-01", "2022-04-28"), ("X-01", "crime_table"))
    assert "The publisher offers 'Crime by partnership, year ending December 2021'" in finding.message
    assert "(https://www.ons.gov.uk/x/data), out since 28 April 2022, and it is not held." in finding.message
    assert "contract" not in finding.message
    assert finding.evidence["due_source"] == "ons_csp" and "December 2021" in str(
        finding.evidence["out_title"]
    )


def test_rhythm_of_the_contract_counts_only_where_nobody_said_more() -> None:
    _, (finding,) = _said(_asked("2022-04-12", "2022-04-11"), ("X-01", "crime_table"))
    assert "By its contract the next release was due on 11 April 2022" in finding.message
    assert (
        "was last asked on 11 April 2022 (https://www.ons.gov.uk/x/data), and offered nothing newer"
        in finding.message
    )
    _, (finding,) = _said(_received("2022-04-12"), ("X-01", "crime_table"))
    assert "asked" not in finding.message


def test_late_revision_says_which_figures_it_is_about() -> None:
    """Figures are paired with their first issue, so one of an older issue is in no pair and must not be denied."""
    _, (finding,) = _said(DEFECTS["three years later"][1], ("X-03", "revisions"))
    assert "revises 1 figure that 2020-12 printed first, by less, but more than two years" in finding.message


@pytest.mark.parametrize("name", DEFECTS)
def test_rule_passes_on_the_clean_twin(name: str) -> None:
    key, _, clean = DEFECTS[name]
    result, findings = _said(clean, key)
    assert (result.outcome, findings) == ("pass", [])
    assert result.n_checked >= 1


@pytest.mark.parametrize("rule", rules_of("revisions"), ids=lambda rule: f"{rule.id} {rule.table}")
def test_nothing_held_is_not_evaluated(rule: object) -> None:
    result, findings = _said(lambda: with_rule_tables(issues_model([])), (rule.id, rule.table))  # type: ignore[attr-defined]
    assert (result.outcome, findings) == ("not_evaluated", [])
    assert result.reason


def test_small_counts_are_not_judged_by_shares() -> None:
    result, _ = _said(_revised(4, 6), ("X-03", "revisions"))
    assert (result.outcome, result.reason) == ("not_evaluated", "history_too_short")


def test_finding_names_both_releases_cells_and_values() -> None:
    rows = [*restated(100, 150), *restated(1000, 1150, area=CAMDEN)]
    result, (finding,) = _said(lambda: with_rule_tables(issues_model(rows)), ("X-03", "revisions"))
    assert result.n_failed == 2
    for words in ("2001-12", "2002-12", "2 figures", "from 100", "to 150", "E09000019"):
        assert words in finding.message
    assert (finding.area_code, finding.period_start) == ("E09000019", "2000-01-01")
