/*
id: X-01
name: Newer vintage exists
tables: [area_profile, crime_table]
dimension: timeliness
severity: warning
statement: No figure of the table is from an issue that a newer one has replaced, and everything that the publisher of
  its source offered when it was last asked is held; if it was not asked since a file was last received, no newer
  release was due then by the schedule in its contract.
cannot_tell: whether the newer one changes the message, and what has been published since the publisher was asked
guidance: Get the newest release from the publisher, or see catalogue.releases for why it was held back.
reason: no_input
nothing: the table has no figures
passed: releases used, each the newest for its figures
parameters: [DAYS_PER_MONTH]
*/

WITH used_in AS (
    SELECT
        'crime_table' AS table_id,
        source,
        release,
        unnest(locators) AS locator
    FROM harmonised.crime_table
    UNION ALL
    SELECT
        'area_profile',
        count_source,
        count_release,
        unnest(count_locators)
    FROM harmonised.area_profile
    UNION ALL
    SELECT
        'area_profile',
        rate_source,
        rate_release,
        unnest(rate_locators)
    FROM harmonised.area_profile
    UNION ALL
    SELECT
        'area_profile',
        denominator_source,
        denominator_release,
        unnest(denominator_locators)
    FROM harmonised.area_profile
    UNION ALL
    SELECT
        'area_profile',
        wider_source,
        wider_release,
        unnest(wider_locators)
    FROM harmonised.area_profile
),

used AS (
    SELECT DISTINCT
        source,
        release,
        locator
    FROM used_in
    WHERE table_id = $table AND locator IS NOT NULL
),

newest AS (
    SELECT
        u.source,
        max(i.release_order) AS release_order,
        max(i.data_end) AS data_end
    FROM (SELECT DISTINCT
        source,
        release
    FROM used) u JOIN quality.issues i USING (source, release)
    GROUP BY ALL
),

expected AS (
    SELECT
        n.source,
        n.data_end,
        n.data_end + (round(s.frequency_months * $DAYS_PER_MONTH))::INTEGER + s.expected_lag_days AS due
    FROM newest n JOIN catalogue.sources s USING (source)
    WHERE s.frequency_months > 0
),

checked (n) AS (
    SELECT count(*) FROM (SELECT DISTINCT
        source,
        release
    FROM used)
),

-- Only a period that a newer release prints too can have a newer figure; hardly any release has one, so hardly any
-- figures are read.
printed_again AS MATERIALIZED (
    SELECT DISTINCT
        p.source,
        p.release,
        p.measure,
        p.unit,
        p.statistic,
        p.period_start,
        p.period_end
    FROM (SELECT DISTINCT
        source,
        release
    FROM used) u JOIN catalogue.printed_periods p USING (source, release)
    JOIN catalogue.printed_periods n USING (source, measure, unit, statistic, period_start, period_end)
    WHERE n.release_order > p.release_order
),

figures AS MATERIALIZED (
    SELECT o.*
    FROM (
        SELECT * FROM harmonised.observations
        SEMI JOIN printed_again USING (source, release, measure, unit, statistic, period_start, period_end)
    ) o JOIN used USING (source, release, locator)
),

replaced AS (
    SELECT
        f.source,
        f.release,
        max_by(n.release, n.release_order) AS newer,
        count(*) AS n,
        min(f.locator) AS locator
    FROM figures f JOIN harmonised.observations n
        ON
            n.source = f.source AND n.measure = f.measure
            AND n.area_code = f.area_code AND n.period_start = f.period_start AND n.period_end = f.period_end
            AND n.breakdown = f.breakdown AND n.unit = f.unit AND n.statistic = f.statistic
    WHERE n.release_order > f.release_order
    GROUP BY f.source, f.release
),

-- Releases in their order: by edition, then by issue as a number (`.r10` after `.r2`).
held_back AS (
    SELECT
        n.source,
        max_by(r.release, issue_order(r.release)) AS release
    FROM newest n JOIN catalogue.releases r USING (source)
    JOIN (SELECT
        source,
        release,
        max(release_order) AS release_order
    FROM quality.issues
    GROUP BY ALL) i
        ON i.source = n.source AND i.release_order = n.release_order
    WHERE r.state = 'held_back' AND issue_order(r.release) > issue_order(i.release)
    GROUP BY n.source
),

last_received AS (
    SELECT max(retrieved_at::TIMESTAMP)::DATE AS day FROM catalogue.releases
)

-- findings
SELECT
    n,
    source AS measure,
    locator,
    release AS observed,
    newer AS expected,
    format(
        'harmonised.{} uses {:,} figures from {} {}, which release {} has replaced.',
        $table, n, source, release, newer
    ) AS message,
    NULL AS due_source,
    NULL AS out_title
FROM replaced
UNION ALL
SELECT
    1,
    source,
    NULL,
    NULL,
    release,
    format(
        'harmonised.{}: a newer release {} of {} was received but held back.',
        $table, release, source
    ),
    NULL,
    NULL
FROM held_back
UNION ALL
SELECT
    1,
    source,
    NULL,
    n.data_end || '',
    said.out_title,
    format(
        'harmonised.{} uses {} up to {}. The publisher offers ''{}'' ({}), out since {}, and it is not held.',
        $table, source, day_name(n.data_end - 1), said.out_title, said.asked_at, day_name(said.out_on)
    ),
    source,
    said.out_title
FROM newest n JOIN profile_said said USING (source)
WHERE said.out_on IS NOT NULL
UNION ALL
SELECT
    1,
    source,
    NULL,
    n.data_end || '',
    due || '',
    format(
        'harmonised.{} uses {} up to {}. By its contract the next release was due on {}, but on {}, when a file was last received, it was not here.', $table, source,
        day_name(n.data_end - 1), day_name(due), day_name(day)
    )
    || coalesce(
        format(
            ' The publisher was last asked on {} ({}), and offered nothing newer then.', day_name(said.asked_on),
            said.asked_at
        ), ''
    ),
    source,
    NULL
FROM last_received, expected n LEFT JOIN profile_said said USING (source)
-- A publisher who was asked since has said what is out.
WHERE day > due AND said.out_on IS NULL AND (said.asked_on IS NULL OR said.asked_on < day)
ORDER BY 2, 5
