"""What other releases print for the same figure, as the cell of a page.

Belongs here: finding the same figure in other releases of its source, and saying what they print. Does not belong here:
the other columns of a page (`figures`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.house_numbers.display import EVIDENCE_OTHER_VALUES
from civic_assets.publish.site.evidence.addresses import address_sql
from civic_assets.publish.site.evidence.word_tables import escaped_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

IDENTITY = ("source", "measure", "area_code", "period_start", "period_end", "unit", "statistic", "breakdown")
"""Columns in which the same figure agrees from release to release (`civic_assets.publish.queries.trace`)."""
ROW = ("source", "release", "locator", "measure", "unit", "breakdown")
"""The key of `harmonised.observations`."""
SAME = f"hash({', '.join(IDENTITY)})"
"""Number that the same figures share; different ones may do so by chance, so that the columns are compared too."""


def create_other_releases(connection: DuckDBPyConnection, root: str) -> None:
    """Make the temporary table `evidence_others`, if the connection does not have it.

    Its columns are the key of a figure and `others`, HTML that names each value of other releases once, with a link to
    the first release that prints it. Only figures that several releases print are in it. It needs `create_parts` and
    `create_words`.
    """
    if connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'evidence_others'").fetchone():
        return
    connection.execute(
        f"""CREATE TEMP TABLE evidence_repeated AS
        WITH several AS (SELECT {SAME} AS same FROM harmonised.observations GROUP BY 1 HAVING count(*) > 1)
        SELECT o.*, {address_sql("o.source", "o.release", "o.area_code", "o.locator")} AS address
        FROM (
            SELECT {", ".join(dict.fromkeys((*IDENTITY, *ROW)))}, value, status, quality, value_text, release_order,
                {SAME} AS same
            FROM harmonised.observations
        ) o SEMI JOIN several USING (same)"""
    )
    alike = " AND ".join(f"a.{name} = b.{name}" for name in IDENTITY)
    row = ", ".join(f"a.{name}" for name in ROW)
    words = """CASE WHEN value IS NULL THEN coalesce(s.words, 'no figure')
        ELSE evidence_number(value) || CASE WHEN s.words IS NULL THEN '' ELSE ' (' || s.words || ')' END END
        || CASE WHEN quality = 'disputed' THEN ', <span class="disputed">disputed</span>' ELSE '' END"""
    connection.execute(
        f"""CREATE TEMP TABLE evidence_others AS
        WITH pairs AS (
            SELECT {row}, b.value, b.status, b.quality,
                b.value IS NOT DISTINCT FROM a.value AND b.status IS NOT DISTINCT FROM a.status AS alike,
                b.release_order < a.release_order AS before, min(b.release_order) AS first_order,
                arg_min(b.release, (b.release_order, b.release)) AS other,
                arg_min(b.address, (b.release_order, b.release)) AS address, count(DISTINCT b.release) AS n
            FROM evidence_repeated a JOIN evidence_repeated b ON a.same = b.same AND {alike} AND a.release <> b.release
            GROUP BY ALL
        ), numbered AS (
            SELECT *, row_number() OVER (
                PARTITION BY {", ".join(ROW)} ORDER BY first_order, other, value, status) AS place
            FROM pairs
        )
        SELECT {", ".join(ROW)}, string_agg(
            CASE WHEN place > {EVIDENCE_OTHER_VALUES} THEN 'More values are on the pages of those releases.' ELSE
            CASE WHEN before THEN 'Earlier release ' ELSE 'Later release ' END
            || '<a href="{root}' || address || '">' || {escaped_sql("other")} || '</a>'
            || CASE WHEN n = 1 THEN '' WHEN n = 2 THEN ' and 1 more' ELSE ' and ' || (n - 1) || ' more' END
            || ': ' || CASE WHEN alike THEN 'the same' ELSE {words} END END,
            '<br>' ORDER BY place) FILTER (place <= {EVIDENCE_OTHER_VALUES} + 1) AS others
        FROM numbered LEFT JOIN evidence_statuses s USING (status) GROUP BY ALL"""
    )
    connection.execute("DROP TABLE evidence_repeated")
