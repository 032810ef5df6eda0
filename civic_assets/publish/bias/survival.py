"""Areas that drop out of a series, and the effect of using only those that remain (H-15).

Belongs here: the panel of each measure over all releases. Does not belong here: the same within one release (H-15,
`civic_assets.quality.rules.denominators`), and areas that sent nothing (`participation`).

An area whose code began or ended with a reorganisation did not drop out: it goes on under another code, and is left out
of the panel.
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
            "panel_attrition", "survivorship", "H-15", "survivors",
            "The areas with a figure in every period differ from those that dropped out, so a series of them alone "
            "misstates the mean.",
            "survivorship bias as the mean of survivors against the mean of all (Brown, Goetzmann, Ibbotson and Ross "
            "1992)",
            "It does not show selection inside an area, or what happened to people who left a measure.",
            _panel(facts.limit("survivors"), kinds),
            by_source=True,
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
        coalesce(a.valid_to <= p.last OR a.valid_from > p.first, false) AS changed
    FROM members m JOIN panels p USING (source, measure) LEFT JOIN catalogue.areas a ON a.area_code = m.area_code
),
judged AS (
    SELECT source, measure, any_value(release) AS release, any_value(area_type) AS kind,
        any_value(periods) AS periods, count(*) FILTER (lasting OR NOT changed) AS areas,
        count(*) FILTER (lasting) AS lasting, count(*) FILTER (NOT lasting AND changed) AS reorganised,
        (sum(total) FILTER (lasting) / sum(figures) FILTER (lasting))
            / nullif(sum(total) FILTER (lasting OR NOT changed) / sum(figures) FILTER (lasting OR NOT changed), 0) - 1
            AS bias,
        coalesce(list(area_name ORDER BY there, area_code) FILTER (NOT lasting AND NOT changed), []) AS gone
    FROM joined GROUP BY source, measure
)
SELECT source, release, measure, NULL AS area_code, NULL AS area_name, bias AS value,
    format('{{}} of {{}} areas in all {{}} periods', lasting, areas, periods) AS value_text,
    CASE WHEN bias IS NULL THEN 'not_evaluated' WHEN abs(bias) > {limit} THEN 'fail' ELSE 'pass' END AS outcome,
    CASE WHEN bias IS NULL THEN 'no_input' ELSE '' END AS reason,
    CASE WHEN bias IS NULL THEN format('None of the {{:,}} areas of kind ''{{}}'' has a figure for ''{{}}'' in all '
            '{{}}, so there is no panel to examine.', areas, kind_words(kind), measure_words(measure),
            counted(periods, 'period'))
         WHEN lasting = areas THEN format('All {{:,}} areas of kind ''{{}}'' that kept their code have a figure for '
            '''{{}}'' in each of the {{}}.', areas, kind_words(kind), measure_words(measure),
            counted(periods, 'period'))
         ELSE format('{{:,}} of the {{:,}} areas of kind ''{{}}'' that kept their code have a figure for ''{{}}'' in '
            'each of the {{}}; their mean differs by {{:+.1f}}% from that of all. The others dropped out for a time '
            '(for example {{}}). Use all areas, not only those in every period.',
            lasting, areas, kind_words(kind), measure_words(measure), counted(periods, 'period'), 100 * bias, gone[1])
         END AS verdict,
    to_json({{'survivors': lasting, 'ever': areas, 'reorganised': reorganised, 'not_in_all': gone[:{BIAS_ROWS}],
        'not_shown': greatest(0, len(gone) - {BIAS_ROWS})}})::VARCHAR AS evidence,
    CASE WHEN lasting < areas AND bias < 0 THEN 'too low' WHEN lasting < areas AND bias > 0 THEN 'too high' END
        AS direction,
    CASE WHEN lasting < areas THEN least(0, -bias) END AS low, CASE WHEN lasting < areas THEN greatest(0, -bias) END
        AS high, CASE WHEN lasting < areas AND bias IS NOT NULL THEN 'share of the mean' END AS size_unit,
    CASE WHEN lasting < areas THEN counted(areas - lasting, 'area') || ' that dropped out' END AS affected,
    CASE WHEN bias IS NULL THEN 'a release of ' || source || ' that has these areas in every period' END
        AS would_evaluate
FROM judged WHERE areas > 0"""
