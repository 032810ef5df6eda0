"""Pages of the other registers of a source: one for each, one click away from the page of the source.

Belongs here: dividing their rows among pages, and what the page of a source says of each. Does not belong here: which
registers there are (`civic_assets.publish.report.registers`), bias (`bias`) and revisions (`revisions`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from civic_assets.house_numbers.display import REPORT_BYTES_OF_A_PART
from civic_assets.publish.report.links import OURS, anchor, source_page
from civic_assets.publish.report.registers import Section
from civic_assets.publish.site.quality import bias
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.page import TOP, Page, in_parts
from civic_assets.publish.site.quality.places import part_of_source

_CHANGES = "release_change_counts"
# Kinds of changes in the order of a sentence: figures that are in both releases, then those in one of them.
_KINDS = ("unchanged", "revised", "reclassified", "new", "no_longer_printed", "withdrawn")
_CELL = 40


def pages(report: Report, source: str) -> Iterator[Page]:
    """Pages of the registers of a source, or of a derived table."""
    known = source in report.facts.source_names
    above = (source, source_page(source)) if known else ("Derived tables", OURS)
    for section in report.registers.get(source, ()):
        sizes = [_bytes(section, row) for row in section.rows]
        parts = in_parts(sizes, REPORT_BYTES_OF_A_PART)
        for number, (first, end) in enumerate(parts, start=1):
            title = f"{section.register.title}: {source}" + (f", page {number}" if len(parts) > 1 else "")
            yield Page(
                _address(report, source, section, number),
                title,
                "register.html.j2",
                {
                    "section": section,
                    "rows": section.rows[first:end],
                    "addresses_of_parts": [
                        _address(report, source, section, one + 1) for one in range(len(parts))
                    ],
                    "subject": source,
                },
                (*TOP, above),
                report.is_synthetic(source if known else None),
            )


def listed(report: Report, source: str) -> list[Mapping[str, Any]]:
    """What the page of a source says of each of its registers."""
    first = bias.register_row(report, source)
    return [
        *([first] if first else []),
        *(
            {
                "table": section.register.table,
                "title": section.register.title,
                "page": _address(report, source, section),
                "total": section.total,
                "said": section.register.about,
            }
            for section in report.registers.get(source, ())
        ),
    ]


def newest_changes(report: Report, source: str) -> Mapping[str, Any] | None:
    """What the newest release of a source changed; None if no release followed another.

    Returns:
        The release, the one before, figures by kind of change, and the page of the register.
    """
    for section in report.registers.get(source, ()):
        if section.register.table == _CHANGES and section.rows:
            newest = section.rows[0]
            pair = (newest["release"], newest["previous_release"])
            rows = [row for row in section.rows if (row["release"], row["previous_release"]) == pair]
            rows.sort(key=lambda row: _KINDS.index(row["kind"]) if row["kind"] in _KINDS else len(_KINDS))
            kinds = [(row["kind"].replace("_", " "), row["n"]) for row in rows]
            return {
                "release": pair[0],
                "before": pair[1],
                "kinds": kinds,
                "page": _address(report, source, section),
            }
    return None


def _address(report: Report, source: str, section: Section, number: int = 1) -> str:
    if source in report.facts.source_names:
        return part_of_source(source, section.register.table, number)
    return part_of_source("", f"{section.register.table}-{anchor('of', source)}", number)


def _bytes(section: Section, row: Mapping[str, Any]) -> int:
    texts: Sequence[str] = [str(row[name] or "") for name, _ in section.columns]
    return sum(_CELL + len(text.encode()) for text in texts)
