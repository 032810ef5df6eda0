"""Which pages of evidence there are, and what each shows, as a hash.

Belongs here: pages and their keys. Does not belong here: their content (`section`).

The keys are DuckDB's own hashes, which are quick. They may differ between versions of DuckDB, which the build of the
site puts into every key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.display import EVIDENCE_AREAS_OF_A_PAGE
from civic_assets.publish.site.evidence.addresses import EvidenceAddresses, page_of, release_page
from civic_assets.publish.site.evidence.other_releases import IDENTITY, SAME

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract

# Columns of a figure that its page shows.
_SHOWN = (
    "locator", "measure", "unit", "statistic", "period_start", "period_end", "period_kind", "breakdown", "value",
    "status", "quality", "value_text", "newest", "corrected_value", "synthetic", "area_name", "partnership_code",
    "parent_code", "table_id",
)  # fmt: skip
_OF_RELEASES = {
    "releases": "SELECT source, release, hash(r) AS h FROM catalogue.releases r",
    "files": "SELECT source, release, hash(f) AS h FROM catalogue.files f",
    "checks": """SELECT source, release, hash(c, n.name) AS h FROM quality.check_results c
        LEFT JOIN catalogue.checks n USING (check_id, layer)""",
    "waivers": "SELECT source, release, hash(w) AS h FROM quality.waivers w",
    "corrections": "SELECT source, release, hash(c) AS h FROM quality.corrections c",
    "notes": "SELECT source, release, hash(n) AS h FROM catalogue.notes n",
    "marks": "SELECT source, release, hash(m) AS h FROM catalogue.note_marks m",
}


@dataclass(frozen=True, slots=True)
class AreaPages:
    """The pages of an area in a release.

    Args:
        area_name: Name of the area.
        figures: Number of its figures.
        parts: Number of pages.
    """

    source: str
    release: str
    area_code: str
    area_name: str
    figures: int
    parts: int

    def addresses(self) -> list[str]:
        """Addresses of the pages, in order."""
        return [page_of(self.source, self.release, self.area_code, part + 1) for part in range(self.parts)]


def area_pages(connection: DuckDBPyConnection, addresses: EvidenceAddresses) -> list[AreaPages]:
    """The pages of all areas, by source, release and code of the area."""
    rows = connection.execute(
        """SELECT source, release, area_code, any_value(area_name), count(*) FROM harmonised.observations
        GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    return [
        AreaPages(
            source,
            release,
            code,
            name or code,
            figures,
            1 + len(addresses.starts.get((source, release, code), ())),
        )
        for source, release, code, name, figures in rows
    ]


def by_release(pages: Sequence[AreaPages]) -> Iterator[tuple[tuple[str, str], list[AreaPages]]]:
    """Pages of areas by source and release."""
    for key, some in groupby(pages, key=lambda page: (page.source, page.release)):
        yield key, list(some)


def release_parts(areas: Sequence[AreaPages]) -> int:
    """Number of pages of a release, which list its areas."""
    return max(1, -(-len(areas) // EVIDENCE_AREAS_OF_A_PAGE))


def planned_keys(
    connection: DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    pages: Sequence[AreaPages],
    addresses: EvidenceAddresses,
) -> Iterator[tuple[str, str]]:
    """Address and key of each page of an area and of a release.

    It needs `create_about`.

    Args:
        connection: The read model.
        contracts: Contracts by source.
        pages: Pages of areas.
        addresses: Addresses of evidence.
    """
    figures = _figures(connection)
    findings = _findings(connection)
    releases = _releases(connection)
    measures = connection.execute("SELECT bit_xor(hash(m)) FROM catalogue.measures m").fetchall()[0][0]
    # Where a figure of another release is, is part of a page that links to it.
    splits: dict[tuple[str, str], list[Any]] = {}
    for (source, release, area), starts in sorted(addresses.starts.items()):
        splits.setdefault((source, area), []).append([release, starts])
    for (source, release), areas in by_release(pages):
        contract = contracts.get(source)
        shared = [releases.get((source, release)), contract.sha256 if contract else None, measures]
        for page in areas:
            place = (source, release, page.area_code)
            key = _key(
                shared, place, figures[place], findings.get(place), splits.get((source, page.area_code))
            )
            for part, address in enumerate(page.addresses(), start=1):
                yield address, f"{key}-{part}-{page.parts}"
        listed = [[page.area_code, page.area_name, page.figures, page.parts] for page in areas]
        key = _key(shared, (source, release), listed, None, None)
        for part in range(1, release_parts(areas) + 1):
            yield release_page(source, release, part), f"{key}-{part}"


def _figures(connection: DuckDBPyConnection) -> Mapping[tuple[str, str, str], Any]:
    """A hash of the figures of each page, with what other releases print for them."""
    shown = ", ".join(f"o.{name}" for name in _SHOWN)
    rows = connection.execute(
        f"""WITH several AS (
            SELECT {SAME} AS same FROM harmonised.observations GROUP BY 1 HAVING count(*) > 1
        ), others AS (
            SELECT same, hash(list((release, value, status, quality, locator)
                ORDER BY release_order, release, locator)) AS printed
            FROM (SELECT *, {SAME} AS same FROM harmonised.observations) SEMI JOIN several USING (same) GROUP BY same
        )
        SELECT o.source, o.release, o.area_code, count(*), bit_xor(hash({shown})),
            sum(coalesce(hash(o.locator, t.printed), 0)::HUGEINT) FILTER (t.same IS NOT NULL)
        FROM harmonised.observations o LEFT JOIN others t
            ON t.same = hash({", ".join(f"o.{name}" for name in IDENTITY)})
        GROUP BY ALL"""
    ).fetchall()
    return {(row[0], row[1], row[2]): row[3:] for row in rows}


def _findings(connection: DuckDBPyConnection) -> Mapping[tuple[str, str, str], Any]:
    """A hash of the findings about the figures of each page."""
    rows = connection.execute(
        """SELECT a.source, a.release, a.area_code, count(*), bit_xor(hash(a, f))
        FROM evidence_about a JOIN quality.findings f USING (finding_id, source, release) GROUP BY ALL"""
    ).fetchall()
    return {(row[0], row[1], row[2]): row[3:] for row in rows}


def _releases(connection: DuckDBPyConnection) -> Mapping[tuple[str, str], Any]:
    """A hash of what pages show once of each release."""
    parts = " UNION ALL ".join(
        f"SELECT '{name}' AS part, source, release, h FROM ({query})" for name, query in _OF_RELEASES.items()
    )
    rows = connection.execute(
        f"""SELECT r.source, r.release, bit_xor(hash(r.part, r.h)), count(*), any_value(hash(s)) FROM ({parts}) r
        LEFT JOIN catalogue.sources s USING (source) GROUP BY ALL"""
    ).fetchall()
    return {(row[0], row[1]): row[2:] for row in rows}


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:24]
