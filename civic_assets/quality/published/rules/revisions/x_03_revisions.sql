/*
id: X-03
name: Revision size
table: revisions
dimension: accuracy
severity: warning
statement: The later value of a figure in two successive issues differs by at most {LARGE_REVISION_SHARE:.0%} of the
  first, and by at most the larger of {REVISION_TIMES_PAST} times the mean absolute revision of earlier vintages and
  {REVISION_FLOOR_SHARE:.0%}; no figure is revised more than two years after its period (house rules; counts below
  {FEWEST_REVISED_EVENTS} are not judged, nor classes that began, ended or changed meaning in between).
cannot_tell: which vintage is true
guidance: Look for the publisher's note on the revision.
reason: history_too_short
nothing: no figure is held in two successive issues
passed: figures in two successive issues, none revised beyond the limits
parameters: [FEWEST_REVISED_EVENTS, LARGE_REVISION_SHARE, OLD_REVISION_DAYS, REVISION_FLOOR_SHARE,
  REVISION_TIMES_PAST]
*/

WITH places AS (
    SELECT DISTINCT
        source,
        release,
        release_order
    FROM quality.issues
),

vintages AS (
    SELECT
        r.source,
        r.measure,
        r.unit,
        r.horizon,
        r.first_release,
        p.release_order,
        count(*) AS pairs,
        sum(abs(r.revision)) AS moved
    FROM quality.revisions r JOIN places p ON p.source = r.source AND p.release = r.first_release
    WHERE r.kind <> 'reclassified'
    GROUP BY ALL
),

past AS (
    SELECT
        * EXCLUDE (pairs, moved),
        sum(moved) OVER earlier / sum(pairs) OVER earlier AS past_mar
    FROM vintages WINDOW earlier AS (
        PARTITION BY source, measure, unit, horizon ORDER BY release_order, first_release
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),

judged AS (
    SELECT
        r.*,
        past_mar,
        CASE
            WHEN revision = 0 THEN 'none'
            WHEN abs(revision) > $LARGE_REVISION_SHARE * abs(first_value) THEN 'large'
            WHEN
                abs(revision) > greatest($REVISION_TIMES_PAST * past_mar, $REVISION_FLOOR_SHARE * abs(first_value))
                AND past_mar IS NOT NULL THEN 'unusual'
            WHEN days_after_period > $OLD_REVISION_DAYS THEN 'old' ELSE 'within'
        END AS verdict
    FROM quality.revisions r JOIN past USING (source, measure, unit, horizon, first_release)
    WHERE
        r.kind <> 'reclassified'
        AND (unit <> 'count' OR greatest(abs(first_value), abs(later_value)) >= $FEWEST_REVISED_EVENTS)
),

checked (n) AS (
    SELECT count(*) FROM judged
),

beyond AS (
    SELECT * FROM judged
    WHERE verdict IN ('large', 'unusual', 'old')
),

worst AS (
    SELECT
        source,
        measure,
        unit,
        horizon,
        first_release,
        later_release,
        verdict,
        count(*) AS n,
        -- of equally large ones, the first in the order of the table
        first(beyond ORDER BY abs(relative_revision) DESC NULLS LAST, breakdown, area_code, period_start, period_end) AS most
    FROM beyond
    GROUP BY ALL
)

-- findings
SELECT
    n,
    measure,
    most.area_code,
    most.period_start,
    most.period_end,
    most.later_locator AS locator,
    most.later_value || '' AS observed,
    most.first_value || '' AS expected,
    format(
        '{}, {} ({}): release {} revises {} that {} printed first, {}; the largest is {}{}, {}, from {:,.7g} ({}) to {:,.7g} ({}). Both values are kept.',
        source, measure_words(measure), kind_words(unit), later_release, counted(n, 'figure'),
        first_release, CASE verdict
            WHEN 'large' THEN format('by more than {:.0f}% of the first value', 100 * $LARGE_REVISION_SHARE)
            WHEN 'unusual' THEN format('by more than {} times the mean absolute revision of earlier vintages and {:.0f}%', $REVISION_TIMES_PAST, 100 * $REVISION_FLOOR_SHARE)
            ELSE 'by less, but more than two years after the period'
        END, most.area_name,
        CASE WHEN most.breakdown = 'total' THEN '' ELSE ', ' || breakdown_words(most.breakdown) END,
        period_name(most.period_start, most.period_end), most.first_value, most.first_locator,
        most.later_value, most.later_locator
    ) AS message,
    source AS about_source,
    [later_release] AS about_releases,
    format('revised by {}', later_release) AS cause_key
FROM worst
ORDER BY source, measure, unit, horizon, first_release, verdict
