"""A figure in successive issues: which pairs are made, what their sizes say, and when nothing can be said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import chain
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_assets.publish.read_model.revised.revisions import newey_west_error
from civic_assets_tests.publish.read_model.issue_models import (
    CAMDEN,
    issues_model,
    real_met_issues,
    restated,
    vintages,
    year,
)
from civic_assets_tests.publish.read_models import records

_NUMBERS = st.integers(min_value=0, max_value=100_000).map(float)


def _pairs(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, str, float]]:
    return connection.execute(
        "SELECT horizon, first_release, later_release, revision FROM quality.revisions ORDER BY ALL"
    ).fetchall()


@settings(max_examples=5)
@given(st.lists(st.tuples(_NUMBERS, _NUMBERS), min_size=20, max_size=40))
def test_revision_forward_and_backward_are_negatives(figures: list[tuple[float, float]]) -> None:
    """Of many years in one read model, each printed by its own two issues: to build one takes long."""

    def revisions(turned: bool) -> list[float]:
        rows = [restated(*(pair[::-1] if turned else pair), start=2000 + n) for n, pair in enumerate(figures)]
        return [revision for _, _, _, revision in _pairs(issues_model(chain.from_iterable(rows)))]

    forward, backward = revisions(turned=False), revisions(turned=True)
    assert forward == [later - first for first, later in figures]
    assert forward == [-revision for revision in backward]


def test_later_value_is_that_of_a_fixed_horizon_and_not_the_latest() -> None:
    pairs = _pairs(issues_model(restated(100, 110, 120, 130, 140, 150)))
    assert pairs == [(1, "2001-12", "2002-12", 10.0), (4, "2001-12", "2005-12", 40.0)]


def test_figure_that_the_next_issue_does_not_print_has_no_revision_there() -> None:
    other = restated(1, 1, 1, area=CAMDEN)
    assert _pairs(issues_model([*restated(100, None, 120), *other])) == [(1, "2001-12", "2002-12", 0.0)]


def test_suppressed_figure_is_never_taken_for_a_revision_to_zero() -> None:
    model = issues_model([year("2021-12", 3), year("2022-12", None, status="suppressed")])
    assert _pairs(model) == []


def test_figure_first_printed_with_a_number_counts_from_there() -> None:
    rows = [year("2021-12", None, status="not_available"), year("2022-12", 7), year("2023-12", 8)]
    assert _pairs(issues_model(rows)) == [(1, "2022-12", "2023-12", 1.0)]


def test_reissue_is_an_issue_of_its_own() -> None:
    assert _pairs(issues_model([year("2021-12", 10), year("2021-12.r2", 12)])) == [
        (1, "2021-12", "2021-12.r2", 2.0)
    ]


def test_file_of_another_kind_does_not_count_as_an_issue_between() -> None:
    between = year("2021-12-reasons", 5, breakdown="reason=other")
    pairs = _pairs(issues_model([year("2021-12", 10), between, year("2022-12", 11)]))
    assert pairs == [(1, "2021-12", "2022-12", 1.0)]


def test_files_without_a_figure_in_common_are_not_issues_of_each_other() -> None:
    model = issues_model([year("2021-12", 10), year("2022-12-other", 11, area=CAMDEN)])
    assert _pairs(model) == []
    assert model.execute("SELECT * FROM quality.release_changes").fetchall() == []


def test_month_that_moved_to_the_historical_file_is_followed_there() -> None:
    rows = [
        year("2021-06", 10, source="met_borough"),
        year("2022-06-historical", 12, source="met_borough"),
        year("2022-06-historical", 9, source="met_borough", start=2015),
    ]
    assert _pairs(issues_model(rows)) == [(1, "2021-06", "2022-06-historical", 2.0)]


def test_revision_says_relative_to_the_first_value_and_names_both_cells() -> None:
    rows = [year("2021-12", 200, locator="C2!B5"), year("2022-12", 150, locator="C3!B6")]
    (row,) = records(issues_model(rows), "SELECT * FROM quality.revisions")
    assert (row["revision"], row["relative_revision"]) == (-50, -0.25)
    assert (row["first_locator"], row["later_locator"]) == ("C2!B5", "C3!B6")


def test_relative_revision_of_zero_is_unknown() -> None:
    (row,) = records(issues_model(restated(0, 5)), "SELECT * FROM quality.revisions")
    assert row["relative_revision"] is None


def test_summary_follows_the_formulas() -> None:
    rows = [*restated(100, 110), *restated(200, 180, area=CAMDEN), *restated(50, 50, area="E09000001")]
    (row,) = records(issues_model(rows), "SELECT * FROM quality.revision_summary")
    assert (row["n_pairs"], row["n_revised"], row["horizon"], row["n_vintages"]) == (3, 2, 1, 1)
    assert row["mean_revision"] == pytest.approx(-10 / 3)
    assert row["mean_absolute_revision"] == pytest.approx(10)
    assert row["relative_mean_absolute_revision"] == pytest.approx(30 / 340)
    assert row["root_mean_square_revision"] == pytest.approx(math.sqrt(500 / 3))
    assert row["share_upward"] == 0.5


def test_seven_vintages_are_counted_and_not_tested() -> None:
    (row,) = records(
        issues_model(vintages([9] * 7)), "SELECT * FROM quality.revision_summary WHERE horizon = 1"
    )
    assert (row["outcome"], row["reason"], row["n_vintages"]) == ("not_evaluated", "history_too_short", 7)
    assert row["t_statistic"] is None
    assert row["mean_revision"] == 9


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ([9, 11, 10, 12, 8, 9, 11, 10], "fail"),
        ([9, -11, 10, -12, 8, -9, 11, -10], "pass"),
        ([0] * 8, "pass"),
        ([7] * 8, "fail"),
    ],
    ids=["always up", "up and down", "never revised", "always by seven"],
)
def test_revisions_that_lean_to_one_side_fail_from_eight_vintages_on(
    changes: Sequence[float], outcome: str
) -> None:
    (row,) = records(
        issues_model(vintages(changes)), "SELECT * FROM quality.revision_summary WHERE horizon = 1"
    )
    assert (row["outcome"], row["n_vintages"]) == (outcome, 8)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=60))
def test_standard_error_is_that_of_newey_and_west(values: list[float]) -> None:
    """Against the same thing as a quadratic form: e' W e / N^2 with Bartlett's weights in W."""
    away = np.array(values) - np.mean(values)
    lag = min(math.floor(4 * (len(values) / 100) ** (2 / 9)), len(values) - 1)
    apart = np.abs(np.subtract.outer(np.arange(len(values)), np.arange(len(values))))
    weights = np.maximum(0, 1 - apart / (lag + 1))
    expected = math.sqrt(max(0.0, float(away @ weights @ away))) / len(values)
    assert newey_west_error(values) == pytest.approx(expected, abs=1e-6)


def test_empty_read_model_has_empty_tables() -> None:
    model = issues_model([])
    for name in ("issues", "revisions", "revision_summary", "release_changes", "release_change_counts"):
        assert model.execute(f"SELECT count(*) FROM quality.{name}").fetchall() == [(0,)]


@pytest.mark.real_data
def test_month_that_the_met_restates_keeps_both_values(real_data: Path) -> None:
    connection = real_met_issues(real_data, ("2023-07", "2024-10"))
    (row,) = records(
        connection,
        """SELECT * FROM quality.revisions WHERE area_code = 'E09000007' AND period_start = ?
        AND breakdown = 'major=theft;minor=shoplifting' AND horizon = 1""",
        [date(2023, 5, 1)],
    )
    kept = connection.execute(
        """SELECT value FROM harmonised.observations WHERE area_code = 'E09000007' AND period_start = ?
        AND breakdown = 'major=theft;minor=shoplifting' ORDER BY release""",
        [date(2023, 5, 1)],
    ).fetchall()
    assert (row["first_release"], row["later_release"]) == ("2023-07", "2024-10")
    assert kept == [(row["first_value"],), (row["later_value"],)]
    counted = connection.execute(
        "SELECT n_pairs, n_revised, n_reclassified FROM quality.revision_summary"
    ).fetchall()
    assert counted == [(5238, 3505, 0)]
