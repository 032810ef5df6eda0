"""Every indicator of the register flags figures that have the defect, and clears their twins that do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.publish.bias import register
from civic_assets.publish.bias.assurance import source_quality
from civic_assets.publish.bias.indicator import BIASES
from civic_assets.publish.bias.vocabulary import Vocabulary, vocabulary
from civic_assets.values.periods import first_of_month
from civic_assets_tests.publish.bias.bias_models import FORCES, YEARS, bias_model, crimes, designated, rows
from civic_assets_tests.publish.read_models import CAMDEN, ISLINGTON, MET, contracts, figure, records
from civic_assets_tests.quality.published.test_cross_source import DEFECTS

Figures = list[dict[str, Any]]
_YEAR, _INSPECTED = (date(2024, 1, 1), date(2025, 1, 1)), (date(2017, 1, 1), date(2018, 1, 1))
_BEFORE = (date(2023, 1, 1), date(2024, 1, 1))
_WINTER = (date(2022, 12, 1), date(2023, 3, 1))
_ENGLAND = "E92000001"


@dataclass(frozen=True)
class Case:
    """Figures of one source, and everything else that its model needs."""

    source: str
    figures: Callable[[], Figures]
    results: tuple[Mapping[str, Any], ...] = ()
    stated: Callable[[], Vocabulary] | None = None
    designation: str = ""
    alone: bool = False
    """It depends on which other sources are held, so it has a read model to itself."""


def _referrals(values: list[float]) -> Figures:
    return [
        figure("dfe_children_in_need", "2025-c1", "referrals_to_social_services", ISLINGTON, *year, value)
        for year, value in zip(YEARS, values, strict=True)
    ]


def _forces(missing: str = "", years: tuple[Any, ...] = (_YEAR,)) -> Figures:
    """Robberies that differ from force to force; the regions of `missing` sent nothing in the last year."""
    return [
        crimes(force.code, year, 500 + 300 * (at % 9))
        for year in years
        for at, force in enumerate(FORCES)
        if year != years[-1] or not missing or force.region not in missing.split()
    ]


def _attrition(there: bool) -> Figures:
    later = [crimes(force.code, _YEAR, 1000) for force in FORCES if there or force.code != MET]
    earlier = [crimes(force.code, _BEFORE, 30_000 if force.code == MET else 1000) for force in FORCES]
    return [*earlier, *later]


def _neet(*areas: tuple[str, float, float], cohort: float | None = None) -> Figures:
    share = {"unit": "percent", "statistic": "rate", "period_kind": "three_month_average"}
    day = {"statistic": "stock", "period_kind": "point_in_time"}
    found = [
        figure("dfe_neet", "2023", measure, area, *_WINTER, value, **share)
        for area, low, high in areas
        for measure, value in (("neet_percent", low), ("neet_or_not_known_percent", high))
    ]
    if cohort is None:
        return found
    mid_year = (date(2022, 6, 30), date(2022, 7, 1))
    return [
        *found,
        figure("dfe_neet", "2023", "neet_cohort", ISLINGTON, *_WINTER, cohort, statistic="mean_of_stocks",
               period_kind="three_month_average"),
        *(
            figure("ons_population", "2022-mye", "population", ISLINGTON, *mid_year, 1800,
                   breakdown=f"age={age}", **day)
            for age in (16, 17)
        ),
    ]  # fmt: skip


def _placed(unplaced: tuple[float, float], ward_like: float = 100) -> Figures:
    """Bicycle thefts of a borough in two Januaries, and those of its force without a place."""
    found: Figures = []
    for year, without, value in ((2023, unplaced[0], 100), (2024, unplaced[1], ward_like)):
        when = first_of_month(year, 1), first_of_month(year, 2)
        kind = {"breakdown": "major=theft;minor=bicycle theft", "period_kind": "month", "parent_code": MET}
        found += [
            figure("met_borough", "2024-12", "recorded_crime_met", ISLINGTON, *when, value, **kind),
            figure("met_borough", "2024-12", "recorded_crime_met", CAMDEN, *when, 900, **kind),
            figure("met_borough", "2024-12", "recorded_crime_met", f"{MET}/unknown", *when, without,
                   **kind, area_type="unassigned"),
        ]  # fmt: skip
    return found


def _looked_after(not_known: float) -> Figures:
    day = {"statistic": "stock", "period_kind": "point_in_time"}
    parts = {
        "total": 400,
        "sex=male": 200,
        "sex=female": 200 - not_known,
        "ethnicity=white": 250,
        "ethnicity=mixed": 150 - not_known,
        "ethnicity=refused or not yet known": not_known,
    }
    return [
        figure("dfe_looked_after", "2017", "children_looked_after", ISLINGTON, date(2017, 3, 31), date(2017, 4, 1),
               value, breakdown=breakdown, **day)
        for breakdown, value in parts.items()
    ]  # fmt: skip


def _rate(base: float) -> Figures:
    """A year of 20,000 crimes with a rate on a base, and an estimate of 220,000 residents."""
    year = {"period_kind": "rolling_year"}
    rate = {**year, "unit": "per_1000_population", "statistic": "rate"}
    day = {"statistic": "stock", "period_kind": "point_in_time"}
    return [
        figure("ons_csp", "2024-12", "total_recorded_crime", ISLINGTON, *_YEAR, 20_000, **year),
        figure("ons_csp", "2024-12", "total_recorded_crime", ISLINGTON, *_YEAR, 20_000_000 / base, **rate),
        figure("ons_population", "2023-mye", "population", ISLINGTON, date(2023, 6, 30), date(2023, 7, 1), 220_000,
               **day),
    ]  # fmt: skip


def _incidents(per_thousand: float) -> Figures:
    return [
        figure("ons_pfa", "2018-03", "asb_incident_rate", _ENGLAND, date(2017, 4, 1), date(2018, 4, 1), per_thousand,
               unit="per_1000_population", statistic="rate", period_kind="rolling_year")
    ]  # fmt: skip


def _sen() -> Figures:
    share = {"unit": "percent", "statistic": "rate", "period_kind": "point_in_time"}
    return [
        figure(
            "dfe_sen",
            "2025",
            "sen_support_percent",
            ISLINGTON,
            date(2025, 1, 1),
            date(2025, 1, 2),
            12,
            **share,
        )
    ]


def _said(check_id: str, outcome: str) -> Mapping[str, Any]:
    return {
        "check_id": check_id, "source": "ons_pfa", "release": "2024-12", "outcome": outcome, "n_checked": 9,
        "n_failed": int(outcome == "fail"), "message": "9 figures looked at", "reason": "",
    }  # fmt: skip


def _rule(check_id: str) -> tuple[Case, Case]:
    flagged, clear = (
        Case("ons_pfa", _robberies, (_said(check_id, outcome),)) for outcome in ("fail", "pass")
    )
    return flagged, clear


def _robberies() -> Figures:
    return [crimes(MET, _YEAR, 1000)]


def _rising() -> Figures:
    return _referrals([1000.0 + 100 * at for at in range(13)])


def _right_base() -> Figures:
    return _rate(221_000)


def _nearly_all_known() -> Figures:
    return _looked_after(4)


def _inspected(rate: float) -> Vocabulary:
    stated = vocabulary()
    return replace(stated, recording_rates=[{**stated.recording_rates[0], "rate": rate, "error": 0.01}])


def _twins(check_id: str, source: str, *, alone: bool = False) -> tuple[Case, Case]:
    broken, clean, _ = DEFECTS[check_id]
    return Case(source, broken, alone=alone), Case(source, clean, alone=alone)


_LOOKED_AFTER_DIGITS = {**_said("V-20", "pass"), "source": "dfe_looked_after", "release": "2017"}
CASES: dict[str, tuple[Case, Case]] = {
    # From 2020 referrals rose, and from every year before they fell.
    "baseline_multiverse": (
        Case("dfe_children_in_need", lambda: _referrals([4000.0] * 7 + [2000.0] * 5 + [2600.0])),
        Case("dfe_children_in_need", _rising),
    ),
    "omitted_effects": _twins("X-11", "dfe_lait"),
    "missing_returns": _twins("X-06", "ons_pfa"),
    "coverage": _twins("X-07", "ons_pfa"),
    "representativity": (
        Case("ons_pfa", lambda: _forces("W92000004 E12000009", (_BEFORE, _YEAR))),
        Case("ons_pfa", _forces),
    ),
    "unplaced_share": (
        Case("met_borough", lambda: _placed((100, 100))), Case("met_borough", lambda: _placed((5, 5))),
    ),
    # The share is small in both years, and falls to a tenth.
    "unplaced_change": (
        Case("met_borough", lambda: _placed((40, 4))), Case("met_borough", lambda: _placed((20, 21))),
    ),
    "trends_beside_unplaced": (
        Case("met_borough", lambda: _placed((40, 4), 102)), Case("met_borough", lambda: _placed((20, 21), 150)),
    ),
    "carried_part": _rule("H-16"),
    "population_base": (Case("ons_csp", lambda: _rate(250_000)), Case("ons_csp", _right_base)),
    "cohort_coverage": (
        Case("dfe_neet", lambda: _neet(cohort=3200)), Case("dfe_neet", lambda: _neet(cohort=3550)),
    ),
    "unknown_share": _twins("X-08", "dfe_neet"),
    "unknown_bounds": (
        Case("dfe_neet", lambda: _neet((ISLINGTON, 2, 4), (CAMDEN, 3, 5))),
        Case("dfe_neet", lambda: _neet((ISLINGTON, 2, 3), (CAMDEN, 4, 5))),
    ),
    "demographic_completeness": (
        Case("dfe_looked_after", lambda: _looked_after(40)), Case("dfe_looked_after", _nearly_all_known),
    ),
    "last_digits": _rule("V-20"),
    "abnormal_window": (
        Case("ons_pfa", lambda: [crimes(MET, (date(2020, 1, 1), date(2021, 1, 1)), 1000)]),
        Case("ons_pfa", _robberies),
    ),
    "panel_attrition": (
        Case("ons_pfa", lambda: _attrition(False)), Case("ons_pfa", lambda: _attrition(True)),
    ),
    "recording_quality": (
        Case("ons_pfa", DEFECTS["X-09"][0]),
        Case("ons_pfa", lambda: [crimes(MET, _INSPECTED, 1000)], stated=lambda: _inspected(0.98)),
    ),
    "recording_change": _twins("X-09", "ons_pfa"),
    "known_breaks": (
        Case("dfe_children_in_need", lambda: [
            figure("dfe_children_in_need", "2025-c1", "referrals_to_social_services", "E09000012", *year, 2000)
            for year in YEARS
        ]),
        Case("ons_pfa", _robberies),
    ),
    "unknown_changes": _rule("H-12"),
    "zero_runs": _rule("V-24"),
    "crimes_not_reported": (Case("ons_pfa", lambda: _incidents(28)), Case("ons_pfa", lambda: _incidents(400))),
    "designation": (
        Case("ons_pfa", _robberies, designation="official_statistics"),
        Case("ons_pfa", _robberies, designation="accredited_official_statistics"),
    ),
    "assurance_level": (
        Case("ons_csp", _right_base), Case("ons_pfa", _robberies),
    ),
    "error_sheet": (
        Case("dfe_sen", _sen),
        Case("dfe_looked_after", _nearly_all_known, (_LOOKED_AFTER_DIGITS,)),
    ),
    "disjoint_periods": (
        Case("ons_pfa", lambda: [crimes(MET, _BEFORE, 1000), crimes(MET, _YEAR, 1000)]),
        Case("dfe_children_in_need", _rising),
    ),
    "publication_lag": (
        Case("dfe_children_in_need", _rising), Case("ons_pfa", _robberies),
    ),
    "alternates": _twins("X-12", "dfe_children_in_need"),
    "effective_sources": _twins("X-13", "dfe_children_in_need", alone=True),
    "exact_recovery": _rule("H-20"),
}  # fmt: skip


@dataclass
class Shared:
    """Cases that one read model answers: the figures of a source in it are those that each case of the source has."""

    cases: dict[str, Case] = field(default_factory=dict)
    figures: dict[str, Callable[[], Figures]] = field(default_factory=dict)

    def has_room(self, case: Case, sources: set[str]) -> bool:
        return not any(other.alone or other.stated for other in (case, *self.cases.values())) and all(
            self.figures.get(source, case.figures) == case.figures for source in sources
        )

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """What the register says of the source of each case, by indicator."""
        cases = self.cases.values()
        with bias_model(
            [row for figures in dict.fromkeys(self.figures.values()) for row in figures()],
            [result for case in cases for result in case.results],
            stated=next((case.stated() for case in cases if case.stated), None),
            designations=[designated(case.source, case.designation) for case in cases if case.designation],
        ) as connection:
            return {name: rows(connection, name, case.source) for name, case in self.cases.items()}


@cache
def _found(which: int) -> Mapping[str, list[dict[str, Any]]]:
    """What is said of all defects (0) or of all twins (1), from as few read models as hold all of their figures."""
    models: list[Shared] = []
    for indicator, twins in CASES.items():
        case = twins[which]
        sources = {row["source"] for row in case.figures()}
        model = next((model for model in models if model.has_room(case, sources)), None)
        if model is None:
            models.append(model := Shared())
        model.cases[indicator] = case
        model.figures.update(dict.fromkeys(sources, case.figures))
    return {indicator: said for model in models for indicator, said in model.rows().items()}


def _assessments(indicator: str, which: int) -> set[str]:
    found = _found(which)[indicator]
    for row in found:
        _is_true_minus_published(row)
    return {row["assessment"] for row in found} - {"not evaluated"}


def _is_true_minus_published(row: Mapping[str, Any]) -> None:
    """A figure that is too low is exceeded by the truth, so no end of its interval is below zero, and the reverse."""
    if row["direction"] == "too low":
        assert (row["low"] or 0) >= 0, row
    if row["direction"] == "too high":
        assert (row["high"] or 0) <= 0, row


@pytest.mark.parametrize("indicator", CASES)
def test_indicator_flags_the_defect_and_clears_its_twin(indicator: str) -> None:
    assert "flag" in _assessments(indicator, 0)
    assert _assessments(indicator, 1) == {"clear"}


def test_every_indicator_has_a_case_and_every_bias_an_indicator() -> None:
    with bias_model([]) as connection:
        connection.execute("DROP TABLE quality.bias_register")
        indicators = register.create(connection, contracts(), report_held=True)
    assert {one.name for one in indicators} == set(CASES)
    assert {one.bias for one in indicators} == set(BIASES)
    assert all(one.method and one.wrong.endswith(".") for one in indicators)


def test_sheet_of_errors_names_sources_and_indicators_that_exist() -> None:
    known = {one.source: one for one in source_quality().sources}
    assert set(known) == set(contracts()) - {"lookups", "postcodes"}
    named = {name for one in known.values() for error in one.errors for name in error.indicators}
    assert named <= set(CASES)


def test_designation_that_nobody_checked_does_not_clear() -> None:
    unchecked = designated("ons_pfa", "accredited_official_statistics", verified=False)
    with bias_model(_robberies(), designations=[unchecked]) as connection:
        (row,) = rows(connection, "designation", "ons_pfa")
    assert (row["assessment"], "assurance.yaml" in row["would_evaluate"]) == ("not evaluated", True)


def test_totals_without_an_area_are_too_low_and_rates_can_be_wrong_either_way() -> None:
    with bias_model(
        [
            figure(
                "dfe_children_in_need", "2025-c1", measure, code, *YEARS[year], 20, unit=unit,
            )
            for measure, unit in (("rereferrals", "count"), ("rereferrals_percent", "percent"))
            for code in ("E09000012", "E09000019")
            for year in (8, 9)
            if (code, year) != ("E09000012", 9)
        ]
    ) as connection:  # fmt: skip
        said = {
            row["measure"]: row["direction"]
            for row in rows(connection, "missing_returns", "dfe_children_in_need")
        }
    assert (said["rereferrals"], said["rereferrals_percent"]) == ("too low", "either way")


def test_area_that_was_reorganised_has_not_dropped_out() -> None:
    """Areas of one kind, of which one ended with a reorganisation, are all survivors."""
    referred = "referrals_to_social_services"
    kept = [f"E0900000{number}" for number in range(1, 10)] + ["E09000010", "E09000011"]
    years = YEARS[8:12]
    figures = [
        figure("dfe_children_in_need", "2025-c1", referred, code, *year, 2000)
        for code in kept
        for year in years
    ]
    figures += [
        figure("dfe_children_in_need", "2025-c1", referred, "E10000006", *year, 9000) for year in years[:3]
    ]
    with bias_model(figures) as connection:
        (row,) = rows(connection, "panel_attrition", "dfe_children_in_need")
    assert (row["assessment"], row["value"]) == ("clear", 0.0)


@pytest.mark.real_data
def test_indicators_can_judge_most_of_what_they_apply_to(real_store: Path) -> None:
    with duckdb.connect(str(real_store / "civic.duckdb"), read_only=True) as connection:
        open_ = records(
            connection,
            "SELECT indicator, count(*) AS n, count(*) FILTER (assessment = 'not evaluated') AS n_open "
            "FROM quality.bias_register GROUP BY indicator HAVING n_open > n / 2",
        )
    assert open_ == []
