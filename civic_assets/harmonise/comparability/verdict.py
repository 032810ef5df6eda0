"""Whether two figures may be compared: a verdict for each operation, with every reason in a sentence.

Belongs here: the verdict, and which misalignment forbids comparing, showing side by side and correlating. Does not
belong here: sums and rates (`sums`, `rates` in this folder), finding the misalignments (`misalignments`) and looking
figures up (`civic_assets.publish.queries.compare`).

Operations: *compare* says that one level is higher or lower than another; *sum* adds them; *rate* divides one by the
other; *side by side* prints both; *correlate* correlates one with the other over time. A refusal names everything that
speaks against an operation, not only the first point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from civic_assets.answers.comparison import OperationVerdict
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.misalignments import Misalignment, Subject, everything
from civic_assets.harmonise.comparability.rates import rate_reasons
from civic_assets.harmonise.comparability.reasons import Reason, caveat, of
from civic_assets.harmonise.comparability.sums import sum_reasons
from civic_assets.harmonise.time.alignment import unshared
from civic_assets.house_numbers.comparability import CORRELATED_PERIODS
from civic_assets.values.period_words import spoken_days
from civic_assets.values.periods import Statistic


class Operation(StrEnum):
    """What a user may want to do with two figures."""

    COMPARE = "compare"
    SUM = "sum"
    RATE = "rate"
    SIDE_BY_SIDE = "side_by_side"
    CORRELATE = "correlate"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an operation may be done, with reasons."""

    operation: Operation
    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        """Whether no reason refuses it."""
        return not any(reason.refuses for reason in self.reasons)

    def as_answer(self) -> OperationVerdict:
        """As answers hold it; refusals come first."""
        ordered = sorted(self.reasons, key=lambda reason: not reason.refuses)
        return OperationVerdict(
            allowed=self.allowed,
            reasons=tuple(reason.text for reason in ordered),
            rules=tuple(reason.rule for reason in ordered),
        )


def judge(
    a: ComparedFigure, b: ComparedFigure, register: AreaRegister, common_periods: int = 1
) -> Mapping[Operation, Verdict]:
    """A verdict for each operation: the one judgement for `compare`, derived tables, pages and checks.

    Args:
        a: One figure.
        b: The other.
        register: Register of areas.
        common_periods: Disjoint periods for which both series are published, for `correlate`.

    Returns:
        One verdict for each operation, in the order of `Operation`.
    """
    misalignments = everything(a, b, register)
    reasons: dict[Operation, Iterable[Reason]] = {
        Operation.COMPARE: _compare(a, b, misalignments, register),
        Operation.SUM: sum_reasons(a, b, misalignments, register),
        Operation.RATE: rate_reasons(a, b, misalignments, register),
        Operation.SIDE_BY_SIDE: _side_by_side(misalignments),
        Operation.CORRELATE: _correlate(a, b, misalignments, common_periods),
    }
    return {operation: Verdict(operation, tuple(dict.fromkeys(why))) for operation, why in reasons.items()}


def _compare(
    a: ComparedFigure, b: ComparedFigure, misalignments: Sequence[Misalignment], register: AreaRegister
) -> Iterator[Reason]:
    """Levels: only one thing may differ, either place, time or group."""
    # A code and the code that replaced it are one place.
    other_place = not register.same_ground(a.place.code, b.place.code)[0]
    one_series = a.measure == b.measure and not other_place
    for item in misalignments:
        # Disjoint periods of one series are what a change is about; an overlap matters only if nothing else differs.
        skipped = Subject.APART if one_series else Subject.OVERLAP
        if item.subject is not skipped:
            yield of(item)
    differing = [
        name
        for name, differs in (
            ("area", other_place),
            ("period", (a.period.start, a.period.end) != (b.period.start, b.period.end)),
            ("group", a.group != b.group),
        )
        if differs
    ]
    if len(differing) > 1:
        text = (
            f"{' and '.join(differing).capitalize()} differ at the same time, so a difference cannot be attributed "
            f"to either."
        )
        yield Reason("H-03", text, refuses=True)
    if differing == ["area"] and a.is_count and b.is_count and a.definition.unit_of_count != "rates":
        text = "Counts of different areas depend on their size. Compare rates."
        yield Reason("H-04", text, refuses=False)


def _side_by_side(misalignments: Sequence[Misalignment]) -> Iterator[Reason]:
    """Printing both is allowed if the differences are printed with them."""
    for item in misalignments:
        if item.subject is not Subject.OVERLAP:  # `APART` says this, with the days
            yield caveat(item)


def _correlate(
    a: ComparedFigure, b: ComparedFigure, misalignments: Sequence[Misalignment], common: int
) -> Iterator[Reason]:
    if (a.source, a.measure, a.area.code, a.breakdown, a.unit) == (
        b.source,
        b.measure,
        b.area.code,
        b.breakdown,
        b.unit,
    ):
        yield Reason("H-17", "Both figures are from one series, and a correlation needs two.", refuses=True)
        return
    if common < CORRELATED_PERIODS:
        text = (
            f"The series share {common} separate period{'s' * (common != 1)}; "
            f"a correlation needs {CORRELATED_PERIODS}."
        )
        yield Reason("H-17", text, refuses=True)
    apart = (
        Subject.LENGTH,
        Subject.STATISTIC,
        Subject.BREAK,
        Subject.DEFINITION,
        Subject.PLACE,
        Subject.MODEL,
    )
    for item in misalignments:
        if item.subject in apart:
            yield of(item)


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be said instead of a comparison of two overlapping periods.

    Args:
        text: A sentence.
        value: Difference of the parts that are not shared; None if it may not be computed, and `text` says why.
    """

    text: str
    value: float | None


def offer_instead(a: ComparedFigure, b: ComparedFigure) -> Offer | None:
    """The difference of the parts that two overlapping flows do not share (rule H-10); None if nothing overlaps.

    With rolling years, `later - earlier` compares one stretch with the same stretch before: the shared days cancel out,
    provided that both come from one release.
    """
    earlier, later = sorted((a, b), key=lambda series: series.period)
    same = (a.source, a.measure, a.area.code, a.breakdown, a.unit) == (
        b.source, b.measure, b.area.code, b.breakdown, b.unit,
    )  # fmt: skip
    overlap = a.period.overlap_days(b.period)
    if not same or not overlap or overlap == max(a.period.days, b.period.days):
        return None
    new, old = unshared(later.period, earlier.period)
    parts = " and ".join(spoken_days(start, end) for start, end in new)
    before = " and ".join(spoken_days(start, end) for start, end in old)
    text = (
        f"The difference of the two is {parts or 'nothing'} less {before or 'nothing'}, because the shared days "
        "cancel out"
    )
    if not (a.is_count and a.statistic == Statistic.FLOW):
        return None
    if a.value is None or b.value is None:
        return Offer(
            f"{text}; it is not computed because one of the figures is not a published number.", None
        )
    if a.release != b.release:
        return Offer(f"{text}; it is not computed because the figures come from different releases.", None)
    if "disputed" in (a.quality, b.quality):
        return Offer(f"{text}; it is not computed because a figure is disputed.", None)
    assert later.value is not None and earlier.value is not None
    return Offer(f"{text}. This is not a trend.", later.value - earlier.value)
