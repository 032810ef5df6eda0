/*
id: H-11
name: Known break inside the window
table: indicator_baseline
dimension: consistency
severity: blocking
statement: No verdict is given where the comparison is refused.
cannot_tell: breaks that are not in the register
guidance: Do not use this verdict.
reason: no_input
nothing: no verdict is published
passed: verdicts, each on a comparison that is allowed
*/

WITH checked (n) AS (
    SELECT count(*) FROM harmonised.indicator_baseline
    WHERE verdict IS NOT NULL
)

-- findings
SELECT
    indicator AS measure,
    area_code,
    latest_period_start AS period_start,
    latest_period_end AS period_end,
    latest_locators[1] AS locator,
    verdict AS observed,
    'no verdict' AS expected,
    format('{} of {}: a verdict is given although the comparison is refused.', title, area_name) AS message
FROM harmonised.indicator_baseline
WHERE verdict IS NOT NULL AND comparison_allowed IS NOT TRUE
ORDER BY indicator, area_code
