"""Equations about changes and rates: what is printed must follow from the counts that it is made of.

Belongs here: the rules of kind change, rate and ratio as equations. Does not belong here: what a contract may say about
them (`civic_assets.contracts.rules`), sums (`sum_equations`).

A printed change p of counts a (now) and b (before) is the equation `a - (1 + p/100) b + s = 0`, a printed rate r of a
count c and a denominator D is `k c - r D + s = 0`: s stands for the printed change or rate itself and is 0 while that
is right. Where a table prints many rates of one row (`rate`), D is the denominator that most of them imply, since the
printed one is rounded; that the printed one rounds to it is an equation of its own. Elsewhere (`ratio`) D is printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from civic_assets.contracts.model import Rule
from civic_assets.contracts.rules import Term
from civic_assets.house_numbers.arithmetic import AGREEING_RATES, COUNT_NOISE, DIVISION_NOISE
from civic_assets.quality.equations.figures import Flags, Floats, Indices, place_in, side_by_side

if TYPE_CHECKING:
    from civic_assets.quality.equations.system import Equations


def change(building: Equations, rule: Rule) -> None:
    """A printed percentage change follows from its two counts (V-17)."""
    figures = building.figures
    printed = figures.select([rule.table], where={"units": ["percent"]})
    sides = [
        figures.select([rule.options[name]], where={"units": ["count"]}) for name in ("current", "previous")
    ]
    changes, now, before = side_by_side(figures, [printed, *sides], ["area_code", "measure"])
    use = figures.known(changes) & figures.known(now) & figures.known(before)
    changes, now, before = changes[use], now[use], before[use]
    if not len(changes):
        return
    measures = figures.codes("measure", changes)
    half = np.zeros(len(changes))
    for measure in np.unique(measures):
        half[measures == measure] = building.half_unit(changes[measures == measure]) / 100
    p, a, b = (building.values[cells] for cells in (changes, now, before))
    noise = DIVISION_NOISE * np.maximum(np.abs(a), np.abs(b)) + COUNT_NOISE
    building.stand_ins[changes] = True
    tolerance = np.maximum(half * np.abs(b), noise)
    building.add(rule, [(changes, 1.0), (now, 1.0), (before, -(1 + p / 100))], margin=tolerance)


def ratio(building: Equations, rule: Rule) -> None:
    """A printed rate is k times a printed count over a printed denominator (V-17).

    The interval of the catalogue, [k(c - b/2)/(p + h), k(c + b/2)/(p - h)] for a denominator rounded to b too, is the
    equation `k c - r D` with the tolerance `h D + k b/2 + r b/2`; h is half a unit of the last printed decimal.
    """
    options, figures = rule.options, building.figures
    named = [Term.of(options[key]) for key in ("rate", "numerator", "denominator")]
    where = options.get("where")
    sets = [figures.of_term(rule.table, term, where) for term in named]
    columns = ["row"] if options.get("match") == "row" else ["area_code", "period"]
    open_terms = [place for place, term in enumerate(named) if term.breakdown is None]
    if len(open_terms) == len(named):
        columns.append("breakdown")
    rates, counts, bases = side_by_side(figures, sets, columns)
    # There is no rate where there are no people.
    use = figures.known(rates) & ~(building.values[bases] == 0)
    rates, counts, bases = rates[use], counts[use], bases[use]
    if not len(rates):
        return
    per, base = float(options["per"]), float(options.get("rounding", 0))
    decimals = options.get("decimals")
    half = building.halves[rates] if decimals is None else 0.5 * 10.0**-decimals
    r, shown = building.values[rates], np.nan_to_num(building.values[bases])
    noise = np.abs(r * shown) * DIVISION_NOISE + COUNT_NOISE
    building.stand_ins[rates] = True
    rounded = (per + np.abs(r)) * base / 2
    # A count may be printed as negative; it is disputed elsewhere (V-02), and a tolerance is never below 0.
    margin = half * np.abs(shown) + noise
    building.add(rule, [(rates, 1.0), (counts, per), (bases, -r)], rounded, margin=margin)


def rate(building: Equations, rule: Rule) -> None:
    """Printed rates follow from their counts and one denominator, which rounds to the printed one (V-17, V-18)."""
    figures = building.figures
    counts = figures.select([rule.options["count"]], where={"units": ["count"]})
    for unit, base in rule.options["denominators"].items():
        printed = figures.select([rule.table], where={"units": [unit]})
        # Population and households of an area have different dates: the area alone brings them together.
        shown = figures.select([rule.table], [base], {"units": ["count"]})
        rates, numbers = side_by_side(figures, [printed, counts], ["area_code", "measure"])
        at = place_in(figures.codes("area_code", shown), figures.codes("area_code", rates))
        rates, numbers, bases = rates[at >= 0], numbers[at >= 0], shown[at[at >= 0]]
        use = figures.known(rates) & figures.known(numbers) & figures.known(bases)
        if use.any():
            _add_rates(building, rule, rates[use], numbers[use], bases[use])


def _add_rates(building: Equations, rule: Rule, rates: Indices, numbers: Indices, bases: Indices) -> None:
    """Adds a unit's rates; a rate's row is known by its printed denominator."""
    per, rounding = float(rule.options["per"]), float(rule.options.get("rounding", 0))
    half = building.half_unit(rates)
    printed, row = np.unique(bases, return_inverse=True)
    _, column = np.unique(building.figures.codes("measure", rates), return_inverse=True)
    matrix = np.full((2, len(printed), column.max() + 1), np.nan)
    matrix[:, row, column] = building.values[numbers], building.values[rates]
    low, high, implied = _implied_bases(matrix[0], matrix[1], per, half)
    denominator = np.where(implied, (low + high) / 2, building.values[printed])
    slack = np.where(implied, (high - low) / 2, rounding / 2)
    r, c = building.values[rates], building.values[numbers]
    building.stand_ins[rates] = True
    noise = np.abs(per * c) * DIVISION_NOISE + COUNT_NOISE
    tolerance = half * np.abs(denominator[row]) + np.abs(r) * slack[row] + noise
    building.add(rule, [(rates, 1.0), (numbers, per)], 0.0, -r * denominator[row], tolerance)
    margin = slack[implied] + DIVISION_NOISE * np.abs(denominator[implied])
    building.add(rule, [(printed[implied], 1.0)], rounding / 2, -denominator[implied], margin)


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
    low = per * c / (r + half) * (1 - DIVISION_NOISE)
    high = per * c / (r - half) * (1 + DIVISION_NOISE)
    # Intervals that overlap most do so at the lower end of one of them.
    holds = (low[:, None, :] <= low[:, :, None]) & (low[:, :, None] <= high[:, None, :])
    votes = holds.sum(axis=2)
    best = votes.argmax(axis=1)
    row = np.arange(len(counts))
    agreeing = holds[row, best]
    number = votes[row, best]
    implied: Flags = (number >= AGREEING_RATES) & (2 * number > usable.sum(axis=1))
    upper = np.where(agreeing, high, np.inf).min(axis=1, initial=np.inf)
    return np.where(implied, low[row, best], 0.0), np.where(implied, upper, 0.0), implied
