/*
id: X-12
name: Alternative definitions
table: alternative_definitions
dimension: completeness
severity: warning
statement: Where the same words have a second published definition, the two differ by at most a tenth; otherwise
  both should be shown (a house rule).
cannot_tell: which definition is right
guidance: Say which definition you use, or show both.
reason: no_reference
nothing: no figure in the profile has a second definition here
passed: areas in which two definitions agree
*/

WITH newest_alternates AS (
    FROM quality.alternative_definitions
    WHERE differs IS NOT NULL AND in_profile
    QUALIFY period_end = max(period_end) OVER (PARTITION BY indicator, source)
),

checked (n) AS (
    SELECT count(*) FROM newest_alternates
)

-- findings
SELECT
    count(*) AS n,
    shown_measure AS measure,
    arg_max(area_code, (abs(difference), area_code))
        AS area_code,
    max(period_start) AS period_start,
    max(period_end) AS period_end,
    '' AS locator,
    format('{:+.0f}%', 100 * median(difference)) AS observed,
    'within 10%' AS expected,
    format(
        '{}: ''{}'' and ''{}'' ({}) differ by more than a tenth in {} (median {:+.0f}%), but only one of them is shown.', source, measure_words(shown_measure), measure_words(other_measure),
        max(because), counted(count(*), 'area'),
        100 * median(difference)
    ) AS message
FROM newest_alternates
WHERE differs
GROUP BY source, indicator, shown_measure, other_measure
ORDER BY source, indicator
