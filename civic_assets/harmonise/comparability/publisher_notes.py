"""What publishers' notes say about comparing two figures.

Belongs here: which effects of notes stand against a comparison of two figures, and which are said with it. Does not
belong here: recognising effects (`civic_assets.harmonise.notes`), and breaks of the register (`breaks`).

A note is about the figures of its own release, because a later edition may have revised them: the Metropolitan Police's
knife crime of one edition carries that edition's note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.house_numbers.display import CHARACTERS_OF_A_NOTE
from civic_assets.values.cells import label
from civic_assets.values.period_words import spoken_day

if TYPE_CHECKING:
    from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
    from civic_assets.harmonise.notes.figures import NoteEffect
    from civic_assets.harmonise.notes.kinds import FigureTraits


@dataclass(frozen=True, slots=True)
class NoteReason:
    """A note that concerns a comparison of two figures.

    Args:
        effect: Effect of the note.
        text: A sentence with the note's words and its cell.
        forbids: Whether it forbids to call one figure higher or lower than the other.
        breaks_series: Whether it divides a series in time or separates areas, rather than qualifying one figure.
    """

    effect: NoteEffect
    text: str
    forbids: bool
    breaks_series: bool


def about(
    effects: Iterable[NoteEffect],
    source: str,
    measure: str,
    area_code: str,
    release: str | None,
    within: Sequence[str] = (),
    traits: FigureTraits | None = None,
) -> tuple[NoteEffect, ...]:
    """Effects of notes that concern a series of a release; those that do nothing to a comparison are left out.

    Args:
        effects: Effects of all notes.
        source: Source of the series.
        measure: Measure of the series.
        area_code: Area of the series.
        release: Release that the figure is taken from.
        within: Codes of the areas that contain its area.
        traits: What decides of which kinds the figure is; None if any kind may be meant.
    """
    return tuple(
        effect
        for effect in effects
        if effect.action != "information"
        and effect.concerns(source, measure, area_code, release, within, traits)
    )


def between(a: ComparedFigure, b: ComparedFigure) -> Iterator[NoteReason]:
    """Notes that concern a comparison of two figures, those that forbid it first; each note once.

    A caveat that holds for both figures alike, such as what both leave out, does not change the comparison, and is left
    out here; `trace` prints it with each of them.

    Args:
        a: One figure, with its notes.
        b: The other.
    """
    reasons = [reason for effect in dict.fromkeys((*a.notes, *b.notes)) for reason in _reason(effect, a, b)]
    seen: set[str] = set()
    for reason in sorted(reasons, key=lambda one: (not one.forbids, not one.breaks_series)):
        words = label(reason.effect.text)
        if words not in seen:
            seen.add(words)
            yield reason


def _reason(effect: NoteEffect, a: ComparedFigure, b: ComparedFigure) -> Iterator[NoteReason]:
    one_measure = a.measure == b.measure
    same_days = (a.period.start, a.period.end) == (b.period.start, b.period.end)
    blocks = effect.action == "block"
    if effect.effect == "not_comparable":
        if effect.across_areas:
            if one_measure and a.area.code != b.area.code:
                yield _said(effect, forbids=blocks, breaks_series=True)
        elif effect.boundary is None:
            # The publisher names no day, so whether these two periods are meant is not known.
            if one_measure and not same_days:
                yield _said(effect, forbids=False, breaks_series=True)
        elif one_measure and effect.separates(a.period, b.period):
            yield _said(effect, forbids=blocks, breaks_series=True)
        return
    touched = [effect in one.notes and effect.touches(one.period) for one in (a, b)]
    if any(touched) and (blocks or not all(touched)):
        yield _said(effect, forbids=blocks and one_measure, breaks_series=False)


_LEADS = {
    "not_comparable": "The publisher says that these figures are not comparable",
    "undercounted": "The publisher says that a figure is too small",
    "part_of_period": "The publisher says that a figure covers only a part of its period",
    "estimated": "The publisher says that a figure is partly an estimate",
}


def _said(effect: NoteEffect, *, forbids: bool, breaks_series: bool) -> NoteReason:
    words = " ".join(effect.text.split())
    if len(words) > CHARACTERS_OF_A_NOTE:
        words = " ".join(effect.sentence.split())
    if len(words) > CHARACTERS_OF_A_NOTE:
        words = words[:CHARACTERS_OF_A_NOTE].rsplit(" ", 1)[0] + " ..."
    lead = _LEADS.get(effect.effect) if effect.action == "block" else None
    when = f" across {spoken_day(effect.boundary)}" if effect.boundary else ""
    text = (
        f"{lead or 'A note of the publisher concerns the comparison'}{when}: \u201c{words.strip()}\u201d "
        f"({effect.source} {effect.release}, {effect.locator})"
    )
    return NoteReason(effect, text + ".", forbids, breaks_series)
