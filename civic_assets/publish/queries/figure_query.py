"""What somebody asks for: a figure in their own words.

Belongs here: the request, and reading one from a figure name. Does not belong here: finding the figure
(`figure_words`).
"""

from __future__ import annotations

from dataclasses import dataclass

from civic_assets.harmonise.figures.names import name_parts


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """A request in the user's words; None for what it leaves open.

    Args:
        area: Code, partnership code, or name as printed.
        period: START/END, or words such as `2024`, `ye dec 2024`, `2023/24`.
    """

    measure: str
    area: str
    period: str
    breakdown: str | None = None
    unit: str | None = None
    statistic: str | None = None
    source: str | None = None
    release: str | None = None


def asked(text: str) -> FigureQuery:
    """The request that a figure name makes; words may be in any case and the period in any wording.

    Raises:
        UsageError: The text does not have the form of a name.
    """
    parts = name_parts(text.strip())
    return FigureQuery(
        parts.measure.strip(), parts.area.strip(), parts.period.strip(), parts.breakdown, parts.unit,
        parts.statistic, parts.source.strip(), parts.release,
    )  # fmt: skip
