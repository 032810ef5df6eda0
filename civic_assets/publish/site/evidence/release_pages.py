"""The page of a release, and the list of releases.

Belongs here: both pages. Does not belong here: pages of areas (`section`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.display import EVIDENCE_AREAS_OF_A_PAGE, EVIDENCE_BYTES_OF_A_PAGE
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.report.links import anchor
from civic_assets.publish.report.words import REASONS, day
from civic_assets.publish.site.addresses import GLOSSARY, root_of
from civic_assets.publish.site.evidence.addresses import RELEASES, release_page
from civic_assets.publish.site.evidence.planning import AreaPages, release_parts
from civic_assets.publish.site.evidence.release_facts import (
    OUTCOMES,
    ReleaseFacts,
    decisions,
    marks_list,
)
from civic_assets.publish.site.evidence.word_tables import explained
from civic_assets.publish.site.source_words import about

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.publish.site.page import Site

Releases = Mapping[tuple[str, str], Sequence[AreaPages]]
"""Pages of areas by source and release."""
# The newest last, as the read model orders the figures of releases.
_ORDER = """SELECT r.source, r.release, r.available_from, r.synthetic, o.figures
FROM catalogue.releases r JOIN (
    SELECT source, release, any_value(release_order) AS release_order, count(*) AS figures FROM harmonised.observations
    GROUP BY ALL
) o USING (source, release) ORDER BY r.source, o.release_order, r.release"""


def release_key(connection: DuckDBPyConnection, contracts: Mapping[str, Contract]) -> str:
    """Key of the list of releases."""
    rows = connection.execute(_ORDER).fetchall()
    versions = {source: contract.sha256 for source, contract in contracts.items()}
    return hashlib.sha256(json.dumps([rows, versions], default=str).encode()).hexdigest()[:24]


def list_of_releases(site: Site, releases: Releases) -> str:
    """Text of the page that lists the sources and their releases, each source's oldest release first."""
    rows = rows_of(site.connection, _ORDER)
    parts = []
    for source in dict.fromkeys(row["source"] for row in rows):
        items = "".join(
            _listed(row, len(releases[source, row["release"]])) for row in rows if row["source"] == source
        )
        what = about(site.contracts.get(source))
        parts.append(
            f'<h2 id="{escape(anchor("source", source))}">{escape(what or source)}</h2>\n'
            f'<p class="quiet">Source {escape(source)}. The releases, the oldest first:</p>\n<ul>{items}</ul>\n'
        )
    main = (
        '<h1>Evidence of the figures</h1>\n<p class="lead">For each release, its file, its checks, and every figure '
        "with the cell that it was read from.</p>\n" + "".join(parts)
    )
    return site.frame(
        "Evidence of the figures", main, RELEASES, synthetic=any(row["synthetic"] for row in rows)
    )


def _listed(row: Mapping[str, Any], areas: int) -> str:
    address = release_page(row["source"], row["release"]).partition("/")[2]
    mark = ' <span class="synthetic">SYNTHETIC</span>' if row["synthetic"] else ""
    when = f", published {day(row['available_from'])}" if row["available_from"] else ""
    return (
        f'<li><a href="{escape(address)}">{escape(row["release"])}</a>{mark}: {row["figures"]:,} figures of {areas:,} '
        f"{'area' if areas == 1 else 'areas'}{escape(when)}</li>"
    )


def release_text(
    site: Site, address: str, releases: Releases, facts_of: Callable[[str, str], ReleaseFacts]
) -> str:
    """Text of a page of a release.

    Args:
        site: Site of this process.
        address: Address of the page.
        releases: Pages of areas by source and release.
        facts_of: Function for the facts of a source's release.

    Raises:
        LookupError: No release has this page.
    """
    for (source, release), areas in releases.items():
        for part in range(1, release_parts(areas) + 1):
            if release_page(source, release, part) == address:
                return _text(site, facts_of(source, release), areas, part)
    raise LookupError(f"No page of evidence has the address {address}.")


def _text(site: Site, facts: ReleaseFacts, areas: Sequence[AreaPages], part: int) -> str:
    first = (part - 1) * EVIDENCE_AREAS_OF_A_PAGE
    shown = areas[first : first + EVIDENCE_AREAS_OF_A_PAGE]
    title = f"{facts.source}, release {facts.release}"
    if (n := release_parts(areas)) > 1:
        title += f", part {part} of {n}"
    items = "".join(
        f'<li><a href="{escape(page.addresses()[0].rpartition("/")[2])}">{escape(page.area_name)}</a> '
        f"({page.figures:,})</li>"
        for page in sorted(shown, key=lambda page: (page.area_name, page.area_code))
    )
    more = "".join(
        f' <a href="{escape(release_page(facts.source, facts.release, other).rpartition("/")[2])}">Part {other}</a>'
        for other in range(1, n + 1)
        if other != part
    )
    mark = '<span class="synthetic">SYNTHETIC</span> ' if facts.synthetic else ""
    main = f"""<h1>{escape(title)}</h1>
<p class="lead">{escape(facts.about)}: the file of this release, its checks, and its areas.</p>
<dl class="facts">{facts.facts}</dl>
<h2>To quote this release</h2>
<div class="copy"><p>{escape(facts.quotation())}</p></div>
<h2>Areas</h2>
<p>{mark}Each area has a page with its figures and their cells. The number of figures is in brackets.{more}</p>
<ul class="columns">{items}</ul>
{decisions(facts.waivers, facts.corrections)}{marks_list(facts.marks)}"""
    left = EVIDENCE_BYTES_OF_A_PAGE - len(main.encode())
    main += _notes(site, facts, left // 3) + _checks(facts, left // 2, glossary_root(site))
    crumbs = [("Evidence", RELEASES)]
    address = release_page(facts.source, facts.release, part)
    return site.frame(title, main, address, crumbs, synthetic=facts.synthetic)


def glossary_root(site: Site) -> str:
    """What leads from a page of a release or an area to the report's folder; empty if there is no glossary."""
    has_one = any(address == GLOSSARY for _, address in site.menu)
    return root_of(release_page("source", "release")) if has_one else ""


def _checks(facts: ReleaseFacts, most: int, glossary: str) -> str:
    rows, taken = [], 0
    for one in sorted(
        facts.checks, key=lambda one: list(OUTCOMES).index(one["outcome"]) if one["outcome"] != "fail" else -1
    ):
        why = f" ({REASONS.get(one['reason'], one['reason'])})" if one["reason"] else ""
        message = one["message"] or ""
        taken += len(message.encode())
        if taken > most:
            message = "The message is too long for this page; the page of the source has it."
        rows.append(
            f'<tr><th scope="row">{explained(one["check_id"], one["check_id"], "check", glossary)}</th>'
            f'<td data-label="Check">{escape(one["name"] or "")}</td>'
            f'<td data-label="Outcome">{escape(OUTCOMES[one["outcome"]] + why)}</td>'
            f'<td data-label="Severity">{escape(one["severity"] or "")}</td>'
            f'<td class="n" data-label="Checked">{_number(one["n_checked"])}</td>'
            f'<td class="n" data-label="Failed">{_number(one["n_failed"])}</td>'
            f'<td class="words" data-label="What was found">{escape(message)}</td></tr>'
        )
    if not rows:
        return ""
    return (
        '<h2>Checks</h2>\n<div class="scroll" tabindex="0" role="region" aria-label="Checks of this release">'
        '<table class="cards"><caption>Checks of this release, those that failed first</caption><thead><tr>'
        '<th scope="col">Id</th><th scope="col">Check</th><th scope="col">Outcome</th><th scope="col">Severity</th>'
        '<th scope="col" class="n">Checked</th><th scope="col" class="n">Failed</th><th scope="col">What was found</th>'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>\n"
    )


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _notes(site: Site, facts: ReleaseFacts, most: int) -> str:
    notes = rows_of(
        site.connection,
        "SELECT locator, number, text FROM catalogue.notes WHERE source = ? AND release = ? ORDER BY locator, text",
        [facts.source, facts.release],
    )
    items: list[str] = []
    taken = 0
    for one in notes:
        number = f"Note {one['number']}, " if one["number"] else ""
        item = f"<li>{escape(number + one['locator'])}: {escape(one['text'])}</li>"
        taken += len(item.encode())
        if taken > most:
            items.append(
                f"<li>{len(notes) - len(items):,} more notes are in the read model, in catalogue.notes.</li>"
            )
            break
        items.append(item)
    return f"<h2>Notes of the publisher</h2>\n<ul>{''.join(items)}</ul>\n" if items else ""
