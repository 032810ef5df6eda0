/*
id: H-05
name: Superseded population base
table: implied_denominators
dimension: timeliness
severity: warning
statement: The number of all residents that a published count and its rate imply is one of the estimates held here,
  for a day that was due when they were published.
cannot_tell: "what else the base may be: an estimate of an older series, or a projection"
guidance: Ask the publisher which population the rate uses.
reason: no_reference
nothing: no population estimate is held for an area and time for which a release implies the number of residents
passed: implied numbers of residents, each equal to an estimate that is held
parameters: [DIVISION_NOISE, ESTIMATE_REPLACED_DAYS]
*/

-- An estimate counts when it was due on the day of the release, by the lag that its contract promises. Estimates of one
-- day are taken from the newest release that gives them: a series is rebased after each census, also for the years
-- before. Nothing is said of a release that came before the first estimate after the last break of the population's
-- series (its base was the newest of its time), nor where the last estimate that was due is not held (it may be the base).
WITH estimates AS (
    SELECT
        o.area_code,
        o.period_start AS day,
        any_value(o.value) AS value,
        o.release,
        r.available_from,
        dense_rank() OVER (
            PARTITION BY o.area_code, o.period_start
            ORDER BY r.available_from DESC, o.release DESC
        ) AS place
    FROM harmonised.observations o JOIN catalogue.releases r ON r.source = o.source AND r.release = o.release
    WHERE
        o.source = 'ons_population' AND o.measure = 'population' AND o.breakdown = 'total' AND o.unit = 'count'
        AND o.value IS NOT NULL
    GROUP BY o.area_code, o.period_start, o.release, r.available_from
),

-- A source's own definition of a rate comes before the general one.
bases AS (
    SELECT
        i.*,
        r.available_from AS published
    FROM quality.implied_denominators i
    JOIN catalogue.releases r ON r.source = i.source AND r.release = i.release
    JOIN catalogue.measure_rates m
        ON
            m.measure = i.measure AND m.unit = i.unit
            AND coalesce(m.source, i.source) = i.source
    QUALIFY
        row_number() OVER (PARTITION BY i.source, i.release, i.locator_rate ORDER BY m.source NULLS LAST) = 1
        AND m.denominator = 'population' AND m.ages LIKE '0 and over%'
),

-- A rate with all its digits implies one number: its two ends differ by the noise of a division.
judged AS (
    SELECT
        b.source,
        b.release,
        b.measure,
        b.area_code,
        b.area_name,
        b.low,
        b.high,
        b.published,
        b.locator_rate,
        b.locator_count,
        b.rate_text,
        b.count_text,
        b.period_start,
        b.period_end,
        bool_or(e.value BETWEEN b.low * (1 - $DIVISION_NOISE) AND b.high * (1 + $DIVISION_NOISE)) FILTER (e.place = 1) AS stands,
        min(e.value) FILTER (e.place = 1) AS smallest,
        max(e.value) FILTER (e.place = 1) AS largest,
        min(e.day) AS first_day,
        max(e.day) AS last_day,
        arg_max(e.value, e.day) FILTER (e.place = 1) AS latest,
        arg_max(e.release, e.day) FILTER (e.place = 1) AS latest_release,
        arg_max(e.day, e.day) FILTER (e.place > 1 AND e.value BETWEEN b.low * (1 - $DIVISION_NOISE) AND b.high * (1 + $DIVISION_NOISE)) AS old_day,
        arg_max(e.release, e.day) FILTER (e.place > 1 AND e.value BETWEEN b.low * (1 - $DIVISION_NOISE) AND b.high * (1 + $DIVISION_NOISE)) AS old_release
    FROM bases b JOIN estimates e ON e.area_code = b.area_code
    JOIN catalogue.sources s ON s.source = 'ons_population'
    WHERE b.high IS NOT NULL AND e.day + s.expected_lag_days <= b.published
    GROUP BY ALL
    HAVING
        max(e.day) + $ESTIMATE_REPLACED_DAYS + max(s.expected_lag_days) > b.published
        AND max(e.day) >= max((
            SELECT max(date_from) FROM quality.breaks
            WHERE list_contains(string_split(measure, ', '), 'population') AND date_from <= b.published
        ))
),

checked (n) AS (
    SELECT count(*) FROM judged
)

-- findings
SELECT
    source,
    release,
    measure,
    area_code,
    period_start,
    period_end,
    locator_rate AS locator,
    format('{:,.0f} to {:,.0f}', low, high) AS observed,
    format('{:,.0f} ({}, {})', latest, last_day, latest_release) AS expected,
    format(
        '{}: {} and a count of {} imply {:,.0f} to {:,.0f} residents of {}. ', locator_rate, rate_text,
        count_text, low, high, area_name
    )
    || format(
        'No estimate held here that was due by {} (for {} to {}) is in that range: they are ',
        day_name(published), day_name(first_day), day_name(last_day)
    )
    || format(
        '{:,.0f} to {:,.0f}, and the latest is {:,.0f} ({}), {:.1f}% below. ', smallest, largest,
        latest, latest_release, 100 * (1 - latest / ((low + high) / 2))
    )
    || CASE
        WHEN old_day IS NOT NULL
            THEN format(
                'The base is the estimate for {} from release {}, which has since been revised.',
                day_name(old_day), old_release
            )
        ELSE 'The source does not say what the base is.'
    END AS message
FROM judged
WHERE stands IS NOT TRUE
ORDER BY source, release, area_code
