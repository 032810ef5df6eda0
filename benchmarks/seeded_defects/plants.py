"""A planted error: the cells that became wrong, and what they should say.

Belongs here: the record of a planted error, and the register of kinds. Does not belong here: the kinds themselves
(`cell_defects`, `table_defects`) and scoring what was found (`scoring`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from benchmarks.seeded_defects.printed_cells import Cells, Place, with_cells
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import CellValue

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Planted:
    """One error in a good release.

    Args:
        kind: As in `KINDS`.
        cells: New values by place; other changes of the grid are made by `reshape`.
        wrong: Correct text by address of each cell that is now wrong; empty if an error is not in single cells.
        named: Addresses that a finding may name as well: figures of a row that is pasted twice or misnamed.
        around: Beginnings of addresses where everything is wrong because of the error (a table under a wrong title):
            naming them neither finds the error nor is it false.
        words: Words, one of which must be in the message of a finding without an address (`"month"`).
        figures: Whether the wrong cells are figures, which equations can show; otherwise they are texts.
        reshape: Moves rows or columns of the grid.
        history: Earlier releases, if the error is about them.
    """

    kind: str
    cells: Mapping[Place, CellValue] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    named: Sequence[str] = ()
    around: Sequence[str] = ()
    words: Sequence[str] = ()
    figures: bool = True
    reshape: Callable[[Grid], Grid] | None = None
    history: Mapping[str, pa.Table] | None = None

    def applied(self, grid: Grid) -> Grid:
        """The grid with the error in it."""
        changed = with_cells(grid, self.cells) if self.cells else grid
        return self.reshape(changed) if self.reshape else changed


Plant: TypeAlias = Callable[[Cells, Random], Planted | None]
"""Plants an error in a release; None if the release has no place for it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of error.

    Args:
        name: Name in a few words.
        plant: Function that plants one.
        single: Whether it changes cells in place, so that several can be in one file; other kinds move rows or concern
            whole columns, and are planted alone.
        localised: Whether the equations can name single cells; a pasted or shifted column breaks too many for that.
    """

    name: str
    plant: Plant
    single: bool
    localised: bool


KINDS: dict[str, Kind] = {}


def kind(name: str, *, single: bool = True, localised: bool = True) -> Callable[[Plant], Plant]:
    """Register a function as a kind of error."""

    def register(plant: Plant) -> Plant:
        KINDS[name] = Kind(name, plant, single, localised)
        return plant

    return register


UNDETECTABLE: Mapping[str, str] = {
    "two rows swapped together with their codes and names": "the order of rows has no meaning, so nothing is wrong",
    "a figure that no equation, second table or second release contains": (
        "any value is as good as any other (most of the Metropolitan Police's monthly counts); a very unusual one is "
        "an outlier of its own history (V-21), a plausible one is not"
    ),
    "an error smaller than the rounding": (
        "where figures are rounded to b, a total and its n parts may differ by (b/2)(n + 1) and be right"
    ),
    "a symbol turned into 0 in a part of a sum": "a zero adds nothing, so the total fits as before",
    "errors that cancel in every equation": (
        "one offence moved between two groups of the same area, in counts, changes and rates alike"
    ),
    "a whole table, its changes and its rates computed again from a wrong count": (
        "all figures agree with each other; only another source, or the count of a later release, can show it"
    ),
    "a suppressed cell filled in with the number that the others imply": (
        "every equation is satisfied; it shows only if the publisher says when a mark must appear (K-07)"
    ),
    "an old file under its own title": "it says what it is: an edition that is held already and not published again",
}
"""Kinds of error that nothing in a file can show, with the reason."""
