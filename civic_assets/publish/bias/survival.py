"""Areas that are present in every period, and the effect of using them alone (H-15).

Belongs here: the panel of each measure over all releases. Does not belong here: the same within one release (H-15,
`civic_assets.quality.rules.denominators`), and areas that sent nothing (`participation`).
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.house_numbers.statistics import FEWEST_AREAS_OF_A_KIND
from civic_assets.publish.bias.indicator import BiasFacts, Indicator


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """The indicators; this module creates no table."""
    kinds = ", ".join(f"'{kind}'" for kind in facts.vocabulary.printed_where_counted)
    return (
        Indicator(
            "panel_survival", "survivorship", "H-15", "survivors",
            "It does not show selection inside an area, or what happened to people who left a measure.",
            _panel(facts.limit("survivors"), kinds), "not_applicable",
            "{source} has no panel: it has fewer than two periods of ten areas of one kind, or it prints areas only if "
            "something was counted.",
        ),
    )  # fmt: skip


# One kind of area represents a measure, the one with most areas; periods of one kind, the one with most periods. Totals
# and sums over a breakdown are not one panel.
def _panel(limit: float, not_kinds: str) -> str:
    return f"""
WITH known AS (
    SELECT * FROM bias_panel WHERE value IS NOT NULL AND area_code NOT LIKE '%/%' AND area_type NOT IN ({not_kinds})
),
panels AS (
    SELECT source, measure, unit, area_type, period_kind, has_total, count(DISTINCT period_start) AS periods,
        count(DISTINCT area_code) AS areas, min(period_start) AS first, max(period_end) AS last,
        max(release) AS release
    FROM known GROUP BY source, measure, unit, area_type, period_kind, has_total
    HAVING count(DISTINCT period_start) > 1 AND count(DISTINCT area_code) >= {FEWEST_AREAS_OF_A_KIND}
    QUALIFY row_number() OVER (PARTITION BY source, measure
        ORDER BY has_total DESC, areas DESC, periods DESC, unit = 'count' DESC, unit, area_type) = 1
),
members AS (
    SELECT k.source, k.measure, k.area_code, max(k.area_name) AS area_name,
        count(DISTINCT k.period_start) AS there, sum(k.value) AS total, count(*) AS figures
    FROM known k JOIN panels p USING (source, measure, unit, area_type, period_kind, has_total)
    GROUP BY k.source, k.measure, k.area_code
),
joined AS (
    SELECT m.*, p.periods, p.areas, p.first, p.last, p.release, p.area_type, m.there = p.periods AS lasting,
        a.valid_to <= p.last OR a.valid_from > p.first AS changed
    FROM members m JOIN panels p USING (source, measure) LEFT JOIN catalogue.areas a ON a.area_code = m.area_code
),
judged AS (
    SELECT source, measure, any_value(release) AS release, any_value(area_type) AS kind,
        any_value(periods) AS periods, any_value(areas) AS areas, count(*) FILTER (lasting) AS lasting,
        count(*) FILTER (NOT lasting AND changed) AS reorganised,
        (sum(total) FILTER (lasting) / sum(figures) FILTER (lasting)) / nullif(sum(total) / sum(figures), 0) - 1
            AS bias,
        coalesce(list(area_name ORDER BY there, area_code) FILTER (NOT lasting), []) AS gone
    FROM joined GROUP BY source, measure
)
SELECT source, release, measure, NULL AS area_code, NULL AS area_name, bias AS value,
    format('{{}} of {{}} areas in all {{}} periods', lasting, areas, periods) AS value_text,
    CASE WHEN bias IS NULL THEN 'not_evaluated' WHEN abs(bias) > {limit} THEN 'fail' ELSE 'pass' END AS outcome,
    CASE WHEN bias IS NULL THEN 'no_input' ELSE '' END AS reason,
    CASE WHEN lasting = areas THEN format('All {{:,}} areas of kind ''{{}}'' have a figure for ''{{}}'' in each of the '
            '{{}}.', areas, kind_words(kind), measure_words(measure), counted(periods, 'period'))
         WHEN bias IS NULL THEN format('None of the {{:,}} areas of kind ''{{}}'' has a figure for ''{{}}'' in all '
             '{{}}, so '
            'there is no panel to examine.', areas, kind_words(kind), measure_words(measure),
            counted(periods, 'period'))
         ELSE format('{{:,}} of the {{:,}} areas of kind ''{{}}'' have a figure for ''{{}}'' in each of the {{}}; '
             'their mean '
            'differs by {{:+.1f}}% from that of all areas. {{:,}} of the {{:,}} others began or ended with a '
            'reorganisation in the area register (for example {{}}). Use all areas, not only those in every period.',
            lasting, areas, kind_words(kind), measure_words(measure), counted(periods, 'period'), 100 * bias,
            reorganised, areas - lasting, gone[1])
         END AS verdict,
    to_json({{'survivors': lasting, 'ever': areas, 'reorganised': reorganised, 'not_in_all': gone[:{BIAS_ROWS}],
        'not_shown': greatest(0, len(gone) - {BIAS_ROWS})}})::VARCHAR AS evidence
FROM judged"""
