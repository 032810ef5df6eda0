"""Pages of the quality report about what Dagster lists.

Belongs here: addresses in the report as metadata. Does not belong here: the report (`civic_assets.publish.report`), and
other metadata (`describe`).

Browsers do not follow links from a page of a server to a file. So the web server of `civic-assets ui` serves the site
too, and links have no host: `/site/quality/index.html`. Under `dagster dev`, which does not serve it, the path of the
file is there to be copied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from civic_assets.layers.site_setting import LEFT_FOR_LATER, built_by_a_refresh
from civic_assets.layers.store import Store
from civic_assets.publish.report import links
from civic_assets.publish.site.build import folder_of
from civic_assets.publish.site.evidence.addresses import release_page
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.published.rule import RELEASE as PUBLISHED

SITE = "/site"
"""Path of the site on the server of the UI."""
_DERIVED_TABLES = frozenset(rule.table for rule in ALL_RULES)


def report_metadata(store: Store) -> dict[str, Any]:
    """Addresses of the site's start page and of the quality report in it, or why they are not built."""
    if not built_by_a_refresh():
        return {"site": dg.MetadataValue.text(LEFT_FOR_LATER)}
    start, quality = (folder_of(store) / page for page in (links.INDEX, links.QUALITY))
    return {
        "site": dg.MetadataValue.url(served(links.INDEX)),
        "site (file)": dg.MetadataValue.path(str(start)),
        "quality report": dg.MetadataValue.url(served(links.QUALITY)),
        "quality report (file)": dg.MetadataValue.path(str(quality)),
    }


def release_links(source: str, release: str, *, held_back: bool) -> dict[str, Any]:
    """Addresses of the pages about a release: its source, what was found in it, and the evidence of its figures.

    The pages are built with a publication; a link made before that leads to the page that will be built.

    Args:
        source: Source of the release.
        release: Name of the release.
        held_back: Whether it is not published, so that no page has its figures.
    """
    if not built_by_a_refresh():
        return {}
    found = {
        "in the quality report": dg.MetadataValue.url(
            served(links.source_page(source), links.release_anchor(release))
        )
    }
    if held_back:
        return found
    return found | {"evidence of its figures": dg.MetadataValue.url(served(release_page(source, release)))}


def served(page: str, fragment: str = "") -> str:
    """Address of a page on the server of the UI, without the host.

    Args:
        page: Page, relative to the folder of the site.
        fragment: Anchor in it.
    """
    return f"{SITE}/{page}" + (f"#{fragment}" if fragment else "")


def finding_metadata(source: str, release: str, findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Address of the first finding of a check in the quality report, or of its release if nothing was found.

    The report is built with a publication; a link made before that leads to the page that will be built.
    """
    if findings:
        # A check of what is published may be about several sources; each finding is about one.
        source = findings[0]["source"]
    derived = source in _DERIVED_TABLES
    page = links.OURS if derived else links.source_page(source)
    if findings:
        fragment = links.finding_anchor(findings[0]["finding_id"])
    elif derived:
        fragment = links.anchor("table", source)
    elif release == PUBLISHED:
        fragment = links.anchor("results", release)
    else:
        fragment = links.release_anchor(release)
    return {"in the quality report": dg.MetadataValue.url(served(page, fragment))}
