"""Rendering pages in several processes.

Belongs here: dividing pages into parts, and rendering each part in one of the processes that may be used. Does not
belong here: which pages are rendered (`build`), and what is on them (the sections).

A part that another process did not finish, because it was killed or failed, is rendered by this process, which then
also says what is wrong with it. So the site does not depend on how many processes there are.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from civic_assets.house_numbers.publishing import FEW_PAGES
from civic_assets.layers.limits import Limits
from civic_assets.layers.side_by_side import follow_the_first
from civic_assets.layers.store import Store
from civic_assets.publish.site.handing_over import hand_over, take_over
from civic_assets.publish.site.opening import open_site
from civic_assets.publish.site.page import Planned, Preparing, Section, Site
from civic_assets.publish.site.record import Written, write_page

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, SpawnContext
    from multiprocessing.sharedctypes import SynchronizedArray

    _Taken: TypeAlias = "SynchronizedArray[int]"

AllSections: TypeAlias = Callable[[], Sequence[Section]]
# Temporary tables for the other processes, in the folder of the new site while it is rendered.
_HANDED = ".handed_over.duckdb"


@dataclass(frozen=True, slots=True)
class Part:
    """Pages of one section that are rendered together.

    Args:
        section: Name of the section.
        pages: The pages.
    """

    section: str
    pages: Sequence[Planned]


def parts_of(section: Section, pages: Sequence[Planned]) -> Iterator[Part]:
    """The pages of a section in parts, in order."""
    for first in range(0, len(pages), section.at_once):
        yield Part(section.name, pages[first : first + section.at_once])


def render_part(site: Site, section: Section, part: Part, folder: Path) -> dict[str, Written]:
    """Render the pages of a part into the folder of a new site.

    Raises:
        ValueError: The section did not render exactly the pages that it was asked for.
    """
    keys = {page.address: page.key for page in part.pages}
    written: dict[str, Written] = {}
    for address, text in section.render(site, part.pages):
        if address not in keys or address in written:
            raise ValueError(f"The section {section.name} rendered {address}, which it was not asked for.")
        written[address] = write_page(folder, address, keys[address], text)
    if missing := next((address for address in keys if address not in written), None):
        raise ValueError(f"The section {section.name} did not render {missing}.")
    return written


def render(
    site: Site,
    sections: Mapping[str, Section],
    parts: Sequence[Part],
    folder: Path,
    limits: Limits,
    every: AllSections,
) -> dict[str, Written]:
    """Render parts into the folder of a new site.

    Args:
        site: Site of this process.
        sections: Sections by name; those whose pages only this process may render have planned them.
        parts: The parts.
        folder: Folder of the new site.
        limits: Processes that may be used, this one included.
        every: Function at the top of a module that lists the sections, for other processes.
    """
    written: dict[str, Written] = {}
    own = [part for part in parts if not sections[part.section].side_by_side]
    shared = [part for part in parts if sections[part.section].side_by_side]
    pages = sum(len(part.pages) for part in shared)
    helpers = min(limits.processes - 1, len(shared) - 1) if pages >= FEW_PAGES else 0
    if multiprocessing.current_process().daemon:  # which may not start others
        helpers = 0
    handed = folder / _HANDED
    if helpers > 0:
        for name in dict.fromkeys(part.section for part in shared):
            section = sections[name]
            if isinstance(section, Preparing):
                section.prepare(site)
        hand_over(site.connection, handed)
        # From here on each process has one core.
        site.connection.execute("SET threads = 1")
    others = _Others(site, shared, folder, helpers, every) if helpers > 0 else None
    try:
        for part in own:
            written |= render_part(site, sections[part.section], part, folder)
        for number, part in enumerate(shared):
            if others is None or others.take(number):
                written |= render_part(site, sections[part.section], part, folder)
        if others is not None:
            done = others.results()
            for number, part in enumerate(shared):
                if number in done:
                    written |= done[number]
                elif part.pages[0].address not in written:
                    _forget(folder, part)
                    written |= render_part(site, sections[part.section], part, folder)
    finally:
        if others is not None:
            others.end()
        handed.unlink(missing_ok=True)
    return written


def _forget(folder: Path, part: Part) -> None:
    """Remove what a process that ended early has written of a part."""
    for page in part.pages:
        with suppress(FileNotFoundError):
            os.unlink(folder / page.address)


class _Others:
    """The other processes, and the list of parts, of which this process takes the first and the others the last."""

    def __init__(
        self, site: Site, parts: Sequence[Part], folder: Path, number: int, every: AllSections
    ) -> None:
        context: ForkServerContext | SpawnContext = multiprocessing.get_context("spawn")
        if sys.platform == "linux":
            # A process that was started before is copied, which is quicker than starting another.
            context = multiprocessing.get_context("forkserver")
        self._taken: _Taken = context.Array("b", len(parts))
        self._running: list[tuple[Any, Connection]] = []
        for _ in range(number):
            receiver, sender = context.Pipe(duplex=False)
            given = (
                site.store.root, dict(site.manifest), tuple(site.menu), parts, folder, number + 1, every, self._taken,
                sender, dict(os.environ),
            )  # fmt: skip
            process = context.Process(target=_run, args=given, daemon=True)
            process.start()
            sender.close()
            self._running.append((process, receiver))

    def take(self, part: int) -> bool:
        """Take a part, unless somebody has."""
        return _take(self._taken, part)

    def results(self) -> dict[int, dict[str, Written]]:
        """What the others have rendered, when they have ended; parts by their number."""
        done: dict[int, dict[str, Written]] = {}
        for process, receiver in self._running:
            with suppress(EOFError, OSError):
                while True:
                    number, entries = receiver.recv()
                    done[number] = {address: Written(*entry) for address, entry in entries.items()}
            process.join()
        return done

    def end(self) -> None:
        """End them, whatever they do."""
        for process, receiver in self._running:
            process.terminate()
            process.join()
            receiver.close()


def _take(taken: _Taken, part: int) -> bool:
    with taken.get_lock():
        if taken[part]:
            return False
        taken[part] = 1
        return True


def _run(
    root: Path,
    manifest: Mapping[str, Any],
    menu: Sequence[tuple[str, str]],
    parts: Sequence[Part],
    folder: Path,
    processes: int,
    every: AllSections,
    taken: _Taken,
    done: Connection,
    environment: Mapping[str, str],
) -> None:
    follow_the_first(environment)
    sections = {section.name: section for section in every()}
    with suppress(Exception), open_site(Store(root), manifest, processes, threads=1) as site:
        take_over(site.connection, folder / _HANDED)
        # The first process renders what is missing, and says what is wrong with it.
        site.menu = menu
        for number in reversed(range(len(parts))):
            if _take(taken, number):
                part = parts[number]
                written = render_part(site, sections[part.section], part, folder)
                done.send((number, {address: tuple(entry) for address, entry in written.items()}))
