"""Figures that a request can mean, before one is chosen.

Belongs here: the record of one, and which of several are offered as choices. Does not belong here: choosing
(`figure_words`), and the questions that are asked back (`figure_questions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from civic_assets.harmonise.figures.names import COUNT, TOTAL, FigureName
from civic_assets.publish.queries.figure_query import FigureQuery


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure that a request can mean.

    Args:
        start, end, kind: Its period.
        newest: Whether any of its issues is the newest of its figure.
        in_release: Whether it is in the release that is asked for.
        rank: How its area was found; see `civic_assets.publish.queries.area_words.areas_called`.
    """

    source: str
    measure: str
    breakdown: str
    unit: str
    statistic: str
    area_code: str
    area_name: str
    area_type: str
    start: date
    end: date
    kind: str
    newest: bool
    in_release: bool
    rank: int

    def name(self, release: str | None = None) -> FigureName:
        """Full name of the figure, in a release if one is given."""
        return FigureName(
            self.source, self.measure, self.area_code, self.start, self.end,
            self.breakdown, self.unit, self.statistic, release,
        )  # fmt: skip


def offered(there: list[Candidate], wanted: FigureQuery) -> list[Candidate]:
    """Choices that differ only in what is left open: from current issues, with counts and totals by default."""
    there = current(there, wanted)
    counts = [one for one in there if one.unit == COUNT]
    there = counts if counts and wanted.unit is None else there
    totals = [one for one in there if one.breakdown == TOTAL]
    return totals if totals and wanted.breakdown is None else there


def current(there: list[Candidate], wanted: FigureQuery) -> list[Candidate]:
    """Groups in the requested release, or else in the newest issues; all groups if there are none there."""
    chosen = [one for one in there if (one.in_release if wanted.release else one.newest)]
    return chosen or there


def measure_words(name: str) -> str:
    """A name of the vocabulary in words."""
    return name.replace("_", " ")
