"""Addresses of evidence that figures on pages of areas link to.

Belongs here: asking for them, and keeping the answers. Does not belong here: making them
(`civic_assets.publish.site.evidence.addresses`).
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from civic_assets.publish.site.areas.figures import Evidence
from civic_assets.publish.site.evidence.addresses import EvidenceAddresses, anchor_of, create_parts, page_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KEPT: WeakKeyDictionary[DuckDBPyConnection, Evidence] = WeakKeyDictionary()


def evidence_of(connection: DuckDBPyConnection) -> Evidence:
    """The function that gives the address of a figure's evidence; without a locator, that of the page.

    Which parts the pages of a source have is read once for each connection, when a figure of the source is linked:
    reading that for all sources takes longer than making the pages of a hundred areas.
    """
    if connection not in _KEPT:
        _KEPT[connection] = _lazily(connection)
    return _KEPT[connection]


def evidence_of_all(connection: DuckDBPyConnection) -> Evidence:
    """As `evidence_of`, for figures of most sources: the parts of all pages are read at once."""
    create_parts(connection)
    addresses = EvidenceAddresses.read(connection)
    page, anchor = lru_cache(maxsize=20_000)(page_of), lru_cache(maxsize=20_000)(anchor_of)

    def of(source: str, release: str, area_code: str, locator: str) -> str:
        if not locator:
            return page(source, release, area_code)
        part = addresses.part(source, release, area_code, locator)
        return f"{page(source, release, area_code, part)}#{anchor(locator)}"

    return of


def _lazily(connection: DuckDBPyConnection) -> Evidence:
    @cache
    def addresses(source: str) -> EvidenceAddresses:
        return EvidenceAddresses.read(connection, source)

    page = lru_cache(maxsize=10_000)(page_of)

    def of(source: str, release: str, area_code: str, locator: str) -> str:
        if not locator:
            return page(source, release, area_code)
        part = addresses(source).part(source, release, area_code, locator)
        return f"{page(source, release, area_code, part)}#{anchor_of(locator)}"

    return of
