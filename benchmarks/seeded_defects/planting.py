"""Planting errors in a release, one at a time or many at once, and scoring what the rules find.

Belongs here: which errors go into which file. Does not belong here: the kinds (`cell_defects`, `table_defects`) and the
scoring of one error (`scoring`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

import benchmarks.seeded_defects.cell_defects
import benchmarks.seeded_defects.table_defects  # noqa: F401  (importing a module of kinds registers them)
from benchmarks.seeded_defects.good_releases import Examined, Good
from benchmarks.seeded_defects.plants import KINDS, Kind, Planted
from benchmarks.seeded_defects.printed_cells import Cells
from benchmarks.seeded_defects.results import Tally
from benchmarks.seeded_defects.scoring import false_findings, new_findings, score

_TRIES = 50


def examine(good: Good, planted: Sequence[Planted]) -> Examined:
    """The release with some errors in it, with the results of the rules."""
    grid, history = good.grid, None
    for one in planted:
        grid = one.applied(grid)
        history = one.history or history
    return good.examine(grid, history)


def one_at_a_time(
    good: Good, each: int, seed: int, kinds: Sequence[str] = (), log: Callable[[str], None] = lambda _: None
) -> Tally:
    """`each` errors of every kind that fits the release, each in a file of its own."""
    tally, cells = Tally(good.source, good.name, 1), Cells(good)
    for kind in KINDS.values():
        if kinds and kind.name not in kinds:
            continue
        chance = Random(f"{seed} {good.name} {kind.name}")
        for _ in range(each):
            planted = _planted(kind, cells, chance)
            if planted is None:
                break
            _add(tally, good, [planted], log)
    return tally


def many_at_once(
    good: Good, errors: int, files: int, seed: int, log: Callable[[str], None] = lambda _: None
) -> Tally:
    """`errors` errors in different cells in each of `files` files, of kinds that leave rows where they are."""
    tally, cells = Tally(good.source, good.name, errors), Cells(good)
    chance = Random(f"{seed} {good.name} {errors}")
    for _ in range(files):
        planted = list(_apart(cells, errors, chance))
        _add(tally, good, planted, log)
    return tally


def _apart(cells: Cells, errors: int, chance: Random) -> Iterator[Planted]:
    """Errors that share no cell."""
    kinds = [
        kind for kind in KINDS.values() if kind.single and kind.localised and kind.name not in _WHOLE_ROWS
    ]
    taken: set[object] = set()
    number = 0
    for _ in range(_TRIES * errors):
        if number == errors:
            return
        planted = _planted(chance.choice(kinds), cells, chance)
        if planted is None or taken & set(planted.cells):
            continue
        taken |= set(planted.cells)
        number += 1
        yield planted


# Each of these makes dozens of wrong cells, so ten of them are several hundred errors.
_WHOLE_ROWS = ("two rows swapped", "row pasted over another")


def _planted(kind: Kind, cells: Cells, chance: Random) -> Planted | None:
    for _ in range(_TRIES):
        if (planted := kind.plant(cells, chance)) is not None:
            return planted
    return None


def _add(tally: Tally, good: Good, planted: Sequence[Planted], log: Callable[[str], None]) -> None:
    examined = examine(good, planted)
    new = new_findings(good, examined)
    false = false_findings(good, planted, examined, new)
    tally.false += len(false)
    tally.true += len(new) - len(false)
    tally.false_of.update(finding.check_id for finding in false)
    for one in planted:
        scored = score(good, one, examined, new)
        tally.scores.append(scored)
        missed = scored.visible and (not scored.found or scored.first < 1)
        if missed:
            where = ", ".join(list(one.wrong)[:3])
            how = "not first" if scored.found else "missed"
            log(f"{good.source}: {one.kind} at {where}: {how} ({', '.join(scored.checks)})")
    for finding in false:
        log(f"{good.source}: false {finding.check_id}: {finding.message[:200]}")
