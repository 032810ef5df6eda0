"""Counts that a publisher rounds to a base, by level and era: stated in the contract, or evident from the figures.

Belongs here: which counts are rounded to what, and how sure that is. Does not belong here: decimals
(`printed_precision`), the equations that allow for it (`equations`), and saying so (`rules.digits`).

England and regions are often rounded to 5 or 10 where authorities are exact, and the year in which that began or ended
is not in the file. Where nothing is rounded, one count in five is a multiple of 5: that all of thirty are has a chance
of 1e-21. A few may be none (a digit that was mistyped), otherwise one slip would turn all sums of its level into
errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from civic_assets.house_numbers.arithmetic import (
    ROUNDING_BASES,
    ROUNDING_CHANCE,
    ROUNDING_EXCEPTIONS_SHARE,
    ROUNDING_FEWEST,
)

if TYPE_CHECKING:
    from civic_assets.quality.equations.figures import Figures, Flags, Floats, Indices


@dataclass(frozen=True, slots=True)
class Rounding:
    """Counts of one table and level that are evidently rounded.

    Args:
        table, area_type: Which.
        measures: Measures, ascending.
        base: What they are multiples of.
        periods: First and last day of the periods that they are of.
        number: How many counts above 0.
        exceptions: Row numbers of figures that are not multiples.
        chance: Probability of that number of multiples without rounding, times the number of groups that were asked.
        first: A figure that shows it.
    """

    table: str
    area_type: str
    measures: tuple[str, ...]
    base: int
    periods: tuple[str, str]
    number: int
    exceptions: tuple[int, ...]
    chance: float
    first: int


def stated_bases(figures: Figures, stated: Mapping[str, Sequence[Mapping[str, Any]]]) -> Floats:
    """What each count is rounded to by its contract, 0 where it says nothing; shape (observations,).

    Args:
        figures: Observations.
        stated: Entries of `rounding` in the layout of each table.
    """
    bases = np.zeros(len(figures.values))
    for table, entries in stated.items():
        for entry in entries:
            where = {
                "units": ["count"],
                **({"area_types": entry["area_types"]} if "area_types" in entry else {}),
            }
            own = figures.select([table], entry.get("measures"), where)
            bases[own[figures.between(own, _day(entry, "from"), _day(entry, "until"))]] = float(entry["to"])
    return bases


def _day(entry: Mapping[str, Any], key: str) -> date | None:
    day = entry.get(key)
    return date.fromisoformat(str(day)) if day is not None else None


def evident_bases(figures: Figures, known: Floats) -> tuple[Floats, list[Rounding]]:
    """What counts are evidently rounded to, 0 elsewhere, and the evidence.

    Asked are, of a table, the counts of a measure and level in all periods together and in each period; and where these
    are too few to tell, those of all measures of a level together, in all periods and in each.

    Args:
        figures: Observations.
        known: What their contract says already, 0 where nothing.
    """
    bases = np.zeros(len(figures.values))
    counts = figures.select(figures.tables, where={"units": ["count"]})
    values = np.nan_to_num(np.abs(figures.values[counts]))
    counts = counts[(values > 0) & (values == np.round(values)) & (known[counts] == 0)]
    if not len(counts):
        return bases, []
    values = np.abs(figures.values[counts])
    table, measure = figures.codes("table_id", counts), figures.codes("measure", counts)
    level, period = figures.codes("area_type", counts), figures.codes("period", counts)
    place = figures.key(table, level)
    series = figures.key(place, measure)
    found = np.zeros(len(counts))
    chances = np.ones(len(counts))
    for keys in (series, figures.key(series, period)):
        open_ = found == 0
        if open_.any():
            base, chance = _by_group(keys, values, open_)
            found, chances = np.where(open_, base, found), np.where(open_, chance, chances)
    for pools, keys in ((place, series), (figures.key(place, period), figures.key(series, period))):
        open_ = found == 0
        if open_.any():
            base, chance = _pooled(pools, keys, values, open_)
            found, chances = np.where(open_, base, found), np.where(open_, chance, chances)
    bases[counts] = found
    return bases, _evidence(figures, counts, found, chances, place)


def _by_group(keys: Indices, values: Floats, asked: Flags) -> tuple[Floats, Floats]:
    """Base of each count whose group is rounded, 0 elsewhere, and the chance of that."""
    names, group = np.unique(keys, return_inverse=True)
    number = np.bincount(group, weights=asked, minlength=len(names))
    candidates = number >= ROUNDING_FEWEST
    found, chances = np.zeros(len(names)), np.ones(len(names))
    asks = max(int(candidates.sum()), 1) * len(ROUNDING_BASES)
    for base in ROUNDING_BASES:
        others = np.bincount(group, weights=asked & (values % base != 0), minlength=len(names))
        few = candidates & (found == 0) & (others <= np.maximum(1, ROUNDING_EXCEPTIONS_SHARE * number))
        if few.any():
            chance = _chance(number[few], others[few], base) * asks
            sure = np.flatnonzero(few)[chance < ROUNDING_CHANCE]
            found[sure], chances[sure] = base, chance[chance < ROUNDING_CHANCE]
    return np.where(asked, found[group], 0.0), chances[group]


def _chance(number: Floats, others: Floats, base: int) -> Floats:
    """Chance that at most some of so many counts are not multiples of a base, if none is rounded."""
    from scipy.special import bdtr

    chance: Floats = np.asarray(bdtr(others, number.astype(int), 1 - 1 / base), dtype=float)
    return chance


def _pooled(pools: Indices, keys: Indices, values: Floats, asked: Flags) -> tuple[Floats, Floats]:
    """The same of the groups of a pool together: those whose counts are all multiples, out of all that it has."""
    names, group = np.unique(keys, return_inverse=True)
    pool_names, pool = np.unique(pools, return_inverse=True)
    pool_of = np.zeros(len(names), dtype=np.int64)
    pool_of[group] = pool
    open_ = np.bincount(group, weights=asked, minlength=len(names)) > 0
    number = np.bincount(group, minlength=len(names)).astype(float)
    groups = np.bincount(pool_of, weights=open_, minlength=len(pool_names))
    found, chances = np.zeros(len(values)), np.ones(len(values))
    for base in ROUNDING_BASES:
        others = np.bincount(group, weights=values % base != 0, minlength=len(names))
        round_ = open_ & (others == 0)
        together = np.bincount(pool_of, weights=round_ * number, minlength=len(pool_names))
        # Any of the groups may have been the round ones.
        ways = 2.0 ** np.minimum(groups, 300) * len(pool_names) * len(ROUNDING_BASES)
        chance = np.exp(np.minimum(np.log(ways) - together * np.log(base), 0.0))
        sure = (found == 0) & asked & round_[group] & (chance[pool] < ROUNDING_CHANCE)
        found[sure], chances[sure] = base, chance[pool[sure]]
    return found, chances


def _evidence(
    figures: Figures, counts: Indices, found: Floats, chances: Floats, place: Indices
) -> list[Rounding]:
    """One entry for each table, level and base."""
    rounded = np.flatnonzero(found)
    if not len(rounded):
        return []
    keys = figures.key(place[rounded], found[rounded].astype(np.int64))
    told = []
    for key in np.unique(keys).tolist():
        own = rounded[keys == key]
        rows, base = counts[own], int(found[own[0]])
        first = figures.table.slice(int(rows[0]), 1).to_pylist()[0]
        starts, ends = (figures.texts_of(name, rows) for name in ("period_start", "period_end"))
        told.append(
            Rounding(
                table=first["table_id"],
                area_type=first["area_type"] or "",
                measures=tuple(sorted(set(figures.texts_of("measure", rows)))),
                base=base,
                periods=(min(starts), max(ends)),
                number=len(rows),
                exceptions=tuple(rows[np.abs(figures.values[rows]) % base != 0].tolist()),
                chance=float(chances[own].max()),
                first=int(rows[0]),
            )
        )
    return told
