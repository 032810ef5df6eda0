"""Whether one figure may be divided by another.

Belongs here: which of the two is the base, and whether the people or events counted above the line come from those
below it, in one place and at one time. Does not belong here: what a measure may be divided by (`rates` and `population`
in `vocabularies/measures.yaml`), groups of breakdowns (`relations`), and computing rates.

A base is one that the vocabulary declares for the measure above the line or, for a part of a whole, for the whole. Its
date lies inside the period, within half a year of the middle (rule H-04), or is the mid-year before the period ends,
where the publisher's own rates are made so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

from civic_assets.contracts.load import contracts_folder
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.grounds import called_ground, printed_for
from civic_assets.harmonise.comparability.misalignments import Misalignment, Subject
from civic_assets.harmonise.comparability.reasons import Reason, caveat, of
from civic_assets.harmonise.comparability.relations import (
    Relation,
    age_relation,
    breakdown_relation,
    ground_relation,
    group_relation,
    measure_relation,
    parts_of,
)
from civic_assets.harmonise.comparability.shares import is_share, share_reasons
from civic_assets.harmonise.measures.structure import structure, wholes_of
from civic_assets.harmonise.measures.vocabulary import Denominator, Measure, Timing, measure_of, measures
from civic_assets.house_numbers.comparability import DENOMINATOR_DAYS, NO_DENOMINATOR_DAYS
from civic_assets.values.ages import AgeBand, parse_ages
from civic_assets.values.period_words import spoken_period
from civic_assets.values.periods import Statistic
from civic_assets.values.plain_words import breakdown_words, measure_words

STOCKS = (Statistic.STOCK, Statistic.MEAN_OF_STOCKS)
_RULE = "H-04"


def rate_reasons(
    a: ComparedFigure, b: ComparedFigure, misalignments: Sequence[Misalignment], register: AreaRegister
) -> list[Reason]:
    """Why neither figure may be divided by the other, and what must be said with the rate.

    Args:
        a: One figure.
        b: The other.
        misalignments: How they differ.
        register: Register of areas.

    Returns:
        Reasons for the better way round: the order in which two figures are named does not matter.
    """
    if not (a.is_count and b.is_count):
        return [_not_counts(a, b)]
    found = _ways(a, b)
    likely = [
        (top, base) for top, base in found if _declared(top, base) is not None or is_share(top, base)
    ] or found
    ways = [list(_reasons(top, base, misalignments, register)) for top, base in likely]
    return min(ways, key=lambda reasons: sum(reason.refuses for reason in reasons))


def _declared(top: ComparedFigure, base: ComparedFigure) -> Denominator | None:
    return next((one for one in bases_of(top.definition, top.source) if one.measure == base.measure), None)


def _ways(a: ComparedFigure, b: ComparedFigure) -> tuple[tuple[ComparedFigure, ComparedFigure], ...]:
    """Both ways to divide, first the one with the likelier base: people, or else the larger number of the name."""
    first, second = sorted((a, b), key=lambda one: (_is_people(one), one.statistic in STOCKS, one.name))
    return (first, second), (second, first)


def _is_people(figure: ComparedFigure) -> bool:
    return figure.statistic in STOCKS and figure.definition.unit_of_count in (
        "persons",
        "pupils",
        "households",
    )


def _reasons(
    top: ComparedFigure, base: ComparedFigure, misalignments: Sequence[Misalignment], register: AreaRegister
) -> Iterator[Reason]:
    declared = _declared(top, base)
    ground = ground_relation(top.place.code, base.place.code, register, (top.area.type, base.area.type))
    share = declared is None and is_share(top, base)
    if declared is None and not share:
        yield _not_a_base(top, base)
    wider = [sentence for one in (top, base) if (sentence := printed_for(one, register))]
    if ground is not Relation.SAME:
        first, second = (called_ground(one) for one in (top, base))
        text = f"A rate needs one place, and these are figures of {first} and of {second}."
        yield Reason("H-07", " ".join([text, *wider]), refuses=True)
    if share:
        yield from share_reasons(top, base, same_place=ground is Relation.SAME)
    elif declared is not None or base.statistic in STOCKS:
        yield from _timing(top, base, declared)
    if declared is not None:
        yield from _people(top, base, declared)
        yield from _named(top, base)
    for item in misalignments:
        reason = None if item.text in wider else _of_misalignment(item)
        if reason is not None:
            yield reason


def bases_of(definition: Measure, source: str) -> Iterator[Denominator]:
    """What a count may be divided by: its own bases, then those of the wholes that it is part of.

    Args:
        definition: Definition of the count.
        source: Source of the count.
    """
    yield from _bases_of(definition.name, source, contracts_folder())


@cache
def _bases_of(name: str, source: str, folder: Path) -> tuple[Denominator, ...]:
    definition = measure_of(name, source)
    own = list(_own_bases(definition, source)) if definition else []
    wider: list[Denominator] = []
    for whole in wholes_of(name, source):
        # A part of the offences, or of the children, comes from the same people; a share of events does not.
        found = measure_of(whole, source)
        for base in _own_bases(found, source) if found else ():
            people = measure_of(base.measure)
            if people is not None and people.statistic in STOCKS and base not in own:
                wider.append(base)
    return (*own, *wider)


def _own_bases(definition: Measure, source: str) -> Iterator[Denominator]:
    if definition.population is not None:
        yield definition.population
    yield from (base for base in definition.rates.values() if base.stated and definition.numerator is None)
    for (_, of_source), one in measures().items():
        if one.numerator == definition.name and of_source in (None, source):
            yield from (base for base in one.rates.values() if base.stated)


def _not_a_base(top: ComparedFigure, base: ComparedFigure) -> Reason:
    first, second = measure_words(top.measure), measure_words(base.measure)
    same_thing = top.measure == base.measure
    nested = measure_relation(top, base).nested or (same_thing and group_relation(top, base).nested)
    if nested and top.source != base.source:
        text = f"{first} and {second} are from two sources and may be counted differently, so no share is made of them."
    elif same_thing:
        text = (
            f"Both figures count {first}, and neither is a part of the other, so one divided by the other is neither "
            "a rate nor a share."
        )
    elif nested:
        text = f"{first} and {second} are not counted in one way or not for one group, so no share is made of them."
    else:
        text = (
            f"{first} is not counted among {second}, as far as the vocabulary of measures says, so it cannot be "
            "divided by it."
        )
    return Reason(_RULE, text[:1].upper() + text[1:], refuses=True)


def _not_counts(a: ComparedFigure, b: ComparedFigure) -> Reason:
    kinds = list(dict.fromkeys(_kind(one) for one in (a, b) if not one.is_count))
    both = not (a.is_count or b.is_count)
    if both and len(kinds) == 1:
        text = f"A rate is made of two counts, and both of these figures are {kinds[0]}s."
    elif both:
        text = f"A rate is made of two counts, and these figures are a {kinds[0]} and a {kinds[1]}."
    else:
        text = f"A rate is made of two counts, and one of these figures is a {kinds[0]}."
    return Reason(_RULE, text, refuses=True)


def _kind(figure: ComparedFigure) -> str:
    if figure.statistic is Statistic.CHANGE:
        return "change"
    return "share" if figure.unit == "percent" else "rate"


def _timing(top: ComparedFigure, base: ComparedFigure, declared: Denominator | None) -> Iterator[Reason]:
    same = (top.period.start, top.period.end) == (base.period.start, base.period.end)
    if declared is not None and declared.timing is Timing.OWN_PERIOD:
        if not same:
            text = (
                f"{base.called} is not of the same time as {spoken_period(top.period)}: {declared.date_rule}."
            )
            yield Reason(_RULE, text, refuses=True)
        return
    middle = top.period.start + timedelta(days=top.period.days // 2)
    inside = top.period.start <= base.period.start < top.period.end
    distance = abs((base.period.start - middle).days)
    if inside or distance <= DENOMINATOR_DAYS:
        return
    before = 0 < (top.period.end - base.period.start).days <= NO_DENOMINATOR_DAYS
    if declared is not None and declared.timing is Timing.MID_YEAR_BEFORE and before:
        text = (
            f"The denominator is {distance} days from the middle of {spoken_period(top.period)}. The publisher's own "
            f"rates are per {declared.date_rule}."
        )
        yield Reason(_RULE, text, refuses=False)
        return
    text = (
        f"{base.called} is {distance} days from the middle of {spoken_period(top.period)}; at most "
        f"{DENOMINATOR_DAYS} are allowed. Use the figure inside the period, or nearest to its middle."
    )
    yield Reason(_RULE, text, refuses=True)


def _people(top: ComparedFigure, base: ComparedFigure, declared: Denominator) -> Iterator[Reason]:
    """The group above the line comes from the group below it, and nobody else is below it."""
    if declared.measure == top.measure:
        yield from _share(top, base)
        return
    above, below = parts_of(top.breakdown), parts_of(base.breakdown)
    wanted = _ages_above(above, declared.ages or top.definition.ages)
    held = _ages_below(below, base)
    if age_relation(wanted or (0, None), held or (0, None)) is not Relation.SAME:
        text = f"Different ages: {_years(wanted)} are counted, but the denominator is of {_years(held)}."
        yield Reason("H-06", text, refuses=True)
    classes = structure().classes
    counted_among = {
        key: word
        for key, word in above.items()
        if key != "age" and not (key in classes and classes[key].of(top.source))
    }
    others = {key: word for key, word in below.items() if key != "age"}
    if counted_among != others:
        first, second = (breakdown_words(one.breakdown) or "the total" for one in (top, base))
        text = f"Different groups: {first} is counted, but the denominator is of {second}."
        yield Reason("H-06", text, refuses=True)


def _share(top: ComparedFigure, base: ComparedFigure) -> Iterator[Reason]:
    """A group as a share of everybody, both of one measure: the group lies in the base."""
    sources = (top.source, base.source)
    relation = breakdown_relation(
        top.breakdown, base.breakdown, sources, max(top.period.end, base.period.end)
    )
    if relation is not Relation.INSIDE:
        first, second = (breakdown_words(one.breakdown) or "the total" for one in (top, base))
        text = f"A share needs a group and what holds it; {first} is not a part of {second}."
        yield Reason("H-06", text, refuses=True)


def _ages_above(above: dict[str, str], declared: AgeBand | None) -> tuple[int, int | None] | None:
    """Ages of the people above the line: those of the group, within those that the measure can have."""
    whole = (declared.lo, declared.hi) if declared else None
    if "age" not in above:
        return whole
    group = parse_ages(f"age={above['age']}")
    if group is None or whole is None:
        return group
    ends = [end for end in (group[1], whole[1]) if end is not None]
    return max(group[0], whole[0]), min(ends, default=None)


def _ages_below(below: dict[str, str], base: ComparedFigure) -> tuple[int, int | None] | None:
    if "age" in below:
        return parse_ages(f"age={below['age']}")
    return (base.ages.lo, base.ages.hi) if base.ages else None


def _years(ages: tuple[int, int | None] | None) -> str:
    if ages is None or ages == (0, None):
        return "all ages"
    return f"ages {ages[0]} and over" if ages[1] is None else f"ages {ages[0]}-{ages[1] - 1}"


def _named(top: ComparedFigure, base: ComparedFigure) -> Iterator[Reason]:
    named = {one.measure for one in top.definition.rates.values() if one.stated}
    if named and base.measure not in named:
        text = (
            f"{measure_words(top.measure)} is published per {' or '.join(map(measure_words, sorted(named)))}, not per "
            f"{measure_words(base.measure)}."
        )
        yield Reason(_RULE, text, refuses=False)


def _of_misalignment(item: Misalignment) -> Reason | None:
    if item.subject in (Subject.FIGURE, Subject.MODEL):
        return of(item)
    if item.subject is Subject.NOTE or (item.subject is Subject.PLACE and not item.serious):
        return caveat(item)
    if item.subject is Subject.BREAK:
        # What is counted by other rules is still counted among the same people. Where an area supplied nothing, or has
        # other boundaries, it is not.
        return of(item) if item.about_places else None
    return None
