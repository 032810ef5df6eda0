"""Equations between printed figures, as arrays.

Belongs here: turning a contract's identities, parents, changes and rates into linear equations over observations.
Does not belong here: whether they hold (`edits`), finding the wrong cell (`localise`) and wording it (`repairs`).

Cells are observations by row number. A printed change p of counts a (now) and b (before) is the equation
`a - (1 + p/100) b + s = 0`, a printed rate r is `1000 a - r D + s = 0`: s stands for the printed change or rate
itself and is 0 while that is right. D is the denominator that most rates of a row imply, since the printed one is
rounded; that the printed one rounds to it is an equation of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from civic_assets.contracts.model import Rule

if TYPE_CHECKING:
    import pyarrow as pa

Indices: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = NDArray[np.object_]

# Two figures printed with full precision agree to this share; sums of doubles are exact to about 1e-14.
_RELATIVE = 1e-9
_COUNT_NOISE = 1e-6
# A denominator is taken from the rates when more than half of a row's rates, and at least this many, agree on it.
_AGREEING = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """Observations as a matrix: a row for each (table, area, period, breakdown, unit), a column for each measure.

    Args:
        measures: Column of each measure.
        at: Observation in each place, -1 where there is none; shape (groups, measures).
        table: Table of each group; shape (groups,), as are `area`, `parent`, `unit` and `period`.
    """

    measures: dict[str, int]
    at: Indices
    table: Texts
    area: Texts
    parent: Texts
    unit: Texts
    period: Texts

    def column(self, groups: Indices, measure: str) -> Indices:
        """Observation of a measure in each of some groups; -1 where there is none."""
        place = self.measures.get(measure)
        return np.full(len(groups), -1) if place is None else self.at[groups, place]


def _texts(column: pa.ChunkedArray) -> Texts:
    return np.asarray(column.fill_null("").to_numpy(zero_copy_only=False), dtype=object)


def frame_of(observations: pa.Table) -> Frame:
    """The observations of a release (columns of `civic_assets.sources.observations.FIELDS`) as a `Frame`."""
    keys = ("table_id", "area_code", "breakdown", "unit", "statistic", "period_start", "period_end")
    # One number for each combination. The row number is no part of it: in some tables a row is a measure, and an
    # area's figures stand below each other.
    combined = np.zeros(observations.num_rows, dtype=np.int64)
    for name in keys:
        encoded = observations[name].combine_chunks().dictionary_encode()
        codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
        combined = combined * (len(encoded.dictionary) + 1) + codes.astype(np.int64)
    _, first, group = np.unique(combined, return_index=True, return_inverse=True)
    measure = observations["measure"].combine_chunks().dictionary_encode()
    names: list[str] = measure.dictionary.to_pylist()
    at = np.full((len(first), len(names)), -1, dtype=np.int64)
    at[group.reshape(-1), measure.indices.to_numpy()] = np.arange(observations.num_rows)
    heads = observations.take(first)
    starts, ends = heads["period_start"].to_pylist(), heads["period_end"].to_pylist()
    return Frame(
        measures={name: place for place, name in enumerate(names)},
        at=at,
        table=_texts(heads["table_id"]),
        area=_texts(heads["area_code"]),
        parent=_texts(heads["parent_code"]),
        unit=_texts(heads["unit"]),
        period=np.array([f"{start}/{end}" for start, end in zip(starts, ends, strict=True)], dtype=object),
    )


@dataclass
class Equations:
    """Equations under construction, as coordinate lists.

    Args:
        values: Printed value of each observation, NaN where there is none; shape (observations,).
        texts: The same as printed.
        stand_ins: Observations whose place in the equations is taken by their deviation, printed as 0.
    """

    values: Floats
    texts: Sequence[str]
    stand_ins: Flags
    rules: list[Rule] = field(default_factory=list)
    rows: list[Indices] = field(default_factory=list)
    cells: list[Indices] = field(default_factory=list)
    coefficients: list[Floats] = field(default_factory=list)
    tolerance: list[Floats] = field(default_factory=list)
    constants: list[Floats] = field(default_factory=list)

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
        self, rule: Rule, totals: Indices, parts: Indices, total_of: Indices, tolerance: Floats | float
    ) -> None:
        """Adds total - sum(parts) for each total; `total_of` says to which of the totals a part belongs."""
        size = len(self.rules)
        self._cells(np.arange(size, size + len(totals)), totals, 1.0)
        self._cells(size + total_of, parts, -1.0)
        self._close(rule, len(totals), tolerance, 0.0)

    def _cells(self, rows: Indices, cells: Indices, coefficient: Floats | float) -> None:
        self.rows.append(rows)
        self.cells.append(cells)
        self.coefficients.append(np.broadcast_to(np.asarray(coefficient, float), len(cells)))

    def _close(self, rule: Rule, number: int, tolerance: Floats | float, constant: Floats | float) -> None:
        self.rules.extend([rule] * number)
        self.tolerance.append(np.broadcast_to(np.asarray(tolerance, float), number))
        self.constants.append(np.broadcast_to(np.asarray(constant, float), number))

    def known(self, cells: Indices) -> Flags:
        """Places of a matrix of cells that hold a printed value."""
        found: Flags = (cells >= 0) & ~np.isnan(self.values[cells])
        return found

    def half_unit(self, cells: Indices) -> float:
        """Half a unit of the last decimal printed anywhere in some cells (a full-precision table prints many)."""
        most = 0
        for cell in cells.tolist():
            _, _, fraction = self.texts[cell].partition(".")
            if len(fraction) > most and fraction.isdigit():
                most = len(fraction)
        return float(0.5 * 10.0**-most)


def equations_of(observations: pa.Table, rules: Iterable[Rule]) -> Equations:
    """The equations that a contract's rules declare over a release's observations."""
    frame = frame_of(observations)
    values = np.array(observations["value"].to_numpy(zero_copy_only=False), dtype=float)
    building = Equations(values, observations["value_text"].to_pylist(), np.zeros(len(values), dtype=bool))
    builders = {"identity": _identity, "parent": _parent, "change": _change, "rate": _rate}
    for rule in rules:
        if rule.kind in builders:
            builders[rule.kind](building, rule, frame)
    return building


def _identity(building: Equations, rule: Rule, frame: Frame) -> None:
    groups = np.flatnonzero(frame.table == rule.table)
    names = [rule.options["total"], *rule.options["parts"]]
    columns = np.stack([frame.column(groups, name) for name in names])
    columns = columns[:, (columns >= 0).all(axis=0)]
    signs = [1.0] + [-1.0] * (len(names) - 1)
    building.add(rule, list(zip(columns, signs, strict=True)))


def _parent(building: Equations, rule: Rule, frame: Frame) -> None:
    groups = np.flatnonzero(frame.table == rule.table)
    wanted = rule.options.get("measures") or list(frame.measures)
    measures = [frame.measures[name] for name in wanted if name in frame.measures]
    rounding = float(rule.options.get("rounding", 0))
    by_key = {(frame.area[g], frame.unit[g], frame.period[g]): int(g) for g in groups}
    pairs = [(by_key.get((frame.parent[g], frame.unit[g], frame.period[g]), -1), int(g)) for g in groups]
    parents, of = np.unique([parent for parent, _ in pairs if parent >= 0], return_inverse=True)
    children = np.array([child for parent, child in pairs if parent >= 0], dtype=np.int64)
    if not len(children) or not measures:
        return
    totals = frame.at[parents.astype(np.int64)][:, measures]
    parts = frame.at[children][:, measures]
    # Rows without such a base take no part in a rounded sum: crime that is not placed anywhere has no residents.
    takes_part = building.known(parts) if rounding else parts >= 0
    numbers = np.zeros(totals.shape, dtype=np.int64)
    np.add.at(numbers, of, takes_part)
    stated = (totals >= 0) & (numbers > 0)
    position = np.cumsum(stated).reshape(stated.shape) - 1
    takes_part &= stated[of]
    tolerance = rounding / 2 * (numbers[stated].astype(float) + 1)
    building.add_sums(rule, totals[stated], parts[takes_part], position[of][takes_part], tolerance)


def _matching(frame: Frame, groups: Indices, table: str) -> Indices:
    """For each group the group of the same area in another table with count figures; -1 where there is none."""
    others = {frame.area[g]: int(g) for g in np.flatnonzero((frame.table == table) & (frame.unit == "count"))}
    return np.array([others.get(frame.area[g], -1) for g in groups], dtype=np.int64)


def _change(building: Equations, rule: Rule, frame: Frame) -> None:
    groups = np.flatnonzero((frame.table == rule.table) & (frame.unit == "percent"))
    now, before = (_matching(frame, groups, rule.options[name]) for name in ("current", "previous"))
    both = (now >= 0) & (before >= 0)
    groups, now, before = groups[both], now[both], before[both]
    for place in frame.measures.values():
        change, a, b = frame.at[groups, place], frame.at[now, place], frame.at[before, place]
        use = building.known(change) & building.known(a) & building.known(b)
        change, a, b = change[use], a[use], b[use]
        if not len(change):
            continue
        printed, current, previous = (building.values[cells] for cells in (change, a, b))
        half = building.half_unit(change) / 100
        noise = _RELATIVE * np.maximum(np.abs(current), np.abs(previous)) + _COUNT_NOISE
        building.stand_ins[change] = True
        tolerance = np.maximum(half * np.abs(previous), noise)
        building.add(rule, [(change, 1.0), (a, 1.0), (b, -(1 + printed / 100))], tolerance)


def _rate(building: Equations, rule: Rule, frame: Frame) -> None:
    per, rounding = float(rule.options["per"]), float(rule.options.get("rounding", 0))
    own = frame.table == rule.table
    for unit, base in rule.options["denominators"].items():
        if base not in frame.measures:
            continue
        groups = np.flatnonzero(own & (frame.unit == unit))
        counts = _matching(frame, groups, rule.options["count"])
        # Population and households of an area stand under different dates, so in groups of their own.
        bases = {
            frame.area[g]: int(cell)
            for g in np.flatnonzero(own & (frame.unit == "count"))
            if (cell := frame.at[g, frame.measures[base]]) >= 0
        }
        printed_base = np.array([bases.get(frame.area[g], -1) for g in groups], dtype=np.int64)
        keep = (counts >= 0) & building.known(printed_base)
        groups, counts, printed_base = groups[keep], counts[keep], printed_base[keep]
        rates, numbers = frame.at[groups], frame.at[counts]
        use = building.known(rates) & building.known(numbers)
        if not use.any():
            continue
        half = building.half_unit(rates[use])
        r = np.where(use, building.values[rates], np.nan)
        c = np.where(use, building.values[numbers], np.nan)
        low, high, implied = _implied_bases(c, r, per, half)
        shown = building.values[printed_base]
        denominator = np.where(implied, (low + high) / 2, shown)
        slack = np.where(implied, (high - low) / 2, rounding / 2)
        row = np.nonzero(use)[0]
        rates, numbers, r, c = rates[use], numbers[use], r[use], c[use]
        building.stand_ins[rates] = True
        noise = np.abs(per * c) * _RELATIVE + _COUNT_NOISE
        tolerance = half * denominator[row] + np.abs(r) * slack[row] + noise
        building.add(rule, [(rates, 1.0), (numbers, per)], tolerance, -r * denominator[row])
        stated = implied & use.any(axis=1)
        tolerance = rounding / 2 + slack[stated] + _RELATIVE * denominator[stated]
        building.add(rule, [(printed_base[stated], 1.0)], tolerance, -denominator[stated])


def _implied_bases(counts: Floats, rates: Floats, per: float, half: float) -> tuple[Floats, Floats, Flags]:
    """Denominators that most rates of a row imply.

    Each rate r of a count c allows the denominators [per c / (r + h), per c / (r - h)], h half a unit of the last
    printed decimal (checks V-17 and V-18). Of each row the range that most of these intervals share is taken.

    Args:
        counts: Shape (rows, measures), NaN where there is none.
        rates: The same shape.
        per: What the rates are per.
        half: Half a unit of the last printed decimal.

    Returns:
        Lower and upper end of the range, and whether more than half of a row's rates (and three) agree on it.
    """
    usable = (counts > 0) & (rates > half)
    c, r = np.where(usable, counts, np.nan), np.where(usable, rates, np.nan)
    low = per * c / (r + half) * (1 - _RELATIVE)
    high = per * c / (r - half) * (1 + _RELATIVE)
    # Intervals that overlap most do so at the lower end of one of them.
    holds = (low[:, None, :] <= low[:, :, None]) & (low[:, :, None] <= high[:, None, :])
    votes = holds.sum(axis=2)
    best = votes.argmax(axis=1)
    row = np.arange(len(counts))
    agreeing = holds[row, best]
    number = votes[row, best]
    implied: Flags = (number >= _AGREEING) & (2 * number > usable.sum(axis=1))
    upper = np.where(agreeing, high, np.inf).min(axis=1, initial=np.inf)
    return np.where(implied, low[row, best], 0.0), np.where(implied, upper, 0.0), implied
