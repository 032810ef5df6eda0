"""Intervals that counts and rates imply, and how few bases explain them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.quality.analyses.implied_denominators import groups, implied_denominators_of, intervals_of
from civic_assets.quality.analyses.shared_denominators import bases_exist
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.releases import contract, release_of, report


def _rows(**options: Any) -> dict[str, dict[str, Any]]:
    terms = contract("gla_report")
    tables = tuple(
        replace(
            table,
            rules=tuple(
                replace(rule, options={**rule.options, **options}) if rule.kind == "implied_base" else rule
                for rule in table.rules
            ),
        )
        for table in terms.tables
    )
    table = intervals_of(
        replace(terms, tables=tables), "2023-05", release_of(report(), "gla_report").observations
    )
    assert table is not None
    return {row["measure"]: row for row in table.to_pylist()}


@pytest.mark.parametrize(
    ("measure", "low", "high"),
    [
        ("population_percent", 248_059, 248_133),
        ("knife_crime_persons_percent", 72_479, 73_739),
        ("uasc_looked_after_percent", 52_381, 57_895),
        ("neet_or_not_known_percent", 3_190, 3_198),
        ("referrals_to_social_services_rate", 43_209, 43_288),
        ("send_secondary_percent", 13_107, 13_119),
        ("suspension_rate", 13_105, 13_118),
        ("permanent_exclusion_rate", 6_667, 20_000),
    ],
)
def test_intervals_are_those_of_the_catalogue(measure: str, low: int, high: int) -> None:
    row = _rows()[measure]
    assert (round(row["low"]), round(row["high"])) == (low, high)


def test_count_rounded_to_ten_widens_its_interval() -> None:
    row = _rows(rounding=10)["neet_or_not_known_percent"]
    assert (round(row["low"]), round(row["high"])) == (3_067, 3_321)


def test_rate_is_paired_with_the_count_of_its_own_area() -> None:
    rows = _rows()
    assert {row["area_code"] for row in rows.values()} == {"E09000019"}
    assert len(rows) == 8


def test_rate_of_nought_leaves_the_upper_end_open() -> None:
    release = release_of(report(), "gla_report")
    table = release.observations
    at = table["locator"].to_pylist().index("L12:Percentage (Islington)")
    for name, value in (("value", 0.0), ("value_text", "0.00%")):
        column = table[name].to_pylist()
        column[at] = value
        place = table.column_names.index(name)
        table = table.set_column(place, table.field(name), pa.array(column, table.field(name).type))
    found = intervals_of(release.contract, "2023-05", table)
    assert found is not None
    row = next(row for row in found.to_pylist() if row["measure"] == "permanent_exclusion_rate")
    assert (round(row["low"]), row["high"]) == (20_000, None)


def test_contract_that_declares_no_pair_implies_nothing() -> None:
    assert (
        intervals_of(contract("ons_csp"), "2022-06", release_of(report(), "gla_report").observations) is None
    )


@pytest.mark.real_data
def test_shares_of_full_precision_give_whole_numbers_of_offences(real_data: Path) -> None:
    """The edition of March 2018 prints nine shares of knife crime that no number of offences gives."""
    file = real_data / "ons-pfa" / "policeforceareatablesyearendingmarch2018v2.xlsx"
    if not file.exists():
        pytest.skip(f"{file} is not held")
    release = release_of(read_grid(file), "ons_pfa")
    table = release.derived(implied_denominators_of)
    assert table is not None and table.num_rows > 1_000
    findings = bases_exist(release).findings
    assert {finding.measure for finding in findings} == {"knife_crime_share"}
    assert len(findings) == 9
    assert "Table P5!P9" in {finding.locator for finding in findings}


_INTERVAL = st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda i: (float(i[0]), float(i[0] + i[1])))


@given(st.lists(_INTERVAL, max_size=8))
def test_each_interval_holds_the_bases_of_its_group_and_fewer_groups_explain_less(
    intervals: list[tuple[float, float]],
) -> None:
    found = groups(intervals)
    assert sorted(place for group in found for place in group.members) == list(range(len(intervals)))
    for group in found:
        assert group.low <= group.high
        assert all(
            intervals[place][0] <= group.low and group.high <= intervals[place][1] for place in group.members
        )
    # Of each group one interval lies apart from those of all others: no base explains two of them.
    firsts = sorted(
        min((intervals[place][1], intervals[place][0]) for place in group.members) for group in found
    )
    assert all(end < start for (end, _), (_, start) in pairwise(firsts))
