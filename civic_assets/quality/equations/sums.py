"""Equations about totals: of measures, of a breakdown, of areas and of terms, and parts that are at most a whole.

Belongs here: the rules of kind identity, sum, parent, at_most and terms as equations. Does not belong here: what a
contract may say about them (`civic_assets.contracts.rules`), rates and changes (`rate_equations`).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from civic_assets.contracts.model import Rule
from civic_assets.contracts.rules import Term, tolerance_of
from civic_assets.quality.equations.figures import Indices, place_in, side_by_side

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.quality.equations.system import Equations

_PLACE = ("area_code", "period")


def _pairing(terms: list[Term], rule: Rule) -> list[str]:
    """Columns in which figures must agree to be in one equation: all that the terms leave open.

    One row of the publisher may have a year's events and what is open at its end: periods, and with them what
    is measured, then differ.
    """
    columns = ["row"] if rule.options.get("match") == "row" else [*_PLACE]
    if all(term.breakdown is None for term in terms):
        columns.append("breakdown")
    if all(term.unit is None for term in terms):
        columns.append("unit")
    return columns


def identity(building: Equations, rule: Rule) -> None:
    """A measure is the sum of others of the same area and period: total - sum(parts)."""
    terms = [Term.of(entry) for entry in (rule.options["total"], *rule.options["parts"])]
    figures, where = building.figures, rule.options.get("where")
    sets = [figures.of_term(rule.table, term, where) for term in terms]
    columns = side_by_side(figures, sets, _pairing(terms, rule))
    signs = [1.0] + [-1.0] * (len(terms) - 1)
    tolerance = tolerance_of(rule.options, np.full(columns.shape[1], len(terms) - 1.0))
    building.add(rule, list(zip(columns, signs, strict=True)), tolerance)


def over_a_breakdown(building: Equations, rule: Rule) -> None:
    """A measure is the sum over all values of one or more keys of its breakdown, as printed."""
    options, figures = rule.options, building.figures
    over = [options["over"]] if isinstance(options["over"], str) else list(options["over"])
    measures, where = options["measures"], options.get("where")
    totals = figures.select([rule.table], measures, where)
    parts = figures.select(options.get("parts_in", [rule.table]), measures)
    number = None
    if "values" in options:
        wanted = {f"{over[0]}={value}" for value in options["values"]}
        having = [bool(wanted & set(text.split(";"))) for text in figures.breakdown_texts(parts)]
        parts = parts[np.array(having, dtype=bool)]
        number = len(wanted)
    whole, _, none = figures.without(totals, over)
    totals, whole = totals[none], whole[none]
    rest, every, _ = figures.without(parts, over)
    parts, rest = parts[every], rest[every]
    _add_sums(building, rule, totals, parts, ("measure", "unit", "statistic", *_PLACE), whole, rest, number)


def parent(building: Equations, rule: Rule) -> None:
    """An area is the sum of the areas that name it as their parent, or of those that the rule says."""
    figures, measures = building.figures, rule.options.get("measures")
    totals = figures.select([rule.table], measures)
    children = figures.select([rule.table], measures, rule.options.get("where"))
    if "parent" in rule.options:
        above = np.full(len(children), figures.area(rule.options["parent"]))
    else:
        above = figures.codes("parent_code", children)
    own = figures.codes("area_code", totals)
    apart = above != figures.codes("area_code", children)
    named = above != figures.area("")
    children, above = children[apart & named], above[apart & named]
    if "rounding" in rule.options:
        # Rows without such a figure take no part in a rounded sum: crime that is not placed anywhere has no residents.
        has = ~figures.is_absent(children)
        children, above = children[has], above[has]
    series = ("measure", "unit", "statistic", "breakdown", "period")
    _add_sums(building, rule, totals, children, series, own, above, rule.options.get("parts"))


def _add_sums(
    building: Equations,
    rule: Rule,
    totals: Indices,
    parts: Indices,
    columns: tuple[str, ...],
    of_totals: Indices,
    of_parts: Indices,
    number: int | None = None,
) -> None:
    """Adds totals with the parts that agree with them in some columns and in one more, given for both.

    Where the contract says how many parts a total has and fewer are printed, they add up to no more than it.
    """
    figures = building.figures
    together = np.concatenate([totals, parts])
    shared = [figures.codes(column, together) for column in columns]
    keys = figures.key(*shared, np.concatenate([of_totals, of_parts]))
    place = place_in(keys[: len(totals)], keys[len(totals) :])
    parts, place = parts[place >= 0], place[place >= 0]
    stated, total_of = np.unique(place, return_inverse=True)
    if not len(stated):
        return
    numbers = np.bincount(total_of, minlength=len(stated)).astype(float)
    margin = np.where(numbers < (number or 0), building.ceiling, 0.0)
    tolerance = tolerance_of(rule.options, numbers)
    building.add_sums(rule, totals[stated], parts, total_of, tolerance, -margin, margin)


def at_most(building: Equations, rule: Rule) -> None:
    """A part is at most its whole: pupils suspended and suspensions, referrals again and referrals (V-19)."""
    figures, where = building.figures, rule.options.get("where")
    if "over" in rule.options:
        return _each_at_most(building, rule, rule.options["over"])
    terms = [Term.of(rule.options[key]) for key in ("smaller", "larger")]
    sets = [figures.of_term(rule.table, term, where) for term in terms]
    smaller, larger = side_by_side(figures, sets, _pairing(terms, rule))
    building.add_at_most(rule, smaller, larger, float(rule.options.get("tolerance", 0)))


def _each_at_most(building: Equations, rule: Rule, over: str) -> None:
    """Each value of a key of the breakdown is at most the whole: no single reason has more than all of them."""
    figures = building.figures
    everything = figures.select([rule.table], rule.options["measures"], rule.options.get("where"))
    rest, every, none = figures.without(everything, [over])
    shared = [figures.codes(column, everything) for column in ("measure", "unit", "statistic", *_PLACE)]
    keys = figures.key(*shared, rest)
    whole = everything[none]
    at = place_in(keys[none], keys[every])
    building.add_at_most(rule, everything[every][at >= 0], whole[at[at >= 0]])


def terms(building: Equations, rule: Rule) -> None:
    """The terms of an academic year add up to it; persons may return: max(term) <= year <= sum(terms) (V-25).

    A year and its terms may be in different files: what this release does not print is taken from the newest
    earlier release that does, as a number that is not questioned here.
    """
    measures, persons = set(rule.options["measures"]), set(rule.options.get("persons", ()))
    known: dict[tuple[str, str, str], dict[tuple[date, date, str], tuple[int, float]]] = defaultdict(dict)
    for table in building.history.values():
        for key, when, _, value in _by_series(table, rule.table, measures | persons):
            if value is not None:
                known[key][when] = (-1, value)
    for key, when, row, _ in _by_series(building.figures.table, rule.table, measures | persons):
        known[key][when] = (row, np.nan)
    for (measure, _, _), periods in known.items():
        for (start, end, kind), year in periods.items():
            if kind != "academic_year":
                continue
            parts = sorted(
                when for when in periods if when[2] == "term" and when[0] >= start and when[1] <= end
            )
            cells = [periods[when] for when in parts]
            if len(parts) == 3 and any(row >= 0 for row, _ in [year, *cells]):
                _add_year(building, rule, year, cells, measure in persons)


def _add_year(
    building: Equations, rule: Rule, year: tuple[int, float], parts: list[tuple[int, float]], persons: bool
) -> None:
    ceiling = building.ceiling

    def add(signed: list[tuple[tuple[int, float], float]], at_most_zero: bool) -> None:
        printed = [((row, value), sign) for (row, value), sign in signed if row >= 0]
        earlier = sum(sign * value for (row, value), sign in signed if row < 0)
        if not printed:
            return
        sides = [(np.array([row]), sign) for (row, _), sign in printed]
        margin = ceiling if at_most_zero else 0.0
        building.add(rule, sides, 0.0, earlier + margin, margin)

    if not persons:
        add([(year, 1.0), *((part, -1.0) for part in parts)], at_most_zero=False)
        return
    add([(year, 1.0), *((part, -1.0) for part in parts)], at_most_zero=True)
    for part in parts:
        add([(part, 1.0), (year, -1.0)], at_most_zero=True)


def _by_series(
    table: pa.Table, name: str, measures: set[str]
) -> list[tuple[tuple[str, str, str], tuple[date, date, str], int, float | None]]:
    """Counts of years and terms: (measure, area, breakdown), period, row number and value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pc.and_(
        pc.and_(pc.equal(table["table_id"], name), pc.is_in(table["measure"], pa.array(sorted(measures)))),
        pc.and_(
            pc.is_in(table["period_kind"], pa.array(["academic_year", "term"])),
            pc.equal(table["unit"], "count"),
        ),
    )
    rows = np.flatnonzero(np.asarray(wanted.to_numpy(zero_copy_only=False), dtype=bool))
    few = table.take(pa.array(rows))
    names = ("measure", "area_code", "breakdown", "period_start", "period_end", "period_kind", "value")
    return [
        ((measure, area or "", breakdown), (start, end, kind), int(row), value)
        for row, (measure, area, breakdown, start, end, kind, value) in zip(
            rows, zip(*(few[column].to_pylist() for column in names), strict=True), strict=True
        )
    ]
