"""A part of what is counted as a share of the whole: both from one publication, place and time.

Belongs here: whether one count is part of the other, and what else a share needs. Does not belong here: rates per
people or households, and shares that the vocabulary declares (`rates`), which groups and measures are parts of others
(`relations`, `civic_assets.harmonise.measures.structure`).

Robberies of personal property as a share of all robberies, boys as a share of all children looked after, burglary as a
share of all recorded crime: a count of the part and a count of the whole, so that the share lies between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.reasons import Reason
from civic_assets.harmonise.comparability.relations import Relation, breakdown_relation
from civic_assets.harmonise.measures.structure import class_within
from civic_assets.values.plain_words import breakdown_words, measure_words

_RULE = "H-06"


def is_share(part: ComparedFigure, whole: ComparedFigure) -> bool:
    """Whether all that one figure counts is of the kind that the other counts, and only some of it.

    Args:
        part: Figure above the line.
        whole: Figure below it.
    """
    if part.source != whole.source or part.statistic != whole.statistic:
        return False
    if part.definition.unit_of_count != whole.definition.unit_of_count:
        return False
    groups = breakdown_relation(
        part.breakdown, whole.breakdown, (part.source, whole.source), max(part.period.end, whole.period.end)
    )
    if part.measure == whole.measure:
        return groups is Relation.INSIDE
    return groups is Relation.SAME and class_within(part.measure, whole.measure, part.source)


def share_reasons(part: ComparedFigure, whole: ComparedFigure, *, same_place: bool) -> Iterator[Reason]:
    """What refuses the share of a part, or must be said with it.

    Args:
        part: Figure above the line.
        whole: Figure below it, of which the other is a part by what they count.
        same_place: Whether both cover the same ground.
    """
    differing = [
        name
        for name, same in (
            ("place", same_place),
            ("period", (part.period.start, part.period.end) == (whole.period.start, whole.period.end)),
            ("release", _one_publication(part.release, whole.release)),
        )
        if not same
    ]
    first, second = (_called(one, part.measure == whole.measure) for one in (part, whole))
    if differing:
        text = (
            f"{_capital(first)} may be given as a share of {second} if both are of one place, period and release. "
            f"Here the {' and the '.join(differing)} {'differs' if len(differing) == 1 else 'differ'}."
        )
        yield Reason(_RULE, text, refuses=True)
        return
    yield Reason(
        _RULE, f"The result is {first} as a share of {second}, not a rate per people.", refuses=False
    )


def _one_publication(a: str | None, b: str | None) -> bool:
    """Whether two releases are one, or one is a further file of the other, such as `2016-17-reasons` of `2016-17`."""
    if a is None or b is None:
        return False
    return a == b or a.startswith(f"{b}-") or b.startswith(f"{a}-")


def _called(figure: ComparedFigure, one_measure: bool) -> str:
    group = breakdown_words(figure.breakdown)
    measure = measure_words(figure.measure)
    if not group:
        return f"all {measure}" if one_measure else measure
    return f"{measure} ({group})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
