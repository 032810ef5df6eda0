"""Sums over time in SQL against the same rules written out in Python, on random figures."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic_assets.harmonise.time.aggregation import Issues, aggregate
from civic_assets.values.cells import QUALIFYING
from civic_assets.values.named_periods import calendar_year, months
from civic_assets.values.periods import Period
from civic_assets_tests.harmonise.harmonised_figures import figure, observations, offences

MONTHS = [months(2023, month, 1) for month in range(1, 25)]
WHOLES = [calendar_year(2023), calendar_year(2024)]
ORDER = ("at_least", "break", "forecast", "estimated", "provisional", "revised")
AREAS, CLASSES, RELEASES = (
    ("E09000019", "E09000007"),
    ("theft", "robbery"),
    ("2024-12", "2025-06", "2025-06.r2"),
)

STATUSES = st.sampled_from([None, None, None, None, "suppressed", "revised", "provisional"])
CELLS = st.tuples(st.integers(0, 50), STATUSES, st.sampled_from(["ok", "ok", "ok", "ok", "disputed"]))


@st.composite
def releases(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Files of some months each, in which some cells have no row and some have two."""
    rows = []
    for release in draw(st.lists(st.sampled_from(RELEASES), min_size=1, max_size=3, unique=True)):
        first = draw(st.integers(0, 12))
        for month in MONTHS[first : first + draw(st.sampled_from([12, 18, 24]))]:
            for area in AREAS:
                for kind in CLASSES:
                    if draw(st.integers(0, 24)) == 0:
                        continue
                    value, status, quality = draw(CELLS)
                    row = figure(
                        month,
                        None if status == "suppressed" else value,
                        release=release,
                        area_code=area,
                        breakdown=kind,
                        status=status,
                        quality=quality,
                    )
                    rows += [row] * (2 if draw(st.integers(0, 200)) == 0 else 1)
    return rows


def by_hand(
    rows: list[dict[str, Any]], whole: Period, issues: Issues, *, absent_is_zero: bool
) -> dict[tuple[str, str], tuple[float | None, str | None, int]]:
    """Value, status and number of parts by area and class, by the rules as docs/why/harmonising states them."""
    held: dict[str, set[Any]] = defaultdict(set)
    for row in rows:
        held[row["release"]].add(row["period_start"])
    wanted = [month.start for month in MONTHS if whole.start <= month.start < whole.end]
    newest_first = sorted(held, reverse=True)
    if issues is Issues.ONE:
        chosen = next((r for r in newest_first if set(wanted) <= held[r]), None)
        source = {month: chosen for month in wanted} if chosen else {}
    else:
        source = {
            month: next(r for r in newest_first if month in held[r])
            for month in wanted
            if any(month in held[r] for r in held)
        }
        source = source if len(source) == len(wanted) else {}
    picked = [row for row in rows if source.get(row["period_start"]) == row["release"]]
    known_classes = {(row["release"], row["breakdown"]) for row in picked}
    known_places = {(row["release"], row["area_code"]) for row in picked}
    made = {}
    for area, kind in {(row["area_code"], row["breakdown"]) for row in picked}:
        of_cell = [row for row in picked if (row["area_code"], row["breakdown"]) == (area, kind)]
        total, usable, parts, twice = 0.0, True, 0, False
        words = set()
        for month in wanted:
            there = [row for row in of_cell if row["period_start"] == month]
            release = source[month]
            parts += max(1, len(there))
            twice = twice or len(there) > 1
            if not there:
                usable = usable and (
                    absent_is_zero and (release, kind) in known_classes and (release, area) in known_places
                )
            for row in there:
                good = (
                    row["value"] is not None
                    and row["quality"] == "ok"
                    and (row["status"] is None or row["status"] in QUALIFYING)
                )
                usable = usable and good
                total += row["value"] or 0 if good else 0
                words.add(row["status"])
        status = next((word for word in ORDER if word in words), None)
        complete = usable and not twice
        made[area, kind] = (total if complete else None, status if complete else "incomplete", parts)
    return made


@given(releases(), st.sampled_from(list(Issues)), st.booleans(), st.sampled_from(WHOLES))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_sums_in_sql_are_those_of_the_rules_written_out(
    rows: list[dict[str, Any]], issues: Issues, absent_is_zero: bool, whole: Period
) -> None:
    found = aggregate(
        observations(rows), [whole], issues=issues, absent_is_zero=absent_is_zero, counted=offences
    ).table.to_pylist()
    assert {
        (row["area_code"], row["breakdown"]): (row["value"], row["status"], row["n_parts"]) for row in found
    } == by_hand(rows, whole, issues, absent_is_zero=absent_is_zero)
