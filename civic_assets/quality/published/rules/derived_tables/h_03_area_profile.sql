/*
id: H-03
name: Side-by-side alignment
table: area_profile
dimension: consistency
severity: warning
statement: The periods of two indicators in one profile share at least half of their days; where they do not, each
  is printed with its period (a house rule).
cannot_tell: whether the mismatch matters
guidance: Read each indicator with its own period.
reason: no_input
nothing: no profile has two indicators
passed: pairs of indicators, each of about the same time
parameters: [SHARED_DAYS_SHARE]
*/

WITH profile_pairs AS (
    SELECT
        measure_a,
        measure_b,
        area_code_a,
        period_start_a,
        period_end_a,
        period_start_b,
        period_end_b,
        greatest(0, date_diff(
            'day', greatest(period_start_a, period_start_b),
            least(period_end_a, period_end_b)
        )) AS shared,
        date_diff('day', period_start_a, period_end_a) + date_diff('day', period_start_b, period_end_b) AS all_days
    FROM quality.comparability_pairs
    WHERE shown_in = 'area_profile' AND area_code_a = area_code_b
),

checked (n) AS (
    SELECT count(*) FROM profile_pairs
)

-- findings
SELECT
    count(*) AS n,
    measure_a AS measure,
    '' AS area_code,
    '' AS locator,
    round(min(shared / (all_days - shared)), 2) || ' to '
    || round(max(shared / (all_days - shared)), 2) AS observed,
    'at least ' || $SHARED_DAYS_SHARE AS expected,
    format(
        '''{}'' and ''{}'' appear in the same profile for {} with periods that share less than half of their days (for example {} and {}).', measure_words(measure_a), measure_words(measure_b),
        counted(count(*), 'area'),
        period_name(min(period_start_a), min_by(period_end_a, period_start_a)),
        period_name(min_by(period_start_b, period_start_a), min_by(period_end_b, period_start_a))
    ) AS message
FROM profile_pairs
WHERE shared / (all_days - shared) < $SHARED_DAYS_SHARE
GROUP BY measure_a, measure_b
ORDER BY measure_a, measure_b
