"""Chromium without a window, driven by Playwright, and one page of each kind of a site.

Belongs here: starting the browser, and choosing pages. Does not belong here: any expectation.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (package chromium of Debian)")
# Bytes of a page up to which axe-core needs seconds for its colours.
NOT_LARGE = 40_000
# Widths of a screen in CSS pixels: a desk, the same at 200% zoom, and a small telephone.
WIDTHS = {"wide": 1280, "zoomed": 640, "narrow": 320}
# Kinds of areas by the second and third character of their codes; the others have all tables.
OTHER_AREAS = {
    "01": "small area", "02": "small area", "05": "ward", "12": "region", "15": "force", "22": "partnership",
    "23": "force", "92": "country",
}  # fmt: skip


@contextmanager
def browser(proxy: str | None = None) -> Iterator[Browser]:
    """Chromium, which asks for nothing by itself.

    Args:
        proxy: Address of a proxy for everything that is not a file.
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
            proxy={"server": proxy, "bypass": "<-loopback>"} if proxy else None,
        )
        try:
            yield started
        finally:
            started.close()


def kinds_of_pages(report: Path) -> dict[str, list[str]]:
    """Pages of a site by kind: by folder and whether they list others, and pages of areas by kind of area.

    Returns:
        Addresses from the smallest file to the largest.
    """
    kinds: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for file in report.rglob("*.html"):
        address = file.relative_to(report).as_posix()
        folders = address.split("/")[:-1]
        listing = file.name == "index.html" or (report / address.removesuffix(".html")).is_dir()
        kind = f"{folders[0]}/{'list' if listing else 'page'}" if folders else file.name
        if kind == "areas/page":
            kind = f"areas/{OTHER_AREAS.get(file.name[1:3], 'authority')}"
        kinds[kind].append((file.stat().st_size, address))
    return {kind: [address for _, address in sorted(found)] for kind, found in sorted(kinds.items())}


def of_each_kind(report: Path) -> list[str]:
    """The smallest, the middle and the largest page of each kind."""
    chosen: list[str] = []
    for found in kinds_of_pages(report).values():
        chosen += dict.fromkeys((found[0], found[len(found) // 2], found[-1]))
    return chosen


def one_of_each_kind(report: Path) -> list[str]:
    """The page of each kind in the middle, by size."""
    return [found[len(found) // 2] for found in kinds_of_pages(report).values()]


def largest_of_each_kind(report: Path) -> list[str]:
    """The largest page of each kind."""
    return [found[-1] for found in kinds_of_pages(report).values()]


def small_of_each_kind(report: Path) -> list[str]:
    """The largest page of each kind that is not large; styles are the same on all. Kinds without one are left out."""
    kinds = kinds_of_pages(report).values()
    small = ([one for one in found if (report / one).stat().st_size <= NOT_LARGE] for found in kinds)
    return [found[-1] for found in small if found]
