"""How two figures differ: each misalignment as a sentence with the rule of the catalogue behind it.

Belongs here: finding the differences, one subject at a time: the figures themselves, what is measured, time, place,
people, breaks. Does not belong here: which operation a misalignment forbids
(`civic_assets.harmonise.comparability.verdict`).
Rules: `docs/reference/checks.md`, H-01 to H-17. The algebra of periods is in `civic_assets.harmonise.time.alignment`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.register import AreaFacts, AreaRegister
from civic_assets.harmonise.comparability import changes, publisher_notes
from civic_assets.harmonise.comparability.breaks import Figure, breaks_between
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.grounds import called_ground, printed_for
from civic_assets.harmonise.comparability.relations import (
    Relation,
    ground_relation,
    group_relation,
    parts_of,
)
from civic_assets.harmonise.time.alignment import jaccard
from civic_assets.house_numbers.comparability import SHARED_DAYS_SHARE
from civic_assets.values.cells import PERIOD_UNSETTLED
from civic_assets.values.period_words import number_of_days, spoken_day, spoken_period
from civic_assets.values.periods import Period, PeriodKind, Statistic
from civic_assets.values.plain_words import breakdown_words, measure_words

if TYPE_CHECKING:
    from civic_assets.harmonise.measures.vocabulary import Denominator

YEARS = frozenset(
    {PeriodKind.ROLLING_YEAR, PeriodKind.CALENDAR_YEAR, PeriodKind.FINANCIAL_YEAR, PeriodKind.ACADEMIC_YEAR}
)


HAPPENINGS = frozenset({"events", "offences", "cases"})
PEOPLE = frozenset({"persons", "pupils", "enrolments"})


class Subject(StrEnum):
    """What a misalignment is about."""

    FIGURE = "figure"
    MEASURE = "measure"
    UNIT = "unit"
    STATISTIC = "statistic"
    LENGTH = "length"
    OVERLAP = "overlap"
    SEASON = "season"
    APART = "apart"
    PLACE = "place"
    AGES = "ages"
    GROUP = "group"
    DENOMINATOR = "denominator"
    DEFINITION = "definition"
    BREAK = "break"
    ABNORMAL = "abnormal"
    VINTAGE = "vintage"
    NOTE = "note"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Misalignment:
    """One way in which two figures differ.

    Args:
        rule: Rule of the catalogue.
        subject: What it is about.
        text: A sentence.
        serious: Whether it changes what the figures mean; otherwise it is a caveat.
        about_places: Whether it is a break that concerns some areas only.
    """

    rule: str
    subject: Subject
    text: str
    serious: bool = True
    about_places: bool = False


def figures(a: ComparedFigure, b: ComparedFigure) -> Iterator[Misalignment]:
    """Differences in whether each figure is a number that may be used."""
    for series in (a, b):
        if series.modelled:
            yield Misalignment(
                "H-09", Subject.MODEL, f"{series.called}: this is a modelled figure, not a published one."
            )
        if not series.published:
            text = (
                f"{series.called}: this figure is not published here, so only what its source says about it was "
                "considered."
            )
            yield Misalignment("V-07", Subject.FIGURE, text, serious=False)
        elif series.value is None:
            state = (series.status or "absent").replace("_", " ")
            yield Misalignment(
                "R-07",
                Subject.FIGURE,
                f"{series.called}: there is no number ({state}), which does not mean zero.",
            )
        elif series.quality in ("disputed", "withheld"):
            text = f"{series.called}: {series.quality}, because a blocking check failed. Run `trace` on it."
            yield Misalignment("V-10", Subject.FIGURE, text)
        elif series.status == PERIOD_UNSETTLED:
            text = (
                f"{series.called}: the publisher labels the figure with a year and does not say which days it means, "
                "so it is compared only with figures of the same label and measure."
            )
            same = (a.source, a.release, a.measure, a.breakdown, a.period) == (
                b.source, b.release, b.measure, b.breakdown, b.period,
            )  # fmt: skip
            yield Misalignment("H-01", Subject.FIGURE, text, serious=not same)
        elif series.status:
            text = f"{series.called}: marked {series.status.replace('_', ' ')} by its publisher."
            yield Misalignment("R-07", Subject.FIGURE, text, serious=False)


def measures(a: ComparedFigure, b: ComparedFigure) -> Iterator[Misalignment]:
    """Differences in what is measured, and in the unit."""
    first, second = a.definition, b.definition
    if first.unit_of_count != second.unit_of_count:
        text = (
            f"{measure_words(a.measure)} counts {first.unit_of_count}, but {measure_words(b.measure)} counts "
            f"{second.unit_of_count}"
        )
        happening, having = sorted(
            (first.unit_of_count, second.unit_of_count), key=lambda unit: unit not in HAPPENINGS
        )
        several = f"; one of the {having} can account for several {happening}"
        yield Misalignment(
            "V-19",
            Subject.MEASURE,
            text + (several if happening in HAPPENINGS and having in PEOPLE else "") + ".",
        )
    if a.measure != b.measure:
        text = (
            f"Different measures: {measure_words(a.measure)} is '{first.definition}'; {measure_words(b.measure)} is "
            f"'{second.definition}'."
        )
        yield Misalignment("H-14", Subject.MEASURE, text)
    if a.unit != b.unit:
        yield Misalignment("H-14", Subject.UNIT, f"Different units: {_words(a.unit)} and {_words(b.unit)}.")
    if a.group != b.group:
        yield _groups(a, b)
    if a.source != b.source and a.measure == b.measure and first.definition != second.definition:
        text = f"{a.source} means '{first.definition}', but {b.source} means '{second.definition}'."
        yield Misalignment("H-14", Subject.DEFINITION, text)


def _groups(a: ComparedFigure, b: ComparedFigure) -> Misalignment:
    relation = group_relation(a, b)
    text = f"Different groups: {_group(a.group)} and {_group(b.group)}"
    one_key = parts_of(a.group).keys() == parts_of(b.group).keys()
    if one_key and (relation is Relation.APART or not (a.is_count or b.is_count)):
        return Misalignment("H-06", Subject.GROUP, text + ".", serious=False)
    if relation.nested:
        whole = b if relation is Relation.INSIDE else a
        return Misalignment("H-06", Subject.GROUP, f"{text}; {_group(whole.group)} includes the other.")
    return Misalignment("H-06", Subject.GROUP, text + "; they may overlap.")


def _group(breakdown: str) -> str:
    return breakdown_words(breakdown) or "the total"


def periods(a: ComparedFigure, b: ComparedFigure) -> Iterator[Misalignment]:
    """Differences in how the figures relate to time."""
    if a.statistic != b.statistic:
        text = f"A {_words(a.statistic)} and a {_words(b.statistic)} relate to time differently."
        yield Misalignment("H-02", Subject.STATISTIC, text)
    first, second = a.period, b.period
    yield from _lengths(first, second)
    if (first.start, first.end) == (second.start, second.end):
        return
    overlap = first.overlap_days(second)
    if overlap:
        share = overlap / min(first.days, second.days)
        text = (
            f"{spoken_period(first)} and {spoken_period(second)} have {number_of_days(overlap)} in common "
            f"({share:.1%} of the shorter period), so they are not separate periods."
        )
        yield Misalignment("H-01", Subject.OVERLAP, text[:1].upper() + text[1:])
    likeness = jaccard(first, second)
    if likeness < SHARED_DAYS_SHARE:
        text = (
            f"The periods share {overlap} of {first.union_days(second)} days. Print each with its figure "
            f"({spoken_period(first)}; {spoken_period(second)})."
        )
        yield Misalignment("H-03", Subject.APART, text, serious=False)
    seasonal = first.days < 360 and (first.start.month, first.start.day) != (
        second.start.month,
        second.start.day,
    )
    if seasonal and a.statistic == Statistic.FLOW:
        text = "The periods are different parts of the year, so a difference may be seasonal."
        yield Misalignment("H-03", Subject.SEASON, text, serious=False)


def _lengths(a: Period, b: Period) -> Iterator[Misalignment]:
    if abs(a.days - b.days) <= 1 and (a.kind == b.kind or {a.kind, b.kind} <= YEARS):
        if a.kind != b.kind and a.start.replace(year=2000) != b.start.replace(year=2000):
            text = f"A {_words(a.kind)} and a {_words(b.kind)} begin on different days of the year."
            yield Misalignment("H-03", Subject.SEASON, text, serious=False)
        return
    if a.kind == b.kind and a.kind in (PeriodKind.MONTH, PeriodKind.QUARTER):
        text = f"The periods have {a.days} and {b.days} days. Compare figures per day."
        yield Misalignment("H-03", Subject.LENGTH, text, serious=False)
        return
    text = f"The periods differ in length: a {_words(a.kind)} of {a.days} days and a {_words(b.kind)} of {b.days}."
    yield Misalignment("H-03", Subject.LENGTH, text)


def places(a: ComparedFigure, b: ComparedFigure, register: AreaRegister) -> Iterator[Misalignment]:
    """Differences in the ground that the figures are about, or in its type or date."""
    for series in (a, b):
        if register.find(series.area.code) is None and "/" not in series.area.code:
            text = f"{series.area.code} is not in the area register, so its boundary and dates are not known."
            yield Misalignment("H-07", Subject.PLACE, text, serious=False)
    if a.place.code == b.place.code:
        return
    same, why = register.same_ground(a.place.code, b.place.code)
    if same:
        yield Misalignment("H-07", Subject.PLACE, why, serious=False)
        return
    for series in (a, b):
        if wider := printed_for(series, register):
            yield Misalignment("H-07", Subject.PLACE, wider, serious=False)
    ground = ground_relation(a.place.code, b.place.code, register, (a.area.type, b.area.type))
    if ground.nested:
        part, whole = (called_ground(one) for one in ((a, b) if ground is Relation.INSIDE else (b, a)))
        text = f"{part} is a part of {whole}."
        yield Misalignment(
            "H-07", Subject.PLACE, text[:1].upper() + text[1:], serious=a.is_count and b.is_count
        )
    elif a.area.type != b.area.type:
        text = f"A {_words(a.area.type)} and a {_words(b.area.type)} differ in size."
        yield Misalignment("H-07", Subject.PLACE, text, serious=a.is_count and b.is_count)
    elif register.never_together(a.place.code, b.place.code):
        dates = [f"{s.area.name} ({s.area.code}) {_stood(s.area)}" for s in (a, b)]
        text = f"These areas belong to two dates: {dates[0]}, {dates[1]}. They are not known to have existed together."
        yield Misalignment("H-07", Subject.PLACE, text)


def _stood(area: AreaFacts) -> str:
    """When an area existed, as far as is known."""
    if area.seen is not None:
        first, last = (day.year for day in area.seen)
        return f"is in lookups of {first}" + (f" to {last}" if last != first else "")
    since = f"since {spoken_day(area.valid_from)}" if area.valid_from else "from the start of the coding"
    return f"existed {since}" + (f" until {spoken_day(area.valid_to)}" if area.valid_to else "")


def people(a: ComparedFigure, b: ComparedFigure) -> Iterator[Misalignment]:
    """Differences in the ages of the people, and in how age is reckoned."""
    if a.ages != b.ages and (a.ages or b.ages):
        first, second = (str(s.ages) if s.ages else "no age stated" for s in (a, b))
        yield Misalignment("H-06", Subject.AGES, f"Different people: {first} and {second}.")


def denominators(a: ComparedFigure, b: ComparedFigure) -> Iterator[Misalignment]:
    """Differences in what two rates are divided by."""
    if a.is_count or b.is_count or Statistic.CHANGE in (a.statistic, b.statistic):
        return  # a change is measured from an earlier figure of its own, not divided by anything else
    first, second = (series.definition.denominator_for(series.unit) for series in (a, b))
    for series, base in ((a, first), (b, second)):
        if base is None or not base.stated:
            text = f"{series.source} does not state the base of {measure_words(series.measure)}."
            yield Misalignment(
                "H-04", Subject.DENOMINATOR, text, serious=a.source != b.source or a.measure != b.measure
            )
    if first is None or second is None or not (first.stated and second.stated):
        return
    if first.measure != second.measure or first.ages != second.ages:
        text = f"Different denominators: {per(first)} and {per(second)}."
        yield Misalignment("H-06" if first.ages != second.ages else "H-04", Subject.DENOMINATOR, text)
    elif first.date_rule != second.date_rule:
        text = f"The denominators have different dates: {first.date_rule}; {second.date_rule}."
        yield Misalignment("H-04", Subject.DENOMINATOR, text, serious=False)


def per(base: Denominator) -> str:
    """A denominator in words: `population 0-17, residents`."""
    return measure_words(base.measure) + (f" {base.ages}" if base.ages else "")


def definitions(a: ComparedFigure, b: ComparedFigure) -> Iterator[Misalignment]:
    """Changes of definition between or within the two periods."""
    if a.measure != b.measure:
        return
    first, second = (
        {v.id: v for v in s.definition.versions_in(s.period.start, s.period.end)} for s in (a, b)
    )
    if not first or not second or set(first) == set(second):
        return
    texts = [" and ".join(f"'{v.text}'" for v in found.values()) for found in (first, second)]
    # Where figures go on across the first day of a version, only its name or its finer parts are new.
    new = [(first | second)[key] for key in sorted(set(first) ^ set(second))]
    earliest = min(new, key=lambda v: v.from_ or date.min)
    serious = not all(v.continues for v in new if v is not earliest)
    yield Misalignment(
        "H-14", Subject.DEFINITION, f"The definition changed from {texts[0]} to {texts[1]}.", serious
    )


def breaks(a: ComparedFigure, b: ComparedFigure, register: AreaRegister) -> Iterator[Misalignment]:
    """Known breaks between the two figures, or inside one of them."""
    first, second = (
        Figure(
            series.source, series.measure, series.area.code, series.period, series.breakdown, series.unit,
            series.release, tuple(sorted(register.above(series.area.code))),
        )
        for series in (a, b)
    )  # fmt: skip
    for entry in breaks_between(first, second):
        last = entry.date_to - timedelta(days=1) if entry.date_to else None
        when = spoken_day(entry.date_from) + (f" to {spoken_day(last)}" if last else "")
        unsure = "" if entry.verified else " (not verified)"
        text = f"Break {entry.id}, {when}{unsure}: {entry.effect}. Reference: {entry.reference}."
        rule = "H-13" if entry.abnormal else "H-11"
        yield Misalignment(
            rule,
            Subject.ABNORMAL if entry.abnormal else Subject.BREAK,
            text,
            entry.action == "block",
            about_places=entry.areas is not None,
        )


def changed_from(a: ComparedFigure, b: ComparedFigure, register: AreaRegister) -> Iterator[Misalignment]:
    """Differences of two published changes in what they are measured from, and breaks inside them."""
    spans = changes.span_text(a, b)
    if spans is not None:
        yield Misalignment("H-03", Subject.LENGTH, spans)
    for text, serious in changes.inside(a, b, register):
        yield Misalignment("H-11", Subject.BREAK, text, serious)


def notes(a: ComparedFigure, b: ComparedFigure) -> Iterator[Misalignment]:
    """What publishers' notes say about the two figures: `BREAK` divides a series, `NOTE` qualifies a figure."""
    for reason in publisher_notes.between(a, b):
        rule, subject = ("H-11", Subject.BREAK) if reason.breaks_series else ("R-11", Subject.NOTE)
        yield Misalignment(rule, subject, reason.text, reason.forbids)


def vintages(a: ComparedFigure, b: ComparedFigure) -> Iterator[Misalignment]:
    """Differences of release, since a later release may have revisions."""
    if a.source == b.source and a.release and b.release and a.release != b.release:
        text = (
            f"The figures come from different releases ({a.release}, {b.release}), and only the newer one has later "
            "revisions."
        )
        yield Misalignment("X-03", Subject.VINTAGE, text, serious=False)


def everything(a: ComparedFigure, b: ComparedFigure, register: AreaRegister) -> tuple[Misalignment, ...]:
    """All misalignments of two figures, in the order of the functions above."""
    misalignments = [
        *figures(a, b),
        *measures(a, b),
        *periods(a, b),
        *places(a, b, register),
        *people(a, b),
        *denominators(a, b),
        *definitions(a, b),
        *breaks(a, b, register),
        *changed_from(a, b, register),
        *notes(a, b),
        *vintages(a, b),
    ]
    return tuple(dict.fromkeys(misalignments))


def _words(name: str) -> str:
    return str(name).replace("_", " ")
