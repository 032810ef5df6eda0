/*
id: H-02
name: No sum of overlapping flows, none of stocks
table: recorded_crime_beside
dimension: validity
severity: blocking
statement: The parts of each published sum are flows of one release that fill its period without overlap.
cannot_tell: events that two sources both count
guidance: Do not use this sum.
reason: no_input
nothing: no sum is published
passed: sums, each of flows that fill its period
*/

WITH sums AS (
    SELECT
        b.area_code,
        b.measure,
        b.period_start,
        b.period_end,
        b.other_source,
        b.other_release,
        date_diff('day', b.period_start, b.period_end) AS days,
        o.covered,
        o.flows
    FROM harmonised.recorded_crime_beside b
    JOIN (
        SELECT
            b.area_code,
            b.other_source,
            b.other_release,
            b.period_start,
            b.period_end,
            sum(date_diff('day', p.period_start, p.period_end)) AS covered,
            bool_and(p.flows) AS flows
        FROM (
            SELECT DISTINCT
                area_code,
                other_source,
                other_release,
                period_start,
                period_end
            FROM harmonised.recorded_crime_beside
        ) b
        JOIN (
            SELECT
                source,
                release,
                area_code,
                period_start,
                period_end,
                bool_and(statistic = 'flow') AS flows
            FROM harmonised.observations
            WHERE source IN (SELECT DISTINCT other_source FROM harmonised.recorded_crime_beside)
            GROUP BY ALL
        ) p
            ON
                p.source = b.other_source AND p.release = b.other_release AND p.area_code = b.area_code
                AND p.period_start >= b.period_start AND p.period_end <= b.period_end
        GROUP BY ALL
    ) o USING (area_code, other_source, other_release, period_start, period_end)
    WHERE b.other_value IS NOT NULL
),

checked (n) AS (
    SELECT count(*) FROM sums
)

-- findings
SELECT
    measure,
    area_code,
    period_start,
    period_end,
    '' AS locator,
    covered || ' days' AS observed,
    days || ' days of flows' AS expected,
    format(
        '{}, ''{}'' of {} for {}: the parts from {} cover {} of {} days{}.', other_source,
        measure_words(measure), area_code, period_name(period_start, period_end), other_release, covered, days,
        CASE WHEN flows THEN '' ELSE ', and not all of them are flows' END
    ) AS message
FROM sums
WHERE covered <> days OR NOT flows
ORDER BY measure, area_code, period_start
