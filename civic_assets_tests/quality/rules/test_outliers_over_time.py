"""A figure against its own past: which periods count, and that the rule says what its definition says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from statistics import median
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract, Threshold
from civic_assets.parsing.blocks import FoundTables
from civic_assets.parsing.observations import Parsed, arrow_schema
from civic_assets.quality.analyses.history import History
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import RuleOutcome
from civic_assets.quality.rules.outliers_over_time import outliers
from civic_assets.readers.grid import Grid
from civic_assets.values.periods import first_of_month
from civic_assets_tests.releases import FILE

CONTRACT = replace(
    load_contracts()["home_office_prc"], thresholds={"outlier_z": Threshold(5, "as catalogued")}
)
Figure = tuple[str, date, date, float]


def _table(figures: list[Figure]) -> pa.Table:
    rows: list[dict[str, Any]] = [
        {
            "measure": "recorded_crime_offence", "area_code": area, "period_start": start, "period_end": end,
            "breakdown": "total", "unit": "count", "statistic": "flow", "value": value, "locator": f"A{n}",
        }
        for n, (area, start, end, value) in enumerate(figures)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=arrow_schema())


def _verdict(
    figures: list[Figure], earlier: Mapping[str, list[Figure]] = {}, contract: Contract = CONTRACT
) -> RuleOutcome:
    found = FoundTables({}, ())
    parsed = Parsed(contract.source, "2024-03", found, _table(figures))
    history = History({release: _reader(_table(rows)) for release, rows in earlier.items()})
    return outliers(ReleaseView(contract, "2024-03", FILE, Grid("f", "csv", []), found, parsed, history))


def _reader(table: pa.Table) -> Any:
    return lambda names: table if names is None else table.select(list(names))


def _quarter(number: int, months: int = 3) -> tuple[date, date]:
    return first_of_month(2015, 1 + 3 * number), first_of_month(2015, 1 + 3 * number + months)


def _series(*values: float, area: str = "E22000204") -> list[Figure]:
    return [(area, *_quarter(number), value) for number, value in enumerate(values)]


def _by_definition(figures: list[Figure], earlier: list[Figure]) -> tuple[int, set[str]]:
    """V-21 as the catalogue states it, figure by figure."""
    known = {(area, start, end): value for area, start, end, value in [*earlier, *figures]}
    checked, found = 0, set()
    for number, (area, start, end, value) in enumerate(figures):
        others: list[tuple[date, date]] = []
        for s, e in sorted(
            ((s, e) for a, s, e in known if a == area), key=lambda when: when[1], reverse=True
        ):
            if all(e <= s_ or s >= e_ for s_, e_ in [(start, end), *others]):
                others.append((s, e))
        if len(others) < 4:
            continue
        checked += 1
        logs = [math.log(max(known[area, s, e], 0) + 0.5) for s, e in others]
        spread = max(median(abs(log - median(logs)) for log in logs), 0.05)
        if abs(math.log(max(value, 0) + 0.5) - median(logs)) / spread > 5:
            found.add(f"A{number}")
    return checked, found


FIGURES = st.lists(
    st.tuples(
        st.sampled_from(["E22000204", "E22000197"]),
        st.integers(0, 9),
        st.sampled_from([3, 12]),
        st.sampled_from([-3.0, 0.0, 1.0, 40.0, 42.0, 45.0, 400.0]),
    ),
    max_size=30,
    # Two periods that end on one day may be taken in either order; the catalogue leaves that open.
    unique_by=lambda figure: (figure[0], first_of_month(2015, 1 + 3 * figure[1] + figure[2])),
)


@settings(max_examples=60, deadline=None)
@given(FIGURES, FIGURES)
def test_columns_give_what_the_definition_gives_figure_by_figure(now: list[Any], before: list[Any]) -> None:
    def said(figures: list[Any]) -> list[Figure]:
        return [(area, *_quarter(number, months), value) for area, number, months, value in figures]

    taken = {(area, first_of_month(2015, 1 + 3 * number + months)) for area, number, months, _ in now}
    before = [f for f in before if (f[0], first_of_month(2015, 1 + 3 * f[1] + f[2])) not in taken]
    checked, found = _by_definition(said(now), said(before))
    verdict = _verdict(said(now), {"2023-12": said(before)})
    assert (verdict.n_checked if verdict.outcome != "not_evaluated" else 0) == checked
    assert {finding.locator for finding in verdict.findings} == found


def test_later_release_restates_a_quarter_and_the_restated_figure_counts() -> None:
    usual = _series(100, 102, 98, 101, 99)
    wrong = [(area, start, end, value * 10) for area, start, end, value in usual]
    assert _verdict([("E22000204", *_quarter(5), 100.0)], {"a": wrong, "b": usual}).outcome == "pass"
    assert _verdict([("E22000204", *_quarter(5), 100.0)], {"a": usual, "b": wrong}).outcome == "fail"


def test_small_counts_are_not_evaluated_where_the_contract_says_so() -> None:
    figures = _series(0, 0, 0, 0, 0, 2)
    assert _verdict(figures).outcome == "fail"
    least = Threshold(20, "chance")
    contract = replace(CONTRACT, thresholds={**CONTRACT.thresholds, "outlier_least_count": least})
    verdict = _verdict(figures, contract=contract)
    assert (verdict.outcome, verdict.message) == ("not_evaluated", "6 below 20 and usually so")
    assert _verdict(_series(0, 0, 0, 0, 0, 200), contract=contract).n_failed == 1
    assert _verdict(_series(200, 210, 190, 200, 205, 0), contract=contract).n_failed == 1


def test_of_too_many_outliers_the_most_extreme_are_kept_and_all_are_counted() -> None:
    figures = [row for n in range(600) for row in _series(10, 10, 10, 10, 10, 1000 + n, area=f"E22{n:06d}")]
    verdict = _verdict(figures)
    assert (verdict.n_failed, len(verdict.findings)) == (600, 500)
    assert verdict.findings[0].observed == "1599"


def test_history_reads_the_columns_that_are_asked_for_and_keeps_nothing() -> None:
    asked: list[Any] = []
    table = _table(_series(1, 2))

    def read(names: Any) -> pa.Table:
        asked.append(names)
        return table if names is None else table.select(list(names))

    history = History({"2023-12": read})
    assert (list(history), len(history), asked) == (["2023-12"], 1, [])
    assert history.columns("2023-12", ["value"]).column_names == ["value"]
    assert history["2023-12"] is table
    assert asked == [["value"], None]


@pytest.mark.parametrize("figures", [[], _series(1, 2, 3)])
def test_nothing_to_compare_with_is_not_evaluated(figures: list[Figure]) -> None:
    assert _verdict(figures).outcome == "not_evaluated"
