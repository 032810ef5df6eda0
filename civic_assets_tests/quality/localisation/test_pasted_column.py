"""Forty wrong counts together with a pasted column: every wrong cell is found, and no search ends early."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.damaged_tables import Located, damaged, located
from benchmarks.seeded_defects.good_releases import Good, real_releases, synthetic_releases
from benchmarks.work.localisation import MANY


def _found(good: Good, cells: int, seed: int) -> tuple[Located, set[str]]:
    release, wrong = damaged(good, cells, pasted=True, seed=seed)
    return located(release, wrong), wrong


def _check(found: Located, wrong: set[str]) -> None:
    assert found.complete
    assert (found.missed, found.accused - wrong) == (frozenset(), frozenset())


@pytest.mark.parametrize("seed", [0, 1])
def test_every_wrong_cell_of_a_synthetic_workbook_is_accused(seed: int) -> None:
    good = list(synthetic_releases())[-1]
    _check(*_found(good, 8, seed))


def test_result_does_not_depend_on_a_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    good = list(synthetic_releases())[-1]
    calm, _ = _found(good, 8, 0)
    # A machine on which every reading of the clock is an hour after the one before.
    hours = iter(range(0, 10**9, 3600))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(hours)))
    monkeypatch.setattr(time, "time", lambda: float(next(hours)))
    slow, _ = _found(good, 8, 0)
    assert calm.accused
    assert (slow.repairs, slow.complete) == (calm.repairs, calm.complete)


@pytest.mark.real_data
@pytest.mark.parametrize("seed", [0, 2, 3])
def test_every_wrong_cell_of_the_publishers_workbook_is_accused(seed: int, real_data: Path) -> None:
    (good,) = real_releases(real_data, ["ons_csp"])
    _check(*_found(good, MANY, seed))
