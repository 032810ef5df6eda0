"""The report's tables compared with the publishers' figures: `quality.report_table_1` and `quality.report_table_2`.

Belongs here: for each printed figure the publishers' figure for the period that it seems to be about, and every reason
why the two differ. Does not belong here: errors inside the printed tables (rules V-10 to V-19) and the tables for other
authorities (`area_profile`, `crime_table`).

The report names no periods. A period is taken to be the printed one if its count is the printed count; otherwise if
count and rate of two rows with one base give the same base; otherwise if its rate is the printed percentage and no
other number of the row (the count, London's percentage) contradicts it. If nothing fits, the row has the newest period
whose figures were available when the report was published. The figures are those of the newest release held: the
editions of that day are not, and figures may have been revised since; each row says so.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.model import Contract
from civic_assets.harmonise.measures.indicators import Indicators
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.parsing.recognise import parser_of
from civic_assets.parsing.table_finder import find_tables
from civic_assets.publish.profiles.area_profile import ALWAYS
from civic_assets.quality.framework.release import FileFacts, ReleaseView
from civic_assets.quality.run import assess
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import label

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection


def create_report_comparison(
    connection: DuckDBPyConnection, vocabulary: Indicators, report: Contract, *, held: bool = True
) -> None:
    """Create both tables.

    Args:
        connection: Connection to a read model with `harmonised.area_profile` and `harmonised.crime_table`.
        vocabulary: Vocabulary with the report's label of each indicator.
        report: Contract of the report, with the measures of its labels, the codes of its areas, and its day.
        held: Whether the report is a member of the publication; without it both tables have no rows.
    """
    import pyarrow as pa

    labels, areas = report.measure_labels, report.places
    entries = [(one, labels[label(one.report_label)]) for one in vocabulary.all]
    printed: list[dict[str, Any]] = [
        {
            "indicator": one.name,
            "count_measure": entry.measure,
            "percent_measure": entry.percent_measure,
        }
        for one, entry in entries
    ]
    connection.register("printed_measures", pa.Table.from_pylist(printed))
    if held:
        connection.register("printed_report", printed_report(report))
    else:
        connection.execute(_NOTHING_PRINTED)
    places = {
        "area": areas["islington"].code,
        "london": areas["london"].code,
        "published": report.published_on,
        "always": ALWAYS,
    }
    for statement in (_PRINTED, _CANDIDATES, _TABLE_2):
        connection.execute(statement.format(**places))
    connection.execute(_TABLE_1)
    connection.unregister("printed_measures")
    connection.execute("DROP VIEW printed_report")


def printed_report(report: Contract) -> pa.Table:
    """The figures of the report's two tables as they ship with the package, with the results of the rules for them.

    Returns:
        Observations with two more columns: quality (`ok`, `disputed`) and proposal (text, null if there is none).
    """
    import pyarrow as pa

    content = REPORT_TABLES.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    grid = read_grid(REPORT_TABLES)
    file = FileFacts(REPORT_TABLES.name, sha256, sha256, len(content), str(grid.format))
    found = find_tables(grid, report)
    parsed = parser_of(report).parse(grid, found, report)
    assessment = assess(ReleaseView(report, parsed.edition, file, grid, found, parsed))
    proposals = {finding.locator: finding.proposal for finding in assessment.findings if finding.proposal}
    table, disputed = parsed.observations, assessment.disputed
    locators = table["locator"].to_pylist()
    table = table.append_column(
        "quality",
        pa.array(["disputed" if locator in disputed else "ok" for locator in locators], pa.string()),
    )
    return table.append_column(
        "proposal", pa.array([proposals.get(locator) for locator in locators], pa.string())
    )


_NOTHING_PRINTED = """CREATE TEMP VIEW printed_report AS
SELECT *, NULL::VARCHAR AS proposal FROM harmonised.observations WHERE false"""

# Row by row of Table 1: the count, its percentage, and London's. The report's day decides which figures were available.
_PRINTED = """CREATE OR REPLACE TEMP TABLE printed_rows AS
SELECT i.*, c.area_code, DATE '{published}' AS published,
    c.value AS printed_count, c.quality AS printed_quality, c.locator AS printed_locator,
    p.value AS printed_percent, l.value AS printed_london,
    100 * c.value / (p.value + 0.005) AS base_low, 100 * c.value / (p.value - 0.005) AS base_high,
    100 * c.value / p.value AS implied_base
FROM harmonised.indicators i JOIN printed_measures m USING (indicator)
JOIN printed_report c ON c.measure = m.count_measure AND c.unit = 'count' AND c.area_code = '{area}'
LEFT JOIN printed_report p ON p.measure = m.percent_measure AND p.unit <> 'count' AND p.area_code = '{area}'
LEFT JOIN printed_report l ON l.measure = m.percent_measure AND l.unit <> 'count' AND l.area_code = '{london}'
WHERE c.table_id = 'table_1'"""

# All periods held, with the figures available on the report's day according to the contracts.
_CANDIDATES = """CREATE OR REPLACE TEMP TABLE report_candidates AS
WITH ours AS (SELECT * FROM harmonised.indicator_values_as_of({always})),
here AS (
    SELECT p.published, p.printed_count, p.printed_percent, p.printed_london, p.same_base_as, p.per, o.*,
        o.period_end + s.expected_lag_days AS expected_out,
        100.0 / p.per * CASE WHEN o.rate_usable THEN o.rate ELSE o.rate_recomputed END AS our_rate,
        -- half a unit of the last decimal that the publisher's rate has
        CASE WHEN round(o.rate, 1) = o.rate THEN 0.05 WHEN round(o.rate, 2) = o.rate THEN 0.005
             ELSE 0.000005 END AS half
    FROM ours o JOIN printed_rows p USING (indicator)
    JOIN catalogue.sources s ON s.source = coalesce(o.count_source, o.rate_source)
    WHERE o.area_code = '{area}' AND p.published_by = ''
),
based AS (
    SELECT *, CASE WHEN rate_usable AND rate > half THEN 100 * printed_count / (rate + half) END AS own_low,
        CASE WHEN rate_usable AND rate > half THEN 100 * printed_count / (rate - half) END AS own_high
    FROM here
)
SELECT b.*, b.expected_out <= b.published AS was_out,
    london.count AS london_count, 100.0 / b.per
        * CASE WHEN london.figure_ages <> b.figure_ages THEN NULL
               WHEN b.rate_usable THEN london.rate ELSE london.rate_recomputed END AS our_london,
    least(b.own_high, other.own_high) AS shared_high, greatest(b.own_low, other.own_low) AS shared_low,
    b.rate_usable AND abs(b.our_rate - b.printed_percent) <= b.half + 0.005 AS like_percent,
    -- A rounded percentage is like that of some year by chance: it dates a row only if no other number of it says no.
    coalesce(abs(our_london - b.printed_london) > b.half + 0.005, false)
        OR coalesce(b.count_usable AND abs(b.count - b.printed_count) >= 0.5, false) AS contradicted,
    CASE WHEN b.count_usable AND abs(b.count - b.printed_count) < 0.5 THEN 1
         WHEN b.own_low IS NOT NULL AND other.own_low IS NOT NULL
              AND greatest(b.own_low, other.own_low) <= least(b.own_high, other.own_high) THEN 2
         WHEN like_percent AND NOT contradicted THEN 3 ELSE 4 END AS fit
FROM based b
LEFT JOIN based other ON other.indicator = b.same_base_as AND other.period_start = b.period_start
LEFT JOIN ours london ON london.indicator = b.indicator AND london.area_code = '{london}'
 AND london.period_start = b.period_start AND london.period_end = b.period_end"""

_DAY = "%-d %B %Y"
_SPOKEN = f"""CASE WHEN period_end = period_start + 1 THEN strftime(period_start, '{_DAY}')
    ELSE format('{{}} to {{}}', strftime(period_start, '{_DAY}'), strftime(period_end - 1, '{_DAY}')) END AS spoken"""
_TABLE_1 = f"""CREATE TABLE quality.report_table_1 AS
WITH newest AS (
    SELECT *, {_SPOKEN} FROM report_candidates WHERE was_out
    QUALIFY row_number() OVER (PARTITION BY indicator ORDER BY period_end DESC) = 1
),
chosen AS (  -- what fits, if it was out; else the newest that was; else the first that came after
    SELECT *, {_SPOKEN} FROM report_candidates
    QUALIFY row_number() OVER (
        PARTITION BY indicator ORDER BY CASE WHEN was_out THEN fit ELSE 5 END,
        CASE WHEN was_out THEN period_end END DESC, period_end) = 1
),
alike AS (  -- periods whose percentage is the printed one, although another number of the row is not
    SELECT *, {_SPOKEN} FROM report_candidates WHERE was_out AND like_percent AND contradicted
    QUALIFY row_number() OVER (PARTITION BY indicator ORDER BY period_end DESC) = 1
),
wider AS (
    SELECT v.*, a.force_name FROM harmonised.indicator_values_as_of({ALWAYS}) v
    JOIN harmonised.profile_areas a ON a.force_code = v.area_code
    JOIN printed_rows p ON p.indicator = v.indicator AND p.area_code = a.area_code AND p.published_by = 'police_force'
    JOIN catalogue.sources s ON s.source = v.count_source AND v.period_end + s.expected_lag_days <= p.published
    QUALIFY row_number() OVER (PARTITION BY v.indicator ORDER BY v.period_end DESC) = 1
)
SELECT p.indicator, p.position, p.report_label AS printed_label, p.printed_count, p.printed_percent, p.printed_london,
    round(p.implied_base) AS printed_base, round(p.base_low) AS printed_base_lower,
    round(p.base_high) AS printed_base_upper,
    c.count AS our_count, c.our_rate, c.our_london, c.denominator AS our_base,
    CASE WHEN c.denominator IS NULL THEN nullif(p.no_denominator, '')
         ELSE format('{{}}, {{}}, {{}} ({{}} {{}})', c.denominator_of, c.denominator_ages,
            strftime(c.denominator_date, '{_DAY}'), c.denominator_source, c.denominator_release) END
        AS denominator_named,
    c.period_start, c.period_end,
    CASE c.fit WHEN 1 THEN 'count' WHEN 2 THEN 'base' WHEN 3 THEN 'rate' END AS period_found_by,
    coalesce(c.count_source, c.rate_source) AS source, coalesce(c.count_release, c.rate_release) AS release,
    list_concat(coalesce(c.count_locators, []), coalesce(c.rate_locators, [])) AS locators,
    p.printed_locator, p.printed_quality,
    list_filter(list_concat([
        CASE WHEN w.indicator IS NOT NULL THEN format('{{}} {{}}: {{:,.0f}} {{}} in {{}} to {{}} ({{}} {{}}).',
                p.no_figure, w.force_name, w.count, p.unit_of_count, strftime(w.period_start, '{_DAY}'),
                strftime(w.period_end - 1, '{_DAY}'), w.count_source, w.count_release)
             WHEN c.indicator IS NULL
             THEN coalesce(nullif(p.no_figure, ''), 'No release held here has a figure for this area.') END,
        CASE WHEN c.fit = 1 THEN format('Period: the printed count equals that for {{}}.', c.spoken)
             WHEN c.fit = 2 THEN format('Period: both printed counts divided by the published rates for {{}} give the '
                || 'same base, {{:,.0f}} pupils, so this count and that of the other row are for that year.', c.spoken,
                (c.shared_low + c.shared_high) / 2)
             WHEN c.fit = 3 THEN format('Period: the printed percentage agrees with that for {{}}, {{}}%.',
                c.spoken, c.our_rate)
             WHEN c.was_out THEN format('Period: the count and the percentage match no period held here; it is '
                 'compared '
                || 'with {{}}, the newest that was published.', c.spoken)
             WHEN c.indicator IS NOT NULL THEN format('Period: no figure that was published by {{}} is held here; it '
                || 'is compared with {{}}.', strftime(p.published, '{_DAY}'), c.spoken) END,
        CASE WHEN c.fit = 4 AND k.indicator IS NOT NULL THEN format('Period: the printed percentage is like that for '
                || '{{}}, {{}}%, but another number of the row is not, so it does not date the row ({{}}).',
                k.spoken, k.our_rate, CASE WHEN k.count_usable AND abs(k.count - k.printed_count) >= 0.5
                    THEN format('count: printed {{:,.0f}}, published {{:,.0f}}', k.printed_count, k.count)
                    ELSE format('London: printed {{:.2f}}%, published {{:.2f}}%', k.printed_london, k.our_london)
                    END) END,
        CASE WHEN c.was_out AND n.period_end > c.period_end THEN format('Vintage: the figures for {{}} were '
                || 'published by {{}}{{}}.', n.spoken, strftime(p.published, '{_DAY}'),
                CASE WHEN n.count IS NOT NULL THEN format(': {{:,.0f}} {{}}', n.count, p.unit_of_count)
                     WHEN n.our_rate IS NOT NULL THEN format(': {{:.2f}}%', n.our_rate) ELSE '' END) END,
        CASE WHEN c.count_usable AND c.fit <> 1
             THEN format('Count: printed {{:,.0f}}, published {{:,.0f}}.', p.printed_count, c.count)
             WHEN c.indicator IS NOT NULL AND c.count IS NULL THEN 'Count: ' || nullif(p.no_count, '') END,
        CASE WHEN c.denominator < p.base_low OR c.denominator > p.base_high THEN format('Base: count and percentage as '
                || 'printed imply {{:,.0f}} [{{:,.0f}}, {{:,.0f}}]; the estimate is {{:,.0f}}, {{}} {{}} at {{}}: '
                '{{:+.1f}}%.',
                p.implied_base, p.base_low, p.base_high, c.denominator, c.denominator_of, c.denominator_ages,
                strftime(c.denominator_date, '{_DAY}'), 100 * (c.denominator / p.implied_base - 1))
             WHEN c.fit = 2 AND (c.shared_high < p.base_low OR c.shared_low > p.base_high) THEN format('Base: count '
                || 'and percentage as printed imply {{:,.0f}} [{{:,.0f}}, {{:,.0f}}], the published rate implies '
                '{{:,.0f}}.',
                p.implied_base, p.base_low, p.base_high, (c.shared_low + c.shared_high) / 2) END,
        CASE WHEN c.our_rate IS NOT NULL AND c.our_london IS NULL
             THEN 'London: no release held here has its rate for this period.'
             WHEN abs(c.our_london - p.printed_london) > 0.005
             THEN format('London: printed {{:.2f}}%, published {{:.2f}}%.', p.printed_london, c.our_london) END,
        CASE WHEN r.available_from > p.published THEN format('Release: the figure is from {{}} (published {{}}, '
            '{{}}), after the '
                || 'report; it may have been revised since.', r.release, strftime(r.available_from, '{_DAY}'),
                r.available_from_basis) END
    ], p.report_notes, coalesce(c.series_caveats, [])), lambda reason: reason IS NOT NULL) AS reasons,
    coalesce(c.synthetic, false) AS synthetic
FROM printed_rows p
LEFT JOIN chosen c USING (indicator) LEFT JOIN newest n USING (indicator) LEFT JOIN wider w USING (indicator)
LEFT JOIN alike k USING (indicator)
LEFT JOIN catalogue.releases r ON r.source = coalesce(c.count_source, c.rate_source)
 AND r.release = coalesce(c.count_release, c.rate_release)
ORDER BY p.position"""

_TABLE_2 = """CREATE TABLE quality.report_table_2 AS
SELECT p.measure, t.position, p.period_start, p.period_end, p.value AS printed_value, p.quality AS printed_quality,
    p.locator AS printed_locator, p.proposal, o.value AS our_value, o.value - p.value AS difference,
    o.source, o.release, o.locator,
    CASE WHEN o.release IS NULL THEN 'No release held here has this year for this area.'
         WHEN o.synthetic THEN 'The release held here is synthetic and does not prove anything about the printed '
             'figure.'
         WHEN o.value IS NULL THEN 'The release held here has no value: ' || coalesce(o.status, 'empty') || '.'
         WHEN o.value = p.value THEN 'Equal.'
         WHEN p.quality = 'disputed' THEN 'The printed figure does not agree with a sum in its table; the published '
             'one does.'
         ELSE 'Revised since, or printed wrongly: the published figure is from a later edition.' END AS reason,
    coalesce(o.synthetic, false) AS synthetic
FROM printed_report p
LEFT JOIN (SELECT DISTINCT measure, position FROM harmonised.crime_table) t USING (measure)
LEFT JOIN harmonised.crime_table o ON o.area_code = p.area_code AND o.measure = p.measure
 AND o.period_start = p.period_start AND o.period_end = p.period_end
WHERE p.table_id = 'table_2'
ORDER BY p.period_end, t.position, p.measure"""
