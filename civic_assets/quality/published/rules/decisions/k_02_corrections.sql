/*
id: K-02
name: Corrections hold
table: corrections
dimension: accuracy
severity: blocking
statement: Every registered correction is for one published number, which is still printed as it was when the
  correction was decided (`expect`).
cannot_tell: whether a correction is right; corrections of releases that are not published are not evaluated
guidance: Remove it or decide again.
reason: not_applicable
nothing: no correction is registered for a published release
passed: corrections, each for a figure that is printed as expected
*/

WITH checked (n) AS (
    SELECT count(*) FROM quality.corrections
    WHERE state <> 'no_release'
)

-- findings
SELECT
    measure,
    area_code,
    period_start,
    period_end,
    locator,
    printed_text AS observed,
    expected,
    message
FROM quality.corrections
WHERE state NOT IN ('applied', 'no_release')
ORDER BY correction_id, release
