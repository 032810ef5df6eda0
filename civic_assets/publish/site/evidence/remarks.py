"""What is to be said of single figures: disputes, findings, corrections and waivers.

Belongs here: the marks next to a figure. Does not belong here: the findings themselves, which each page lists
(`findings`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.publish.report.links import anchor
from civic_assets.publish.site.evidence.word_tables import escaped_sql, explained

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ID = r"regexp_replace({}, '[^A-Za-z0-9._-]', '_', 'g')"


def create_about(connection: DuckDBPyConnection) -> None:
    """Make the temporary table `evidence_about`, if the connection does not have it.

    It says which findings concern which figure, as `trace` finds them: by a cell, or, of a finding that names no cell,
    by measure, area and period.
    """
    connection.execute(
        """CREATE TEMP TABLE IF NOT EXISTS evidence_about AS
        WITH f AS (SELECT f.* FROM quality.findings f SEMI JOIN catalogue.releases USING (source, release)),
        cells AS (
            SELECT DISTINCT finding_id, check_id, source, release, cell FROM (
                SELECT finding_id, check_id, source, release,
                    unnest(coalesce(locators, []) || coalesce(disputes, []) || [locator]) AS cell FROM f
            ) WHERE cell IS NOT NULL
        )
        SELECT o.source, o.release, o.area_code, o.locator, o.measure, o.unit, o.breakdown, c.finding_id, c.check_id
        FROM harmonised.observations o
        JOIN cells c ON c.source = o.source AND c.release = o.release AND c.cell = o.locator
        UNION
        SELECT o.source, o.release, o.area_code, o.locator, o.measure, o.unit, o.breakdown, f.finding_id, f.check_id
        FROM harmonised.observations o
        JOIN f ON f.source = o.source AND f.release = o.release AND f.measure = o.measure AND f.area_code = o.area_code
            AND f.period_start = o.period_start AND f.period_end = o.period_end
        WHERE f.locator IS NULL AND len(coalesce(f.locators, [])) = 0"""
    )


def create_remarks(connection: DuckDBPyConnection, glossary: str) -> None:
    """Make the temporary table `evidence_remarks`, if the connection does not have it.

    It has the key of a figure and `remarks`, as HTML with links to the findings and decisions on the same page. Only
    figures of which there is something to say are in it. It needs `create_about` and `create_words`.

    Args:
        connection: The read model.
        glossary: As for `create_words`.
    """
    if connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'evidence_remarks'").fetchone():
        return
    finding, decision = anchor("finding", ""), anchor("decision", "")
    disputed = explained("Disputed", "disputed", "disputed", glossary)
    connection.execute(
        f"""CREATE TEMP TABLE evidence_remarks AS
        WITH said AS (
            SELECT source, release, locator, measure, unit, breakdown, 0 AS place,
                '{disputed}' AS words
            FROM harmonised.observations WHERE quality = 'disputed'
            UNION ALL
            SELECT o.source, o.release, o.locator, o.measure, o.unit, o.breakdown, 1,
                CASE WHEN o.corrected_value IS NULL THEN 'There is a decision about it: '
                    ELSE 'Corrected by a decision to ' || evidence_number(o.corrected_value) || ': ' END
                || '<a href="#{decision}' || {_ID.format("c.correction_id")} || '">' || {escaped_sql("c.correction_id")}
                || '</a>'
            FROM harmonised.observations o JOIN quality.corrections c USING (source, release, locator)
            UNION ALL
            SELECT source, release, locator, measure, unit, breakdown, 2, 'See check ' || string_agg(
                '<a href="#{finding}' || {_ID.format("finding_id")} || '">' || {escaped_sql("check_id")} || '</a>', ', '
                ORDER BY check_id, finding_id)
            FROM evidence_about GROUP BY ALL
        )
        SELECT source, release, locator, measure, unit, breakdown,
            string_agg(words, '<br>' ORDER BY place, words) AS remarks
        FROM said GROUP BY ALL"""
    )
