"""The area profile divides only what `compare` would divide, and says why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from civic_assets.harmonise.measures.indicators import Indicators, indicators
from civic_assets_tests.publish import read_models
from civic_assets_tests.publish.read_models import ISLINGTON, figure, profile, read_model, records

CARE_DAY = date(2025, 3, 31)


def on_day(source: str, release: str, measure: str, day: date, value: float, breakdown: str = "total") -> Any:
    kind = {"statistic": "stock", "period_kind": "point_in_time", "breakdown": breakdown}
    return figure(source, release, measure, ISLINGTON, day, day + timedelta(days=1), value, **kind)


def residents(year: int, value: float, breakdown: str = "total") -> Any:
    return on_day("ons_population", "2024-mye", "population", date(year, 6, 30), value, breakdown)


def young_people(year: int) -> list[Any]:
    return [residents(year, 2_000, f"age={age}") for age in range(26)]


def test_a_share_of_residents_is_divided_by_the_residents_of_its_own_day() -> None:
    found = profile(read_model([*young_people(2023), residents(2023, 200_000)]), "young_population")
    assert found["rate"] == pytest.approx(26.0)


def test_a_share_of_residents_is_not_divided_by_those_of_another_year() -> None:
    model = read_model([*young_people(2023), residents(2022, 200_000)])
    found = profile(model, "young_population")
    assert (found["count"], found["rate"], found["rate_recomputed"]) == (52_000, None, None)
    (answer,) = records(model, "SELECT allowed, reasons FROM quality.comparability_rates")
    assert not answer["allowed"]
    assert "not of the same time" in " ".join(answer["reasons"])


def test_children_looked_after_are_divided_as_the_publisher_divides_them() -> None:
    model = read_model(
        [
            on_day("dfe_looked_after", "2025", "uasc_looked_after", CARE_DAY, 40),
            residents(2024, 36_000, "age=0-17"),
        ]
    )
    found = profile(model, "uasc_looked_after")
    assert found["rate"] == pytest.approx(10_000 * 40 / 36_000)
    (answer,) = records(model, "SELECT allowed, reasons FROM quality.comparability_rates")
    assert answer["allowed"]
    assert "mid-year before the period ends" in " ".join(answer["reasons"])


def test_a_count_of_people_on_one_day_has_no_interval_of_chance() -> None:
    rows = [
        on_day("dfe_looked_after", "2025", "uasc_looked_after", date(year, 3, 31), value)
        for year, value in ((2023, 30), (2024, 40), (2025, 60))
    ]
    found = profile(read_model(rows), "uasc_looked_after")
    assert (found["count"], found["count_lower"], found["count_upper"]) == (60, None, None)


def crime_per_resident() -> Indicators:
    """The indicators that ship, with recorded crime in the place of a count that is divided by all residents."""
    shipped = indicators()
    terms = (("total_recorded_crime", "total"),)
    changed = [
        replace(
            one,
            series=tuple(
                replace(s, source="ons_csp", terms=terms) if s.role == "count" else s for s in one.series
            ),
        )
        if one.name == "young_population"
        else one
        for one in shipped.all
    ]
    return replace(shipped, all=tuple(changed))


def crime(area: str, partnership: str) -> Any:
    more = {"partnership_code": partnership, "period_kind": "calendar_year"}
    return figure(
        "ons_csp", "2024-12", "total_recorded_crime", area, date(2023, 1, 1), date(2024, 1, 1), 900, **more
    )


def test_crime_of_a_wider_partnership_is_not_divided_by_residents_of_the_authority(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(read_models, "indicators", crime_per_resident)
    dorset, somerset = "E06000059", "E06000066"
    rows = [
        one
        for area, partnership in ((dorset, "E22000367"), (somerset, somerset))
        for one in (
            crime(area, partnership),
            {**residents(2023, 90_000), "area_code": area, "area_name": area},
        )
    ]
    model = read_model(rows)
    answers = {
        row["area_code"]: row
        for row in records(model, "SELECT area_code, allowed, reasons FROM quality.comparability_rates")
    }
    assert answers[somerset]["allowed"]
    assert not answers[dorset]["allowed"]
    assert "E22000367" in answers[dorset]["reasons"][0] and "E06000058" in answers[dorset]["reasons"][0]
