"""How far a printed number may lie from the one that was computed: decimals and significant digits.

Belongs here: half a unit of the last digit that is printed of each figure. Does not belong here: counts that a
publisher rounds to 5 or 10 (`printed_rounding`), and what equations make of it (`equations`).

A number in print is an interval: 12.3 means anything from 12.25 to 12.35. Which digit is the last one cannot be
seen from one number, since files leave out zeros at the end (0.1 for 0.10); it is seen from the column. Columns are
printed in one of two ways: with so many decimals, or with so many significant digits (69.0003, 5.00001 and 124.079 are
all of six). Whole numbers of a count are exact, whatever stands around them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from civic_assets.house_numbers.arithmetic import PRECISION_CHANCE, PRECISION_FEWEST, TENTH_LEFT_OUT

if TYPE_CHECKING:
    from civic_assets.quality.equations.figures import Figures, Floats, Indices


def half_units(figures: Figures) -> Floats:
    """Half a unit of the last printed digit of each figure, 0 of whole counts; shape (observations,)."""
    decimals = _decimals(figures)
    halves = np.zeros(len(decimals))
    everything = np.arange(len(decimals))
    unit = figures.codes("unit", everything)
    column = figures.key(figures.codes("table_id", everything), figures.codes("measure", everything), unit)
    level, period = figures.codes("area_type", everything), figures.codes("period", everything)
    shown = ~np.isnan(figures.values)
    counts = np.zeros(len(decimals), dtype=bool)
    counts[figures.select(figures.tables, where={"units": ["count"]})] = True
    # Of counts only columns with decimals are looked at: most have none, and are exact.
    wanted = shown & (~counts | np.isin(column, column[shown & (decimals > 0)]))
    for own in _groups(column, np.flatnonzero(wanted)):
        value, printed = np.abs(figures.values[own]), decimals[own]
        digits = significant_digits(value, printed)
        if digits:
            places = np.floor(np.log10(np.where(value > 0, value, 1.0))) + 1 - digits
            half = np.where((value > 0) & (printed > 0), 0.5 * 10.0**places, 0.0)
        else:
            half = 0.5 * 10.0 ** -_last_decimal(printed, level[own], period[own])
            half = np.where(counts[own] & (printed == 0), 0.0, half)
        halves[own] = half
    return halves


def _decimals(figures: Figures) -> Indices:
    """Digits after the point of each figure as printed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.fill_null(figures.table["value_text"].cast(pa.string()), "")
    fraction = pc.struct_field(pc.extract_regex(text, r"\.(?P<fraction>[0-9]+)"), "fraction")
    length = pc.fill_null(pc.utf8_length(fraction), 0)
    return np.asarray(length.to_numpy(zero_copy_only=False), dtype=np.int64)


def _groups(keys: Indices, among: Indices) -> Iterator[Indices]:
    """Figures of each key."""
    order = among[np.argsort(keys[among], kind="stable")]
    yield from (own for own in np.split(order, np.flatnonzero(np.diff(keys[order])) + 1) if len(own))


def significant_digits(value: Floats, decimals: Indices) -> int:
    """Significant digits that a column is printed with; 0 where it has so many decimals instead.

    With a fixed number of decimals they do not become fewer as numbers become larger, but for zeros that are left out;
    it is believed that they do when the chance of that is below one in a hundred.

    Args:
        value: Numbers without sign.
        decimals: As printed.
    """
    with_point = (decimals > 0) & (value > 0)
    if not with_point.any():
        return 0
    before = np.floor(np.log10(value[with_point])).astype(int) + 1
    after = decimals[with_point]
    most, digits = int(after.max()), int((before + after).max())
    sizes = np.unique(before)
    of_size = {int(size): after[before == size] for size in sizes}
    full = [size for size, own in of_size.items() if size + own.max() == digits]
    chance = 1.0
    for own in of_size.values():
        chance *= TENTH_LEFT_OUT ** min(float((most - own.max()) * len(own)), 300.0)
    return digits if len(full) > 1 and chance <= PRECISION_CHANCE * (1 + 1e-9) else 0


def _last_decimal(decimals: Indices, level: Indices, period: Indices) -> Floats:
    """Decimals that each number is printed with: of its level and period, or of more where these are few."""
    found = np.full(len(decimals), int(decimals.max(initial=0)))
    # The finest group that is large enough comes last and is kept.
    for keys in (period, level, level * (int(period.max(initial=0)) + 1) + period):
        _, group, number = np.unique(keys, return_inverse=True, return_counts=True)
        most = np.zeros(len(number), dtype=np.int64)
        np.maximum.at(most, group, decimals)
        found = np.where(number[group] >= PRECISION_FEWEST, most[group], found)
    return found.astype(float)
