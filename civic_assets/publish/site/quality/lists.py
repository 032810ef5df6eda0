"""The lists of house numbers, of common tables and of breaks.

Belongs here: these three pages. Does not belong here: reading what they show (`civic_assets.publish.report`).
"""

from __future__ import annotations

from collections.abc import Iterator

from civic_assets.publish.report.links import BREAKS, COMMON, NUMBERS
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.page import Page
from civic_assets.publish.site.quality.places import check_page


def pages(report: Report) -> Iterator[Page]:
    """Those that have something to show."""
    if report.numbers:
        checks = {row["check_id"]: check_page(row["check_id"], row["layer"]) for row in report.facts.checks}
        yield Page(
            NUMBERS, "House numbers", "house_numbers.html.j2", {"checks": checks, "numbers": report.numbers}
        )
    if report.common:
        yield Page(
            COMMON, "Common years, ages and categories", "common.html.j2", {"common": report.common},
            synthetic=bool(report.synthetic),
        )  # fmt: skip
    if report.breaks:
        yield Page(BREAKS, "Breaks", "breaks.html.j2", {"breaks": report.breaks})
