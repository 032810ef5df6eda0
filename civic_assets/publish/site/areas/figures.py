"""Figures as a page of an area prints them: the number or its status in words, with a link to its cells.

Belongs here: HTML of single figures. Does not belong here: addresses of evidence (`civic_assets.publish.site.evidence`)
and tables (`tables`, templates).

A number is in a `data` element, which has the exact value of the read model; the text is rounded for reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TypeAlias

from markupsafe import Markup

from civic_assets.publish.site.addresses import glossary_entry, root_of
from civic_assets.quality.framework.wording import figure
from civic_assets.values.plain_words import unit_name

Evidence: TypeAlias = Callable[[str, str, str, str], str]
"""Address of the evidence of a figure, from source, release, code of the area and locator."""

STATUSES: Mapping[str, tuple[str, str]] = {
    "suppressed": ("suppressed by the publisher", "suppressed"),
    "withheld": ("withheld here", "withheld"),
    "disputed": ("disputed", "disputed"),
    "not_available": ("not available", "status"),
    "not_applicable": ("does not apply", "status"),
    "low": ("low, not printed", "status"),
    "low_reliability": ("low reliability", "status"),
    "period_unsettled": ("still provisional in the source", "status"),
    "at_least": ("at least", "status"),
    "incomplete": ("not complete", "status"),
}
"""A status in words, and the word of the glossary that explains it."""

# From these sizes on, a number is read with one or two decimals; below, with as many as everywhere else.
_ONE_DECIMAL_FROM, _TWO_DECIMALS_FROM = 10, 1


def shown(value: float) -> str:
    """A number as it is read: at most one decimal from 10, two from 1, and otherwise as everywhere on the site.

    Example:
        >>> shown(30201.0), shown(137.044919), shown(5.68), shown(0.16218)
        ('30,201', '137', '5.68', '0.1622')
    """
    size = abs(value)
    if size >= _ONE_DECIMAL_FROM:
        return figure(value, decimals=1)
    return figure(value, decimals=2) if size >= _TWO_DECIMALS_FROM else figure(value)


def status_words(status: str | None) -> str:
    """A status in words."""
    return STATUSES[status][0] if status in STATUSES else (status or "").replace("_", " ")


class Figures:
    """Makes the HTML of figures on one page.

    Args:
        page: Address of the page.
        evidence: Function for addresses of evidence.
    """

    def __init__(self, page: str, evidence: Evidence) -> None:
        self.root, self._evidence = root_of(page), evidence

    def link(self, source: str, release: str, area_code: str, locator: str) -> str:
        """Link from this page to the evidence of a cell."""
        return self.root + self._evidence(source, release, area_code, locator)

    def number(
        self,
        value: float | None,
        cells: tuple[str | None, str | None, str, Sequence[str] | None] | None = None,
        *,
        status: str | None = None,
        quality: str | None = "ok",
        unit: str = "",
    ) -> Markup:
        """A figure, or the status that replaces it, with links to its cells.

        Args:
            value: Value of the read model.
            cells: Source, release, code of the area, and locators.
            status: Status of the figure.
            quality: Quality of the figure; a disputed one says so.
            unit: Unit to write after it.
        """
        if quality == "withheld":
            return self._status("withheld")
        if value is None:
            text = self._status(status) if status else Markup('<span class="absent">no figure</span>')
            return text + self._cells(cells, status_words(status) or "no figure", linked=False)
        written = Markup('<data value="{}">{}</data>').format(repr(value), shown(value))
        after = Markup(" {}").format(unit) if unit else Markup("")
        if quality == "disputed":
            after += Markup(' <strong class="disputed">({})</strong>').format(self._status("disputed"))
        if status:
            after += Markup(" ({})").format(self._status(status))
        source, release, area_code, locators = cells or (None, None, "", None)
        if not source or not release or not locators:
            return written + after
        if len(locators) == 1:
            href = escape(self.link(source, release, area_code, locators[0]))
            return Markup(f'<a class="figure" href="{href}">{written}</a>') + after
        return written + after + self._cells(cells, shown(value), linked=True)

    def _cells(
        self,
        cells: tuple[str | None, str | None, str, Sequence[str] | None] | None,
        label: str,
        *,
        linked: bool,
    ) -> Markup:
        """Links to all cells of a sum, or to the cell of a status."""
        source, release, area_code, locators = cells or (None, None, "", None)
        if not source or not release or not locators:
            return Markup("")
        links = [
            f'<a href="{escape(self.link(source, release, area_code, one))}">{escape(one)}</a>' for one in locators
        ]
        if not linked and len(links) == 1:
            href = escape(self.link(source, release, area_code, locators[0]))
            return Markup(f' <a href="{href}">cell</a>')
        hidden = f'<span class="hidden"> of {escape(label)}</span>'
        return Markup(f'<details class="made-of"><summary>{len(links)} cells{hidden}</summary>{" ".join(links)}</details>')

    def _status(self, status: str) -> Markup:
        words, entry = STATUSES.get(status, (status_words(status), "status"))
        return Markup('<a class="status" href="{}">{}</a>').format(self.root + glossary_entry(entry), words)


def units(unit: str) -> str:
    """A unit in words, after a number: `per 1,000 population`, `%`."""
    written = re.sub(r"(?<=_)[0-9]{4,}(?=_)", lambda number: f"{int(number[0]):,}", unit)
    return {"percent": "%", "count": ""}.get(unit, unit_name(written))
