"""What a slip of the keyboard looks like: V-16 (which repair is likely) and V-23 (sign, swap, unit).

Belongs here: comparing a printed with a proposed number, digit by digit and against the cell's own
history, and the order of equally small repairs that follows. Does not belong here: finding the repairs
(`localise`), and deciding: a ranking is a proposal, the proof is the publisher's cell (X-14).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from statistics import median

import numpy as np

from civic_assets.house_numbers.localisation import TYPING_POWERS
from civic_assets.house_numbers.statistics import LEAST_SPREAD
from civic_assets.quality.equations.edit_system import EditSystem, Repair, Room
from civic_assets.quality.localisation.localise import Component


class Pattern(StrEnum):
    """How a printed number can have come from the proposed one. A single wrong digit is *not* a pattern."""

    SWAP = "swap"
    SIGN = "sign"
    POWER_OF_TEN = "power_of_ten"
    TRANSPOSITION = "transposition"
    PREFIX = "prefix_truncation"
    SUFFIX = "suffix_truncation"
    DIGIT_DROPPED = "digit_dropped"
    DIGIT_DOUBLED = "digit_doubled"


@dataclass(frozen=True, slots=True)
class RankedRepair:
    """A repair with the evidence for it.

    Args:
        repair: The cells and values.
        patterns: Typing patterns, empty if there is none; of several cells each must show one.
        distance: Optimal string alignment distance, summed over the cells.
        z_new: `robust_z` of the proposed value, the largest over the cells; NaN without history.
        z_old: The same for the printed value.
        distinguished: This first-ranked repair stands apart: it is the only one, or the only one with
            a pattern.
    """

    repair: Repair
    patterns: tuple[Pattern, ...]
    distance: int
    z_new: float
    z_old: float
    distinguished: bool


def patterns(printed: str, proposed: str) -> tuple[Pattern, ...]:
    """Typing patterns that turn `proposed` into `printed`, e.g. ("1208", "2108") -> transposition.

    Args:
        printed: Number as printed: digits, perhaps a sign, a decimal point, thousands separators.
        proposed: Number as it may have been meant.

    Returns:
        Patterns in the order of `Pattern`; none if the numbers are equal.
    """
    old, new = _plain(printed), _plain(proposed)
    if old == new:
        return ()
    a, b = old.lstrip("-"), new.lstrip("-")
    if old.startswith("-") != new.startswith("-"):
        return (Pattern.SIGN,) if a == b else ()
    short, long = sorted((a, b), key=len)
    longer = len(short) < len(long)
    found = {
        Pattern.POWER_OF_TEN: _is_power_of_ten(a, b),
        Pattern.TRANSPOSITION: _is_transposition(a, b),
        Pattern.PREFIX: longer and long.startswith(short),
        Pattern.SUFFIX: longer and long.endswith(short),
        Pattern.DIGIT_DROPPED: a in _one_shorter(b),
        Pattern.DIGIT_DOUBLED: b in _one_shorter(a, only_doubled=True),
    }
    return tuple(pattern for pattern in Pattern if found.get(pattern))


def osa_distance(a: str, b: str) -> int:
    """Optimal string alignment distance: insert, delete, replace, swap two neighbours, each costs 1."""
    from rapidfuzz.distance import OSA

    return int(OSA.distance(a, b))


def robust_z(value: float, history: Sequence[float]) -> float:
    """`|x - med| / max(MAD, 0.05 |med|, 1)` over the cell's other periods; NaN without any.

    Args:
        value: The value to judge, in the unit of the history.
        history: Values of the same cell in other periods, without suppressed ones.
    """
    if not history:
        return math.nan
    middle = median(history)
    spread = median(abs(x - middle) for x in history)
    return abs(value - middle) / max(spread, LEAST_SPREAD * abs(middle), 1.0)


def rank_repairs(
    repairs: Sequence[Repair],
    printed_texts: Sequence[str] | Mapping[int, str],
    history: Mapping[int, Sequence[float]],
    neighbours: Mapping[int, Mapping[int, float]] | None = None,
) -> list[RankedRepair]:
    """Equally small repairs, the likeliest first (methods section 1, "Ranking of ties").

    Order: a swap of two neighbours; a typing pattern; smaller distance; smaller z of the new value;
    larger drop from z of the old one; then cell order, so that the result never depends on the input's.
    Over several cells, distances add up and the worst z counts: a repair is as good as its weakest part.
    Where a repair leaves an interval, its proposed value is judged.

    Args:
        repairs: Repairs of one component.
        printed_texts: Cell -> number as printed.
        history: Cell -> its values in other periods; cells may be missing.
        neighbours: Cell -> printed values of its neighbours; without it no swap is recognised.
    """
    judged = [_judge(repair, printed_texts, history, neighbours or {}) for repair in repairs]
    order = sorted(judged, key=_order)
    if not order:
        return []
    first = order[0]
    apart = len(order) == 1 or (bool(first.patterns) and not any(other.patterns for other in order[1:]))
    lead = RankedRepair(first.repair, first.patterns, first.distance, first.z_new, first.z_old, apart)
    return [lead, *order[1:]]


def sign_swap_unit_repairs(
    system: EditSystem, component: Component, neighbours: Mapping[int, Iterable[int]]
) -> list[tuple[Pattern, Repair]]:
    """V-23: changes of sign, unit or place that restore every broken edit of the component.

    Tries -x, x * 10^k and x / 10^k (k = 1, 3) for each cell, and swapping a cell with a neighbour. A change
    that breaks another edit or leaves the bounds is not a repair.

    Args:
        system: The system that `component` comes from.
        component: Broken edits.
        neighbours: Cell -> its neighbours in the publisher's table.

    Returns:
        (pattern, repair) in cell order, swaps last.
    """
    room, x = system.room, system.values
    inside = _inside(room, component)
    # Only a cell that is in every broken edit can restore them all, only two that do together can by a swap:
    # that leaves a handful of a large component, where trying every cell would take minutes.
    everything = frozenset(component.edits)
    tries: list[tuple[Pattern, dict[int, float]]] = []
    for cell, edits in inside.items():
        if x[cell] == 0 or edits != everything:
            continue
        tries.append((Pattern.SIGN, {cell: -float(x[cell])}))
        scaled = [float(x[cell]) * 10**k for k in TYPING_POWERS] + [
            float(x[cell]) / 10**k for k in TYPING_POWERS
        ]
        tries += [(Pattern.POWER_OF_TEN, {cell: value}) for value in scaled]
    pairs = {(min(a, int(b)), max(a, int(b))) for a in inside for b in neighbours.get(a, ())}
    none: frozenset[int] = frozenset()
    tries += [
        (Pattern.SWAP, {a: float(x[b]), b: float(x[a])})
        for a, b in sorted(pairs)
        if inside.get(a, none) | inside.get(b, none) == everything
        and x[a] != x[b]
        and not system.free[[a, b]].any()
    ]
    return [
        (pattern, Repair(tuple(to), values, values, values))
        for pattern, to in tries
        if _restores(room, to)
        for values in [tuple(to.values())]
    ]


def _inside(room: Room, component: Component) -> dict[int, frozenset[int]]:
    """Cells of a component, ascending, each with the broken edits that use it."""
    edits = np.array(component.edits)
    entries = room.by_edit[edits].tocoo()
    found: dict[int, set[int]] = {}
    for cell, edit in zip(entries.col.tolist(), edits[entries.row].tolist(), strict=True):
        found.setdefault(cell, set()).add(edit)
    return {cell: frozenset(found[cell]) for cell in sorted(found)}


def _restores(room: Room, to: Mapping[int, float]) -> bool:
    """Whether all edits of the changed cells hold afterwards, including every broken one."""
    system, cells, value = room.system, list(to), np.array(list(to.values()))
    if (value < system.lower[cells]).any() or (value > system.upper[cells]).any():
        return False
    if (system.integer[cells] & (value != np.round(value))).any():
        return False
    columns = room.by_cell[:, cells]
    touched = room.edits_of(cells)
    moved = (columns @ (value - system.values[cells]))[touched]
    return bool(((moved >= room.edit_low[touched]) & (moved <= room.edit_high[touched])).all())


def _judge(
    repair: Repair,
    printed_texts: Sequence[str] | Mapping[int, str],
    history: Mapping[int, Sequence[float]],
    neighbours: Mapping[int, Mapping[int, float]],
) -> RankedRepair:
    old = [_plain(printed_texts[cell]) for cell in repair.cells]
    new = [_as_printed(value, text) for value, text in zip(repair.values, old, strict=True)]
    each = [patterns(a, b) for a, b in zip(old, new, strict=True)]
    found = {pattern for some in each for pattern in some} if all(each) else set()
    if _is_swap(repair, neighbours):
        found.add(Pattern.SWAP)
    past = [history.get(cell, ()) for cell in repair.cells]
    return RankedRepair(
        repair,
        tuple(pattern for pattern in Pattern if pattern in found),
        sum(osa_distance(a, b) for a, b in zip(old, new, strict=True)),
        _worst(robust_z(value, h) for value, h in zip(repair.values, past, strict=True)),
        _worst(robust_z(float(text), h) for text, h in zip(old, past, strict=True)),
        False,
    )


def _order(ranked: RankedRepair) -> tuple[bool, bool, int, float, float, tuple[int, ...]]:
    z_new = math.inf if math.isnan(ranked.z_new) else ranked.z_new
    drop = 0.0 if math.isnan(ranked.z_old - ranked.z_new) else ranked.z_old - ranked.z_new
    swap = Pattern.SWAP in ranked.patterns
    return not swap, not ranked.patterns, ranked.distance, z_new, -drop, ranked.repair.cells


def _worst(scores: Iterable[float]) -> float:
    known = [score for score in scores if not math.isnan(score)]
    return max(known, default=math.nan)


def _is_swap(repair: Repair, neighbours: Mapping[int, Mapping[int, float]]) -> bool:
    """Two neighbours that may take each other's printed value (each is the printed value of the other)."""
    if len(repair.cells) != 2:
        return False
    a, b = repair.cells
    of_a, of_b = neighbours.get(b, {}).get(a), neighbours.get(a, {}).get(b)
    if of_a is None or of_b is None:
        return False
    return repair.lowest[0] <= of_b <= repair.highest[0] and repair.lowest[1] <= of_a <= repair.highest[1]


def _plain(text: str) -> str:
    """Sign, digits and point only: separators and a typographic minus are the publisher's style."""
    kept = text.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    return "".join(c for c in kept if c in "0123456789.-")


def _as_printed(value: float, text: str) -> str:
    """`value` with the decimals of `text`; more of them if it would not be the same number."""
    places = len(text.partition(".")[2])
    short = f"{value:.{places}f}"
    return short if math.isclose(float(short), value, abs_tol=1e-9) else f"{Decimal(repr(round(value, 6))):f}"


def _is_power_of_ten(a: str, b: str) -> bool:
    x, y = Decimal(a or "0"), Decimal(b or "0")
    return x != 0 and any(y == x * 10**k or x == y * 10**k for k in TYPING_POWERS)


def _is_transposition(a: str, b: str) -> bool:
    if len(a) != len(b):
        return False
    at = [i for i in range(len(a)) if a[i] != b[i]]
    return len(at) == 2 and at[1] == at[0] + 1 and a[at[0]] == b[at[1]] and a[at[1]] == b[at[0]]


def _one_shorter(text: str, *, only_doubled: bool = False) -> set[str]:
    """`text` with one character left out; with `only_doubled` one of two equal neighbours."""
    at = [i for i in range(len(text)) if not only_doubled or (i > 0 and text[i] == text[i - 1])]
    return {text[:i] + text[i + 1 :] for i in at}
