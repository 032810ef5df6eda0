/*
id: X-16
name: Two ways to one figure agree
table: unified_differences
dimension: consistency
severity: info
statement: A figure of a year that can be had in several ways (as printed, from one release, from the newest release
  of each part, from months or quarters) is the same in all of them.
cannot_tell: which of them is right; revisions between releases make most of the differences
guidance: Give the release together with the figure.
reason: no_input
nothing: nothing was added up over time
passed: sums over time, the same whichever way they are made
*/

WITH different AS (
    SELECT
        source,
        measure,
        period_start,
        period_end,
        method,
        releases,
        other_method,
        other_releases,
        count(*) AS n,
        max(abs(other_value - value)) AS largest,
        arg_max(area_code, abs(other_value - value)) AS area_code,
        arg_max(area_name, abs(other_value - value)) AS area_name,
        arg_max(breakdown, abs(other_value - value)) AS breakdown,
        arg_max(value, abs(other_value - value)) AS value,
        arg_max(other_value, abs(other_value - value)) AS other_value
    FROM harmonised.unified_differences
    WHERE value IS NOT NULL AND other_value IS NOT NULL
    GROUP BY ALL
),

checked (n) AS (
    SELECT count(*) FROM harmonised.unified_sums
)

-- findings
SELECT
    n,
    measure,
    area_code,
    period_start,
    period_end,
    format('{:,.10g}', value) AS observed,
    format('{:,.10g}', other_value) AS expected,
    format(
        '{}, {}, {}: {:,} figures are not the same from {} ({}) and from {} ({}). The largest difference is in {} ({}): {:,.10g} and {:,.10g}. The first is published; harmonised.unified_differences has both.', source, replace(measure, '_', ' '), 'the year ending ' || strftime(period_end - 1, '%-d %B %Y'), n,
        array_to_string(releases, ' and '), replace(method, '_', ' '),
        array_to_string(other_releases, ' and '), replace(other_method, '_', ' '),
        coalesce(area_name, area_code), breakdown, value, other_value
    ) AS message,
    source AS about_source
FROM different
ORDER BY source, measure, period_start, other_method
