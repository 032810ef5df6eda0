"""Sections whose pages are in a file of the store, so that tests can change them and other processes can render them.

Belongs here: the sections. Does not belong here: what is expected of building them (the tests).
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Iterator, Mapping, Sequence

from civic_assets.layers.store import Store
from civic_assets.publish.report.links import INDEX
from civic_assets.publish.site.page import Planned, Section, Site

FILE = "made_up_pages.json"
FIRST_PROCESS = "CIVIC_TEST_FIRST_PROCESS"


def write_pages(store: Store, pages: Mapping[str, str]) -> None:
    """Set the pages that there are: text by address."""
    (store.root / FILE).write_text(json.dumps(dict(pages)), encoding="utf-8")


class MadeUp:
    """The pages of the file."""

    name = "made_up"
    at_once = 3
    side_by_side = True

    def plan(self, site: Site) -> Sequence[Planned]:
        """All pages of the file, and the first page."""
        self.planned = True
        pages = {INDEX: "first", **self._pages(site)}
        return [Planned(name, hashlib.sha256(text.encode()).hexdigest()) for name, text in pages.items()]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """Their texts, in the frame."""
        known = {INDEX: "first", **self._pages(site)}
        for page in pages:
            yield (
                page.address,
                site.frame(page.address, f"<h1>{known[page.address]}</h1>", page.address),
            )

    @staticmethod
    def _pages(site: Site) -> dict[str, str]:
        pages: dict[str, str] = json.loads((site.store.root / FILE).read_text(encoding="utf-8"))
        return pages


def _in_first_process() -> bool:
    return os.environ[FIRST_PROCESS] == str(os.getpid())


class EndsElsewhere(MadeUp):
    """Its process is killed after two pages of a part, unless it is the first process."""

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The pages, or not all of them."""
        for number, page in enumerate(super().render(site, pages)):
            if number == 2 and not _in_first_process():
                os.kill(os.getpid(), signal.SIGKILL)
            yield page


class FailsElsewhere(MadeUp):
    """Nothing can be rendered in another process."""

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The pages, or an error."""
        if not _in_first_process():
            raise OSError("not here")
        yield from super().render(site, pages)


class Fails(MadeUp):
    """The last page cannot be rendered."""

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """All pages but the last."""
        last = self.plan(site)[-1].address
        for address, text in super().render(site, pages):
            if address == last:
                raise OSError("the disk is full")
            yield address, text


class Forgets(MadeUp):
    """It renders one page less than it was asked for."""

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """All pages but the first."""
        yield from list(super().render(site, pages))[1:]


class Twice(MadeUp):
    """Two of its pages have addresses that some file systems take for the same."""

    def plan(self, site: Site) -> Sequence[Planned]:
        """Pages that differ in a capital letter."""
        return [*super().plan(site), Planned("areas/a.html", "1"), Planned("areas/A.html", "2")]


def made_up() -> Sequence[Section]:
    """The section alone."""
    return (MadeUp(),)


def ends_elsewhere() -> Sequence[Section]:
    """The section whose other processes are killed."""
    return (EndsElsewhere(),)


def fails_elsewhere() -> Sequence[Section]:
    """The section that fails in other processes."""
    return (FailsElsewhere(),)


def fails() -> Sequence[Section]:
    """The section that fails."""
    return (Fails(),)


def forgets() -> Sequence[Section]:
    """The section that forgets a page."""
    return (Forgets(),)


def twice() -> Sequence[Section]:
    """The section with two pages in one place."""
    return (Twice(),)
