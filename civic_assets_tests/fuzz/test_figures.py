"""Figures with typing errors: what came of them is told apart, and figures in equations do not change unseen."""

from __future__ import annotations

import pytest

from civic_assets.quality.framework.results import Finding
from civic_assets_tests.fuzz import figures
from civic_assets_tests.fuzz.figures import (
    SEEN,
    Release,
    _seen,
    counted,
    of_grid,
    outcomes,
    table,
    typing_errors,
)
from civic_assets_tests.releases import report

SEED = 3


@pytest.fixture(scope="module")
def release() -> Release:
    (one,) = of_grid("report", report())
    return one


def test_typing_errors_change_the_number() -> None:
    assert typing_errors("1,205") == {
        "digits swapped": "2105", "digit dropped": "120", "digit added": "11205", "ten times": "12050",
        "a tenth": "120.5", "thousand times": "1205000", "sign": "-1205",
    }  # fmt: skip
    assert "sign" not in typing_errors("0") and "digits swapped" not in typing_errors("77")


def test_changed_figures_that_are_in_equations_are_disputed_or_named(release: Release) -> None:
    by_source = counted([release], 6, SEED)
    seen = {seen for counter in by_source.values() for _, seen, _ in counter}
    assert sum(counter.total() for counter in by_source.values()) >= 6
    assert seen <= set(SEEN[:4])


@pytest.mark.parametrize(
    ("finding", "disputed", "seen"),
    [
        (None, True, "disputed"),
        (Finding("V-02", "x", locator="L2:C"), False, "names the cell"),
        (Finding("V-02", "x", cells=("L1:A", "L2:C")), False, "names the cell"),
        (Finding("V-02", "x", area_code="E1"), False, "names the row, column or table"),
        (Finding("V-02", "x", locator="L2:D"), False, "names the row, column or table"),
        (Finding("V-02", "x", locator="L9:C"), False, "another finding"),
        (None, False, "no finding"),
    ],
)
def test_what_came_of_a_changed_figure_is_told_apart(
    finding: Finding | None, disputed: bool, seen: str
) -> None:
    row = {"locator": "L2:C", "area_code": "E1", "measure": "pupils"}
    fresh = [finding] if finding else []
    assert _seen(row, fresh, {"L2:C"} if disputed else set())[0] == seen


def test_change_that_no_check_sees_is_counted_as_such(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = figures._examined(release.grid, release.source)
    assert looked is not None
    assessment, rows = looked
    changed = [{**rows[0], "value": 7_777.0}, *rows[1:]]
    monkeypatch.setattr(figures, "_examined", lambda *_: (assessment, changed))
    assert list(outcomes(release, release.rows[0], "7")) == [("no finding", "")]
    assert [line.split()[-1] for line in table({"x": counted([release], 1, SEED)["gla_report"]})[1:2]] == [
        "1"
    ]
