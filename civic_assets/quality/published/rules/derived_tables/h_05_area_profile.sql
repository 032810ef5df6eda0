/*
id: H-05
name: Superseded population base
table: area_profile
dimension: timeliness
severity: warning
statement: No computed rate uses a population for which a newer estimate for the same day is held.
cannot_tell: the effect on figures of others that use the old base
guidance: Use the newer estimate for these rates.
reason: no_input
nothing: no rate divides by all residents
passed: rates by residents, each by the newest estimate held
*/

WITH rebased AS (
    SELECT
        p.*,
        o.value AS newer_value,
        o.release AS newer_release
    FROM harmonised.area_profile p
    JOIN (
        SELECT *
        FROM harmonised.observations
        WHERE
            source = 'ons_population' AND measure = 'population'
            AND breakdown = 'total' AND value IS NOT NULL
    ) o
        ON o.area_code = p.area_code AND o.period_start = p.denominator_date
    JOIN catalogue.releases mine ON mine.source = 'ons_population' AND mine.release = p.denominator_release
    JOIN catalogue.releases theirs ON theirs.source = 'ons_population' AND theirs.release = o.release
    WHERE
        p.denominator_source = 'ons_population' AND p.denominator_ages = 'all ages'
        AND theirs.available_from > mine.available_from
),

checked (n) AS (
    SELECT count(*) FROM harmonised.area_profile
    WHERE denominator_source = 'ons_population' AND denominator_ages = 'all ages'
)

-- findings
SELECT
    count(*) AS n,
    indicator AS measure,
    min(area_code) AS area_code,
    period_start,
    period_end,
    '' AS locator,
    denominator_release AS observed,
    max(newer_release) AS expected,
    format(
        '{}: {} for {} use the population of {} from release {}, which release {} has revised.',
        any_value(title), counted(count(*), 'rate'), period_name(period_start, period_end),
        day_name(denominator_date), denominator_release, max(newer_release)
    ) AS message
FROM rebased
WHERE newer_value <> denominator
GROUP BY indicator, period_start, period_end, denominator_date, denominator_release
ORDER BY indicator, period_start
