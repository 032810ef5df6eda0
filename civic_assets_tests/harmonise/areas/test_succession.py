"""Where codes lead when authorities are reorganised, and counts that are carried with them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from civic_assets.errors import UsageError
from civic_assets.harmonise.areas.carried_counts import CarriedCounts, apportion, faulty_weights, sum_to
from civic_assets.harmonise.areas.register import AreaRegister, SuccessionKind
from civic_assets.harmonise.areas.succession import made_whole, recode
from civic_assets.harmonise.figures.modelled import METHODS

REGISTER = AreaRegister.shipped()
NOW = date(2026, 1, 1)
SOMERSET = ("E07000187", "E07000188", "E07000189", "E07000190", "E07000191")
NORTH_YORKSHIRE = tuple(f"E0700016{n}" for n in range(3, 10))
BUCKS = ("E07000004", "E07000005", "E07000006", "E07000007")
MERGED: Mapping[str, tuple[str, ...]] = {
    "E06000060": BUCKS,
    "E06000058": ("E06000028", "E06000029", "E07000048"),
    "E06000061": ("E07000150", "E07000152", "E07000153", "E07000156"),
    "E06000066": SOMERSET,  # two of them by way of Somerset West and Taunton
    "E06000064": ("E07000027", "E07000030", "E07000031"),
    "E06000065": NORTH_YORKSHIRE,
    "E07000245": ("E07000201", "E07000204"),
}


def counts(
    rows: Iterable[tuple[str, float | None] | tuple[str, float | None, str | None]], **columns: Any
) -> pa.Table:
    """Counts of one measure: code, value and, where there is one, status."""
    given = [(*row, None)[:3] for row in rows]
    fixed = {"measure": "burglary", "statistic": "flow", "unit": "count", **columns}
    return pa.table(
        {
            "area_code": pa.array([row[0] for row in given], pa.string()),
            "value": pa.array([row[1] for row in given], pa.float64()),
            "status": pa.array([row[2] for row in given], pa.string()),
            **{name: pa.array([value] * len(given)) for name, value in fixed.items()},
        }
    )


def by_code(recoded: CarriedCounts) -> dict[str, tuple[float | None, str | None]]:
    rows = recoded.table.to_pylist()
    assert len({row["area_code"] for row in rows}) == len(rows), "a code stands twice"
    return {row["area_code"]: (row["value"], row["status"]) for row in rows}


@pytest.mark.parametrize(
    ("code", "at", "to", "exact", "kind"),
    [
        ("E07000004", NOW, "E06000060", True, SuccessionKind.MERGED),
        ("E07000190", NOW, "E06000066", True, SuccessionKind.MERGED),
        ("E07000190", date(2020, 1, 1), "E07000246", True, SuccessionKind.MERGED),
        ("E07000190", date(2019, 3, 31), "E07000190", True, None),
        ("E10000002", NOW, "E06000060", True, SuccessionKind.RECODED),
        ("E06000060", date(2019, 1, 1), "E10000002", True, SuccessionKind.RECODED),
        ("E10000006", NOW, "E10000006", False, SuccessionKind.SPLIT),  # Cumbria
        ("E10000009", NOW, "E10000009", False, SuccessionKind.SPLIT),  # Dorset, without Christchurch
        ("E06000058", date(2018, 1, 1), "E06000058", False, SuccessionKind.MERGED),
        ("E08000016", NOW, "E08000038", False, SuccessionKind.BOUNDARY_CHANGE),
        ("E09000019", date(2010, 1, 1), "E09000019", True, None),
        ("E09000099", NOW, "E09000099", False, None),
    ],
)
def test_code_leads_exactly_where_all_of_its_ground_went(
    code: str, at: date, to: str, exact: bool, kind: SuccessionKind | None
):
    found = recode([code], at, REGISTER)[code]
    assert (found.to, found.exact, found.kind) == (to, exact, kind)
    assert found.because.endswith(".")


@pytest.mark.parametrize(("new", "old"), MERGED.items(), ids=MERGED)
def test_counts_of_merged_authorities_add_up_once_and_no_row_is_doubled(new: str, old: tuple[str, ...]):
    table = counts([(code, 10.0**n) for n, code in enumerate(old)] + [("E09000019", 7.0)])
    carried = sum_to(table, NOW, REGISTER)
    assert by_code(carried) == {new: (sum(10.0**n for n in range(len(old))), None), "E09000019": (7.0, None)}
    assert not carried.left


@pytest.mark.parametrize(("new", "old"), MERGED.items(), ids=MERGED)
def test_part_of_an_authority_is_not_passed_off_as_the_whole(new: str, old: tuple[str, ...]):
    table = counts([(code, 1.0) for code in old[1:]])
    carried = sum_to(table, NOW, REGISTER)
    assert by_code(carried) == {code: (1.0, None) for code in old[1:]}
    assert any(new in sentence and "not passed off" in sentence for sentence in carried.left)


def test_county_is_never_added_to_its_own_districts():
    table = counts([("E10000002", 100.0), *((code, 25.0) for code in BUCKS)])
    carried = sum_to(table, NOW, REGISTER)
    assert set(by_code(carried)) == {"E10000002", *BUCKS}
    assert any("twice" in sentence for sentence in carried.left)


def test_abolished_code_that_is_listed_without_figures_beside_its_successor_changes_nothing():
    # As in children in need: Somerset's county code is listed for every year, with a symbol once it had ended.
    table = counts([("E10000027", None, "not_applicable"), ("E06000066", 812.0)])
    assert by_code(sum_to(table, NOW, REGISTER)) == {"E06000066": (812.0, None)}


def test_successor_that_is_listed_before_its_time_takes_the_county_figure():
    table = counts([("E10000027", 790.0), ("E06000066", None, "not_applicable")])
    assert by_code(sum_to(table, NOW, REGISTER)) == {"E06000066": (790.0, None)}


def test_both_codes_with_figures_for_one_period_are_left_and_said():
    table = counts([("E10000027", 790.0), ("E06000066", 812.0)])
    carried = sum_to(table, NOW, REGISTER)
    assert by_code(carried) == {"E10000027": (790.0, None), "E06000066": (812.0, None)}
    assert carried.left


def test_suppressed_part_makes_the_sum_suppressed_and_never_smaller():
    table = counts([("E07000201", 12.0), ("E07000204", None, "suppressed")])
    assert by_code(sum_to(table, NOW, REGISTER)) == {"E07000245": (None, "suppressed")}


def test_provisional_part_makes_the_sum_provisional():
    table = counts([("E07000201", 12.0, "provisional"), ("E07000204", 30.0)])
    assert by_code(sum_to(table, NOW, REGISTER)) == {"E07000245": (42.0, "provisional")}


@pytest.mark.parametrize("code", ["E10000006", "E08000016", "E10000009", "E09000099"])
def test_split_moved_and_unknown_areas_stay_under_their_own_code_with_the_reason(code: str):
    carried = sum_to(counts([(code, 5.0)]), NOW, REGISTER)
    assert by_code(carried) == {code: (5.0, None)}
    assert len(carried.left) == 1 and code in carried.left[0]


@pytest.mark.parametrize(
    "columns", [{"statistic": "rate"}, {"unit": "per_1000_population"}, {"unit": "percent"}]
)
def test_rates_are_not_added_up_but_refused_with_what_to_do(columns: dict[str, str]):
    with pytest.raises(UsageError, match="divide again"):
        sum_to(counts([("E07000004", 8.1)], **columns), NOW, REGISTER)


def test_measures_and_years_are_carried_apart():
    tables = [counts([(code, 1.0) for code in BUCKS], measure=m, year=y) for m in "ab" for y in (2018, 2019)]
    carried = sum_to(pa.concat_tables(tables), NOW, REGISTER).table.to_pylist()
    assert sorted((row["measure"], row["year"], row["value"]) for row in carried) == [
        ("a", 2018, 4.0), ("a", 2019, 4.0), ("b", 2018, 4.0), ("b", 2019, 4.0),
    ]  # fmt: skip


CODES = sorted(code for code, area in REGISTER.areas.items() if area.type in ("local_authority", "county"))


# Whole sets of predecessors as often as single codes, so that sums are made and not only refused.
TOGETHER = st.lists(
    st.sampled_from([*MERGED.values(), *((code,) for code in CODES)]), min_size=1, max_size=12
)


@given(TOGETHER, st.dates(date(2009, 1, 1), date(2026, 1, 1)), st.randoms(use_true_random=False))
def test_totals_are_the_same_after_carrying_whatever_codes_there_are(
    sets: list[Any], at: date, random: Random
):
    codes = sorted({code for together in sets for code in together})
    figures = {code: random.randrange(10**6) for code in codes}
    carried = sum_to(counts([(code, float(value)) for code, value in figures.items()]), at, REGISTER)
    assert math.fsum(carried.table["value"].to_pylist()) == sum(figures.values())
    used = [code for row in carried.table.to_pylist() for code in row["made_from"].split("+")]
    assert sorted(used) == codes, "each code is used once"


@given(st.data(), st.dates(date(2009, 4, 1), date(2026, 1, 1)))
def test_codes_in_force_on_a_day_recode_to_themselves(data: st.DataObject, at: date):
    code = data.draw(st.sampled_from(CODES))
    assume(REGISTER.live(code, at))
    found = recode([code], at, REGISTER)[code]
    assert found.to == code and found.exact


@given(st.sampled_from(CODES), st.dates(date(2009, 4, 1), date(2026, 1, 1)))
def test_exact_recoding_leads_to_a_code_in_force_then(code: str, at: date):
    found = recode([code], at, REGISTER)[code]
    assert not found.exact or REGISTER.live(found.to, at)


@given(st.sampled_from(CODES), st.frozensets(st.sampled_from(CODES), max_size=40))
def test_ways_to_make_an_area_up_use_only_codes_at_hand(code: str, present: frozenset[str]):
    assert all(way <= present and way for way in made_whole(code, present, REGISTER))


SHARES = st.lists(st.integers(1, 1000), min_size=1, max_size=5).map(
    lambda parts: [p / sum(parts) for p in parts]
)


@given(st.floats(0, 1e6), SHARES)
def test_what_is_shared_out_adds_up_again_and_is_marked_as_a_model(value: float, shares: list[float]):
    weights = {"E10000006": {f"E0600006{n}": share for n, share in enumerate(shares)}}
    shared = apportion(
        counts([("E10000006", value), ("E09000019", 3.0)]), weights, basis="residents aged 0-17, mid-2019"
    )
    rows = shared.to_pylist()
    parts = [row for row in rows if row["modelled"]]
    assert math.isclose(math.fsum(row["value"] for row in parts), value, abs_tol=1e-6)
    assert all("residents aged 0-17" in row["model"] and row["method"] in METHODS for row in parts)
    kept = [row for row in rows if not row["modelled"]]
    assert [(row["area_code"], row["value"], row["method"]) for row in kept] == [("E09000019", 3.0, None)]


def test_suppressed_figure_shared_out_is_suppressed_everywhere():
    weights = {"E10000006": {"E06000063": 0.55, "E06000064": 0.45}}
    rows = apportion(counts([("E10000006", None, "suppressed")]), weights, basis="residents").to_pylist()
    assert [(row["value"], row["status"]) for row in rows] == [(None, "suppressed")] * 2


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ({"A": {"X": 0.5, "Y": 0.4}}, "0.9 together"),
        ({"A": {"X": 1.2, "Y": -0.2}}, "negative"),
        ({"A": {"X": math.nan}}, "no number"),
        ({"A": {}}, "0 together"),
        ({"A": {"X": 0.5, "Y": 0.50001}}, "1.00001"),
    ],
)
def test_weights_that_lose_or_invent_figures_are_refused(weights: dict[str, dict[str, float]], told: str):
    assert told in faulty_weights(weights)[0]
    with pytest.raises(UsageError, match="H-08"):
        apportion(counts([("A", 1.0)]), weights, basis="anything")


def test_weights_within_rounding_of_one_are_accepted():
    assert faulty_weights({"A": {"X": 1 / 3, "Y": 1 / 3, "Z": 1 / 3 + 1e-9}}) == []
