"""The edits of a release: every equation that its printed figures promise to satisfy, and which do not hold.

Belongs here: which edits are broken, and the system to repair them in. Does not belong here: forming the equations
(`equations`), finding the wrong cell (`localise`) and wording it (`repairs`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from civic_assets.contracts.model import Contract, Rule
from civic_assets.house_numbers.arithmetic import (
    COUNT_HEADROOM,
    FIGURE_HEADROOM,
    SUM_NOISE,
    SUM_RELATIVE_NOISE,
)
from civic_assets.quality.analyses.contract_gate import gate_of
from civic_assets.quality.equations.figures import Figures, Flags, Floats, Indices
from civic_assets.quality.equations.system import equations_of

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.quality.equations.edit_system import EditSystem
    from civic_assets.quality.equations.printed_rounding import Rounding
    from civic_assets.quality.framework.release import ReleaseView


@dataclass(frozen=True)
class Edits:
    """All edits of a release.

    Args:
        rules: Declaration of each edit.
        edit_of: Edit of each entry of `cells` and `coefficients`.
        cells: Observations by row number; of each edit the total or tested figure comes first.
        coefficients: Their coefficients.
        tolerance: Largest admissible left-hand side of each edit, either way.
        constants: What is added to the left-hand side of each edit.
        values: Printed value of each observation; NaN where there is none.
        stand_ins: Observations whose place in the edits is taken by their deviation, printed as 0.
        counts: Observations that are counts of events or of things.
        lowest_count: 0, or less where the release prints negative counts.
        hidden: Lowest and highest value of each suppressed count where the contract states them, else NaN; shape
            (2, observations).
        bases: What each count is rounded to, as stated or evident; 0 where to nothing.
        rounded: What is evident of that and not stated.
    """

    rules: Sequence[Rule]
    edit_of: Indices
    cells: Indices
    coefficients: Floats
    tolerance: Floats
    constants: Floats
    values: Floats
    stand_ins: Flags
    counts: Flags
    lowest_count: float
    hidden: Floats
    bases: Floats
    rounded: Sequence[Rounding]

    @staticmethod
    def of(release: ReleaseView) -> Edits:
        """The edits that the contract declares, over the release's observations.

        A figure that appears twice under one key (V-01) counts as absent: there is no way to choose between the two.
        """
        table = _without_repeated(release.observations, release.derived(gate_of)["V-01"][1])
        return Edits.over(table, release.contract, release.history)

    @staticmethod
    def over(table: pa.Table, contract: Contract, history: Mapping[str, pa.Table] | None = None) -> Edits:
        """The same over any observations of its source.

        Args:
            table: Columns as `civic_assets.parsing.observations.FIELDS`.
            contract: Contract of the source.
            history: Observations of earlier releases by release, oldest first.
        """
        import pyarrow.compute as pc

        stated = {one.name: one.options["rounding"] for one in contract.tables if "rounding" in one.options}
        built = equations_of(table, contract.rules, history, stated)
        counted = pc.and_(
            pc.equal(table["unit"], "count"),
            pc.or_(pc.equal(table["statistic"], "flow"), pc.equal(table["statistic"], "stock")),
        )
        counts = np.asarray(counted.to_numpy(zero_copy_only=False), dtype=bool)
        known = built.values[counts & ~np.isnan(built.values)]
        nothing = [np.zeros(0)]
        return Edits(
            rules=built.rules,
            edit_of=np.concatenate(built.rows or nothing).astype(np.int64),
            cells=np.concatenate(built.cells or nothing).astype(np.int64),
            coefficients=np.concatenate(built.coefficients or nothing),
            tolerance=np.concatenate(built.tolerance or nothing),
            constants=np.concatenate(built.constants or nothing),
            values=built.values,
            stand_ins=built.stand_ins,
            counts=counts,
            lowest_count=float(min(known.min(initial=0.0), 0.0)),
            hidden=_hidden(built.figures, contract, counts),
            bases=built.bases[0] if built.rules else np.zeros(table.num_rows),
            rounded=built.bases[1] if built.rules else (),
        )

    @cached_property
    def check_ids(self) -> Sequence[str]:
        """Check of each edit."""
        return [rule.check_id for rule in self.rules]

    @cached_property
    def _missing(self) -> Flags:
        """Entries of `cells` without a value."""
        missing: Flags = np.isnan(self.values[self.cells]) & ~self.stand_ins[self.cells]
        return missing

    def _sums(self, of: Floats) -> Floats:
        """Sum over each edit of something that each of its entries has."""
        return np.bincount(self.edit_of, weights=of, minlength=len(self.rules)).astype(float)

    @cached_property
    def operands_missing(self) -> Flags:
        """Edits of which an operand has no value, shape (edits,)."""
        return self._sums(self._missing.astype(float)) > 0

    @cached_property
    def residuals(self) -> Floats:
        """Left-hand side of each edit, missing operands counted as nothing."""
        shown = np.where(self.stand_ins, 0.0, np.nan_to_num(self.values))
        return self._sums(self.coefficients * shown[self.cells]) + self.constants

    @cached_property
    def bounds(self) -> tuple[Floats, Floats]:
        """Lowest and highest value that each observation can have; without limits for stand-ins."""
        top = float(np.nanmax(np.abs(self.values), initial=1.0)) * COUNT_HEADROOM
        lower = np.where(self.counts, self.lowest_count, -FIGURE_HEADROOM)
        upper = np.where(self.counts, top, FIGURE_HEADROOM)
        stated = ~np.isnan(self.hidden[0])
        lower, upper = np.where(stated, self.hidden[0], lower), np.where(stated, self.hidden[1], upper)
        return np.where(self.stand_ins, -np.inf, lower), np.where(self.stand_ins, np.inf, upper)

    @cached_property
    def broken(self) -> Indices:
        """Edits that do not hold, ascending; with a missing operand only those that no value of it could satisfy."""
        lower, upper = self.bounds
        ends = [np.zeros(len(self.cells)), np.zeros(len(self.cells))]
        at = np.flatnonzero(self._missing)
        moved = np.stack([self.coefficients[at] * bound[self.cells[at]] for bound in (lower, upper)])
        ends[0][at], ends[1][at] = moved.min(axis=0), moved.max(axis=0)
        lowest, highest = (self.residuals + self._sums(end) for end in ends)
        allowed = self.tolerance + self.noise
        return np.flatnonzero((lowest > allowed) | (highest < -allowed))

    @cached_property
    def noise(self) -> Floats:
        """What sums of doubles may be off by: far less than one event, whatever the size of the figures."""
        shown = np.where(self.stand_ins, 0.0, np.nan_to_num(np.abs(self.values)))
        sums = self._sums(np.abs(self.coefficients) * shown[self.cells]) + np.abs(self.constants)
        return SUM_RELATIVE_NOISE * sums + SUM_NOISE

    @cached_property
    def _by_edit(self) -> tuple[Indices, Indices]:
        """Order of the entries by edit, and where each edit begins in it."""
        return np.argsort(self.edit_of, kind="stable"), np.searchsorted(
            np.sort(self.edit_of), np.arange(len(self.rules) + 1)
        )

    def _entries(self, edit: int) -> Indices:
        order, starts = self._by_edit
        return order[starts[edit] : starts[edit + 1]]

    def cells_of(self, edit: int) -> Indices:
        """Observations in an edit, the total or tested figure first."""
        return self.cells[self._entries(edit)]

    def coefficients_of(self, edit: int) -> Floats:
        """Their coefficients."""
        return self.coefficients[self._entries(edit)]

    @cached_property
    def tested(self) -> Indices:
        """First cell of each edit: the total, or the figure that is tested; shape (edits,)."""
        order, starts = self._by_edit
        return self.cells[order[starts[:-1]]]

    def number_of(self, check_id: str) -> tuple[int, int]:
        """Edits of a check that could be evaluated, and those that could not for want of an operand."""
        mine = np.array([identifier == check_id for identifier in self.check_ids], dtype=bool)
        undecided = self.operands_missing.copy()
        undecided[self.broken] = False
        return int((mine & ~undecided).sum()), int((mine & undecided).sum())

    @cached_property
    def system(self) -> EditSystem:
        """The edits as a system for `civic_assets.quality.localisation.localise`; the last cell is the constant one."""
        from scipy.sparse import csr_array

        from civic_assets.quality.equations.edit_system import EditSystem

        size = len(self.values) + 1
        with_constant = np.flatnonzero(self.constants)
        entries = np.concatenate([self.coefficients, self.constants[with_constant]])
        rows = np.concatenate([self.edit_of, with_constant])
        columns = np.concatenate([self.cells, np.full(len(with_constant), size - 1)])
        values = np.append(np.where(self.stand_ins, 0.0, self.values), 1.0)
        free = np.isnan(values)
        free[-1] = True
        lower, upper = (np.append(bound, 1.0) for bound in self.bounds)
        return EditSystem(
            values=values,
            lower=lower,
            upper=upper,
            weight=np.ones(size),
            free=free,
            integer=np.append(self.counts & ~self.stand_ins, False),
            edits=csr_array((entries, (rows, columns)), shape=(len(self.rules), size)),
            tolerance=self.tolerance,
        )


def _without_repeated(observations: pa.Table, twice: Sequence[int]) -> pa.Table:
    """Observations without the values of rows that appear twice under one key."""
    if not twice:
        return observations
    import pyarrow as pa
    import pyarrow.compute as pc

    repeated = np.zeros(observations.num_rows, dtype=bool)
    repeated[list(twice)] = True
    at = observations.column_names.index("value")
    values = pc.if_else(pa.array(repeated), pa.scalar(None, pa.float64()), observations["value"])
    return observations.set_column(at, observations.field(at), values)


def _hidden(figures: Figures, contract: Contract, counts: Flags) -> Floats:
    """Between which numbers suppressed counts lie, where a table's layout says so (`suppressed`)."""
    hidden = np.full((2, len(counts)), np.nan)
    for table in contract.tables:
        if (stated := table.options.get("suppressed")) is None:
            continue
        own = figures.select([table.name], where=stated if "area_types" in stated else None)
        own = own[counts[own] & figures.is_suppressed(own)]
        hidden[:, own] = [[stated["lowest"]], [stated["highest"]]]
    return hidden


def edits_of(release: ReleaseView) -> Edits:
    """Identities, parents and triangles of a release, with what is broken and how it could be repaired."""
    return Edits.of(release)
