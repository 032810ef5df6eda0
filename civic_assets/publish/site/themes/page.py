"""The page of one theme: everything that its template shows.

Belongs here: putting the parts of a page together. Does not belong here: the tables (`boroughs`), what a theme says
(`data_contracts/vocabularies/themes.yaml`), and which pages there are (`section`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from civic_assets.house_numbers.display import MEASURE_BIASES
from civic_assets.publish.site.addresses import measure_page, theme_page
from civic_assets.publish.site.areas.figures import Evidence, Figures
from civic_assets.publish.site.areas.period_names import period_name
from civic_assets.publish.site.areas.which_areas import kinds_words
from civic_assets.publish.site.measures.distribution import NOT_PLACES
from civic_assets.publish.site.measures.facts import Facts
from civic_assets.publish.site.measures.figures_tables import KINDS
from civic_assets.publish.site.measures.page import counted
from civic_assets.publish.site.measures.words import BIASES, readable
from civic_assets.publish.site.themes.boroughs import LARGER, Column, absent, synthetic, table_html
from civic_assets.publish.site.titles import sentence_start

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.themes import Theme

TEMPLATE = "themes/theme.html.j2"
_KINDS_NAMED = 4


def page_of(
    name: str,
    theme: Theme,
    facts: Mapping[str, Facts],
    kinds: Mapping[str, Sequence[Any]],
    columns: Sequence[tuple[Column, Column]],
    areas: Mapping[str, str],
    evidence: Evidence,
    *,
    glossary: bool,
) -> Mapping[str, Any]:
    """What the template of a page is given.

    Args:
        name: Name of the theme.
        theme: The theme.
        facts: the words about each measure with a page.
        kinds: Kinds of area of the figures that the page of a measure shows, and the newest period.
        columns: Columns of the boroughs and of the larger areas, in the order of the theme.
        areas: Names of boroughs and larger areas, by code.
        evidence: Function for addresses of evidence.
        glossary: Whether the site has a glossary.
    """
    figures = Figures(theme_page(name), evidence, glossary=glossary)
    titles = {measure: own["page"].title for measure, own in facts.items()}
    units = {measure: counted(own) for measure, own in facts.items()}
    boroughs = sorted(
        ((code, words) for code, words in areas.items() if code not in LARGER), key=lambda one: one[1]
    )
    larger = [(code, areas[code]) for code in LARGER if code in areas]
    own, wider = [one for one, _ in columns], [one for _, one in columns]
    return {
        "name": name,
        "theme": theme,
        "root": figures.root,
        "measures": [_measure(measure, theme, facts, kinds) for measure in theme.measures],
        "boroughs": Markup(
            table_html(
                own, boroughs, "Newest figures of the boroughs of London, in the order of their names. Choose a figure "
                "to see the cell that it was read from.", "boroughs-caption", units, titles, figures,
            )
        ),
        "larger": Markup(
            table_html(
                wider, [(code, words) for code, words in larger if any(code in one.cells for one in wider)],
                "Newest figures of the police forces of London, of London and of England.", "larger-caption", units,
                titles, figures,
            )
        ),
        "absent": absent(columns, titles),
        "biases": [_bias(bias, why, theme, facts) for bias, why in theme.biases.items()],
        "synthetic": synthetic([*own, *wider]),
    }  # fmt: skip


def _measure(
    name: str, theme: Theme, facts: Mapping[str, Facts], kinds: Mapping[str, Sequence[Any]]
) -> Mapping[str, Any]:
    one, own = theme.measures[name], facts.get(name)
    entry = (own["measure"] or own["indicator"] or {}) if own else {}
    areas, newest = kinds.get(name, ((), None))
    places = [kind for kind in areas if kind not in NOT_PLACES]
    order = sorted(places, key=lambda kind: (KINDS.index(kind) if kind in KINDS else len(KINDS), kind))
    more = len(order) - _KINDS_NAMED
    return {
        "title": own["page"].title if own else name.replace("_", " "),
        "address": measure_page(name) if own else "",
        "definition": entry.get("definition") or "",
        "can": one.can,
        "cannot": one.cannot,
        "kinds": ", ".join(kinds_words(kind) for kind in order[:_KINDS_NAMED])
        + (f" and {more} other kind{'s' if more > 1 else ''} of area" if more > 0 else ""),
        "time": sentence_start(period_name(newest[1], newest[0])) if newest else "",
        "synthetic": bool(own and own["page"].synthetic),
    }


def _bias(name: str, why: str, theme: Theme, facts: Mapping[str, Facts]) -> Mapping[str, Any]:
    """A bias, why it matters here, and what the register found about the measures of the theme as a whole."""
    said = [
        (facts[measure]["page"].title, measure_page(measure), readable(row["verdict"]))
        for measure in theme.measures
        if measure in facts
        for row in facts[measure]["biases"]
        if row["bias"] == name and row["area_code"] is None
    ]
    title, meaning = BIASES[name]
    return {
        "title": title,
        "meaning": meaning,
        "why": why,
        "said": said[:MEASURE_BIASES],
        "more": len(said) - MEASURE_BIASES,
    }
