"""Pages of the quality report about what Dagster lists.

Belongs here: addresses in the report as metadata. Does not belong here: the report (`civic_assets.publish.report`), and
other metadata (`describe`). Browsers do not follow links from a server to a file: the address is there to be copied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from civic_assets.layers.site_setting import LEFT_FOR_LATER, built_by_a_refresh
from civic_assets.layers.store import Store
from civic_assets.publish.report import links
from civic_assets.publish.site.build import folder_of
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.published.rule import RELEASE as PUBLISHED

_DERIVED_TABLES = frozenset(rule.table for rule in ALL_RULES)


def report_metadata(store: Store) -> dict[str, Any]:
    """Addresses of the site's start page and of the quality report in it, or why they are not built."""
    if not built_by_a_refresh():
        return {"site": dg.MetadataValue.text(LEFT_FOR_LATER)}
    start, quality = (folder_of(store) / page for page in (links.INDEX, links.QUALITY))
    return {
        "site": dg.MetadataValue.path(str(start)),
        "site (address)": dg.MetadataValue.url(start.absolute().as_uri()),
        "quality report": dg.MetadataValue.path(str(quality)),
        "quality report (address)": dg.MetadataValue.url(quality.absolute().as_uri()),
    }


def finding_metadata(
    store: Store, source: str, release: str, findings: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Address of the first finding of a check in the quality report, or of its release if nothing was found.

    The report is built with a publication; a link made before that leads to the page that will be built.
    """
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
    return {"in the quality report": dg.MetadataValue.url(links.url(folder_of(store), page, fragment))}
