"""Recorded crime of authorities that no release prints: whole partnerships add up, shared ones give bounds."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import COUNTY, LOCAL_AUTHORITY
from civic_assets.publish.profiles.crime_areas import covered
from civic_assets_tests.publish.read_models import figure, read_model, records, said

YEAR = (date(2024, 1, 1), date(2025, 1, 1))
NORTH_NORTHANTS, CUMBERLAND, BCP, EAST_DEVON, DORSET, SHEFFIELD = (
    "E06000061", "E06000063", "E06000058", "E07000040", "E06000059", "E08000039",
)  # fmt: skip
NORTHANTS_PARTS = {"E22000233": 5000, "E22000235": 4000, "E22000236": 7000, "E22000239": 6000}
COAST = {"E22000063": 19491, "E22000067": 10133, "E22000367": 21476}


def printed(partnership: str, value: float | None, area: str = "", **other: Any) -> Any:
    kind = "local_authority" if area else "community_safety_partnership"
    return figure(
        "ons_csp", "2024-12", "burglary", area or partnership, *YEAR, value,
        **{"period_kind": "rolling_year", "area_type": kind, "partnership_code": partnership, **other},
    )  # fmt: skip


def row(model: Any, area: str) -> dict[str, Any]:
    (found,) = records(model, "SELECT * FROM harmonised.crime_table WHERE area_code = ?", [area])
    return found


def test_whole_partnerships_of_an_authority_are_added_up_with_all_their_cells() -> None:
    found = row(read_model([printed(code, n) for code, n in NORTHANTS_PARTS.items()]), NORTH_NORTHANTS)
    assert (found["value"], found["basis"], found["status"]) == (22_000, "sum of partnerships", None)
    assert len(found["locators"]) == 4 and found["locator"] is None and found["rate"] is None
    assert said(found["caveats"], "Corby, East Northamptonshire, Kettering and Wellingborough")


@pytest.mark.parametrize("spoilt", ["absent", "suppressed", "disputed"])
def test_a_missing_or_disputed_part_leaves_no_sum(spoilt: str) -> None:
    rows = [printed(code, n) for code, n in NORTHANTS_PARTS.items()]
    rows[-1] = printed(
        "E22000239",
        6000 if spoilt == "disputed" else None,
        quality="disputed" if spoilt == "disputed" else "ok",
        status="suppressed" if spoilt == "suppressed" else None,
    )
    found = row(read_model(rows[:-1] if spoilt == "absent" else rows), NORTH_NORTHANTS)
    assert (found["value"], found["status"], found["value_at_least"]) == (None, "incomplete", None)
    assert said(found["caveats"], "missing or disputed, so the figures are not added up")


def test_partnership_that_covers_other_ground_gives_bounds_and_no_figure() -> None:
    parts = [printed(code, n, DORSET if code == "E22000367" else "") for code, n in COAST.items()]
    found = row(read_model(parts), BCP)
    assert (found["value"], found["status"], found["basis"]) == (None, "not_available", "bounds")
    assert (found["value_at_least"], found["value_at_most"]) == (29_624, 51_100)
    assert said(found["caveats"], "Dorset, which also covers ground of Dorset")


def test_figure_printed_for_an_authority_says_if_its_partnership_covers_another_too() -> None:
    found = row(read_model([printed("E22000367", 21476, DORSET)]), DORSET)
    assert (found["value"], found["basis"]) == (21476, "published")
    assert said(found["caveats"], "also covers ground of Bournemouth, Christchurch and Poole")


def test_district_in_a_partnership_with_others_has_the_partnerships_figure_as_its_upper_bound() -> None:
    found = row(read_model([printed("E22000362", 900)]), EAST_DEVON)
    assert (found["value"], found["value_at_least"], found["value_at_most"]) == (None, 0, 900)
    assert said(found["caveats"], "East and Mid Devon, which also covers ground of Mid Devon")


def test_crime_table_of_a_new_code_shows_figures_and_rates_of_the_code_before() -> None:
    model = read_model(
        [
            printed("E22000262", 3000, "E08000019"),
            printed("E22000262", 5.3, "E08000019", unit="per_1000_population", statistic="rate"),
        ]
    )
    found = row(model, SHEFFIELD)
    assert (found["value"], found["rate"], found["basis"]) == (3000, 5.3, "earlier code")
    assert said(found["caveats"], "when the boundary moved")
    assert row(model, "E08000019")["basis"] == "published"


def test_sum_is_not_shown_before_the_authority_existed() -> None:
    rows = [printed(code, n) for code, n in NORTHANTS_PARTS.items()]
    day = "SELECT count(*) AS n FROM harmonised.crime_table_as_of(DATE '{}') WHERE area_code = ?"
    model = read_model(rows)
    assert records(model, day.format("2021-03-31"), [NORTH_NORTHANTS]) == [{"n": 0}]
    assert records(model, day.format("2021-04-01"), [NORTH_NORTHANTS]) == [{"n": 1}]


def test_every_authority_of_england_is_covered_by_partnerships() -> None:
    register = AreaRegister.shipped()
    now = {
        area.code
        for area in register.areas.values()
        if area.type in (LOCAL_AUTHORITY, COUNTY) and area.code.startswith("E") and area.valid_to is None
    }
    rows = list(covered(register))
    assert {row["area_code"] for row in rows} == now
    shared = {row["area_code"] for row in rows if not row["whole"]}
    assert {BCP, DORSET, EAST_DEVON} <= shared and not {NORTH_NORTHANTS, CUMBERLAND, "E10000016"} & shared


@pytest.mark.real_data
def test_partnerships_that_are_added_up_have_the_residents_of_the_authority(real_store: Path) -> None:
    """The populations that ONS prints with partnerships, in hundreds, against the estimates of the authority."""
    with duckdb.connect(str(real_store / "civic.duckdb"), read_only=True) as model:
        rows = records(
            model,
            """WITH parts AS (
                SELECT DISTINCT partnership_code, value FROM harmonised.observations
                WHERE source = 'ons_csp' AND measure = 'population' AND partnership_code IS NOT NULL
                  AND release = '2024-12'),
            sums AS (
                SELECT area_code, bool_and(whole) AS exact, count(*) AS n, sum(value) AS residents
                FROM harmonised.crime_areas JOIN parts USING (partnership_code) GROUP BY area_code)
            SELECT s.*, p.value AS estimate FROM sums s JOIN harmonised.observations p USING (area_code)
            WHERE p.source = 'ons_population' AND p.release = '2022-mye' AND p.breakdown = 'total'
              AND p.period_start = DATE '2022-06-30'""",
        )
    exact = [row for row in rows if row["exact"]]
    assert len(exact) > 250
    assert all(abs(row["residents"] - row["estimate"]) <= 50 * row["n"] for row in exact)
    (coast,) = (row for row in rows if row["area_code"] == BCP)
    assert coast["residents"] - coast["estimate"] > 300_000  # Dorset's residents are in the third partnership


@pytest.mark.real_data
def test_every_area_of_england_is_filled_or_says_why_not(real_store: Path) -> None:
    with duckdb.connect(str(real_store / "civic.duckdb"), read_only=True) as model:
        silent = records(
            model,
            """SELECT area_code, indicator FROM harmonised.area_profile
            WHERE count IS NULL AND rate IS NULL AND coalesce(reason, '') = ''""",
        )
        assert silent == []
        empty = records(
            model,
            """SELECT area_code FROM harmonised.area_profile GROUP BY area_code
            HAVING count(coalesce(count, rate)) = 0""",
        )
        assert empty == []
        without_crime = records(
            model,
            """SELECT area_code FROM harmonised.profile_areas a WHERE authority AND valid_to IS NULL
            AND NOT EXISTS (FROM harmonised.crime_table t WHERE t.area_code = a.area_code
                AND (t.value IS NOT NULL OR t.value_at_most IS NOT NULL AND len(t.caveats) > 0))""",
        )
        assert without_crime == []
