"""How periods lie to each other: relation, share in common, the parts that are not shared.

Belongs here: arithmetic on two or more periods. Does not belong here: what may be done with figures of such periods
(`civic_assets.harmonise.comparability.verdict`) and adding figures up (`civic_assets.harmonise.time.aggregation`).

Source: Allen (1983), "Maintaining knowledge about temporal intervals", for the thirteen relations.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise

from civic_assets.values.periods import Period, PeriodKind

Span = tuple[date, date]
"""Days `[start, end)` that are no period of a publisher, such as the half-year that one of two years has alone."""


class Relation(StrEnum):
    """Allen's thirteen relations of a first period to a second."""

    BEFORE = "before"
    MEETS = "meets"
    OVERLAPS = "overlaps"
    STARTS = "starts"
    DURING = "during"
    FINISHES = "finishes"
    EQUALS = "equals"
    FINISHED_BY = "finished_by"
    CONTAINS = "contains"
    STARTED_BY = "started_by"
    OVERLAPPED_BY = "overlapped_by"
    MET_BY = "met_by"
    AFTER = "after"

    @property
    def inverse(self) -> Relation:
        """The relation of the second period to the first."""
        members = list(Relation)
        return members[len(members) - 1 - members.index(self)]


def relation(a: Period, b: Period) -> Relation:
    """Relation of `a` to `b`, from the comparison of their four end points; half-open periods meet without a gap."""
    if a.end < b.start:
        return Relation.BEFORE
    if a.end == b.start:
        return Relation.MEETS
    if a.start >= b.end:
        return Relation.MET_BY if a.start == b.end else Relation.AFTER
    starts, ends = _sign(a.start, b.start), _sign(a.end, b.end)
    return {
        (-1, -1): Relation.OVERLAPS,
        (0, -1): Relation.STARTS,
        (1, -1): Relation.DURING,
        (1, 0): Relation.FINISHES,
        (0, 0): Relation.EQUALS,
        (-1, 0): Relation.FINISHED_BY,
        (-1, 1): Relation.CONTAINS,
        (0, 1): Relation.STARTED_BY,
        (1, 1): Relation.OVERLAPPED_BY,
    }[starts, ends]


def _sign(first: date, second: date) -> int:
    return (first > second) - (first < second)


def jaccard(a: Period, b: Period) -> float:
    """Days in common, of the days in at least one of the two: 1 for the same days, 0 for disjoint periods."""
    return a.overlap_days(b) / a.union_days(b)


def unshared(a: Period, b: Period) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Parts of `a` that are not in `b`, and parts of `b` that are not in `a`; each none, one or two spans.

    Example:
        YE June 2022 and YE December 2021 share July to December 2021; January to June 2022 is in the first alone,
        January to June 2021 in the second alone. The difference of the figures is that of these two half-years.
    """
    return _without(a, b), _without(b, a)


def _without(a: Period, b: Period) -> tuple[Span, ...]:
    before, after = (a.start, min(a.end, b.start)), (max(a.start, b.end), a.end)
    return tuple((start, end) for start, end in (before, after) if start < end)


def not_one_whole(parts: Sequence[Period], whole: Period) -> tuple[str, ...]:
    """Why parts do not make up a whole without gap and overlap; empty when they do (rule H-02).

    The terms of an academic year are allowed to leave out August, in which no school is held (see `TERMS`).

    Args:
        parts: In any order.
        whole: What they should add up to.
    """
    if not parts:
        return (f"nothing lies inside {whole}",)
    ordered, reasons = sorted(parts), []
    last = ordered[-1].end
    if whole.kind is PeriodKind.ACADEMIC_YEAR and ordered[-1].kind is PeriodKind.TERM:
        last = max(last, whole.end) if last == date(whole.end.year, 8, 1) else last
    if ordered[0].start != whole.start:
        reasons.append(f"the parts begin on {ordered[0].start}, not on {whole.start}")
    if last != whole.end:
        reasons.append(f"the parts end before {ordered[-1].end}, not before {whole.end}")
    for before, after in pairwise(ordered):
        if after.start < before.end:
            reasons.append(f"{before} and {after} have {before.overlap_days(after)} days in common")
        elif after.start > before.end:
            reasons.append(f"{before.gap_days(after)} days are missing between {before} and {after}")
    return tuple(reasons)
