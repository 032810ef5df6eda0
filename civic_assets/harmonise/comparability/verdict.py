"""Whether two figures may be compared: a verdict for each operation, with every reason in a sentence.

Belongs here: which misalignment forbids which operation. Does not belong here: finding the misalignments
(`civic_assets.harmonise.comparability.misalignments`) and looking figures up (`civic_assets.publish.queries.compare`).

Operations: *compare* says that one level is higher or lower than another; *sum* adds them; *rate* divides one by the
other; *side by side* prints both; *correlate* correlates one with the other over time. A refusal names everything that
speaks against an operation, not only the first point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from civic_assets.answers.comparison import OperationVerdict
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.misalignments import PEOPLE, Misalignment, Subject, everything
from civic_assets.harmonise.time.alignment import unshared
from civic_assets.house_numbers.comparability import CORRELATED_PERIODS, DENOMINATOR_DAYS
from civic_assets.values.period_words import spoken_days, spoken_period
from civic_assets.values.periods import Statistic
from civic_assets.values.plain_words import measure_words


class Operation(StrEnum):
    """What a user may want to do with two figures."""

    COMPARE = "compare"
    SUM = "sum"
    RATE = "rate"
    SIDE_BY_SIDE = "side_by_side"
    CORRELATE = "correlate"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an operation is refused, or what must be said with it.

    Args:
        rule: Rule of the catalogue.
        refuses: Whether it forbids the operation; otherwise it is a caveat.
    """

    rule: str
    text: str
    refuses: bool


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
    """A verdict for each operation.

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
        Operation.COMPARE: _compare(a, b, misalignments),
        Operation.SUM: _sum(a, b, misalignments, register),
        Operation.RATE: _rate(a, b, misalignments),
        Operation.SIDE_BY_SIDE: _side_by_side(misalignments),
        Operation.CORRELATE: _correlate(a, b, misalignments, common_periods),
    }
    return {operation: Verdict(operation, tuple(why)) for operation, why in reasons.items()}


def _compare(a: ComparedFigure, b: ComparedFigure, misalignments: Sequence[Misalignment]) -> Iterator[Reason]:
    """Levels: only one thing may differ, either place, time or group."""
    other_place = a.area.code != b.area.code
    one_series = a.measure == b.measure and not other_place
    for item in misalignments:
        # Disjoint periods of one series are what a change is about; an overlap matters only if nothing else differs.
        skipped = Subject.APART if one_series else Subject.OVERLAP
        if item.subject is not skipped:
            yield _reason(item)
    differing = [
        name
        for name, differs in (
            ("area", other_place),
            ("period", (a.period.start, a.period.end) != (b.period.start, b.period.end)),
            ("group", a.breakdown != b.breakdown),
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


def _sum(
    a: ComparedFigure, b: ComparedFigure, misalignments: Sequence[Misalignment], register: AreaRegister
) -> Iterator[Reason]:
    """Counts of the same thing that cannot hold one event or person twice."""
    if not (a.is_count and b.is_count):
        yield Reason(
            "H-02",
            "Rates, shares and changes cannot be added up. Add the counts and divide again.",
            refuses=True,
        )
        return
    when = (a.period.start, a.period.end) == (b.period.start, b.period.end)
    same_place = a.area.code == b.area.code or register.same_ground(a.area.code, b.area.code)[0]
    same_group = a.breakdown == b.breakdown
    if Statistic.FLOW not in (a.statistic, b.statistic) and not when:
        yield Reason(
            "H-02",
            "Stocks of two days cannot be added up, because the same people may be in both.",
            refuses=True,
        )
    if when and same_place and same_group:
        yield Reason(
            "H-02",
            "Both figures have the same place, time and group, so a sum would count everything twice.",
            refuses=True,
        )
    if not same_place and _holds(a, b, register):
        yield Reason(
            "H-02",
            f"One of {a.area.name} and {b.area.name} is part of the other, so a sum would count it twice.",
            refuses=True,
        )
    if not when and same_place and a.definition.unit_of_count in PEOPLE:
        text = (
            f"{measure_words(a.measure)} counts {a.definition.unit_of_count}, which may be in both periods and be "
            "counted twice."
        )
        yield Reason("H-02", text, refuses=True)
    gap = a.period.gap_days(b.period)
    if gap and same_place and a.statistic == Statistic.FLOW:
        text = f"There are {gap} days between the periods, so the sum does not cover a continuous period."
        yield Reason("H-02", text, refuses=False)
    for item in misalignments:
        if item.subject in (Subject.APART, Subject.SEASON, Subject.ABNORMAL, Subject.GROUP):
            continue
        if item.subject is Subject.NOTE:
            yield Reason(item.rule, item.text, refuses=False)
            continue
        if item.subject is Subject.LENGTH:
            continue  # A month and a quarter add up to four months.
        if item.subject is Subject.OVERLAP:
            yield Reason(
                "H-02", f"A sum would count the shared days twice: {_lower(item.text)}", refuses=True
            )
            continue
        if item.subject is Subject.PLACE and item.serious and a.area.type != b.area.type:
            yield Reason(item.rule, item.text, refuses=False)
            continue
        yield _reason(item)


def _lower(sentence: str) -> str:
    """A sentence after a colon; a month keeps its capital."""
    named = sentence.startswith(("Year", "Calendar", "Academic", "Financial", "Autumn", "Spring", "Summer"))
    return sentence[:1].lower() + sentence[1:] if named else sentence


def _holds(a: ComparedFigure, b: ComparedFigure, register: AreaRegister) -> bool:
    """Whether one area is part of the other."""
    return a.area.code in register.above(b.area.code) or b.area.code in register.above(a.area.code)


def _rate(a: ComparedFigure, b: ComparedFigure, misalignments: Sequence[Misalignment]) -> Iterator[Reason]:
    """Divide one by the other: events or people of a period by people who could have been among them."""
    top, base = (b, a) if a.statistic in _STOCKS and b.statistic == Statistic.FLOW else (a, b)
    if not (a.is_count and b.is_count):
        yield Reason(
            "H-04",
            "A rate needs two counts, and one of these figures is already a share or rate.",
            refuses=True,
        )
    if base.statistic not in _STOCKS or base.definition.unit_of_count not in (
        "persons",
        "pupils",
        "households",
    ):
        text = f"{measure_words(base.measure)} is not a stock of people or households, so it cannot be the denominator."
        yield Reason("H-04", text, refuses=True)
        return
    middle = top.period.start + timedelta(days=top.period.days // 2)
    inside = top.period.start <= base.period.start < top.period.end
    distance = abs((base.period.start - middle).days)
    if not inside and distance > DENOMINATOR_DAYS:
        text = (
            f"{base.called} is {distance} days from the middle of {spoken_period(top.period)}; at most "
            f"{DENOMINATOR_DAYS} are allowed. Use the figure inside the period, or nearest to its middle."
        )
        yield Reason("H-04", text, refuses=True)
    named = {base.measure for base in top.definition.rates.values() if base.stated}
    if named and base.measure not in named:
        text = (
            f"{measure_words(top.measure)} is published per {' or '.join(map(measure_words, sorted(named)))}, not per "
            f"{measure_words(base.measure)}."
        )
        yield Reason("H-04", text, refuses=False)
    wanted = (Subject.FIGURE, Subject.PLACE, Subject.AGES, Subject.BREAK, Subject.MODEL)
    for item in misalignments:
        if item.subject is Subject.GROUP:
            yield Reason(item.rule, item.text, refuses=True)
        elif item.subject is Subject.NOTE:
            yield Reason(item.rule, item.text, refuses=False)
        elif item.subject in wanted:
            yield _reason(item)


_STOCKS = (Statistic.STOCK, Statistic.MEAN_OF_STOCKS)


def _side_by_side(misalignments: Sequence[Misalignment]) -> Iterator[Reason]:
    """Printing both is allowed if the differences are printed with them."""
    for item in misalignments:
        if item.subject is not Subject.OVERLAP:  # `APART` says this, with the days
            yield Reason(item.rule, item.text, refuses=False)


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
            yield _reason(item)


def _reason(item: Misalignment) -> Reason:
    return Reason(item.rule, item.text, refuses=item.serious)


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
