"""Time needed to find wrong cells among all partnerships: `python -m benchmarks.localisation_speed`.

Belongs here: 314 areas by 23 measures with a total row, the identities of recorded crime and the sums over areas, five
wrong cells; and the same five in the publisher's workbook, with its four tables, if it is available. Does not belong
here: whether the right cells are found (`seeded_defects`); it is asserted here only so that a fast wrong answer does
not count.

The time covers everything from a system of equations to ranked repairs: which equations fail, which are connected, all
smallest repairs, and for the workbook also forming the equations and ranking.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path
from random import Random

import numpy as np
from scipy.sparse import csr_array

from civic_assets.contracts.load import load_contracts
from civic_assets.quality.equations.edit_system import EditSystem
from civic_assets.quality.localisation.cases import localisation_of
from civic_assets.quality.localisation.localise import localise

AREAS, MEASURES, ERRORS = 314, 23, 5
_LIMIT = 1.0


def partnerships(chance: Random) -> tuple[EditSystem, EditSystem]:
    """A correct system, and the same with five wrong cells; cells are numbered area by area, the total row last."""
    contract = load_contracts()["ons_csp"]
    table = contract.table("counts_current")
    names = [column.measure for column in table.figures]
    identities = [rule.options for rule in table.rules if rule.kind == "identity"]
    assert len(names) == MEASURES
    at = {name: position for position, name in enumerate(names)}
    values = np.zeros((AREAS + 1, MEASURES))
    totals = {identity["total"]: identity["parts"] for identity in identities}

    def fill(row: int, name: str) -> float:
        parts = [fill(row, part) for part in totals.get(name, ())]
        values[row, at[name]] = sum(parts) if parts else int(chance.paretovariate(0.8)) % 4000
        return float(values[row, at[name]])

    for row in range(AREAS):
        for name in names:
            if not any(name in parts for parts in totals.values()):
                fill(row, name)
    values[AREAS] = values[:AREAS].sum(axis=0)
    rows, columns, factors, number = [], [], [], 0
    for row in range(AREAS + 1):
        for total, parts in totals.items():
            for name, factor in ((total, 1.0), *((part, -1.0) for part in parts)):
                rows.append(number)
                columns.append(row * MEASURES + at[name])
                factors.append(factor)
            number += 1
    for measure in range(MEASURES):
        for row in range(AREAS + 1):
            rows.append(number)
            columns.append(row * MEASURES + measure)
            factors.append(1.0 if row == AREAS else -1.0)
        number += 1
    size = values.size
    edits = csr_array((factors, (rows, columns)), shape=(number, size))
    right = _system(values.ravel(), edits)
    damaged = values.ravel().copy()
    for cell in chance.sample(range(AREAS * MEASURES), ERRORS):
        damaged[cell] += chance.choice((9, 90, -9, 900, 27))
    return right, _system(damaged, edits)


def _system(values: np.ndarray, edits: csr_array) -> EditSystem:
    size = len(values)
    return EditSystem(
        values=values.astype(float),
        lower=np.full(size, min(0.0, values.min())),
        upper=np.full(size, 10 * values.max()),
        weight=np.ones(size),
        free=np.zeros(size, bool),
        integer=np.ones(size, bool),
        edits=edits,
        tolerance=np.zeros(edits.shape[0]),
    )


def synthetic(turns: int) -> list[float]:
    """Seconds of each turn; the wrong cells and their correct values must come first."""
    seconds = []
    for turn in range(turns):
        right, damaged = partnerships(Random(turn))
        wrong = set(np.flatnonzero(right.values != damaged.values).tolist())
        start = time.perf_counter()
        components = localise(damaged)
        seconds.append(time.perf_counter() - start)
        accused = {
            c: v
            for part in components
            for c, v in zip(part.repairs[0].cells, part.repairs[0].values, strict=True)
        }
        assert set(accused) == wrong, f"turn {turn}: {sorted(accused)} accused, {sorted(wrong)} are wrong"
        assert all(value == right.values[cell] for cell, value in accused.items())
    return seconds


def workbook(folder: Path, turns: int) -> list[float]:
    """Seconds from observations of the publisher's four tables to ranked repairs of five wrong counts."""
    from benchmarks.seeded_defects.good_releases import real_releases
    from benchmarks.seeded_defects.planting import examine
    from benchmarks.seeded_defects.plants import Planted
    from benchmarks.seeded_defects.printed_cells import Cells
    from civic_assets.quality.framework.release import ReleaseView

    (good,) = real_releases(folder, ["ons_csp"])
    counts = [cell for cell in Cells(good).numbers if cell.table == "counts_current" and cell.number > 20]
    seconds = []
    for turn in range(turns):
        some = Random(turn).sample(counts, ERRORS)
        planted = Planted("", {c.place: c.number + 9 for c in some}, {c.locator: c.text for c in some})
        seen = examine(good, [planted]).release
        fresh = ReleaseView(
            seen.contract, seen.release, seen.file, seen.grid, seen.found, seen.parsed, seen.history
        )
        start = time.perf_counter()
        located = fresh.derived(localisation_of)
        cases = located.cases
        seconds.append(time.perf_counter() - start)
        accused = {
            fresh.derived(localisation_of).locator(cell)
            for case in cases
            for cell in case.ranked[0].repair.cells
        }
        assert accused == set(planted.wrong), (
            f"turn {turn}: {accused} accused, {set(planted.wrong)} are wrong"
        )
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.localisation_speed", description=__doc__)
    parser.add_argument("--turns", type=int, default=9)
    turns = parser.parse_args().turns
    runs = {f"{AREAS} areas by {MEASURES} measures and their total, {ERRORS} wrong cells": synthetic(turns)}
    if folder := os.environ.get("CIVIC_REAL_DATA"):
        runs[f"the publisher's workbook of December 2024, four tables, {ERRORS} wrong counts"] = workbook(
            Path(folder), turns
        )
    for name, seconds in runs.items():
        print(
            f"{name}: median {statistics.median(seconds):.3f} s, slowest {max(seconds):.3f} s of {turns} turns"
        )
    if max(map(statistics.median, runs.values())) > _LIMIT:
        raise SystemExit(f"slower than the limit of {_LIMIT:g} s")


if __name__ == "__main__":
    main()
