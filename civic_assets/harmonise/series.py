"""One figure of a series, with everything that decides what it may be set beside.

Belongs here: what a series is and how one is named. Does not belong here: looking one up in the read model
(`civic_assets.publish.compare`) and deciding (`civic_assets.harmonise.comparability`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.errors import UsageError
from civic_assets.values.periods import LENGTHS, Period, PeriodKind, Statistic

if TYPE_CHECKING:
    from civic_assets.harmonise.ages import AgeBand
    from civic_assets.harmonise.measures import Measure
    from civic_assets.harmonise.register import AreaFacts

_NAME = re.compile(
    r"(?P<source>[a-z][a-z0-9_]*):(?P<measure>[a-z][a-z0-9_]*)(?:\[(?P<detail>[^\]]*)\])?"
    r":(?P<area>[^:]+):(?P<start>\d{4}-\d{2}-\d{2})/(?P<end>\d{4}-\d{2}-\d{2})"
)
EXAMPLE = "ons_csp:burglary:E09000019:2024-01-01/2025-01-01"


@dataclass(frozen=True, slots=True)
class SeriesName:
    """`source:measure:area:period`, as a user writes it.

    Args:
        breakdown: `total`, or what stands in brackets after the measure, e.g. `major=theft;minor=shoplifting`.
        unit: Where a measure is published in several: `burglary[unit=per_1000_population]`.
    """

    source: str
    measure: str
    area: str
    start: date
    end: date
    breakdown: str = "total"
    unit: str | None = None

    def __str__(self) -> str:
        detail = [*([] if self.breakdown == "total" else [self.breakdown])]
        detail += [f"unit={self.unit}"] if self.unit else []
        inside = f"[{';'.join(detail)}]" if detail else ""
        return f"{self.source}:{self.measure}{inside}:{self.area}:{self.start}/{self.end}"


def series_name(text: str) -> SeriesName:
    """Reads `source:measure:area:period`.

    Raises:
        UsageError: It is no such name, or its period does not end after it starts.
    """
    match = _NAME.fullmatch(text.strip())
    if not match:
        raise UsageError(f"{text!r} names no series; write source:measure:area:start/end, e.g. {EXAMPLE}")
    try:
        start, end = date.fromisoformat(match["start"]), date.fromisoformat(match["end"])
    except ValueError as error:
        raise UsageError(
            f"{text!r} names no series: {error}; write days as YYYY-MM-DD, e.g. {EXAMPLE}"
        ) from None
    if end <= start:
        raise UsageError(
            f"{text!r}: a period must end after it starts; the end is the day after the last day"
        )
    pairs = [pair.strip() for pair in (match["detail"] or "").split(";") if pair.strip()]
    unit = next((pair.removeprefix("unit=") for pair in pairs if pair.startswith("unit=")), None)
    breakdown = ";".join(sorted(pair for pair in pairs if not pair.startswith("unit="))) or "total"
    return SeriesName(match["source"], match["measure"], match["area"].strip(), start, end, breakdown, unit)


def kind_by_length(start: date, end: date) -> PeriodKind:
    """Kind of a period of which only the days are known.

    Raises:
        UsageError: No kind of period has that length.
    """
    days = (end - start).days
    for kind in (
        PeriodKind.POINT_IN_TIME,
        PeriodKind.MONTH,
        PeriodKind.QUARTER,
        PeriodKind.ROLLING_YEAR,
        PeriodKind.TERM,
    ):
        shortest, longest = LENGTHS[kind]
        if shortest <= days <= longest:
            return kind
    raise UsageError(f"{start}/{end} is {days} days long, which is no day, month, quarter, term or year")


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of one series.

    Args:
        definition: What is measured, from the vocabulary.
        area: The area's facts; those of an unknown code have no dates.
        ages: Band of age that the figure is about, where it is about one.
        published: Is there such a figure in the read model? When not, only what its source says is judged.
        modelled: It was computed by a model, not published.
        corrected_value: What a registered decision says it should read; `value` stays as printed.
    """

    name: str
    source: str
    measure: str
    definition: Measure
    area: AreaFacts
    period: Period
    statistic: Statistic
    unit: str
    breakdown: str = "total"
    ages: AgeBand | None = None
    release: str | None = None
    value: float | None = None
    status: str | None = None
    quality: str | None = None
    published: bool = True
    modelled: bool = False
    corrected_value: float | None = None
    correction_id: str | None = None

    @property
    def is_count(self) -> bool:
        """Is it a number of something, which adds up, and not a share or a rate?"""
        return self.unit == "count"

    @property
    def called(self) -> str:
        """How a sentence names it: measure, area and period."""
        group = "" if self.breakdown == "total" else f" ({self.breakdown})"
        return f"{self.measure}{group} of {self.area.name or self.area.code}, {self.period}"
