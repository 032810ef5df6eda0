"""What a page of evidence says once of its release: publisher, file, versions, checks, decisions, and how to quote it.

Belongs here: reading that, and wording it. Does not belong here: single figures (`figures`, `remarks`), and what
checks and notes say of an area (`findings`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from civic_assets.layers.keys import code_version
from civic_assets.publish.queries.figure_absence import how_known
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.report.links import anchor
from civic_assets.publish.report.words import REASONS, day
from civic_assets.publish.site.addresses import source_page
from civic_assets.publish.site.glossary.vocabulary import status_words
from civic_assets.publish.site.source_words import about

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract

OUTCOMES = {"pass": "passed", "fail": "failed", "not_evaluated": "not evaluated"}
"""Outcomes of a check, in words."""
_RELEASE = """SELECT r.*, s.publisher, s.licence, s.contract_version, s.contract_sha256,
    f.sha256 AS file_sha256, f.file_name AS received_as, f.url, f.retrieved_at AS received_at, f.origin AS received_from
FROM catalogue.releases r
LEFT JOIN catalogue.sources s USING (source)
LEFT JOIN (SELECT source, release, sha256, first(file_name ORDER BY retrieved_at) AS file_name,
        first(url ORDER BY retrieved_at) AS url, min(retrieved_at) AS retrieved_at,
        first(origin ORDER BY retrieved_at) AS origin FROM catalogue.files GROUP BY ALL) f
    ON f.source = r.source AND f.release = r.release AND f.sha256 = r.sha256
WHERE r.source = ? AND r.release = ?"""
_CHECKS = """SELECT r.*, c.name FROM quality.check_results r LEFT JOIN catalogue.checks c USING (check_id, layer)
WHERE r.source = ? AND r.release = ? ORDER BY r.check_id, r.layer"""
_WAIVERS = "SELECT * FROM quality.waivers WHERE source = ? AND release = ? ORDER BY waiver_id"
_CORRECTIONS = "SELECT * FROM quality.corrections WHERE source = ? AND release = ? ORDER BY correction_id"


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """A release and its file.

    Args:
        about: What the source is about.
        row: Row of `catalogue.releases`, with its source and its file.
        checks: Results of its checks.
        waivers: Decisions that let a check pass.
        corrections: Decisions that correct a figure.
        marks: Marks that the publisher prints, with their status and meaning.
        facts: Terms and descriptions, as HTML.
        checked: Results of its checks in short, as HTML.
    """

    source: str
    release: str
    about: str
    row: Mapping[str, Any]
    checks: Sequence[Mapping[str, Any]]
    waivers: Sequence[Mapping[str, Any]]
    corrections: Sequence[Mapping[str, Any]]
    marks: Sequence[tuple[str, str, str]]
    facts: str
    checked: str

    @property
    def synthetic(self) -> bool:
        """Whether its figures are made up."""
        return bool(self.row["synthetic"])

    def quotation(self, area: str = "") -> str:
        """The line to quote: publisher, what, release, area, licence."""
        where = f", {area}" if area else ""
        made_up = "SYNTHETIC, not real figures. " if self.synthetic else ""
        return (
            f"{made_up}Source: {self.row['publisher']}, {self.about[:1].lower()}{self.about[1:]}, release "
            f"{self.release}{where}. {self.row['licence']}."
        )


def facts_of(
    connection: DuckDBPyConnection, contract: Contract | None, source: str, release: str, root: str
) -> ReleaseFacts:
    """Facts of a release with figures.

    Args:
        connection: The read model.
        contract: Contract of the source.
        source: The source.
        release: The release.
        root: What leads from the page to the report's folder.
    """
    row = rows_of(connection, _RELEASE, [source, release])[0]
    checks = rows_of(connection, _CHECKS, [source, release])
    marks = [(one.mark, one.status, one.meaning) for one in (contract.symbols.values() if contract else ())]
    return ReleaseFacts(
        source=source,
        release=release,
        about=about(contract) or source,
        row=row,
        checks=checks,
        waivers=rows_of(connection, _WAIVERS, [source, release]),
        corrections=rows_of(connection, _CORRECTIONS, [source, release]),
        marks=marks,
        facts=_facts(row, root),
        checked=_checked(checks),
    )


def _facts(row: Mapping[str, Any], root: str) -> str:
    source, release = row["source"], row["release"]
    published = (
        f"{day(row['available_from'])} ({how_known(row['available_from_basis'])})"
        if row["available_from"]
        else how_known(None)
    )
    terms = [
        ("Publisher", escape(row["publisher"] or "")),
        ("Licence", escape(row["licence"] or "")),
        ("Source", f'<a href="{root}{escape(source_page(source))}">{escape(source)}</a>'),
        (
            "Release",
            (
                f'{escape(release)} (<a href="index.html">its checks and areas</a>, '
                f'<a href="../../index.html#{escape(anchor("source", source))}">releases before and after it</a>)'
            ),
        ),
        ("Published", escape(published)),
        ("File", f"<code>{escape(row['received_as'] or row['file_name'] or '')}</code>"),
        ("SHA-256 of the file", f"<code>{escape(row['file_sha256'] or row['sha256'] or '')}</code>"),
        ("Address of the file", _url(row["url"])),
        ("Received", escape(f"{day(row['received_at'] or row['retrieved_at'])}")),
        (
            "Contract",
            f"version {escape(row['contract_version'] or '')}, <code>{(row['contract_sha256'] or '')[:12]}</code>",
        ),
        ("Program", f"<code>{escape(code_version()[:12])}</code>"),
    ]
    return "".join(f"<dt>{term}</dt><dd>{words}</dd>" for term, words in terms)


def _url(url: str | None) -> str:
    if not url:
        return "none: the file was supplied, not fetched"
    if url.startswith(("https://", "http://")):
        return f'<a href="{escape(url)}" rel="external noreferrer">{escape(url)}</a>'
    return f"<code>{escape(url)}</code>"


def _checked(checks: Sequence[Mapping[str, Any]]) -> str:
    """Checks of a release by outcome, each by its id and name."""
    lines = []
    for outcome, words in OUTCOMES.items():
        named = [_named(one) for one in checks if one["outcome"] == outcome]
        if named:
            lines.append(f"<li><strong>{len(named)} {words}:</strong> {'; '.join(named)}</li>")
    return f"<ul>{''.join(lines)}</ul>" if lines else "<p>No check was made on this release.</p>"


def _named(check: Mapping[str, Any]) -> str:
    name = f" {check['name']}" if check["name"] else ""
    why = f" ({REASONS.get(check['reason'], check['reason'])})" if check["reason"] else ""
    return escape(f"{check['check_id']}{name}{why}")


def marks_list(marks: Sequence[tuple[str, str, str]]) -> str:
    """What the marks of a publisher mean, as HTML; empty if it has none."""
    if not marks:
        return ""
    lines = "".join(
        f"<li>{f'<code>{escape(mark)}</code>' if mark else 'An empty cell'}: {escape(status_words(status))}"
        f"{f' ({escape(meaning)})' if meaning else ''}</li>"
        for mark, status, meaning in marks
    )
    return f"<details><summary>Marks that this publisher prints</summary><ul>{lines}</ul></details>\n"


def decisions(waivers: Sequence[Mapping[str, Any]], corrections: Sequence[Mapping[str, Any]]) -> str:
    """Registered decisions, as HTML; empty without any."""
    items = [
        f'<li id="{escape(anchor("decision", one["correction_id"]))}"><strong>Correction {escape(one["correction_id"])}'
        f"</strong> ({escape(one['state'])}), cell {escape(one['locator'] or '')}: printed "
        f"{escape(one['printed_text'] or 'nothing')}, corrected to {escape(_plain(one['corrected_value']))}. "
        f"{escape(one['message'] or '')} Reason: {escape(one['reason'] or 'not given')}. Evidence: "
        f"{escape(one['evidence'] or 'not given')}. Reported to: {escape(one['reported_to'] or 'nobody')}. Decided on "
        f"{escape(day(one['decided']) or 'an unknown day')} by: {escape(one['author_role'] or 'not given')}.</li>"
        for one in corrections
    ] + [
        f'<li id="{escape(anchor("decision", one["waiver_id"]))}"><strong>Waiver {escape(one["waiver_id"])}</strong> '
        f"({escape(one['state'])}): check {escape(one['check_id'])} may fail. Reason: {escape(one['reason'] or '')}. "
        f"Given on {escape(day(one['given']))} by: {escape(one['author_role'] or '')}. It ends on "
        f"{escape(day(one['expires']))}.</li>"
        for one in waivers
    ]
    return f"<h2>Decisions</h2>\n<ul>{''.join(items)}</ul>\n" if items else ""


def _plain(value: float | None) -> str:
    return "no value" if value is None else f"{value:,.10g}"
