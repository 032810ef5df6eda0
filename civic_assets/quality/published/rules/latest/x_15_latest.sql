/*
id: X-15
name: One release for each whole
table: latest
dimension: consistency
severity: blocking
statement: All parts of a total in `harmonised.latest` (the classes of one scheme, in one unit, for one area and
  period of a source) come from one release; an authority that has had two codes appears once; and nothing is absent
  unless something newer replaced it.
cannot_tell: whether the newest release is right, and whether areas that are not in the register overlap
guidance: Do not add up these figures, and report this as an error of the pipeline.
reason: no_input
nothing: no classification has figures from two releases
passed: totals that several releases print, each built from one release
by_source: true
*/

-- The rule asks the published view, and not the marks from which it is made: it counts the releases of each whole again.
-- A scheme that one release prints has nothing to mix. Classes and grounds are joined by hashes of their keys: joined by
-- source and release, every class of a release would first be paired with every area of it. Hashes only say where to
-- look: equal wholes have equal hashes, and what is found is compared in words.
WITH several AS (
    SELECT
        source,
        family,
        scheme
    FROM catalogue.figure_classes
    GROUP BY ALL
    HAVING count(DISTINCT release) > 1
),

classes AS (
    SELECT
        hash(source, release, measure, breakdown) AS class,
        family,
        scheme,
        reporter(breakdown) AS reporter,
        dense_rank() OVER (ORDER BY source, family, scheme) AS whole,
        dense_rank() OVER (ORDER BY release) AS release_number
    FROM catalogue.figure_classes JOIN several USING (source, family, scheme)
),

grounds AS (
    SELECT
        hash(source, release, area_code) AS key,
        ground,
        authority
    FROM catalogue.area_grounds
),

places AS (
    SELECT
        hash(c.whole, o.unit, o.statistic, g.ground, o.period_start, o.period_end) AS place,
        any_value(o.source) AS source,
        min(c.release_number) < max(c.release_number) AS mixed
    FROM harmonised.latest o JOIN classes c ON c.class = hash(o.source, o.release, o.measure, o.breakdown)
    JOIN grounds g ON g.key = hash(o.source, o.release, o.area_code)
    GROUP BY place
),

-- What one force counts in one place in one release, and what of it is in the view. What is not there must have given
-- way to a newer release of its own line, or to another line in which the same force counts in the same place. Only
-- wholes of which some figure is absent are counted class by class.
counted AS (
    SELECT
        hash(whole, unit, statistic, period_start, period_end) AS part,
        1 AS place,
        count(*) AS n,
        bit_xor(hash(c.class, o.unit, o.statistic, o.period_start, o.period_end, g.authority, g.ground)) AS figures
    FROM harmonised.observations o JOIN classes c ON c.class = hash(o.source, o.release, o.measure, o.breakdown)
    JOIN grounds g ON g.key = hash(o.source, o.release, o.area_code)
    GROUP BY ALL
    UNION ALL
    SELECT
        hash(whole, unit, statistic, period_start, period_end),
        2,
        count(*),
        bit_xor(hash(c.class, o.unit, o.statistic, o.period_start, o.period_end, g.authority, g.ground))
    FROM harmonised.latest o JOIN classes c ON c.class = hash(o.source, o.release, o.measure, o.breakdown)
    JOIN grounds g ON g.key = hash(o.source, o.release, o.area_code)
    GROUP BY ALL
),

parts AS MATERIALIZED (
    SELECT part FROM counted
    GROUP BY part
    HAVING count(*) < 2 OR min(n) <> max(n) OR min(figures) <> max(figures)
),

printed AS MATERIALIZED (
    SELECT
        whole,
        unit,
        statistic,
        period_start,
        period_end,
        g.authority,
        g.ground,
        reporter,
        release,
        any_value(source) AS source,
        any_value(family) AS family,
        any_value(scheme) AS scheme,
        any_value(o.release_order) AS release_order,
        min(o.parent_code) AS parent_code,
        count(DISTINCT class) AS n,
        min(o.locator) AS locator
    FROM harmonised.observations o JOIN classes c ON c.class = hash(o.source, o.release, o.measure, o.breakdown)
    JOIN grounds g ON g.key = hash(o.source, o.release, o.area_code)
    WHERE hash(whole, unit, statistic, period_start, period_end) IN (SELECT part FROM parts)
    GROUP BY ALL
),

shown AS (
    SELECT
        whole,
        unit,
        statistic,
        period_start,
        period_end,
        g.authority,
        g.ground,
        reporter,
        release,
        count(DISTINCT class) AS n
    FROM harmonised.latest o JOIN classes c ON c.class = hash(o.source, o.release, o.measure, o.breakdown)
    JOIN grounds g ON g.key = hash(o.source, o.release, o.area_code)
    WHERE hash(whole, unit, statistic, period_start, period_end) IN (SELECT part FROM parts)
    GROUP BY ALL
),

lines AS (
    SELECT
        whole,
        unit,
        statistic,
        period_start,
        period_end,
        ground,
        max(release_order) AS newest
    FROM (
        SELECT
            whole,
            unit,
            statistic,
            period_start,
            period_end,
            ground,
            release_order
        FROM printed
        UNION ALL
        SELECT
            whole,
            unit,
            statistic,
            period_start,
            period_end,
            'within ' || parent_code,
            release_order
        FROM printed
        WHERE parent_code IS NOT NULL
    )
    GROUP BY ALL
),

newest_shown AS (
    SELECT
        whole,
        unit,
        statistic,
        period_start,
        period_end,
        authority,
        reporter,
        max(release_order) AS newest
    FROM shown s JOIN (SELECT DISTINCT
        whole,
        release,
        release_order
    FROM printed) USING (whole, release)
    GROUP BY ALL
),

lost AS (
    SELECT
        p.*,
        coalesce(s.n, 0) AS left_over
    FROM printed p LEFT JOIN shown s USING (whole, unit, statistic, period_start, period_end, authority, ground, reporter, release)
    JOIN lines l USING (whole, unit, statistic, period_start, period_end, ground)
    LEFT JOIN newest_shown e USING (whole, unit, statistic, period_start, period_end, authority, reporter)
    WHERE coalesce(s.n, 0) < p.n AND l.newest <= p.release_order AND coalesce(e.newest, -1) <= p.release_order
),

wholes AS (
    SELECT
        o.source,
        c.family,
        c.scheme,
        o.unit,
        o.statistic,
        g.ground,
        o.period_start,
        o.period_end,
        min(o.release) AS first_release,
        max(o.release) AS last_release,
        count(*) AS n,
        min(o.area_code) AS area_code,
        min(o.locator) AS locator
    FROM harmonised.latest o JOIN classes c ON c.class = hash(o.source, o.release, o.measure, o.breakdown)
    JOIN grounds g ON g.key = hash(o.source, o.release, o.area_code)
    WHERE
        hash(
            c.whole, o.unit, o.statistic, g.ground, o.period_start, o.period_end) IN (
            SELECT place FROM places
            WHERE mixed
        )
    GROUP BY ALL
),

codes AS (
    SELECT DISTINCT
        source,
        area_code,
        authority
    FROM catalogue.area_grounds
    QUALIFY count(DISTINCT area_code) OVER (PARTITION BY source, authority) > 1
),

repeated AS (
    SELECT hash(o.source, o.measure, o.breakdown, o.unit, o.statistic, c.authority, o.period_start, o.period_end) AS figure FROM harmonised.latest o JOIN codes c USING (source, area_code)
    GROUP BY figure
    HAVING count(*) > 1
),

twice AS (
    SELECT
        o.source,
        o.measure,
        o.breakdown,
        o.unit,
        o.statistic,
        c.authority,
        o.period_start,
        o.period_end,
        count(*) AS n,
        list(DISTINCT o.area_code ORDER BY o.area_code) AS codes,
        min(o.locator) AS locator
    FROM harmonised.latest o JOIN codes c USING (source, area_code)
    WHERE hash(o.source, o.measure, o.breakdown, o.unit, o.statistic, c.authority, o.period_start, o.period_end) IN (SELECT figure FROM repeated)
    GROUP BY ALL
),

checked (n, source) AS (
    SELECT
        count(*),
        source
    FROM places
    GROUP BY source
)

-- findings
SELECT
    n,
    family AS measure,
    area_code,
    period_start,
    period_end,
    locator,
    first_release || ' and ' || last_release AS observed,
    'one release' AS expected,
    format(
        '{}, {} ({}) of {} for {}: the latest figures come from releases {} and {}, so their sum may count something twice.', source, measure_words(family), kind_words(scheme), area_code,
        period_name(period_start, period_end), first_release, last_release
    ) AS message
FROM wholes
WHERE first_release <> last_release
UNION ALL
SELECT
    n,
    measure,
    authority,
    period_start,
    period_end,
    locator,
    array_to_string(codes, ' and ') AS observed,
    'one code' AS expected,
    format(
        '{}, {} ({}) for {}: the latest figures have one authority under the codes {}, so a sum counts it twice.', source, measure_words(measure), breakdown_words(breakdown),
        period_name(period_start, period_end), array_to_string(codes, ' and ')
    ) AS message
FROM twice
WHERE n > 1
UNION ALL
SELECT
    n - left_over,
    family,
    authority,
    period_start,
    period_end,
    locator,
    'not in the latest figures' AS observed,
    release AS expected,
    format(
        '{}, {} ({}) of {} for {}: {} of the {} classes that release {} prints are not in the latest figures, and nothing newer replaced them, so a sum is too low.', source,
        measure_words(family), kind_words(scheme), authority, period_name(period_start, period_end),
        n - left_over, n, release)
        AS message
FROM lost
ORDER BY 2, 3, 4, 6
