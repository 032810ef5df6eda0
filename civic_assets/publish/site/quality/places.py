"""Addresses of the quality pages that are one click away from the page of a source or of a check.

Belongs here: names of these pages. Does not belong here: addresses that other parts of the product link to, which are
stable (`civic_assets.publish.report.links`), and what the pages show.
"""

from __future__ import annotations

import re

from civic_assets.publish.report.links import check_anchor
from civic_assets.publish.site.addresses import file_name

ACTIONS, DISPUTED = "quality/actions.html", "quality/disputed.html"
OVER_TIME, BIAS, REVISIONS = "quality/over-time.html", "quality/bias.html", "quality/revisions.html"
DERIVED = "published"
"""Name of the folder of the derived tables, which have no page of a source."""
# What `file_name` makes of another name begins with `_`, has one, or is letters and digits alone.
_HYPHENED = re.compile(r"[A-Za-z0-9]{1,40}(?:-[A-Za-z0-9]{1,40}){1,2}")


def folder_of(source: str | None) -> str:
    """Folder of the pages about a source; that of the derived tables without one."""
    return f"sources/{source}" if source else f"quality/{DERIVED}"


def cause_page(source: str | None, cause_id: str, part: int = 1) -> str:
    """Page of the findings of one cause, in parts that count from 1."""
    return f"{folder_of(source)}/cause-{file_name(cause_id)}{_ending(part)}"


def release_page(source: str, release: str) -> str:
    """Page of a release: its file, and the result of each check."""
    return f"{folder_of(source)}/release-{_name(release)}.html"


def part_of_source(source: str, subject: str, part: int = 1) -> str:
    """Page of one subject of a source, such as its contract or a register, in parts that count from 1."""
    return f"{folder_of(source)}/{subject.replace('_', '-')}{_ending(part)}"


def table_page(table: str) -> str:
    """Page of a derived table."""
    return f"quality/{DERIVED}/table-{file_name(table)}.html"


def check_page(check_id: str, layer: str) -> str:
    """Page of a check."""
    return f"quality/checks/{_name(check_anchor(check_id, layer))}.html"


def _name(name: str) -> str:
    """Part of the name of a file. Most releases and all checks have a hyphen, which `file_name` would mark."""
    return name if _HYPHENED.fullmatch(name) else file_name(name)


def _ending(part: int) -> str:
    return ".html" if part == 1 else f"-{part}.html"
