"""Processor time to find many wrong cells and a pasted column: `python -m benchmarks.localisation_pasted_column`.

Belongs here: forty wrong counts together with last year's counts pasted as this year's in one column, against five
wrong counts, in the publisher's workbook if `CIVIC_REAL_DATA` has it, else in the newest synthetic one. Does not belong
here: other kinds of damage (`seeded_defects`).

Both sides are measured in turn, in one run, from the observations to ranked repairs. Each wrong cell that an equation
contains must be accused first, and no search may have ended early; so a fast wrong answer does not count.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.seeded_defects.good_releases import Good, real_releases, synthetic_releases
from benchmarks.seeded_defects.planting import examine
from benchmarks.seeded_defects.plants import Planted
from benchmarks.seeded_defects.printed_cells import Cells
from benchmarks.seeded_defects.table_defects import last_year_pasted
from civic_assets.quality.equations.edits import edits_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.localisation.cases import Localisation, localisation_of

ERRORS = (9, 90, -9, 900, 27)
FEW, MANY = 5, 40


@dataclass(frozen=True)
class Located:
    """What was found in a damaged release.

    Args:
        seconds: Processor time from observations to ranked repairs.
        missed: Addresses of wrong cells in an equation that no likeliest repair changes.
        false: Addresses that a likeliest repair changes and that are right.
        incomplete: Searches that ended early.
    """

    seconds: float
    missed: frozenset[str]
    false: frozenset[str]
    incomplete: int


def damaged(good: Good, seed: int, errors: int, *, pasted: bool) -> list[Planted]:
    """Wrong counts in different cells, and a pasted column if asked for."""
    chance, cells = Random(seed), Cells(good)
    column = None
    while pasted and column is None:
        column = last_year_pasted(cells, chance)
    taken = column.cells if column else {}
    counts = [
        cell
        for cell in cells.numbers
        if cell.table == "counts_current" and cell.number > 20 and cell.place not in taken
    ]
    some = chance.sample(counts, errors)
    # Their sums change by several amounts, so that two errors do not look like one.
    values = {cell.place: max(0.0, cell.number + chance.choice(ERRORS)) for cell in some}
    single = Planted("", values, {cell.locator: cell.text for cell in some})
    return [column, single] if column else [single]


def located(good: Good, planted: Sequence[Planted]) -> Located:
    """Find the wrong cells of a damaged release."""
    seen = examine(good, planted).release
    fresh = ReleaseView(
        seen.contract, seen.release, seen.file, seen.grid, seen.found, seen.parsed, seen.history
    )
    start = time.process_time()
    found = fresh.derived(localisation_of)
    cases = found.cases
    seconds = time.process_time() - start
    accused = {found.locator(cell) for case in cases for cell in case.ranked[0].repair.cells if case.ranked}
    wrong = {address for one in planted for address in one.wrong}
    visible = wrong & _in_an_equation(fresh, found)
    return Located(
        seconds,
        frozenset(visible - accused),
        frozenset(accused - wrong),
        sum(not case.component.complete for case in cases),
    )


def _in_an_equation(release: ReleaseView, found: Localisation) -> set[str]:
    edits = release.derived(edits_of)
    n_figures = release.observations.num_rows
    return {
        found.locator(cell) for cell in set(edits.system.room.by_edit.indices.tolist()) if cell < n_figures
    }


def newest() -> Good:
    """The publisher's newest workbook, or the newest synthetic one."""
    if folder := os.environ.get("CIVIC_REAL_DATA"):
        (good,) = real_releases(Path(folder), ["ons_csp"])
        return good
    return list(synthetic_releases())[-1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.localisation_pasted_column", description=__doc__
    )
    parser.add_argument("--turns", type=int, default=3)
    turns = parser.parse_args().turns
    good = newest()
    located(good, damaged(good, 0, FEW, pasted=False))  # imports the solver
    sides: dict[str, list[Located]] = {"few": [], "many": []}
    for turn in range(turns):
        sides["few"].append(located(good, damaged(good, turn, FEW, pasted=False)))
        sides["many"].append(located(good, damaged(good, turn, MANY, pasted=True)))
    print(f"{good.name}: processor time from observations to ranked repairs, {turns} turns each")
    names = {"few": f"{FEW} wrong counts", "many": f"{MANY} wrong counts and a pasted column"}
    medians = {}
    for side, results in sides.items():
        seconds = [one.seconds for one in results]
        medians[side] = statistics.median(seconds)
        print(
            f"{names[side]}: median {medians[side]:.2f} s (from {min(seconds):.2f} to {max(seconds):.2f} s), "
            f"{sum(len(one.missed) for one in results)} wrong cells missed, "
            f"{sum(len(one.false) for one in results)} right cells accused, "
            f"{sum(one.incomplete for one in results)} searches that ended early"
        )
    print(f"ratio of the medians: {medians['many'] / medians['few']:.1f}")


if __name__ == "__main__":
    main()
