"""Pages of measures as the tests see them.

Belongs here: rendering them from a read model, and copies of a read model to change. Does not belong here: any
expectation.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from civic_assets.publish.site.measures.section import MeasurePages
from civic_assets.publish.site.page import Planned, Site
from civic_assets.publish.site.themes.section import ThemePages
from civic_assets_tests.publish.site.areas.area_pages import site_of


def rendered(
    site: Site, section: MeasurePages | ThemePages, wanted: Callable[[Planned], bool] = lambda _: True
) -> dict[str, str]:
    """The text of the pages of a section, by address."""
    planned = [page for page in section.plan(site) if wanted(page)]
    texts: dict[str, str] = {}
    for first in range(0, len(planned), section.at_once):
        texts |= dict(section.render(site, planned[first : first + section.at_once]))
    return texts


def keys(site: Site) -> dict[str, str]:
    """The key of every page of measures and themes."""
    return {
        page.address: page.key for section in (MeasurePages(), ThemePages()) for page in section.plan(site)
    }


@contextmanager
def changed(database: Path, folder: Path, *statements: str) -> Iterator[Site]:
    """A site on a copy of a read model in which some statements were run."""
    copy = folder / "civic.duckdb"
    shutil.copy(database, copy)
    with duckdb.connect(str(copy)) as connection:
        for statement in statements:
            connection.execute(statement)
    with site_of(copy) as site:
        yield site
    copy.unlink()
