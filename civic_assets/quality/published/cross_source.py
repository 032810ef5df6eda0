"""Rules about what several sources, periods or definitions say of each other: X-05 to X-13.

Belongs here: the rules, each as two questions in SQL to the facts of the bias register (`civic_assets.publish.bias`),
where the thresholds of `vocabularies/bias.yaml` have been applied. Does not belong here: those facts, and rules about
our
other tables (`published.rules`). Of one measure of one source there is one finding, with the number of cases and the
most extreme ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.quality.published.rules import PublishedRule

_NEWEST_BOUNDS = """(FROM quality.not_known_bounds
    QUALIFY period_end = max(period_end) OVER (PARTITION BY source, measure))"""
_NEWEST_ALTERNATES = """(FROM quality.alternative_definitions WHERE differs IS NOT NULL AND in_profile
    QUALIFY period_end = max(period_end) OVER (PARTITION BY indicator, source))"""

CROSS_SOURCE_RULES: Sequence[PublishedRule] = (
    PublishedRule(
        id="X-05",
        name="Scale of the area",
        table="months_beside_years",
        dimension="consistency",
        severity="blocking",
        statement="The count of a month is 0.5 to 2 times a twelfth of the area's year (the median, where several "
        "months are held), where the year has at least 240 offences of the same classes (a house rule).",
        cannot_tell="which smaller or larger area a figure is for",
        guidance="Check which area the figure is for before you use it.",
        checked="SELECT count(DISTINCT (source, measure, area_code)) FROM quality.months_beside_years",
        failing="""SELECT measure, area_code, arg_max(period_start, (far_off, period_start)) AS period_start,
            arg_max(period_end, (far_off, period_start)) AS period_end, arg_max(locator, (far_off, period_start)) AS
                locator,
            format('{:,.0f}', arg_max(value, (far_off, period_start))) AS observed,
            format('about {:,.0f}', arg_max(year_value / 12, (far_off, period_start))) AS expected,
            format('{} {}: ''{}'' in {} in {} is {:,.0f}, {:.2f} times a twelfth of the {:,.0f} for {} ({} {}). This '
                'is '
                'not on the scale of the area{}.', source, arg_max(locator, (far_off, period_start)),
                measure_words(measure), max(area_name),
                strftime(arg_max(period_start, (far_off, period_start)), '%B %Y'), arg_max(value, (far_off,
                    period_start)), arg_max(ratio, (far_off, period_start)),
                arg_max(year_value, (far_off, period_start)),
                period_name(arg_max(year_period_start, (far_off, period_start)),
                    arg_max(year_period_end, (far_off, period_start))),
                arg_max(year_source, (far_off, period_start)), arg_max(year_release, (far_off, period_start)),
                CASE WHEN count(*) > 1 THEN format('; the median of {} months is {:.2f}', count(*),
                    any_value(usual_ratio)) ELSE '' END) AS message
            FROM (SELECT *, abs(ln(ratio + 1e-6)) AS far_off FROM quality.months_beside_years WHERE outside)
            GROUP BY source, measure, area_code ORDER BY max(far_off) DESC, source, measure, area_code""",
        reason="no_reference",
        nothing="no month has a year of the same area and offences to compare with",
        passed="series of months, each on the scale of its area",
    ),
    PublishedRule(
        id="X-06",
        name="Missing suppliers",
        table="returns",
        dimension="completeness",
        severity="warning",
        statement="Every area that should report to a source, by its contract and the area register, has a figure for "
        "each measure in each period.",
        cannot_tell="why an area is missing, and how that changes a sum",
        guidance="Do not compare totals or ranks of that period, or leave the missing areas out of all periods.",
        checked="SELECT count(*) FROM quality.returns",
        failing="""SELECT count(*) AS n, measure, NULL AS area_code,
            arg_min(period_start, (n_received / n_due, period_start)) AS period_start,
            arg_min(period_end, (n_received / n_due, period_start)) AS period_end, '' AS locator,
            min(n_received / n_due)::DECIMAL(5, 4) || '' AS observed, '1' AS expected,
            format('{}: {:,} of the {:,} areas that should have reported ''{}'' for {} did; missing: {}{}{}.', source,
                arg_min(n_received, (n_received / n_due, period_start)),
                arg_min(n_due, (n_received / n_due, period_start)), measure_words(measure),
                period_name(arg_min(period_start, (n_received / n_due, period_start)),
                    arg_min(period_end, (n_received / n_due, period_start))),
                array_to_string(arg_min(missing_names, (n_received / n_due, period_start))[:5], ', '),
                CASE WHEN len(arg_min(missing_names, (n_received / n_due, period_start))) > 5 THEN ' and others'
                    ELSE '' END,
                CASE WHEN count(*) > 1 THEN format('; {:,} periods are incomplete', count(*)) ELSE '' END) AS message
            FROM quality.returns WHERE n_received < n_due GROUP BY source, measure ORDER BY source, measure""",
        reason="no_reference",
        nothing="no contract says which areas should report",
        passed="measures and periods, each with all areas that should have reported",
    ),
    PublishedRule(
        id="X-07",
        name="Coverage and R-indicator",
        table="coverage",
        dimension="completeness",
        severity="info",
        statement="At most a tenth of the areas that sent figures would have to be in other regions for their mix to "
        "match that of all areas that should have sent them (index of dissimilarity; a house rule).",
        cannot_tell="differences other than the region, and residents, because it counts areas",
        guidance="Do not take the areas as representative of all.",
        checked="SELECT count(*) FROM quality.coverage WHERE n_regions > 1",
        failing="""SELECT count(*) AS n, measure, arg_max(period_start, (apart, period_start)) AS period_start,
            arg_max(period_end, (apart, period_start)) AS period_end, '' AS locator, round(max(apart), 3) || '' AS
                observed,
            'at most 0.1' AS expected,
            format('{}: {:.1f}% of the {:,} areas with a figure for ''{}'' for {} would have to be in other regions '
                'to match the mix of the {:,} areas that should have reported (R = {:.2f}).', source,
                100 * max(apart), arg_max(n_received, (apart, period_start)), measure_words(measure),
                period_name(arg_max(period_start, (apart, period_start)),
                    arg_max(period_end, (apart, period_start))),
                arg_max(n_due, (apart, period_start)), arg_max(r, (apart, period_start))) AS message
            FROM quality.coverage WHERE unlike GROUP BY source, measure ORDER BY max(apart) DESC, source, measure""",
        reason="no_reference",
        nothing="no source has areas that should report in more than one region",
        passed="measures and periods, each with a balanced mix of regions",
    ),
    PublishedRule(
        id="X-08",
        name="Bounds for 'not known'",
        table="not_known_bounds",
        dimension="accuracy",
        severity="warning",
        statement="At most 5% of a group are not known in any area. Beyond 20% the area is not compared, and areas "
        "whose bounds overlap are not ranked (a house rule).",
        cannot_tell="where inside its bounds a share lies",
        guidance="Show the bounds with the share, and do not rank areas whose bounds overlap.",
        checked=f"SELECT count(*) FROM {_NEWEST_BOUNDS}",
        failing=f"""SELECT count(*) AS n, measure, arg_max(area_code, (not_known, area_code)) AS area_code,
            max(period_start) AS period_start, max(period_end) AS period_end, '' AS locator,
            round(max(not_known), 1) || '%' AS observed, 'at most 5%' AS expected,
            format('{{}}: for {{}}, the status of more than 5% of young people is not known in {{}}, and of more than '
                '20% in {{:,}} of them; in {{}} the share lies between {{:.1f}}% and {{:.1f}}%.', source,
                period_name(max(period_start), max(period_end)), counted(count(*), 'area'), count(*)
                    FILTER (use = 'no comparison'),
                arg_max(area_name, (not_known, area_code)), arg_max(lower, (not_known, area_code)), arg_max(upper,
                    (not_known, area_code))) AS message
            FROM {_NEWEST_BOUNDS} WHERE use <> 'ok' GROUP BY source, measure ORDER BY source, measure""",
        reason="no_input",
        nothing="no share has a stated part that is not known",
        passed="shares, each of a group that is almost fully known",
    ),
    PublishedRule(
        id="X-09",
        name="Recording-rate band",
        table="recording_bands",
        dimension="accuracy",
        severity="warning",
        statement="A change on the year before is larger than the uncertainty of the recording rate that an inspection "
        "found for the force: the intervals [x/(r + e), x/(r - e)] of the two years do not overlap.",
        cannot_tell="recording rates of single offences, and today's rates",
        guidance="Do not describe these changes as a rise or a fall.",
        checked="SELECT count(*) FROM quality.recording_bands",
        failing="""SELECT count(*) AS n, measure, arg_min(area_code, (abs(ln(ratio)), area_code)) AS area_code,
            max(later_period_start) AS period_start, max(later_period_end) AS period_end, '' AS locator,
            format('times {:.3f}', arg_min(ratio, (abs(ln(ratio)), area_code))) AS observed,
            format('outside {:.3f} to {:.3f}', any_value((rate - error) / (rate + error)),
                any_value((rate + error) / (rate - error))) AS expected,
            format('{}: {} in ''{}'' on the year before {} within the uncertainty of the recording rate of {} ({:.1f}% '
                'within {:.2f} points; for example {}: {:,.0f} after {:,.0f}), so there is no evidence of a change.',
                source, counted(count(*), 'change'), measure_words(measure),
                CASE WHEN count(*) = 1 THEN 'is' ELSE 'are' END,
                    coalesce((SELECT any_value(area_name) FROM catalogue.areas a WHERE a.area_code = force_code),
                        force_code), 100 * any_value(rate), 100 * any_value(error),
                arg_min(area_name, (abs(ln(ratio)), area_code)), arg_min(later_value, (abs(ln(ratio)), area_code)),
                    arg_min(earlier_value, (abs(ln(ratio)), area_code)))
                AS message
            FROM quality.recording_bands WHERE overlap GROUP BY source, measure, force_code, rate, error
            ORDER BY source, measure, force_code""",
        reason="no_reference",
        nothing="no figure is from a force with a registered recording rate",
        passed="changes, each larger than the uncertainty of the recording rate",
    ),
    PublishedRule(
        id="X-10",
        name="Baseline multiverse",
        table="baseline_multiverse",
        dimension="validity",
        severity="warning",
        statement="A published change is not among the 5% lowest or highest of at least ten valid changes of the same "
        "area and indicator, over all baselines, ends and readings (a house rule).",
        cannot_tell="why a baseline was chosen",
        guidance="Give the range of valid changes with the figure.",
        checked="SELECT count(*) FROM quality.baseline_multiverse WHERE extreme IS NOT NULL",
        failing="""SELECT count(*) AS n, indicator AS measure, arg_max(area_code, (abs(ln(claimed / middle)),
            area_code)) AS
            area_code,
            arg_max(latest_period_start, (abs(ln(claimed / middle)), area_code)) AS period_start,
            arg_max(latest_period_end, (abs(ln(claimed / middle)), area_code)) AS period_end, '' AS locator,
            format('times {:.2f}', arg_max(claimed, (abs(ln(claimed / middle)), area_code))) AS observed,
            format('times {:.2f} to {:.2f}', arg_max(lowest, (abs(ln(claimed / middle)), area_code)),
                arg_max(highest, (abs(ln(claimed / middle)), area_code))) AS expected,
            format('{}: in {} the published change is among the most extreme of all valid comparisons (for example '
                '{}: by a factor of {:.2f}, with a median of {:.2f}).', max(title), counted(count(*), 'area'),
                arg_max(area_name, (abs(ln(claimed / middle)), area_code)), arg_max(claimed, (abs(ln(claimed /
                    middle)), area_code)),
                arg_max(middle, (abs(ln(claimed / middle)), area_code))) AS message
            FROM quality.baseline_multiverse WHERE extreme GROUP BY source, indicator ORDER BY source, indicator""",
        reason="history_too_short",
        nothing="no change has ten valid alternatives",
        passed="changes, none extreme among the valid comparisons",
    ),
    PublishedRule(
        id="X-11",
        name="Omitted larger effects",
        table="omitted_effects",
        dimension="completeness",
        severity="info",
        statement="No indicator that is not named moved more than the smallest of those that are named.",
        cannot_tell="whether the omitted indicator matters to the question",
        guidance="Read the omitted indicator with the named ones.",
        checked="SELECT count(*) FROM quality.omitted_effects",
        failing="""SELECT count(*) AS n, indicator AS measure, arg_max(area_code, (abs(ln(ratio)), area_code)) AS
            area_code,
            '' AS locator, format('times {:.2f}', arg_max(ratio, (abs(ln(ratio)), area_code))) AS observed,
            format('at most times {:.2f}', arg_max(least_named_ratio, (abs(ln(ratio)), area_code))) AS expected,
            format('{}: ''{}'' {} but differs more than ''{}'' (by a factor of {:.2f}, compared with {:.2f}).', source,
                max(title), CASE WHEN said_in = 'report' THEN 'is not mentioned' ELSE format('has no verdict in {} '
                    'where other indicators have one', counted(count(*), 'area')) END, arg_max(least_named,
                        (abs(ln(ratio)), area_code)),
                arg_max(ratio, (abs(ln(ratio)), area_code)), arg_max(least_named_ratio, (abs(ln(ratio)),
                    area_code))) AS message
            FROM quality.omitted_effects WHERE larger GROUP BY source, said_in, indicator
            ORDER BY source, said_in, indicator""",
        reason="no_input",
        nothing="no text or verdict names an indicator",
        passed="indicators not named, each moved less than the named ones",
    ),
    PublishedRule(
        id="X-12",
        name="Alternative definitions",
        table="alternative_definitions",
        dimension="completeness",
        severity="warning",
        statement="Where the same words have a second published definition, the two differ by at most a tenth; "
        "otherwise both should be shown (a house rule).",
        cannot_tell="which definition is right",
        guidance="Say which definition you use, or show both.",
        checked=f"SELECT count(*) FROM {_NEWEST_ALTERNATES}",
        failing=f"""SELECT count(*) AS n, shown_measure AS measure, arg_max(area_code, (abs(difference), area_code))
            AS area_code,
            max(period_start) AS period_start, max(period_end) AS period_end, '' AS locator,
            format('{{:+.0f}}%', 100 * median(difference)) AS observed, 'within 10%' AS expected,
            format('{{}}: ''{{}}'' and ''{{}}'' ({{}}) differ by more than a tenth in {{}} (median {{:+.0f}}%), but '
                'only '
                'one of them is shown.', source, measure_words(shown_measure), measure_words(other_measure),
                max(because), counted(count(*), 'area'),
                100 * median(difference)) AS message
            FROM {_NEWEST_ALTERNATES} WHERE differs GROUP BY source, indicator, shown_measure, other_measure
            ORDER BY source, indicator""",
        reason="no_reference",
        nothing="no figure in the profile has a second definition here",
        passed="areas in which two definitions agree",
    ),
    PublishedRule(
        id="X-13",
        name="Independence of sources",
        table="themes",
        dimension="uniqueness",
        severity="info",
        statement="The figures on a theme rest on at least two effective sources: 1 / sum of squared shares (a house "
        "rule).",
        cannot_tell="errors that sources share upstream",
        guidance="Look for a second source before you rely on them.",
        checked="SELECT count(*) FROM quality.themes",
        failing="""SELECT theme AS measure, '' AS locator, round(effective_sources, 2) || '' AS observed,
            'at least 2' AS expected,
            CASE WHEN n_sources = 1 THEN format('The figures on {} rest on a single source.', theme)
                ELSE format('The figures on {} rest on {:,} sources from {}, and so unevenly that they count as {:.2f} '
                    'sources.', theme, n_sources, counted(n_publishers, 'publisher'), effective_sources) END AS message
            FROM quality.themes WHERE few ORDER BY effective_sources, theme""",
        reason="no_input",
        nothing="no theme has a figure",
        passed="themes, each of two effective sources or more",
    ),
)
"""One entry for each rule."""
