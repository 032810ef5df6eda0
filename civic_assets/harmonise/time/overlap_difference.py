"""What the difference of two overlapping years is: the change between the parts that they do not share.

Belongs here: taking one rolling year from a later one of the same release, and saying which days are compared by
that. Does not belong here: estimating the quarters themselves, which is a model
(`civic_assets.harmonise.time.disaggregation`).

With quarters q and rolling years Y_k = q_k + q_(k-1) + q_(k-2) + q_(k-3): Y_k - Y_(k-1) = q_k - q_(k-4), one quarter
against the same quarter a year before. Both years must be of one release, or revisions enter one for one (rule H-10).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from civic_assets.harmonise.figures.complete_sums import INCOMPLETE, QUALIFYING_ORDER
from civic_assets.harmonise.time.alignment import Span, unshared
from civic_assets.values.cells import QUALIFYING
from civic_assets.values.periods import Period, Statistic


@dataclass(frozen=True, slots=True)
class DatedFigure:
    """One published figure, with what must be the same for a difference to mean something.

    Args:
        period: Reference period.
        value: The figure; None where a status stands in its place.
        status: Why a value is absent or special.
        source: Dataset.
        release: Issue of it; two releases are two vintages.
        series: Measure, area, breakdown and unit: whatever identifies the series, in the caller's words.
        statistic: Only flows have a difference over the parts of their periods.
        quality: `ok`, `disputed` or `withheld`.
    """

    period: Period
    value: float | None
    status: str | None
    source: str
    release: str
    series: tuple[str, ...]
    statistic: Statistic = Statistic.FLOW
    quality: str = "ok"


@dataclass(frozen=True, slots=True)
class UnsharedDifference:
    """A change between two parts of time.

    Args:
        value: Later minus earlier figure; None when there is none, or it is refused.
        status: Why a value is absent or special.
        later_only: Days that only the later period has; they come in with plus.
        earlier_only: Days that only the earlier period has; they come in with minus.
        sentence: What the value is, and what it is not.
        refused: Why no difference may be computed, a sentence each; empty when it may.
    """

    value: float | None
    status: str | None
    later_only: tuple[Span, ...]
    earlier_only: tuple[Span, ...]
    sentence: str
    refused: tuple[str, ...]


def unshared_difference(later: DatedFigure, earlier: DatedFigure) -> UnsharedDifference:
    """The difference of two overlapping figures as the change between the parts that they do not share.

    The spans and the sentence are there even where the value is refused, so that a reader learns what would have to be
    compared.

    Example:
        YE June 2022 less YE December 2021, of one release: January to June 2022 less January to June 2021.
    """
    ours, theirs = unshared(later.period, earlier.period)
    refused = tuple(_refusals(later, earlier))
    unknown = [
        figure.status or (figure.quality if figure.quality != "ok" else "no value")
        for figure in (later, earlier)
        if not _usable(figure)
    ]
    value = None
    if not refused and not unknown and later.value is not None and earlier.value is not None:
        value = later.value - earlier.value
    sentence = (
        f"This is the change between {_words(theirs)} and {_words(ours)}, the parts that the two periods do not share; "
        "it is no trend."
    )
    if unknown:
        sentence += f" It has no value, because a figure has none that may be used ({', '.join(unknown)})."
    status = INCOMPLETE if unknown else _beside(later, earlier)
    return UnsharedDifference(value, status, ours, theirs, sentence, refused)


def _refusals(later: DatedFigure, earlier: DatedFigure) -> list[str]:
    refused = []
    if (later.source, later.series) != (earlier.source, earlier.series):
        refused.append("The figures are of two series.")
    if later.statistic is not Statistic.FLOW or earlier.statistic is not Statistic.FLOW:
        refused.append(
            "Only flows have a difference over parts of their periods; this is a stock, an average or a rate."
        )
    if later.release != earlier.release:
        refused.append(
            f"The figures are of the releases {earlier.release} and {later.release}, so that revisions would enter the "
            "difference one for one; take both from one release."
        )
    if later.period.overlap_days(earlier.period) == 0:
        refused.append("The periods share no day; compare their levels instead.")
    if (later.period.start, later.period.end) == (earlier.period.start, earlier.period.end):
        refused.append("The periods are the same, so that nothing is left to compare.")
    elif later.period.start < earlier.period.start or later.period.end < earlier.period.end:
        refused.append("The first figure is not of the later period.")
    return refused


def _usable(figure: DatedFigure) -> bool:
    return (
        figure.value is not None
        and figure.quality == "ok"
        # The difference of a lower bound and a figure is neither.
        and (figure.status is None or figure.status in QUALIFYING - {"at_least"})
    )


def _beside(*figures: DatedFigure) -> str | None:
    words = {figure.status for figure in figures}
    return next((word for word in QUALIFYING_ORDER if word in words), None)


def _words(spans: tuple[Span, ...]) -> str:
    """`1 January 2021 to 30 June 2021`; nothing at all is `no day`."""
    texts = [f"{_day(start)} to {_day(end - timedelta(days=1))}" for start, end in spans]
    return " and ".join(texts) or "no day"


def _day(of: object) -> str:
    return f"{of:%d %B %Y}".lstrip("0")
