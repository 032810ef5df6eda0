/*
id: X-15
name: One release for each whole
table: unified_sums
dimension: consistency
severity: blocking
statement: All classes of one scheme, in one unit, for one area and year are added up from the same releases.
cannot_tell: whether the releases are right, and whether areas that are not in the register overlap
guidance: Do not add up these classes, and report this as an error of the pipeline.
reason: no_input
nothing: nothing was added up over time
passed: years of measures, each added up from the same releases
*/

-- Classes of one scheme in one ground and year, as in `harmonised.latest`.
WITH wholes AS (
    SELECT
        s.source,
        c.family,
        c.scheme,
        s.unit,
        s.statistic,
        g.ground,
        s.period_start,
        s.period_end,
        min(s.release) AS first_release,
        max(s.release) AS last_release,
        sum(s.n)::BIGINT AS n,
        min(s.area_code) AS area_code
    FROM (
        SELECT
            source,
            measure,
            breakdown,
            unit,
            statistic,
            area_code,
            period_start,
            period_end,
            release,
            releases[-1] AS newest,
            count(*) AS n
        FROM harmonised.unified_sums
        SEMI JOIN (
            SELECT
                source,
                unit,
                statistic,
                period_start,
                period_end
            FROM harmonised.unified_sums
            GROUP BY ALL
            HAVING min(release) < max(release)
        ) USING (source, unit, statistic, period_start, period_end)
        GROUP BY ALL
    ) s
    JOIN catalogue.figure_classes c
        ON
            c.source = s.source AND c.release = s.newest AND c.measure = s.measure
            AND c.breakdown = s.breakdown
    JOIN catalogue.area_grounds g ON g.source = s.source AND g.release = s.newest AND g.area_code = s.area_code
    GROUP BY ALL
),

checked (n) AS (
    SELECT count(*) FROM (SELECT DISTINCT
        source,
        measure,
        unit,
        period_start,
        period_end
    FROM harmonised.unified_sums)
)

-- findings
SELECT
    n,
    family AS measure,
    area_code,
    period_start,
    period_end,
    first_release || ' and ' || last_release AS observed,
    'the same releases' AS expected,
    format(
        '{}, {} ({}) of {}, {}: some classes are added up from {} and others from {}, so that their sum may count something twice.', source, replace(family, '_', ' '), scheme, area_code,
        'the year ending ' || strftime(period_end - 1, '%-d %B %Y'), first_release, last_release
    ) AS message
FROM wholes
WHERE first_release <> last_release
ORDER BY source, family, period_start, area_code
