"""Flows added up to longer periods: exactly, from a stated release, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import CivicError
from civic_assets.harmonise.figures.complete_sums import QUALIFYING_ORDER
from civic_assets.harmonise.time.aggregation import Issues, aggregate, unit_of_count
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import QUALIFYING
from civic_assets.values.named_periods import (
    TERMS,
    academic_year,
    calendar_year,
    months,
    periods_within,
    term,
)
from civic_assets.values.periods import Period, PeriodKind, year_ending
from civic_assets_tests.harmonise.harmonised_figures import figure, observations, offences

YEAR = calendar_year(2024)
MONTHS = [months(2024, month, 1) for month in range(1, 13)]
COUNTS = st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=12, max_size=12)


def summed(
    rows: Sequence[dict[str, Any]], wholes: Sequence[Period] = (YEAR,), **how: Any
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = aggregate(
        observations(rows), wholes, **{"counted": offences, **how}
    ).table.to_pylist()
    return found


def refusals(rows: Sequence[dict[str, Any]], wholes: Sequence[Period] = (YEAR,), **how: Any) -> str:
    done = aggregate(observations(rows), wholes, **{"counted": offences, **how})
    assert done.table.num_rows == 0
    return " ".join(refusal.sentence for refusal in done.refused)


def test_a_year_is_the_sum_of_its_months_and_says_where_from() -> None:
    (year,) = summed([figure(month, number) for number, month in enumerate(MONTHS, 1)])
    assert (year["value"], year["status"], year["reason"]) == (78, None, None)
    assert (year["n_parts"], year["release"], year["releases"]) == (12, "2024-12", ["2024-12"])
    assert (year["locator"], year["method"]) == ("L2:202401..L2:202412", "aggregated")
    assert year["period_kind"] == "calendar_year"


def test_zeros_are_zeros() -> None:
    (year,) = summed([figure(month, 0) for month in MONTHS])
    assert (year["value"], year["status"]) == (0, None)


@given(COUNTS)
@settings(max_examples=40)
def test_sum_is_exact_and_a_status_never_becomes_a_number(counts: list[int | None]) -> None:
    rows = [
        figure(month, count, status=None if count is not None else "suppressed")
        for month, count in zip(MONTHS, counts, strict=True)
    ]
    (year,) = summed(rows)
    if None in counts:
        assert (year["value"], year["status"]) == (None, "incomplete")
        assert year["reason"] == f"{counts.count(None)} of 12 parts: suppressed"
    else:
        assert (year["value"], year["status"]) == (sum(count for count in counts if count is not None), None)


@given(COUNTS)
@settings(max_examples=25)
def test_months_to_quarters_to_a_year_is_months_to_the_year(counts: list[int | None]) -> None:
    rows = [
        figure(month, count, status=None if count is not None else "low")
        for month, count in zip(MONTHS, counts, strict=True)
    ]
    quarters = list(periods_within(PeriodKind.QUARTER, YEAR.start, YEAR.end))
    first = aggregate(observations(rows), quarters, counted=offences).table
    assert first.num_rows == 4
    (through,) = aggregate(first, [YEAR], part=PeriodKind.QUARTER, counted=offences).table.to_pylist()
    (direct,) = summed(rows)
    assert (through["value"], through["status"]) == (direct["value"], direct["status"])


@pytest.mark.parametrize("quality", ["disputed", "withheld"])
def test_disputed_and_withheld_figures_are_not_part_of_a_sum(quality: str) -> None:
    rows = [figure(month, 5, quality="ok" if month.start.month > 1 else quality) for month in MONTHS]
    (year,) = summed(rows)
    assert (year["value"], year["status"], year["reason"]) == (
        None,
        "incomplete",
        f"1 of 12 parts: {quality}",
    )


def test_a_qualified_part_qualifies_the_sum() -> None:
    statuses = {1: "revised", 2: "provisional", 3: "revised"}
    rows = [figure(month, 1, status=statuses.get(month.start.month)) for month in MONTHS]
    (year,) = summed(rows)
    assert (year["value"], year["status"]) == (12, "provisional")


def test_every_qualifying_status_has_its_rank() -> None:
    assert set(QUALIFYING_ORDER) == QUALIFYING


def test_a_sum_with_a_lower_bound_is_a_lower_bound() -> None:
    rows = [figure(month, 1, status="at_least" if month == MONTHS[0] else "revised") for month in MONTHS]
    assert [(row["value"], row["status"]) for row in summed(rows)] == [(12, "at_least")]


def test_value_next_to_a_status_that_replaces_it_is_not_added() -> None:
    rows = [figure(month, 1, status="suppressed" if month == MONTHS[0] else None) for month in MONTHS]
    assert summed(rows)[0]["value"] is None


def test_a_gap_and_a_month_too_few_are_refused() -> None:
    rows = [figure(month, 1) for month in MONTHS]
    assert "30 days are missing" in refusals(rows[:3] + rows[4:])
    assert "the parts end on 30 November 2024" in refusals(rows[:-1])


def test_a_part_that_appears_twice_makes_no_sum() -> None:
    (year,) = summed([*(figure(month, 1) for month in MONTHS), figure(MONTHS[3], 1)])
    assert (year["value"], year["status"], year["reason"]) == (
        None,
        "incomplete",
        "a part is there twice",
    )


@pytest.mark.parametrize("statistic", ["stock", "mean_of_stocks", "rate", "change"])
def test_only_flows_add_up_over_time(statistic: str) -> None:
    said = refusals([figure(month, 1, statistic=statistic) for month in MONTHS])
    assert f"a {statistic.replace('_', ' ')} does not add up over time" in said


def test_rates_do_not_add_up() -> None:
    assert "figures per 1000_population do not add up" in refusals(
        [figure(month, 1, unit="per_1000_population") for month in MONTHS]
    )


def test_pupils_with_a_suspension_do_not_add_up_to_the_years_pupils() -> None:
    rows = [
        figure(term(2024, name), 10, source="dfe_exclusions", measure="pupils_suspended", breakdown="total")
        for name in TERMS
    ]
    said = refusals(rows, [academic_year(2024)], part=PeriodKind.TERM, counted=unit_of_count)
    assert "only events add up over time" in said
    assert "not known" in refusals(rows, part=PeriodKind.TERM, counted=lambda source, measure: None)


def test_terms_add_up_to_the_school_year() -> None:
    rows = [
        figure(term(2024, name), 10, source="dfe_exclusions", measure="suspensions", breakdown="total")
        for name in TERMS
    ]
    (year,) = summed(rows, [academic_year(2024)], part=PeriodKind.TERM, counted=unit_of_count)
    assert (year["value"], year["n_parts"]) == (30, 3)


def overlapping_issues() -> list[dict[str, Any]]:
    """An issue of 2023 and 2024, and one from July 2024 on that restates the months they share."""
    old = [figure(months(2023, n, 1), 1, release="2024-12") for n in range(1, 25)]
    new = [figure(months(2024, n, 1), 2, release="2026-06") for n in range(7, 31)]
    return old + new


def test_the_newest_release_that_holds_the_whole_year_is_used_alone() -> None:
    found = summed(overlapping_issues(), [YEAR, calendar_year(2025)])
    assert [(row["release"], row["value"]) for row in found] == [("2024-12", 12), ("2026-06", 24)]


def test_issues_are_mixed_only_when_asked_and_the_sum_names_them() -> None:
    (year,) = summed(overlapping_issues(), issues=Issues.NEWEST_OF_EACH_PART)
    assert (year["value"], year["releases"]) == (6 + 12, ["2024-12", "2026-06"])
    assert year["release"] == "2024-12+2026-06"


def test_no_one_release_holds_a_year_that_two_share() -> None:
    across = year_ending(2025, 3)
    rows = [row for row in overlapping_issues() if row["period_start"].isoformat() < "2025-02-01"]
    assert "no single release holds all of it" in refusals(rows, [across])


def test_a_missing_row_is_zero_only_in_the_releases_own_classification() -> None:
    """In the Met's files a class without offences has no row; a class of another classification has none either."""
    rows = overlapping_issues()
    camden = {"area_code": "E09000007", "area_name": "Camden", "breakdown": "other"}
    # Camden has another class in both issues, so that it is there; shoplifting in the newer one only.
    rows += [{**row, **camden} for row in rows]
    rows += [{**row, **camden, "breakdown": row["breakdown"]} for row in rows[24:48]]
    found = {
        row["area_code"]: row
        for row in summed(rows, issues=Issues.NEWEST_OF_EACH_PART, absent_is_zero=True)
        if row["breakdown"] != "other"
    }
    assert found["E09000007"]["value"] == 12
    assert found["E09000007"]["n_zero_rows"] == 6
    not_zero = {
        row["area_code"]: row
        for row in summed(rows, issues=Issues.NEWEST_OF_EACH_PART)
        if row["breakdown"] != "other"
    }
    assert not_zero["E09000007"]["reason"] == "6 of 12 parts: no row"
    only_new = [row for row in rows if row["breakdown"] == "other" or row["release"] == "2026-06"]
    classless = [
        row
        for row in summed(only_new, issues=Issues.NEWEST_OF_EACH_PART, absent_is_zero=True)
        if row["breakdown"] != "other"
    ]
    assert {row["status"] for row in classless} == {"incomplete"}


def test_a_table_of_something_else_is_refused_in_a_sentence() -> None:
    with pytest.raises(CivicError, match="lack the column 'source'"):
        aggregate(pa.table({"a": [1]}), [YEAR])


@pytest.mark.real_data
def test_met_months_of_islington_make_the_year_to_december_2024(real_data: Path) -> None:
    """About 30,490 by the Met's own count (formats.md, 0.12), from the issue of December 2025 alone."""
    tables = []
    for path in sorted((real_data / "met-borough").rglob("*.csv")):
        grid = read_grid(path)
        (found,) = recognise(grid, load_contracts())
        parsed = parser_of(found.contract).parse(grid, found.found, found.contract)
        size = parsed.observations.num_rows
        own = {"source": pa.repeat("met_borough", size), "release": pa.repeat(found.edition, size)}
        tables.append(
            pa.table(
                {
                    **own,
                    **dict(zip(parsed.observations.column_names, parsed.observations.columns, strict=True)),
                }
            )
        )
    every = pa.concat_tables(tables)
    wholes = [year_ending(2024, 12), year_ending(2021, 12)]
    done = aggregate(every, wholes, absent_is_zero=True)
    rows = [row for row in done.table.to_pylist() if row["area_code"] == "E09000019"]
    assert {row["release"] for row in rows} == {"2025-12"}
    assert sum(row["value"] for row in rows) == 30489
    # No issue holds all of 2021: the historical file ends in July, the next begins in August.
    assert any("year ending December 2021" in refusal.sentence for refusal in done.refused)
    mixed = aggregate(
        every, wholes[1:], issues=Issues.NEWEST_OF_EACH_PART, absent_is_zero=True
    ).table.to_pylist()
    assert {tuple(row["releases"]) for row in mixed} <= {
        ("2021-07-historical", "2023-07"),
        ("2021-07-historical",),
        ("2023-07",),
    }
