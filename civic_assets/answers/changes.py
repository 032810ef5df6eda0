"""The answers of `diff` and `rebuild`: what is different between two publications, and whether one came out again.

Belongs here: what `--json` prints. Does not belong here: comparing (`civic_assets.publish.figure_changes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal["revised", "new", "withdrawn", "newly_suppressed", "newly_disputed", "reclassified"]


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """One figure that is different in two publications."""

    kind: ChangeKind
    """`revised`: another value. `new`: only in the later publication. `withdrawn`: only in the earlier one.
    `newly_suppressed`: a value before, and suppressed now. `newly_disputed`: checks accuse it now, and did not before.
    `reclassified`: the same value or none, with another status, such as low reliability."""
    source: str
    """Source."""
    measure: str
    """Measure."""
    area_code: str | None
    """GSS code of the area; null for a place that is not an area."""
    area_name: str | None
    """Name of the area."""
    breakdown: str
    """Group, such as `sex=female`; `total` for everybody."""
    unit: str
    """Unit of the value."""
    statistic: str
    """`flow`, `stock`, `rate` and others."""
    period_start: str
    """First day of the period, ISO 8601."""
    period_end: str
    """Day after the last day of the period, ISO 8601."""
    value_before: float | None
    """Value in the earlier publication; null if there was none."""
    value_after: float | None
    """Value in the later publication; null if there is none."""
    status_before: str | None
    """Status in the earlier publication; null for an ordinary value."""
    status_after: str | None
    """Status in the later publication; null for an ordinary value."""
    quality_before: str | None
    """`ok` or `disputed` in the earlier publication; null if it was not in it."""
    quality_after: str | None
    """`ok` or `disputed` in the later publication; null if it is not in it."""
    release_before: str | None
    """Release that printed it in the earlier publication."""
    release_after: str | None
    """Release that prints it in the later publication."""


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """How many figures of one source are different in one way."""

    source: str
    """Source."""
    kind: ChangeKind
    """See `ChangedFigure`."""
    figures: int
    """Number of figures."""


@dataclass(frozen=True, slots=True)
class PublicationChanges:
    """What is different between two publications, by figure."""

    store: str
    """Folder of the store."""
    before: int
    """Number of the one publication."""
    after: int
    """Number of the other."""
    figures_before: int
    """Newest figures in the one: of each series and period, the one of its newest release."""
    figures_after: int
    """Newest figures in the other."""
    counts: tuple[ChangeCount, ...]
    """How many figures are different, by source and kind; empty if none is."""
    figures: tuple[ChangedFigure, ...]
    """The figures themselves, up to the number that was asked for."""
    csv: str | None
    """File that holds all of them; null if none was asked for."""
    page: str | None = None
    """Page for a browser; null if none was asked for."""


@dataclass(frozen=True, slots=True)
class RebuiltPublication:
    """A past publication that was made again from the archive."""

    store: str
    """Folder of the store that holds its manifest and archive, or the evidence pack that does."""
    publication: int
    """Number of the publication."""
    hash: str
    """Its hash: the same when it was published and now."""
    into: str
    """Folder in which it was made again, a store of its own."""
    tables: int
    """Tables of the read model whose content was compared."""
    different: tuple[str, ...] | None
    """Names of those that contain something else; null if they could not be compared."""
    sentence: str
    """All of this in a sentence."""
