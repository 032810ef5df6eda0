"""Addresses within the report.

Belongs here: names of pages and anchors, which are stable: `sources/ons_csp.html#finding-<finding_id>`. Does not belong
here: the content of pages. Dagster links to them too (`defs.describe`), so nothing heavy is imported here.
"""

from __future__ import annotations

import re

INDEX = "index.html"
"""The start page, for readers (`civic_assets.publish.site`)."""
QUALITY, CHECKS, BREAKS = "quality/index.html", "quality/checks.html", "quality/breaks.html"
OURS, COMMON, NUMBERS = "quality/published.html", "quality/common.html", "quality/house-numbers.html"


def source_page(source: str) -> str:
    """Page of a source, relative to the report's folder."""
    return f"sources/{source}.html"


def anchor(kind: str, *names: str) -> str:
    """Id of an element, made of letters, digits, `.`, `_` and `-` only."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", "-".join((kind, *names)))


def finding_anchor(finding_id: str) -> str:
    """Anchor of a finding."""
    return anchor("finding", finding_id)


def cause_anchor(cause_id: str) -> str:
    """Anchor of a cause of findings."""
    return anchor("cause", cause_id)


def release_anchor(release: str) -> str:
    """Anchor of a release on the page of its source."""
    return anchor("release", release)


def check_anchor(check_id: str, layer: str) -> str:
    """Anchor of a check on the page of checks; a rule on derived tables may have the same id as one on releases."""
    return anchor("check", check_id, *(["published"] if layer == "published" else []))


def number_anchor(name: str) -> str:
    """Anchor of a house number on the page of house numbers."""
    return anchor("number", name)


def group_anchor(check_id: str) -> str:
    """Anchor of the findings of a check on the page of a source."""
    return anchor("findings", check_id)


def group_of_ours(table: str, check_id: str) -> str:
    """Anchor of the findings of a check on a derived table."""
    return anchor("findings", table, check_id)
