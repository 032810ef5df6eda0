"""No derived table reveals what a publisher hides."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from civic_assets.publish.disclosure.derived_tables import OUR_TABLES, REASON
from civic_assets.quality.disclosure.published_cells import declare
from civic_assets.quality.published.engine import evaluate
from civic_assets_tests.publish.disclosure.protected_models import (
    audit_again,
    looked_after,
    published,
    unprotected,
)
from civic_assets_tests.publish.read_models import (
    CAMDEN,
    ISLINGTON,
    LONDON,
    contracts,
    figure,
    profile,
    records,
)

HACKNEY = "E09000012"
YEAR = (date(2015, 9, 1), date(2016, 9, 1))
# Islington has 4, which is hidden; London's 54 are printed as 50, so that Islington may have 0 to 5.
BOROUGHS = [
    looked_after(CAMDEN, 30),
    looked_after(HACKNEY, 20),
    looked_after(ISLINGTON, None),
    looked_after(LONDON, 50, area_type="region", parent_code=None),
]
EXACT_SUM = [
    "UPDATE harmonised.area_profile SET london_count = 54 WHERE indicator = 'uasc_looked_after' AND count > 0"
]


def _results(connection: Any) -> dict[tuple[str, str], Any]:
    return {(rule.id, rule.table): (result, found) for rule, result, found in evaluate(connection)}


def test_exact_sum_of_boroughs_next_to_a_rounded_region_would_reveal_the_hidden_borough() -> None:
    connection = unprotected(BOROUGHS)
    declare(connection, contracts())
    for statement in EXACT_SUM:
        connection.execute(statement)
    found = audit_again(connection, contracts())
    assert (found.n_recovered, len(found.reveals)) == (1, 1)


def test_sum_that_would_tell_a_hidden_borough_is_not_published() -> None:
    connection = published(BOROUGHS, EXACT_SUM)
    camden = profile(connection, "uasc_looked_after", CAMDEN)
    assert (camden["count"], camden["london_count"]) == (30, None)
    assert REASON in camden["caveats"]
    log = records(connection, "SELECT * FROM quality.disclosure_log WHERE table_id = 'area_profile'")[0]
    assert (log["n_primary"], log["n_secondary"], log["n_recovered"], log["outcome"]) == (0, 2, 0, "fail")
    result, findings = _results(connection)["H-20", "our_tables"]
    assert (result.outcome, result.severity, result.scope) == ("fail", "blocking", "privacy")
    assert "withheld" in findings[0].message


def test_after_publication_an_attacker_who_reads_every_table_learns_no_more_than_the_publisher_tells() -> (
    None
):
    found = audit_again(published(BOROUGHS, EXACT_SUM), contracts())
    assert (found.n_recovered, found.n_narrow, found.reveals) == (0, 0, frozenset())


def test_region_repeated_as_printed_tells_nothing_and_stays() -> None:
    connection = published(BOROUGHS)
    assert profile(connection, "uasc_looked_after", CAMDEN)["london_count"] == 50
    assert _results(connection)["H-18", "our_tables"][0].outcome == "pass"
    log = records(
        connection,
        "SELECT DISTINCT n_primary, n_secondary FROM quality.disclosure_log WHERE release = 'published'",
    )
    assert log == [{"n_primary": 0, "n_secondary": 0}]


def test_sum_that_leaves_a_hidden_borough_its_full_range_stays() -> None:
    """Six of eight boroughs are hidden: their sum says nothing of any of them."""
    others = [f"E090000{number}" for number in range(20, 26)]
    hidden = [looked_after(area, None) for area in others]
    connection = published([*BOROUGHS, *hidden], [EXACT_SUM[0].replace("54", "154")])
    assert profile(connection, "uasc_looked_after", CAMDEN)["london_count"] == 154
    result, _ = _results(connection)["H-20", "our_tables"]
    assert result.outcome == "pass"
    assert result.n_checked == 7


def test_sum_that_contradicts_the_printed_region_is_not_excused_by_that() -> None:
    """London's printed 50 leave Islington 0 to 5; a sum of 58 leaves it 8, which nobody may read either."""
    connection = published(BOROUGHS, [EXACT_SUM[0].replace("54", "58")])
    assert profile(connection, "uasc_looked_after", CAMDEN)["london_count"] is None


def test_where_the_solver_gives_up_figures_of_ours_are_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    def gives_up(system: object) -> None:
        raise RuntimeError("a disclosure programme was not solved")

    monkeypatch.setattr("civic_assets.quality.disclosure.derived_audit.ranges", gives_up)
    connection = published(BOROUGHS, EXACT_SUM)
    assert profile(connection, "uasc_looked_after", CAMDEN)["london_count"] is None


def test_figure_that_is_hidden_is_not_taken_from_another_source() -> None:
    elsewhere = looked_after(ISLINGTON, 4, source="dfe_lait", release="2025", table_id="measures")
    connection = published([*BOROUGHS, elsewhere])
    islington = profile(connection, "uasc_looked_after", ISLINGTON)
    assert (islington["count"], islington["rate"]) == (None, None)
    assert "4" not in str(islington["status"])
    result, findings = _results(connection)["H-18", "our_tables"]
    assert result.outcome == "fail"
    assert findings[0].evidence["table"] == "our_tables"
    everywhere = records(
        connection,
        "SELECT count(*) AS n FROM harmonised.indicator_figures WHERE area_code = ? AND value = 4",
        [ISLINGTON],
    )
    assert everywhere == [{"n": 0}]


def test_what_a_publisher_prints_stays_as_printed_whatever_it_tells() -> None:
    connection = published([*BOROUGHS, looked_after(ISLINGTON, 4, source="dfe_lait", release="2025")])
    printed = records(
        connection, "SELECT value, quality FROM harmonised.observations WHERE source = 'dfe_lait'"
    )
    assert printed == [{"value": 4.0, "quality": "ok"}]


def test_figure_that_the_newest_edition_prints_is_hidden_no_more() -> None:
    connection = published([*BOROUGHS, looked_after(ISLINGTON, 4, release="2025")])
    assert profile(connection, "uasc_looked_after", ISLINGTON)["count"] == 4
    assert _results(connection)["H-18", "our_tables"][0].outcome == "pass"


def test_figure_that_the_newest_edition_hides_is_in_no_table_of_ours_on_any_day() -> None:
    connection = published([*BOROUGHS, looked_after(ISLINGTON, 4, release="2023")])
    assert profile(connection, "uasc_looked_after", ISLINGTON)["count"] is None
    assert profile(connection, "uasc_looked_after", ISLINGTON, as_of=date(2021, 1, 1))["count"] is None


def _pupils(measure: str, value: float) -> dict[str, Any]:
    return looked_after(
        ISLINGTON, value, measure, source="dfe_sen", release="2025", table_id="by_provision",
        breakdown="phase=state-funded secondary", period_kind="month",
    )  # fmt: skip


@pytest.mark.parametrize(("plans", "shown"), [(2, None), (20, 21)])
def test_sum_of_ours_in_the_range_that_its_publisher_hides_is_withheld(
    plans: float, shown: float | None
) -> None:
    connection = published([_pupils("pupils_with_sen_support", 1), _pupils("pupils_with_ehc_plan", plans)])
    assert profile(connection, "send")["count"] == shown
    assert _results(connection)["H-18", "our_tables"][0].outcome == ("pass" if shown else "fail")


def test_where_nothing_is_hidden_nothing_is_audited() -> None:
    connection = published(BOROUGHS[:2])
    results = _results(connection)
    for table in ("our_tables", "releases_together"):
        result, _ = results["H-20", table]
        assert (result.outcome, result.reason) == ("not_evaluated", "not_applicable")


def test_without_figures_of_persons_there_is_nothing_to_check() -> None:
    crime = figure("ons_csp", "2024", "robbery", CAMDEN, *YEAR, 3, period_kind="rolling_year")
    result, _ = _results(published([crime]))["H-18", "our_tables"]
    assert (result.outcome, result.reason) == ("not_evaluated", "not_applicable")


def test_recorded_crimes_are_events_and_stay_at_any_size() -> None:
    crime = figure("ons_csp", "2024", "homicide", CAMDEN, *YEAR, 3, period_kind="rolling_year")
    connection = published([*BOROUGHS, crime])
    assert records(connection, "SELECT value, quality FROM harmonised.crime_table") == [
        {"value": 3.0, "quality": "ok"}
    ]


def _exclusions(value: float | None, measure: str = "suspensions", **other: Any) -> dict[str, Any]:
    settings = {
        "source": "dfe_exclusions", "release": "2015-16", "table_id": "counts_to_2017", "period_start": YEAR[0],
        "period_end": YEAR[1], "period_kind": "academic_year", "statistic": "flow",
    }  # fmt: skip
    return looked_after(ISLINGTON, value, measure, **{**settings, **other})


def _together(connection: Any) -> dict[str, Any]:
    sql = "SELECT * FROM quality.disclosure_log WHERE release = 'all releases' AND source = 'dfe_exclusions'"
    return records(connection, sql)[0]


def _term(value: float | None, start: date, end: date) -> dict[str, Any]:
    return _exclusions(value, period_start=start, period_end=end, period_kind="term", release="2016-terms")


def test_year_of_one_edition_less_two_terms_of_another_is_the_third_term() -> None:
    autumn, spring, summer = date(2015, 9, 1), date(2016, 1, 1), date(2016, 4, 1)
    terms = [_term(30, autumn, spring), _term(40, spring, summer), _term(None, summer, YEAR[1])]
    assert _together(published([_exclusions(72), *terms]))["n_recovered"] == 1
    assert _together(published(terms))["n_recovered"] == 0


def test_rate_and_denominator_tell_a_hidden_count() -> None:
    pupils = _exclusions(
        24_606, "pupils", period_start=date(2016, 1, 1), period_end=date(2016, 2, 1), statistic="stock"
    )
    rate = _exclusions(
        0.00813, "permanent_exclusion_rate", source="dfe_lait", release="2025", table_id="measures",
        unit="per_100_pupils", statistic="rate", value_text="0.00813",
    )  # fmt: skip
    hidden = _exclusions(None, "permanent_exclusions")
    assert _together(published([hidden, pupils, rate]))["n_recovered"] == 1
    assert _together(published([hidden, pupils]))["n_recovered"] == 0


def test_log_holds_counts_and_no_values() -> None:
    connection = published(BOROUGHS, EXACT_SUM)
    columns = [row[0] for row in connection.execute("DESCRIBE quality.disclosure_log").fetchall()]
    assert columns == [
        "source", "release", "table_id", "n_primary", "n_secondary", "n_audited", "n_recovered", "n_narrow", "outcome",
        "reason", "message",
    ]  # fmt: skip
    assert not any("54" in row["message"] for row in records(connection, "FROM quality.disclosure_log"))


def test_every_table_of_ours_can_be_withheld() -> None:
    """Each statement that withholds a row fits its table, so that it works on the day it is needed."""
    connection = unprotected(BOROUGHS)
    there = {
        name for (name,) in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
    }
    tables = [table for table in OUR_TABLES if table.name in there]
    assert len(tables) >= 4
    for table in tables:
        connection.execute(table.figures)
        for assignments in table.blank.values():
            connection.execute(f"UPDATE harmonised.{table.name} SET {assignments} WHERE false")
