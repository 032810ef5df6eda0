"""A small read model of two yearly releases of one source, in which everything is as it should be.

Belongs here: building it. Does not belong here: what is then done to it, and any expectation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import duckdb

from civic_assets.contracts.model import Contract, Threshold
from civic_assets.publish.read_model.figures import EMPTY_FINDINGS, EMPTY_RESULTS
from civic_assets_tests.releases import contract

SOURCE, BEFORE, NOW = "ons_csp", "2023-12", "2024-12"
AREAS, CATEGORIES, MEASURES = 30, 12, ("burglary", "robbery")
FIGURES = AREAS * CATEGORIES * len(MEASURES)
"""Of each release."""

# Every figure is 3% above that of the year before; one in 30 is suppressed, and one in 30 is zero.
_OBSERVATIONS = f"""CREATE TABLE harmonised.observations AS
SELECT '{SOURCE}' AS source, r.release, m.measure, format('E07{{:06d}}', a) AS area_code,
    'local_authority' AS area_type,
    make_date(r.year, 1, 1) AS period_start, make_date(r.year + 1, 1, 1) AS period_end, 'rolling_year' AS period_kind,
    'flow' AS statistic, format('kind={{}}', c) AS breakdown, 'count' AS unit,
    CASE WHEN (a + c) % {AREAS} = 0 THEN NULL WHEN (a + c) % {AREAS} = 1 THEN 0.0
         ELSE round((100 + 37 * a + 11 * c) * r.growth) END AS value,
    CASE WHEN (a + c) % {AREAS} = 0 THEN 'suppressed' END AS status, 'ok' AS quality, 'counts_current' AS table_id
FROM (VALUES ('{BEFORE}', 2023, 1.0), ('{NOW}', 2024, 1.03)) r(release, year, growth),
    (VALUES ('{MEASURES[0]}'), ('{MEASURES[1]}')) m(measure), range(1, {AREAS + 1}) areas(a),
    range({CATEGORIES}) categories(c)"""
_RELEASES = f"""CREATE TABLE catalogue.releases AS
SELECT '{SOURCE}' AS source, release, 'published' AS state, {FIGURES}::BIGINT AS n_rows, false AS synthetic,
    '2025-05-01T09:00:00Z' AS retrieved_at
FROM (VALUES ('{BEFORE}'), ('{NOW}')) r(release)"""


def published(*changes: str) -> duckdb.DuckDBPyConnection:
    """The read model, after some statements of SQL."""
    connection = duckdb.connect()
    for schema in ("harmonised", "quality", "catalogue"):
        connection.execute(f"CREATE SCHEMA {schema}")
    for statement in (
        _OBSERVATIONS,
        _RELEASES,
        EMPTY_RESULTS,
        EMPTY_FINDINGS,
        *changes,
    ):
        connection.execute(statement)
    return connection


def promised() -> Mapping[str, Contract]:
    """The source's contract, promising as many figures as there are."""
    band = {
        "figures_least": Threshold(FIGURES - 100, "half is not whole"),
        "figures_most": Threshold(FIGURES + 100, "twice is double"),
    }
    known = contract(SOURCE)
    return {SOURCE: replace(known, thresholds={**known.thresholds, **band})}
