"""Addresses of evidence that figures on pages of areas link to.

Belongs here: asking for them. Does not belong here: making them (`civic_assets.publish.site.evidence`).
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from civic_assets.publish.site.addresses import file_name
from civic_assets.publish.site.areas.figures import Evidence
from civic_assets.publish.site.page import Site


def evidence_of(site: Site) -> Evidence:
    """The function that gives the address of a figure's evidence."""
    return _plain


def _plain(source: str, release: str, area_code: str, locator: str) -> str:
    return _page(source, release, area_code) + (f"#{quote(locator, safe='')}" if locator else "")


@lru_cache(maxsize=4096)
def _page(source: str, release: str, area_code: str) -> str:
    return f"evidence/{file_name(source)}/{file_name(release)}/{file_name(area_code)}.html"
