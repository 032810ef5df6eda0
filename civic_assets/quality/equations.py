"""Equations between printed figures, as arrays.

Belongs here: what equations are made of, and asking each kind of rule for its own. Does not belong here: the kinds
(`sum_equations`, `rate_equations`), whether equations hold (`edits`), finding the wrong cell (`localise`) and wording
it (`repairs`).

Cells are observations by row number; an equation says that the sum of coefficient * cell, plus a constant, is at most
its tolerance away from 0. Some cells are stand-ins: in the place of a printed change or rate stands its deviation from
what its counts make, which is 0 while it is right (`rate_equations`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from civic_assets.contracts.model import Rule
from civic_assets.quality.figures import Figures, Flags, Floats, Indices

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Equations:
    """Equations under construction, as coordinate lists.

    Args:
        figures: The release's observations.
        history: Observations of earlier releases by release, oldest first; for rules that look beyond one file.
        stand_ins: Observations whose place in the equations is taken by their deviation, printed as 0.
    """

    figures: Figures
    history: Mapping[str, pa.Table]
    stand_ins: Flags
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

    def add(
        self,
        rule: Rule,
        parts: Iterable[tuple[Indices, Floats | float]],
        tolerance: Floats | float = 0.0,
        constant: Floats | float = 0.0,
    ) -> None:
        """Adds an equation for each element of the parts (arrays of one length): sum(coefficient * cell) + constant."""
        size, number = len(self.rules), 0
        for cells, coefficient in parts:
            number = len(cells)
            self._cells(np.arange(size, size + number), cells, coefficient)
        self._close(rule, number, tolerance, constant)

    def add_sums(
        self,
        rule: Rule,
        totals: Indices,
        parts: Indices,
        total_of: Indices,
        tolerance: Floats | float,
        constant: Floats | float = 0.0,
    ) -> None:
        """Adds total - sum(parts) for each total; `total_of` says to which of the totals a part belongs."""
        size = len(self.rules)
        self._cells(np.arange(size, size + len(totals)), totals, 1.0)
        self._cells(size + total_of, parts, -1.0)
        self._close(rule, len(totals), tolerance, constant)

    def add_at_most(
        self, rule: Rule, smaller: Indices, larger: Indices, tolerance: Floats | float = 0.0
    ) -> None:
        """Adds smaller <= larger for each pair.

        An equation has two ends: with a number M above all figures, `|smaller - larger + M| <= M` says the same.
        """
        ceiling = self.ceiling
        self.add(rule, [(smaller, 1.0), (larger, -1.0)], tolerance + ceiling, ceiling)

    @property
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
            if len(fraction) > most and fraction.isdigit():
                most = len(fraction)
        return float(0.5 * 10.0**-most)


def equations_of(
    observations: pa.Table, rules: Iterable[Rule], history: Mapping[str, pa.Table] | None = None
) -> Equations:
    """The equations that a contract's rules declare over a release's observations."""
    from civic_assets.quality import rate_equations, sum_equations

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
    building = Equations(Figures(observations), history or {}, np.zeros(observations.num_rows, dtype=bool))
    for rule in rules:
        if rule.kind in builders:
            builders[rule.kind](building, rule)
    return building
