"""The search: from what is typed to results in their order.

Belongs here: matching and order. Does not belong here: the forms of words and codes (`plain_text`), reading figures
(`packed_figures`), and how results are shown. `assets/find-ranking.js` does exactly the same in the browser: a
change of one is a change of both.

The order is by plain rules, so that it can be said why something comes first: a postcode; what has exactly this name;
figures with this value; areas with this code; figures of the area and measure that the words name together; then
entries that have the most of the words, first those that have them in one name, whole, and with nothing left over. lunr
finds the words: whole, as the beginning of a word, or with one or two letters mistyped where nothing else has them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from civic_assets.answers.words import SearchKind
from civic_assets.publish.site.find.packed_figures import Figure, Figures, rate_words, value_words
from civic_assets.publish.site.find.plain_text import (
    STOP_WORDS,
    closed,
    code_in,
    is_year,
    numbers_in,
    postcode_in,
    stem,
    without_numbers,
    words_of,
)

_FIRST = ("not_held", "word")
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Result:
    """One result.

    Args:
        kind: One of `civic_assets.publish.site.find.entries.KINDS`.
        id: Code, name or id of what was found.
        title: What it is called.
        detail: What tells it apart from others.
        address: Page, relative to the report's folder, perhaps with an anchor; empty if there is none.
        evidence: Page of the cell that a figure was read from; empty if there is none.
        measures: Measures to which it leads.
        called: The other name by which it was found; empty if it was found by its title or by single words.
    """

    kind: SearchKind
    id: str
    title: str
    detail: str
    address: str
    evidence: str = ""
    measures: tuple[str, ...] = ()
    called: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Results in their order, and words that nothing here has."""

    results: list[Result]
    unmatched: list[str]


@dataclass(slots=True)
class _Entry:
    number: int
    kind: SearchKind
    id: str
    title: str
    detail: str
    address: str
    names: list[str]
    measures: list[str]
    stems: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Hit:
    score: float
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Cover:
    """What an entry covers of the words, as bits: in all, and by its best single name.

    Of that name: how many words it has whole, and how many of its words were not typed.
    """

    entry: _Entry
    all: int
    name: int
    whole: int
    missing: int
    score: int


class Search:
    """A search over an index.

    Args:
        index: Content of the file of the index.
        figures: Content of the file of the figures.
    """

    def __init__(self, index: Mapping[str, Any], figures: Mapping[str, Any]) -> None:
        from lunr.index import Index

        self._lunr = Index.load(index["lunr"])
        self._small, self._postcodes = index["small"], index["postcodes"]
        self._numbers: Mapping[str, int] = index["numbers"]
        self._figures = Figures(figures)
        self._hits: dict[str, dict[int, _Hit]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._by_area: dict[str, _Entry] = {}
        self._entries: list[_Entry] = []
        for number, (kind, id, title, detail, address, names, measures) in enumerate(index["entries"]):
            entry = _Entry(number, kind, id, title, detail, address, [title, *names], measures)
            self._entries.append(entry)
            for name in dict.fromkeys(closed(name) for name in (*entry.names, id)):
                self._by_name.setdefault(name, []).append(number)
            if kind == "area":
                self._by_area[id] = entry

    def find(self, text: str) -> Found:
        """What a text finds."""
        numbers = numbers_in(text)
        years = [number for number in numbers if is_year(number)]
        exact = self._named(text)
        numbers_matter = bool(numbers) and not exact
        words = words_of(without_numbers(text) if numbers_matter else text)[: self._numbers["words"]]
        # Next to a number, words of asking say nothing.
        if numbers_matter and all(word in STOP_WORDS for word in words):
            words = []
        found = [self._hits_of(word) for word in words]
        unmatched = [word for word, hits in zip(words, found, strict=True) if not hits]
        hits = [one for one in found if one]
        stemmed = [stem(word) for word, one in zip(words, found, strict=True) if one]
        numbered = {number for one in hits for number in one}
        covered = _in_order([_cover(self._entries[number], stemmed, hits) for number in numbered])
        full = (1 << len(hits)) - 1

        results: dict[tuple[str, str], Result] = {}

        def add(more: Sequence[Result]) -> None:
            for one in more:
                results.setdefault((one.kind, one.id), one)

        add(self._of_postcode(text))
        add([_result(entry, text) for entry in exact])
        if numbers_matter:
            add(self._of_numbers(numbers, covered, full))
        add(self._of_code(words))
        if not exact:
            add(self._of_area_and_measure(covered, full, years))
        # Entries with all words; if there are none, those of which a whole name was typed; then those with most words.
        most = covered[0].all.bit_count() if covered else 0
        if most < len(hits):
            whole = [one for one in covered if one.missing == 0 and one.whole == one.name.bit_count()]
            add([_result(one.entry, "") for one in whole])
        add([_result(one.entry, "") for one in covered if one.all.bit_count() == most])
        listed, code = list(results.values()), code_in(words)
        if listed or (code and len(unmatched) == 1):
            unmatched = [word for word in unmatched if word.upper() != code]
        if listed and listed[0].kind == "postcode":
            unmatched = []
        return Found(self._with_measures(listed)[: self._numbers["results"]], unmatched)

    def _hits_of(self, word: str) -> dict[int, _Hit]:
        """Matches of one word by number of the entry."""
        from lunr.query import Query

        if word in self._hits:
            return self._hits[word]
        found: dict[int, _Hit] = {}

        def ask(*clauses: tuple[str, Mapping[str, Any]]) -> None:
            query = self._lunr.create_query()
            for term, how in clauses:
                query.term(term, **how)
            for one in self._lunr.query(query):
                found[int(one["ref"])] = _Hit(one["score"], frozenset(one["match_data"].metadata))

        # Every word begins with some letter: one letter finds only what is called so.
        beginning = (
            [(word, {"boost": self._numbers["beginning"], "wildcard": Query.WILDCARD_TRAILING})]
            if len(word) > 1
            else []
        )
        ask((stem(word), {"boost": self._numbers["whole"]}), *beginning)
        # A code with a digit more or less is another code.
        coded = any(letter in _DIGITS for letter in word) or len(word) > self._numbers["longestMistyped"]
        edits = (
            2
            if len(word) >= self._numbers["shortestTwiceMistyped"]
            else 1
            if len(word) >= self._numbers["shortestMistyped"]
            else 0
        )
        for distance in range(1, (0 if coded else edits) + 1):
            if not found:
                ask((stem(word), {"boost": self._numbers["mistyped"], "edit_distance": distance}))
        self._hits[word] = found
        return found

    def _named(self, text: str) -> list[_Entry]:
        """Entries of which the whole text is a name."""
        wanted = closed(text)
        if not wanted:
            return []
        numbers = self._by_name.get(wanted) or self._by_name.get(closed(" ".join(words_of(text)))) or []
        return sorted(
            (self._entries[number] for number in numbers),
            key=lambda one: (_place(one, wanted), one.number),
        )

    def _with_measures(self, results: list[Result]) -> list[Result]:
        """After the explanation of a word come the measures that it leads to."""
        first = next(
            (at for at, one in enumerate(results) if one.kind not in ("postcode", "figure")), len(results)
        )
        if first == len(results) or results[first].kind not in _FIRST:
            return results
        order = {measure: at for at, measure in reversed(list(enumerate(results[first].measures)))}
        measures = sorted(
            (one for one in self._entries if one.kind == "measure" and one.id in order),
            key=lambda one: order[one.id],
        )
        others = [one for one in results[first + 1 :] if one.kind != "measure" or one.id not in order]
        return [*results[: first + 1], *(_result(one, "") for one in measures), *others]

    def _of_postcode(self, text: str) -> list[Result]:
        postcode = postcode_in(text)
        if not postcode or self._named(text):
            return []
        detail = (
            "No postcode lookup is held, so no postcode can be placed here. The page says what is missing and who "
            "has it."
        )
        if self._postcodes:
            district = postcode.partition(" ")[0]
            what = "Its ward" if district != postcode else "For each of its postcodes: ward"
            by = f"by the postcode directory with {self._postcodes['directory']}."
            held = f" {district} " in f" {self._postcodes['districts']} "
            detail = (
                f"{what}, authority, partnership, police force and small census area, {by}"
                if held
                else f"No area with a page here has a postcode of the district {district}, {by}"
            )
        address = f"postcodes.html#{postcode.replace(' ', '-')}"
        return [Result("postcode", postcode, f"Postcode {postcode}", detail, address)]

    def _of_code(self, words: Sequence[str]) -> list[Result]:
        code, joined = code_in(words), "".join(words)
        coded = (one for one in self._entries if code and one.kind == "area" and one.id.startswith(code))
        areas = sorted(coded, key=lambda one: (_digits(one.id), one.number))[: self._numbers["codes"]]
        small = [
            Result("area", id, name, f"Small area ({id})", f"areas/{_file(id)}.html")
            for id, name in self._small
            if (id.startswith(code) if code else closed(name) == joined)
        ]
        return [*(_result(one, "") for one in areas), *small[: self._numbers["codes"]]]

    def _figure(self, row: Figure) -> Result:
        """A figure as a result. Where an area has none and a wider area has one, the wider area's is named as that."""
        item, area = self._figures.packed["items"][row.item], self._by_area.get(row.area)
        name, shown = area.title if area else row.area, value_words(row, item)
        wider = next(iter(self._newest(row.wider, row.item, (), row.period)), None) if row.wider else None
        other = ""
        if not shown and wider:
            wide = self._by_area.get(row.wider)
            other = value_words(wider, item)
            name = f"{wide.title if wide else row.wider}, not {name} alone"
        used = wider if wider and other else row
        release = (wider or row).release
        details = (
            _capital(row.period),
            rate_words(row, item) if row.count else "",
            row.said,
            f"Source: {release}" if release else "",
            area.detail if area and not other else "",
        )
        page = area.address if area else f"areas/{row.area}.html"
        return Result(
            "figure",
            f"{row.area} {item[0]} {row.period} {row.release}",
            f"{'SYNTHETIC ' if used.synthetic else ''}{item[1]}, {name}: {shown or other or 'no figure'}",
            " ".join(f"{one.removesuffix('.')}." for one in details if one),
            f"{page}#{row.place}",
            used.evidence,
            tuple(item[4]),
        )

    def _of_area_and_measure(
        self, covered: Sequence[_Cover], full: int, years: Sequence[str]
    ) -> list[Result]:
        """Newest figures of the areas and measures that the words name together."""
        places = [
            one for one in covered if one.entry.kind == "area" and one.name and self._figures.of(one.entry.id)
        ]
        subjects = sorted(
            (one for one in covered if one.name and self._items_of(one.entry)),
            key=lambda one: (-one.name.bit_count(), -one.whole, one.missing, one.entry.number),
        )[: self._numbers["candidates"]]
        pairs: list[tuple[_Cover, _Cover]] = []
        for subject in subjects:
            rest = full & ~subject.name
            # Measures that fit less well than one that has led to figures are not meant.
            if not rest or (pairs and _fit(subject) < _fit(pairs[0][0])):
                continue
            items = self._items_of(subject.entry)
            there = [
                place
                for place in places
                if place.name & rest and any(row.item in items for row in self._figures.of(place.entry.id))
            ]
            pairs += [(subject, place) for place in _meant(there, rest)]
        pairs.sort(
            key=lambda pair: (
                -pair[0].name.bit_count(), -pair[0].whole, pair[0].missing, pair[1].missing, pair[0].entry.number,
                _first_bit(pair[1].name & ~pair[0].name), pair[1].entry.number,
            )
        )  # fmt: skip
        rows: list[Figure] = []
        for subject, place in pairs:
            if len(rows) >= self._numbers["figures"]:
                break
            for item in self._items_of(subject.entry):
                rows += self._newest(place.entry.id, item, years, "")
        return [self._figure(row) for row in rows[: self._numbers["figures"]]]

    def _items_of(self, entry: _Entry) -> list[int]:
        """Items of figures to which an entry leads."""
        return list(
            dict.fromkeys(
                item for measure in entry.measures for item in self._figures.items_of.get(measure, ())
            )
        )

    def _newest(self, code: str, item: int, years: Sequence[str], period: str) -> list[Figure]:
        """The newest figure of an item in an area, or those of some years; or that of one period."""
        rows = [
            row for row in self._figures.of(code) if row.item == item and (not period or row.period == period)
        ]
        wanted = [row for row in rows if any(year in row.period for year in years)]
        return wanted or rows[:1]

    def _of_numbers(self, numbers: Sequence[str], covered: Sequence[_Cover], full: int) -> list[Result]:
        """Figures that have one of some values; those of the areas and measures named with it, if there are any."""
        # A year is a value only if nothing else is asked; a number of one or two digits is the value of thousands.
        if full and all(map(is_year, numbers)):
            return []
        sought = [
            number for number in numbers if len(number.replace(".", "")) >= self._numbers["fewestDigits"]
        ]
        everywhere = list(self._figures.packed["areas"])
        places = {one.entry.id for one in covered if one.name and one.entry.kind == "area"}
        items = {item for one in covered if one.name for item in self._items_of(one.entry)}
        there = [code for code in everywhere if code in places] if places else everywhere
        rows = self._figures.with_value(sought, there, items, self._numbers["sameNumber"])
        if not rows and full:
            rows = self._figures.with_value(sought, everywhere, (), self._numbers["sameNumber"])
        return [self._figure(row) for row in rows]


def _result(entry: _Entry, text: str) -> Result:
    """An entry as a result; if the whole text is another name of it, with that name."""
    wanted = closed(text)
    name = next((one for one in entry.names if closed(one) == wanted), "") if wanted else ""
    called = name if name and closed(name) != closed(entry.title) and name != entry.id else ""
    return Result(
        entry.kind, entry.id, entry.title, entry.detail, entry.address, "", tuple(entry.measures), called
    )


def _cover(entry: _Entry, stemmed: Sequence[str], found: Sequence[Mapping[int, _Hit]]) -> _Cover:
    if not entry.stems:
        entry.stems = [list(dict.fromkeys(map(stem, words_of(name)))) for name in entry.names]
    hits = [
        (1 << position, stemmed[position], hits[entry.number])
        for position, hits in enumerate(found)
        if entry.number in hits
    ]
    best, best_mask = (0, 0, 99), 0
    for name in entry.stems:
        mask, whole, used = 0, 0, set[str]()
        for bit, word, hit in hits:
            same = word in name and word not in used
            term = word if same else next((one for one in name if one in hit.terms and one not in used), None)
            if term is not None:
                mask |= bit
                used.add(term)
            whole += same
        rank = (-mask.bit_count(), -whole, len(name) - len(used))
        if rank < best:
            best, best_mask = rank, mask
    score = 0.0
    for _, _, hit in hits:
        score += hit.score
    covers = sum(bit for bit, _, _ in hits)
    return _Cover(entry, covers, best_mask, -best[1], best[2], math.floor(score * 1000 + 0.5))


def _first_bit(mask: int) -> int:
    """The first of some words, so that places come in the order in which they were typed."""
    return mask & -mask


def _place(entry: _Entry, wanted: str) -> int:
    """Before what only has the same name come what nobody here holds, then words that need an explanation."""
    if closed(entry.title) == wanted or entry.kind not in _FIRST:
        return len(_FIRST)
    return _FIRST.index(entry.kind)


def _fit(one: _Cover) -> tuple[int, int, bool]:
    return one.name.bit_count(), one.whole, one.missing == 0


def _in_order(covered: list[_Cover]) -> list[_Cover]:
    def key(one: _Cover) -> tuple[int, ...]:
        in_name = (-one.name.bit_count(), -one.whole, one.missing) if one.name else (0, 0, 0)
        return (-one.all.bit_count(), *in_name, 0 if one.name else -one.score, one.entry.number)

    return sorted(covered, key=key)


def _meant(there: Sequence[_Cover], rest: int) -> list[_Cover]:
    """Areas that some words name: one that has them all, or several that have them together; whole names first."""
    wholes = [place for place in there if place.all & rest == rest]
    both = [place for place in wholes if place.missing == 0]
    exactly = [place for place in there if place.missing == 0]
    if both:
        return both
    if _together(exactly, rest):
        return exactly
    if wholes:
        least = min(place.missing for place in wholes)
        return [place for place in wholes if place.missing == least]
    return list(there) if _together(there, rest) else []


def _together(places: Sequence[_Cover], rest: int) -> bool:
    mask = 0
    for place in places:
        mask |= place.name
    return mask & rest == rest


def _digits(code: str) -> int:
    return int(code[1:9]) if code[1:9] and set(code[1:9]) <= set(_DIGITS) else 0


def _file(code: str) -> str:
    return "".join(one if one.isascii() and one.isalnum() else "_" for one in code)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
