"""The edits of a release: every equation that its printed figures promise to satisfy.

Belongs here: turning a contract's identities, parents, changes and rates into one system of linear edits over
observations. Does not belong here: finding the wrong cell (`localise`) and wording it (`repairs`).

Cells are observations by row number. A printed change p of counts a (now) and b (before) is the edit
`a - (1 + p/100) b + s = 0`, a printed rate r the edit `1000 a - r D + s = 0`: s stands for the printed change or
rate itself and is 0 while that is right. D is the denominator that most rates of a row imply, since the printed
one is rounded; that the printed one rounds to it is an edit of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from civic_assets.contracts.model import Rule

if TYPE_CHECKING:
    from civic_assets.quality.localise import EditSystem
    from civic_assets.quality.rule import Release

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]

# Two figures printed with full precision agree to this share; sums of doubles are exact to about 1e-14.
_RELATIVE = 1e-9
_COUNT_NOISE = 1e-6


@dataclass(frozen=True, slots=True)
class Frame:
    """Observations as a matrix: a row for each (table, area, period, breakdown, unit), a column for each measure.

    Args:
        at: Observation in each place, -1 where there is none; shape (groups, measures).
        table, area, parent, row: Of each group.
        period: Start and end of each group.
    """

    measures: dict[str, int]
    at: Indices
    table: NDArray[np.str_]
    area: NDArray[np.str_]
    parent: NDArray[np.str_]
    unit: NDArray[np.str_]
    period: NDArray[np.str_]
    row: Indices

    def column(self, groups: Indices, measure: str) -> Indices:
        """Observation of a measure in each of some groups; -1 where there is none."""
        place = self.measures.get(measure)
        return np.full(len(groups), -1) if place is None else self.at[groups, place]


@dataclass
class _Building:
    """Edits under construction, as coordinate lists."""

    rules: list[Rule] = field(default_factory=list)
    check_ids: list[str] = field(default_factory=list)
    rows: list[Indices] = field(default_factory=list)
    cells: list[Indices] = field(default_factory=list)
    coefficients: list[Floats] = field(default_factory=list)
    tolerance: list[Floats] = field(default_factory=list)
    constants: list[Floats] = field(default_factory=list)
    size: int = 0

    def add(
        self,
        rule: Rule,
        check_id: str,
        parts: Iterable[tuple[Indices, Floats | float]],
        tolerance: Floats | float = 0.0,
        constant: Floats | float = 0.0,
    ) -> None:
        """Adds one edit for each element of the parts (arrays of one length): sum of coefficient * cell + constant."""
        number = 0
        for cells, coefficient in parts:
            number = len(cells)
            self.rows.append(np.arange(self.size, self.size + number))
            self.cells.append(cells)
            self.coefficients.append(np.broadcast_to(np.asarray(coefficient, float), number).astype(float))
        self.rules.extend([rule] * number)
        self.check_ids.extend([check_id] * number)
        self.tolerance.append(np.broadcast_to(np.asarray(tolerance, float), number).astype(float))
        self.constants.append(np.broadcast_to(np.asarray(constant, float), number).astype(float))
        self.size += number

    def add_sum(self, rule: Rule, total: int, parts: Indices, tolerance: float) -> None:
        """Adds the edit total - sum(parts)."""
        cells = np.concatenate([[total], parts])
        self.rows.append(np.full(len(cells), self.size))
        self.cells.append(cells)
        self.coefficients.append(np.concatenate([[1.0], np.full(len(parts), -1.0)]))
        self.rules.append(rule)
        self.check_ids.append(rule.check_id)
        self.tolerance.append(np.array([tolerance]))
        self.constants.append(np.zeros(1))
        self.size += 1


def _strings(column: Any) -> NDArray[np.str_]:
    return np.asarray(column.fill_null("").to_numpy(zero_copy_only=False), dtype=object)


def frame_of(observations: Any) -> Frame:
    """The observations of a release (columns of `civic_assets.sources.observations.FIELDS`) as a `Frame`."""
    columns = ("table_id", "area_code", "breakdown", "unit", "statistic")
    codes = [observations[name].combine_chunks().dictionary_encode() for name in columns]
    keys = [np.asarray(code.indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int64) for code in codes]
    starts = observations["period_start"].cast("int32").to_numpy()
    ends = observations["period_end"].cast("int32").to_numpy()
    numbers = observations["row_number"].to_numpy()
    # The row number is no key: in some tables a row is a measure and an area's figures stand below each other.
    stacked = np.stack([*keys, starts, ends], axis=1)
    _, first, group = np.unique(stacked, axis=0, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    measure = observations["measure"].combine_chunks().dictionary_encode()
    names = measure.dictionary.to_pylist()
    at = np.full((len(first), len(names)), -1, dtype=np.int64)
    at[group, measure.indices.to_numpy()] = np.arange(len(group))
    texts = {name: _strings(observations[name].take(first)) for name in (*columns, "parent_code")}
    period = np.array([f"{start}/{end}" for start, end in zip(starts[first], ends[first], strict=True)], dtype=object)
    return Frame(
        measures={name: place for place, name in enumerate(names)},
        at=at,
        table=texts["table_id"],
        area=texts["area_code"],
        parent=texts["parent_code"],
        unit=texts["unit"],
        period=period,
        row=numbers[first].astype(np.int64),
    )


@dataclass(frozen=True)
class Edits:
    """All edits of a release.

    Args:
        rules, check_ids: Of each edit.
        cells, coefficients: Of each edit, as flat arrays cut by `starts`.
        values: Printed value of each observation; NaN where there is none. For figures that an edit tests through
            a stand-in (changes and rates), see `stand_ins`.
        stand_ins: Observations whose place in the edits is taken by their deviation, printed as 0.
    """

    rules: Sequence[Rule]
    check_ids: Sequence[str]
    edit_of: Indices
    cells: Indices
    coefficients: Floats
    tolerance: Floats
    constants: Floats
    values: Floats
    stand_ins: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    lowest_count: float

    @staticmethod
    def of(release: Release) -> Edits:
        """The edits that the contract declares, over the release's observations."""
        observations = release.observations
        frame = frame_of(observations)
        values = observations["value"].to_numpy(zero_copy_only=False)
        texts = observations["value_text"].to_pylist()
        building = _Building()
        stand_ins = np.zeros(len(values), dtype=bool)
        for rule in release.contract.rules:
            if rule.kind == "identity":
                _identity(building, rule, frame)
            elif rule.kind == "parent":
                _parent(building, rule, frame, values)
            elif rule.kind == "change":
                _change(building, rule, frame, values, texts, stand_ins)
            elif rule.kind == "rate":
                _rate(building, rule, frame, values, texts, stand_ins)
        units, statistics = _strings(observations["unit"]), _strings(observations["statistic"])
        counts = (units == "count") & ((statistics == "flow") | (statistics == "stock"))
        known = values[counts & ~np.isnan(values)]
        flat = np.concatenate
        return Edits(
            rules=building.rules,
            check_ids=building.check_ids,
            edit_of=flat(building.rows) if building.rows else np.zeros(0, np.int64),
            cells=flat(building.cells).astype(np.int64) if building.cells else np.zeros(0, np.int64),
            coefficients=flat(building.coefficients) if building.rows else np.zeros(0),
            tolerance=flat(building.tolerance) if building.rows else np.zeros(0),
            constants=flat(building.constants) if building.rows else np.zeros(0),
            values=values,
            stand_ins=stand_ins,
            counts=counts,
            lowest_count=float(min(known.min(initial=0.0), 0.0)),
        )

    @cached_property
    def operands_missing(self) -> NDArray[np.bool_]:
        """Edits of which an operand has no value, shape (edits,)."""
        missing = np.isnan(self.values[self.cells]) & ~self.stand_ins[self.cells]
        return np.bincount(self.edit_of, weights=missing, minlength=len(self.rules)) > 0

    @cached_property
    def residuals(self) -> Floats:
        """Left-hand side of each edit, missing operands counted as nothing."""
        shown = np.where(self.stand_ins, 0.0, np.nan_to_num(self.values))
        total = np.bincount(
            self.edit_of, weights=self.coefficients * shown[self.cells], minlength=len(self.rules)
        )
        return total + self.constants

    @cached_property
    def broken(self) -> Indices:
        """Edits that do not hold, ascending; with a missing operand only those that no value of it could mend."""
        if not self.rules:
            return np.zeros(0, np.int64)
        plain = (np.abs(self.residuals) > self.tolerance + _COUNT_NOISE * 1e-3) & ~self.operands_missing
        if not self.operands_missing.any():
            return np.flatnonzero(plain)
        # A missing count is at least the lowest count seen: only a shortfall of the other side can be decided.
        missing = np.isnan(self.values[self.cells]) & ~self.stand_ins[self.cells]
        sign = np.bincount(self.edit_of, weights=np.where(missing, self.coefficients, 0.0), minlength=len(self.rules))
        one_sided = np.bincount(
            self.edit_of, weights=np.where(missing, np.abs(self.coefficients), 0.0), minlength=len(self.rules)
        ) == np.abs(sign)
        beyond = np.where(sign < 0, self.residuals < -self.tolerance, self.residuals > self.tolerance)
        return np.flatnonzero(plain | (self.operands_missing & one_sided & beyond))

    def cells_of(self, edit: int) -> Indices:
        """Observations in an edit, the total or tested figure first."""
        return self.cells[self.edit_of == edit]

    def number_of(self, check_id: str) -> tuple[int, int]:
        """Edits of a check that could be evaluated, and those that could not for want of an operand."""
        mine = np.array([identifier == check_id for identifier in self.check_ids], dtype=bool)
        undecided = self.operands_missing.copy()
        undecided[self.broken] = False
        return int((mine & ~undecided).sum()), int((mine & undecided).sum())

    @cached_property
    def system(self) -> EditSystem:
        """The edits as a system for `civic_assets.quality.localise`; the last cell is the constant one."""
        from scipy.sparse import csr_array

        from civic_assets.quality.localise import EditSystem

        size = len(self.values) + 1
        number = len(self.rules)
        with_constant = np.flatnonzero(self.constants)
        matrix = csr_array(
            (
                np.concatenate([self.coefficients, self.constants[with_constant]]),
                (
                    np.concatenate([self.edit_of, with_constant]),
                    np.concatenate([self.cells, np.full(len(with_constant), size - 1)]),
                ),
            ),
            shape=(number, size),
        )
        values = np.append(np.where(self.stand_ins, 0.0, self.values), 1.0)
        free = np.isnan(values)
        free[-1] = True
        top = float(np.nanmax(np.abs(self.values), initial=1.0)) * 10
        lower = np.append(np.where(self.counts, self.lowest_count, -1e9), 1.0)
        upper = np.append(np.where(self.counts, top, 1e9), 1.0)
        wide = self.stand_ins
        lower[:-1][wide], upper[:-1][wide] = -np.inf, np.inf
        return EditSystem(
            values=values,
            lower=lower,
            upper=upper,
            weight=np.ones(size),
            free=free,
            integer=np.append(self.counts & ~self.stand_ins, False),
            edits=matrix,
            tolerance=self.tolerance + _COUNT_NOISE * 1e-3,
        )


def _identity(building: _Building, rule: Rule, frame: Frame) -> None:
    groups = np.flatnonzero(frame.table == rule.table)
    names = [rule.options["total"], *rule.options["parts"]]
    columns = [frame.column(groups, name) for name in names]
    whole = np.all([column >= 0 for column in columns], axis=0)
    signs = [1.0] + [-1.0] * (len(names) - 1)
    building.add(rule, rule.check_id, [(c[whole], sign) for c, sign in zip(columns, signs, strict=True)])


def _parent(building: _Building, rule: Rule, frame: Frame, values: Floats) -> None:
    groups = np.flatnonzero(frame.table == rule.table)
    measures = rule.options.get("measures") or list(frame.measures)
    rounding = float(rule.options.get("rounding", 0))
    by_key: dict[tuple[str, str, str], int] = {
        (frame.area[g], frame.unit[g], frame.period[g]): int(g) for g in groups
    }
    children: dict[int, list[int]] = {}
    for group in groups:
        parent = by_key.get((frame.parent[group], frame.unit[group], frame.period[group]))
        if parent is not None:
            children.setdefault(parent, []).append(int(group))
    for parent, parts in children.items():
        for measure in measures:
            place = frame.measures.get(measure)
            if place is None or frame.at[parent, place] < 0:
                continue
            cells = frame.at[parts, place]
            cells = cells[cells >= 0]
            if rounding:
                # Rows without such a base take no part: crime that is not placed anywhere has no residents.
                cells = cells[~np.isnan(values[cells])]
            building.add_sum(rule, int(frame.at[parent, place]), cells, rounding / 2 * (len(cells) + 1))


def _half_units(cells: Indices, texts: Sequence[str]) -> float:
    """Half a unit of the last decimal printed anywhere in some cells (a full-precision table prints many)."""
    most = 0
    for cell in cells:
        _, _, fraction = texts[cell].partition(".")
        most = max(most, len(fraction)) if fraction.isdigit() else most
    return 0.5 * 10.0**-most


def _matching(frame: Frame, groups: Indices, table: str) -> Indices:
    """For each group the group of the same area in another table with count figures; -1 where there is none."""
    others = {
        (frame.area[g]): int(g) for g in np.flatnonzero((frame.table == table) & (frame.unit == "count"))
    }
    return np.array([others.get(frame.area[g], -1) for g in groups], dtype=np.int64)


def _change(
    building: _Building, rule: Rule, frame: Frame, values: Floats, texts: Sequence[str], stand_ins: NDArray[np.bool_]
) -> None:
    groups = np.flatnonzero((frame.table == rule.table) & (frame.unit == "percent"))
    now, before = (_matching(frame, groups, rule.options[name]) for name in ("current", "previous"))
    both = (now >= 0) & (before >= 0)
    groups, now, before = groups[both], now[both], before[both]
    for place in frame.measures.values():
        change, a, b = frame.at[groups, place], frame.at[now, place], frame.at[before, place]
        use = (change >= 0) & (a >= 0) & (b >= 0)
        change, a, b = change[use], a[use], b[use]
        use = ~np.isnan(values[change]) & ~np.isnan(values[a]) & ~np.isnan(values[b])
        change, a, b = change[use], a[use], b[use]
        if not len(change):
            continue
        half = _half_units(change, texts) / 100
        tolerance = np.maximum(half * np.abs(values[b]), _RELATIVE * np.maximum(values[a], values[b]) + _COUNT_NOISE)
        stand_ins[change] = True
        building.add(
            rule, rule.check_id, [(change, 1.0), (a, 1.0), (b, -(1 + values[change] / 100))], tolerance
        )


def _rate(
    building: _Building, rule: Rule, frame: Frame, values: Floats, texts: Sequence[str], stand_ins: NDArray[np.bool_]
) -> None:
    per = float(rule.options["per"])
    denominators = frame.table == rule.table
    for unit, base in rule.options["denominators"].items():
        groups = np.flatnonzero(denominators & (frame.unit == unit))
        counts = _matching(frame, groups, rule.options["count"])
        bases = {
            frame.area[g]: int(cell)
            for g in np.flatnonzero(denominators & (frame.unit == "count"))
            if (cell := frame.at[g, frame.measures[base]]) >= 0
        }
        half = _half_units(frame.at[groups][frame.at[groups] >= 0], texts)
        for group, count in zip(groups, counts, strict=True):
            cell = bases.get(frame.area[group], -1)
            if count < 0 or cell < 0 or np.isnan(values[cell]):
                continue
            rates, numbers = frame.at[group], frame.at[count]
            use = (rates >= 0) & (numbers >= 0)
            rates, numbers = rates[use], numbers[use]
            use = ~np.isnan(values[rates]) & ~np.isnan(values[numbers])
            rates, numbers = rates[use], numbers[use]
            if not len(rates):
                continue
            implied, exact = _implied_base(values[numbers], values[rates], per, half)
            rounding = float(rule.options.get("rounding", 0))
            base_value = implied if exact else values[cell]
            slack = 0.0 if exact else rounding / 2
            stand_ins[rates] = True
            tolerance = half * base_value + values[rates] * slack + per * values[numbers] * _RELATIVE + _COUNT_NOISE
            building.add(
                rule, rule.check_id, [(rates, 1.0), (numbers, per)], np.abs(tolerance), -values[rates] * base_value
            )
            if exact:
                building.add(
                    rule, rule.check_id, [(np.array([cell]), 1.0)], rounding / 2 + _RELATIVE * implied, -implied
                )


def _implied_base(counts: Floats, rates: Floats, per: float, half: float) -> tuple[float, bool]:
    """Denominator that most rates of a row imply, and whether more than half of them (and three) agree on it."""
    use = (counts > 0) & (rates > 0)
    if use.sum() < 3:
        return float("nan"), False
    implied = per * counts[use] / rates[use]
    middle = float(np.median(implied))
    tolerance = half * implied / rates[use] + _RELATIVE * 10 * middle
    agree = int((np.abs(implied - middle) <= tolerance).sum())
    return middle, agree * 2 > use.sum() and agree >= 3
