/*
id: H-02
name: No sum of overlapping flows, none of stocks
table: unified_sums
dimension: consistency
severity: blocking
statement: Each sum of a year is of flows whose periods make up the year without gap and overlap (a school year has
  no term in August).
cannot_tell: whether a flow counts events or persons
guidance: Do not use these sums, and report this as an error of the pipeline.
reason: no_input
nothing: nothing was added up over time
passed: sums, each of flows that make up the year
*/

WITH pieces AS (
    SELECT
        *,
        lag(period_end) OVER (PARTITION BY made_from ORDER BY period_start, period_end) AS before
    FROM harmonised.unified_parts
),

parts AS (
    SELECT
        made_from,
        min(period_start) AS first_day,
        max(period_end) AS last_day,
        bool_or(period_kind = 'term') AS term,
        count(*) FILTER (before <> period_start) AS n_steps
    FROM pieces
    GROUP BY made_from
),

made AS (
    SELECT
        s.source,
        s.measure,
        s.period_start,
        s.period_end,
        s.releases,
        count(*) AS n,
        min(s.area_code) AS area_code,
        bool_and(s.statistic = 'flow') AS flows,
        any_value(p.first_day) AS first_day,
        any_value(p.last_day) AS last_day,
        any_value(p.n_steps) AS n_steps,
        -- A school year has no term in August.
        any_value(
            (CASE WHEN s.period_kind = 'academic_year' AND p.term THEN s.period_end - INTERVAL 1 MONTH ELSE s.period_end END)::DATE
        ) AS due_day
    FROM harmonised.unified_sums s LEFT JOIN parts p USING (made_from)
    GROUP BY s.source, s.measure, s.period_start, s.period_end, s.releases, s.made_from
),

checked (n) AS (
    SELECT coalesce(sum(n), 0) FROM made
)

-- findings
SELECT
    n,
    measure,
    area_code,
    period_start,
    period_end,
    first_day || ' to ' || last_day AS observed,
    period_start || ' to ' || period_end AS expected,
    format(
        '{}, {}: the figures added up for {} are of other days, overlap, leave days out or are not flows.',
        source, replace(measure, '_', ' '), 'the year ending ' || strftime(period_end - 1, '%-d %B %Y')
    ) AS message
FROM made
WHERE
    coalesce(n_steps, 1) > 0
    OR first_day IS DISTINCT FROM period_start
    OR last_day IS DISTINCT FROM due_day
    OR NOT flows
ORDER BY source, measure, period_start
