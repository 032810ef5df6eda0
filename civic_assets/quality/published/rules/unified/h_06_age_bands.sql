/*
id: H-06
name: Age bands equal
table: age_bands
dimension: consistency
severity: blocking
statement: The ages that are added up for a band are each age of the band, once.
cannot_tell: whether the publisher's ages are what their names say
guidance: Do not use these bands, and report this as an error of the pipeline.
reason: no_input
nothing: no band of age was added up
passed: bands of age, each of every age in it once
by_source: true
*/

WITH pieces AS (
    SELECT
        row,
        source,
        measure,
        area_code,
        period_start,
        period_end,
        age_from,
        age_to,
        breakdown,
        n_parts,
        unnest(parts) AS part
    FROM (
        SELECT
            *,
            row_number() OVER () AS row
        FROM harmonised.age_bands
        WHERE value IS NOT NULL
    )
),

ages AS (
    SELECT
        *,
        regexp_extract(part.breakdown, 'age=([^;]*)', 1) AS words,
        regexp_extract_all(words, '[0-9]+')::INTEGER[] AS numbers,
        CASE
            WHEN regexp_matches(words, '(^| )(under|below)') THEN 0 WHEN words LIKE '%and under' THEN 0
            ELSE numbers[1]
        END AS lo,
        CASE WHEN regexp_matches(words, '(^| )(under|below) ') THEN numbers[-1] ELSE numbers[-1] + 1 END AS hi
    FROM pieces
),

bands AS (
    SELECT
        any_value(source) AS source,
        any_value(measure) AS measure,
        any_value(area_code) AS area_code,
        any_value(period_start) AS period_start,
        any_value(period_end) AS period_end,
        any_value(breakdown) AS breakdown,
        any_value(age_from) AS age_from,
        any_value(age_to) AS age_to,
        sum(hi - lo) AS n_ages,
        min(lo) AS lo,
        max(hi) - 1 AS hi,
        count(DISTINCT lo) < count(*) AS twice
    FROM ages
    GROUP BY row
),

checked (n, source) AS (
    SELECT
        count(*),
        source
    FROM bands
    GROUP BY source
)

-- findings
SELECT
    measure,
    area_code,
    period_start,
    period_end,
    lo || ' to ' || hi AS observed,
    age_from || ' to ' || age_to AS expected,
    format(
        '{}, {} of {} on {}: the ages added up are {} of {} years, from {} to {}, and not each age from {} to {} once.', source, replace(measure, '_', ' '), area_code,
        strftime(period_start, '%-d %B %Y'), n_ages, age_to - age_from + 1, lo, hi, age_from, age_to
    ) AS message
FROM bands
WHERE twice OR n_ages <> age_to - age_from + 1 OR lo <> age_from OR hi <> age_to
ORDER BY source, measure, area_code, period_start
