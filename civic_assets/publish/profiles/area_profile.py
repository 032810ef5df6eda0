"""Table 1 of the report for every local authority of England: `harmonised.area_profile`.

Belongs here: the newest figures of each indicator, with denominator, comparators and all caveats, and the same as of
any day (`harmonised.area_profile_as_of(as_of)`). Does not belong here: gathering the figures (`indicator_figures`) and
change over time (`baseline`).

One row is one authority and indicator. A value that is suppressed or disputed is shown as printed with its status and
quality, and is not used in rates. If a publisher has no figure for authorities, the count and the rate are null,
`reason` says why, and the figure of the wider area is in separate columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.harmonise.measures.indicators import Indicators
from civic_assets.house_numbers.comparability import DENOMINATOR_DAYS, NOTABLE_UNKNOWN_POINTS
from civic_assets.house_numbers.statistics import FEWEST_EVENTS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ALWAYS = "DATE '9999-12-31'"
"""A day after which no release was published."""


def create_area_profile(connection: DuckDBPyConnection, vocabulary: Indicators) -> None:
    """Create the macro, and the table of its rows with everything that is published now.

    Args:
        connection: Connection to a read model with `harmonised.indicator_values_as_of` (`indicator_figures`) and the
            functions of `small_numbers`.
        vocabulary: Vocabulary that names the areas compared with each authority.
    """
    connection.execute(_profile(vocabulary))
    connection.execute(
        f"""CREATE TABLE harmonised.area_profile AS
        SELECT * FROM harmonised.area_profile_as_of({ALWAYS}) ORDER BY area_code, position"""
    )


_DAY = "%-d %B %Y"


def _marked(what: str) -> str:
    """Expression for the sentence that says how the publisher marks an absent count or rate."""
    return f"""format('The {what} is {{}} in {{}} of {{}}.',
             replace({what}_status, '_', ' '), {what}_source, {what}_release)"""


def _profile(vocabulary: Indicators) -> str:
    # 0.006: some releases print rates to two decimals, and half a unit of the second decimal is 0.005.
    return f"""CREATE OR REPLACE MACRO harmonised.area_profile_as_of(as_of) AS TABLE
WITH every AS (SELECT * FROM harmonised.indicator_values_as_of(as_of)),
-- The newest figure of an area, under its own code or an earlier one of the same or nearly the same ground.
newest AS (
    SELECT g.area_code, g.figure_area_code, nullif(g.note, '') AS lineage_note, e.* EXCLUDE (area_code)
    FROM every e JOIN harmonised.profile_lineage g ON g.figure_area_code = e.area_code
    QUALIFY row_number() OVER (
        PARTITION BY e.indicator, g.area_code ORDER BY e.period_end DESC, e.period_start DESC, g.position) = 1
),
spine AS (
    SELECT a.area_code, a.area_name, a.force_code, a.force_name, a.county_code, a.county_name, a.made_from, i.*,
        no_district_figure <> '' AND a.county_code IS NOT NULL AS of_county
    FROM harmonised.profile_areas a CROSS JOIN harmonised.indicators i
    WHERE a.authority AND coalesce(a.valid_from <= as_of, true) AND coalesce(a.valid_to > as_of, true)
),
wider AS (
    SELECT indicator, area_code, area_name, period_start, period_end, count,
        coalesce(count_source, rate_source) AS source,
        coalesce(count_release, rate_release) AS release, coalesce(count_locators, rate_locators) AS locators,
        coalesce(count_quality, rate_quality) AS quality, break_notes, publisher_notes, figure_title, figure_ages,
        CASE WHEN rate_usable THEN rate ELSE rate_recomputed END AS rate
    FROM newest
),
shown AS (
    SELECT s.*, v.* EXCLUDE (indicator, area_code, area_name), w,
        CASE WHEN v.rate_usable THEN 'published' WHEN v.rate_recomputed IS NOT NULL THEN 'recomputed' END AS rate_basis,
        coalesce(v.period_start, w.period_start) AS shown_start, coalesce(v.period_end, w.period_end) AS shown_end,
        coalesce(v.count_source, w.source) AS of_count, coalesce(v.rate_source, w.source) AS of_rate
    FROM spine s
    LEFT JOIN newest v ON v.indicator = s.indicator AND v.area_code = s.area_code AND s.published_by = ''
    LEFT JOIN wider w ON w.indicator = s.indicator
     AND (w.area_code = s.force_code AND s.published_by = 'police_force'
       OR w.area_code = s.county_code AND s.of_county AND v.indicator IS NULL)
),
compared AS (
    SELECT s.*, l AS london, e AS england, r.available_from, r.available_from_basis
    FROM shown s
    LEFT JOIN every l ON l.indicator = s.indicator AND l.area_code = '{vocabulary.london}'
     AND l.period_start = s.shown_start AND l.period_end = s.shown_end
    LEFT JOIN every e ON e.indicator = s.indicator AND e.area_code = '{vocabulary.england}'
     AND e.period_start = s.shown_start AND e.period_end = s.shown_end
    LEFT JOIN catalogue.releases r
      ON r.source = coalesce(s.rate_source, s.count_source, s.w.source)
     AND r.release = coalesce(s.rate_release, s.count_release, s.w.release)
)
SELECT area_code, area_name, indicator, position, coalesce(figure_title, w.figure_title, title) AS title,
    shown_start AS period_start, shown_end AS period_end,
    coalesce(period_kind, london.period_kind) AS period_kind,
    count,
    CASE WHEN events AND count_usable THEN quality.byar_lower(count) END AS count_lower,
    CASE WHEN events AND count_usable THEN quality.byar_upper(count) END AS count_upper,
    unit_of_count,
    denominator, denominator_measure, denominator_of, denominator_ages, denominator_date, denominator_source,
    denominator_release,
    CASE WHEN denominator IS NULL THEN nullif(no_denominator, '')
         ELSE format('{{}}, {{}}, {{}}, {{}} ({{}} {{}})', denominator_of, denominator_ages, area_name,
            strftime(denominator_date, '{_DAY}'), denominator_source, denominator_release) END AS denominator_named,
    CASE WHEN rate_basis = 'published' THEN rate ELSE rate_recomputed END AS rate,
    unit_of_rate, rate_basis, rate AS rate_published, rate_recomputed,
    CASE WHEN rate_basis = 'recomputed' THEN nullif(no_rate, '')
         WHEN rate_recomputed IS NULL THEN NULL
         WHEN abs(rate - rate_recomputed) <= 0.006
         THEN 'Count and denominator give the published rate to its printed precision.'
         ELSE format('Published {{:.4f}}, but count and denominator give {{:.4f}}: the publisher uses another base '
            || 'than {{}} of {{}}, or revised one of the three.', rate, rate_recomputed, denominator_source,
            denominator_release) END AS rate_difference,
    CASE WHEN london.count_source IS NOT DISTINCT FROM of_count THEN london.count END AS london_count,
    CASE WHEN london.figure_ages <> figure_ages THEN NULL
         WHEN rate_basis = 'recomputed' THEN london.rate_recomputed
         WHEN london.rate_usable AND london.rate_source IS NOT DISTINCT FROM of_rate THEN london.rate END
        AS london_rate,
    CASE WHEN england.count_source IS NOT DISTINCT FROM of_count THEN england.count END AS england_count,
    CASE WHEN england.figure_ages <> figure_ages THEN NULL
         WHEN rate_basis = 'recomputed' THEN england.rate_recomputed
         WHEN england.rate_usable AND england.rate_source IS NOT DISTINCT FROM of_rate THEN england.rate END
        AS england_rate,
    w.area_code AS wider_area_code, w.area_name AS wider_area_name, w.count AS wider_count, w.rate AS wider_rate,
    w.source AS wider_source, w.release AS wider_release, w.quality AS wider_quality, w.locators AS wider_locators,
    coalesce(figure_ages, w.figure_ages, ages) AS ages, age_basis, definition,
    coalesce(rate_source, count_source) AS source, coalesce(rate_release, count_release) AS release,
    available_from, available_from_basis,
    count_source, count_release, count_locators, rate_source, rate_release, rate_locators, denominator_locators,
    CASE WHEN 'withheld' IN (count_quality, rate_quality) THEN 'withheld'
         WHEN 'disputed' IN (count_quality, rate_quality) THEN 'disputed'
         WHEN coalesce(count_quality, rate_quality) IS NOT NULL THEN 'ok' END AS quality,
    nullif(concat_ws(', ', 'count: ' || count_status, 'rate: ' || rate_status), '') AS status,
    CASE WHEN published_by <> '' AND w.area_code IS NOT NULL THEN no_figure
         WHEN published_by <> '' AND force_code IS NULL
         THEN no_figure || ' Which force polices this area is not in the register of areas.'
         WHEN published_by <> ''
         THEN no_figure || format(' No release that was out by this day has a figure of {{}}.', force_name)
         WHEN of_county AND w.area_code IS NOT NULL THEN no_district_figure
         WHEN of_county AND shown_end IS NULL THEN split_part(no_district_figure, '. ', 1)
            || format('. No release that was out by this day has a figure of {{}}.', county_name)
         WHEN shown_end IS NULL
         THEN concat_ws(' ', 'No release that was published by this day has a figure for this area.',
            nullif(made_from, ''))
         WHEN count IS NULL AND rate IS NULL AND rate_recomputed IS NULL THEN concat_ws(' ',
            CASE WHEN count_status IS NOT NULL THEN {_marked("count")} END,
            CASE WHEN rate_status IS NOT NULL THEN {_marked("rate")} END)
         WHEN count IS NULL AND count_status IS NULL AND no_count <> '' THEN no_count END AS reason,
    list_filter(list_concat(CASE WHEN shown_end IS NULL THEN [] ELSE caveats END, [
        CASE WHEN 'disputed' IN (count_quality, rate_quality)
             THEN 'A check of this release disputes the figure: it is shown as printed and not used in rates.' END,
        CASE WHEN count_status IS NOT NULL AND count IS NULL THEN {_marked("count")} END,
        CASE WHEN rate_status IS NOT NULL AND rate IS NULL THEN {_marked("rate")} END,
        CASE WHEN events AND count_usable AND count < {FEWEST_EVENTS} THEN format('Fewer than {FEWEST_EVENTS} events: '
             || '95% limits of the count are {{:.1f}} to {{:.1f}}, and no rate is made of it.',
             quality.byar_lower(count), quality.byar_upper(count))
             WHEN count_usable AND count < {FEWEST_EVENTS}
             THEN 'Fewer than {FEWEST_EVENTS} people, so no rate is made of the count.' END,
        CASE WHEN rate_basis = 'recomputed' AND denominator_distance_days > {DENOMINATOR_DAYS}
             THEN format('The denominator is '
             || 'of {{}}, {{}} days from the middle of the period.',
             strftime(denominator_date, '{_DAY}'), denominator_distance_days) END,
        CASE WHEN count_release <> rate_release THEN format('The count is from {{}} of {{}} and the rate from {{}} '
            'of {{}}.',
             count_source, count_release, rate_source, rate_release) END,
        CASE WHEN rate_usable AND known_part_usable THEN format('Known {{:.1f}}%, with the not known {{:.1f}}%: the '
             || 'true share lies between{{}}.', known_part, rate, CASE WHEN rate - known_part > {NOTABLE_UNKNOWN_POINTS}
             THEN ', and more than {NOTABLE_UNKNOWN_POINTS} points of it are not known' ELSE '' END) END,
        CASE WHEN synthetic THEN 'The file marks its figures as synthetic.' END,
        lineage_note
    ], coalesce(series_caveats, []), coalesce(break_notes, w.break_notes, [])),
        lambda note: note IS NOT NULL) AS caveats,
    coalesce(publisher_notes, w.publisher_notes, []) AS publisher_notes,
    coalesce(abnormal_share, 0) AS abnormal_share, coalesce(synthetic, false) AS synthetic,
    figure_area_code
FROM compared"""
