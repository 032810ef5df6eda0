/*
id: X-03
name: Revision size
table: revision_summary
dimension: accuracy
severity: warning
statement: "Revisions of a measure do not tend in one direction: abs(t) of the mean revision of its vintages is at
  most 2, with the standard error of Newey and West; tested from 8 vintages (house rules)."
cannot_tell: why they tend in one direction, and anything from fewer than 8 vintages
guidance: Ask the publisher why, and expect first figures to be revised the same way.
reason: history_too_short
nothing: no measure has the 8 vintages that the test needs; quality.revision_summary has the counts
passed: measures and horizons, none of which is revised to one side
*/

WITH checked (n) AS (
    SELECT count(*) FROM quality.revision_summary
    WHERE outcome <> 'not_evaluated'
)

-- findings
SELECT
    measure,
    '' AS locator,
    mean_revision || '' AS observed,
    '0' AS expected,
    message
FROM quality.revision_summary
WHERE outcome = 'fail'
ORDER BY source, measure, unit, horizon
