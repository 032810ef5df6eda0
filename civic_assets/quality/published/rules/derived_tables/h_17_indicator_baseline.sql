/*
id: H-17
name: Enough periods for a trend
table: indicator_baseline
dimension: validity
severity: blocking
statement: A verdict rests on at least three separate comparable periods (a house rule).
cannot_tell: whether three are enough for the question
guidance: Do not use this verdict.
reason: no_input
nothing: no verdict is published
passed: verdicts, each on at least {PERIODS_FOR_A_TREND} separate periods
parameters: [PERIODS_FOR_A_TREND]
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
    n_disjoint_periods || '' AS observed,
    'at least ' || $PERIODS_FOR_A_TREND AS expected,
    format(
        '{} of {}: the verdict rests on {}.', title, area_name,
        counted(n_disjoint_periods, 'separate period')
    ) AS message
FROM harmonised.indicator_baseline
WHERE verdict IS NOT NULL AND n_disjoint_periods < $PERIODS_FOR_A_TREND
ORDER BY indicator, area_code
