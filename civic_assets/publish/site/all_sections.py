"""The sections of the site, and its menu.

Belongs here: the list of all kinds of pages. Does not belong here: any of them. A new kind of page is one more line in
`all_sections`, and perhaps one in `MENU`.
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.publish.site import addresses
from civic_assets.publish.site.page import Section

MENU: Sequence[tuple[str, str]] = (
    ("Start", addresses.INDEX),
    ("Find", addresses.FIND),
    ("Areas", addresses.AREAS),
    ("Measures", addresses.MEASURES),
    ("Postcodes", addresses.POSTCODES),
    ("Where data come from", addresses.FLOW),
    ("Who holds what", addresses.HOLDERS),
    ("Glossary", addresses.GLOSSARY),
    ("Quality", addresses.QUALITY),
)
"""Words and address of what the menu may have. An entry without a page is left out."""


def all_sections() -> tuple[Section, ...]:
    """The sections, in the order in which they are rendered."""
    from civic_assets.publish.site.areas.section import AreaPages
    from civic_assets.publish.site.asset_files import AssetFiles
    from civic_assets.publish.site.evidence.section import EvidencePages
    from civic_assets.publish.site.find.section import FindPages
    from civic_assets.publish.site.flow.section import FlowPage
    from civic_assets.publish.site.glossary.section import GlossaryPage
    from civic_assets.publish.site.holders.section import HoldersPage
    from civic_assets.publish.site.measures.section import MeasurePages
    from civic_assets.publish.site.postcodes.section import PostcodePages
    from civic_assets.publish.site.quality.section import QualityPages
    from civic_assets.publish.site.start.section import StartPage
    from civic_assets.publish.site.themes.section import ThemePages

    return (
        QualityPages(), AreaPages(), MeasurePages(), ThemePages(), StartPage(), EvidencePages(), PostcodePages(),
        FlowPage(), HoldersPage(), GlossaryPage(), FindPages(), AssetFiles(),
    )  # fmt: skip
