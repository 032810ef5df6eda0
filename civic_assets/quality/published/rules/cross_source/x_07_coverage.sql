/*
id: X-07
name: Coverage and R-indicator
table: coverage
dimension: completeness
severity: info
statement: At most a tenth of the areas that sent figures would have to be in other regions for their mix to match
  that of all areas that should have sent them (index of dissimilarity; a house rule).
cannot_tell: differences other than the region, and residents, because it counts areas
guidance: Do not take the areas as representative of all.
reason: no_reference
nothing: no source has areas that should report in more than one region
passed: measures and periods, each with a balanced mix of regions
*/

WITH checked (n) AS (
    SELECT count(*) FROM quality.coverage
    WHERE n_regions > 1
)

-- findings
SELECT
    count(*) AS n,
    measure,
    arg_max(period_start, (apart, period_start)) AS period_start,
    arg_max(
        period_end, (apart, period_start)
    ) AS period_end,
    '' AS locator,
    round(
        max(apart), 3) || '' AS
    observed,
    'at most 0.1' AS expected,
    format(
        '{}: {:.1f}% of the {:,} areas with a figure for ''{}'' for {} would have to be in other regions to match the mix of the {:,} areas that should have reported (R = {:.2f}).', source,
        100 * max(apart), arg_max(n_received, (apart, period_start)), measure_words(measure),
        period_name(
            arg_max(period_start, (apart, period_start)),
            arg_max(period_end, (apart, period_start))
        ),
        arg_max(n_due, (apart, period_start)), arg_max(r, (apart, period_start))
    ) AS message,
    source AS about_source
FROM quality.coverage
WHERE unlike
GROUP BY source, measure
ORDER BY max(apart) DESC, source, measure
