/*
id: H-01
name: Overlapping years compared
table: indicator_baseline
dimension: consistency
severity: blocking
statement: No published change compares two periods that overlap.
cannot_tell: whether a change between separate periods is real
guidance: Choose a baseline that ends before the latest period begins.
reason: no_input
nothing: no change is published
passed: changes, each between separate periods
*/

WITH changes AS (
    SELECT * FROM harmonised.indicator_baseline
    WHERE baseline_period_start IS NOT NULL AND coalesce(change_of_count, change_of_rate) IS NOT NULL
),

checked (n) AS (
    SELECT count(*) FROM changes
)

-- findings
SELECT
    indicator AS measure,
    area_code,
    latest_period_start AS period_start,
    latest_period_end AS period_end,
    latest_locators[1] AS locator,
    baseline_period_end || ' after ' || latest_period_start AS observed,
    'a baseline that ends before' AS expected,
    format(
        '{} of {}: the baseline ends on {}, after the latest period began on {}.', title, area_name,
        day_name(baseline_period_end - 1), day_name(latest_period_start)
    ) AS message
FROM changes
WHERE baseline_period_end > latest_period_start
ORDER BY indicator, area_code
