"""What a note says, recognised by its words: effects, the day of a change, the days concerned, areas and measures.

Belongs here: reading the words of one note. Does not belong here: the words themselves
(`vocabularies/note_effects.yaml`), and which figures carry the note's mark (`civic_assets.parsing.notes`).

A note is read sentence by sentence, since one note may have several effects with a date each ("Avon and Somerset,
Essex: not comparable prior to the year ending March 2018; Northumbria and Surrey: ... March 2017"). A date or an area
that the sentence does not name is taken from the rest of the note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from civic_assets.harmonise.notes.vocabulary import Action, NoteVocabulary, Recognition, note_vocabulary
from civic_assets.values.cells import label
from civic_assets.values.month_text import MONTH_NAME, MONTHS
from civic_assets.values.period_text import years_ending
from civic_assets.values.periods import first_of_month, year_ending

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z'\u2018\"(])|\s*\n\s*")
_YEAR = "((?:19|20)[0-9]{2})"
_MONTHS = re.compile(rf"\b({MONTH_NAME})(?: {_YEAR})? (?:to|and|-) ({MONTH_NAME}) {_YEAR}")
# "Figures for total burglary are unaffected."
_UNAFFECTED = re.compile(r"\b(?:unaffected|not affected|not affect)\b")
_OF_NAMED_AREAS = ("estimated", "not_supplied")
_METHOD = "method_changed"
_MID_YEAR = re.compile(rf"\bmid[- ]{_YEAR}")
_DIVIDES = re.compile(r"\b(?:rates?|based on|using|uses?|used|per 1,000|divided|denominators?)\b")
_ONE_MONTH = re.compile(rf"\bfor ({MONTH_NAME}) {_YEAR}")


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect of a note.

    Args:
        effect: Effect of the vocabulary.
        action: What it does to a comparison.
        pattern: Id of the pattern that recognised it.
        sentence: The sentence, as printed.
        boundary: First day of the new series, for `not_comparable`; None if the note names none.
        days: First day and day after the last (None: it goes on) of the time concerned; None if the note names none.
        across_areas: Whether figures of other areas are meant, not those of other times.
        areas: Codes of the areas that the note names.
        measures: Measures that the note names.
        figures: Kinds of figures that the sentence is about; empty for all.
    """

    effect: str
    action: Action
    pattern: str
    sentence: str
    boundary: date | None = None
    days: tuple[date, date | None] | None = None
    across_areas: bool = False
    areas: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


def effects_of(text: str, names: Mapping[str, Sequence[str]]) -> list[Effect]:
    """Effects of a note, in the order of its sentences and of the vocabulary.

    Args:
        text: The note, as printed.
        names: Codes of the areas of the release, by name in the form of `civic_assets.values.cells.label`.
    """
    vocabulary = note_vocabulary()
    sentences = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    recognised: list[tuple[str, Recognition]] = []
    for sentence in sentences:
        words, seen = label(sentence), set[str]()
        for one in vocabulary.recognitions:
            if one.effect not in seen and one.matches(words):
                seen.add(one.effect)
                recognised.append((sentence, one))
    return [
        _effect(sentence, one, _rest(sentence, one.effect, sentences, recognised), names, vocabulary)
        for sentence, one in recognised
    ]


def _rest(
    sentence: str, effect: str, sentences: Sequence[str], recognised: Sequence[tuple[str, Recognition]]
) -> str:
    """The other sentences of a note, without those that have the same effect: their dates and areas are their own."""
    same = {said for said, one in recognised if one.effect == effect}
    same |= {said for said in sentences if _UNAFFECTED.search(label(said))}
    return " ".join(other for other in sentences if other != sentence and other not in same)


def _effect(
    sentence: str, one: Recognition, rest: str, names: Mapping[str, Sequence[str]], vocabulary: NoteVocabulary
) -> Effect:
    words, others = label(sentence), label(rest)
    # An effect that does nothing to a comparison concerns what carries the mark, whomever the words mention.
    binding = one.action == "block" or one.effect in _OF_NAMED_AREAS
    day = _boundary(words, vocabulary) or _boundary(others, vocabulary)
    days: tuple[date, date | None] | None = _days(words)
    if days is None and one.action != "block":
        days = _mid_years(words)
    days = days or _days(others)
    if one.effect == "undercounted" and days is None and day is not None:
        days = (day, None)
    return Effect(
        one.effect,
        one.action,
        one.id,
        sentence,
        day if one.effect == "not_comparable" else None,
        days,
        one.across_areas,
        _areas_of(one.effect, words, others, names) if binding or one.effect == _METHOD else (),
        (_measures(words, vocabulary) or _measures(others, vocabulary)) if binding else (),
        # What forbids a comparison is not limited: a note that was lost would let a false comparison pass.
        () if one.action == "block" else _kinds(words, vocabulary),
    )


def figures_of_note(text: str) -> tuple[str, ...]:
    """Kinds of figures that a whole note is about: those of its sentences, if all name the same; otherwise empty.

    Args:
        text: The note, as printed.
    """
    vocabulary = note_vocabulary()
    found = {_kinds(label(part), vocabulary) for part in _SENTENCE.split(text) if part.strip()}
    return found.pop() if len(found) == 1 else ()


def _kinds(words: str, vocabulary: NoteVocabulary) -> tuple[str, ...]:
    return tuple(one.kind for one in vocabulary.figures if one.matches(words))


def says_nothing(text: str) -> bool:
    """Whether a line next to a table or on a cover is a title, a link or an address rather than a note."""
    words = label(text)
    return any(pattern.search(words) for pattern in note_vocabulary().not_notes)


def _boundary(words: str, vocabulary: NoteVocabulary) -> date | None:
    for pattern, rule in vocabulary.boundaries:
        days = [_day(match, rule) for match in pattern.finditer(words)]
        if days:
            return min(days)
    return None


def _day(match: re.Match[str], rule: str) -> date:
    named = match.groupdict()
    year = int(named["year"])
    if rule == "financial_year":
        return date(year, 4, 1)
    if rule == "mid_year":
        return date(year, 6, 30)
    if rule == "year":
        return date(year, 1, 1)
    month = MONTHS[named["month"]]
    if rule == "month":
        return first_of_month(year, month)
    if rule == "month_after":
        return first_of_month(year + month // 12, month % 12 + 1)
    whole = year_ending(year, month)
    return whole.start if rule == "year_ending" else whole.end


def _days(words: str) -> tuple[date, date] | None:
    """Days that a text names as months or years."""
    spans: list[tuple[date, date]] = []
    for first, first_year, last, last_year in _MONTHS.findall(words):
        year, month = int(last_year), MONTHS[last]
        start = first_of_month(int(first_year or year), MONTHS[first])
        spans.append((start, first_of_month(year + month // 12, month % 12 + 1)))
    for name, named_year in _ONE_MONTH.findall(words):
        year, month = int(named_year), MONTHS[name]
        spans.append((first_of_month(year, month), first_of_month(year + month // 12, month % 12 + 1)))
    spans += [(period.start, period.end) for period in years_ending(words)] if not spans else []
    spans = [(start, end) for start, end in spans if start < end]
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None


def _mid_years(words: str) -> tuple[date, date] | None:
    """Days of the estimates that a sentence is about, "mid-2022", for example.

    None if the estimates are what a rate is divided by: such a sentence is about figures of other days.
    """
    years = [] if _DIVIDES.search(words) else sorted(map(int, _MID_YEAR.findall(words)))
    return (date(years[0], 6, 30), date(years[-1], 7, 1)) if years else None


def _areas_of(effect: str, words: str, others: str, names: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Codes of areas that an effect concerns: those of its sentence, or else of the note.

    A method that an area took up is that area's. A method of a whole table is not that of an area that another sentence
    of the note is about.
    """
    own = _areas(words, names)
    return own if own or effect == _METHOD else _areas(others, names)


def _areas(words: str, names: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Codes of areas that a text names; the longest names first, so that no part of a name is taken for another."""
    rest, found = words.replace(" & ", " and "), list[str]()
    for name in sorted(names, key=len, reverse=True):
        if name not in rest:
            continue
        pattern = rf"\b{re.escape(name)}\b"
        if re.search(pattern, rest):
            rest = re.sub(pattern, " ", rest)
            found.extend(names[name])
    return tuple(found)


def _measures(words: str, vocabulary: NoteVocabulary) -> tuple[str, ...]:
    rest, found = words, list[str]()
    for name, measures in vocabulary.subjects.items():
        if name in rest:
            rest = rest.replace(name, " ")
            found.extend(measures)
    return tuple(found)
