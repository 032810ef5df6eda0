"""Forty wrong counts together with a pasted column: every wrong cell is found, and no search ends early."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.localisation_pasted_column import MANY, Located, damaged, located
from benchmarks.seeded_defects.good_releases import real_releases, synthetic_releases


def _check(found: Located) -> None:
    assert found.incomplete == 0
    assert (found.missed, found.false) == (frozenset(), frozenset())


@pytest.mark.parametrize("seed", [0, 1])
def test_every_wrong_cell_of_a_synthetic_workbook_is_accused(seed: int) -> None:
    good = list(synthetic_releases())[-1]
    _check(located(good, damaged(good, seed, 8, pasted=True)))


def test_result_does_not_depend_on_a_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    good = list(synthetic_releases())[-1]
    planted = damaged(good, 0, 8, pasted=True)
    calm = located(good, planted)
    # A machine on which every reading of the clock is an hour after the one before.
    hours = iter(range(0, 10**9, 3600))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(hours)))
    monkeypatch.setattr(time, "time", lambda: float(next(hours)))
    slow = located(good, planted)
    assert (slow.missed, slow.false, slow.incomplete) == (calm.missed, calm.false, calm.incomplete)


@pytest.mark.real_data
@pytest.mark.parametrize("seed", [0, 2, 3])
def test_every_wrong_cell_of_the_publishers_workbook_is_accused(seed: int, real_data: Path) -> None:
    (good,) = real_releases(real_data, ["ons_csp"])
    _check(located(good, damaged(good, seed, MANY, pasted=True)))
