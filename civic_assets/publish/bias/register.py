"""The bias register: `quality.bias_register`, one row for each indicator, source and measure, and area if it has one.

Belongs here: its columns and the order of the indicators. Does not belong here: the computation (the other modules of
this folder).

A source to which an indicator does not apply has no row. What could not be evaluated has one row for each cause, which
names the file that would evaluate it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from civic_assets.publish.bias import (
    assurance,
    breakdowns,
    claims,
    concentration,
    denominators,
    inspections,
    not_known,
    participation,
    recording,
    reporting_to_police,
    scale,
    survival,
    times,
    unplaced,
    verdicts,
)
from civic_assets.publish.bias.indicator import BiasFacts, Changed, Indicator, Prepare
from civic_assets.publish.bias.panel import create_panel
from civic_assets.publish.bias.vocabulary import Vocabulary, vocabulary

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract

PREPARED: tuple[Prepare, ...] = (
    concentration.prepare,
    claims.prepare,
    participation.prepare,
    unplaced.prepare,
    denominators.prepare,
    not_known.prepare,
    breakdowns.prepare,
    times.prepare,
    survival.prepare,
    inspections.prepare,
    recording.prepare,
    verdicts.prepare,
    reporting_to_police.prepare,
    scale.prepare,
    assurance.prepare,
)
"""Modules of indicators, in an order in which each finds the facts that it needs."""

COLUMNS = """bias VARCHAR, indicator VARCHAR, check_id VARCHAR, source VARCHAR, release VARCHAR, measure VARCHAR,
    area_code VARCHAR, area_name VARCHAR, value DOUBLE, value_text VARCHAR, threshold DOUBLE, threshold_origin VARCHAR,
    threshold_because VARCHAR, outcome VARCHAR, reason VARCHAR, verdict VARCHAR, cannot_tell VARCHAR, evidence
        VARCHAR, could_be_wrong VARCHAR, direction VARCHAR, low DOUBLE, high DOUBLE, size_unit VARCHAR,
    affected VARCHAR, method VARCHAR, would_evaluate VARCHAR"""
_TEMPORARY = ("newest", "current", "sources", "rows")


def create(
    connection: DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    stated: Vocabulary | None = None,
    *,
    report_held: bool,
    changed: Changed | None = None,
) -> Sequence[Indicator]:
    """Create the register and the tables of facts that it needs.

    Args:
        connection: Connection to a read model with the report's tables, check results, findings and breaks.
        contracts: Contracts by source.
        stated: Thresholds and claims; those that are shipped if None.
        report_held: Whether the GLA report is a member of the publication, so that its claims are judged.
        changed: What changed since the read model that this one was made from, which has the register and its tables;
            None if everything is made again.

    Returns:
        The indicators.
    """
    thresholds = stated or vocabulary()
    facts = BiasFacts(
        connection, contracts, thresholds if report_held else thresholds.without_claims(), changed
    )
    create_panel(facts)
    indicators = [indicator for prepare in PREPARED for indicator in prepare(facts)]
    facts.execute(f"CREATE TEMP TABLE bias_rows (position INTEGER, {COLUMNS})")
    for position, indicator in enumerate(indicators):
        if changed is not None and indicator.by_source:
            facts.connection.execute(_KEPT, [position, indicator.name, sorted(changed.sources)])
            facts.show_changed()
            _insert(facts, position, indicator, sorted(changed.sources))
            facts.show_all()
        else:
            _insert(facts, position, indicator)
    facts.execute(
        "DROP TABLE IF EXISTS quality.bias_register",
        _REGISTER,
        "DROP VIEW bias_panel",
        *(f"DROP TABLE bias_{name}" for name in _TEMPORARY),
    )
    return indicators


def _insert(facts: BiasFacts, position: int, indicator: Indicator, only: Sequence[str] | None = None) -> None:
    """Add the rows of an indicator, those of some sources or of all."""
    limit = facts.vocabulary.limits.get(indicator.limit)
    stated: dict[str, str | float | Sequence[str] | None] = {
        "position": position,
        "bias": indicator.bias,
        "indicator": indicator.name,
        "check_id": indicator.check_id or None,
        "threshold": limit.value if limit else None,
        "threshold_origin": limit.origin if limit else None,
        "threshold_because": limit.because if limit else None,
        "could_be_wrong": indicator.wrong,
        "method": indicator.method,
        "cannot_tell": indicator.cannot_tell,
    }
    statement = _ROWS.format(rows=indicator.rows)
    if only is not None:
        statement += " AND r.source IN (SELECT unnest($only))"
        stated["only"] = only
    facts.connection.execute(statement, stated)


_ROWS = """INSERT INTO bias_rows BY NAME
SELECT $position AS position, $bias AS bias, $indicator AS indicator, $check_id AS check_id,
    $threshold::DOUBLE AS threshold, $threshold_origin AS threshold_origin, $threshold_because AS threshold_because,
    $could_be_wrong AS could_be_wrong, $method AS method, $cannot_tell AS cannot_tell, r.*
FROM ({rows}) r WHERE r.source IN (SELECT source FROM bias_sources)"""

# What `_REGISTER` rounds and fills in does not change if it does so again.
_KEPT = """INSERT INTO bias_rows BY NAME
SELECT ? AS position, * EXCLUDE (assessment) FROM quality.bias_register
WHERE indicator = ? AND source NOT IN (SELECT unnest(?))"""

# A figure that a flag concerns is wrong in some direction, even if it is not known in which.
_REGISTER = """CREATE TABLE quality.bias_register AS
SELECT * EXCLUDE (position) REPLACE (
        round(value, 9) AS value, round(low, 6) AS low, round(high, 6) AS high, coalesce(reason, '') AS reason,
        replace(verdict, '{{source}}', source) AS verdict,
        CASE WHEN outcome = 'fail' THEN coalesce(direction, 'not known')
             WHEN outcome = 'pass' AND low IS NOT NULL THEN direction END AS direction,
        CASE WHEN outcome = 'fail' THEN coalesce(affected, area_name, 'all areas of the source')
             WHEN outcome = 'pass' AND low IS NOT NULL AND affected NOT LIKE '0 %' THEN affected END AS affected
    ), CASE outcome WHEN 'fail' THEN 'flag' WHEN 'pass' THEN 'clear' ELSE 'not evaluated' END AS assessment
FROM bias_rows ORDER BY position, source, measure NULLS FIRST, area_code NULLS FIRST, value, verdict"""
