"""How two periods relate: Allen's relation, the share in common, the parts that are not shared.

Belongs here: arithmetic on two or more periods. Does not belong here: what may be done with figures of such periods
(`civic_assets.harmonise.comparability.verdict`) and adding figures up (`civic_assets.harmonise.time.aggregation`).

Source: Allen (1983), "Maintaining knowledge about temporal intervals", for the thirteen relations.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from civic_assets.values.period_words import number_of_days, spoken_day, spoken_period
from civic_assets.values.periods import Period, PeriodKind

Span = tuple[date, date]
"""Days `[start, end)` that are not a publisher's period, such as the half-year that only one of two years has."""


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
    """Days in common as a share of the days in at least one of the two: 1 for the same days, 0 for disjoint periods."""
    return a.overlap_days(b) / a.union_days(b)


def unshared(a: Period, b: Period) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Parts of `a` that are not in `b`, and parts of `b` that are not in `a`; at most two spans each.

    Example:
        YE June 2022 and YE December 2021 share July to December 2021. January to June 2022 is only in the first,
        January to June 2021 only in the second. The difference of the figures is that of these two half-years.
    """
    return _without(a, b), _without(b, a)


def _without(a: Period, b: Period) -> tuple[Span, ...]:
    before, after = (a.start, min(a.end, b.start)), (max(a.start, b.end), a.end)
    return tuple((start, end) for start, end in (before, after) if start < end)


def not_one_whole(parts: Sequence[Period], whole: Period) -> tuple[str, ...]:
    """Why parts do not make up a whole without gap and overlap; empty if they do (rule H-02).

    The terms of an academic year may leave out August, when schools are closed (see `TERMS`).

    Args:
        parts: Periods in any order.
        whole: What they should add up to.
    """
    if not parts:
        return (f"no period lies inside {spoken_period(whole)}",)
    ordered, reasons = sorted(parts), []
    last = ordered[-1].end
    if whole.kind is PeriodKind.ACADEMIC_YEAR and ordered[-1].kind is PeriodKind.TERM:
        last = max(last, whole.end) if last == date(whole.end.year, 8, 1) else last
    if ordered[0].start != whole.start:
        reasons.append(f"the parts begin on {spoken_day(ordered[0].start)}, not on {spoken_day(whole.start)}")
    if last != whole.end:
        ends = [spoken_day(day - timedelta(days=1)) for day in (ordered[-1].end, whole.end)]
        reasons.append(f"the parts end on {ends[0]}, not on {ends[1]}")
    for before, after in pairwise(ordered):
        if after.start < before.end:
            days = before.overlap_days(after)
            reasons.append(
                f"{spoken_period(before)} and {spoken_period(after)} have {number_of_days(days)} in common"
            )
        elif after.start > before.end:
            days = before.gap_days(after)
            reasons.append(
                f"{days} days are missing between {spoken_period(before)} and {spoken_period(after)}"
            )
    return tuple(reasons)
