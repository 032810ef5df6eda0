"""The pages of evidence: from each published figure to the cell that it was read from.

Belongs here: planning the pages, and putting together what the other modules of this package make. Does not belong
here: the figures (`figures`), the release (`release_facts`), findings and notes (`findings`), and addresses
(`addresses`).

There is a page for each source, release and area, with an anchor for each figure; a page for each release, with its
file, checks and areas; and one page that lists the releases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from civic_assets.house_numbers.display import EVIDENCE_BYTES_OF_A_PAGE, EVIDENCE_BYTES_OF_TEXTS
from civic_assets.publish.site.addresses import root_of
from civic_assets.publish.site.evidence.addresses import (
    RELEASES,
    EvidenceAddresses,
    create_parts,
    page_of,
    release_page,
)
from civic_assets.publish.site.evidence.figures import HEAD, create_chunk, create_repeated_cells, tables
from civic_assets.publish.site.evidence.findings import (
    findings_by_area,
    findings_list,
    notes_by_area,
    notes_list,
)
from civic_assets.publish.site.evidence.other_releases import create_other_releases
from civic_assets.publish.site.evidence.planning import AreaPages, area_pages, planned_keys
from civic_assets.publish.site.evidence.printed_rows import (
    PrintedRow,
    create_printed,
    printed_tables,
    rows_of_pages,
)
from civic_assets.publish.site.evidence.release_facts import (
    ReleaseFacts,
    decisions,
    facts_of,
    marks_list,
)
from civic_assets.publish.site.evidence.release_pages import (
    glossary_root,
    list_of_releases,
    release_key,
    release_text,
)
from civic_assets.publish.site.evidence.remarks import create_about, create_remarks
from civic_assets.publish.site.evidence.word_tables import create_words
from civic_assets.publish.site.page import Planned, Site

# The frame of a page, its head, and the marks of the publisher.
_FRAME_BYTES = 12_000
_ROOT = root_of(page_of("source", "release", "area"))
SYNTHETIC = '<span class="synthetic">SYNTHETIC</span> '
"""Mark of a table with made-up figures."""


@dataclass
class _Open:
    """What this process has read for its pages.

    Args:
        site: Site of this process.
        addresses: Addresses of evidence.
        pages: Pages of areas by address: the area and the part.
        releases: Pages of areas by source and release.
        facts: Facts of releases.
        findings: Findings by area, by source and release.
        notes: Notes by area, by source and release.
        printed: Release whose file is in `evidence_printed`.
    """

    site: Site
    addresses: EvidenceAddresses
    pages: Mapping[str, tuple[AreaPages, int]]
    releases: Mapping[tuple[str, str], Sequence[AreaPages]]
    facts: dict[tuple[str, str], ReleaseFacts] = field(default_factory=dict)
    findings: dict[tuple[str, str], Mapping[str, Sequence[Mapping[str, Any]]]] = field(default_factory=dict)
    notes: dict[tuple[str, str], Mapping[str, Sequence[Mapping[str, Any]]]] = field(default_factory=dict)
    printed: tuple[str, str] | None = None

    def facts_of(self, source: str, release: str) -> ReleaseFacts:
        """Facts of a release."""
        key = (source, release)
        if key not in self.facts:
            contract = self.site.contracts.get(source)
            self.facts[key] = facts_of(self.site.connection, contract, source, release, _ROOT)
            self.findings[key] = findings_by_area(self.site.connection, source, release)
            self.notes[key] = notes_by_area(self.site.connection, source, release)
        return self.facts[key]


class EvidencePages:
    """The pages of evidence."""

    name = "evidence"
    at_once = 300
    side_by_side = True

    def __init__(self) -> None:
        self._opened: _Open | None = None

    def plan(self, site: Site) -> Sequence[Planned]:
        """Pages of areas by release, pages of releases, and the list of releases."""
        opened = self._open(site)
        create_about(site.connection)
        pages = [page for areas in opened.releases.values() for page in areas]
        keys = planned_keys(site.connection, site.contracts, pages, opened.addresses)
        planned = [Planned(address, key) for address, key in keys]
        return [*planned, Planned(RELEASES, release_key(site.connection, site.contracts))]

    def render(self, site: Site, pages: Sequence[Planned]) -> Iterator[tuple[str, str]]:
        """The pages; those of one release are made by one statement."""
        opened = self._open(site)
        of_areas: dict[tuple[str, str], list[tuple[AreaPages, int]]] = {}
        for page in pages:
            if page.address in opened.pages:
                area, part = opened.pages[page.address]
                of_areas.setdefault((area.source, area.release), []).append((area, part))
            elif page.address == RELEASES:
                yield page.address, list_of_releases(site, opened.releases)
            else:
                yield page.address, self._release(opened, page.address)
        if of_areas:
            self.prepare(site)
        for (source, release), wanted in of_areas.items():
            yield from self._areas(opened, source, release, wanted)

    def _open(self, site: Site) -> _Open:
        if self._opened is None or self._opened.site is not site:
            create_parts(site.connection)
            addresses = EvidenceAddresses.read(site.connection)
            found = area_pages(site.connection, addresses)
            releases: dict[tuple[str, str], list[AreaPages]] = {}
            for page in found:
                releases.setdefault((page.source, page.release), []).append(page)
            pages = {
                address: (page, part)
                for page in found
                for part, address in enumerate(page.addresses(), start=1)
            }
            self._opened = _Open(site, addresses, pages, releases)
        return self._opened

    def prepare(self, site: Site) -> None:
        """Make the temporary tables of the figures of all releases."""
        create_parts(site.connection)
        glossary = glossary_root(site)
        create_words(site.connection, glossary)
        create_other_releases(site.connection, _ROOT)
        create_about(site.connection)
        create_remarks(site.connection, glossary)
        create_repeated_cells(site.connection)

    def _release(self, opened: _Open, address: str) -> str:
        create_about(opened.site.connection)
        return release_text(opened.site, address, opened.releases, opened.facts_of)

    def _areas(
        self, opened: _Open, source: str, release: str, wanted: Sequence[tuple[AreaPages, int]]
    ) -> Iterator[tuple[str, str]]:
        connection = opened.site.connection
        facts = opened.facts_of(source, release)
        if opened.printed != (source, release):
            raw = opened.site.store.tables.current("raw", source, release)
            create_printed(connection, raw.path if raw else None)
            opened.printed = (source, release)
        places = [(area.area_code, part) for area, part in wanted]
        create_chunk(connection, source, release, places)
        bodies = tables(connection, source, release, len(wanted))
        rows = rows_of_pages(connection)
        shortened: list[str] = []
        for number, (area, part) in enumerate(wanted):
            text = _page(opened, facts, area, part, bodies[number], rows.get(number, ()))
            if len(text.encode()) > EVIDENCE_BYTES_OF_A_PAGE:
                shortened = shortened or tables(connection, source, release, len(wanted), short=True)
                text = _page(opened, facts, area, part, shortened[number], rows.get(number, ()))
            yield page_of(source, release, *places[number]), text


def _page(
    opened: _Open, facts: ReleaseFacts, area: AreaPages, part: int, body: str, rows: Sequence[PrintedRow]
) -> str:
    source, release = facts.source, facts.release
    address = page_of(source, release, area.area_code, part)
    left = EVIDENCE_BYTES_OF_A_PAGE - len(body.encode()) - len(facts.facts) - len(facts.checked)
    texts = max(2_000, min(EVIDENCE_BYTES_OF_TEXTS, left // 3))
    findings = opened.findings[source, release].get(area.area_code, ())
    found = findings_list(
        findings, opened.addresses, (source, release, area.area_code, part), texts, glossary_root(opened.site)
    )
    notes = notes_list(opened.notes[source, release].get(area.area_code, ()), texts)
    mark = SYNTHETIC if facts.synthetic else ""
    room = left - len(found.encode()) - len(notes.encode()) - _FRAME_BYTES
    printed = printed_tables(rows, room, mark)
    decided = decisions(facts.waivers, facts.corrections)
    title = f"{area.area_name}: where the figures come from"
    if area.parts > 1:
        title += f", part {part} of {area.parts}"
    label = escape(f"Figures of {area.area_name}")
    main = f"""<h1>{escape(title)}</h1>
<p class="lead">{escape(facts.about)}, release {escape(release)}. Each of the {area.figures:,} figures of
{escape(area.area_name)} ({escape(area.area_code)}) in this release has a row, with the text that the publisher printed
and the cell that has it.</p>
{_parts(area, part)}<dl class="facts">{facts.facts}</dl>
<h2>To quote these figures</h2>
<div class="copy"><p>{escape(facts.quotation(area.area_name))}</p></div>
<h2>Figures</h2>
<div class="scroll" tabindex="0" role="region" aria-label="{label}">
<table class="evidence"><caption>{mark}{label}, as release {escape(release)} prints them. Remarks say what is
disputed, what checks found, and what other releases print.</caption>
{HEAD}
{body.removeprefix("</tbody>")}</tbody></table></div>
{found}{decided}{printed}{marks_list(facts.marks)}{notes}<details><summary>Checks of this release</summary>
{facts.checked}</details>
"""
    crumbs = [("Evidence", RELEASES), (f"{source} {release}", release_page(source, release))]
    return opened.site.frame(title, main, address, crumbs, synthetic=facts.synthetic)


def _parts(area: AreaPages, part: int) -> str:
    if area.parts == 1:
        return ""
    links = " ".join(
        f"<strong>{number}</strong>"
        if number == part
        else f'<a href="{escape(address.rpartition("/")[2])}">{number}</a>'
        for number, address in enumerate(area.addresses(), start=1)
    )
    return f'<nav aria-label="Parts of this page"><p>Parts, in the order of the file: {links}</p></nav>\n'
