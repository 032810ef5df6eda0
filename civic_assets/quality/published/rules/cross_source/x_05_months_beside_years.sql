/*
id: X-05
name: Scale of the area
table: months_beside_years
dimension: consistency
severity: blocking
statement: The count of a month is 0.5 to 2 times a twelfth of the area's year (the median, where several months are
  held), where the year has at least 240 offences of the same classes (a house rule).
cannot_tell: which smaller or larger area a figure is for
guidance: Check which area the figure is for before you use it.
reason: no_reference
nothing: no month has a year of the same area and offences to compare with
passed: series of months, each on the scale of its area
*/

WITH checked (n) AS (
    SELECT count(DISTINCT (source, measure, area_code)) FROM quality.months_beside_years
)

-- findings
SELECT
    measure,
    area_code,
    CASE WHEN bool_or(said_in <> '') THEN 'warning' END AS severity,
    arg_max(period_start, (far_off, period_start)) AS period_start,
    arg_max(period_end, (far_off, period_start)) AS period_end,
    arg_max(locator, (far_off, period_start)) AS locator,
    format('{:,.0f}', arg_max(value, (far_off, period_start))) AS observed,
    format('about {:,.0f}', arg_max(year_value / 12, (far_off, period_start))) AS expected,
    format(
        '{} {}: ''{}'' in {} in {} is {:,.0f}, {:.2f} times a twelfth of the {:,.0f} for {} ({} {}). This is not on the scale of the area{}.', source, arg_max(locator, (far_off, period_start)),
        measure_words(measure), max(area_name),
        strftime(arg_max(period_start, (far_off, period_start)), '%B %Y'),
        arg_max(value, (far_off, period_start)),
        arg_max(ratio, (far_off, period_start)),
        arg_max(year_value, (far_off, period_start)),
        period_name(
            arg_max(year_period_start, (far_off, period_start)),
            arg_max(year_period_end, (far_off, period_start))
        ),
        arg_max(year_source, (far_off, period_start)), arg_max(year_release, (far_off, period_start)),
        CASE WHEN count(*) > 1 THEN format(
            '; the median of {} months is {:.2f}', count(*),
            any_value(usual_ratio)
        ) ELSE '' END
    ) AS message
FROM (SELECT
    *,
    abs(ln(ratio + 1e-6)) AS far_off
FROM quality.months_beside_years m
WHERE
    outside
    -- A sentence that its own release already has a finding about is not reported a second time.
    AND NOT (said_in <> '' AND EXISTS (
        SELECT 1 FROM quality.findings f
        WHERE
            f.check_id = 'X-05' AND f.source = m.source AND f.area_code = m.area_code
            AND f.period_start = m.period_start AND coalesce(f.measure, m.measure) = m.measure
    )))
GROUP BY source, measure, area_code
ORDER BY max(far_off) DESC, source, measure, area_code
