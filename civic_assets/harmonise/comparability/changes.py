"""Published changes: a change is a comparison in itself, of its period with an earlier one.

Belongs here: how two published changes differ in what they compare, and breaks and notes that lie inside one of them.
Does not belong here: how two levels differ (`misalignments`), and what a break or a note separates (`breaks`,
`publisher_notes`).

A break inside a change makes it something else than a change: the publisher's percentage for a force that changed its
method between the two years cannot be ranked with that of a force that did not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.breaks import Figure, breaks_between
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.values.period_words import spoken_period


def span_text(a: ComparedFigure, b: ComparedFigure) -> str | None:
    """In what the spans of two changes differ, as a sentence; None if they are alike or one figure is not a change."""
    if a.compared_with is None or b.compared_with is None:
        return None
    # One is a year with a leap day, the other without: a span of whole years may differ by a day.
    spans = [(one.period.start - one.compared_with.start).days for one in (a, b) if one.compared_with]
    if abs(spans[0] - spans[1]) <= 1 + max(spans) // 365 // 4:
        return None
    first, second = (spoken_period(one.compared_with) for one in (a, b) if one.compared_with)
    return f"One change is measured from {first}, the other from {second}, so they span unlike stretches of time."


def inside(a: ComparedFigure, b: ComparedFigure, register: AreaRegister) -> Iterator[tuple[str, bool]]:
    """Breaks and notes inside the changes that two figures are.

    Args:
        a: One figure.
        b: The other.
        register: Register of areas.

    Yields:
        A sentence, and whether it is serious: what lies in one change only makes the two unlike.
    """
    first, second = (_crossed(one, register) for one in (a, b))
    for key, (text, blocks) in (first | second).items():
        both = key in first and key in second
        if blocks or not both:
            called = "both changes" if both else (a if key in first else b).called
            yield f"Inside {called}: {text}", blocks and not both


def _crossed(figure: ComparedFigure, register: AreaRegister) -> dict[tuple[str, str], tuple[str, bool]]:
    """What separates the two periods of a change, by its kind and name: a sentence, and whether it blocks."""
    base = figure.compared_with
    if base is None:
        return {}
    now = Figure(
        figure.source, figure.measure, figure.area.code, figure.period, figure.breakdown, figure.unit,
        figure.release, tuple(sorted(register.above(figure.area.code))),
    )  # fmt: skip
    found = {}
    for entry in breaks_between(replace(now, period=base), now):
        text = f"{entry.effect} (break {entry.id}). Reference: {entry.reference}."
        found["break", entry.id] = text, entry.action == "block"
    for effect in figure.notes:
        divides = effect.effect == "not_comparable" and not effect.across_areas
        if divides and effect.separates(base, figure.period):
            words = " ".join(effect.sentence.split())
            text = f"the publisher says \u201c{words}\u201d ({effect.source} {effect.release}, {effect.locator})."
            found["note", words] = text, effect.action == "block"
    return found
