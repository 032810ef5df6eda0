/*
id: H-10
name: De-rolling
table: recorded_crime
dimension: consistency
severity: warning
statement: The difference of two rolling years a quarter apart in one release is the quarter that was added less the
  same quarter of the year before, within {DEROLLED_SHARE:.1%} of the year (a house rule, for revisions between
  editions).
cannot_tell: "the quarters themselves: rolling years leave three of them undetermined"
guidance: Check both editions for a revision.
reason: no_reference
nothing: no release has two years a quarter apart for which both quarters are held
passed: pairs of rolling years, each in agreement with its quarters
parameters: [DEROLLED_SHARE]
*/

WITH years AS (
    SELECT
        release,
        area_code,
        period_start,
        period_end,
        value,
        locator
    FROM harmonised.observations
    WHERE
        source = 'ons_pfa' AND measure = 'total_recorded_crime' AND unit = 'count' AND statistic = 'flow'
        AND breakdown = 'total' AND period_kind = 'rolling_year' AND value IS NOT NULL AND quality = 'ok'
    QUALIFY row_number() OVER (PARTITION BY release, area_code, period_start ORDER BY locator) = 1
),

quarters AS (
    SELECT
        o.release,
        o.area_code,
        o.period_start,
        o.period_end,
        sum(o.value) AS value
    FROM harmonised.observations o JOIN harmonised.recorded_crime_classes c
        ON c.source = o.source AND c.release = o.release AND c.measure = o.measure AND c.breakdown = o.breakdown
    WHERE
        o.source = 'home_office_prc' AND o.period_kind = 'quarter' AND c.node IS NOT NULL
        AND c.relation <> 'not_comparable'
    GROUP BY ALL
    HAVING count(o.value) = count(*)
),

rolled AS (
    SELECT
        y.release,
        y.area_code,
        y.period_start,
        y.period_end,
        y.locator,
        y.value AS later,
        b.value AS earlier,
        n.value AS joined,
        d.value AS dropped,
        n.release AS quarters_release
    FROM years y JOIN years b
        ON
            b.release = y.release AND b.area_code = y.area_code
            AND b.period_start = y.period_start - INTERVAL 3 MONTH
    JOIN quarters n ON n.area_code = y.area_code AND n.period_start = b.period_end AND n.period_end = y.period_end
    JOIN quarters d
        ON
            d.area_code = y.area_code AND d.period_start = b.period_start AND d.period_end = y.period_start
            AND d.release = n.release
    QUALIFY row_number() OVER (PARTITION BY y.release, y.area_code, y.period_start ORDER BY n.release DESC) = 1
),

checked (n) AS (
    SELECT count(*) FROM rolled
)

-- findings
SELECT
    'total_recorded_crime' AS measure,
    area_code,
    period_start,
    period_end,
    locator,
    later - earlier || '' AS observed,
    joined - dropped || '' AS expected,
    format(
        '{}: {} and the year ending a quarter earlier differ by {:,.0f}, but the quarters of {} differ by {:,.0f}.', locator, period_name(period_start, period_end), later - earlier,
        quarters_release, joined - dropped
    ) AS message
FROM rolled
WHERE abs((later - earlier) - (joined - dropped)) > $DEROLLED_SHARE * later
ORDER BY area_code, period_start
