"""Styles and scripts of the site.

Belongs here: copying the files of `assets/` into the site. Does not belong here: data that scripts read, which the
section that makes them writes (`find`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from civic_assets.publish.site import addresses
from civic_assets.publish.site.page import Planned, Site

FILES = Path(__file__).parent / "assets"


class AssetFiles:
    """The files of `assets/`."""

    name = "assets"
    at_once = 100
    side_by_side = True

    def plan(self, site: Site) -> Sequence[Planned]:
        """One page for each file."""
        return [
            Planned(addresses.ASSETS + file.name, hashlib.sha256(file.read_bytes()).hexdigest())
            for file in sorted(FILES.iterdir())
            if file.is_file()
        ]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The files as they are."""
        for page in pages:
            name = page.address.removeprefix(addresses.ASSETS)
            yield page.address, (FILES / name).read_text(encoding="utf-8")
