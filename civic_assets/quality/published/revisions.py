"""Rules about releases that follow each other: is a newer one there, and how much did it change?

Belongs here: X-01 and X-03 over the read model. Does not belong here: making the tables of revisions
(`civic_assets.publish.read_model.revisions`), and bytes that change without a word (R-01, `rules.file`).

A revision is the publisher's business and both values stay; so these rules warn, and withhold nothing. To hold back the
newer issue because it differs would leave up the one that its own publisher has replaced.
"""

from __future__ import annotations

from civic_assets.house_numbers.calendar import DAYS_PER_MONTH
from civic_assets.house_numbers.revisions import (
    FEWEST_REVISED_EVENTS,
    LARGE_REVISION_SHARE,
    OLD_REVISION_DAYS,
    REVISION_FLOOR_SHARE,
    REVISION_TIMES_PAST,
)
from civic_assets.quality.published.rule import PublishedRule

# Releases in their order: by edition, then by issue as a number (`.r10` after `.r2`).
_ORDER = r"""row(regexp_replace({0}, '\.r[0-9]+$', ''),
    coalesce(try_cast(regexp_extract({0}, '\.r([0-9]+)$', 1) AS INTEGER), 1))"""

_JUDGED = f"""(
    WITH places AS (SELECT DISTINCT source, release, release_order FROM quality.issues),
    vintages AS (
        SELECT r.source, r.measure, r.unit, r.horizon, r.first_release, p.release_order, count(*) AS pairs,
            sum(abs(r.revision)) AS moved
        FROM quality.revisions r JOIN places p ON p.source = r.source AND p.release = r.first_release
        WHERE r.kind <> 'reclassified' GROUP BY ALL
    ),
    past AS (
        SELECT * EXCLUDE (pairs, moved), sum(moved) OVER earlier / sum(pairs) OVER earlier AS past_mar
        FROM vintages WINDOW earlier AS (
            PARTITION BY source, measure, unit, horizon ORDER BY release_order, first_release
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    )
    SELECT r.*, past_mar,
        CASE WHEN revision = 0 THEN 'none'
             WHEN abs(revision) > {LARGE_REVISION_SHARE} * abs(first_value) THEN 'large'
             WHEN abs(revision) > greatest({REVISION_TIMES_PAST} * past_mar, {REVISION_FLOOR_SHARE} * abs(first_value))
              AND past_mar IS NOT NULL THEN 'unusual'
             WHEN days_after_period > {OLD_REVISION_DAYS} THEN 'old' ELSE 'within' END AS verdict
    FROM quality.revisions r JOIN past USING (source, measure, unit, horizon, first_release)
    WHERE r.kind <> 'reclassified'
      AND (unit <> 'count' OR greatest(abs(first_value), abs(later_value)) >= {FEWEST_REVISED_EVENTS}))"""

_LIMITS = f"""CASE verdict
    WHEN 'large' THEN 'by more than {LARGE_REVISION_SHARE:.0%} of the first value'
    WHEN 'unusual' THEN 'by more than {REVISION_TIMES_PAST} times the mean absolute revision of earlier vintages and {REVISION_FLOOR_SHARE:.0%}'
    ELSE 'more than two years after the period' END"""


def _newer(table: str, uses: str) -> PublishedRule:
    """X-01 for one of our tables.

    Args:
        table: In schema `harmonised`.
        uses: SQL for the columns source, release and locator: the figures that the table uses.
    """
    used = f"(SELECT DISTINCT source, release, locator FROM ({uses}) WHERE locator IS NOT NULL)"
    newest = f"""(
        SELECT u.source, max(i.release_order) AS release_order, max(i.data_end) AS data_end
        FROM (SELECT DISTINCT source, release FROM {used}) u JOIN quality.issues i USING (source, release)
        GROUP BY ALL)"""
    due = f"(data_end + (round(frequency_months * {DAYS_PER_MONTH}))::INTEGER + expected_lag_days)"
    return PublishedRule(
        id="X-01",
        name="Newer vintage exists",
        table=table,
        dimension="timeliness",
        severity="warning",
        statement="No figure of the table is from an issue that a newer one has replaced, and no newer release of its "
        "source was due, by the schedule in its contract, when a file was last received.",
        cannot_tell="whether the newer one changes the message, and what was published early or unannounced",
        guidance="Get the newest release from the publisher, or see catalogue.releases for why it was held back.",
        checked=f"SELECT count(*) FROM (SELECT DISTINCT source, release FROM {used})",
        failing=f"""
            WITH figures AS (
                SELECT o.* FROM harmonised.observations o JOIN {used} u USING (source, release, locator)
            ),
            replaced AS (
                SELECT f.source, f.release, max_by(n.release, n.release_order) AS newer, count(*) AS n,
                    any_value(f.locator) AS locator
                FROM figures f JOIN harmonised.observations n ON n.source = f.source AND n.measure = f.measure
                 AND n.area_code = f.area_code AND n.period_start = f.period_start AND n.period_end = f.period_end
                 AND n.breakdown = f.breakdown AND n.unit = f.unit AND n.statistic = f.statistic
                WHERE n.release_order > f.release_order GROUP BY f.source, f.release
            ),
            held_back AS (
                SELECT n.source, max_by(r.release, {_ORDER.format("r.release")}) AS release
                FROM {newest} n JOIN catalogue.releases r USING (source)
                JOIN (SELECT source, release, max(release_order) AS release_order FROM quality.issues GROUP BY ALL) i
                  ON i.source = n.source AND i.release_order = n.release_order
                WHERE r.state = 'held_back' AND {_ORDER.format("r.release")} > {_ORDER.format("i.release")}
                GROUP BY n.source
            ),
            last_received AS (SELECT max(retrieved_at::TIMESTAMP)::DATE AS day FROM catalogue.releases)
            SELECT n, source AS measure, locator, release AS observed, newer AS expected,
                format('harmonised.{{}} uses {{:,}} figures from {{}} {{}}, which release {{}} has replaced.',
                    '{table}', n, source, release, newer) AS message FROM replaced
            UNION ALL
            SELECT 1, source, NULL, NULL, release,
                format('harmonised.{{}}: a newer release {{}} of {{}} was received but held back.',
                    '{table}', release, source) FROM held_back
            UNION ALL
            SELECT 1, source, NULL, n.data_end || '', {due} || '',
                format('harmonised.{{}} uses {{}} up to {{}}. By its contract the next release was due on {{}}, but on '
                    || '{{}}, when a file was last received, it was not here.', '{table}', source,
                    day_name(n.data_end - 1), day_name({due}), day_name(day))
            FROM {newest} n JOIN catalogue.sources s USING (source), last_received
            WHERE s.frequency_months > 0 AND day > {due}
            ORDER BY 2, 5""",
        reason="no_input",
        nothing="the table has no figures",
        passed="releases used, each the newest for its figures",
    )


REVISION_RULES = (
    _newer(
        "area_profile",
        " UNION ALL ".join(
            f"SELECT {role}_source AS source, {role}_release AS release, unnest({role}_locators) AS locator "
            "FROM harmonised.area_profile"
            for role in ("count", "rate", "denominator", "wider")
        ),
    ),
    _newer("crime_table", "SELECT source, release, locator FROM harmonised.crime_table"),
    PublishedRule(
        id="X-03",
        name="Revision size",
        table="revisions",
        dimension="accuracy",
        severity="warning",
        statement=f"The later value of a figure in two successive issues differs by at most {LARGE_REVISION_SHARE:.0%} of the first, "
        f"and by at most the larger of {REVISION_TIMES_PAST} times the mean absolute revision of earlier vintages and "
        f"{REVISION_FLOOR_SHARE:.0%}; no figure is revised more than two years after its period (house rules; counts below "
        f"{FEWEST_REVISED_EVENTS} are not judged, nor classes that began, ended or changed meaning in between).",
        cannot_tell="which vintage is true",
        guidance="Look for the publisher's note on the revision.",
        checked=f"SELECT count(*) FROM {_JUDGED}",
        failing=f"""WITH beyond AS (SELECT * FROM {_JUDGED} WHERE verdict IN ('large', 'unusual', 'old')),
            worst AS (
                SELECT source, measure, unit, horizon, first_release, later_release, verdict, count(*) AS n,
                    max_by(beyond, abs(relative_revision)) AS most
                FROM beyond GROUP BY ALL
            )
            SELECT n, measure, most.area_code AS area_code, most.period_start AS period_start,
                most.period_end AS period_end, most.later_locator AS locator, most.later_value || '' AS observed,
                most.first_value || '' AS expected,
                format('{{}}, {{}} ({{}}): release {{}} revises {{}} of {{}} {{}}; the largest is {{}}{{}}, '
                    || '{{}}, from {{:,.7g}} ({{}}) to {{:,.7g}} ({{}}). Both values are kept.',
                    source, measure_words(measure), kind_words(unit), later_release, counted(n, 'figure'),
                    first_release, {_LIMITS}, most.area_name,
                    CASE WHEN most.breakdown = 'total' THEN '' ELSE ', ' || breakdown_words(most.breakdown) END,
                    period_name(most.period_start, most.period_end), most.first_value, most.first_locator,
                    most.later_value, most.later_locator) AS message
            FROM worst ORDER BY source, measure, unit, horizon, first_release, verdict""",
        reason="history_too_short",
        nothing="no figure is held in two successive issues",
        passed="figures in two successive issues, none revised beyond the limits",
    ),
    PublishedRule(
        id="X-03",
        name="Revision size",
        table="revision_summary",
        dimension="accuracy",
        severity="warning",
        statement="Revisions of a measure do not tend in one direction: abs(t) of the mean revision of its vintages is "
        "at most 2, with the standard error of Newey and West; tested from 8 vintages (house rules).",
        cannot_tell="why they tend in one direction, and anything from fewer than 8 vintages",
        guidance="Ask the publisher why, and expect first figures to be revised the same way.",
        checked="SELECT count(*) FROM quality.revision_summary WHERE outcome <> 'not_evaluated'",
        failing="""SELECT measure, '' AS locator, mean_revision || '' AS observed, '0' AS expected, message
            FROM quality.revision_summary WHERE outcome = 'fail' ORDER BY source, measure, unit, horizon""",
        reason="history_too_short",
        nothing="no measure has the 8 vintages that the test needs; quality.revision_summary has the counts",
        passed="measures and horizons, none of which is revised to one side",
    ),
)
"""One entry for each rule and table."""
