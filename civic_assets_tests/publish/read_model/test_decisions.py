"""What registered corrections and waivers do in the read model, and when they fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.contracts.corrections import Correction, FigureKey
from civic_assets.contracts.waivers import Waiver
from civic_assets.publish.read_model.decisions import STATES, create_waivers
from civic_assets.quality.framework.results import CheckResult, Finding
from civic_assets.quality.framework.wording import create_macros
from civic_assets.quality.published.engine import _evaluated
from civic_assets.quality.published.sql_rules import rules_of
from civic_assets_tests.publish.read_models import ISLINGTON, figure, profile, read_model, records, said

START, END = date(2023, 4, 1), date(2024, 4, 1)
SOURCE, RELEASE, CELL = "dfe_children_in_need", "2024-c1", "L7:referrals"
CORRECTION = Correction(
    id="referrals-2023", file=Path("referrals-2023.yaml"), source=SOURCE, release=RELEASE, edition="", locator=CELL,
    figure=None, expect="2100", corrected=1200, reason="Digits exchanged.", evidence="The publisher's answer.",
    reported_to="the publisher", author_role="head of statistics", decided=date(2025, 1, 1),
)  # fmt: skip
KEY = FigureKey("referrals_to_social_services", ISLINGTON, START, END, "count", "total")
TODAY = date(2025, 6, 1)
WAIVER = Waiver(
    "w", "V-10", SOURCE, RELEASE, (), "Known.", "head of statistics", date(2025, 5, 1), date(2025, 7, 1)
)


def _referrals(value: float | None = 2100, **other: Any) -> dict[str, Any]:
    at = {"locator": CELL, **other}
    return figure(SOURCE, RELEASE, "referrals_to_social_services", ISLINGTON, START, END, value, **at)


def _model(*corrections: Correction, rows: list[dict[str, Any]] | None = None) -> duckdb.DuckDBPyConnection:
    people = figure(
        "ons_population", "2023-mye", "population", ISLINGTON, date(2023, 6, 30), date(2023, 7, 1), 40_000,
        statistic="stock", period_kind="point_in_time", breakdown="age=0-17",
    )  # fmt: skip
    return read_model([*(rows or [_referrals()]), people], corrections=corrections)


def _observation(model: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    (row,) = records(model, "SELECT * FROM harmonised.observations WHERE locator = ?", [CELL])
    return row


def _k02(model: duckdb.DuckDBPyConnection) -> tuple[CheckResult, list[Finding]]:
    _, result, findings = _evaluated(model, rules_of("decisions")[0])
    return result, list(findings)


def test_corrected_figure_stays_as_printed_with_the_other_value_next_to_it() -> None:
    row = _observation(_model(CORRECTION))
    assert (row["value"], row["value_text"]) == (2100, "2100")
    assert (row["corrected_value"], row["correction_id"]) == (1200, "referrals-2023")
    assert row["quality"] == "disputed"


def test_our_rates_use_the_corrected_value_and_say_both() -> None:
    row = profile(_model(CORRECTION), "referrals")
    assert row["count"] == 1200
    assert row["rate_recomputed"] == pytest.approx(1e4 * 1200 / 40_000)
    assert "corrected" in row["status"]
    assert said(row["caveats"], "2,100 as printed, 1,200 used")


def test_crime_table_uses_the_corrected_value_and_says_both() -> None:
    year = figure(
        "ons_csp", "2024-12", "burglary", ISLINGTON, date(2024, 1, 1), date(2025, 1, 1), 2100,
        period_kind="rolling_year", locator=CELL,
    )  # fmt: skip
    model = _model(replace(CORRECTION, source="ons_csp", release="2024-12"), rows=[year])
    (row,) = records(model, "SELECT value, value_text, status, caveats FROM harmonised.crime_table")
    assert (row["value"], row["value_text"], row["status"]) == (1200, "2100", "corrected")
    assert said(row["caveats"], "2100 as printed, 1,200 used")
    assert not said(row["caveats"], "The publisher marks")


def test_without_a_correction_nothing_is_corrected() -> None:
    model = _model()
    assert _observation(model)["corrected_value"] is None
    assert profile(model, "referrals")["count"] == 2100
    result, _ = _k02(model)
    assert (result.outcome, result.reason) == ("not_evaluated", "not_applicable")


DEFECTS: dict[str, tuple[Correction, list[dict[str, Any]], str]] = {
    "publisher mended it": (CORRECTION, [_referrals(1200)], "guard_failed"),
    "guard as a number": (replace(CORRECTION, expect=2000.0), [_referrals()], "guard_failed"),
    "cell is empty": (replace(CORRECTION, locator="L8:referrals"), [_referrals()], "no_figure"),
    "publisher hides it": (
        replace(CORRECTION, expect="c"), [_referrals(None, status="suppressed", value_text="c")], "no_value",
    ),
    "we hide it": (CORRECTION, [_referrals(quality="withheld")], "no_value"),
    "figure in two cells": (
        replace(CORRECTION, locator="", figure=KEY), [_referrals(), _referrals(locator="L9:referrals")],
        "several_figures",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_correction_that_no_longer_fits_is_not_applied_and_fails(name: str) -> None:
    correction, rows, state = DEFECTS[name]
    model = _model(correction, rows=rows)
    assert records(model, "SELECT state FROM quality.corrections") == [{"state": state}]
    assert state in STATES
    assert model.execute("SELECT count(corrected_value) FROM harmonised.observations").fetchall() == [(0,)]
    result, (finding,) = _k02(model)
    assert (result.outcome, result.severity, result.n_failed) == ("fail", "blocking", 1)
    assert "not applied" in finding.message


@pytest.mark.parametrize(
    "correction",
    [
        CORRECTION,
        replace(CORRECTION, expect=2100.0),
        replace(CORRECTION, release="", edition="2024-c1"),
        replace(CORRECTION, locator="", figure=KEY),
    ],
    ids=["text", "number", "edition", "figure"],
)
def test_correction_whose_guard_holds_passes(correction: Correction) -> None:
    model = _model(correction)
    assert _observation(model)["corrected_value"] == 1200
    result, findings = _k02(model)
    assert (result.outcome, result.n_checked, findings) == ("pass", 1, [])


def test_correction_of_a_hidden_figure_does_not_say_what_is_hidden() -> None:
    model = _model(CORRECTION, rows=[_referrals(quality="withheld")])
    _, (finding,) = _k02(model)
    assert "2100" not in finding.message and "1200" not in finding.message


def test_edition_that_is_reissued_with_a_correction_fails_in_the_new_issue_only() -> None:
    rows = [_referrals(), {**_referrals(1200), "release": f"{RELEASE}.r2"}]
    model = _model(replace(CORRECTION, release="", edition=RELEASE), rows=rows)
    states = records(model, "SELECT release, state FROM quality.corrections ORDER BY release")
    assert [row["state"] for row in states] == ["applied", "guard_failed"]


def test_correction_of_a_release_that_is_not_held_is_not_evaluated() -> None:
    model = _model(replace(CORRECTION, release="1999-c1"))
    assert records(model, "SELECT state FROM quality.corrections") == [{"state": "no_release"}]
    assert _k02(model)[0].outcome == "not_evaluated"


def _k03(*waivers: Waiver) -> tuple[CheckResult, list[Finding]]:
    with duckdb.connect() as connection:
        connection.execute(
            """CREATE SCHEMA quality; CREATE SCHEMA catalogue;
            CREATE TABLE quality.findings AS SELECT 'w' AS waiver_id;
            CREATE TABLE catalogue.checks AS SELECT 'V-10' AS check_id"""
        )
        create_waivers(connection, waivers, TODAY)
        create_macros(connection)
        _, result, findings = _evaluated(connection, rules_of("decisions")[1])
        return result, list(findings)


def test_waiver_in_force_passes() -> None:
    assert _k03(WAIVER)[0].outcome == "pass"


@pytest.mark.parametrize(
    ("waiver", "says"),
    [
        (replace(WAIVER, expires=date(2025, 5, 31)), "ended on 31 May 2025"),
        (replace(WAIVER, given=date(2025, 6, 2)), "begins on 2 June 2025"),
        (replace(WAIVER, check_id="V-99"), "a check that does not exist"),
    ],
    ids=["expired", "not yet", "unknown check"],
)
def test_waiver_that_is_not_in_force_fails(waiver: Waiver, says: str) -> None:
    result, (finding,) = _k03(waiver)
    assert (result.outcome, result.severity) == ("fail", "blocking")
    assert says in finding.message


def test_no_waiver_is_not_evaluated() -> None:
    result, _ = _k03()
    assert (result.outcome, result.reason) == ("not_evaluated", "not_applicable")
