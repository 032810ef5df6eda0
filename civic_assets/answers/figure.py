"""A published figure, as the answers about figures hold it.

Belongs here: the columns of `harmonised.observations` that answers show. Does not belong here: finding the figure
(`civic_assets.publish.read_model.locate`) and printing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from civic_assets.answers.words import FigureQuality
from civic_assets.values.periods import PeriodKind, Statistic


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One figure in one release: a row of `harmonised.observations`."""

    source: str
    """Source, such as `ons_csp`."""
    release: str
    """Release that prints the figure, such as `2024-12`."""
    measure: str
    """Measure, such as `burglary`; see `catalogue.measures`."""
    area_code: str
    """Code of the area, such as `E09000019`."""
    area_name: str | None
    """Name of the area in the common register."""
    area_name_printed: str | None
    """Name of the area as the publisher prints it."""
    area_type: str | None
    """Type of the area, such as `local_authority`."""
    period_start: date
    """First day of the period."""
    period_end: date
    """Day after the last day of the period."""
    period_kind: PeriodKind
    """Kind of the period, as the publisher means it."""
    statistic: Statistic
    """Relation of the figure to its period: `flow` adds up over time, `stock` does not."""
    breakdown: str
    """Group that is counted: `total`, or `key=value` parts joined by `;`."""
    unit: str
    """Unit of the value, such as `count`, `percent` or `per_1000_population`."""
    value: float | None
    """Value in that unit; null if the publisher prints none."""
    status: str | None
    """Why a value is absent or special, such as `suppressed` or `low_reliability`; null for an ordinary value."""
    quality: FigureQuality
    """`ok`, `disputed` (a check found the figure wrong) or `withheld`."""
    value_text: str | None
    """Text of the cell, as printed."""
    source_sha256: str
    """SHA-256 of the archived file, in hexadecimal digits."""
    locator: str
    """Cell of the file, such as `Table C2!G237` or `L812:suspension`."""
    partnership_code: str | None
    """Code of the community safety partnership, where the publisher prints one."""
    parent_code: str | None
    """Code of the area that contains this one in the same table."""
    row_kind: str | None
    """Kind of row of the table, such as `partnership`."""
    table_id: str | None
    """Table of the contract in which the figure is printed."""
    synthetic: bool
    """Whether the figure is made up: a sample that ships with the project."""
    newest: bool
    """Whether this is the newest issue of the figure."""
    corrected_value: float | None
    """Value by a registered decision, in the same unit; the printed value is kept."""
    correction_id: str | None
    """Decision that corrects the figure."""
    name: str
    """Full name of the figure, without its release."""
    figure_id: str
    """Id of the figure, the same in every release and every store."""
