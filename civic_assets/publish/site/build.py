"""The site for readers: whether it is that of the current publication, and building it.

Belongs here: planning all pages, rendering those that changed, linking the others from the last site, and replacing
that. Does not belong here: the pages (`all_sections`), rendering in processes (`rendering`), and moving a folder into
place (`civic_assets.publish.report.replacing`).

`<store>/report/` is a folder of files that need nothing else: no server, no network. It can be copied and shared.
`site.json` in it lists every page with what it was made from (`record`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from civic_assets.answers.others import ReportPlace
from civic_assets.answers.progress import Said
from civic_assets.contracts.load import contracts_sha256, vocabularies_sha256
from civic_assets.errors import UsageError
from civic_assets.layers.keys import code_version
from civic_assets.layers.limits import ALONE, Limits
from civic_assets.layers.root import REPORT
from civic_assets.layers.site_setting import built_by_a_refresh
from civic_assets.layers.store import Store
from civic_assets.layers.store_lock import changing
from civic_assets.publish.publication import latest
from civic_assets.publish.read_model.connection import stamp_of
from civic_assets.publish.report.links import INDEX
from civic_assets.publish.report.replacing import clear_away, new_folder, put_in_place
from civic_assets.publish.site.all_sections import MENU, all_sections
from civic_assets.publish.site.glossary.vocabulary import statuses_in_words
from civic_assets.publish.site.opening import open_site
from civic_assets.publish.site.page import Planned, Section, Site
from civic_assets.publish.site.record import (
    Record,
    Written,
    as_written,
    read_record,
    write_record,
)
from civic_assets.publish.site.rendering import Part, parts_of, render

_SITE = Path(__file__).parent
_LIBRARIES = ("jinja2", "markupsafe", "duckdb", "svg.py")


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """The site in the store.

    Args:
        index: Path of its first page.
        publication: Hash of the publication.
        number: Its number.
        new: Whether it was built now.
        pages: Files in it.
        rendered: Files that were made now; the others are those of the last site.
    """

    index: Path
    publication: str
    number: int
    new: bool
    pages: int
    rendered: int = 0

    def as_answer(self) -> ReportPlace:
        """As `report --json` prints it."""
        return ReportPlace(str(self.index), self.index.as_uri(), self.publication, self.number, self.new)


def folder_of(store: Store) -> Path:
    """Folder of a store's site."""
    return store.root / REPORT


def build_if_older(
    store: Store, progress: Callable[[str], None] = lambda _: None, limits: Limits = ALONE
) -> BuiltSite | None:
    """Build the site, unless it is already that of the current publication, or is to be built later (`CIVIC_SITE`).

    Args:
        store: Store that holds the publication.
        progress: Function called with a sentence when building begins.
        limits: Processes that may be used; the result does not depend on them.

    Returns:
        The site; None if nothing is published, and if the site is to be built later.
    """
    if latest(store) is None or not store.database.is_file():
        return None
    standing = current(store)
    if standing is not None:
        return standing
    if not built_by_a_refresh():
        return None
    progress(Said("Building the site", "stage"))
    return build(store, limits)


def current(store: Store) -> BuiltSite | None:
    """The existing site, if it is that of the current publication and no page is missing or changed; None otherwise."""
    manifest, folder = latest(store), folder_of(store)
    if manifest is None:
        return None
    record = read_record(folder)
    if record.stamp != _stamp(store, manifest, _made_by()) or INDEX not in record.pages:
        return None
    if not all(as_written(folder, address, page) for address, page in record.pages.items()):
        return None
    return BuiltSite(folder / INDEX, record.publication, record.number, new=False, pages=len(record.pages))


def build(
    store: Store, limits: Limits = ALONE, sections: Callable[[], Sequence[Section]] = all_sections
) -> BuiltSite:
    """Build the site of the current publication and replace the existing one.

    Equal publications of a store give equal pages. If anything fails, the existing site is kept.

    Args:
        store: Store that holds the publication.
        limits: Processes that may be used; the result does not depend on them.
        sections: Function at the top of a module that lists the sections.

    Raises:
        UsageError: Nothing is published.
        StoreBusy: Another process is changing the store.
    """
    if latest(store) is None:
        raise UsageError(f"Nothing is published in {store.root} yet. Run: civic-assets refresh")
    with changing(store.root, "civic-assets report"):
        return _build(store, limits, sections)


def _build(store: Store, limits: Limits, sections: Callable[[], Sequence[Section]]) -> BuiltSite:
    manifest = latest(store)
    if manifest is None:
        raise UsageError(f"Nothing is published in {store.root} yet. Run: civic-assets refresh")
    made_by = _made_by()
    stamp = _stamp(store, manifest, made_by)
    clear_away(store.root)
    folder, beside = folder_of(store), new_folder(store.root)
    try:
        with open_site(store, manifest, limits.processes, limits.processes) as site:
            planned = _plan(site, sections())
            old = read_record(folder).pages
            pages: dict[str, Written] = {}
            parts: list[Part] = []
            for section, wanted in planned:
                keyed = [_keyed(page, made_by, site.menu) for page in wanted]
                pages |= _kept(folder, beside, keyed, old)
                parts += parts_of(section, [page for page in keyed if page.address not in pages])
            by_name = {section.name: section for section, _ in planned}
            rendered = render(site, by_name, parts, beside, limits, sections)
        pages |= rendered
        write_record(beside, Record(stamp, manifest["hash"], manifest["number"], pages))
        beside.chmod(0o755)
        put_in_place(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return BuiltSite(folder / INDEX, manifest["hash"], manifest["number"], True, len(pages), len(rendered))


def _plan(site: Site, sections: Sequence[Section]) -> list[tuple[Section, list[Planned]]]:
    """Each section with its pages; tells the site which pages and which entries of the menu there are.

    Raises:
        ValueError: Two pages have the same address. On some file systems, `a` and `A` are the same.
    """
    planned = [(section, list(section.plan(site))) for section in sections]
    seen: dict[str, str] = {}
    for section, pages in planned:
        for page in pages:
            if (name := page.address.lower()) in seen:
                raise ValueError(
                    f"Two pages have the address {page.address}: {seen[name]} and {section.name}."
                )
            seen[name] = section.name
    site.planned = {page.address: page.title for _, pages in planned for page in pages}
    site.menu = tuple((words, address) for words, address in MENU if address in site.planned)
    return planned


def _keyed(page: Planned, made_by: str, menu: Sequence[tuple[str, str]]) -> Planned:
    """A page with a key that also has the program and the frame of all pages; an empty key stays empty."""
    if not page.key:
        return page
    content = json.dumps([made_by, menu, page.key])
    return replace(page, key=hashlib.sha256(content.encode()).hexdigest()[:32])


def _kept(
    folder: Path, beside: Path, pages: Sequence[Planned], old: Mapping[str, Written]
) -> dict[str, Written]:
    """Link the pages that show the same as in the last site into the new one."""
    kept: dict[str, Written] = {}
    for page in pages:
        before = old.get(page.address)
        if not page.key or before is None or before.key != page.key:
            continue
        if as_written(folder, page.address, before) is not None:
            kept[page.address] = _taken_over(folder, beside, page.address, before)
    return kept


def _taken_over(folder: Path, beside: Path, address: str, page: Written) -> Written:
    """Put a page of the last site into the new one: as a link, or as a copy where the file system has no links."""
    old, new = os.path.join(folder, address), os.path.join(beside, address)
    os.makedirs(os.path.dirname(new), exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)
    return page._replace(changed=os.stat(new).st_mtime_ns)


def _made_by() -> str:
    """Hash of what all pages depend on: code, templates, styles, libraries, and statuses in words."""
    digest = hashlib.sha256()
    files = sorted(file for file in _SITE.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc"))
    parts = [
        code_version(),
        repr(sorted(statuses_in_words().items())),
        *(version(name) for name in _LIBRARIES),
        *(hashlib.sha256(file.read_bytes()).hexdigest() for file in files),
    ]
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()


def _stamp(store: Store, manifest: Mapping[str, Any], made_by: str) -> str:
    """Hash of everything that a site is built from: read model, manifest, contracts, vocabularies, and what made it."""
    shared = [contracts_sha256(), vocabularies_sha256()]
    content = json.dumps([stamp_of(store.database), manifest, shared, made_by], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
