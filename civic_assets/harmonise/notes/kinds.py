"""Kinds of figures that notes name: changes, rates, counts, rows of what is unassigned, small counts.

Belongs here: which kinds a figure is of, and whether a note about some kinds is about it. Does not belong here: the
words by which a note names a kind (`vocabularies/note_effects.yaml`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from civic_assets.house_numbers.notes import NO_SMALL_COUNT
from civic_assets.values.periods import Statistic

_BY_STATISTIC = frozenset({"changes", "rates", "counts"})


@dataclass(frozen=True, slots=True)
class FigureTraits:
    """What decides which kinds a figure is of.

    Args:
        statistic: How it relates to time.
        unit: Its unit.
        area_code: Code of its area.
        value: Its value; None if it has none, or if many figures are meant.
    """

    statistic: Statistic
    unit: str
    area_code: str
    value: float | None = None

    def among(self, kinds: Sequence[str]) -> bool:
        """Whether a note about some kinds is about the figure; a note without kinds is about every figure."""
        named = set(kinds)
        return (
            (not named & _BY_STATISTIC or self._by_statistic in named)
            and ("unassigned" not in named or self.area_code.endswith("/unassigned"))
            and ("small_counts" not in named or not self._large)
        )

    @property
    def _by_statistic(self) -> str:
        if self.statistic is Statistic.CHANGE:
            return "changes"
        if self.unit == "count":
            return "counts"
        return "rates" if self.unit.startswith("per_") else "shares"

    @property
    def _large(self) -> bool:
        """Whether it is certainly no small count."""
        return self.unit != "count" or (self.value is not None and self.value >= NO_SMALL_COUNT)


AMONG_KINDS = f"""(NOT list_has_any(e.figures, ['changes', 'rates', 'counts'])
    OR list_contains(e.figures, CASE WHEN p.unit = 'count' THEN 'counts'
        WHEN starts_with(p.unit, 'per_') THEN 'rates' ELSE '' END))
AND (NOT list_contains(e.figures, 'unassigned') OR p.area_code LIKE '%/unassigned')
AND (NOT list_contains(e.figures, 'small_counts') 
    OR (p.unit = 'count' AND coalesce(p.value < {NO_SMALL_COUNT}, true)))"""
"""`FigureTraits.among` in SQL, for a figure `p` that is not a change and an effect `e`."""
