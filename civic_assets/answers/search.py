"""The answer of `search`: areas, measures, figures, sources, checks and words that match.

Belongs here: what `search --json` prints. Does not belong here: the search (`civic_assets.publish.site.find`) and
printing it for people (`civic_assets.cli.search`).
"""

from __future__ import annotations

from dataclasses import dataclass

from civic_assets.answers.words import SearchKind


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One thing that was found."""

    kind: SearchKind
    """`area`, `measure`, `figure`, `source`, `check`, `theme`, `word`, `postcode`, or `not_held`: no source here has
    it."""
    id: str
    """Code of an area, name of a measure, source or theme, id of a check, name of a word; for a figure its area, item,
    period and release."""
    title: str
    """What it is called; for a figure also its value."""
    detail: str
    """What tells it apart from others of the same name, or explains it."""
    address: str
    """Page of the site, relative to its folder; empty if there is none."""
    evidence: str
    """Page of the cell that a figure was read from, relative to the folder of the site; empty if there is none."""
    measures: tuple[str, ...]
    """Measures to which it leads."""
    called: str
    """The other name by which it was found; empty if it was found by its title or by single words."""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What some words find, in the order of the site."""

    words: str
    """The words as typed."""
    results: tuple[SearchResult, ...]
    """What was found, the best match first."""
    unmatched: tuple[str, ...]
    """Words that nothing here has."""
    permalink: str
    """Page of the site that shows the same, relative to its folder."""
    site: str
    """Folder of the site."""
    synthetic: bool
    """Whether the figures are made up."""
