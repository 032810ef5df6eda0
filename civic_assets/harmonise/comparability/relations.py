"""How two figures are parts of each other: in what they measure, in the group that they count, in the ground.

Belongs here: one relation for each of the three, from what contracts, vocabularies and the register of areas declare.
Does not belong here: what a relation forbids (`sums`, `rates`, `verdict` in this folder), and the declarations
(`civic_assets.harmonise.measures.structure`, `civic_assets.harmonise.people.categories`).

Two figures that are not known to exclude each other count as overlapping, because a sum that counts something twice
does more harm than a sum that is not made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.measures.structure import adds_up_over, part_of, shared_whole, structure
from civic_assets.harmonise.people.categories import CategoryMeaning, Fit, scheme
from civic_assets.values.ages import parse_ages
from civic_assets.values.cells import label


class Relation(StrEnum):
    """Relation of one set of people, events or places to another."""

    SAME = "same"
    INSIDE = "inside"
    """All of the first is in the second."""
    HOLDS = "holds"
    """All of the second is in the first."""
    APART = "apart"
    """Nothing is in both."""
    UNKNOWN = "unknown"
    """Some may be in both: they overlap, or nothing says that they do not."""

    @property
    def nested(self) -> bool:
        """Whether one is part of the other."""
        return self in (Relation.INSIDE, Relation.HOLDS)


def measure_relation(a: ComparedFigure, b: ComparedFigure) -> Relation:
    """Relation of what two figures count, by their measures alone; of two shares, that of their numerators."""
    first, second = counted(a), counted(b)
    if first == second:
        return Relation.SAME if a.measure == b.measure else Relation.UNKNOWN
    sources = dict.fromkeys((a.source, b.source))
    if any(part_of(first, second, source) for source in sources):
        return Relation.INSIDE
    if any(part_of(second, first, source) for source in sources):
        return Relation.HOLDS
    apart = a.source == b.source and shared_whole(first, second, a.source) is not None
    return Relation.APART if apart else Relation.UNKNOWN


def counted(figure: ComparedFigure) -> str:
    """The measure of the count that a figure is, or is a share or rate of."""
    return figure.measure if figure.is_count else figure.definition.numerator or figure.measure


def group_relation(a: ComparedFigure, b: ComparedFigure) -> Relation:
    """Relation of the groups that two figures count, by their breakdowns; the total holds every group."""
    end = max(a.period.end, b.period.end)
    return breakdown_relation(a.group, b.group, (a.source, b.source), end)


def breakdown_relation(first: str, second: str, sources: tuple[str, str], end: date) -> Relation:
    """Relation of two groups.

    Args:
        first: Breakdown of one figure, `total` or `key=value;...`.
        second: Breakdown of the other.
        sources: Source of each.
        end: Day after the last day of both, because classes may begin to overlap.
    """
    a, b = parts_of(first), parts_of(second)
    if a == b:
        return Relation.SAME
    classes = structure().classes
    for key in a.keys() | b.keys():
        one = classes.get(key)
        if one is not None and one.beside_total and a.get(key) != b.get(key):
            return Relation.APART
    each = {_word_relation(key, a[key], b[key], sources, end) for key in a.keys() & b.keys()}
    if Relation.APART in each:
        return Relation.APART
    if Relation.UNKNOWN in each:
        return Relation.UNKNOWN
    if not b.keys() - a.keys() and each <= {Relation.SAME, Relation.INSIDE}:
        return Relation.INSIDE
    if not a.keys() - b.keys() and each <= {Relation.SAME, Relation.HOLDS}:
        return Relation.HOLDS
    return Relation.UNKNOWN


def parts_of(breakdown: str) -> dict[str, str]:
    """Words by key of a breakdown, in lower case; nothing for the total."""
    pairs = (part.partition("=") for part in breakdown.split(";"))
    return {label(key): label(word) for key, equals, word in pairs if equals}


def _word_relation(key: str, a: str, b: str, sources: tuple[str, str], end: date) -> Relation:
    if a == b:
        return Relation.SAME
    if key == "age":
        return age_relation(parse_ages(f"age={a}"), parse_ages(f"age={b}"))
    known = structure().classes.get(key)
    if known is not None and all(known.of(source) for source in sources):
        apart = all(known.excludes(source, end) for source in sources)
        return Relation.APART if apart else Relation.UNKNOWN
    found = _category_relation(
        *(scheme().meaning(key, word, one) for word, one in zip((a, b), sources, strict=True))
    )
    if found.nested:
        return found
    if all(adds_up_over(source, key, frozenset((a, b))) for source in sources):
        return Relation.APART
    return found


def age_relation(a: tuple[int, int | None] | None, b: tuple[int, int | None] | None) -> Relation:
    """Relation of two bands of ages, each from the youngest age up to, not including, the age after the oldest."""
    if a is None or b is None:
        return Relation.UNKNOWN
    first, second = ((float(lo), float("inf") if hi is None else float(hi)) for lo, hi in (a, b))
    if first == second:
        return Relation.SAME
    if first[1] <= second[0] or second[1] <= first[0]:
        return Relation.APART
    if second[0] <= first[0] and first[1] <= second[1]:
        return Relation.INSIDE
    if first[0] <= second[0] and second[1] <= first[1]:
        return Relation.HOLDS
    return Relation.UNKNOWN


def _category_relation(a: CategoryMeaning | None, b: CategoryMeaning | None) -> Relation:
    """Relation of two demographic groups in the common scheme of categories."""
    if a is None or b is None or a.dimension != b.dimension or a.category is None or b.category is None:
        return Relation.UNKNOWN
    above = {one.code: one.part_of for one in scheme().categories(a.dimension)}
    paths = [_path(meaning.category.code, above) for meaning in (a, b) if meaning.category]
    if paths[0][0] == paths[1][0]:
        return Relation.UNKNOWN  # two words for one category: the same people, or two parts of it
    if paths[1][0] in paths[0]:
        return Relation.INSIDE if a.fit in (Fit.EXACT, Fit.NARROWER) else Relation.UNKNOWN
    if paths[0][0] in paths[1]:
        return Relation.HOLDS if b.fit in (Fit.EXACT, Fit.NARROWER) else Relation.UNKNOWN
    certain = all(one.fit in (Fit.EXACT, Fit.NARROWER) and one.verified for one in (a, b))
    return Relation.APART if certain else Relation.UNKNOWN


def _path(code: str, above: Mapping[str, str | None]) -> list[str]:
    path = [code]
    while (parent := above.get(path[-1])) is not None:
        path.append(parent)
    return path


def ground_relation(a: str, b: str, register: AreaRegister, types: tuple[str, str]) -> Relation:
    """Relation of the ground of two areas.

    Args:
        a: Code of one area.
        b: Code of the other.
        register: Register of areas.
        types: Type of each.
    """
    if a == b or register.same_ground(a, b)[0]:
        return Relation.SAME
    found = _in_register(a, b, register)
    if found is not Relation.APART:
        return found
    if any("/" in code for code in (a, b)):
        return _part_without_code(a, b, register, types)
    known = [register.find(code) is not None for code in (a, b)]
    # Two areas of one kind are rows of one table; of an area that the register lacks nothing else is known.
    return Relation.APART if all(known) or types[0] == types[1] else Relation.UNKNOWN


def _in_register(a: str, b: str, register: AreaRegister) -> Relation:
    if b in register.above(a):
        return Relation.INSIDE
    if a in register.above(b):
        return Relation.HOLDS
    if register.path(a, b) or register.path(b, a):
        return Relation.UNKNOWN  # one became, or took in, the other or a part of it
    first, second = (register.authorities_in(code) for code in (a, b))
    if not first & second:
        linked = any(_linked(one, other, register) for one, other in ((a, b), (b, a)))
        return Relation.UNKNOWN if linked else Relation.APART
    if first == second:
        return Relation.UNKNOWN
    return Relation.INSIDE if first < second else Relation.HOLDS if second < first else Relation.UNKNOWN


def _linked(partnership: str, authority: str, register: AreaRegister) -> bool:
    """Whether an area covers a part of an authority, or an authority lies partly in it."""
    return partnership in register.containers(authority)


def _part_without_code(a: str, b: str, register: AreaRegister, types: tuple[str, str]) -> Relation:
    """Relation of two areas of which one is a part without a code (`K04000001/british-transport-police`)."""
    bases = [code.partition("/")[0] for code in (a, b)]
    if "part_of_country" in types:
        # It is the country without one part: which part, only its name says.
        other = bases[1] if types[0] == "part_of_country" else bases[0]
        own = bases[0] if types[0] == "part_of_country" else bases[1]
        related = other == own or own in register.above(other) or other in register.above(own)
        return Relation.UNKNOWN if related else Relation.APART
    if types[0] != types[1] and "country" in types:
        return Relation.UNKNOWN  # a force of the whole country may be in the figures of one of its countries
    return Relation.APART
