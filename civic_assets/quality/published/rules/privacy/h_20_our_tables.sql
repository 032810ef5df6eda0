/*
id: H-20
name: Differencing audit
table: our_tables
dimension: validity
severity: blocking
scope: privacy
statement: "No hidden figure is easier to work out with the derived tables than without them, given every release,
  edition, area, period, rate and denominator that is published: nothing becomes exact, and nothing becomes narrower
  than the house rule of H-19. A figure that would do so is withheld."
cannot_tell: tables by others that are not held here, and what a publisher's own releases reveal together
guidance: Do not publish these figures from another copy of the data.
reason: not_applicable
nothing: no derived figure relates to a hidden figure
passed: hidden figures that derived figures relate to, none of which they make easier to work out
*/

WITH checked (n) AS (
    SELECT coalesce(max(n_audited), 0) FROM quality.disclosure_log
    WHERE release = 'published'
)

-- findings
SELECT
    greatest(n_secondary, n_recovered + n_narrow) AS n,
    '' AS measure,
    '' AS locator,
    n_secondary || ' rows' AS observed,
    'none' AS expected,
    -- Where nothing is left to work out, the guard worked, and nobody has to do anything.
    CASE WHEN n_recovered = 0 AND n_narrow = 0 THEN 'info' END AS severity,
    message
FROM quality.disclosure_log
WHERE release = 'published' AND (n_secondary > 0 OR n_recovered > 0 OR n_narrow > 0)
ORDER BY table_id
