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

from civic_assets.house_numbers.display import AREA_ONE_DECIMAL_FROM, AREA_TWO_DECIMALS_FROM
from civic_assets.publish.site.addresses import glossary_entry, root_of
from civic_assets.publish.site.glossary.vocabulary import status_words, statuses_of
from civic_assets.quality.framework.wording import figure
from civic_assets.values.plain_words import unit_name

Evidence: TypeAlias = Callable[[str, str, str, str], str]
"""Address of the evidence of a figure, from source, release, code of the area and locator."""


def shown(value: float) -> str:
    """A number as it is read: at most one decimal from 10, two from 1, and otherwise as everywhere on the site.

    Example:
        >>> shown(30201.0), shown(137.044919), shown(5.68), shown(0.16218)
        ('30,201', '137', '5.68', '0.1622')
    """
    size = abs(value)
    if size >= AREA_ONE_DECIMAL_FROM:
        return figure(value, decimals=1)
    return figure(value, decimals=2) if size >= AREA_TWO_DECIMALS_FROM else figure(value)


class Figures:
    """Makes the HTML of figures on one page.

    Args:
        page: Address of the page.
        evidence: Function for addresses of evidence.
        elsewhere: Areas of cells that are not of the area of the figure, by source, release and locator: those of sums.
        glossary: Whether the site has a glossary, to which statuses lead.
    """

    def __init__(
        self,
        page: str,
        evidence: Evidence,
        elsewhere: Mapping[tuple[str, str, str], str] | None = None,
        *,
        glossary: bool,
    ) -> None:
        self.root, self._evidence, self._glossary = root_of(page), evidence, glossary
        self._elsewhere = elsewhere or {}

    def link(self, source: str, release: str, area_code: str, locator: str) -> str:
        """Link from this page to the evidence of a cell."""
        area_code = self._elsewhere.get((source, release, locator), area_code)
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
        # Pages have hundreds of figures, so texts are joined as they are, with everything from files escaped.
        if quality == "withheld":
            return Markup(self._status("withheld"))
        source, release, area_code, locators = cells or (None, None, "", None)
        linked = bool(source and release and locators)
        if value is None:
            text = self._status(status) if status else '<span class="absent">no figure</span>'
            if linked and source and release and locators:
                href = escape(self.link(source, release, area_code, locators[0]))
                text += f' <a href="{href}">cell</a>'
            return Markup(text)
        label = shown(value)
        written = f'<data value="{value!r}">{label}</data>'
        if linked and source and release and locators:
            written = self._with_cells(written, label, source, release, area_code, locators)
        if unit:
            written += f" {escape(unit)}"
        if quality == "disputed":
            written += f' <strong class="disputed">({self._status("disputed")})</strong>'
        if status:
            written += f" ({self._status(status)})"
        return Markup(written)

    def _with_cells(
        self, written: str, label: str, source: str, release: str, area_code: str, locators: Sequence[str]
    ) -> str:
        """A number with a link to its cell, or with links to all cells of a sum."""
        links = [escape(self.link(source, release, area_code, one)) for one in locators]
        if len(links) == 1:
            return f'<a class="figure" href="{links[0]}">{written}</a>'
        cells = " ".join(
            f'<a href="{href}">{escape(one)}</a>' for href, one in zip(links, locators, strict=True)
        )
        hidden = f'<span class="hidden"> of {label}</span>'
        return f'{written} <details class="made-of"><summary>{len(links)} cells{hidden}</summary>{cells}</details>'

    def _status(self, status: str) -> str:
        return ", ".join(self._single_status(about, name) for about, name in statuses_of(status))

    def _single_status(self, about: str, name: str) -> str:
        words = escape(status_words(name))
        if self._glossary:
            words = f'<a class="status" href="{self.root}{glossary_entry(name)}">{words}</a>'
        else:
            words = f'<span class="status">{words}</span>'
        return f"{escape(about)}: {words}" if about else words


def units(unit: str) -> str:
    """A unit in words, after a number: `per 1,000 population`, `%`."""
    written = re.sub(r"(?<=_)[0-9]{4,}(?=_)", lambda number: f"{int(number[0]):,}", unit)
    return {"percent": "%", "count": ""}.get(unit, unit_name(written))
