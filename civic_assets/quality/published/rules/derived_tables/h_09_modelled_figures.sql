/*
id: H-09
name: Modelled values marked
table: modelled_figures
dimension: validity
severity: blocking
statement: No modelled value is used in a ranking, an identity or a comparison.
cannot_tell: the quality of the model
guidance: Show modelled values with their method only.
reason: no_input
nothing: no modelled value is published
passed: modelled values, none in a ranking, identity or comparison
*/

WITH checked (n) AS (
    SELECT count(*) FROM harmonised.modelled_figures
)

-- findings
SELECT
    measure,
    area_code,
    period_start,
    period_end,
    shared_out AS locator,
    used_in AS observed,
    'display only, with its method' AS expected,
    format(
        '''{}'' of {} was estimated by {} and is used in a {}.', measure_words(measure), area_code, method,
        used_in
    ) AS message
FROM harmonised.modelled_figures
WHERE used_in IN ('ranking', 'identity', 'comparison')
ORDER BY measure, area_code, period_start
