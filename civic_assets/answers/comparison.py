"""The answer of `compare`: what may be done with two figures.

Belongs here: what `compare --json` prints. Does not belong here: the judgement
(`civic_assets.harmonise.comparability.verdict`) and printing for people (`civic_assets.cli.compare`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from civic_assets.answers.words import FigureQuality
from civic_assets.values.periods import PeriodKind, Statistic


@dataclass(frozen=True, slots=True)
class ComparedSeries:
    """One of the two figures, with the facts that the verdict rests on."""

    name: str
    """Full name of the figure, without its release."""
    figure_id: str
    """Id of the figure."""
    source: str
    """Source, such as `ons_csp`."""
    measure: str
    """Measure, such as `burglary`."""
    unit_of_count: str
    """What is counted, such as `offences` or `pupils`."""
    definition: str
    """Definition of the measure."""
    area_code: str
    """Code of the area."""
    area_name: str
    """Name of the area."""
    area_type: str
    """Type of the area, such as `local_authority`."""
    period_start: date
    """First day of the period."""
    period_end: date
    """Day after the last day of the period."""
    period_kind: PeriodKind
    """Kind of the period, as the publisher means it."""
    statistic: Statistic
    """Relation of the figure to its period."""
    unit: str
    """Unit of the value, such as `count` or `per_1000_population`."""
    breakdown: str
    """Group that is counted: `total`, or `key=value` parts joined by `;`."""
    ages: str | None
    """Ages that the figure covers; null if it states none."""
    release: str | None
    """Release that prints the figure; of an unpublished one, the release from which its facts are taken."""
    published: bool
    """Whether the figure is published; if not, it is judged by what its source publishes of the series."""
    value: float | None
    """Value in its unit; null if none is published."""
    status: str | None
    """Why the value is absent or special."""
    quality: FigureQuality | None
    """`ok`, `disputed` or `withheld`; null for an unpublished figure."""
    corrected_value: float | None
    """Value by a registered decision, in the same unit."""
    correction_id: str | None
    """Decision that corrects the figure."""


@dataclass(frozen=True, slots=True)
class SharedPeriod:
    """How the two periods are related."""

    overlap_days: int
    """Number of days in both periods."""
    relation: str
    """Relation of the first to the second in Allen's words, such as `equals`, `meets`, `overlaps` or `before`."""
    jaccard: float
    """Days in both periods as a share of days in either, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class OperationVerdict:
    """Whether one operation is allowed."""

    allowed: bool
    """Whether nothing forbids it."""
    reasons: tuple[str, ...]
    """What forbids or qualifies it, refusals first."""
    rules: tuple[str, ...]
    """Rule of the catalogue for each reason, in the same order."""


@dataclass(frozen=True, slots=True)
class Operations:
    """A verdict for each operation."""

    compare: OperationVerdict
    """Whether one level may be called higher or lower than the other."""
    sum: OperationVerdict
    """Whether they may be added up."""
    rate: OperationVerdict
    """Whether one may be divided by the other."""
    side_by_side: OperationVerdict
    """Whether they may be shown side by side."""
    correlate: OperationVerdict
    """Whether the two series may be correlated over time."""

    def items(self) -> Iterator[tuple[str, OperationVerdict]]:
        """Name and verdict of each operation, in order."""
        return ((one.name, getattr(self, one.name)) for one in fields(self))


@dataclass(frozen=True, slots=True)
class ComparisonOffer:
    """What can be said instead of a comparison that is refused."""

    text: str
    """What the value is."""
    value: float | None
    """Value in the unit of the two figures; null if a figure has none."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What may be done with two figures, and why not."""

    series: tuple[ComparedSeries, ComparedSeries]
    """The two figures, in the order in which they were named."""
    periods: SharedPeriod
    """How their periods are related."""
    operations: Operations
    """Whether each operation is allowed, and why not."""
    offer: ComparisonOffer | None
    """What can be said instead; null if there is nothing."""
