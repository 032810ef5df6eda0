/*
id: X-04
name: ONS year against 12 months
table: recorded_crime_beside
dimension: consistency
severity: warning
statement: Where classes are the same and a year has at least {YEARS_RATIO_EVENTS} offences, another source's year
  is {YEARS_RATIO_LOW} to {YEARS_RATIO_HIGH} of that of ONS (a house rule).
cannot_tell: which source is right
guidance: Do not mix the two sources in one series; ask both publishers what they count.
reason: no_reference
nothing: no two sources hold the same year in the same classes
passed: years of two sources, each in agreement
parameters: [YEARS_RATIO_EVENTS, YEARS_RATIO_HIGH, YEARS_RATIO_LOW]
*/

WITH checked (n) AS (
    SELECT count(*) FROM harmonised.recorded_crime_beside
    WHERE relation = 'exact' AND ratio IS NOT NULL AND ons_value >= $YEARS_RATIO_EVENTS
)

-- findings
SELECT
    measure,
    area_code,
    period_start,
    period_end,
    '' AS locator,
    other_value || '' AS observed,
    ons_value || '' AS expected,
    format(
        '''{}'' in {} for {}: {} {} has {:,.0f}, but {} {} has {:,.0f} (ratio {:.2f}).',
        measure_words(measure), area_name, period_name(period_start, period_end), other_source, other_release,
        other_value, ons_source, ons_release, ons_value, ratio
    ) AS message,
    other_source AS about_source,
    [other_release] AS about_releases,
    format('years of {} {}', other_source, other_release) AS cause_key
FROM harmonised.recorded_crime_beside
WHERE relation = 'exact' AND ons_value >= $YEARS_RATIO_EVENTS AND ratio NOT BETWEEN $YEARS_RATIO_LOW AND $YEARS_RATIO_HIGH
ORDER BY abs(ln(ratio)) DESC, area_code, measure
