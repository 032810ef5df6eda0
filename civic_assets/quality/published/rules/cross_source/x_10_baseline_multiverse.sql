/*
id: X-10
name: Baseline multiverse
table: baseline_multiverse
dimension: validity
severity: warning
statement: A published change is not among the 5% lowest or highest of at least ten valid changes of the same area
  and indicator over as many years, for all starts, ends and readings (a house rule).
cannot_tell: why a baseline was chosen
guidance: Give the range of valid changes with the figure.
reason: history_too_short
nothing: no change has ten valid alternatives over as many years
passed: changes, none extreme among the valid comparisons
*/

WITH checked (n) AS (
    SELECT count(*) FROM quality.baseline_multiverse
    WHERE extreme IS NOT NULL
)

-- findings
SELECT
    count(*) AS n,
    indicator AS measure,
    arg_max(area_code, (
        abs(ln(claimed / middle)),
        area_code
    )) AS
    area_code,
    arg_max(latest_period_start, (abs(ln(claimed / middle)), area_code)) AS period_start,
    arg_max(latest_period_end, (abs(ln(claimed / middle)), area_code)) AS period_end,
    '' AS locator,
    format('times {:.2f}', arg_max(claimed, (abs(ln(claimed / middle)), area_code))) AS observed,
    format(
        'times {:.2f} to {:.2f}', arg_max(lowest, (abs(ln(claimed / middle)), area_code)),
        arg_max(highest, (abs(ln(claimed / middle)), area_code))
    ) AS expected,
    format(
        '{}: in {} the published change is among the most extreme of all valid comparisons over as many years (for example {}: by a factor of {:.2f}, with a median of {:.2f}).', max(title), counted(count(*), 'area'),
        arg_max(area_name, (abs(ln(
            claimed / middle)), area_code)), arg_max(claimed, (abs(ln(
            claimed
            / middle
        )), area_code)),
        arg_max(middle, (abs(ln(claimed / middle)), area_code))
    ) AS message
FROM quality.baseline_multiverse
WHERE extreme
GROUP BY source, indicator
ORDER BY source, indicator
