/*
id: H-04
name: Denominator date and vintage
table: area_profile
dimension: accuracy
severity: warning
statement: The denominator of a computed rate is dated inside the period, or at most {DENOMINATOR_DAYS} days from
  its middle.
cannot_tell: migration within the year
guidance: Load the population estimate nearest to the middle of the period.
reason: no_input
nothing: no rate is computed here
passed: rates, each with a denominator dated near its period
parameters: [DENOMINATOR_DAYS]
*/

WITH checked (n) AS (
    SELECT count(*) FROM harmonised.area_profile
    WHERE rate_recomputed IS NOT NULL
)

-- findings
SELECT
    count(*) AS n,
    indicator AS measure,
    period_start,
    period_end,
    '' AS locator,
    denominator_date || '' AS observed,
    'a date within ' || $DENOMINATOR_DAYS || ' days' AS expected,
    format(
        '{}: {} for {} use the {} of {} as the denominator, {} days from the middle of the period.', any_value(title), counted(count(*), 'rate'), period_name(period_start, period_end),
        measure_words(any_value(denominator_measure)), day_name(denominator_date),
        abs(date_diff(
            'day', period_start + ((period_end - period_start) // 2)::INTEGER,
            denominator_date
        ))
    ) AS message
FROM harmonised.area_profile
WHERE
    denominator_date IS NOT NULL AND rate_recomputed IS NOT NULL
    AND NOT (denominator_date >= period_start AND denominator_date < period_end)
    AND abs(date_diff('day', period_start + ((period_end - period_start) // 2)::INTEGER, denominator_date)) > $DENOMINATOR_DAYS
GROUP BY indicator, period_start, period_end, denominator_date
ORDER BY indicator, period_start
