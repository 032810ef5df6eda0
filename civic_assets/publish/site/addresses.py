"""Addresses of the pages of the site, relative to the report's folder.

Belongs here: the one function for each kind of page, and links from one page to another. Does not belong here: anchors
and addresses of the quality pages (`civic_assets.publish.report.links`), and the addresses of evidence, which depend on
where a figure is printed (`civic_assets.publish.site.evidence`).

Codes of areas and names of measures become names of files. Both come from publishers, so what no file system takes is
written as `_` and the code of the letter; two different names never have the same file.
"""

from __future__ import annotations

import hashlib
import re

from civic_assets.publish.report.links import INDEX, QUALITY, anchor, source_page

__all__ = [
    "AREAS", "ASSETS", "FIND", "FLOW", "GLOSSARY", "HOLDERS", "INDEX", "MEASURES", "POSTCODES", "QUALITY", "anchor",
    "area_page", "file_name", "flow_of", "glossary_entry", "holder", "measure_page", "relative", "root_of",
    "source_page", "theme_page",
]  # fmt: skip

AREAS, MEASURES = "areas/index.html", "measures/index.html"
FIND, POSTCODES, FLOW = "find.html", "postcodes.html", "flow.html"
HOLDERS, GLOSSARY = "holders.html", "glossary.html"
ASSETS = "assets/"

_PLAIN = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*")
_KEPT_FOR_OTHERS = re.compile(r"index|con|prn|aux|nul|com[0-9]|lpt[0-9]", re.IGNORECASE)
# File systems take names of 255 bytes; parts of pages have a number added to the name.
_LONGEST = 120


def file_name(name: str) -> str:
    """Name of a file for a code or a name: letters, digits, `-` and `_` only, and not too long.

    Most names stay as they are. In one that cannot, every other letter is written as its code between `_`, and `_` is
    put before it. So are `index` and the names that Windows keeps for devices.
    """
    if _PLAIN.fullmatch(name) and not _KEPT_FOR_OTHERS.fullmatch(name) and len(name) <= _LONGEST:
        return name
    written = "_" + "".join(one if re.match(r"[A-Za-z0-9-]", one) else f"_{ord(one):x}_" for one in name)
    if len(written) <= _LONGEST:
        return written
    return written[:80] + "-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def area_page(area_code: str) -> str:
    """Page of an authority, partnership, county, force, region, country or ward."""
    return f"areas/{file_name(area_code)}.html"


def measure_page(measure: str) -> str:
    """Page of a measure."""
    return f"measures/{file_name(measure)}.html"


def theme_page(theme: str) -> str:
    """Page of a theme of the report's words."""
    return f"themes/{file_name(theme)}.html"


def glossary_entry(word: str) -> str:
    """Entry of a word, a status, a check or a bias in the glossary."""
    return f"{GLOSSARY}#{anchor('word', word)}"


def flow_of(source: str) -> str:
    """Part of a source on the map of the flow of data."""
    return f"{FLOW}#{anchor('source', source)}"


def holder(organisation: str) -> str:
    """Part of an organisation on the page of who holds what."""
    return f"{HOLDERS}#{anchor('organisation', organisation)}"


def root_of(address: str) -> str:
    """What leads from a page to the report's folder: nothing, or `../` for each folder."""
    return "../" * address.count("/")


def relative(address: str, page: str) -> str:
    """Link from one page to another.

    Args:
        address: Address of the other page, perhaps with a fragment.
        page: Address of the page that has the link.
    """
    return root_of(page) + address
