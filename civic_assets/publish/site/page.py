"""What a page of the site is: where it goes, what it shows, and who renders it.

Belongs here: the interface of a section (one kind of page), and what a section is given. Does not belong here: which
sections there are (`all_sections`), building the site from them (`build`), and what is on any page.

A page is any text file: HTML, CSV, a script or its data. It does not name the publication (only the start page does),
so a page with the same content is the same file, and the next site links to it instead of rendering it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from civic_assets.layers.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from jinja2 import Environment

    from civic_assets.contracts.model import Contract
    from civic_assets.publish.site.framing import Framing


@dataclass(frozen=True, slots=True)
class Planned:
    """A page that should be there.

    Args:
        address: Path relative to the report's folder, with `/` between names.
        key: Hash of everything that the page shows: of the read model, of files of the store, and of contracts
            (`Contract.sha256`) and vocabularies (`Site.vocabularies`) that are read for it. Empty if the page is
            rendered each time. Code, templates and libraries need not be in it: `build` adds them.
        title: What the page is called in lists of the start page; empty if it is in none.
    """

    address: str
    key: str
    title: str = ""


def hash_of(shown: object) -> str:
    """Hash of everything that a page shows, for its key.

    Args:
        shown: The text of the page, or the values that it is made of: texts, numbers, days, and lists and mappings of
            them. Two that differ have different keys; the order of a mapping makes no difference.
    """
    written = json.dumps(shown, default=str, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


class Section(Protocol):
    """One kind of page."""

    @property
    def name(self) -> str:
        """Name of the section, in letters."""

    @property
    def at_once(self) -> int:
        """How many pages one call of `render` is given at most: enough that one statement reads all their rows."""

    @property
    def side_by_side(self) -> bool:
        """Whether any process may render its pages. If not, the process that planned them does."""

    def plan(self, site: Site) -> Sequence[Planned]:
        """The pages that should be there, in the order in which they are rendered; nothing is rendered.

        Keys are made by one statement, or a few, as hashes of exactly the columns that a page shows.
        """

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """Address and whole text of each of some pages that were planned, perhaps by another process."""


@runtime_checkable
class Preparing(Protocol):
    """A section that makes temporary tables of which all its pages need the whole."""

    def prepare(self, site: Site) -> None:
        """Make the tables, if the connection does not have them; other processes are given them."""


@dataclass
class Site:
    """What sections are given. Each process has its own.

    Args:
        store: Store that holds the publication.
        manifest: Manifest of the publication. Only the start page may show something of it.
        connection: The read model, read-only. Temporary tables may be made in it.
        menu: Pages in the menu of every page: words and address.
        planned: Titles of all pages that there will be, by address. Only the process that planned them has it, and only
            a page that is rendered each time may show something of it, since it is in no key.
    """

    store: Store
    manifest: Mapping[str, Any]
    connection: DuckDBPyConnection
    menu: Sequence[tuple[str, str]] = ()
    planned: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def contracts(self) -> Mapping[str, Contract]:
        """Contracts of all sources."""
        from civic_assets.contracts.load import load_contracts

        return load_contracts()

    @cached_property
    def vocabularies(self) -> str:
        """Hash of all vocabularies and registers, for the key of a page that shows something of them."""
        from civic_assets.contracts.load import vocabularies_sha256

        return vocabularies_sha256()

    @cached_property
    def env(self) -> Environment:
        """Templates of all sections, by their path in this package: `start/start.html.j2`."""
        from civic_assets.publish.site.templates_of import environment

        return environment()

    @cached_property
    def framing(self) -> Framing:
        """The frame of pages."""
        from civic_assets.publish.site.framing import Framing

        return Framing(self.env, self.menu)

    def frame(
        self,
        title: str,
        main: str,
        address: str,
        crumbs: Sequence[tuple[str, str]] = (),
        *,
        synthetic: bool = False,
    ) -> str:
        """Text of a page: its content in the frame that all pages have.

        Args:
            title: Title of the page, as text; the name of the site is added.
            main: Content, as HTML in which everything that a publisher wrote is escaped. It begins with the `h1`.
            address: Address of the page.
            crumbs: Pages above it, from the top, without the start page: words, and address from the report's folder.
            synthetic: Whether it shows made-up figures, which the page then says on top.
        """
        return self.framing.page(title, main, address, crumbs, synthetic=synthetic)
