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
from civic_assets.publish.site.evidence.addresses import anchor_sql
from civic_assets.publish.site.evidence.printed_rows import place_columns, row_anchor_sql
from civic_assets.publish.site.evidence.word_tables import escaped_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HEAD = (
    '<thead><tr><th scope="col">Period or group</th><th scope="col" class="n">Value</th>'
    '<th scope="col">As printed</th><th scope="col">Cell</th><th scope="col">Remarks</th></tr></thead>'
)
_COLUMNS = 5
_VALUE = """CASE
    WHEN o.quality = 'withheld' THEN (SELECT words FROM evidence_statuses WHERE status = 'withheld')
    WHEN o.value IS NULL THEN coalesce(s.words, 'no figure')
    WHEN o.status IS NULL THEN evidence_number(o.value)
    ELSE evidence_number(o.value) || ' (' || s.words || ')' END"""
# Another release covers the ground and the period, but prints other classes (`read_model.superseded`).
_SUPERSEDED = """CASE WHEN r.remarks IS NULL AND x.others IS NULL THEN '' ELSE '<br>' END
    || 'A newer release covers this period and prints other classes.'"""
# Columns of the key of a figure within its release.
_KEY = ("locator", "measure", "unit", "breakdown")
_SHOWN = (
    *_KEY, "statistic", "period_start", "period_end", "period_kind", "value", "status", "quality", "value_text",
    "newest",
)  # fmt: skip


def create_repeated_cells(connection: DuckDBPyConnection) -> None:
    """Make the temporary table `evidence_repeats`, if the connection does not have it.

    It has the figures that were read from a cell of which another figure of the area was read too, except the first
    one, and `again`, which their anchors get. Links to the cell lead to the first.
    """
    connection.execute(
        f"""CREATE TEMP TABLE IF NOT EXISTS evidence_repeats AS
        WITH perhaps AS (
            SELECT hash(source, release, area_code, locator) AS cell FROM harmonised.observations
            GROUP BY 1 HAVING count(*) > 1
        )
        SELECT source, release, {", ".join(_KEY)}, '~~' || row_number() OVER (
            PARTITION BY source, release, area_code, locator ORDER BY measure, unit, breakdown) AS again
        FROM harmonised.observations SEMI JOIN perhaps ON hash(source, release, area_code, locator) = cell
        QUALIFY again <> '~~1'"""
    )


def create_chunk(
    connection: DuckDBPyConnection, source: str, release: str, areas: Sequence[tuple[str, int]]
) -> None:
    """Make the temporary table `evidence_chunk`: the figures of some pages of a release.

    Its columns are those of `harmonised.observations` that a page shows, `page` (place in `areas`), and where the
    figure is in the file (`printed_rows.place_columns`). It needs `create_parts`.

    Args:
        connection: The read model.
        source: Source of the release.
        release: The release.
        areas: Code of the area and part of each page.
    """
    import pyarrow as pa

    wanted = {
        "page": pa.array(range(len(areas)), pa.int32()),
        "area_code": pa.array([area for area, _ in areas], pa.string()),
        "part": pa.array([part for _, part in areas], pa.int64()),
    }
    columns = ", ".join(f"o.{name}" for name in _SHOWN)
    connection.register("wanted_pages", pa.table(wanted))
    try:
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE evidence_chunk AS
            SELECT page, {columns}, {place_columns("o.locator")} FROM harmonised.observations o
            LEFT JOIN (FROM evidence_placed WHERE source = $source AND release = $release) p ON p.cell = o.rowid
            JOIN wanted_pages w ON w.area_code = o.area_code AND w.part = coalesce(p.part, 1)
            WHERE o.source = $source AND o.release = $release""",
            {"source": source, "release": release},
        )
    finally:
        connection.unregister("wanted_pages")


def tables(
    connection: DuckDBPyConnection, source: str, release: str, pages: int, *, short: bool = False
) -> list[str]:
    """The parts of a table (`tbody`) of each page of `evidence_chunk`, in order.

    It needs the temporary tables of the modules of this package.

    Args:
        connection: The read model.
        source: Source of the release.
        release: The release.
        pages: Number of pages.
        short: Whether to leave out what other releases print, for a page that would be too large.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    names = {"source": source, "release": release}
    found = connection.sql(_sql(short), params=names).to_arrow_table()
    # The rows are in order, and are put together page by page. DuckDB would sort them again for each group.
    ends = np.searchsorted(found.column("page").to_numpy(), np.arange(pages + 1), side="left")
    texts = found.column("html").cast(pa.large_string()).combine_chunks()
    lists = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), texts)
    joined: list[str] = pc.binary_join(lists, pa.scalar("", pa.large_string())).to_pylist()
    return joined


def _cut(text: str) -> str:
    """A printed text as HTML; one that is much longer than a figure is cut, with its length."""
    most = EVIDENCE_CHARACTERS_OF_A_TEXT
    return (
        f"CASE WHEN strlen({text}) <= {most} THEN {escaped_sql(text)} ELSE {escaped_sql(f'left({text}, {most})')}"
        f" || CASE WHEN length({text}) <= {most} THEN '' ELSE '… (' || length({text}) || ' characters)' END END"
    )


def _sql(short: bool) -> str:
    key = {one: " AND ".join(f"{one}.{name} = o.{name}" for name in _KEY) for one in ("x", "r", "a")}
    of_release = "WHERE source = $source AND release = $release"
    others = "'Other releases print it too.'" if short else "x.others"
    row = row_anchor_sql("o.file_sheet", "o.file_row")
    return f"""
    WITH kinds AS (
        SELECT page, measure, unit, statistic, period_kind,
            min(period_start) < max(period_start) OR min(period_end) < max(period_end) AS many
        FROM evidence_chunk GROUP BY ALL
    ), rows AS MATERIALIZED (
        SELECT o.page, k.place, CASE WHEN p.many THEN g.place ELSE 0 END AS group_place,
            CASE WHEN p.many THEN o.period_start END AS start, CASE WHEN p.many THEN o.period_end END AS after,
            g.place AS line, {anchor_sql("o.locator")} || coalesce(a.again, '') AS anchor,
            CASE WHEN p.many THEN CASE WHEN o.breakdown = 'total' THEN k.words ELSE k.words || '. ' || g.words END
                ELSE k.words || ', ' || t.within END AS heading,
            concat('"><th scope="row">', CASE WHEN p.many THEN t.words ELSE g.words END,
                '</th><td class="n">', {_VALUE}, '</td><td>', {_cut("o.value_text")}, '</td><td>',
                CASE WHEN o.file_row IS NULL THEN {_cut("o.locator")}
                    ELSE concat('<a href="#', {row}, '">', {_cut("o.locator")}, '</a>') END, '</td><td>',
                CASE WHEN r.remarks IS NULL THEN '' WHEN x.others IS NULL THEN r.remarks ELSE r.remarks || '<br>' END,
                CASE WHEN x.others IS NULL THEN '' ELSE {others} END,
                CASE WHEN o.newest OR contains(coalesce(x.others, ''), 'Later release') THEN '' ELSE {_SUPERSEDED} END,
                '</td></tr>') AS cells
        FROM evidence_chunk o JOIN kinds p USING (page, measure, unit, statistic, period_kind)
        JOIN evidence_kinds k ON k.measure = o.measure AND k.unit = o.unit AND k.statistic = o.statistic
            AND k.period_kind = o.period_kind
        JOIN evidence_periods t ON t.period_start = o.period_start AND t.period_end = o.period_end
            AND t.period_kind = o.period_kind
        JOIN evidence_groups g ON g.breakdown = o.breakdown
        LEFT JOIN evidence_statuses s ON s.status = o.status
        LEFT JOIN (FROM evidence_others {of_release}) x ON {key["x"]}
        LEFT JOIN (FROM evidence_remarks {of_release}) r ON {key["r"]}
        LEFT JOIN (FROM evidence_repeats {of_release}) a ON {key["a"]}
    )
    SELECT page, html FROM (
        SELECT page, place, group_place, start, after, line, anchor, concat('<tr id="', anchor, cells) AS html FROM rows
        UNION ALL
        SELECT page, place, group_place, NULL, NULL, -1, '', '</tbody>\n<tbody><tr><th colspan="{_COLUMNS}" '
            || 'scope="rowgroup">' || any_value(heading) || '</th></tr>' FROM rows GROUP BY page, place, group_place
    ) ORDER BY page, place, group_place, start NULLS FIRST, after NULLS FIRST, line, anchor"""
