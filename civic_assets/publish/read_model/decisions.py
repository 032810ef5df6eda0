"""Registered decisions in the read model: corrections of printed figures, and waivers with what they let pass.

Belongs here: `quality.corrections`, `quality.waivers`, the columns `corrected_value` and `correction_id` of
observations, and `harmonised.figures_in_use`. Does not belong here: reading decisions (`civic_assets.contracts`), and
judging whether they still apply (K-02 and K-03, `civic_assets.quality.published.decisions`).

A correction does not change a published value: `value` and `value_text` stay as printed, `corrected_value` is a column
of its own, and the printed value is `disputed`. Rates, totals and changes over time in derived tables use the corrected
value, because the correction was decided; they are made from `harmonised.figures_in_use`. A correction whose guard
fails changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.contracts import corrections as registered
from civic_assets.contracts import waivers as waived
from civic_assets.contracts.corrections import Correction, load_corrections
from civic_assets.contracts.waivers import Waiver, load_waivers
from civic_assets.publish.read_model.connection import insert_rows
from civic_assets.tables.release_names import edition_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.layers.store import Store
    from civic_assets.publish.member import Member

APPLIED = "applied"
NO_RELEASE = "no_release"
STATES = {
    APPLIED: "the guard holds, and the corrected value is given with the printed one",
    "guard_failed": "the printed figure is not the expected one, so nothing is corrected",
    "no_figure": "the release has no such figure",
    "several_figures": "the correction matches several figures",
    "no_value": "the publisher prints no number for the figure, and a correction does not fill gaps",
    NO_RELEASE: "no release that it applies to is published",
}
"""State of a correction, with its meaning."""


def decided(members: Sequence[Member], today: date | None = None) -> dict[str, Any]:
    """The decisions that a publication applies: both registers as hashes, waivers in force, and what they let pass.

    Args:
        members: Releases of the publication.
        today: Day on which a waiver is in force or not; today if None.
    """
    corrections, waivers = load_corrections(), load_waivers()
    on = today or date.today()
    return {
        "corrections": _sha256(registered.words(corrections)),
        "waivers": _sha256(waived.words(waivers)),
        "waivers_in_force": [one.id for one in waivers if one.in_force(on)],
        "let_through": [
            {
                "source": member.receipt.source,
                "release": member.receipt.release,
                "check": entry.check,
                "waiver": entry.waiver,
            }
            for member in members
            if member.harmonised is not None
            for entry in member.facts.waived
        ],
    }


def _sha256(texts: Any) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def create_corrections(connection: DuckDBPyConnection, corrections: Sequence[Correction]) -> None:
    """Add corrections to observations, and create `quality.corrections` and `harmonised.figures_in_use`.

    Args:
        connection: Connection to a read model with `harmonised.observations`, before any view of that table exists.
        corrections: The register.
    """
    connection.execute("ALTER TABLE harmonised.observations ADD COLUMN corrected_value DOUBLE")
    connection.execute("ALTER TABLE harmonised.observations ADD COLUMN correction_id VARCHAR")
    connection.execute(_CORRECTIONS)
    if corrections:
        rows = _held_against(connection, corrections)
        insert_rows(connection, "quality.corrections", rows)
        connection.execute(_APPLY)
    connection.execute("ALTER TABLE quality.corrections DROP COLUMN place")
    connection.execute(_IN_USE)


def _held_against(connection: DuckDBPyConnection, corrections: Sequence[Correction]) -> list[dict[str, Any]]:
    """Each correction with each published release that it concerns, and its state there."""
    releases = connection.execute("SELECT DISTINCT source, release FROM harmonised.observations").fetchall()
    pairs: list[tuple[Correction, str]] = []
    for one in corrections:
        about = sorted(
            release
            for source, release in releases
            if source == one.source
            and (release == one.release if one.release else edition_of(release) == one.edition)
        )
        pairs += [(one, release) for release in about or [""]]
    figures: dict[int, list[dict[str, Any]]] = {}
    _register(connection, pairs)
    cursor = connection.execute(_FIGURES)
    names = [column[0] for column in cursor.description or ()]
    for row in cursor.fetchall():
        record = dict(zip(names, row, strict=True))
        figures.setdefault(record["number"], []).append(record)
    connection.unregister("correction_pairs")
    return [_row(one, release, figures.get(n, [])) for n, (one, release) in enumerate(pairs)]


def _register(connection: DuckDBPyConnection, pairs: Sequence[tuple[Correction, str]]) -> None:
    import pyarrow as pa

    texts = ("source", "release", "locator", "measure", "area", "unit", "breakdown")
    schema = pa.schema(
        [
            ("number", pa.int64()),
            *((name, pa.string()) for name in texts),
            ("period_start", pa.date32()),
            ("period_end", pa.date32()),
        ]
    )
    rows = []
    for number, (one, release) in enumerate(pairs):
        key = one.figure
        rows.append(
            {"number": number, "source": one.source, "release": release, "locator": one.locator or None}
            | (
                {"measure": key.measure, "area": key.area, "unit": key.unit, "breakdown": key.breakdown,
                 "period_start": key.start, "period_end": key.end}
                if key
                else {}
            )
        )  # fmt: skip
    connection.register("correction_pairs", pa.Table.from_pylist(rows, schema=schema))


def _row(one: Correction, release: str, figures: Sequence[dict[str, Any]]) -> dict[str, Any]:
    state = _state(one, release, figures)
    figure = figures[0] if len(figures) == 1 else {}
    return {
        "correction_id": one.id,
        "source": one.source,
        "release": release or one.release or one.edition,
        "locator": figure.get("locator") or one.locator or None,
        **{name: figure.get(name) for name in ("measure", "area_code", "period_start", "period_end")},
        "printed_value": figure.get("value"),
        "printed_text": figure.get("value_text"),
        "expected": _written(one.expect),
        "corrected_value": one.corrected,
        "state": state,
        "message": _message(one, release, state, figure),
        "reason": one.reason,
        "evidence": one.evidence,
        "reported_to": one.reported_to,
        "author_role": one.author_role,
        "decided": one.decided,
        "place": figure.get("place") if state == APPLIED else None,
    }


def _state(one: Correction, release: str, figures: Sequence[dict[str, Any]]) -> str:
    if not release:
        return NO_RELEASE
    if len(figures) != 1:
        return "several_figures" if figures else "no_figure"
    (figure,) = figures
    # A withheld figure stays withheld: neither it nor a correction of it may reveal what a publisher hides.
    if figure["value"] is None or figure["quality"] == "withheld":
        return "no_value"
    printed = figure["value_text"] if isinstance(one.expect, str) else figure["value"]
    return APPLIED if printed == one.expect else "guard_failed"


def _message(one: Correction, release: str, state: str, figure: dict[str, Any]) -> str:
    of = f"{one.source} {release or one.release or one.edition}"
    where = one.locator or (f"{one.figure.measure} of {one.figure.area}" if one.figure else "")
    if state == APPLIED:
        return (
            f"{of}, {figure['locator']}: printed {figure['value_text']!r}, corrected to {one.corrected:g} by decision "
            f"{one.id}: {one.reason}"
        )
    after = "The correction is not applied. Remove it or decide again."
    if state == "guard_failed":
        return (
            f"Correction {one.id} expects {_written(one.expect)!r} in {of}, {figure['locator']}, which prints "
            f"{figure['value_text']!r}: the publisher has changed the figure. {after}"
        )
    if state == "no_value":
        return (
            f"Correction {one.id}: {of}, {where} has no published number, and a correction does not fill gaps. "
            f"{after}"
        )
    if state == "several_figures":
        return f"Correction {one.id}: {of} has several figures at {where}. {after}"
    if state == "no_figure":
        return f"Correction {one.id}: {of} has no figure at {where}. {after}"
    return f"Correction {one.id}: {of} is not published here, so there is nothing to correct."


def _written(expect: str | float) -> str:
    return expect if isinstance(expect, str) else f"{expect:.15g}"


def applied_corrections(store: Store) -> dict[tuple[str, str, str], str]:
    """Corrections in force, in words, by source, release and cell; none before the first publication."""
    import duckdb

    from civic_assets.publish.read_model.connection import open_read_model

    if not store.database.is_file():
        return {}
    with open_read_model(store) as connection:
        try:
            rows = connection.execute(
                """SELECT source, release, locator, corrected_value, correction_id FROM quality.corrections
                WHERE state = ?""",
                [APPLIED],
            ).fetchall()
        except duckdb.CatalogException:  # published by a program without corrections
            return {}
    return {
        (s, r, cell): f"corrected to {value:,.10g} by decision {name}" for s, r, cell, value, name in rows
    }


def create_waivers(connection: DuckDBPyConnection, waivers: Sequence[Waiver], today: date) -> None:
    """Create `quality.waivers`: every registered waiver, whether it is in force, and what it lets pass.

    Args:
        connection: Connection to a read model with `quality.check_results`, `quality.findings` and `catalogue.checks`.
        waivers: The register.
        today: Day on which a waiver is in force or not.
    """
    connection.execute(_WAIVERS)
    known = {row[0] for row in connection.execute("SELECT check_id FROM catalogue.checks").fetchall()}
    counted: dict[str, int] = dict(
        connection.execute(
            "SELECT waiver_id, count(*) FROM quality.findings WHERE waiver_id IS NOT NULL GROUP BY 1"
        ).fetchall()
    )
    rows = [
        {
            "waiver_id": one.id,
            "check_id": one.check_id,
            "source": one.source,
            "release": one.release,
            "cells": list(one.cells),
            "reason": one.reason,
            "author_role": one.author_role,
            "given": one.given,
            "expires": one.expires,
            "in_force": one.in_force(today),
            "state": _waiver_state(one, today, known),
            "n_findings": counted.get(one.id, 0),
        }
        for one in waivers
    ]
    insert_rows(connection, "quality.waivers", rows)


def _waiver_state(one: Waiver, today: date, known: set[str]) -> str:
    if one.check_id not in known:
        return "unknown_check"
    if today > one.expires:
        return "expired"
    return "in_force" if one.in_force(today) else "not_yet_in_force"


_CORRECTIONS = """CREATE TABLE quality.corrections (correction_id VARCHAR, source VARCHAR, release VARCHAR,
    locator VARCHAR, measure VARCHAR, area_code VARCHAR, period_start DATE, period_end DATE, printed_value DOUBLE,
    printed_text VARCHAR, expected VARCHAR, corrected_value DOUBLE, state VARCHAR, message VARCHAR, reason VARCHAR,
    evidence VARCHAR, reported_to VARCHAR, author_role VARCHAR, decided DATE, place BIGINT)"""

# By cell and by figure separately, so that both are joined by equality.
_FIGURES = """
SELECT p.number, o.rowid AS place, o.locator, o.measure, o.area_code, o.period_start, o.period_end, o.value,
    o.value_text, o.quality
FROM correction_pairs p JOIN harmonised.observations o
  ON o.source = p.source AND o.release = p.release AND o.locator = p.locator
UNION ALL
SELECT p.number, o.rowid, o.locator, o.measure, o.area_code, o.period_start, o.period_end, o.value, o.value_text,
    o.quality
FROM correction_pairs p JOIN harmonised.observations o
  ON o.source = p.source AND o.release = p.release AND o.measure = p.measure AND o.area_code = p.area
 AND o.period_start = p.period_start AND o.period_end = p.period_end AND o.unit = p.unit
 AND o.breakdown = p.breakdown
ORDER BY 1, 3"""

_APPLY = """UPDATE harmonised.observations
SET corrected_value = c.corrected_value, correction_id = c.correction_id, quality = 'disputed'
FROM quality.corrections c WHERE harmonised.observations.rowid = c.place"""

_IN_USE = """CREATE VIEW harmonised.figures_in_use AS
SELECT * REPLACE (coalesce(corrected_value, value) AS value,
        CASE WHEN correction_id IS NULL THEN quality ELSE 'ok' END AS quality,
        CASE WHEN correction_id IS NULL THEN status ELSE 'corrected' END AS status),
    value AS printed_value
FROM harmonised.observations"""

_WAIVERS = """CREATE TABLE quality.waivers (waiver_id VARCHAR, check_id VARCHAR, source VARCHAR, release VARCHAR,
    cells VARCHAR[], reason VARCHAR, author_role VARCHAR, given DATE, expires DATE, in_force BOOLEAN, state VARCHAR,
    n_findings BIGINT)"""
