"""Error localisation in a damaged workbook: `python -m benchmarks.damaged_tables WORKBOOK --cells N [--pasted-column]`.

Belongs here: damaging a workbook of Community Safety Partnerships, the search for the wrong cells, and which of them it
finds. Does not belong here: other kinds of damage (`seeded_defects`), and comparing many cells with few
(`work.localisation`).

Some counts are wrong. With `--pasted-column` last year's column of a measure is pasted over this year's too.
The measured work is everything from observations to ranked repairs: forming the equations, which of them fail, which
are connected, all smallest repairs, and their order.

Prints JSON: cpu (seconds of processor time, without imports), complete (whether every search ended by itself), groups
(connected groups of broken equations; none if so many fail that no cell is looked for), accused (cells of the first
repairs), damaged (wrong cells), answer (hash of all repairs in their order: equal answers have equal hashes).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.seeded_defects.good_releases import Good
from benchmarks.seeded_defects.plants import Planted
from benchmarks.seeded_defects.printed_cells import Cells
from benchmarks.seeded_defects.table_defects import last_year_pasted
from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.recognise import parser_of
from civic_assets.parsing.table_finder import find_tables
from civic_assets.quality.equations.edits import edits_of
from civic_assets.quality.framework.release import FileFacts, ReleaseView
from civic_assets.quality.localisation.cases import Localisation, localisation_of
from civic_assets.readers.open_file import read_grid

FEW = 2
_TRIES = 50
_LEAST = 20
"""Counts above this are damaged."""
_ERRORS = (9, 90, -9, 900, 27)
"""What is added, as when a digit is mistyped: several amounts, so that two errors do not look like one."""


def damaged(good: Good, cells: int, *, pasted: bool, seed: int) -> tuple[ReleaseView, set[str]]:
    """A release with errors, and the addresses of its wrong cells.

    Args:
        good: The release as published.
        cells: Number of single wrong counts.
        pasted: Whether a column is pasted too.
        seed: Seed of the choice.
    """
    chance, printed = Random(seed), Cells(good)
    column = _pasted(printed, chance) if pasted else None
    grid = column.applied(good.grid) if column else good.grid
    taken = set(column.cells) if column else set()
    counts = [
        cell
        for cell in printed.numbers
        if cell.table == "counts_current" and cell.number > _LEAST and cell.place not in taken
    ]
    some = chance.sample(counts, cells)
    values = {c.place: max(0.0, c.number + chance.choice(_ERRORS)) for c in some}
    single = Planted("", values, {c.locator: c.text for c in some})
    grid = single.applied(grid)
    found = find_tables(grid, good.contract)
    parsed = parser_of(good.contract).parse(grid, found, good.contract)
    facts = FileFacts(good.name, "a" * 64, "a" * 64, good.size, str(grid.format))
    release = ReleaseView(good.contract, parsed.edition, facts, grid, found, parsed, {})
    return release, set(single.wrong) | set(column.wrong if column else ())


def _pasted(printed: Cells, chance: Random) -> Planted:
    """Last year's column of a measure pasted as this year's; the first choice may be of a measure without one."""
    for _ in range(_TRIES):
        column = last_year_pasted(printed, chance)
        if column is not None:
            return column
    raise ValueError("The workbook has no column that could be pasted.")


@dataclass(frozen=True)
class Located:
    """What was found in a damaged release.

    Args:
        seconds: Processor time from observations to ranked repairs.
        repairs: Cells and values of each repair by group of broken equations, likeliest first.
        accused: Addresses that a likeliest repair changes.
        missed: Addresses of wrong cells in an equation that no likeliest repair changes.
        complete: Whether every search ended by itself.
    """

    seconds: float
    repairs: list[list[tuple[tuple[str, ...], Any]]]
    accused: frozenset[str]
    missed: frozenset[str]
    complete: bool


def located(release: ReleaseView, wrong: Collection[str]) -> Located:
    """Find the wrong cells of a damaged release.

    Args:
        release: As `damaged` makes it; its equations have not been formed before.
        wrong: Addresses of the wrong cells.
    """
    start = time.process_time()
    found = release.derived(localisation_of)
    cases = found.cases  # made when they are asked for first
    seconds = time.process_time() - start
    repairs = [
        [(tuple(map(found.locator, one.repair.cells)), one.repair.values) for one in case.ranked]
        for case in cases
    ]
    accused = {cell for ranked in repairs for cell in (ranked[0][0] if ranked else ())}
    missed = _in_an_equation(release, found).intersection(wrong) - accused
    complete = all(case.component.complete for case in cases)
    return Located(seconds, repairs, frozenset(accused), frozenset(missed), complete)


def _in_an_equation(release: ReleaseView, found: Localisation) -> set[str]:
    edits = release.derived(edits_of)
    n_figures = release.observations.num_rows
    return {
        found.locator(cell) for cell in set(edits.system.room.by_edit.indices.tolist()) if cell < n_figures
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.damaged_tables")
    parser.add_argument("workbook", type=Path)
    parser.add_argument("--cells", type=int, required=True)
    parser.add_argument("--pasted-column", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    file: Path = arguments.workbook
    good = Good(load_contracts()["ons_csp"], file.name, "", read_grid(file), file.stat().st_size, {})
    located(*damaged(good, FEW, pasted=False, seed=0))  # uncounted: it imports the solver
    release, wrong = damaged(good, arguments.cells, pasted=arguments.pasted_column, seed=arguments.seed)
    found = located(release, wrong)
    document = {
        "cpu": found.seconds,
        "complete": found.complete,
        "groups": len(found.repairs),
        "damaged": len(wrong),
        "accused": len(found.accused),
        "wrongly accused": len(found.accused - wrong),
        "answer": hashlib.sha256(repr(found.repairs).encode()).hexdigest(),
    }
    print(json.dumps(document))


if __name__ == "__main__":
    main()
