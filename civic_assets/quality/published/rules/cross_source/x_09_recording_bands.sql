/*
id: X-09
name: Recording-rate band
table: recording_bands
dimension: accuracy
severity: warning
statement: "A change since the months of an inspection is larger than a change of recording could make it: with the
  recording rate r, within e, then, and between r - e and 1 now, the interval [x/(r + e), x/(r - e)] of the earlier count
  and the interval [x, x/(r - e)] of the later one do not overlap."
cannot_tell: recording rates of single offences, today's rate, and recording that became worse
guidance: Do not describe these changes as a rise or a fall of crime.
reason: no_reference
nothing: no figure is from a force with a registered recording rate
passed: changes, each larger than a change of recording could make it
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
        any_value(1 / (rate - error))
    ) AS expected,
    format(
        '{}: {} in ''{}'' since {} {} no larger than a change of recording by {} could make ({:.1f}% within {:.2f} points was recorded then, and at most everything now; for example {}: {:,.0f} after {:,.0f}), so there is no evidence of a change of crime.',
        source, counted(count(*), 'change'), measure_words(measure),
        period_name(any_value(earlier_period_start), any_value(earlier_period_end)),
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
