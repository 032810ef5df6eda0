"""Whether two figures may be added up.

Belongs here: counts of things that exclude each other, and shares of one base whose numerators do. Does not belong
here: which groups, measures and areas exclude each other (`relations`), sums of many figures at once
(`civic_assets.harmonise.figures.complete_sums`) and sums over time (`civic_assets.harmonise.time.aggregation`).

A sum is allowed if exactly one thing differs, and what differs is known to exclude each other: two places, two times,
two groups, or two measures that are parts of one whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.grounds import called_ground
from civic_assets.harmonise.comparability.misalignments import PEOPLE, Misalignment, Subject
from civic_assets.harmonise.comparability.reasons import Reason, caveat, of
from civic_assets.harmonise.comparability.relations import (
    Relation,
    counted,
    ground_relation,
    group_relation,
    measure_relation,
    parts_of,
)
from civic_assets.harmonise.measures.structure import makes_up, shared_whole, structure
from civic_assets.harmonise.measures.vocabulary import Denominator
from civic_assets.values.period_words import number_of_days
from civic_assets.values.periods import LENGTHS, PeriodKind, Statistic
from civic_assets.values.plain_words import breakdown_words, measure_words

_RULE = "H-02"


def sum_reasons(
    a: ComparedFigure, b: ComparedFigure, misalignments: Sequence[Misalignment], register: AreaRegister
) -> Iterator[Reason]:
    """Why two figures may not be added up, and what must be said with their sum.

    Args:
        a: One figure.
        b: The other.
        misalignments: How they differ.
        register: Register of areas.
    """
    measure, group = measure_relation(a, b), group_relation(a, b)
    ground = ground_relation(a.place.code, b.place.code, register, (a.area.type, b.area.type))
    when = (a.period.start, a.period.end) == (b.period.start, b.period.end)
    if not (a.is_count and b.is_count):
        yield from _shares(a, b, measure, group, one_place_and_time=when and ground is Relation.SAME)
    yield from _differences(a, b, measure, group, ground, when=when)
    yield from _time(a, b, same_place=ground is Relation.SAME, when=when)
    for item in misalignments:
        reason = _of_misalignment(item, a, b, measure, group, ground)
        if reason is not None:
            yield reason


def _differences(
    a: ComparedFigure, b: ComparedFigure, measure: Relation, group: Relation, ground: Relation, *, when: bool
) -> Iterator[Reason]:
    """Exactly one thing differs, and it is known to exclude the other."""
    named = {"area": ground is not Relation.SAME, "period": not when}
    named |= {"measure": measure is not Relation.SAME, "group": group is not Relation.SAME}
    differing = [name for name, differs in named.items() if differs]
    if not differing:
        text = "Both figures have the same place, time and group, so a sum would count everything twice."
        yield Reason(_RULE, text, refuses=True)
    if len(differing) > 1:
        text = f"{' and '.join(differing).capitalize()} differ at the same time, so the sum is not a total of anything."
        yield Reason(_RULE, text, refuses=True)
    yield from _places(a, b, ground)
    yield from _groups(a, b, group)
    yield from _measures(a, b, measure)


def _places(a: ComparedFigure, b: ComparedFigure, ground: Relation) -> Iterator[Reason]:
    first, second = (called_ground(one) for one in (a, b))
    if ground.nested:
        part, whole = (first, second) if ground is Relation.INSIDE else (second, first)
        text = f"{_capital(part)} is a part of {whole}, so a sum would count it twice."
        yield Reason(_RULE, text, refuses=True)
    elif ground is Relation.UNKNOWN:
        text = f"{_capital(first)} and {second} may have ground in common, so a sum could count it twice."
        yield Reason(_RULE, text, refuses=True)


def _groups(a: ComparedFigure, b: ComparedFigure, group: Relation) -> Iterator[Reason]:
    first, second = (breakdown_words(one.breakdown) or "the total" for one in (a, b))
    if group.nested:
        part, whole = (first, second) if group is Relation.INSIDE else (second, first)
        text = f"Part and whole: {part} is counted in {whole} too, so a sum would count it twice."
        yield Reason("H-06", text, refuses=True)
    elif group is Relation.UNKNOWN:
        text = f"{first} and {second} may have members in common, so a sum could count them twice."
        yield Reason("H-06", _capital(text), refuses=True)
    elif group is Relation.APART and _cut_differently(a, b):
        text = f"{first} and {second} are groups of two kinds, so their sum is not a total of anything that has a name."
        yield Reason("H-06", _capital(text), refuses=True)


def _cut_differently(a: ComparedFigure, b: ComparedFigure) -> bool:
    """Whether one of two groups is limited in a way that the other is not: theft in one phase, and all of another.

    A figure without a word that stands for figures next to the total, such as crimes that another force counted in the
    same place, is not limited.
    """
    classes = structure().classes
    first, second = (
        {key for key in parts_of(one.group) if not (key in classes and classes[key].beside_total)}
        for one in (a, b)
    )
    return bool(first and second) and first != second


def _measures(a: ComparedFigure, b: ComparedFigure, measure: Relation) -> Iterator[Reason]:
    if measure.nested:
        part, whole = (a, b) if measure is Relation.INSIDE else (b, a)
        text = (
            f"Part and whole: {measure_words(part.measure)} is counted in {measure_words(whole.measure)} too, so a sum "
            "would count it twice."
        )
        yield Reason(_RULE, text, refuses=True)
    elif measure is Relation.APART:
        first, second = counted(a), counted(b)
        name = shared_whole(first, second, a.source)
        if name is not None and not makes_up(frozenset((first, second)), name, a.source):
            text = f"The two are parts of {measure_words(name)}, and not all of it."
            yield Reason(_RULE, text, refuses=False)


def _time(a: ComparedFigure, b: ComparedFigure, *, same_place: bool, when: bool) -> Iterator[Reason]:
    """Stocks of two days, and people who may be in both periods, are counted twice."""
    if when:
        return
    twice = [one for one in (a, b) if one.definition.unit_of_count in PEOPLE or one.definition.lasting]
    if a.is_count and b.is_count and Statistic.FLOW not in (a.statistic, b.statistic):
        units = list(dict.fromkeys(one.definition.unit_of_count for one in (a, b)))
        whom = f"the same {units[0]}" if len(units) == 1 else "the same people or things"
        when_counted = "days" if a.statistic is b.statistic is Statistic.STOCK else "times"
        text = f"Stocks of two {when_counted} cannot be added up, because {whom} may be in both."
        yield Reason(_RULE, text, refuses=True)
    elif twice:
        text = (
            f"{measure_words(twice[0].measure)} counts {twice[0].definition.unit_of_count}, which may be in both "
            "periods and be counted twice."
        )
        yield Reason(_RULE, _capital(text), refuses=True)
    gap = a.period.gap_days(b.period)
    if gap and same_place and a.statistic == Statistic.FLOW:
        text = (
            f"Between the periods there is a gap of {number_of_days(gap)}, so the sum does not cover a continuous "
            "period."
        )
        yield Reason(_RULE, text, refuses=False)


def _shares(
    a: ComparedFigure, b: ComparedFigure, measure: Relation, group: Relation, *, one_place_and_time: bool
) -> Iterator[Reason]:
    """Shares and rates add up only if they have one base, and what they are shares of excludes each other."""
    bases = [_base(one) for one in (a, b)]
    one_base = one_place_and_time and a.source == b.source and a.unit == b.unit and bases[0] == bases[1]
    if one_base and bases[0] is not None and Relation.APART in (measure, group) and _keep_base(a, b, measure):
        text = (
            f"Both are divided by {measure_words(bases[0].measure)} of one place and time, so the sum is within "
            "the rounding of both."
        )
        yield Reason(_RULE, text, refuses=False)
        return
    if Statistic.CHANGE in (a.statistic, b.statistic):
        text = (
            "Changes cannot be added up. Add the counts of each period, and work out the change of the sums."
        )
    elif a.is_count or b.is_count:
        text = "A count and a share or rate cannot be added up."
    else:
        text = (
            "Rates and shares cannot be added up unless they have one base. Add the counts and divide again."
        )
    yield Reason(_RULE, text, refuses=True)


def _base(figure: ComparedFigure) -> Denominator | None:
    """What a share or rate is divided by; None for a count, a change, or a base that is not stated."""
    base = figure.definition.denominator_for(figure.unit) if figure.statistic is Statistic.RATE else None
    return base if base is not None and base.stated else None


def _keep_base(a: ComparedFigure, b: ComparedFigure, measure: Relation) -> bool:
    """Whether the groups of two shares divide what is counted, and not the base."""
    if measure is Relation.APART:
        return a.breakdown == b.breakdown
    first, second = parts_of(a.breakdown), parts_of(b.breakdown)
    keys = {key for key in first.keys() | second.keys() if first.get(key) != second.get(key)}
    base = _base(a)
    # The share of a group in the whole, such as the share of a sex in the residents, is divided by the whole.
    of_itself = base is not None and base.measure == counted(a)
    classes = structure().classes
    return of_itself or all(key in classes and classes[key].of(a.source) for key in keys)


_NEVER = (Subject.APART, Subject.SEASON, Subject.ABNORMAL, Subject.GROUP, Subject.LENGTH)
"""Differences that do not matter for a sum: a month and a quarter add up to four months."""


def _of_misalignment(
    item: Misalignment,
    a: ComparedFigure,
    b: ComparedFigure,
    measure: Relation,
    group: Relation,
    ground: Relation,
) -> Reason | None:
    if item.subject in _NEVER or (item.subject is Subject.MEASURE and measure is Relation.APART):
        return None
    if item.subject is Subject.AGES and group is not Relation.SAME and _one_population(a, b):
        return None  # the relation of the groups has said it
    if item.subject is Subject.NOTE:
        return caveat(item)  # a note qualifies a figure; one that divides a series is a break
    if item.subject is Subject.OVERLAP:
        return Reason(_RULE, f"A sum would count the shared days twice: {_lower(item.text)}", refuses=True)
    if item.subject is Subject.PLACE and ground.nested:
        return None  # the relation of the grounds has said it
    if item.subject is Subject.PLACE and item.serious and a.area.type != b.area.type:
        return caveat(item)
    if item.subject in (Subject.BREAK, Subject.DEFINITION) and _within_one_year(a, b):
        return caveat(item)
    return of(item)


def _one_population(a: ComparedFigure, b: ComparedFigure) -> bool:
    ages = [one.ages or one.definition.ages for one in (a, b)]
    known = [(band.basis, band.population) for band in ages if band is not None]
    return len(set(known)) <= 1


def _within_one_year(a: ComparedFigure, b: ComparedFigure) -> bool:
    """Whether two figures of one series and release follow each other within a year.

    The publisher's own figure for the year is such a sum, whatever changed within it: it counts what was recorded.
    """
    first, second = sorted((a, b), key=lambda one: one.period)
    one_series = all(
        getattr(a, name) == getattr(b, name) for name in ("source", "measure", "breakdown", "unit", "release")
    )
    adjoining = first.period.end == second.period.start
    _, longest_year = LENGTHS[PeriodKind.ROLLING_YEAR]
    within = (second.period.end - first.period.start).days <= longest_year
    return one_series and a.release is not None and a.area.code == b.area.code and adjoining and within


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _lower(sentence: str) -> str:
    """A sentence after a colon; a month keeps its capital."""
    named = sentence.startswith(("Year", "Calendar", "Academic", "Financial", "Autumn", "Spring", "Summer"))
    return sentence[:1].lower() + sentence[1:] if named else sentence
