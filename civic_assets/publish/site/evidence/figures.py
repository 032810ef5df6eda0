"""The figures of a page, as the HTML of its table, made by SQL.

Belongs here: the rows of the table and their order. Does not belong here: words (`word_tables`), what other releases
print (`other_releases`), what checks found (`remarks`), and the rest of the page (`section`).

A table has a heading for each kind of figure and group of people, with one row for each period below it. If a kind has
only one period, the heading names the period, with one row for each group.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from civic_assets.house_numbers.display import EVIDENCE_CHARACTERS_OF_A_TEXT
from civic_assets.publish.site.evidence.addresses import anchor_sql, part_sql
from civic_assets.publish.site.evidence.other_releases import ROW
from civic_assets.publish.site.evidence.word_tables import escaped_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HEAD = (
    '<thead><tr><th scope="col">Period or group</th><th scope="col" class="n">Value</th>'
    '<th scope="col">As printed</th><th scope="col">Cell</th><th scope="col">Remarks</th></tr></thead>'
)
_COLUMNS = 5
_VALUE = """CASE
    WHEN o.quality = 'withheld' THEN coalesce(withheld.words, 'withheld')
    WHEN o.value IS NULL THEN coalesce(s.words, 'no figure')
    WHEN s.words IS NULL THEN evidence_number(o.value)
    ELSE evidence_number(o.value) || ' (' || s.words || ')' END"""


def tables(
    connection: DuckDBPyConnection,
    source: str,
    release: str,
    areas: Sequence[tuple[str, int]],
    *,
    short: bool = False,
) -> dict[tuple[str, int], str]:
    """The parts of a table (`tbody`) of some pages of a release.

    It needs `create_parts`, `create_words`, `create_other_releases` and `create_remarks`.

    Args:
        connection: The read model.
        source: Source of the release.
        release: The release.
        areas: Code of the area and part of each page.
        short: Whether to leave out what other releases print, for a page that would be too large.

    Returns:
        HTML by code of the area and part.
    """
    import pyarrow as pa

    wanted = pa.table(
        {
            "area_code": pa.array([area for area, _ in areas], pa.string()),
            "part": pa.array([part for _, part in areas], pa.int64()),
        }
    )
    connection.register("wanted_pages", wanted)
    try:
        rows = connection.execute(_sql(short), {"source": source, "release": release}).fetchall()
    finally:
        connection.unregister("wanted_pages")
    return {(area, part): text for area, part, text in rows}


def _cut(text: str) -> str:
    """A printed text as HTML; one that is much longer than a figure is cut, with its length."""
    most = EVIDENCE_CHARACTERS_OF_A_TEXT
    return (
        f"CASE WHEN length({text}) <= {most} THEN {escaped_sql(text)} ELSE {escaped_sql(f'left({text}, {most})')}"
        f" || '… (' || length({text}) || ' characters)' END"
    )


def _sql(short: bool) -> str:
    key = " AND ".join(f"x.{name} = o.{name}" for name in ROW)
    others = (
        "CASE WHEN x.others IS NULL THEN '' ELSE 'Other releases print it too.' END"
        if short
        else "coalesce(x.others, '')"
    )
    return f"""
    WITH o AS (
        SELECT o.*, {anchor_sql("o.locator")} AS anchor, {part_sql("o.source", "o.release", "o.area_code", "o.locator")} AS part
        FROM harmonised.observations o SEMI JOIN wanted_pages USING (area_code)
        WHERE o.source = $source AND o.release = $release
    ), periods AS (
        SELECT area_code, part, measure, unit, statistic, period_kind,
            min(period_start) < max(period_start) OR min(period_end) < max(period_end) AS many
        FROM o GROUP BY ALL
    ), rows AS (
        SELECT o.area_code, o.part, k.place, CASE WHEN p.many THEN g.place ELSE 0 END AS group_place,
            k.words || CASE WHEN NOT p.many THEN ', ' || lcase(t.words[1]) || t.words[2:]
                WHEN o.breakdown = 'total' THEN '' ELSE '. ' || g.words END AS heading,
            CASE WHEN p.many THEN o.period_start END AS start, CASE WHEN p.many THEN o.period_end END AS after,
            g.place AS line, o.anchor, o.locator, o.measure, o.breakdown,
            row_number() OVER (PARTITION BY o.area_code, o.part, o.locator ORDER BY o.measure, o.unit, o.breakdown) AS again,
            '<td>' || CASE WHEN p.many THEN t.words ELSE g.words END
            || '</td><td class="n">' || {_VALUE} || '</td><td>' || {_cut("o.value_text")}
            || '</td><td>' || {_cut("o.locator")} || '</td><td>' || coalesce(r.remarks, '')
            || CASE WHEN r.remarks IS NULL OR x.others IS NULL THEN '' ELSE '<br>' END || {others} || '</td></tr>' AS cells
        FROM o SEMI JOIN wanted_pages USING (area_code, part)
        JOIN periods p USING (area_code, part, measure, unit, statistic, period_kind)
        JOIN evidence_kinds k ON k.measure = o.measure AND k.unit = o.unit AND k.statistic = o.statistic
            AND k.period_kind = o.period_kind
        JOIN evidence_periods t ON t.period_start = o.period_start AND t.period_end = o.period_end
            AND t.period_kind = o.period_kind
        JOIN evidence_groups g ON g.breakdown = o.breakdown
        LEFT JOIN evidence_statuses s ON s.status = o.status
        LEFT JOIN evidence_statuses withheld ON withheld.status = 'withheld' AND o.quality = 'withheld'
        LEFT JOIN evidence_others x ON {key}
        LEFT JOIN evidence_remarks r ON r.source = o.source AND r.release = o.release AND r.locator = o.locator
            AND r.measure = o.measure AND r.unit = o.unit AND r.breakdown = o.breakdown
    ), groups AS (
        SELECT area_code, part, place, group_place, '<tbody><tr><th colspan="{_COLUMNS}" scope="rowgroup">'
            || min(heading) || '</th></tr>' || string_agg('<tr id="' || anchor
            -- A second figure of one cell: links to the cell lead to the first.
            || CASE WHEN again = 1 THEN '' ELSE '~~' || again END || '">' || cells, ''
            ORDER BY start, after, line, anchor, again) || '</tbody>' AS body
        FROM rows GROUP BY area_code, part, place, group_place
    )
    SELECT area_code, part, string_agg(body, '\n' ORDER BY place, group_place) FROM groups GROUP BY area_code, part"""
