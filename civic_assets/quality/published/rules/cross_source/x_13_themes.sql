/*
id: X-13
name: Independence of sources
table: themes
dimension: uniqueness
severity: info
statement: "The figures on a theme rest on at least two effective sources: 1 / sum of squared shares (a house
  rule)."
cannot_tell: errors that sources share upstream
guidance: Look for a second source before you rely on them.
reason: no_input
nothing: no theme has a figure
passed: themes, each of two effective sources or more
*/

WITH checked (n) AS (
    SELECT count(*) FROM quality.themes
)

-- findings
SELECT
    theme AS measure,
    '' AS locator,
    round(effective_sources, 2) || '' AS observed,
    'at least 2' AS expected,
    CASE
        WHEN n_sources = 1 THEN format('The figures on {} rest on a single source.', theme)
        ELSE format('The figures on {} rest on {:,} sources from {}, and so unevenly that they count as {:.2f} sources.', theme, n_sources, counted(n_publishers, 'publisher'), effective_sources)
    END AS message
FROM quality.themes
WHERE few
ORDER BY effective_sources, theme
