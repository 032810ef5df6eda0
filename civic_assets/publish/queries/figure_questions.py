"""Questions that are asked back when a request can mean several figures.

Belongs here: their sentences and choices. Does not belong here: deciding that a question is needed (`figure_words`),
and why there is no figure (`figure_absence`).
"""

from __future__ import annotations

from collections.abc import Iterable

from civic_assets.errors import AmbiguousFigure
from civic_assets.harmonise.figures.names import TOTAL
from civic_assets.house_numbers.display import GROUPS_OF_A_NAME
from civic_assets.publish.queries.figure_candidates import Candidate, current, measure_words, offered
from civic_assets.publish.queries.figure_query import FigureQuery
from civic_assets.values.cells import label
from civic_assets.values.period_words import spoken
from civic_assets.values.periods import PeriodKind


def no_such_group(there: list[Candidate], breakdown: str, wanted: FigureQuery) -> AmbiguousFigure:
    """The question back if no figure has the group that is asked for."""
    nearest = _nearest(offered(there, wanted), breakdown)
    choices = list(dict.fromkeys(str(one.name(_release(one, wanted))) for one in nearest))
    these = (
        f"The nearest of {len(choices):,} figures are" if len(choices) > GROUPS_OF_A_NAME else "Use one of"
    )
    return AmbiguousFigure(
        f"No figure of {measure_words(there[0].measure)} is published for the group {breakdown!r}. {these}:",
        choices,
        GROUPS_OF_A_NAME,
    )


def several_areas(there: list[Candidate], wanted: FigureQuery) -> AmbiguousFigure:
    """The question back if several areas have the name."""
    areas = sorted({(one.area_name, one.area_code, one.area_type.replace("_", " ")) for one in there})
    choices = offered(there, wanted)
    # Without totals, the names of all groups of all areas would obscure the question.
    show = wanted.breakdown is not None or all(one.breakdown == TOTAL for one in choices)
    return AmbiguousFigure(
        f"{len(areas)} areas are called {wanted.area!r}: "
        f"{either((f'{name} ({code}, {kind})' for name, code, kind in areas), 'and')}. "
        + ("Give a code, or one of these names:" if show else "Give a code."),
        names_of(choices, wanted),
        None if show else 0,
    )


def several_figures(there: list[Candidate], wanted: FigureQuery) -> AmbiguousFigure:
    """The question back if several figures are left: which source, group or unit."""
    one = there[0]
    choices = names_of(current(there, wanted), wanted)
    figure = (
        f"{measure_words(one.measure)} for {one.area_name} ({one.area_code}), "
        f"{spoken(one.start, one.end, PeriodKind(one.kind))},"
    )
    sources = {other.source for other in there}
    if len(sources) > 1:
        return AmbiguousFigure(
            f"{figure} is published by {either(sorted(sources), 'and')}. Add --source, or give one of these names:",
            choices,
        )
    if any(other.breakdown != TOTAL for other in there):
        groups = (
            "1 group. Give its name"
            if len(choices) == 1
            else f"{len(choices):,} groups. Give one of these names"
        )
        return AmbiguousFigure(f"{figure} has no total: {one.source} publishes {groups}:", choices)
    return AmbiguousFigure(
        f"{figure} is published in several units, none of them a count. Add --unit, or give one of these names:",
        choices,
    )


def _nearest(there: list[Candidate], breakdown: str) -> list[Candidate]:
    """Groups that contain the words of the request first, and wide groups before narrow ones."""
    from rapidfuzz import fuzz

    word = label(breakdown)
    return sorted(
        there,
        key=lambda one: (
            -fuzz.partial_ratio(word, label(one.breakdown)), one.breakdown.count(";"), one.breakdown, one.area_code,
        ),
    )  # fmt: skip


def names_of(there: Iterable[Candidate], wanted: FigureQuery) -> list[str]:
    """Full names of candidates, with wide groups before groups of several characteristics."""
    ordered = sorted(there, key=lambda one: (one.breakdown != TOTAL, one.breakdown.count(";"), one.breakdown))
    return list(dict.fromkeys(str(one.name(_release(one, wanted))) for one in ordered))


def _release(one: Candidate, wanted: FigureQuery) -> str | None:
    return wanted.release if one.in_release else None


def either(words: Iterable[str], joined: str = "or") -> str:
    """Words as a list in a sentence."""
    listed = list(words)
    return f" {joined} ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else "".join(listed)
