"""What checks found and what the publisher notes about the figures of an area, as HTML.

Belongs here: reading both for all areas of a release, and wording them. Does not belong here: the marks next to single
figures (`remarks`), and the findings of a whole source (`civic_assets.publish.report`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.display import EVIDENCE_FIGURES_OF_A_FINDING
from civic_assets.publish.queries.notes_of_figure import INHERITED
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.report.links import finding_anchor
from civic_assets.publish.site.evidence.addresses import EvidenceAddresses, anchor_of
from civic_assets.publish.site.evidence.word_tables import explained
from civic_assets.values.plain_words import measure_words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FINDINGS = """SELECT a.area_code, list(DISTINCT a.locator ORDER BY a.locator) AS cells,
    f.* EXCLUDE (area_code), c.name
FROM evidence_about a JOIN quality.findings f USING (finding_id, source, release)
LEFT JOIN (SELECT check_id, any_value(name) AS name FROM catalogue.checks GROUP BY ALL) c ON c.check_id = f.check_id
WHERE a.source = ? AND a.release = ? GROUP BY ALL ORDER BY f.check_id, f.finding_id"""
# A note without a mark concerns areas; one with a mark concerns what the mark is at (`notes_of_figure`).
_NOTES = """
WITH areas AS (
    SELECT area_code, list_distinct([area_code] || list(partnership_code) || list(parent_code)) AS codes,
        list_distinct(list(table_id)) AS tables
    FROM harmonised.observations WHERE source = $source AND release = $release GROUP BY area_code
)
SELECT a.area_code, n.locator, n.text, n.number, n.effects,
    list(DISTINCT m.locator ORDER BY m.locator) FILTER (m.locator <> n.locator) AS marked_at,
    list_distinct(flatten(list(coalesce(m.measures, n.measures)))) AS measures,
    bool_or(len(coalesce(m.measures, n.measures, [])) = 0) AS all_measures
FROM areas a CROSS JOIN catalogue.notes n
LEFT JOIN catalogue.note_marks m ON m.source = n.source AND m.release = n.release AND m.note_locator = n.locator
WHERE n.source = $source AND n.release = $release AND (
    (m.locator IS NULL AND (n.areas = [] OR list_has_any(n.areas, a.codes)))
    OR (list_contains(a.tables, m.table_id) AND (m.areas = [] OR list_contains(m.areas, a.area_code)
        OR (list_has_any(n.effects, $inherited) AND list_has_any(m.areas, a.codes)))))
GROUP BY a.area_code, n.locator, n.text, n.number, n.effects ORDER BY n.locator, n.text"""


def findings_by_area(
    connection: DuckDBPyConnection, source: str, release: str
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Findings that concern figures of each area, with the cells of these figures. It needs `create_about`."""
    return _by_area(rows_of(connection, _FINDINGS, [source, release]))


def notes_by_area(
    connection: DuckDBPyConnection, source: str, release: str
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The publisher's notes that concern figures of each area."""
    names = {"source": source, "release": release, "inherited": list(INHERITED)}
    return _by_area(rows_of(connection, _NOTES, names))


def _by_area(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["area_code"], []).append(row)
    return found


def findings_list(
    findings: Sequence[Mapping[str, Any]],
    addresses: EvidenceAddresses,
    place: tuple[str, str, str, int],
    most: int,
    glossary: str = "",
) -> str:
    """Findings about the figures of a page.

    Args:
        findings: Findings about the area.
        addresses: Addresses of evidence.
        place: Source, release, area and part of the page.
        most: Bytes that they may take. Messages that would exceed it are left out, and the list says so; the page of
            the release has them all.
        glossary: As for `word_tables.create_words`.
    """
    items, taken, left_out = [], 0, 0
    for one in findings:
        cells = [cell for cell in one["cells"] if addresses.part(*place[:3], cell) == place[3]]
        if not cells:
            continue
        text = _finding(one, cells, glossary)
        taken += len(text.encode())
        if taken > most:
            left_out += 1
            text = f'<li id="{escape(finding_anchor(one["finding_id"]))}">{_check(one, glossary)}</li>'
        items.append(text)
    if not items:
        return ""
    more = (
        f"<p>This page would be too large with all messages: {left_out:,} are only named. "
        'The <a href="index.html">page of the release</a> says what each check found.</p>'
        if left_out
        else ""
    )
    return f"<h2>What checks found here</h2>\n<ul>{''.join(items)}</ul>\n{more}"


def _check(finding: Mapping[str, Any], glossary: str) -> str:
    name = f" {finding['name']}" if finding["name"] else ""
    check = explained(finding["check_id"] + name, finding["check_id"], "check", glossary)
    return f"<strong>{check}</strong> ({escape(finding['severity'])})"


def _finding(finding: Mapping[str, Any], cells: Sequence[str], glossary: str) -> str:
    facts = [f"Cell to look at first: {finding['locator']}." if finding["locator"] else ""]
    facts.append(f"Found: {finding['observed']}." if finding["observed"] is not None else "")
    facts.append(f"Expected: {finding['expected']}." if finding["expected"] is not None else "")
    if finding["proposal"] is not None:
        ties = f" ({finding['n_ties']} equally small repairs)" if (finding["n_ties"] or 0) > 1 else ""
        facts.append(f"Most likely value: {finding['proposal']}{ties}.")
    facts.append(f"Let pass by the decision {finding['waiver_id']}." if finding["waiver_id"] else "")
    shown = cells[:EVIDENCE_FIGURES_OF_A_FINDING]
    links = ", ".join(f'<a href="#{anchor_of(cell)}">{escape(cell)}</a>' for cell in shown)
    more = f" and {len(cells) - len(shown):,} more" if len(cells) > len(shown) else ""
    said = escape(" ".join(fact for fact in facts if fact))
    return (
        f'<li id="{escape(finding_anchor(finding["finding_id"]))}">{_check(finding, glossary)}: '
        f"{escape(finding['message'] or '')} <br>{said} Figures on this page: {links}{more}.</li>"
    )


def notes_list(notes: Sequence[Mapping[str, Any]], most: int) -> str:
    """The publisher's notes about the figures of an area; those that would take more than `most` bytes are counted."""
    items, taken = [], 0
    for one in notes:
        text = _note(one)
        taken += len(text.encode())
        if taken > most:
            break
        items.append(text)
    if not notes:
        return ""
    left_out = len(notes) - len(items)
    more = (
        f'<p>{left_out:,} more are on the <a href="index.html">page of the release</a>.</p>'
        if left_out
        else ""
    )
    return (
        f"<details><summary>Notes of the publisher that concern these figures ({len(notes)})</summary>"
        f"<ul>{''.join(items)}</ul>{more}</details>\n"
    )


def _note(note: Mapping[str, Any]) -> str:
    number = f"Note {note['number']}, " if note["number"] else ""
    effects = ", ".join(effect.replace("_", " ") for effect in note["effects"] or ())
    about = ""
    if note["measures"] and not note["all_measures"]:
        about = f" About {', '.join(sorted(measure_words(one) for one in note['measures']))}."
    marked = f" Marked at {', '.join(note['marked_at'])}." if note["marked_at"] else ""
    says = f" It says: {effects}." if effects else ""
    return f"<li>{escape(number)}{escape(note['locator'])}: {escape(note['text'])}{escape(about + marked + says)}</li>"
