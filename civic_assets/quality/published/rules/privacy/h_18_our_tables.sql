/*
id: H-18
name: Primary suppression
table: our_tables
dimension: validity
severity: blocking
scope: privacy
statement: No derived table shows a figure that is hidden in the newest release of its publisher, or a sum in the
  range that the publisher of its parts hides. Such a figure is withheld.
cannot_tell: what follows from several figures together (H-20)
guidance: Do not publish these figures from another copy of the data.
reason: not_applicable
nothing: no derived figure is of a kind that its publisher hides
passed: derived figures of kinds that publishers hide, none of which shows a hidden figure
*/

WITH checked (n) AS (
    SELECT count(*) FROM harmonised.indicator_figures
    WHERE (
        value IS NOT NULL OR quality = 'withheld') AND list_has_any(
        string_split(measure, '+'),
        (
            SELECT coalesce(list(DISTINCT measure), []) FROM catalogue.disclosure_rules
            WHERE practice = 'suppressed'
        )
    )
)

-- findings
SELECT
    n_primary AS n,
    '' AS measure,
    '' AS locator,
    n_primary || ' rows' AS observed,
    'none'
        AS expected,
    -- The figures are withheld: the guard worked, and nobody has to do anything.
    'info' AS severity,
    format(
        'harmonised.{}: {} showed a figure that its publisher hides, or a sum in the range that it hides, and {} withheld.', table_id, counted(n_primary, 'row'),
        CASE WHEN n_primary = 1 THEN 'is' ELSE 'are' END
    ) AS message
FROM quality.disclosure_log
WHERE release = 'published' AND n_primary > 0
ORDER BY table_id
