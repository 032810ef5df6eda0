/*
id: H-06
name: Age bands equal
table: area_profile
dimension: consistency
severity: blocking
statement: A computed rate divides people by people of the same ages; a share of all residents says so.
cannot_tell: misreported ages
guidance: Use a denominator of the same ages.
reason: no_input
nothing: no rate is about people of certain ages
passed: rates, each with one age group in count and denominator
*/

WITH checked (n) AS (
    SELECT count(*) FROM harmonised.area_profile
    WHERE rate_recomputed IS NOT NULL AND coalesce(denominator_ages, '') NOT IN ('', 'all ages')
)

-- findings
SELECT
    count(*) AS n,
    indicator AS measure,
    '' AS locator,
    denominator_ages AS observed,
    ages
        AS expected,
    format(
        '{}: {} divide people aged {} by people aged {}.', any_value(title),
        counted(count(*), 'rate'), ages, denominator_ages
    ) AS message
FROM harmonised.area_profile
WHERE
    rate_recomputed IS NOT NULL
    AND coalesce(denominator_ages, '') NOT IN ('', 'all ages') AND ages <> denominator_ages
GROUP BY indicator, ages, denominator_ages
ORDER BY indicator
