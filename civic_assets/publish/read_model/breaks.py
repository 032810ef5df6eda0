"""The breaks as a table: `quality.breaks`.

Belongs here: that table. Does not belong here: which breaks concern a comparison
(`civic_assets.harmonise.comparability.breaks`), and sentences about a published figure (`break_notes`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.comparability.area_scope import AreaScope
from civic_assets.publish.read_model.connection import insert_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.harmonise.comparability.breaks import Break

ALL = "all"
"""Value of a column of the scope if the break concerns everything."""


def create(connection: DuckDBPyConnection) -> None:
    """Create `quality.breaks`: one row for each break, in the order of the file.

    Several sources, measures, areas, breakdowns, units or kinds of period in its scope are separated by commas.
    `area_code` has every area of the shipped register in its scope, and beginnings of codes as written; wards and
    output areas inside those of `area_with_all_inside` are in the scope without being listed. `last_old_edition` is
    set if the change is between editions: `source edition`, the last of the old kind.

    Args:
        connection: Connection to a read model being built.
    """
    from civic_assets.harmonise.comparability.breaks import breaks

    entries: dict[str, list[Break]] = {}
    for entry in breaks():
        entries.setdefault(entry.id, []).append(entry)
    connection.execute(
        """CREATE TABLE quality.breaks (break_id VARCHAR PRIMARY KEY, source VARCHAR, measure VARCHAR,
        area_code VARCHAR, area_exactly VARCHAR, area_with_all_inside VARCHAR, area_totals_containing VARCHAR,
        breakdown VARCHAR, unit VARCHAR, period_kind VARCHAR, last_old_edition VARCHAR, first_new_edition VARCHAR,
        only_editions VARCHAR, last_edition_without VARCHAR, date_from DATE, date_to DATE, effect VARCHAR,
        action VARCHAR, abnormal BOOLEAN, reference VARCHAR, verified BOOLEAN, reclassifies BOOLEAN)"""
    )
    insert_rows(connection, "quality.breaks", map(_row, entries.values()))


def _row(entries: list[Break]) -> dict[str, Any]:
    first = entries[0]
    reach = first.areas or AreaScope()
    return {
        "break_id": first.id,
        "source": _listed([entry.source for entry in entries if entry.source] or None),
        "measure": _listed(first.measures),
        "area_code": ALL if first.areas is None else _listed((*reach, *reach.registered())),
        "area_exactly": _named(reach.exactly),
        "area_with_all_inside": _named(reach.with_all_inside),
        "area_totals_containing": _named(reach.totals_containing),
        "breakdown": _listed(first.breakdowns),
        "unit": _listed(first.units),
        "period_kind": _listed(first.period_kinds),
        "last_old_edition": _editions(first.last_old_edition),
        "first_new_edition": _editions(first.first_new_edition),
        "only_editions": _editions(
            {source: " and ".join(each) for source, each in (first.only_editions or {}).items()}
        ),
        "last_edition_without": _editions(first.last_edition_without),
        "date_from": first.date_from,
        "date_to": first.date_to,
        "effect": first.effect,
        "action": first.action,
        "abnormal": first.abnormal,
        "reference": first.reference,
        "verified": first.verified,
        "reclassifies": first.reclassifies,
    }


def _listed(scope: Iterable[str] | None) -> str:
    return ALL if scope is None else ", ".join(sorted(map(str, set(scope))))


def _named(codes: Collection[str]) -> str | None:
    return _listed(codes) if codes else None


def _editions(of_sources: Mapping[str, str] | None) -> str | None:
    return ", ".join(f"{source} {edition}" for source, edition in (of_sources or {}).items()) or None
