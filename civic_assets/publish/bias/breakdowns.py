"""How complete breakdowns by sex, ethnicity and age are: people of whom the answer is not known.

Belongs here: the share of a total that no known category of a breakdown holds. Does not belong here: shares of a
measure that is itself only partly known (`not_known`).
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator

_NOT_KNOWN = "unknown|not (yet )?known|refused|not stated|not obtained|unclassified|not recorded|missing"
"""Words with which publishers name the category of people of whom the answer is not known, as a regular expression."""


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """The indicator; this module creates no table."""
    return (
        Indicator(
            "demographic_completeness", "response", "X-08", "unknown_breakdown",
            "Groups are compared although people whose sex, ethnicity or age was not given belong to one of them.",
            "item non-response rate (indicator A5 of the European Statistical System), with worst-case bounds (Manski "
            "2003)",
            "It does not show to which groups these people belong, or whether the others were recorded rightly.",
            _complete(facts.limit("unknown_breakdown")),
        ),
    )  # fmt: skip


# Only rows of which every category is printed: a hidden one would look like people who are not known.
def _complete(limit: float) -> str:
    return f"""
WITH parts AS (
    SELECT source, release, release_order, measure, area_code, any_value(area_name) AS area_name, period_start,
        period_end, regexp_extract(breakdown, '^(sex|ethnicity|age)=[^;]*$', 1) AS dimension, sum(value) AS categories,
        coalesce(sum(value) FILTER (regexp_matches(breakdown, '{_NOT_KNOWN}')), 0) AS not_known,
        bool_or(regexp_matches(breakdown, '{_NOT_KNOWN}')) AS named
    FROM harmonised.observations
    WHERE source <> 'ons_population' AND unit = 'count' AND statistic <> 'change'
        AND (starts_with(breakdown, 'sex=') OR starts_with(breakdown, 'ethnicity=') OR starts_with(breakdown, 'age='))
        AND NOT contains(breakdown, ';')
    GROUP BY source, release, release_order, measure, area_code, period_start, period_end, dimension
    HAVING count(*) > 1 AND count(value) = count(*)
    QUALIFY period_end = max(period_end) OVER (PARTITION BY source, measure, dimension)
),
shares AS (
    SELECT p.*, t.value AS total, (p.not_known + greatest(0, t.value - p.categories)) / t.value AS share,
        a.authority
    FROM parts p JOIN harmonised.observations t USING (source, release, measure, area_code, period_start, period_end)
    LEFT JOIN harmonised.profile_areas a ON a.area_code = p.area_code
    WHERE t.breakdown = 'total' AND t.unit = 'count' AND t.value > 0
)
SELECT source, max(release) AS release, measure, NULL AS area_code, NULL AS area_name,
    arg_max(share, (total, area_code)) AS value,
    format('{{}}: {{:.1f}}% in {{}}', dimension, 100 * arg_max(share, (total, area_code)),
        arg_max(area_name, (total, area_code))) AS value_text,
    CASE WHEN arg_max(share, (total, area_code)) > {limit} OR count(*) FILTER (authority AND share > {limit}) > 0
        THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('In {{}}, the {{}} of {{:.1f}}% of ''{{}}'' in {{}} is not known, and of more than {limit:.0%} in {{:,}} of '
        'the {{:,}} areas that print every category.{{}}', period_name(any_value(period_start),
        any_value(period_end)), dimension, 100 * arg_max(share, (total, area_code)), measure_words(measure),
        arg_max(area_name, (total, area_code)), count(*) FILTER (authority AND share > {limit}),
        count(*) FILTER (authority),
        CASE WHEN count(*) FILTER (authority AND share > {limit}) > 0
            THEN ' Compare groups there within their bounds only.' ELSE '' END) AS verdict,
    to_json({{'dimension': dimension, 'category_is_named': bool_or(named), 'areas': count(*)}})::VARCHAR AS evidence,
    'too low' AS direction, 0::DOUBLE AS low, arg_max(share, (total, area_code)) AS high,
    'share of the total, for any one group' AS size_unit,
    counted(count(*) FILTER (authority AND share > {limit}), 'area') AS affected, NULL AS would_evaluate
FROM shares GROUP BY source, measure, dimension
UNION ALL BY NAME
SELECT source, release, measure, area_code, area_name, share AS value,
    format('{{}}: {{:.1f}}%', dimension, 100 * share) AS value_text, 'fail' AS outcome, '' AS reason,
    format('{{}}: the {{}} of {{:.1f}}% of ''{{}}'' in {{}} is not known, so each group can be larger by up to that '
        'share.', area_name, dimension, 100 * share, measure_words(measure), period_name(period_start, period_end))
        AS verdict,
    to_json({{'dimension': dimension}})::VARCHAR AS evidence, 'too low' AS direction, 0::DOUBLE AS low, share AS high,
    'share of the total, for any one group' AS size_unit
FROM shares WHERE authority AND share > {limit}
QUALIFY row_number() OVER (PARTITION BY source, measure, dimension ORDER BY share DESC, area_code) <= {BIAS_ROWS}
UNION ALL BY NAME
SELECT min(source) AS source, 'not_evaluated' AS outcome, 'no_input' AS reason,
    format('The files that are held of {{}} do not divide people by sex or ethnicity.',
        array_to_string(list_sort(list(source)), ', ')) AS verdict,
    'the files of these sources by pupil or child characteristics (for exclusions, `exc_characteristics.csv`)'
        AS would_evaluate
FROM (
    SELECT source FROM bias_panel p JOIN catalogue.measures m USING (measure)
    WHERE m.unit_of_count = 'persons' AND p.measure <> 'population' AND p.unit = 'count'
    GROUP BY source HAVING source NOT IN (SELECT source FROM shares WHERE dimension IN ('sex', 'ethnicity'))
) HAVING count(*) > 0"""
