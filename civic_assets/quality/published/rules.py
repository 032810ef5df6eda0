"""Rules about the tables that we make from published figures: what they set together, divide and add up.

Belongs here: rules over the read model, each as two questions in SQL: how many there are to check, and which fail. Does
not belong here: rules over one release (`*_rules`, through `civic_assets.quality.run`) and making the tables
(`civic_assets.publish`). Where a rule of the same id also looks at publishers' own files, it warns there and is
an error here: the publisher is responsible for its comparisons, the project for its own. A failure is recorded
with its cells and does not withhold anything: the tables are built so that it should not happen, and these rules test
it.
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.comparability import (
    DENOMINATOR_DAYS,
    DEROLLED_SHARE,
    PERIODS_FOR_A_TREND,
    YEARS_RATIO_EVENTS,
)
from civic_assets.quality.analyses import superseded_population
from civic_assets.quality.published.decisions import DECISION_RULES
from civic_assets.quality.published.latest import LATEST_RULES
from civic_assets.quality.published.revisions import REVISION_RULES
from civic_assets.quality.published.rule import RELEASE, PublishedRule
from civic_assets.quality.published.unified import UNIFIED_RULES

__all__ = ["MODELLED", "PUBLISHED_RULES", "RELEASE", "PublishedRule"]
BAND = (0.9, 1.1)
"""A year of ONS against twelve months of another source, where classes are the same (X-04, a house rule)."""


# A rate's period and the date of the denominator that we chose for it.
_FAR_FROM = f"""denominator_date IS NOT NULL AND rate_recomputed IS NOT NULL
    AND NOT (denominator_date >= period_start AND denominator_date < period_end)
    AND abs(date_diff('day', period_start + ((period_end - period_start) // 2)::INTEGER, denominator_date)) > {DENOMINATOR_DAYS}"""
_PROFILE_PAIRS = """(
    SELECT measure_a, measure_b, area_code_a, period_start_a, period_end_a, period_start_b, period_end_b,
        greatest(0, date_diff('day', greatest(period_start_a, period_start_b),
            least(period_end_a, period_end_b))) AS shared,
        date_diff('day', period_start_a, period_end_a) + date_diff('day', period_start_b, period_end_b) AS all_days
    FROM quality.comparability_pairs
    WHERE shown_in = 'area_profile' AND area_code_a = area_code_b)"""
_CHANGES = """(SELECT * FROM harmonised.indicator_baseline
    WHERE baseline_period_start IS NOT NULL AND coalesce(change_of_count, change_of_rate) IS NOT NULL)"""
_SUMS = """(
    SELECT b.area_code, b.measure, b.period_start, b.period_end, b.other_source, b.other_release,
        date_diff('day', b.period_start, b.period_end) AS days, o.covered, o.flows
    FROM harmonised.recorded_crime_beside b
    JOIN (
        SELECT b.area_code, b.other_source, b.other_release, b.period_start, b.period_end,
            sum(date_diff('day', p.period_start, p.period_end)) AS covered, bool_and(p.flows) AS flows
        FROM (SELECT DISTINCT area_code, other_source, other_release, period_start, period_end
              FROM harmonised.recorded_crime_beside) b
        JOIN (SELECT source, release, area_code, period_start, period_end, bool_and(statistic = 'flow') AS flows
              FROM harmonised.observations
              WHERE source IN (SELECT DISTINCT other_source FROM harmonised.recorded_crime_beside) GROUP BY ALL) p
          ON p.source = b.other_source AND p.release = b.other_release AND p.area_code = b.area_code
         AND p.period_start >= b.period_start AND p.period_end <= b.period_end
        GROUP BY ALL
    ) o USING (area_code, other_source, other_release, period_start, period_end)
    WHERE b.other_value IS NOT NULL)"""
_REBASED = """(
    SELECT p.*, o.value AS newer_value, o.release AS newer_release
    FROM harmonised.area_profile p
    JOIN (SELECT * FROM harmonised.observations WHERE source = 'ons_population' AND measure = 'population'
            AND breakdown = 'total' AND value IS NOT NULL) o
      ON o.area_code = p.area_code AND o.period_start = p.denominator_date
    JOIN catalogue.releases mine ON mine.source = 'ons_population' AND mine.release = p.denominator_release
    JOIN catalogue.releases theirs ON theirs.source = 'ons_population' AND theirs.release = o.release
    WHERE p.denominator_source = 'ons_population' AND p.denominator_ages = 'all ages'
      AND theirs.available_from > mine.available_from)"""
_ROLLED = """(
    WITH years AS (
        SELECT release, area_code, period_start, period_end, value, locator FROM harmonised.observations
        WHERE source = 'ons_pfa' AND measure = 'total_recorded_crime' AND unit = 'count' AND statistic = 'flow'
            AND breakdown = 'total' AND period_kind = 'rolling_year' AND value IS NOT NULL AND quality = 'ok'
        QUALIFY row_number() OVER (PARTITION BY release, area_code, period_start ORDER BY locator) = 1
    ),
    quarters AS (
        SELECT o.release, o.area_code, o.period_start, o.period_end, sum(o.value) AS value
        FROM harmonised.observations o JOIN harmonised.recorded_crime_classes c
          ON c.source = o.source AND c.release = o.release AND c.measure = o.measure AND c.breakdown = o.breakdown
        WHERE o.source = 'home_office_prc' AND o.period_kind = 'quarter' AND c.node IS NOT NULL
            AND c.relation <> 'not_comparable'
        GROUP BY ALL HAVING count(o.value) = count(*)
    )
    SELECT y.release, y.area_code, y.period_start, y.period_end, y.locator, y.value AS later, b.value AS earlier,
        n.value AS joined, d.value AS dropped, n.release AS quarters_release
    FROM years y JOIN years b ON b.release = y.release AND b.area_code = y.area_code
        AND b.period_start = y.period_start - INTERVAL 3 MONTH
    JOIN quarters n ON n.area_code = y.area_code AND n.period_start = b.period_end AND n.period_end = y.period_end
    JOIN quarters d ON d.area_code = y.area_code AND d.period_start = b.period_start AND d.period_end = y.period_start
        AND d.release = n.release
    QUALIFY row_number() OVER (PARTITION BY y.release, y.area_code, y.period_start ORDER BY n.release DESC) = 1)"""

PUBLISHED_RULES: Sequence[PublishedRule] = (
    PublishedRule(
        id="H-01",
        name="Overlapping years compared",
        table="indicator_baseline",
        dimension="consistency",
        severity="blocking",
        statement="No published change compares two periods that overlap.",
        cannot_tell="whether a change between separate periods is real",
        guidance="Choose a baseline that ends before the latest period begins.",
        checked=f"SELECT count(*) FROM {_CHANGES}",
        failing=f"""SELECT indicator AS measure, area_code, latest_period_start AS period_start,
            latest_period_end AS period_end, latest_locators[1] AS locator,
            baseline_period_end || ' after ' || latest_period_start AS observed,
            'a baseline that ends before' AS expected,
            format('{{}} of {{}}: the baseline ends on {{}}, after the latest period began on {{}}.', title, area_name,
                day_name(baseline_period_end - 1), day_name(latest_period_start)) AS message
            FROM {_CHANGES} WHERE baseline_period_end > latest_period_start ORDER BY indicator, area_code""",
        reason="no_input",
        nothing="no change is published",
        passed="changes, each between separate periods",
    ),
    PublishedRule(
        id="H-02",
        name="No sum of overlapping flows, none of stocks",
        table="recorded_crime_beside",
        dimension="validity",
        severity="blocking",
        statement="The parts of each published sum are flows of one release that fill its period without overlap.",
        cannot_tell="events that two sources both count",
        guidance="Do not use this sum.",
        checked=f"SELECT count(*) FROM {_SUMS}",
        failing=f"""SELECT measure, area_code, period_start, period_end, '' AS locator, covered || ' days' AS observed,
            days || ' days of flows' AS expected,
            format('{{}}, ''{{}}'' of {{}} for {{}}: the parts from {{}} cover {{}} of {{}} days{{}}.', other_source,
                measure_words(measure), area_code, period_name(period_start, period_end), other_release, covered, days,
                CASE WHEN flows THEN '' ELSE ', and not all of them are flows' END) AS message
            FROM {_SUMS} WHERE covered <> days OR NOT flows ORDER BY measure, area_code, period_start""",
        reason="no_input",
        nothing="no sum is published",
        passed="sums, each of flows that fill its period",
    ),
    PublishedRule(
        id="H-03",
        name="Side-by-side alignment",
        table="area_profile",
        dimension="consistency",
        severity="warning",
        statement="The periods of two indicators in one profile share at least half of their days; where they do not, "
        "each is printed with its period (a house rule).",
        cannot_tell="whether the mismatch matters",
        guidance="Read each indicator with its own period.",
        checked=f"SELECT count(*) FROM {_PROFILE_PAIRS}",
        failing=f"""SELECT count(*) AS n, measure_a AS measure, '' AS area_code, '' AS locator,
            round(min(shared / (all_days - shared)), 2) || ' to ' ||
                round(max(shared / (all_days - shared)), 2) AS observed,
            'at least 0.5' AS expected,
            format('''{{}}'' and ''{{}}'' appear in the same profile for {{}} with periods that share less than half '
                'of '
                'their days (for example {{}} and {{}}).', measure_words(measure_a), measure_words(measure_b),
                counted(count(*), 'area'),
                period_name(min(period_start_a), min_by(period_end_a, period_start_a)),
                period_name(min_by(period_start_b, period_start_a), min_by(period_end_b, period_start_a))) AS message
            FROM {_PROFILE_PAIRS} WHERE shared / (all_days - shared) < 0.5
            GROUP BY measure_a, measure_b ORDER BY measure_a, measure_b""",
        reason="no_input",
        nothing="no profile has two indicators",
        passed="pairs of indicators, each of about the same time",
    ),
    PublishedRule(
        id="H-04",
        name="Denominator date and vintage",
        table="area_profile",
        dimension="accuracy",
        severity="warning",
        statement="The denominator of a computed rate is dated inside the period, or at most 183 days from its middle.",
        cannot_tell="migration within the year",
        guidance="Load the population estimate nearest to the middle of the period.",
        checked="SELECT count(*) FROM harmonised.area_profile WHERE rate_recomputed IS NOT NULL",
        failing=f"""SELECT count(*) AS n, indicator AS measure, period_start, period_end, '' AS locator,
            denominator_date || '' AS observed, 'a date within {DENOMINATOR_DAYS} days' AS expected,
            format('{{}}: {{}} for {{}} use the {{}} of {{}} as the denominator, {{}} days from the middle of the '
                'period.', any_value(title), counted(count(*), 'rate'), period_name(period_start, period_end),
                measure_words(any_value(denominator_measure)), day_name(denominator_date),
                abs(date_diff('day', period_start + ((period_end - period_start) // 2)::INTEGER,
                    denominator_date))) AS message
            FROM harmonised.area_profile WHERE {_FAR_FROM}
            GROUP BY indicator, period_start, period_end, denominator_date ORDER BY indicator, period_start""",
        reason="no_input",
        nothing="no rate is computed here",
        passed="rates, each with a denominator dated near its period",
    ),
    PublishedRule(
        id="H-05",
        name="Superseded population base",
        table="area_profile",
        dimension="timeliness",
        severity="warning",
        statement="No computed rate uses a population for which a newer estimate for the same day is held.",
        cannot_tell="the effect on figures of others that use the old base",
        guidance="Use the newer estimate for these rates.",
        checked="""SELECT count(*) FROM harmonised.area_profile
            WHERE denominator_source = 'ons_population' AND denominator_ages = 'all ages'""",
        failing=f"""SELECT count(*) AS n, indicator AS measure, min(area_code) AS area_code, period_start, period_end,
            '' AS locator, denominator_release AS observed, max(newer_release) AS expected,
            format('{{}}: {{}} for {{}} use the population of {{}} from release {{}}, which release {{}} has revised.',
                any_value(title), counted(count(*), 'rate'), period_name(period_start, period_end),
                day_name(denominator_date), denominator_release, max(newer_release)) AS message
            FROM {_REBASED} WHERE newer_value <> denominator
            GROUP BY indicator, period_start, period_end, denominator_date, denominator_release
            ORDER BY indicator, period_start""",
        reason="no_input",
        nothing="no rate divides by all residents",
        passed="rates by residents, each by the newest estimate held",
    ),
    PublishedRule(
        id="H-05",
        name="Superseded population base",
        table="implied_denominators",
        dimension="timeliness",
        severity="warning",
        statement="The number of all residents that a published count and its rate imply is one of the estimates held "
        "here, for a day that was due when they were published.",
        cannot_tell="what else the base may be: an estimate of an older series, or a projection",
        guidance="Ask the publisher which population the rate uses.",
        checked=superseded_population.CHECKED,
        failing=superseded_population.FAILING,
        reason="no_reference",
        nothing="no population estimate is held for an area and time for which a release implies the number of "
        "residents",
        passed="implied numbers of residents, each equal to an estimate that is held",
    ),
    PublishedRule(
        id="H-06",
        name="Age bands equal",
        table="area_profile",
        dimension="consistency",
        severity="blocking",
        statement="A computed rate divides people by people of the same ages; a share of all residents says so.",
        cannot_tell="misreported ages",
        guidance="Use a denominator of the same ages.",
        checked="""SELECT count(*) FROM harmonised.area_profile
            WHERE rate_recomputed IS NOT NULL AND coalesce(denominator_ages, '') NOT IN ('', 'all ages')""",
        failing="""SELECT count(*) AS n, indicator AS measure, '' AS locator, denominator_ages AS observed,
            ages AS expected, format('{}: {} divide people aged {} by people aged {}.', any_value(title),
                counted(count(*), 'rate'), ages, denominator_ages) AS message
            FROM harmonised.area_profile WHERE rate_recomputed IS NOT NULL
                AND coalesce(denominator_ages, '') NOT IN ('', 'all ages') AND ages <> denominator_ages
            GROUP BY indicator, ages, denominator_ages ORDER BY indicator""",
        reason="no_input",
        nothing="no rate is about people of certain ages",
        passed="rates, each with one age group in count and denominator",
    ),
    PublishedRule(
        id="H-08",
        name="Allocation weights",
        table="modelled_figures",
        dimension="accuracy",
        severity="blocking",
        statement="The weights by which a figure was shared out are not negative, and those of one figure add up to "
        "one.",
        cannot_tell="whether the weights are good",
        guidance="Correct the weights before you use the shares.",
        checked="SELECT count(DISTINCT shared_out) FROM harmonised.modelled_figures WHERE weight IS NOT NULL",
        failing="""SELECT any_value(measure) AS measure, shared_out AS locator, sum(weight) || '' AS observed,
            '1' AS expected,
            format('{}: the weights add up to {}, and the smallest is {}.', shared_out, sum(weight), min(weight))
                AS message
            FROM harmonised.modelled_figures WHERE weight IS NOT NULL
            GROUP BY shared_out HAVING abs(sum(weight) - 1) > 1e-6 OR min(weight) < 0 ORDER BY shared_out""",
        reason="no_input",
        nothing="no figure was shared out between areas",
        passed="figures that were shared out, each by weights that add up to one",
    ),
    PublishedRule(
        id="H-09",
        name="Modelled values marked",
        table="modelled_figures",
        dimension="validity",
        severity="blocking",
        statement="No modelled value is used in a ranking, an identity or a comparison.",
        cannot_tell="the quality of the model",
        guidance="Show modelled values with their method only.",
        checked="SELECT count(*) FROM harmonised.modelled_figures",
        failing="""SELECT measure, area_code, period_start, period_end, shared_out AS locator, used_in AS observed,
            'display only, with its method' AS expected,
            format('''{}'' of {} was estimated by {} and is used in a {}.', measure_words(measure), area_code, method,
                used_in) AS message
            FROM harmonised.modelled_figures WHERE used_in IN ('ranking', 'identity', 'comparison')
            ORDER BY measure, area_code, period_start""",
        reason="no_input",
        nothing="no modelled value is published",
        passed="modelled values, none in a ranking, identity or comparison",
    ),
    PublishedRule(
        id="H-10",
        name="De-rolling",
        table="recorded_crime",
        dimension="consistency",
        severity="warning",
        statement="The difference of two rolling years a quarter apart in one release is the quarter that was added "
        "less the same quarter of the year before, within 0.5% of the year (a house rule, for revisions "
        "between editions).",
        cannot_tell="the quarters themselves: rolling years leave three of them undetermined",
        guidance="Check both editions for a revision.",
        checked=f"SELECT count(*) FROM {_ROLLED}",
        failing=f"""SELECT 'total_recorded_crime' AS measure, area_code, period_start, period_end, locator,
            later - earlier || '' AS observed, joined - dropped || '' AS expected,
            format('{{}}: {{}} and the year ending a quarter earlier differ by {{:,.0f}}, but the quarters of {{}} '
                'differ by {{:,.0f}}.', locator, period_name(period_start, period_end), later - earlier,
                quarters_release, joined - dropped) AS message
            FROM {_ROLLED} WHERE abs((later - earlier) - (joined - dropped)) > {DEROLLED_SHARE} * later
            ORDER BY area_code, period_start""",
        reason="no_reference",
        nothing="no release has two years a quarter apart for which both quarters are held",
        passed="pairs of rolling years, each in agreement with its quarters",
    ),
    PublishedRule(
        id="H-11",
        name="Known break inside the window",
        table="indicator_baseline",
        dimension="consistency",
        severity="blocking",
        statement="No verdict is given where the comparison is refused.",
        cannot_tell="breaks that are not in the register",
        guidance="Do not use this verdict.",
        checked="SELECT count(*) FROM harmonised.indicator_baseline WHERE verdict IS NOT NULL",
        failing="""SELECT indicator AS measure, area_code, latest_period_start AS period_start,
            latest_period_end AS period_end, latest_locators[1] AS locator, verdict AS observed,
            'no verdict' AS expected,
            format('{} of {}: a verdict is given although the comparison is refused.', title, area_name) AS message
            FROM harmonised.indicator_baseline WHERE verdict IS NOT NULL AND comparison_allowed IS NOT TRUE
            ORDER BY indicator, area_code""",
        reason="no_input",
        nothing="no verdict is published",
        passed="verdicts, each on a comparison that is allowed",
    ),
    PublishedRule(
        id="H-17",
        name="Enough periods for a trend",
        table="indicator_baseline",
        dimension="validity",
        severity="blocking",
        statement="A verdict rests on at least three separate comparable periods (a house rule).",
        cannot_tell="whether three are enough for the question",
        guidance="Do not use this verdict.",
        checked="SELECT count(*) FROM harmonised.indicator_baseline WHERE verdict IS NOT NULL",
        failing=f"""SELECT indicator AS measure, area_code, latest_period_start AS period_start,
            latest_period_end AS period_end, latest_locators[1] AS locator, n_disjoint_periods || '' AS observed,
            'at least {PERIODS_FOR_A_TREND}' AS expected,
            format('{{}} of {{}}: the verdict rests on {{}}.', title, area_name,
                counted(n_disjoint_periods, 'separate period')) AS message
            FROM harmonised.indicator_baseline WHERE verdict IS NOT NULL AND n_disjoint_periods < {PERIODS_FOR_A_TREND}
            ORDER BY indicator, area_code""",
        reason="no_input",
        nothing="no verdict is published",
        passed=f"verdicts, each on at least {PERIODS_FOR_A_TREND} separate periods",
    ),
    PublishedRule(
        id="X-04",
        name="ONS year against 12 months",
        table="recorded_crime_beside",
        dimension="consistency",
        severity="warning",
        statement=f"Where classes are the same and a year has at least {YEARS_RATIO_EVENTS} offences, another source's year "
        f"is {BAND[0]} to {BAND[1]} of that of ONS (a house rule).",
        cannot_tell="which source is right",
        guidance="Do not mix the two sources in one series; ask both publishers what they count.",
        checked=f"""SELECT count(*) FROM harmonised.recorded_crime_beside
            WHERE relation = 'exact' AND ratio IS NOT NULL AND ons_value >= {YEARS_RATIO_EVENTS}""",
        failing=f"""SELECT measure, area_code, period_start, period_end, '' AS locator, other_value || '' AS observed,
            ons_value || '' AS expected,
            format('''{{}}'' in {{}} for {{}}: {{}} {{}} has {{:,.0f}}, but {{}} {{}} has {{:,.0f}} (ratio {{:.2f}}).',
                measure_words(measure), area_name, period_name(period_start, period_end), other_source, other_release,
                other_value, ons_source, ons_release, ons_value, ratio) AS message
            FROM harmonised.recorded_crime_beside
            WHERE relation = 'exact' AND ons_value >= {YEARS_RATIO_EVENTS} AND ratio NOT BETWEEN {BAND[0]} AND {BAND[1]}
            ORDER BY abs(ln(ratio)) DESC, area_code, measure""",
        reason="no_reference",
        nothing="no two sources hold the same year in the same classes",
        passed="years of two sources, each in agreement",
    ),
    *LATEST_RULES,
    *UNIFIED_RULES,
    *REVISION_RULES,
    *DECISION_RULES,
)
"""One entry for each rule and table."""

MODELLED = """CREATE TABLE harmonised.modelled_figures (measure VARCHAR, area_code VARCHAR, period_start DATE,
    period_end DATE, value DOUBLE, unit VARCHAR, method VARCHAR, shared_out VARCHAR, weight DOUBLE, used_in VARCHAR)"""
"""Values that a model made, if somebody asked for any: by which method, of which published figure, and their use."""
