"""Equations between printed figures, as arrays.

Belongs here: what equations are made of, and asking each kind of rule for its own. Does not belong here: the kinds
(`sum_equations`, `rate_equations`), whether equations hold (`edits`), finding the wrong cell (`localise`) and wording
it (`repairs`).

Cells are observations by row number; an equation says that the sum of coefficient * cell, plus a constant, is at most
its tolerance away from 0. A printed number is an interval where it is rounded (`printed_precision`,
`printed_rounding`): the tolerance is what those of its cells make together, or what the contract states where that is
more. Some cells are stand-ins: instead of a printed change or rate they hold its deviation from what its counts make,
which is 0 while it is right (`rate_equations`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from civic_assets.contracts.model import Rule
from civic_assets.quality.equations.figures import Figures, Flags, Floats, Indices
from civic_assets.quality.equations.printed_precision import half_units
from civic_assets.quality.equations.printed_rounding import Rounding, evident_bases, stated_bases

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Equations:
    """Equations under construction, as coordinate lists.

    Args:
        figures: The release's observations.
        history: Observations of earlier releases by release, oldest first; for rules that look beyond one file.
        stand_ins: Observations whose place in the equations is taken by their deviation, printed as 0.
        stated: Rounding of counts that the contract states for each table (`rounding` of a layout).
    """

    figures: Figures
    history: Mapping[str, pa.Table]
    stand_ins: Flags
    stated: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    rows: list[Indices] = field(default_factory=list)
    cells: list[Indices] = field(default_factory=list)
    coefficients: list[Floats] = field(default_factory=list)
    tolerance: list[Floats] = field(default_factory=list)
    constants: list[Floats] = field(default_factory=list)

    @property
    def values(self) -> Floats:
        """Printed value of each observation, NaN where there is none; shape (observations,)."""
        return self.figures.values

    @cached_property
    def bases(self) -> tuple[Floats, list[Rounding]]:
        """What each count is rounded to, 0 where to nothing, and what is evident of it without being stated."""
        stated = stated_bases(self.figures, self.stated)
        evident, told = evident_bases(self.figures, stated)
        return np.maximum(stated, evident), told

    @cached_property
    def halves(self) -> Floats:
        """How far each printed number may lie from what was computed; shape (observations,)."""
        found: Floats = np.maximum(half_units(self.figures), self.bases[0] / 2)
        return found

    def add(
        self,
        rule: Rule,
        parts: Iterable[tuple[Indices, Floats | float]],
        tolerance: Floats | float = 0.0,
        constant: Floats | float = 0.0,
        margin: Floats | float = 0.0,
    ) -> None:
        """Adds an equation for each element of the parts (arrays of one length): sum(coefficient * cell) + constant.

        Args:
            rule: Rule that declares it.
            parts: Cells and coefficients.
            tolerance: What the contract says of the rounding of its cells; more where they are printed with less.
            constant: Added to the sum.
            margin: Tolerance for another reason, in any case.
        """
        size, number = len(self.rules), 0
        printed: Floats = np.zeros(0)
        for place, (cells, coefficient) in enumerate(parts):
            number = len(cells)
            printed = np.zeros(number) if not place else printed
            printed += np.abs(coefficient) * self._open(cells)
            self._cells(np.arange(size, size + number), cells, coefficient)
        self._close(rule, number, np.maximum(tolerance, printed) + margin, constant)

    def add_sums(
        self,
        rule: Rule,
        totals: Indices,
        parts: Indices,
        total_of: Indices,
        tolerance: Floats | float,
        constant: Floats | float = 0.0,
        margin: Floats | float = 0.0,
    ) -> None:
        """Adds total - sum(parts) for each total; `total_of` says to which of the totals a part belongs."""
        size = len(self.rules)
        self._cells(np.arange(size, size + len(totals)), totals, 1.0)
        self._cells(size + total_of, parts, -1.0)
        printed = self._open(totals) + np.bincount(total_of, self._open(parts), len(totals))
        self._close(rule, len(totals), np.maximum(tolerance, printed) + margin, constant)

    def _open(self, cells: Indices) -> Floats:
        """How far cells may lie from what was computed; a deviation has its own tolerance, and no number none."""
        return np.where(self.stand_ins[cells] | np.isnan(self.values[cells]), 0.0, self.halves[cells])

    def add_at_most(
        self, rule: Rule, smaller: Indices, larger: Indices, tolerance: Floats | float = 0.0
    ) -> None:
        """Adds smaller <= larger for each pair.

        An equation has two ends: with a number M above all figures, `|smaller - larger + M| <= M` says the same.
        """
        ceiling = self.ceiling
        self.add(rule, [(smaller, 1.0), (larger, -1.0)], tolerance, ceiling, ceiling)

    @cached_property
    def ceiling(self) -> float:
        """A number that no difference of two figures reaches."""
        return float(10 * np.nanmax(np.abs(self.values), initial=1.0))

    def _cells(self, rows: Indices, cells: Indices, coefficient: Floats | float) -> None:
        self.rows.append(rows)
        self.cells.append(cells)
        self.coefficients.append(np.broadcast_to(np.asarray(coefficient, float), len(cells)))

    def _close(self, rule: Rule, number: int, tolerance: Floats | float, constant: Floats | float) -> None:
        self.rules.extend([rule] * number)
        self.tolerance.append(np.broadcast_to(np.asarray(tolerance, float), number))
        self.constants.append(np.broadcast_to(np.asarray(constant, float), number))

    def half_unit(self, cells: Indices) -> float:
        """Half a unit of the last decimal printed anywhere in some cells (a full-precision table prints many)."""
        most, texts = 0, self.figures.texts
        for cell in cells.tolist():
            _, _, fraction = texts[cell].partition(".")
            if len(fraction) > most and fraction.isdecimal():
                most = len(fraction)
        return float(0.5 * 10.0**-most)


def equations_of(
    observations: pa.Table,
    rules: Iterable[Rule],
    history: Mapping[str, pa.Table] | None = None,
    stated: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> Equations:
    """The equations that a contract's rules declare over a release's observations.

    Args:
        observations: Columns as `civic_assets.parsing.observations.FIELDS`.
        rules: Rules of the contract.
        history: Observations of earlier releases by release, oldest first.
        stated: Rounding of counts that the layout states for each table (`rounding`).
    """
    from civic_assets.quality.equations import rates as rate_equations
    from civic_assets.quality.equations import sums as sum_equations

    builders = {
        "identity": sum_equations.identity,
        "sum": sum_equations.over_a_breakdown,
        "parent": sum_equations.parent,
        "at_most": sum_equations.at_most,
        "terms": sum_equations.terms,
        "change": rate_equations.change,
        "rate": rate_equations.rate,
        "ratio": rate_equations.ratio,
    }
    building = Equations(
        Figures(observations), history or {}, np.zeros(observations.num_rows, dtype=bool), stated or {}
    )
    for rule in rules:
        if rule.kind in builders:
            builders[rule.kind](building, rule)
    return building
