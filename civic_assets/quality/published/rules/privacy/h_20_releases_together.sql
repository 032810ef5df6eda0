/*
id: H-20
name: Differencing audit
table: releases_together
dimension: validity
severity: warning
scope: privacy
statement: "No hidden figure can be worked out from all releases together: other editions and sources, periods that
  make up others, rates and their denominators. What publishers reveal themselves is a warning."
cannot_tell: tables by others that are not held here
guidance: Tell the publisher, and do not repeat the values.
reason: not_applicable
nothing: no published source hides figures
passed: hidden figures, none of which can be worked out from all releases together
parameters: [SAFE_RANGE_LEAST, SAFE_RANGE_WIDTH]
*/

WITH checked (n) AS (
    SELECT coalesce(sum(n_audited), 0) FROM quality.disclosure_log
    WHERE release = 'all releases'
)

-- findings
SELECT
    n_recovered + n_narrow AS n,
    '' AS measure,
    '' AS locator,
    n_recovered + n_narrow || ' cells' AS observed,
    format('at least {:.0f} apart, from {:.0f} or less', $SAFE_RANGE_WIDTH, $SAFE_RANGE_LEAST) AS expected,
    message,
    source AS about_source
FROM quality.disclosure_log
WHERE release = 'all releases' AND outcome = 'fail'
ORDER BY source
