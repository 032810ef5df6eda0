/*
id: X-18
name: Postcodes and lookups
table: postcode_misalignments
dimension: consistency
severity: warning
statement: The authority and the police force area that a postcode directory has for the wards, small census areas and
  authorities of postcodes in use are those of the lookups and the area register.
cannot_tell: which of the two is right, and whether a boundary moved between their dates
guidance: Look at the dates of the directory and of the lookup, and add the lookup of the same year.
reason: no_reference
nothing: no postcode directory is held
passed: areas that postcodes in use are in, each in the authority that the lookups have
*/

WITH checked (n) AS (
    SELECT count(*) FROM catalogue.postcode_areas
    WHERE n_in_use > 0 AND (authority_code IS NOT NULL OR area_type = 'local_authority')
)

-- findings
SELECT
    CASE WHEN place = 100 THEN of_kind - 99 ELSE 1 END AS n,
    NULL AS measure,
    area_code,
    NULL AS period_start,
    NULL AS period_end,
    '' AS locator,
    other_code AS observed,
    expected_code AS expected,
    format('{:,} {}, such as {}. {}', n_postcodes, CASE WHEN n_postcodes = 1 THEN 'postcode' ELSE 'postcodes' END,
        example, message) AS message
FROM (
    -- Of each kind, the 100 with the most postcodes; the last of them stands for the others.
    SELECT
        *,
        row_number() OVER (PARTITION BY what ORDER BY n_postcodes DESC, area_code, other_code) AS place,
        count(*) OVER (PARTITION BY what) AS of_kind
    FROM quality.postcode_misalignments
    WHERE expected_code IS NOT NULL
)
WHERE place <= 100
ORDER BY n_postcodes DESC, area_code, other_code
