/*
id: X-09
name: Recording-rate band
table: recording_bands
dimension: accuracy
severity: warning
statement: "A change on the year before is larger than the uncertainty of the recording rate that an inspection
  found for the force: the intervals [x/(r + e), x/(r - e)] of the two years do not overlap."
cannot_tell: recording rates of single offences, and today's rates
guidance: Do not describe these changes as a rise or a fall.
reason: no_reference
nothing: no figure is from a force with a registered recording rate
passed: changes, each larger than the uncertainty of the recording rate
*/

WITH checked (n) AS (
    SELECT count(*) FROM quality.recording_bands
)

-- findings
SELECT
    count(*) AS n,
    measure,
    arg_min(area_code, (abs(ln(ratio)), area_code)) AS area_code,
    max(later_period_start) AS period_start,
    max(later_period_end) AS period_end,
    '' AS locator,
    format('times {:.3f}', arg_min(ratio, (abs(ln(ratio)), area_code))) AS observed,
    format(
        'outside {:.3f} to {:.3f}', any_value((rate - error) / (rate + error)),
        any_value((rate + error) / (rate - error))
    ) AS expected,
    format(
        '{}: {} in ''{}'' on the year before {} within the uncertainty of the recording rate of {} ({:.1f}% within {:.2f} points; for example {}: {:,.0f} after {:,.0f}), so there is no evidence of a change.',
        source, counted(count(*), 'change'), measure_words(measure),
        CASE WHEN count(*) = 1 THEN 'is' ELSE 'are' END,
        coalesce(
            (
                SELECT any_value(area_name) FROM catalogue.areas a
                WHERE a.area_code = force_code
            ),
            force_code
        ), 100 * any_value(rate
        ), 100 * any_value(error
        ),
        arg_min(area_name, (abs(ln(ratio)), area_code)), arg_min(later_value, (abs(ln(ratio)), area_code)),
        arg_min(earlier_value, (abs(ln(ratio)), area_code)))
        AS message
FROM quality.recording_bands
WHERE overlap
GROUP BY source, measure, force_code, rate, error
ORDER BY source, measure, force_code
