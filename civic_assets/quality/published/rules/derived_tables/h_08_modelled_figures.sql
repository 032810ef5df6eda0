/*
id: H-08
name: Allocation weights
table: modelled_figures
dimension: accuracy
severity: blocking
statement: The weights by which a figure was shared out are not negative, and those of one figure add up to one.
cannot_tell: whether the weights are good
guidance: Correct the weights before you use the shares.
reason: no_input
nothing: no figure was shared out between areas
passed: figures that were shared out, each by weights that add up to one
parameters: [WEIGHT_NOISE]
*/

WITH checked (n) AS (
    SELECT count(DISTINCT shared_out) FROM harmonised.modelled_figures
    WHERE weight IS NOT NULL
)

-- findings
SELECT
    any_value(measure) AS measure,
    shared_out AS locator,
    sum(weight) || '' AS observed,
    '1' AS expected,
    format('{}: the weights add up to {}, and the smallest is {}.', shared_out, sum(weight), min(weight))
        AS message
FROM harmonised.modelled_figures
WHERE weight IS NOT NULL
GROUP BY shared_out
HAVING abs(sum(weight) - 1) > $WEIGHT_NOISE OR min(weight) < 0
ORDER BY shared_out
