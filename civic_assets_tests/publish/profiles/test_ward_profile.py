"""Wards in the groups of ONS: whole years, classes added up, zero only where it is meant, rates of residents."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.publish.profiles import recorded_crime
from civic_assets.publish.profiles.ward_profile import create_ward_profile
from civic_assets.values.periods import first_of_month
from civic_assets_tests.publish.read_models import ISLINGTON, figure, read_model, records

OLD_WARD, WARD = "E05000366", "E05013697"
HOME, SHOPS = (
    "major=burglary;minor=res burglary of a home",
    "major=theft;minor=shoplifting",
)


def crimes(breakdown: str, each: float | None, ward: str = WARD, months: int = 12, **other: Any) -> list[Any]:
    """Counts of the last months of 2025."""
    return [
        figure(
            "met_ward", "2025-12", "recorded_crime_met", ward, first_of_month(2025, n), first_of_month(2025, n + 1),
            each,
            **{"breakdown": breakdown, "area_type": "ward", "period_kind": "month", "parent_code": ISLINGTON, **other},
        )
        for n in range(13 - months, 13)
    ]  # fmt: skip


def wards(rows: list[Any]) -> dict[tuple[str, str], dict[str, Any]]:
    model = read_model(rows)
    recorded_crime.create(model)
    create_ward_profile(model)
    return {
        (row["area_code"], row["measure"]): row
        for row in records(model, "SELECT * FROM harmonised.ward_profile")
    }


def test_classes_and_months_of_a_ward_are_added_up_to_the_groups_of_the_tree() -> None:
    found = wards(crimes(HOME, 2) + crimes(SHOPS, 5))
    assert found[WARD, "residential_burglary"]["value"] == 24 == found[WARD, "burglary"]["value"]
    assert found[WARD, "shoplifting"]["value"] == 60
    total = found[WARD, "total_recorded_crime"]
    assert (total["value"], total["n_figures"], total["authority_name"]) == (84, 24, "Islington")
    assert (total["period_start"], total["period_end"]) == (date(2025, 1, 1), date(2026, 1, 1))
    assert total["relation"] == "narrower" and "no ward" in total["because"]


def test_class_without_a_row_is_zero_because_the_publisher_says_so() -> None:
    assert wards(crimes(HOME, 2))[WARD, "robbery"]["value"] == 0


@pytest.mark.parametrize("spoilt", [{"status": "suppressed"}, {"quality": "disputed"}])
def test_missing_or_disputed_month_leaves_its_groups_without_a_sum(spoilt: dict[str, str]) -> None:
    rows = crimes(HOME, 2) + crimes(SHOPS, 5)
    rows[3].update(spoilt, value=None if "status" in spoilt else 2)
    found = wards(rows)
    for measure in ("residential_burglary", "burglary", "total_recorded_crime"):
        assert (
            found[WARD, measure]["value"] is None and "missing or disputed" in found[WARD, measure]["reason"]
        )
    assert found[WARD, "shoplifting"]["value"] == 60


def test_ward_with_less_than_twelve_months_has_no_row() -> None:
    found = wards(crimes(HOME, 2) + crimes(HOME, 2, OLD_WARD, months=11))
    assert {ward for ward, _ in found} == {WARD}


def test_rate_is_of_the_residents_of_the_ward_where_a_release_has_them() -> None:
    day = date(2025, 6, 30)
    residents = figure(
        "ons_population", "2025-mye", "population", WARD, day, date(2025, 7, 1), 10_000,
        area_type="ward", statistic="stock", period_kind="point_in_time",
    )  # fmt: skip
    found = wards([*crimes(HOME, 2), *crimes(HOME, 2, OLD_WARD), residents])
    burglary = found[WARD, "burglary"]
    assert (burglary["rate"], burglary["denominator"], burglary["denominator_date"]) == (2.4, 10_000, day)
    assert found[OLD_WARD, "burglary"]["rate"] is None
    assert "No release held has the residents of this ward" in found[OLD_WARD, "burglary"]["reason"]
    few = wards([*crimes(HOME, 0.5), residents])[WARD, "burglary"]
    assert few["value"] == 6 and few["rate"] is None and "Fewer than 10" in few["reason"]


def test_population_of_another_time_is_not_used() -> None:
    day = date(2022, 6, 30)
    residents = figure(
        "ons_population", "2022-mye", "population", WARD, day, date(2022, 7, 1), 10_000,
        area_type="ward", statistic="stock", period_kind="point_in_time",
    )  # fmt: skip
    assert wards([*crimes(HOME, 2), residents])[WARD, "burglary"]["rate"] is None


@pytest.mark.real_data
def test_wards_of_a_borough_have_all_classes_and_months_of_their_borough(real_store: Path) -> None:
    with duckdb.connect(str(real_store / "civic.duckdb"), read_only=True) as model:
        ((profiles, printed),) = model.execute(
            """SELECT (SELECT sum(value) FROM harmonised.ward_profile
                WHERE authority_code = ? AND release = '2025-12' AND measure = 'total_recorded_crime'),
            (SELECT sum(o.value) FROM harmonised.observations o JOIN harmonised.recorded_crime_classes c
                USING (source, release, measure, breakdown)
                WHERE o.source = 'met_ward' AND o.release = '2025-12' AND o.parent_code = ? AND c.node IS NOT NULL
                AND o.period_start >= DATE '2025-01-01')""",
            [ISLINGTON, ISLINGTON],
        ).fetchall()
    assert profiles == printed > 20_000
