/*
id: X-08
name: Bounds for 'not known'
table: not_known_bounds
dimension: accuracy
severity: warning
statement: At most 5% of a group are not known in any area. Beyond 20% the area is not compared, and areas whose
  bounds overlap are not ranked (a house rule).
cannot_tell: where inside its bounds a share lies
guidance: Show the bounds with the share, and do not rank areas whose bounds overlap.
reason: no_input
nothing: no share has a stated part that is not known
passed: shares, each of a group that is almost fully known
*/

WITH newest_bounds AS (
    FROM quality.not_known_bounds
    QUALIFY period_end = max(period_end) OVER (PARTITION BY source, measure)
),

checked (n) AS (
    SELECT count(*) FROM newest_bounds
)

-- findings
SELECT
    count(*) AS n,
    measure,
    arg_max(area_code, (not_known, area_code)) AS area_code,
    max(period_start) AS period_start,
    max(period_end) AS period_end,
    '' AS locator,
    round(max(not_known), 1) || '%' AS observed,
    'at most 5%' AS expected,
    format(
        '{}: for {}, the status of more than 5% of young people is not known in {}, and of more than 20% in {:,} of them; in {} the share lies between {:.1f}% and {:.1f}%.', source,
        period_name(max(period_start), max(period_end)), counted(count(*), 'area'), count(*)
        FILTER (use = 'no comparison'),
        arg_max(
            area_name, (not_known, area_code)), arg_max(lower, (not_known, area_code)), arg_max(
            upper,
            (not_known, area_code)
        )
    ) AS message,
    source AS about_source
FROM newest_bounds
WHERE use <> 'ok'
GROUP BY source, measure
ORDER BY source, measure
