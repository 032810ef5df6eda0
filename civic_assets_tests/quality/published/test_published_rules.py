"""Each rule over derived tables fails on one that breaks it, passes on a clean one, or says that it cannot decide."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from civic_assets.quality.analyses.implied_denominators import COLUMNS
from civic_assets.quality.published import engine as published_engine
from civic_assets.quality.published.engine import ALL_RULES, add_results, evaluate
from civic_assets.quality.published.modelled_figures import MODELLED
from civic_assets.quality.published.sql_rules import rules_of

_EMPTY = f"""
CREATE SCHEMA harmonised; CREATE SCHEMA quality; CREATE SCHEMA catalogue;
CREATE TABLE harmonised.indicator_baseline (indicator VARCHAR, title VARCHAR, area_code VARCHAR, area_name VARCHAR,
    baseline_period_start DATE, baseline_period_end DATE, latest_period_start DATE, latest_period_end DATE,
    latest_locators VARCHAR[], change_of_count DOUBLE, change_of_rate DOUBLE, n_disjoint_periods BIGINT,
    comparison_allowed BOOLEAN, verdict VARCHAR);
CREATE TABLE harmonised.area_profile (area_code VARCHAR, area_name VARCHAR, indicator VARCHAR, title VARCHAR,
    period_start DATE, period_end DATE, denominator DOUBLE, denominator_measure VARCHAR, denominator_ages VARCHAR,
    denominator_date DATE, denominator_source VARCHAR, denominator_release VARCHAR, rate_recomputed DOUBLE, ages
        VARCHAR);
CREATE TABLE harmonised.recorded_crime_beside (area_code VARCHAR, area_name VARCHAR, measure VARCHAR, period_start
    DATE, period_end DATE,
    ons_source VARCHAR, ons_release VARCHAR, ons_value DOUBLE, other_source VARCHAR, other_release VARCHAR,
    other_value DOUBLE, ratio DOUBLE, relation VARCHAR);
CREATE TABLE harmonised.recorded_crime_classes (source VARCHAR, release VARCHAR, measure VARCHAR, breakdown VARCHAR,
    node VARCHAR, relation VARCHAR);
CREATE TABLE harmonised.observations (source VARCHAR, release VARCHAR, measure VARCHAR, area_code VARCHAR,
    period_start DATE, period_end DATE, period_kind VARCHAR, statistic VARCHAR, breakdown VARCHAR, unit VARCHAR,
    value DOUBLE, quality VARCHAR, locator VARCHAR);
CREATE TABLE quality.comparability_pairs (shown_in VARCHAR, measure_a VARCHAR, measure_b VARCHAR, area_code_a VARCHAR,
    area_code_b VARCHAR, period_start_a DATE, period_end_a DATE, period_start_b DATE, period_end_b DATE);
CREATE TABLE quality.check_results (check_id VARCHAR, source VARCHAR, release VARCHAR, layer VARCHAR, dimension
    VARCHAR,
    severity VARCHAR, outcome VARCHAR, n_checked BIGINT, n_failed BIGINT, message VARCHAR, reason VARCHAR, scope
        VARCHAR);
CREATE TABLE quality.findings (finding_id VARCHAR, check_id VARCHAR, source VARCHAR, release VARCHAR, severity
    VARCHAR,
    measure VARCHAR, area_code VARCHAR, period_start DATE, period_end DATE, locator VARCHAR, observed VARCHAR,
    expected VARCHAR, proposal VARCHAR, n_ties BIGINT, evidence VARCHAR, status VARCHAR, message VARCHAR,
    locators VARCHAR[], disputes VARCHAR[]);
CREATE TABLE catalogue.releases (source VARCHAR, release VARCHAR, available_from DATE);
CREATE TABLE catalogue.sources (source VARCHAR, expected_lag_days INTEGER);
CREATE TABLE catalogue.measure_rates (measure VARCHAR, source VARCHAR, unit VARCHAR, denominator VARCHAR, ages VARCHAR);
CREATE TABLE quality.implied_denominators ({COLUMNS});
CREATE TABLE quality.breaks (break_id VARCHAR, measure VARCHAR, date_from DATE);
{MODELLED};
CREATE TABLE harmonised.unified_sums (source VARCHAR, release VARCHAR, releases VARCHAR[], measure VARCHAR,
    area_code VARCHAR, period_start DATE, period_end DATE, period_kind VARCHAR, statistic VARCHAR, breakdown VARCHAR,
    unit VARCHAR, value DOUBLE, made_from INTEGER);
CREATE TABLE harmonised.unified_parts (made_from INTEGER, position INTEGER, release VARCHAR, period_start DATE,
    period_end DATE, period_kind VARCHAR);
CREATE TABLE harmonised.unified_differences (source VARCHAR, measure VARCHAR, breakdown VARCHAR, area_code VARCHAR,
    area_name VARCHAR, period_start DATE, period_end DATE, value DOUBLE, method VARCHAR, releases VARCHAR[],
    other_value DOUBLE, other_method VARCHAR, other_releases VARCHAR[]);
CREATE TABLE harmonised.age_bands (source VARCHAR, measure VARCHAR, area_code VARCHAR, period_start DATE,
    period_end DATE, breakdown VARCHAR, age_from INTEGER, age_to INTEGER, value DOUBLE, n_parts INTEGER,
    parts STRUCT(breakdown VARCHAR)[]);
CREATE TABLE catalogue.figure_classes (source VARCHAR, release VARCHAR, measure VARCHAR, breakdown VARCHAR,
    family VARCHAR, scheme VARCHAR);
CREATE TABLE catalogue.area_grounds (source VARCHAR, release VARCHAR, area_code VARCHAR, ground VARCHAR);
CREATE TABLE catalogue.categories (source VARCHAR, key VARCHAR, word VARCHAR, fit VARCHAR);
"""


def _baseline(until: str = "2020-04-01", periods: int = 3, allowed: str = "true") -> str:
    return f"""INSERT INTO harmonised.indicator_baseline VALUES ('referrals', 'Referrals', 'E09000019', 'Islington',
        '2019-04-01', '{until}', '2023-04-01', '2024-04-01', ['L1:count'], 10, NULL, {periods}, {allowed},
            'higher')"""


def _profile(day: str = "2023-06-30", ages: str = "0-17") -> str:
    return f"""INSERT INTO harmonised.area_profile VALUES ('E09000019', 'Islington', 'referrals', 'Referrals',
        '2023-04-01', '2024-04-01', 40000, 'residents', '{ages}', '{day}', 'ons_population', '2023-mye', 5, '0-17')"""


def _year(second: str = "2024-07-01", statistic: str = "flow") -> str:
    """A year that was added up from two halves."""
    return f"""INSERT INTO harmonised.unified_sums VALUES ('met_borough', '2025-12', ['2025-12'], 'crime', 'E09000019',
            '2024-01-01', '2025-01-01', 'calendar_year', '{statistic}', 'major=theft', 'count', 10, 1);
        INSERT INTO harmonised.unified_parts VALUES (1, 1, '2025-12', '2024-01-01', '2024-07-01', 'quarter'),
            (1, 2, '2025-12', '{second}', '2025-01-01', 'quarter')"""


def _two_classes(release: str) -> str:
    """Two classes of one place and year, the second added up from the release."""
    return f"""INSERT INTO harmonised.unified_sums VALUES
            ('met_borough', '2025-12', ['2025-12'], 'crime', 'E09000019', '2024-01-01', '2025-01-01', 'calendar_year',
                'flow', 'major=theft', 'count', 10, 1),
            ('met_borough', '{release}', ['{release}'], 'crime', 'E09000019', '2024-01-01', '2025-01-01',
                'calendar_year', 'flow', 'major=robbery', 'count', 10, 2);
        INSERT INTO catalogue.figure_classes VALUES ('met_borough', '2025-12', 'crime', 'major=theft', 'crime', 'all'),
            ('met_borough', '{release}', 'crime', 'major=robbery', 'crime', 'all');
        INSERT INTO catalogue.area_grounds VALUES ('met_borough', '2025-12', 'E09000019', 'E09000019');
        INSERT INTO catalogue.area_grounds SELECT 'met_borough', '{release}', 'E09000019', 'E09000019'
            WHERE '{release}' <> '2025-12'"""


def _two_ways(other: str) -> str:
    return f"""{_year()};
        INSERT INTO harmonised.unified_differences SELECT 'met_borough', 'crime', 'major=theft', 'E09000019',
            'Islington', '2024-01-01', '2025-01-01', 10, 'one_release', ['2024-10'], {other},
            'newest_release_of_each_part', ['2024-10', '2025-12'] WHERE {other} <> 10"""


def _ages(*ages: str) -> str:
    parts = ", ".join(f"{{'breakdown': 'age={age};sex=male'}}" for age in ages)
    return f"""INSERT INTO harmonised.age_bands VALUES ('ons_population', 'population', 'E09000019', '2023-06-30',
        '2023-07-01', 'age=0-5;sex=male', 0, 5, 100, {len(ages)}, [{parts}])"""


def _word(fit: str) -> str:
    return f"INSERT INTO catalogue.categories VALUES ('dfe_sen', 'ethnicity', 'martian', '{fit}')"


def _population(newer: float) -> str:
    return f"""INSERT INTO harmonised.area_profile VALUES ('E09000019', 'Islington', 'young', 'Young', '2023-06-30',
            '2023-07-01', 220000, 'residents', 'all ages', '2023-06-30', 'ons_population', '2023-mye', NULL, '0-25');
        INSERT INTO catalogue.releases VALUES ('ons_population', '2023-mye', '2024-07-15'),
            ('ons_population', '2024-mye', '2025-07-30');
        INSERT INTO harmonised.observations VALUES ('ons_population', '2024-mye', 'population', 'E09000019',
            '2023-06-30',
            '2023-07-01', 'point_in_time', 'stock', 'total', 'count', {newer}, 'ok', 'x!A1')"""


def _months(number: int, statistic: str = "flow") -> str:
    return f"""INSERT INTO harmonised.recorded_crime_beside VALUES ('E09000019', 'Islington', 'burglary',
        '2023-01-01', '2024-01-01',
            'ons_csp', '2023-12', 1200, 'met_borough', '2024-01', 1200, 1.0, 'exact');
        INSERT INTO harmonised.observations SELECT 'met_borough', '2024-01', 'recorded_crime_met', 'E09000019', m,
            (m + INTERVAL 1 MONTH)::DATE, 'month', '{statistic}', 'major=burglary', 'count', 100, 'ok', 'L1:' || m
        FROM (SELECT (DATE '2023-01-01' + to_months(n::INTEGER))::DATE AS m FROM range({number}) r(n))"""


def _pair(start: str, end: str) -> str:
    return f"""INSERT INTO quality.comparability_pairs VALUES ('area_profile', 'neet_percent', 'suspension_rate',
        'E09000019', 'E09000019', '2022-12-01', '2023-03-01', '{start}', '{end}')"""


def _ratio(ratio: float) -> str:
    return f"""INSERT INTO harmonised.recorded_crime_beside VALUES ('E09000019', 'Islington', 'burglary',
        '2023-01-01', '2024-01-01',
        'ons_csp', '2023-12', 1000, 'met_borough', '2024-01', {1000 * ratio}, {ratio}, 'exact')"""


def _weights(last: float) -> str:
    return f"""INSERT INTO harmonised.modelled_figures VALUES
        ('population', 'A', '2023-06-30', '2023-07-01', 60, 'count', 'areal', 'x!B2', 0.6, 'display'),
        ('population', 'B', '2023-06-30', '2023-07-01', 40, 'count', 'areal', 'x!B2', {last}, 'display')"""


def _used(use: str) -> str:
    return f"""INSERT INTO harmonised.modelled_figures VALUES
        ('population', 'A', '2023-06-30', '2023-07-01', 60, 'count', 'denton_cholette', 'x!B2', NULL, '{use}')"""


def _rolled(joined: float) -> str:
    """Years to March and June: 1,000 and 1,100 offences, so the quarter that joined has 100 more than that which
    left."""
    return f"""INSERT INTO harmonised.observations VALUES
            ('ons_pfa', '2018-06', 'total_recorded_crime', 'E23000001', '2017-04-01', '2018-04-01', 'rolling_year',
                'flow',
             'total', 'count', 1000, 'ok', 'P1!B2'),
            ('ons_pfa', '2018-06', 'total_recorded_crime', 'E23000001', '2017-07-01', '2018-07-01', 'rolling_year',
                'flow',
             'total', 'count', 1100, 'ok', 'P1!C2'),
            ('home_office_prc', '2018-06', 'recorded_crime_offence', 'E23000001', '2017-04-01', '2017-07-01',
                'quarter',
             'flow', 'group=x', 'count', 200, 'ok', 'L2'),
            ('home_office_prc', '2018-06', 'recorded_crime_offence', 'E23000001', '2018-04-01', '2018-07-01',
                'quarter',
             'flow', 'group=x', 'count', {joined}, 'ok', 'L3');
        INSERT INTO harmonised.recorded_crime_classes VALUES
            ('home_office_prc', '2018-06', 'recorded_crime_offence', 'group=x', 'burglary', 'narrower')"""


def _implied(*estimates: tuple[str, str, int]) -> str:
    """A share of 33.61% of 83,385 people, published in May 2023, beside estimates (release, day, value)."""
    held = ", ".join(
        f"""('ons_population', '{release}', 'population', 'E09000019', '{day}', '{day}', 'point_in_time', 'stock',
            'total', 'count', {value}, 'ok', '{release}!{day}')"""
        for release, day, value in estimates
    )
    return f"""INSERT INTO quality.implied_denominators BY NAME SELECT 'gla_report' AS source, '2023-05' AS release,
            'population_percent' AS measure, 'E09000019' AS area_code, 'Islington' AS area_name, 'percent' AS unit,
            83385 AS count, 33.61 AS rate, 248058.9 AS low, 248132.7 AS high, 'L5:count' AS locator_count,
            'L5:rate' AS locator_rate, '33.61%' AS rate_text, '83,385' AS count_text;
        INSERT INTO catalogue.measure_rates VALUES
            ('population_percent', NULL, 'percent', 'population', '0 and over, residents');
        INSERT INTO catalogue.sources VALUES ('ons_population', 400);
        INSERT INTO quality.breaks VALUES ('census-2021', 'households, population', '2021-03-21');
        INSERT INTO catalogue.releases VALUES ('gla_report', '2023-05', '2023-05-19'),
            ('ons_population', '2020-mye', '2021-06-25'), ('ons_population', '2023-mye', '2024-07-15');
        INSERT INTO harmonised.observations VALUES {held}"""


_OLD = ("2020-mye", "2020-06-30", 248_115)
_RESTATED, _LATEST = ("2023-mye", "2020-06-30", 221_018), ("2023-mye", "2021-06-30", 217_050)

DEFECTS = {
    ("H-01", "indicator_baseline"): (_baseline(until="2023-07-01"), _baseline()),
    ("H-02", "recorded_crime_beside"): (_months(11), _months(12)),
    ("H-03", "area_profile"): (_pair("2021-09-01", "2022-09-01"), _pair("2022-12-01", "2023-03-01")),
    ("H-04", "area_profile"): (_profile("2022-06-30"), _profile()),
    ("H-05", "area_profile"): (_population(221_000), _population(220_000)),
    # The estimate of 2020 was restated after the census; until then it was the base of its time.
    ("H-05", "implied_denominators"): (_implied(_OLD, _RESTATED, _LATEST), _implied(_OLD, _LATEST)),
    ("H-06", "area_profile"): (_profile(ages="16-17"), _profile()),
    ("H-08", "modelled_figures"): (_weights(0.5), _weights(0.4)),
    ("H-09", "modelled_figures"): (_used("ranking"), _used("display")),
    ("H-10", "recorded_crime"): (_rolled(400), _rolled(300)),
    ("H-11", "indicator_baseline"): (_baseline(allowed="false"), _baseline()),
    ("H-17", "indicator_baseline"): (_baseline(periods=2), _baseline()),
    ("X-04", "recorded_crime_beside"): (_ratio(1.2), _ratio(1.05)),
    ("H-02", "unified_sums"): (_year(second="2024-06-30"), _year()),
    ("X-15", "unified_sums"): (_two_classes("2024-10"), _two_classes("2025-12")),
    ("X-16", "unified_differences"): (_two_ways("11"), _two_ways("10")),
    ("H-06", "age_bands"): (_ages("0", "1 to 4"), _ages("under 1", "1 to 4", "5")),
    ("K-09", "categories"): (_word("unknown"), _word("narrower")),
}


def _said(sql: str, key: tuple[str, str]) -> tuple[str, int, int]:
    with duckdb.connect() as connection:
        connection.execute(_EMPTY)
        if sql:
            connection.execute(sql)
        results = {(rule.id, rule.table): (result, found) for rule, result, found in evaluate(connection)}
    result, findings = results[key]
    assert result.reason != "engine_error", result.message
    return result.outcome, result.n_checked, len(findings)


def test_every_rule_has_a_table_that_makes_it_fail() -> None:
    # The other folders have a test file each.
    here = [*rules_of("derived_tables"), *rules_of("unified")]
    assert set(DEFECTS) == {(rule.id, rule.table) for rule in here}


@pytest.mark.parametrize("key", DEFECTS, ids=" ".join)
def test_rule_fails_on_its_defect(key: tuple[str, str]) -> None:
    outcome, checked, findings = _said(DEFECTS[key][0], key)
    assert outcome == "fail"
    assert checked >= 1
    assert findings >= 1


@pytest.mark.parametrize("key", DEFECTS, ids=" ".join)
def test_rule_that_is_switched_off_turns_its_test_red(
    key: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = [
        replace(rule, failing="SELECT '' AS message WHERE false") if (rule.id, rule.table) == key else rule
        for rule in published_engine.ALL_RULES
    ]
    monkeypatch.setattr(published_engine, "ALL_RULES", rules)
    outcome, _, findings = _said(DEFECTS[key][0], key)
    assert outcome != "fail"
    assert findings == 0


@pytest.mark.parametrize("key", DEFECTS, ids=" ".join)
def test_rule_passes_on_the_clean_twin(key: tuple[str, str]) -> None:
    outcome, checked, findings = _said(DEFECTS[key][1], key)
    assert outcome == "pass"
    assert checked >= 1
    assert findings == 0


@pytest.mark.parametrize("key", DEFECTS, ids=" ".join)
def test_nothing_to_check_is_not_evaluated(key: tuple[str, str]) -> None:
    assert _said("", key) == ("not_evaluated", 0, 0)


def test_months_that_are_not_flows_have_no_sum() -> None:
    assert _said(_months(12, "stock"), ("H-02", "recorded_crime_beside"))[0] == "fail"


def _base_finding(sql: str) -> tuple[str, ...]:
    with duckdb.connect() as connection:
        connection.execute(_EMPTY)
        connection.execute(sql)
        add_results(connection)
        rows = connection.execute(
            "SELECT source, release, locator, message FROM quality.findings WHERE check_id = 'H-05'"
        ).fetchall()
    assert len(rows) == 1
    return tuple(rows[0])


def test_base_that_was_restated_is_a_finding_about_the_release_that_uses_it() -> None:
    *place, message = _base_finding(_implied(_OLD, _RESTATED, _LATEST))
    assert place == ["gla_report", "2023-05", "L5:rate"]
    assert (
        "The base is the estimate for 30 June 2020 from release 2020-mye, which has since been revised."
        in message
    )
    assert "12.5% below" in message


def test_base_that_is_not_an_estimate_at_all_is_called_unknown() -> None:
    message = _base_finding(_implied(_LATEST))[-1]
    assert "the latest is 217,050 (2023-mye), 12.5% below" in message
    assert "The source does not say what the base is." in message


def test_estimate_that_was_not_due_when_the_share_was_published_does_not_judge_it() -> None:
    key = ("H-05", "implied_denominators")
    assert _said(_implied(("2023-mye", "2022-06-30", 219_594)), key) == ("not_evaluated", 0, 0)


@pytest.mark.parametrize("held", [_RESTATED, ("2023-mye", "2019-06-30", 221_994)])
def test_base_is_not_judged_before_the_first_estimate_after_the_census_is_held(
    held: tuple[str, str, int],
) -> None:
    """The base may have been the newest of its time, or the estimate that is not held."""
    assert _said(_implied(_OLD, held), ("H-05", "implied_denominators")) == ("not_evaluated", 0, 0)


def test_base_of_a_rate_with_all_its_digits_is_its_estimate_to_the_last_resident() -> None:
    """Two ends that differ by the noise of a division still hold the number between them."""
    exact = (
        _implied(("2023-mye", "2021-06-30", 248_100))
        + """;
        UPDATE quality.implied_denominators SET low = 248100.00000001, high = 248100.00000002"""
    )
    assert _said(exact, ("H-05", "implied_denominators"))[0] == "pass"


def test_results_and_findings_are_stored_with_those_of_releases() -> None:
    with duckdb.connect() as connection:
        connection.execute(_EMPTY)
        connection.execute(_ratio(1.2))
        add_results(connection)
        results = connection.execute(
            "SELECT outcome, n_failed FROM quality.check_results WHERE check_id = 'X-04' AND layer = 'published'"
        ).fetchall()
        findings = connection.execute(
            "SELECT source, release, area_code, period_start::VARCHAR FROM quality.findings"
        ).fetchall()
    assert results == [("fail", 1)]
    assert findings == [("recorded_crime_beside", "published", "E09000019", "2023-01-01")]


def test_rule_that_judges_by_source_does_so_through_views() -> None:
    # A view has no row numbers: a rule that asks for them would judge all sources each time.
    assert not [rule.file for rule in ALL_RULES if rule.by_source and "rowid" in rule.checked + rule.failing]
