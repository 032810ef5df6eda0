/*
id: X-06
name: Missing suppliers
table: returns
dimension: completeness
severity: warning
statement: Every area that should report to a source, by its contract and the area register, has a figure for each
  measure in each period.
cannot_tell: why an area is missing, and how that changes a sum
guidance: Do not compare totals or ranks of that period, or leave the missing areas out of all periods.
reason: no_reference
nothing: no contract says which areas should report
passed: measures and periods, each with all areas that should have reported
*/

WITH checked (n) AS (
    SELECT count(*) FROM quality.returns
)

-- findings
SELECT
    count(*) AS n,
    measure,
    NULL AS area_code,
    arg_min(period_start, (n_received / n_due, period_start)) AS period_start,
    arg_min(period_end, (n_received / n_due, period_start)) AS period_end,
    '' AS locator,
    min(n_received / n_due)::DECIMAL(5, 4) || '' AS observed,
    '1' AS expected,
    format(
        '{}: {:,} of the {:,} areas that should have reported ''{}'' for {} did; missing: {}{}{}.', source,
        arg_min(n_received, (n_received / n_due, period_start)),
        arg_min(n_due, (n_received / n_due, period_start)), measure_words(measure),
        period_name(
            arg_min(period_start, (n_received / n_due, period_start)),
            arg_min(period_end, (n_received / n_due, period_start))
        ),
        array_to_string(arg_min(missing_names, (n_received / n_due, period_start))[:5], ', '),
        CASE
            WHEN len(arg_min(missing_names, (n_received / n_due, period_start))) > 5 THEN ' and others'
            ELSE ''
        END,
        CASE WHEN count(*) > 1 THEN format('; {:,} periods are incomplete', count(*)) ELSE '' END
    ) AS message,
    source AS about_source,
    list(DISTINCT release ORDER BY release) AS about_releases,
    list_sort(list_distinct(flatten(list(missing_names)))) AS missing_areas
FROM quality.returns
WHERE n_received < n_due
GROUP BY source, measure
ORDER BY source, measure
