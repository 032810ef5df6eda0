"""What can be found: an entry for each area, measure, source, check, word and thing that is not held.

Belongs here: the form of an entry, and all of them in their order. Does not belong here: areas (`area_entries`),
figures (`figures`), and the index made from them (`index_file`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.publish.report.links import CHECKS, check_anchor, source_page
from civic_assets.publish.site.addresses import FIND, GLOSSARY, anchor, measure_page, theme_page
from civic_assets.publish.site.glossary.entries import sections
from civic_assets.publish.site.titles import search_words, sentence_start, title_of
from civic_assets.values.plain_words import measure_words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.models.vocabularies.search_words import NotHeld, SearchWords

KINDS = ("area", "measure", "theme", "not_held", "word", "source", "check", "postcode", "figure")
"""Kinds of results. Those of the read model are `area`, `measure`, `source`, `check` and `figure`; `theme` is a
question with several measures, `word` what people call something or a word of the glossary, `not_held` what no source
here holds, `postcode` a postcode or its district."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found.

    Args:
        kind: One of `KINDS`.
        id: Code of an area, name of a measure or source, id of a check, name of a word.
        title: What it is called on the page.
        detail: What tells it apart from others of the same name, in a few words.
        address: Page, relative to the report's folder, perhaps with an anchor.
        names: Further names by which it is found.
        text: Further text in which words are found, without being a name.
        measures: Measures to which it leads, for figures of an area.
    """

    kind: str
    id: str
    title: str
    detail: str
    address: str
    names: tuple[str, ...] = ()
    text: str = ""
    measures: tuple[str, ...] = ()


def all_entries(connection: DuckDBPyConnection) -> list[Entry]:
    """Every entry, in an order that decides between equal matches."""
    from civic_assets.publish.site.find.area_entries import areas

    known = search_words()
    there = published(connection)
    return [
        *areas(connection, known.areas),
        *_measures(connection, known, there),
        *_indicators(connection),
        *_not_held(known, there),
        *_words(known, there),
        *_pages(known),
        *_themes(connection),
        *_glossary(connection),
        *_sources(connection),
        *_checks(connection),
    ]


def published(connection: DuckDBPyConnection) -> Mapping[str, int]:
    """Measures with figures in this publication, and the number of their areas."""
    rows = connection.execute(
        "SELECT measure, count(DISTINCT area_code) FROM harmonised.observations GROUP BY measure ORDER BY measure"
    ).fetchall()
    return dict(rows)


def _measures(
    connection: DuckDBPyConnection, known: SearchWords, published: Mapping[str, int]
) -> Iterator[Entry]:
    rows = connection.execute(
        """SELECT m.measure, m.definition, coalesce(i.titles, []) FROM catalogue.measures m
        LEFT JOIN (
            SELECT f.measure, list_sort(list_distinct(list(i.title) || list(i.report_label))) AS titles
            FROM (
                SELECT DISTINCT indicator, measure FROM harmonised.indicator_figures WHERE role IN ('count', 'rate')
            ) f JOIN harmonised.indicators i USING (indicator)
            WHERE i.indicator <> 'young_population' GROUP BY f.measure
        ) i USING (measure)
        ORDER BY m.measure"""
    ).fetchall()
    told = {measure: definition for measure, definition, _ in rows}
    called = {measure: titles for measure, _, titles in rows}
    # Measures of one source only have no row of their own in older read models.
    for measure in sorted(published):
        definition = told.get(measure) or ""
        yield Entry(
            "measure", measure, title_of(measure), definition, measure_page(measure),
            names=(measure, measure_words(measure), *called.get(measure, ()), *known.measures.get(measure, ())),
            text=definition,
            measures=(measure,),
        )  # fmt: skip


def _indicators(connection: DuckDBPyConnection) -> Iterator[Entry]:
    """Indicators that are not measures and have a page, such as the young population, which is made here from ages."""
    from civic_assets.publish.site.measures.which_measures import measure_pages

    told = {
        row[0]: row[1:]
        for row in connection.execute(
            "SELECT indicator, definition, report_label FROM harmonised.indicators"
        ).fetchall()
    }
    for page in measure_pages(connection):
        if page.indicator:
            definition, label = told[page.name]
            names = tuple(one for one in (page.name, label) if one and one != page.title)
            yield Entry(
                "measure", page.name, page.title, definition or "", measure_page(page.name), names,
                text=definition or "",
            )  # fmt: skip


def _themes(connection: DuckDBPyConnection) -> Iterator[Entry]:
    from civic_assets.publish.site.measures.which_measures import measure_pages
    from civic_assets.publish.site.themes.vocabulary import themes

    there = {page.name for page in measure_pages(connection)}
    for name, theme in themes().with_page(there).items():
        yield Entry(
            "theme", name, theme.title, theme.question, theme_page(name), tuple(theme.words or ()),
            text=theme.question,
        )  # fmt: skip


def _words(known: SearchWords, published: Mapping[str, int]) -> Iterator[Entry]:
    for name, word in known.words.items():
        there = tuple(measure for measure in word.measures if measure in published)
        says = word.says if there else f"{word.says} No figure of it is in this publication."
        address = measure_page(there[0]) if there else ""
        yield Entry("word", name, word.title, says, address, tuple(word.words), measures=there)


def _pages(known: SearchWords) -> Iterator[Entry]:
    for address, page in known.pages.items():
        name = address.partition("#")[2].replace("-", "_")
        yield Entry("word", f"page_{name}", page.title, page.says, address, tuple(page.words))


def _glossary(connection: DuckDBPyConnection) -> Iterator[Entry]:
    """Words, statuses, biases and indicators; checks have entries of their own."""
    for part in sections(connection):
        if part.id == "checks":
            continue
        for one in part.entries:
            yield Entry(
                "word", one.name, sentence_start(one.title), one.says[0].replace("`", ""),
                f"{GLOSSARY}#{one.anchor}", (one.name, *one.also), text=part.title,
            )  # fmt: skip


def _not_held(known: SearchWords, published: Mapping[str, int]) -> Iterator[Entry]:
    for name, absent in not_held(known, published).items():
        there = tuple(measure for measure in absent.nearest or () if measure in published)
        yield Entry(
            "not_held", name, absent.title, sentence_of(absent, there), f"{FIND}#{not_held_anchor(name)}",
            tuple(absent.words or ()), measures=there,
        )  # fmt: skip


def not_held(known: SearchWords, published: Container[str]) -> dict[str, NotHeld]:
    """What no source here holds: the entries of which no measure with figures has the name."""
    return {name: absent for name, absent in known.not_held.items() if name not in published}


def not_held_anchor(name: str) -> str:
    """Anchor of such an entry on the page of the search."""
    return anchor("not-held", name)


def sentence_of(absent: NotHeld, nearest: Sequence[str]) -> str:
    """That no source here holds something, who does, and what comes near."""
    holders = "; ".join(f"{one.organisation}: {one.holds}" for one in absent.held_by)
    near = f" Nearest here: {', '.join(title_of(one) for one in nearest)}." if nearest else ""
    more = f" {absent.says}" if absent.says else ""
    return f"No source here holds this.{more} Who does: {holders}.{near}"


def _sources(connection: DuckDBPyConnection) -> Iterator[Entry]:
    rows = connection.execute(
        "SELECT source, publisher, purpose, not_read_because FROM catalogue.sources ORDER BY source"
    ).fetchall()
    for source, publisher, purpose, not_read in rows:
        detail = f"{publisher}. {purpose}" + (f" It is not read yet, because {not_read}." if not_read else "")
        yield Entry(
            "source", source, source, detail, source_page(source), (publisher or "",), text=purpose or ""
        )


def _checks(connection: DuckDBPyConnection) -> Iterator[Entry]:
    rows = connection.execute(
        "SELECT check_id, layer, name, statement FROM catalogue.checks ORDER BY check_id, layer"
    ).fetchall()
    for check, layer, name, statement in rows:
        # A house rule on derived tables has the id of the rule on releases that it repeats, if there is one.
        yield Entry(
            "check", check, f"{check} {name}", statement or "", f"{CHECKS}#{check_anchor(check, layer)}",
            (check, name or ""), text=statement or "",
        )  # fmt: skip
