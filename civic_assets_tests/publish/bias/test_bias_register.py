"""The bias register: complete for every source, true sentences, and nothing that was not computed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.errors import ContractError
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.publish.bias import register
from civic_assets.publish.bias.indicator import BiasFacts, Changed
from civic_assets.publish.bias.vocabulary import read_vocabulary, vocabulary
from civic_assets.values.periods import first_of_month
from civic_assets_tests.publish.bias.bias_models import FORCES, YEARS, bias_model, crimes, rows
from civic_assets_tests.publish.read_models import CAMDEN, ISLINGTON, MET, contracts, figure, records

HACKNEY, CUMBRIA, CUMBERLAND = "E09000012", "E10000006", "E06000063"
CITY, SCILLY = "E09000001", "E06000053"
FORCE_OF_CITY = "E23000034"
_BEFORE, _YEAR = (date(2023, 1, 1), date(2024, 1, 1)), (date(2024, 1, 1), date(2025, 1, 1))
_WINTER = (date(2022, 12, 1), date(2023, 3, 1))


def _referrals(
    area: str, years: list[tuple[date, date]], value: float | None, **other: Any
) -> list[dict[str, Any]]:
    source, measure = "dfe_children_in_need", "referrals_to_social_services"
    return [figure(source, "2025-c1", measure, area, *year, value, **other) for year in years]


def _placed(month: int, unplaced: float, ward: float) -> list[dict[str, Any]]:
    when = first_of_month(2024, month), first_of_month(2024, month + 1)
    kind = {"breakdown": "major=theft;minor=bicycle theft", "period_kind": "month"}
    unknown = {**kind, "area_type": "unassigned", "parent_code": MET}
    return [
        figure("met_borough", "2024-12", "recorded_crime_met", ISLINGTON, *when, 100, parent_code=MET, **kind),
        figure("met_borough", "2024-12", "recorded_crime_met", f"{MET}/unknown", *when, unplaced, **unknown),
        figure("met_ward", "2024-12", "recorded_crime_met", "E05013700", *when, ward, area_type="ward",
               parent_code=ISLINGTON, **kind),
    ]  # fmt: skip


def _neet(area: str, known: float, with_unknown: float) -> list[dict[str, Any]]:
    share = {"unit": "percent", "statistic": "rate", "period_kind": "three_month_average"}
    return [
        figure("dfe_neet", "2023", "neet_percent", area, *_WINTER, known, **share),
        figure("dfe_neet", "2023", "neet_or_not_known_percent", area, *_WINTER, with_unknown, **share),
    ]


def _figures() -> list[dict[str, Any]]:
    return [
        *_referrals(ISLINGTON, YEARS, 2000),
        *_referrals(HACKNEY, YEARS[:8], 3000),
        *_referrals(HACKNEY, YEARS[8:10], None, status="not_available"),
        *_referrals(HACKNEY, YEARS[10:], 3000),
        *_referrals(CAMDEN, YEARS[:-1], 2500),
        *_referrals(CAMDEN, YEARS[-1:], None, status="suppressed"),
        # The publisher gives the years before the reorganisation under the new code.
        *_referrals(CUMBERLAND, YEARS, 3000),
        *(crimes(force.code, _BEFORE, 1000) for force in FORCES),
        *(crimes(force.code, _YEAR, 1010 if force.code == MET else 1500) for force in FORCES),
        *_placed(1, 10, 90),
        *_placed(2, 25, 80),
        *_neet(ISLINGTON, 2.0, 4.0),
        *_neet(CAMDEN, 3.5, 5.0),
        *_neet(HACKNEY, 6.0, 28.0),
        *_neet("E09000002", 8.0, 9.0),
    ]


_RESULTS = [
    {"check_id": "V-20", "source": "ons_pfa", "release": "2024-12", "outcome": "pass", "n_checked": 4, "n_failed": 0,
     "message": "last digits of 4 groups of counts, none preferred", "reason": ""},
    {"check_id": "H-12", "source": "dfe_children_in_need", "release": "2025-c1", "outcome": "fail", "n_checked": 9,
     "n_failed": 1, "message": "1 series stands on another level", "reason": ""},
    {"check_id": "V-24", "source": "ons_pfa", "release": "2024-12", "outcome": "not_evaluated", "n_checked": 0,
     "n_failed": 0, "message": "no series has a median month above 20", "reason": "no_input"},
]  # fmt: skip
_FINDINGS = [
    {"finding_id": "f1", "check_id": "H-12", "source": "dfe_children_in_need", "release": "2025-c1",
     "severity": "warning", "measure": "referrals_to_social_services", "area_code": HACKNEY, "locator": "L5:count",
     "message": "L5:count: 1 series stands on another level."},
]  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Iterator[duckdb.DuckDBPyConnection]:
    with bias_model(_figures(), _RESULTS, _FINDINGS) as connection:
        yield connection


def test_no_cause_stands_twice_and_each_names_the_file_that_would_evaluate_it(
    model: duckdb.DuckDBPyConnection,
) -> None:
    found = records(model, "SELECT * FROM quality.bias_register WHERE assessment = 'not evaluated'")
    causes = [(row["indicator"], row["source"], row["area_code"], row["reason"]) for row in found]
    assert len(causes) == len(set(causes)) > 0
    assert all(row["would_evaluate"] and row["direction"] is None for row in found)
    judged = records(model, "SELECT * FROM quality.bias_register WHERE assessment <> 'not evaluated'")
    assert {row["would_evaluate"] for row in judged} == {None}


def test_every_row_says_what_it_found_and_what_it_cannot_tell(model: duckdb.DuckDBPyConnection) -> None:
    for row in records(model, "SELECT * FROM quality.bias_register"):
        assert row["verdict"].endswith("."), row
        assert row["cannot_tell"].startswith("It "), row
        assert (row["outcome"], row["assessment"]) in (
            ("pass", "clear"), ("fail", "flag"), ("not_evaluated", "not evaluated"),
        ), row  # fmt: skip
        assert row["could_be_wrong"].endswith(".") and row["method"], row
        assert (row["assessment"] == "flag") <= (row["direction"] is not None and bool(row["affected"])), row
        assert (row["low"] is None) == (row["high"] is None) == (row["size_unit"] is None), row
        assert row["low"] is None or row["low"] <= row["high"], row
        assert bool(row["reason"]) == (row["outcome"] == "not_evaluated"), row
        assert "{" not in row["verdict"], row
        assert row["evidence"] is None or isinstance(json.loads(row["evidence"]), dict), row
        assert (row["threshold"] is None) == (row["threshold_origin"] is None), row


def test_every_threshold_has_an_origin_and_a_reason() -> None:
    for limit in vocabulary().limits.values():
        assert limit.origin == "house rule" or limit.origin.startswith("literature: ")
        assert limit.because


def test_threshold_without_a_reason_is_refused(tmp_path: Path) -> None:
    from civic_assets.contracts.load import contracts_folder

    text = (contracts_folder() / "vocabularies" / "bias.yaml").read_text(encoding="utf-8")
    file = tmp_path / "bias.yaml"
    file.write_text(
        text.replace("origin: house rule, because", "origin: custom, because", 1), encoding="utf-8"
    )
    with pytest.raises(ContractError, match="house rule"):
        read_vocabulary(file)


def test_source_without_a_release_is_not_evaluated_because_nothing_is_held(
    model: duckdb.DuckDBPyConnection,
) -> None:
    found = records(model, "SELECT * FROM quality.bias_register WHERE source = 'dfe_sen'")
    assert {(row["outcome"], row["reason"]) for row in found} == {("not_evaluated", "no_input")}
    assert [(row["verdict"], row["would_evaluate"]) for row in found] == [
        (
            "No release of dfe_sen is held, so no indicator of bias could be evaluated for it.",
            "the newest file of dfe_sen (Department for Education)",
        )
    ]


def test_missing_return_is_named_with_what_the_register_of_breaks_knows() -> None:
    """All authorities with duties for children in two years; Hackney sent nothing for either."""
    years = YEARS[8:10]
    known = [
        area
        for area in AreaRegister.shipped().areas.values()
        if area.code[:3] in ("E06", "E08", "E09", "E10")
    ]
    there = [area.code for area in known if area.live(years[0][1]) and area.code != HACKNEY]
    figures = [row for code in there for row in _referrals(code, years, 2000)]
    with bias_model([*figures, *_referrals(HACKNEY, years, None, status="not_available")]) as connection:
        whole, hackney = rows(connection, "missing_returns", "dfe_children_in_need")
    assert (whole["outcome"], whole["area_code"]) == ("fail", None)
    assert "without Hackney (E09000012)" in whole["verdict"]
    assert (hackney["area_code"], hackney["value"]) == (HACKNEY, 0.0)
    assert "Hackney made no return" in hackney["verdict"]


def test_suppressed_figure_was_sent_and_is_not_missing(model: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT * FROM quality.returns WHERE source = 'dfe_children_in_need' AND list_contains(missing, ?)"
    )
    assert records(model, query, [CAMDEN]) == []


def test_area_that_ended_is_there_under_the_code_of_its_successor(model: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT * FROM quality.returns WHERE source = 'dfe_children_in_need' AND list_contains(missing, ?)"
    )
    assert records(model, query, [CUMBRIA]) == []
    assert records(model, query, [CUMBERLAND]) == []


def test_all_forces_that_sent_pass(model: duckdb.DuckDBPyConnection) -> None:
    (whole,) = [row for row in rows(model, "missing_returns", "ons_pfa") if row["measure"] == "robbery"]
    assert (whole["outcome"], whole["value"], whole["value_text"]) == (
        "pass", 1.0, "43 of 43 in the least complete of 2 periods",
    )  # fmt: skip


def test_one_region_has_no_representativity(model: duckdb.DuckDBPyConnection) -> None:
    assert rows(model, "representativity", "met_borough") == []


def test_unplaced_crimes_are_a_share_of_all_and_are_shown_with_the_month_before(
    model: duckdb.DuckDBPyConnection,
) -> None:
    whole, force = rows(model, "unplaced_share", "met_borough")
    assert (whole["value"], whole["outcome"]) == (0.2, "fail")
    assert force["area_code"] == MET
    assert "25 of 125" in force["verdict"]
    assert "after 9.1% in the period before" in force["verdict"]


def test_two_forces_in_one_area_are_both_counted_and_an_answer_is_not_a_share() -> None:
    month = first_of_month(2024, 1), first_of_month(2024, 2)
    kind = {"breakdown": "crime_type=drugs", "period_kind": "month"}
    nowhere = {**kind, "area_type": "unassigned"}

    def street(release: str, area: str, value: float, **other: Any) -> dict[str, Any]:
        return figure("police_uk", release, "street_level_crimes", area, *month, value, **other)

    city, met, answer = "2024-01-city-of-london", "2024-01-metropolitan", "2024-01-api-no-location-0a1b2c3d"
    place, by_met = {**kind, "area_type": "lsoa"}, "crime_type=drugs;reported_by=metropolitan"
    figures = [
        street(city, "E01000001", 90, **place),
        street(city, f"{FORCE_OF_CITY}/no-location", 10, parent_code=FORCE_OF_CITY, **nowhere),
        street(met, "E01000001", 5, **{**place, "breakdown": by_met}),
        street(met, f"{MET}/no-location", 5, parent_code=MET, **nowhere),
        street(answer, "K02000001/no-location-0a1b2c3d", 7, parent_code="K02000001", **nowhere),
    ]
    with bias_model(figures) as connection:
        found = records(
            connection, "SELECT area_code, unplaced, counted FROM quality.unplaced_crime ORDER BY 1"
        )
    assert [tuple(row.values()) for row in found] == [(MET, 5.0, 10.0), (FORCE_OF_CITY, 10.0, 100.0)]


def test_wards_leave_out_what_the_borough_counts(model: duckdb.DuckDBPyConnection) -> None:
    whole, borough = rows(model, "unplaced_share", "met_ward")
    assert whole["value"] == pytest.approx(0.2)
    assert borough["area_code"] == ISLINGTON
    assert "beside met_borough" in whole["verdict"]


def test_not_known_share_gives_bounds_and_forbids_ranks_where_they_overlap(
    model: duckdb.DuckDBPyConnection,
) -> None:
    bounds = records(model, "SELECT * FROM quality.not_known_bounds ORDER BY area_code")
    by_area = {row["area_code"]: row for row in bounds}
    assert (by_area[ISLINGTON]["lower"], by_area[ISLINGTON]["upper"]) == (2.0, 4.0)
    # Islington and Camden overlap; Hackney's long interval reaches over Barking's; three areas are left in pairs.
    assert {area: row["n_overlapping"] for area, row in by_area.items()} == {
        ISLINGTON: 1, CAMDEN: 1, HACKNEY: 1, "E09000002": 1,
    }  # fmt: skip
    assert by_area[HACKNEY]["use"] == "no comparison"
    (row,) = rows(model, "unknown_bounds", "dfe_neet")
    assert (row["value"], row["value_text"]) == (pytest.approx(1 / 3), "2 of 6 pairs")


def test_recording_is_bounded_where_it_was_inspected_and_nowhere_else() -> None:
    """Robberies of the Met in an inspected year and now: 5% more can be better recording, 50% more cannot."""
    inspected = (date(2017, 1, 1), date(2018, 1, 1))
    figures = [crimes(MET, inspected, 1000), crimes(MET, _YEAR, 1050), crimes("E23000013", _YEAR, 900)]
    with bias_model(figures) as connection:
        (quality,) = rows(connection, "recording_quality", "ons_pfa")
        (change,) = rows(connection, "recording_change", "ons_pfa")
        (band,) = records(connection, "SELECT * FROM quality.recording_bands")
    assert (quality["assessment"], quality["direction"], quality["area_code"]) == ("flag", "too low", MET)
    assert quality["low"] == pytest.approx(1 / (0.895 + 0.0164) - 1, abs=1e-6)
    assert quality["high"] == pytest.approx(1 / (0.895 - 0.0164) - 1, abs=1e-6)
    assert (change["assessment"], change["value_text"]) == ("flag", "1 of 1 change")
    assert (band["ratio_lower"], band["ratio_upper"]) == pytest.approx(
        (1.05 * (0.895 - 0.0164), 1.05 * (0.895 + 0.0164) / (0.895 - 0.0164))
    )
    with bias_model([crimes(MET, inspected, 1000), crimes(MET, _YEAR, 1500)]) as connection:
        (change,) = rows(connection, "recording_change", "ons_pfa")
    assert change["assessment"] == "clear"
    with bias_model([crimes(MET, _BEFORE, 1000), crimes(MET, _YEAR, 1010)]) as connection:
        (unknown,) = rows(connection, "recording_change", "ons_pfa")
        assert rows(connection, "recording_quality", "ons_pfa") == []
    assert unknown["assessment"] == "not evaluated"
    assert "HMICFRS" in unknown["would_evaluate"]


def test_inspection_that_found_nearly_everything_recorded_clears() -> None:
    stated = vocabulary()
    rate = {**stated.recording_rates[0], "rate": 0.98, "error": 0.01}
    inspected = [crimes(MET, (date(2017, 1, 1), date(2018, 1, 1)), 1000)]
    with bias_model(inspected, stated=replace(stated, recording_rates=[rate])) as connection:
        (row,) = rows(connection, "recording_quality", "ons_pfa")
    assert row["assessment"] == "clear"


def test_year_inside_the_restrictions_is_reported_with_its_share(model: duckdb.DuckDBPyConnection) -> None:
    (row,) = rows(model, "abnormal_window", "dfe_children_in_need")
    assert (row["outcome"], row["value"]) == ("fail", 1.0)
    assert json.loads(row["evidence"])["above"] == 2
    (recent,) = rows(model, "abnormal_window", "ons_pfa")
    assert (recent["outcome"], recent["value"]) == ("pass", 0.0)


def test_two_periods_bear_no_word_for_a_trend(model: duckdb.DuckDBPyConnection) -> None:
    (row,) = rows(model, "disjoint_periods", "ons_pfa")
    assert (row["outcome"], row["value"], row["threshold"]) == ("fail", 2.0, 3.0)


def _quarters(first_year: int, number: int) -> list[tuple[date, date]]:
    """Quarters in a row from January on."""
    starts = [first_of_month(first_year + n // 4, 1 + n % 4 * 3) for n in range(number + 1)]
    return list(pairwise(starts))


@pytest.mark.parametrize(
    ("periods", "kind", "alike", "text", "assessment"),
    [
        (_quarters(2023, 4), "quarter", 1, "4 disjoint periods, 1 of one part of the year", "flag"),
        (_quarters(2022, 11), "quarter", 3, "11 disjoint periods, 3 of one part of the year", "clear"),
        (_quarters(2022, 8), "quarter", 2, "8 disjoint periods, 2 of one part of the year", "flag"),
        (YEARS[:3], "financial_year", 3, "3 disjoint periods", "clear"),
        ([(date(2020 + n, 6, 30), date(2020 + n, 7, 1)) for n in range(3)], "point_in_time", 3,
         "3 disjoint periods", "clear"),
        ([(date(2023, n, 1), date(2023, n, 2)) for n in (1, 4, 7, 10)], "point_in_time", 1,
         "4 disjoint periods, 1 of one part of the year", "flag"),
    ],
)  # fmt: skip
def test_parts_of_one_year_are_no_trend(
    periods: list[tuple[date, date]], kind: str, alike: int, text: str, assessment: str
) -> None:
    with bias_model([crimes(MET, period, 1000, period_kind=kind) for period in periods]) as connection:
        (row,) = rows(connection, "disjoint_periods", "ons_pfa")
    assert (row["value"], row["value_text"], row["assessment"]) == (alike, text, assessment)
    assert ("of the same part of the year" in row["verdict"]) == (" of one part" in text)


def test_lag_is_that_of_publication_and_not_of_the_download(model: duckdb.DuckDBPyConnection) -> None:
    """Half a year of events and 119 days; the same for a rhythm of 300 days and more is old news."""
    (row,) = rows(model, "publication_lag", "ons_pfa")
    assert row["value"] == 119 + 366 / 2
    assert (row["assessment"], row["low"], row["high"]) == ("clear", 119, 119 + 366)
    (old,) = rows(model, "publication_lag", "dfe_children_in_need")
    assert (old["assessment"], old["value"]) == ("flag", 215 + 365 / 2)


def test_survivors_of_the_panel_are_all_forces(model: duckdb.DuckDBPyConnection) -> None:
    (row,) = rows(model, "panel_attrition", "ons_pfa")
    assert (row["outcome"], row["value"]) == ("pass", 0.0)
    assert row["value_text"] == "43 of 43 areas in all 2 periods"


def test_results_of_rules_are_unchanged(model: duckdb.DuckDBPyConnection) -> None:
    (passed,) = rows(model, "last_digits", "ons_pfa")
    assert (passed["outcome"], passed["measure"]) == ("pass", None)
    (failed,) = rows(model, "unknown_changes", "dfe_children_in_need")
    assert (failed["outcome"], failed["measure"], failed["area_code"]) == (
        "fail", "referrals_to_social_services", HACKNEY,
    )  # fmt: skip
    # The rule does not apply to a source without busy months.
    assert rows(model, "zero_runs", "ons_pfa") == []


def test_break_of_areas_that_a_source_does_not_hold_is_none_of_its_breaks(
    model: duckdb.DuckDBPyConnection,
) -> None:
    (row,) = rows(model, "known_breaks", "met_borough")
    assert "reorganisation" not in row["verdict"]
    (schools,) = rows(model, "known_breaks", "dfe_children_in_need")
    assert "hackney-no-return" in schools["verdict"]


def test_claim_of_the_report_is_not_judged_without_the_figures(model: duckdb.DuckDBPyConnection) -> None:
    (row,) = rows(model, "baseline_multiverse", "gla_report")
    assert (row["outcome"], row["reason"], row["area_code"]) == (
        "not_evaluated",
        "history_too_short",
        ISLINGTON,
    )
    assert "19% reduction" in row["verdict"]


def test_no_claim_is_judged_where_the_report_is_not_held() -> None:
    with bias_model(_referrals(ISLINGTON, YEARS, 2000), claims=False) as connection:
        judged = records(
            connection,
            "SELECT * FROM quality.bias_register WHERE source = 'gla_report' AND reason <> 'no_input'",
        )
        (months,) = connection.execute("SELECT count(*) FROM quality.months_beside_years").fetchone() or (
            None,
        )
    assert (judged, months) == ([], 0)


def test_release_that_says_how_it_was_carried_gives_a_row() -> None:
    carried = [
        {"check_id": "H-16", "source": "dfe_children_in_need", "release": "2025-c1", "outcome": "fail",
         "n_checked": 260, "n_failed": 60, "message": "60 totals hold what was carried", "reason": ""},
        {"check_id": "H-20", "source": "dfe_children_in_need", "release": "2025-c1", "outcome": "fail",
         "n_checked": 5, "n_failed": 1, "message": "1 hidden cell is recovered", "reason": ""},
    ]  # fmt: skip
    with bias_model(_referrals(ISLINGTON, YEARS, 2000), carried) as connection:
        (part,) = rows(connection, "carried_part", "dfe_children_in_need")
        (recovered,) = rows(connection, "exact_recovery", "dfe_children_in_need")
    assert (part["outcome"], part["value"]) == ("fail", pytest.approx(60 / 260))
    assert (recovered["outcome"], recovered["check_id"]) == ("fail", "H-20")


def test_register_of_nothing_says_of_every_source_that_nothing_is_held() -> None:
    with bias_model([]) as connection:
        found = records(connection, "SELECT DISTINCT outcome, source FROM quality.bias_register")
        held = records(connection, "SELECT * FROM quality.bias_register WHERE outcome <> 'not_evaluated'")
    assert held == []
    assert {row["source"] for row in found} == set(contracts()) - {"lookups", "postcodes"}


def test_limits_are_those_of_the_vocabulary() -> None:

    stated = vocabulary()
    wide = replace(
        stated, limits={**stated.limits, "unplaced": replace(stated.limits["unplaced"], value=0.5)}
    )
    with bias_model(_placed(1, 10, 90)) as connection:
        before = rows(connection, "unplaced_share", "met_borough")[0]
        connection.execute("DROP TABLE quality.bias_register")
        register.create(connection, contracts(), wide, report_held=True)
        after = rows(connection, "unplaced_share", "met_borough")[0]
        assert BiasFacts(connection, contracts(), wide).limit("unplaced") == 0.5
    assert (before["outcome"], before["threshold"]) == ("fail", 0.05)
    assert (after["outcome"], after["threshold"]) == ("pass", 0.5)


def test_months_that_the_report_calls_islington_are_not_of_borough_scale() -> None:
    """January 2023 in the text compared with a twelfth of the year to June 2022 in the report's own Table 2."""
    with bias_model([], report=True) as connection:
        found = records(connection, "SELECT * FROM quality.months_beside_years ORDER BY measure")
        (named,) = rows(connection, "omitted_effects", "gla_report")[-1:]
    assert {row["measure"]: round(row["ratio"], 2) for row in found} == {
        "shoplifting": 0.30, "all_other_theft": 0.08, "theft_from_the_person": 0.09,
        "violence_against_the_person+sexual_offences": 0.06,
    }  # fmt: skip
    assert all(row["outside"] for row in found)
    assert (named["measure"], named["outcome"]) == ("young_population", "pass")


def test_second_largest_difference_from_london_is_not_named_in_the_report() -> None:
    with bias_model([], report=True) as connection:
        effects = records(connection, "SELECT * FROM quality.omitted_effects WHERE larger")
        named = connection.execute(
            "SELECT DISTINCT area_code, area_name FROM quality.bias_register WHERE source = 'gla_report' "
            "AND indicator = 'omitted_effects'"
        ).fetchall()
    assert named == [("E09000019", "Islington")]
    assert [(row["said_in"], row["indicator"], round(row["ratio"], 2)) for row in effects] == [
        ("report", "uasc_looked_after", 2.0)
    ]


def test_area_that_a_publisher_never_has_owes_no_return() -> None:
    """City of London and Isles of Scilly have no cohort of 16 and 17: absent by nature, and never missing."""
    winter = (date(2022, 12, 1), date(2023, 3, 1))
    known = AreaRegister.shipped().areas.values()
    there = [
        area.code
        for area in known
        if area.code[:3] in ("E06", "E08", "E09", "E10")
        and area.live(winter[1])
        and area.code not in (CITY, SCILLY)
    ]
    figures = [
        figure(
            "dfe_neet",
            "2023",
            "neet_percent",
            code,
            *winter,
            3.0,
            unit="percent",
            statistic="mean_of_stocks",
            period_kind="three_month_average",
        )
        for code in there
    ]
    with bias_model(figures) as connection:
        (returned,) = records(connection, "SELECT * FROM quality.returns WHERE source = 'dfe_neet'")

    assert (returned["n_due"], returned["n_received"], returned["missing"]) == (len(there), len(there), [])


def test_rows_of_sources_that_did_not_change_are_kept() -> None:
    connection = bias_model(_figures())
    tables = ("bias_register", "returns", "months_beside_years", "alternative_definitions", "cited_cells")
    before = {table: records(connection, f"FROM quality.{table} ORDER BY ALL") for table in tables}
    changed = Changed(frozenset({"dfe_neet"}), frozenset({"neet_percent"}), frozenset())
    register.create(connection, contracts(), report_held=True, changed=changed)
    assert {table: records(connection, f"FROM quality.{table} ORDER BY ALL") for table in tables} == before
    # Only rows of sources that changed are made again.
    connection.execute(
        "UPDATE quality.bias_register SET verdict = 'kept' WHERE indicator = 'missing_returns'"
    )
    connection.execute("UPDATE quality.returns SET n_due = 1000")
    changed = Changed(frozenset({"dfe_children_in_need"}), frozenset(), frozenset())
    register.create(connection, contracts(), report_held=True, changed=changed)
    for source, verdicts in connection.execute(
        "SELECT source, list(DISTINCT verdict) FROM quality.bias_register WHERE indicator = 'missing_returns' "
        "GROUP BY source"
    ).fetchall():
        assert (verdicts == ["kept"]) == (source != "dfe_children_in_need"), source
    assert connection.execute(
        "SELECT DISTINCT source FROM quality.returns WHERE n_due < 1000"
    ).fetchall() == [("dfe_children_in_need",)]


def test_table_is_made_again_if_one_that_it_is_made_from_was() -> None:
    connection = bias_model([])
    facts = BiasFacts(
        connection, contracts(), vocabulary(), Changed(frozenset(), frozenset({"a"}), frozenset({"t"}))
    )
    assert facts.keeps(after=["other"], measures=["b"])
    assert not facts.keeps(after=["t"])
    assert not facts.keeps(after=[], measures=["a"])
    assert not BiasFacts(connection, contracts(), vocabulary()).keeps(after=[])
