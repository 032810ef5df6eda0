"""Each rule over several sources fails on figures that break it, passes on a clean twin, and says when it cannot tell.

The figures go through the bias register that makes the facts of these rules, so that both are tested together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, TypeAlias

import pytest

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.quality.framework.results import CheckResult, Finding
from civic_assets.quality.published.engine import evaluate
from civic_assets.quality.published.sql_rules import rules_of
from civic_assets.values.periods import first_of_month
from civic_assets_tests.publish.bias.bias_models import FORCES, YEARS, bias_model, crimes
from civic_assets_tests.publish.read_models import CAMDEN, ISLINGTON, MET, contracts, figure

Figures: TypeAlias = list[dict[str, Any]]
YEAR = (date(2024, 1, 1), date(2025, 1, 1))
_INSPECTED = (date(2017, 1, 1), date(2018, 1, 1))
_MARCH, _NEET = YEARS[-1], (date(2022, 12, 1), date(2023, 3, 1))


def _months(each: float) -> Figures:
    """Twelve months of bicycle thefts of a borough, and its year of 480."""
    breakdown = {"breakdown": "major=theft;minor=bicycle theft", "period_kind": "month", "parent_code": MET}
    year = {"period_kind": "rolling_year"}
    return [
        figure("ons_csp", "2024-12", "bicycle_theft", ISLINGTON, *YEAR, 480, **year),
        *(
            figure("met_borough", "2025-12", "recorded_crime_met", ISLINGTON, first_of_month(2024, month),
                   first_of_month(2024, month + 1), each, **breakdown)
            for month in range(1, 13)
        ),
    ]  # fmt: skip


def _forces(there: Callable[[Any], bool]) -> Figures:
    return [crimes(force.code, YEAR, 1000) for force in FORCES if there(force)]


def _all_but_the_met() -> Figures:
    return _forces(lambda f: f.code != MET)


def _neet(not_known: float) -> Figures:
    share = {"unit": "percent", "statistic": "rate", "period_kind": "three_month_average"}
    return [
        figure("dfe_neet", "2023", measure, ISLINGTON, *_NEET, value, **share)
        for measure, value in (("neet_percent", 2.0), ("neet_or_not_known_percent", 2.0 + not_known))
    ]


def _years(
    values: Sequence[float], area: str = ISLINGTON, measure: str = "referrals_to_social_services"
) -> Figures:
    return [
        figure("dfe_children_in_need", "2025-c1", measure, area, *year, value)
        for year, value in zip(YEARS, values, strict=True)
    ]


def _two_readings(values: Sequence[float]) -> Figures:
    """Referrals, and children referred as another reading: eight changes over five years of each."""
    return [*_years(values), *_years(_STEADY, measure="children_referred")]


_STEADY = [2000 + number * 37 % 17 for number in range(13)]


def _support(ratio: float) -> Figures:
    """Referrals with a verdict, and a share of pupils that has none, since its count is not published."""
    months = [(date(year, 1, 1), date(year, 2, 1)) for year in range(2016, 2026)]
    share = {"unit": "percent", "statistic": "rate", "period_kind": "month"}
    return [
        *_years([2000] * 12 + [2400]),
        *(
            figure("dfe_lait", "2025", measure, ISLINGTON, *month, value * (ratio if at == 9 else 1), **share)
            for measure, value in (("sen_support_percent", 12.0), ("ehc_plan_percent", 4.0))
            for at, month in enumerate(months)
        ),
    ]


def _referred(children: float) -> Figures:
    return [
        figure("dfe_children_in_need", "2025-c1", measure, ISLINGTON, *_MARCH, value)
        for measure, value in (("referrals_to_social_services", 2000), ("children_referred", children))
    ]


def _social_care(second: bool) -> Figures:
    day = {"statistic": "stock", "period_kind": "point_in_time"}
    uasc = figure(
        "dfe_looked_after",
        "2025",
        "uasc_looked_after",
        ISLINGTON,
        date(2025, 3, 31),
        date(2025, 4, 1),
        40,
        **day,
    )
    return [*_referred(1990), *([uasc] if second else [])]


DEFECTS: dict[str, tuple[Callable[[], Figures], Callable[[], Figures], str]] = {
    "X-05": (lambda: _months(4), lambda: _months(40), "not on the scale of the area"),
    "X-06": (
        _all_but_the_met,
        lambda: _forces(lambda f: True),
        f"Metropolitan Police ({MET})",
    ),
    # All forces of Wales and of the South West are missing.
    "X-07": (
        lambda: _forces(lambda f: f.region not in ("W92000004", "E12000009")),
        _all_but_the_met,
        "would have to be in other regions",
    ),
    "X-08": (lambda: _neet(8), lambda: _neet(3), "between 2.0% and 10.0%"),
    "X-09": (
        lambda: [crimes(MET, _INSPECTED, 10_000), crimes(MET, YEAR, 10_100)],
        lambda: [crimes(MET, _INSPECTED, 10_000), crimes(MET, YEAR, 12_000)],
        "no evidence of a change",
    ),
    "X-10": (
        lambda: _two_readings([*_STEADY[:7], 1000, *_STEADY[8:12], 4000]),
        lambda: _two_readings([*_STEADY[:6], 1500, 2500, *_STEADY[8:]]),
        "among the most extreme",
    ),
    "X-11": (lambda: _support(2.0), lambda: _support(1.01), "has no verdict"),
    "X-12": (lambda: _referred(1500), lambda: _referred(1950), "differ by more than a tenth"),
    "X-13": (lambda: _social_care(False), lambda: _social_care(True), "rest on a single source"),
}


_TOGETHER = ("X-05", "X-08", "X-09", "X-10")
"""Rules of which each looks at sources that no other of them looks at: one read model has the figures for all four."""


def _nothing() -> Figures:
    return []


def _said(check_id: str, which: int) -> tuple[CheckResult, tuple[Finding, ...]]:
    if which == 2:
        return _evaluated((_nothing,))[check_id]
    together = _TOGETHER if check_id in _TOGETHER else (check_id,)
    return _evaluated(tuple(DEFECTS[one][which] for one in together))[check_id]


@cache
def _evaluated(
    figures: tuple[Callable[[], Figures], ...],
) -> Mapping[str, tuple[CheckResult, tuple[Finding, ...]]]:
    with bias_model([row for rows in figures for row in rows()]) as connection:
        return {
            rule.id: (result, tuple(findings))
            for rule, result, findings in evaluate(connection)
            if rule in rules_of("cross_source")
        }


def test_every_rule_has_figures_that_make_it_fail() -> None:
    # X-18 needs a postcode directory: civic_assets_tests/publish/site/postcodes.
    assert {*DEFECTS, "X-18"} == {rule.id for rule in rules_of("cross_source")}


@pytest.mark.parametrize("check_id", DEFECTS)
def test_rule_fails_on_its_defect_in_one_finding_that_says_so(check_id: str) -> None:
    result, findings = _said(check_id, 0)
    assert result.outcome == "fail", result.message
    assert result.n_checked >= 1
    assert any(DEFECTS[check_id][2] in finding.message for finding in findings)
    assert len({finding.measure for finding in findings}) == len(findings)


@pytest.mark.parametrize("check_id", DEFECTS)
def test_rule_passes_on_the_clean_twin(check_id: str) -> None:
    result, findings = _said(check_id, 1)
    assert result.outcome == "pass", result.message
    assert result.n_checked >= 1
    assert findings == ()


@pytest.mark.parametrize("check_id", [c for c in DEFECTS if c not in ("X-05", "X-11")])
def test_nothing_to_check_is_not_evaluated(check_id: str) -> None:
    result, _ = _said(check_id, 2)
    assert (result.outcome, result.n_checked) == ("not_evaluated", 0)
    assert result.reason != "engine_error", result.message


def test_area_that_needs_a_borough_of_a_thousand_is_not_named_for_twenty_offences() -> None:
    """Years of fewer than 240 offences say nothing of the scale of a month."""
    few = [{**row, "value": row["value"] / 10} for row in _months(4)]
    with bias_model(few) as connection:
        (result,) = [result for rule, result, _ in evaluate(connection) if rule.id == "X-05"]
    assert result.outcome == "not_evaluated"


def test_camden_is_not_a_successor_of_islington() -> None:
    """A figure of another authority does not stand for one that is missing."""
    with bias_model([*_years(_STEADY, CAMDEN)]) as connection:
        (result,) = [result for rule, result, _ in evaluate(connection) if rule.id == "X-06"]
    assert result.outcome == "fail"
    assert ISLINGTON in result.message or "and others" in result.message


_COUNTY, _UNITARY, _TODAY = "E10000022", "E06000048", "E06000057"
"""Northumberland until 2009, until 2013 and since."""


def _schools(northumberland: str) -> Figures:
    """Exclusions of 2006/07 in every authority that existed, those of Northumberland under a code of choice."""
    start, end = date(2006, 9, 1), date(2007, 9, 1)
    due = contracts()["dfe_exclusions"].returns_due
    assert due is not None
    there = [
        area.code
        for area in AreaRegister.shipped().areas.values()
        if area.code[:3] in due.codes and "/" not in area.code and area.seen is None
        if (area.valid_from is None or area.valid_from < end)
        and (area.valid_to is None or area.valid_to >= start)
    ]
    assert _COUNTY in there and not {_UNITARY, _TODAY} & set(there)
    return [
        figure("dfe_exclusions", "2016-17", "permanent_exclusions", code, start, end, 10)
        for code in [northumberland, *there]
        if code != _COUNTY or northumberland == _COUNTY
    ]


@pytest.mark.parametrize(
    ("code", "outcome"), [(_COUNTY, "pass"), (_UNITARY, "pass"), (_TODAY, "pass"), ("E06000047", "fail")]
)
def test_authority_under_the_code_that_it_has_two_changes_later_is_not_a_missing_return(
    code: str, outcome: str
) -> None:
    """E06000047 is Durham, another county that became a unitary authority on the same day."""
    with bias_model(_schools(code)) as connection:
        ((result, findings),) = [(r, f) for rule, r, f in evaluate(connection) if rule.id == "X-06"]
    assert result.outcome == outcome, result.message
    missing = [f"Northumberland ({_COUNTY})" in finding.message for finding in findings]
    assert missing == ([True] if outcome == "fail" else [])
