"""Which figures of which release make up a longer period, and which never add up over time.

Belongs here: whether a measure adds up over time, which parts make up a whole without gap and overlap, and which
release each part is taken from. Does not belong here: the sums themselves (`civic_assets.harmonise.time.aggregation`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from civic_assets.harmonise.time.alignment import not_one_whole
from civic_assets.tables.release_names import publication_order
from civic_assets.values.periods import Period, PeriodKind

EVENTS = frozenset({"offences", "events", "incidents"})
"""Units of count that add up over time: each happens at one moment. An episode lasts, and would count twice."""

Windows = Mapping[str, set[Period]]
"""The periods that each release holds of one subject."""
Counted = Callable[[str, str], str | None]
"""What one unit of a source's measure is; None if not known."""


class Issues(StrEnum):
    """Number of releases that one sum may be made from."""

    ONE = "one_release"
    NEWEST_OF_EACH_PART = "newest_release_of_each_part"


class Subject(NamedTuple):
    """What is counted: either all figures of one subject add up over time, or none."""

    source: str
    measure: str
    unit: str
    statistic: str


@dataclass(frozen=True, slots=True)
class RefusedSum:
    """Figures that were not added up, and why, in a sentence."""

    source: str
    measure: str
    unit: str
    statistic: str
    period: Period | None
    sentence: str


def unit_of_count(source: str, measure: str) -> str | None:
    """What one unit of a measure is, from the vocabulary of measures; None for an unknown measure."""
    from civic_assets.harmonise.measures.vocabulary import measure_of

    definition = measure_of(measure, source)
    return definition.unit_of_count if definition else None


def windows_of(rows: Iterable[Mapping[str, Any]], part: PeriodKind) -> dict[Subject, Windows]:
    """The periods of one kind that each release holds, by subject, in order.

    Args:
        rows: Columns source, measure, unit, statistic, release, period_start, period_end; each once.
        part: Kind of the periods.
    """
    windows: dict[Subject, dict[str, set[Period]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        subject = Subject(row["source"], row["measure"], row["unit"], row["statistic"])
        windows[subject][row["release"]].add(Period(row["period_start"], row["period_end"], part))
    return dict(sorted(windows.items()))


def not_additive(subject: Subject, counted: str | None) -> str:
    """Why figures do not add up over time; empty if they do.

    Args:
        subject: Subject of the figures.
        counted: What one unit of it is, such as `offences`.
    """
    if subject.statistic != "flow":
        return f"a {subject.statistic.replace('_', ' ')} does not add up over time; only a flow does"
    if subject.unit != "count":
        return (
            f"figures per {subject.unit.removeprefix('per_')} do not add up; add their numerators and divide"
        )
    if counted not in EVENTS:
        unit = "it is not known what it counts" if counted is None else f"it counts {counted}"
        return f"{unit}, and only events add up over time, because others may be in several periods"
    return ""


def pick(windows: Windows, whole: Period, issues: Issues) -> tuple[list[tuple[Period, str]], str]:
    """The release that each part of a whole is taken from, or the reason why there is no sum.

    Args:
        windows: Periods that the releases hold.
        whole: Wanted period.
        issues: `ONE`: the newest release that holds all of it. `NEWEST_OF_EACH_PART`: the newest release of each part.

    Returns:
        Parts in order with their releases, and an empty text; or no parts, and the reason.
    """
    newest_first = sorted(windows, key=publication_order, reverse=True)
    inside = {
        release: sorted(p for p in windows[release] if whole.start <= p.start and p.end <= whole.end)
        for release in newest_first
    }
    if issues is Issues.ONE:
        reasons = {release: not_one_whole(parts, whole) for release, parts in inside.items()}
        for release, parts in inside.items():
            if not reasons[release]:
                return [(period, release) for period in parts], ""
        nearest = max(newest_first, key=lambda release: len(inside[release]))
        return [], f"no single release holds all of it (in the nearest, {nearest}, {reasons[nearest][0]})"
    newest = {period: release for release in reversed(newest_first) for period in inside[release]}
    why = not_one_whole(list(newest), whole)
    return ([], why[0]) if why else (sorted(newest.items()), "")


def chosen_part(
    number: int | None, whole: Period, subject: Subject, period: Period, release: str, *, absent_is_zero: bool
) -> dict[str, Any]:
    """One row of the table of parts that `aggregation.sum_chosen` adds up.

    Args:
        number: Number of the sum: parts of one number are added. None for a part of no sum.
        whole: Period of the sum.
        subject: What is added.
        period: Period of the part.
        release: Release that the part is taken from.
        absent_is_zero: Whether a missing row means zero in that release.
    """
    return {
        **subject._asdict(),
        "release": release,
        "whole": number,
        "whole_start": whole.start,
        "whole_end": whole.end,
        "whole_kind": str(whole.kind),
        "part_start": period.start,
        "part_end": period.end,
        "part_kind": str(period.kind),
        "absent_is_zero": absent_is_zero,
    }
