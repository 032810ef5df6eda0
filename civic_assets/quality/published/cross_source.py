"""Rules about what several sources, periods or definitions say of each other: X-05 to X-13.

Belongs here: the rules, each as two questions in SQL to the facts of the bias register (`civic_assets.publish.bias`),
where the thresholds of `vocabularies/bias.yaml` have been applied. Does not belong here: those facts, and rules about
our
other tables (`published_rules`). Of one measure of one source there is one finding, with the number of cases and the
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
        statement="Months of an area are 0.5 to 2 times a twelfth of its year (the middle one, where several are "
        "held), "
        "where the year has at least 240 offences of the same classes (a house rule).",
        cannot_tell="which smaller or larger area a figure is of",
        checked="SELECT count(DISTINCT (source, measure, area_code)) FROM quality.months_beside_years",
        failing="""SELECT measure, area_code, arg_max(period_start, (far_off, period_start)) AS period_start,
            arg_max(period_end, (far_off, period_start)) AS period_end, arg_max(locator, (far_off, period_start)) AS
                locator,
            format('{:,.0f}', arg_max(value, (far_off, period_start))) AS observed,
            format('about {:,.0f}', arg_max(year_value / 12, (far_off, period_start))) AS expected,
            format('{} {}: {} of {} in {} is {:,.0f}, {:.2f} of a twelfth of the {:,.0f} of {} to {} ({} {}): not of '
                'the '
                'scale of the area{}.', source, arg_max(locator, (far_off, period_start)), measure, max(area_name),
                strftime(arg_max(period_start, (far_off, period_start)), '%B %Y'), arg_max(value, (far_off,
                    period_start)), arg_max(ratio, (far_off, period_start)),
                arg_max(year_value, (far_off, period_start)), arg_max(year_period_start, (far_off, period_start)),
                    arg_max(year_period_end, (far_off, period_start)),
                arg_max(year_source, (far_off, period_start)), arg_max(year_release, (far_off, period_start)),
                CASE WHEN count(*) > 1 THEN format('; of {} months the middle one is {:.2f}', count(*),
                    any_value(usual_ratio)) ELSE '' END) AS message
            FROM (SELECT *, abs(ln(ratio + 1e-6)) AS far_off FROM quality.months_beside_years WHERE outside)
            GROUP BY source, measure, area_code ORDER BY max(far_off) DESC, source, measure, area_code""",
        reason="no_reference",
        nothing="no month stands beside a year of the same area and offences",
        passed="series of months, each of the scale of its area",
    ),
    PublishedRule(
        id="X-06",
        name="Missing suppliers",
        table="returns",
        dimension="completeness",
        severity="warning",
        statement="Every area that owes a source a return, by its contract and the register of areas, has a figure of "
        "each measure in each period.",
        cannot_tell="why an area is missing, and in which direction that bends a sum",
        checked="SELECT count(*) FROM quality.returns",
        failing="""SELECT count(*) AS n, measure, NULL AS area_code,
            arg_min(period_start, (n_received / n_due, period_start)) AS period_start,
            arg_min(period_end, (n_received / n_due, period_start)) AS period_end, '' AS locator,
            min(n_received / n_due)::DECIMAL(5, 4) || '' AS observed, '1' AS expected,
            format('{}: {} of {} to {} is there for {} of {} areas that were due; missing: {}{}{}.', source, measure,
                arg_min(period_start, (n_received / n_due, period_start)),
                arg_min(period_end, (n_received / n_due, period_start)),
                arg_min(n_received, (n_received / n_due, period_start)),
                arg_min(n_due, (n_received / n_due, period_start)),
                array_to_string(arg_min(missing_names, (n_received / n_due, period_start))[:5], ', '),
                CASE WHEN len(arg_min(missing_names, (n_received / n_due, period_start))) > 5 THEN ' and others'
                    ELSE '' END,
                CASE WHEN count(*) > 1 THEN format('; {} periods are incomplete', count(*)) ELSE '' END) AS message
            FROM quality.returns WHERE n_received < n_due GROUP BY source, measure ORDER BY source, measure""",
        reason="no_reference",
        nothing="no contract says which areas owe a return",
        passed="measures and periods, each with all areas that were due",
    ),
    PublishedRule(
        id="X-07",
        name="Coverage and R-indicator",
        table="coverage",
        dimension="completeness",
        severity="info",
        statement="Of the areas that sent figures at most a tenth would have to lie in other regions for their mix "
        "to be "
        "that of all that were due (index of dissimilarity; a house rule).",
        cannot_tell="traits other than the region, and residents: it counts areas",
        checked="SELECT count(*) FROM quality.coverage WHERE n_regions > 1",
        failing="""SELECT count(*) AS n, measure, arg_max(period_start, (apart, period_start)) AS period_start,
            arg_max(period_end, (apart, period_start)) AS period_end, '' AS locator, round(max(apart), 3) || '' AS
                observed,
            'at most 0.1' AS expected,
            format('{}: {:.1f}% of the {} areas with a figure of {} of {} to {} would have to lie in other regions '
                'for the '
                'mix to be that of the {} that were due (R = {:.2f}).', source, 100 * max(apart),
                arg_max(n_received, (apart, period_start)), measure, arg_max(period_start, (apart, period_start)),
                    arg_max(period_end, (apart, period_start)),
                arg_max(n_due, (apart, period_start)), arg_max(r, (apart, period_start))) AS message
            FROM quality.coverage WHERE unlike GROUP BY source, measure ORDER BY max(apart) DESC, source, measure""",
        reason="no_reference",
        nothing="no returns are due in more than one region",
        passed="measures and periods, each with the mix of regions of all",
    ),
    PublishedRule(
        id="X-08",
        name="Bounds for 'not known'",
        table="not_known_bounds",
        dimension="accuracy",
        severity="warning",
        statement="Of no area more than 5% of a group are not known; beyond 20% the area is compared with nobody, and "
        "areas whose bounds overlap are not ranked (a house rule).",
        cannot_tell="where inside its bounds a share lies",
        checked=f"SELECT count(*) FROM {_NEWEST_BOUNDS}",
        failing=f"""SELECT count(*) AS n, measure, arg_max(area_code, (not_known, area_code)) AS area_code,
            max(period_start) AS period_start, max(period_end) AS period_end, '' AS locator,
            round(max(not_known), 1) || '%' AS observed, 'at most 5%' AS expected,
            format('{{}}: {{}} areas do not know more than 5% of their young people in {{}} to {{}}, {{}} of them more '
                'than 20%; in {{}} the share lies between {{:.1f}}% and {{:.1f}}%.', source, count(*),
                max(period_start), max(period_end), count(*) FILTER (use = 'no comparison'),
                arg_max(area_name, (not_known, area_code)), arg_max(lower, (not_known, area_code)), arg_max(upper,
                    (not_known, area_code))) AS message
            FROM {_NEWEST_BOUNDS} WHERE use <> 'ok' GROUP BY source, measure ORDER BY source, measure""",
        reason="no_input",
        nothing="no share has a part that is stated to be not known",
        passed="shares, each of a group of which nearly all are known",
    ),
    PublishedRule(
        id="X-09",
        name="Recording-rate band",
        table="recording_bands",
        dimension="accuracy",
        severity="warning",
        statement="A change on the year before is larger than the band of the recording rate that an inspection found "
        "for the force: [x/(r + e), x/(r - e)] of the two years do not overlap.",
        cannot_tell="recording rates of single offences, and those of today",
        checked="SELECT count(*) FROM quality.recording_bands",
        failing="""SELECT count(*) AS n, measure, arg_min(area_code, (abs(ln(ratio)), area_code)) AS area_code,
            max(later_period_start) AS period_start, max(later_period_end) AS period_end, '' AS locator,
            format('times {:.3f}', arg_min(ratio, (abs(ln(ratio)), area_code))) AS observed,
            format('outside {:.3f} to {:.3f}', any_value((rate - error) / (rate + error)),
                any_value((rate + error) / (rate - error))) AS expected,
            format('{}: {} of {} on the year before within the band of the recording rate of {} ({:.1f}% within {:.2f} '
                'points; for example {}: {:,.0f} after {:,.0f}): nobody can say that there was a change.', source,
                CASE WHEN count(*) = 1 THEN '1 change' ELSE count(*) || ' changes' END, measure,
                    any_value(force_code), 100 * any_value(rate), 100 * any_value(error),
                arg_min(area_name, (abs(ln(ratio)), area_code)), arg_min(later_value, (abs(ln(ratio)), area_code)),
                    arg_min(earlier_value, (abs(ln(ratio)), area_code)))
                AS message
            FROM quality.recording_bands WHERE overlap GROUP BY source, measure, force_code, rate, error
            ORDER BY source, measure, force_code""",
        reason="no_reference",
        nothing="no figure is of a force whose recording rate is registered",
        passed="changes, each larger than the band of the recording rate",
    ),
    PublishedRule(
        id="X-10",
        name="Baseline multiverse",
        table="baseline_multiverse",
        dimension="validity",
        severity="warning",
        statement="A change that we give is not among the 5% lowest or highest of at least ten admissible changes of "
        "the "
        "same area and indicator, over all bases, ends and readings (a house rule).",
        cannot_tell="why a base was chosen",
        checked="SELECT count(*) FROM quality.baseline_multiverse WHERE extreme IS NOT NULL",
        failing="""SELECT count(*) AS n, indicator AS measure, arg_max(area_code, (abs(ln(claimed / middle)),
            area_code)) AS
            area_code,
            arg_max(latest_period_start, (abs(ln(claimed / middle)), area_code)) AS period_start,
            arg_max(latest_period_end, (abs(ln(claimed / middle)), area_code)) AS period_end, '' AS locator,
            format('times {:.2f}', arg_max(claimed, (abs(ln(claimed / middle)), area_code))) AS observed,
            format('times {:.2f} to {:.2f}', arg_max(lowest, (abs(ln(claimed / middle)), area_code)),
                arg_max(highest, (abs(ln(claimed / middle)), area_code))) AS expected,
            format('{}: in {} areas our change is among the most extreme of all admissible ones (for example {}: times '
                '{:.2f}, half of the others above {:.2f}).', max(title), count(*),
                arg_max(area_name, (abs(ln(claimed / middle)), area_code)), arg_max(claimed, (abs(ln(claimed /
                    middle)), area_code)),
                arg_max(middle, (abs(ln(claimed / middle)), area_code))) AS message
            FROM quality.baseline_multiverse WHERE extreme GROUP BY source, indicator ORDER BY source, indicator""",
        reason="history_too_short",
        nothing="no change has ten admissible others",
        passed="changes, none of them extreme among what could have been said",
    ),
    PublishedRule(
        id="X-11",
        name="Omitted larger effects",
        table="omitted_effects",
        dimension="completeness",
        severity="info",
        statement="No indicator that is left unnamed moved more than the least of those that are named.",
        cannot_tell="whether what was left unnamed matters to the question",
        checked="SELECT count(*) FROM quality.omitted_effects",
        failing="""SELECT count(*) AS n, indicator AS measure, arg_max(area_code, (abs(ln(ratio)), area_code)) AS
            area_code,
            '' AS locator, format('times {:.2f}', arg_max(ratio, (abs(ln(ratio)), area_code))) AS observed,
            format('at most times {:.2f}', arg_max(least_named_ratio, (abs(ln(ratio)), area_code))) AS expected,
            format('{}: {} {}, and differs more than {} (times {:.2f} against {:.2f}).', source, max(title),
                CASE WHEN said_in = 'report' THEN 'is not named' ELSE format('has no verdict in {} of the areas '
                    'where others '
                    'have one', count(*)) END, arg_max(least_named, (abs(ln(ratio)), area_code)),
                arg_max(ratio, (abs(ln(ratio)), area_code)), arg_max(least_named_ratio, (abs(ln(ratio)),
                    area_code))) AS message
            FROM quality.omitted_effects WHERE larger GROUP BY source, said_in, indicator
            ORDER BY source, said_in, indicator""",
        reason="no_input",
        nothing="nothing is named",
        passed="indicators without a name or verdict, each moved less than the named ones",
    ),
    PublishedRule(
        id="X-12",
        name="Alternative definitions",
        table="alternative_definitions",
        dimension="completeness",
        severity="warning",
        statement="Where the same words have a second published definition, the two differ by at most a tenth; else "
        "both "
        "are to be shown (a house rule).",
        cannot_tell="which definition is right",
        checked=f"SELECT count(*) FROM {_NEWEST_ALTERNATES}",
        failing=f"""SELECT count(*) AS n, shown_measure AS measure, arg_max(area_code, (abs(difference), area_code))
            AS area_code,
            max(period_start) AS period_start, max(period_end) AS period_end, '' AS locator,
            format('{{:+.0f}}%', 100 * median(difference)) AS observed, 'within 10%' AS expected,
            format('{{}}: {{}} and {{}} ({{}}) differ by more than a tenth in {{}} areas, in the middle one by '
                '{{:+.0f}}%, '
                'and one is shown.', source, shown_measure, other_measure, max(because), count(*),
                100 * median(difference)) AS message
            FROM {_NEWEST_ALTERNATES} WHERE differs GROUP BY source, indicator, shown_measure, other_measure
            ORDER BY source, indicator""",
        reason="no_reference",
        nothing="of nothing that our profile shows a second definition is held",
        passed="areas in which two definitions agree",
    ),
    PublishedRule(
        id="X-13",
        name="Independence of sources",
        table="themes",
        dimension="uniqueness",
        severity="info",
        statement="What we show of a theme rests on at least two effective sources: 1 / sum of squared shares (a house "
        "rule).",
        cannot_tell="errors that sources share upstream",
        checked="SELECT count(*) FROM quality.themes",
        failing="""SELECT theme AS measure, '' AS locator, round(effective_sources, 2) || '' AS observed,
            'at least 2' AS expected,
            format('What we show of {} rests on {:.2f} effective sources ({} in all, of {}).', theme, effective_sources,
                n_sources,
                CASE WHEN n_publishers = 1 THEN '1 publisher' ELSE n_publishers || ' publishers' END) AS message
            FROM quality.themes WHERE few ORDER BY effective_sources, theme""",
        reason="no_input",
        nothing="no theme has a figure",
        passed="themes, each of two effective sources or more",
    ),
)
"""One entry for each rule."""
