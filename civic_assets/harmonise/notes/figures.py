"""Effects of notes with the figures that each concerns.

Belongs here: the scope of an effect, from the note's marks and words, and asking whether a figure is in it. Does not
belong here: recognising effects (`recognise`), and what they mean for a comparison
(`civic_assets.harmonise.comparability.publisher_notes`).

An effect that forbids a comparison concerns the areas that the note names; other rows with its mark (sums that contain
them) get a caveat. A note that names no area concerns the marked rows, columns or tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from civic_assets.harmonise.notes.kinds import FigureTraits
from civic_assets.harmonise.notes.recognise import Effect
from civic_assets.harmonise.notes.vocabulary import Action
from civic_assets.values.periods import Period

MeasuresOf: TypeAlias = Mapping[str, Sequence[str]]
"""Measures of each table of a release."""


@dataclass(frozen=True, slots=True)
class MarkedScope:
    """One place that carries a note's mark, with what its figures are about; what is empty is not limited.

    Args:
        table: Table of the contract.
        place: `title`, `column`, `row`, `cell` or `table`.
        areas: Codes of areas.
        measures: Measures.
        start: First day of the earliest marked period; None if the mark is on all.
    """

    table: str
    place: str
    areas: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    start: date | None = None


@dataclass(frozen=True, slots=True)
class NoteEffect:
    """One effect of a note of one release, with its scope; what is empty is not limited.

    Args:
        source: Source of the release.
        release: Release that has the note.
        locator: Cell of the note.
        text: The note, as printed.
        effect: Effect of the vocabulary.
        action: What it does to a comparison.
        pattern: Id of the pattern that recognised it.
        sentence: Sentence of the note that has the effect.
        areas: Codes of the areas concerned.
        measures: Measures concerned.
        boundary: First day of the new series; None if the note names none.
        days_from: First day of the time concerned; None if it is every time.
        days_to: Day after its last day; None if it goes on.
        across_areas: Whether figures of other areas are meant, not those of other times.
        totals: Codes of totals most of which is one of the areas.
        figures: Kinds of figures concerned.
    """

    source: str
    release: str
    locator: str
    text: str
    effect: str
    action: Action
    pattern: str
    sentence: str
    areas: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    boundary: date | None = None
    days_from: date | None = None
    days_to: date | None = None
    across_areas: bool = False
    totals: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()

    def concerns(
        self,
        source: str,
        measure: str,
        area_code: str,
        release: str | None,
        within: Sequence[str] = (),
        traits: FigureTraits | None = None,
    ) -> bool:
        """Whether a series is in its scope, as its release prints it.

        Args:
            source: Source of the figure.
            measure: Measure of the figure.
            area_code: Area of the figure.
            release: Release that the figure is taken from; None for any.
            within: Codes of the areas that contain the area, e.g. the force of a partnership.
            traits: What decides of which kinds the figure is; None if any kind may be meant.
        """
        return (
            source == self.source
            and (release is None or release == self.release)
            and (not self.measures or measure in self.measures)
            and self.covers(area_code, within)
            and (traits is None or traits.among(self.figures))
        )

    def covers(self, area_code: str, within: Sequence[str] = ()) -> bool:
        """Whether an area is in its scope.

        What a force does not count, or counts otherwise, changes the figures of the places in it too. A caveat on a
        marked row says nothing about the parts of that row.
        """
        if not self.areas or area_code in self.areas or area_code in self.totals:
            return True
        return self.action == "block" and any(code in self.areas for code in within)

    def touches(self, period: Period) -> bool:
        """Whether it concerns days of a period."""
        after = self.days_from is None or self.days_from < period.end
        return after and (self.days_to is None or period.start < self.days_to)

    def separates(self, a: Period, b: Period) -> bool:
        """Whether its day lies between two periods, or within one of them and not equally in the other."""
        if self.boundary is None or (a.start, a.end) == (b.start, b.end):
            return False
        return min(a.start, b.start) < self.boundary < max(a.end, b.end)


def scoped(
    source: str,
    release: str,
    locator: str,
    text: str,
    effects: Sequence[Effect],
    marks: Sequence[MarkedScope],
    measures_of: MeasuresOf,
) -> list[NoteEffect]:
    """The effects of one note with their scopes.

    Args:
        source: Source of the release.
        release: The release.
        locator: Cell of the note.
        text: The note, as printed.
        effects: What the note says.
        marks: Places that carry its mark.
        measures_of: Measures of each table of the release.
    """
    dated = any(one.boundary for one in effects)
    # A note that is marked anywhere concerns what is marked; the other tables of its list only if it names their areas.
    marked = [mark for mark in marks if mark.place != "table"] or list(marks)
    found: dict[NoteEffect, None] = {}
    for one in effects:
        whole = NoteEffect(
            source, release, locator, text, one.effect, one.action, one.pattern, one.sentence,
            boundary=one.boundary or (None if dated else _first_marked(one, marked)),
            days_from=one.days[0] if one.days else None,
            days_to=one.days[1] if one.days else None,
            across_areas=one.across_areas, figures=one.figures,
        )  # fmt: skip
        if one.effect == "not_comparable":
            # It concerns figures of every period; the days that the note names are those of the change.
            whole = replace(whole, days_from=None, days_to=None)
            if whole.boundary is None and not one.across_areas:
                whole = replace(whole, action="caveat")
        if one.areas:
            others = {code for other in effects if other.effect == one.effect for code in other.areas}
            scopes = _of_named_areas(whole, one, marks, others, measures_of)
        else:
            scopes = _of_marks(whole, one, marked, measures_of)
        found |= dict.fromkeys(scopes)
    return list(found)


def _first_marked(effect: Effect, marks: Sequence[MarkedScope]) -> date | None:
    """Where the note names no day: the first day of the first marked column, if only such columns are marked."""
    if effect.effect != "not_comparable" or any(mark.place not in ("column", "cell") for mark in marks):
        return None
    starts = [mark.start for mark in marks if mark.start]
    return min(starts) if starts and len(starts) == len(marks) else None


def _subject(effect: Effect, marks: Sequence[MarkedScope], measures_of: MeasuresOf) -> set[str]:
    """Measures of the marked columns and those that the note names; empty if there are neither."""
    held = {measure for mark in marks for measure in measures_of.get(mark.table, ())}
    columns = {measure for mark in marks if mark.place in ("column", "cell") for measure in mark.measures}
    return columns | (held & set(effect.measures))


def _of_named_areas(
    whole: NoteEffect, effect: Effect, marks: Sequence[MarkedScope], others: set[str], measures_of: MeasuresOf
) -> Iterator[NoteEffect]:
    held = {measure for mark in marks for measure in measures_of.get(mark.table, ())}
    measures = tuple(sorted(_subject(effect, marks, measures_of) or held))
    yield replace(whole, areas=tuple(sorted(effect.areas)), measures=measures)
    rows = {code for mark in marks if mark.place == "row" for code in mark.areas} - others - set(effect.areas)
    if rows and whole.action != "information":
        yield replace(whole, action="caveat", areas=tuple(sorted(rows)), measures=measures)


def _of_marks(
    whole: NoteEffect, effect: Effect, marks: Sequence[MarkedScope], measures_of: MeasuresOf
) -> Iterator[NoteEffect]:
    if not marks:
        yield whole  # a sentence of the cover is about the whole file
        return
    # What forbids something is limited to the measures that are meant; anything else is said wherever it is marked.
    subject = _subject(effect, marks, measures_of) if effect.action == "block" else set[str]()
    everywhere, rows, cells = set[str](), dict[str, set[str]](), dict[tuple[str, ...], set[str]]()
    for mark in marks:
        of_table = set(measures_of.get(mark.table, ()))
        meant = (set(mark.measures) or of_table & subject or (of_table if not subject else set())) or of_table
        if mark.place in ("title", "table", "column"):
            everywhere |= (meant & subject) if subject else meant
        elif mark.place == "row":
            for code in mark.areas:
                rows.setdefault(code, set()).update(meant)
        else:
            cells.setdefault(mark.areas, set()).update(meant)
    if everywhere:
        yield replace(whole, areas=(), measures=tuple(sorted(everywhere)))
    by_measures: dict[tuple[str, ...], set[str]] = {}
    for code, measures in rows.items():
        by_measures.setdefault(tuple(sorted(measures - everywhere)), set()).add(code)
    for group, codes in by_measures.items():
        if group:
            yield replace(whole, areas=tuple(sorted(codes)), measures=group)
    for areas, measures in cells.items():
        yield replace(whole, areas=areas, measures=tuple(sorted(measures)))
