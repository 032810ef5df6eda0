"""Which areas sent the figures that were due (X-06), and how the missing ones differ (X-07).

Belongs here: `quality.returns`, `quality.coverage_by_region` and `quality.coverage`. Does not belong here: figures
that were sent but could not be assigned to an area (`unplaced`), and areas that drop out over time (`survival`). Areas
have to report by law, so one that does not is missing and has not selected itself.

The contract of a source (`returnsDue`) says which areas should report, and the area register when a code was in
force. An area with a figure under the code of a successor, a predecessor or its partnership has reported. An area
that a source never has (`notCovered`) does not have to report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import PARTNERSHIP
from civic_assets.harmonise.comparability.breaks import breaks
from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create these tables."""
    register = AreaRegister.shipped()
    facts.table(
        "bias_due",
        "source VARCHAR, area_code VARCHAR, area_name VARCHAR, region_code VARCHAR, valid_from DATE, valid_to DATE",
        _due(facts, register),
    )
    facts.table(
        "bias_not_covered",
        "source VARCHAR, area_code VARCHAR, measures VARCHAR[]",
        (
            {
                "source": source,
                "area_code": entry.area,
                "measures": None if entry.measures is None else list(entry.measures),
            }
            for source, contract in facts.contracts.items()
            for entry in contract.not_covered
            if entry.area
        ),
    )
    facts.table("bias_stands_for", "code VARCHAR, area_code VARCHAR", _stand_ins(register))
    facts.table(
        "bias_known_missing",
        "break_id VARCHAR, source VARCHAR, area_code VARCHAR, date_from DATE, date_to DATE, effect VARCHAR",
        _known_missing(facts),
    )
    facts.make_by_source("quality.returns", _RETURNS)
    facts.execute(_COVERAGE, _shares(facts.limit("coverage")))
    return _indicators(facts)


def _due(facts: BiasFacts, register: AreaRegister) -> Iterator[dict[str, Any]]:
    for source, contract in facts.contracts.items():
        stated = contract.returns_due
        if not stated:
            continue
        for area in register.areas.values():
            within = stated.within
            if "/" in area.code or area.code[:3] not in stated.codes or area.seen is not None:
                continue
            if within and within not in register.above(area.code):
                continue
            yield {
                "source": source, "area_code": area.code, "area_name": area.name, "region_code": area.region,
                "valid_from": area.valid_from, "valid_to": area.valid_to,
            }  # fmt: skip


def _stand_ins(register: AreaRegister) -> Iterator[dict[str, str]]:
    """Codes whose figures also count as figures of an area."""
    for code in register.areas:
        # A file may print the figures of an early year under the code of today, two changes later.
        others = _reached(code, lambda one: [step.new for step in register.successors(one)])
        others |= _reached(code, lambda one: [step.old for step in register.predecessors(one)])
        others |= {
            membership.container
            for membership in register.memberships
            if membership.member == code and register.areas[membership.container].type == PARTNERSHIP
        }
        for other in sorted(others - {code}):
            yield {"code": other, "area_code": code}


def _reached(code: str, following: Callable[[str], list[str]]) -> set[str]:
    """Codes that a chain of successions leads to, in one direction."""
    reached: set[str] = set()
    waiting = [code]
    while waiting:
        new = set(following(waiting.pop())) - reached - {code}
        reached |= new
        waiting += sorted(new)
    return reached


def _known_missing(facts: BiasFacts) -> Iterator[dict[str, Any]]:
    """Areas that, by the register of breaks, sent nothing; a force's row represents its districts."""
    for entry in breaks():
        if entry.id not in facts.vocabulary.known_missing or entry.source is None:
            continue
        areas = sorted(entry.areas or ())
        for code in [area for area in areas if area.startswith("E23")] or areas:
            yield {
                "break_id": entry.id, "source": entry.source, "area_code": code, "date_from": entry.date_from,
                "date_to": entry.date_to, "effect": entry.effect,
            }  # fmt: skip


# A measure for which no due area has a figure is about other areas.
_RETURNS = """
WITH periods AS (
    SELECT source, measure, period_start, period_end, arg_max(release, (release_order, release)) AS release
    FROM bias_panel WHERE source IN (SELECT source FROM bias_due)
    GROUP BY source, measure, period_start, period_end
),
here AS (
    SELECT DISTINCT p.source, p.measure, p.period_start, p.period_end, coalesce(s.area_code, p.code) AS area_code
    FROM (
        SELECT source, measure, period_start, period_end, area_code AS code FROM bias_panel WHERE returned
        UNION SELECT source, measure, period_start, period_end, parent_code FROM bias_panel
            WHERE returned AND area_type NOT IN ('unassigned', 'place_without_code')
    ) p LEFT JOIN (SELECT code, area_code FROM bias_stands_for UNION ALL SELECT DISTINCT area_code, area_code
        FROM bias_due) s ON s.code = p.code
),
compared AS (
    SELECT p.*, d.area_code, d.area_name, h.area_code IS NOT NULL AS received
    FROM periods p JOIN bias_due d ON d.source = p.source
        AND (d.valid_from IS NULL OR d.valid_from < p.period_end)
        AND (d.valid_to IS NULL OR d.valid_to >= p.period_end)
    LEFT JOIN here h ON h.source = p.source AND h.measure = p.measure AND h.period_start = p.period_start
        AND h.period_end = p.period_end AND h.area_code = d.area_code
    WHERE NOT EXISTS (FROM bias_not_covered n WHERE n.source = p.source AND n.area_code = d.area_code
        AND (n.measures IS NULL OR list_contains(n.measures, p.measure)))
)
SELECT source, release, measure, period_start, period_end, count(*) AS n_due, count(*) FILTER (received) AS n_received,
    coalesce(list(area_code ORDER BY area_code) FILTER (NOT received), []) AS missing,
    coalesce(list(format('{} ({})', area_name, area_code) ORDER BY area_code) FILTER (NOT received), [])
        AS missing_names
FROM compared GROUP BY source, release, measure, period_start, period_end HAVING count(*) FILTER (received) > 0
ORDER BY source, measure, period_start, period_end"""

_COVERAGE = """CREATE OR REPLACE TABLE quality.coverage_by_region AS
SELECT r.source, r.release, r.measure, r.period_start, r.period_end, d.region_code, count(*) AS n_due,
    count(*) FILTER (NOT list_contains(r.missing, d.area_code)) AS n_received
FROM quality.returns r JOIN bias_due d ON d.source = r.source AND d.region_code IS NOT NULL
    AND (d.valid_from IS NULL OR d.valid_from < r.period_end) AND (d.valid_to IS NULL OR d.valid_to >= r.period_end)
GROUP BY r.source, r.release, r.measure, r.period_start, r.period_end, d.region_code
ORDER BY r.source, r.measure, r.period_start, r.period_end, d.region_code"""

# A sum without some of its areas is too low; a rate without them can be wrong either way.
_BY_MEASURE = """
SELECT source, arg_max(release, (period_end, release)) AS release, measure, NULL AS area_code, NULL AS area_name,
    min(n_received / n_due) AS value,
    format('{} of {} in the least complete of {}', arg_min(n_received, (n_received / n_due, period_start)),
        arg_min(n_due, (n_received / n_due, period_start)), counted(count(*), 'period')) AS value_text,
    CASE WHEN min(n_received / n_due) < 1 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    CASE WHEN min(n_received / n_due) = 1
         THEN format('All areas that should report ''{}'' have a figure in the {} held ({:,} in the newest).',
            measure_words(measure), counted(count(*), 'period'), arg_max(n_due, (period_end, period_start)))
         ELSE format('''{}'' is incomplete in {:,} of {}. In {}, {:,} of the {:,} areas that should have reported did, '
            'without {}{}. Do not compare totals or ranks of that period.', measure_words(measure),
            count(*) FILTER (n_received < n_due), counted(count(*), 'period'),
            period_name(arg_min(period_start, (n_received / n_due, period_start)),
                arg_min(period_end, (n_received / n_due, period_start))),
            arg_min(n_received, (n_received / n_due, period_start)),
            arg_min(n_due, (n_received / n_due, period_start)),
            array_to_string(arg_min(missing_names, (n_received / n_due, period_start))[:5], ', '),
            CASE WHEN len(arg_min(missing_names, (n_received / n_due, period_start))) > 5 THEN ' and others' ELSE ''
                END) END AS verdict,
    to_json({'periods': count(*), 'incomplete': count(*) FILTER (n_received < n_due),
        'missing': list({'period': period_start || '/' || period_end, 'areas': missing} ORDER BY period_start)
            FILTER (n_received < n_due)})::VARCHAR AS evidence,
    CASE WHEN min(n_received / n_due) < 1 THEN CASE WHEN any_value(is_count) THEN 'too low' ELSE 'either way' END END
        AS direction,
    CASE WHEN min(n_received / n_due) < 1 THEN 'totals that contain '
        || counted(max(n_due - n_received), 'missing area') END AS affected
FROM quality.returns JOIN (SELECT source, measure, bool_or(unit = 'count') AS is_count FROM bias_panel
    GROUP BY source, measure) USING (source, measure) GROUP BY source, measure"""

_BY_AREA = f"""
SELECT m.source, max(m.release) AS release, NULL AS measure, m.area_code, any_value(m.area_name) AS area_name,
    (count(*) FILTER (m.received))::DOUBLE / count(*) AS value,
    format('{{}} of {{}} figures of {{}} measures', count(*) FILTER (m.received), count(*),
        count(DISTINCT m.measure)) AS value_text,
    'fail' AS outcome, '' AS reason,
    format('{{}} ({{}}) has no figure for {{:,}} of {{:,}} combinations of measure and period ({{}}), between {{}} and '
        '{{}}{{}}. Leave it out of comparisons that need one of them.', any_value(m.area_name), m.area_code,
        count(*) FILTER (NOT m.received), count(*), counted(count(DISTINCT m.measure), 'measure'),
        day_name(min(m.period_start) FILTER (NOT m.received)), day_name(max(m.period_end) FILTER (NOT m.received)),
        coalesce(' (register of breaks: ' || any_value(k.effect) || ')', '')) AS verdict,
    to_json({{'measures': list_sort(list(DISTINCT m.measure) FILTER (NOT m.received)),
        'break': any_value(k.break_id),
        'areas_with_gaps': count(*) OVER (PARTITION BY m.source)}})::VARCHAR AS evidence
FROM (
    SELECT r.source, r.release, r.measure, r.period_start, r.period_end, d.area_code, d.area_name,
        NOT list_contains(r.missing, d.area_code) AS received
    FROM quality.returns r JOIN bias_due d ON d.source = r.source
        AND (d.valid_from IS NULL OR d.valid_from < r.period_end) AND (d.valid_to IS NULL OR d.valid_to >= r.period_end)
) m LEFT JOIN bias_known_missing k ON k.source = m.source AND k.area_code = m.area_code AND NOT m.received
    AND m.period_end > k.date_from AND (k.date_to IS NULL OR m.period_start < k.date_to)
GROUP BY m.source, m.area_code HAVING count(*) FILTER (NOT m.received) > 0
QUALIFY row_number() OVER (PARTITION BY m.source ORDER BY count(*) FILTER (NOT m.received) DESC, m.area_code)
    <= {BIAS_ROWS}
"""

# Areas that the register of breaks names, in sources whose returns cannot be counted here.
_BY_REGISTER = """
SELECT k.source, n.release, NULL AS measure, k.area_code, a.area_name, NULL::DOUBLE AS value,
    NULL AS value_text, CASE WHEN f.number IS NULL THEN 'not_evaluated' ELSE 'pass' END AS outcome,
    CASE WHEN f.number IS NULL THEN 'no_input' ELSE '' END AS reason,
    format('The register of breaks has an entry for {} ({}): {}, from {}. {}.', a.area_name, k.area_code, k.effect,
        day_name(k.date_from),
        CASE WHEN f.number IS NULL THEN 'No figure of ' || k.source || ' for that area and time is held here'
             ELSE 'Figures of that area are held for ' || period_name(f.first, f.last)
                || ', and none is missing in the periods that are held' END) AS verdict,
    to_json({'break': k.break_id})::VARCHAR AS evidence,
    CASE WHEN f.number IS NULL THEN format('the edition of {} with figures from {}', k.source, day_name(k.date_from))
        END AS would_evaluate
FROM bias_known_missing k
JOIN (SELECT source, max(release) AS release FROM bias_newest GROUP BY source) n ON n.source = k.source
LEFT JOIN catalogue.areas a ON a.area_code = k.area_code
LEFT JOIN (
    SELECT source, area_code, count(*) AS number, min(period_start) AS first, max(period_end) AS last,
        list({'s': period_start, 'e': period_end}) AS periods
    FROM bias_panel WHERE returned GROUP BY source, area_code
) f ON f.source = k.source AND f.area_code = k.area_code
    AND len(list_filter(f.periods, lambda p: p.e > k.date_from AND (k.date_to IS NULL OR p.s < k.date_to))) > 0
WHERE NOT EXISTS (FROM quality.returns r WHERE r.source = k.source AND list_contains(r.missing, k.area_code)
    AND r.period_end > k.date_from AND (k.date_to IS NULL OR r.period_start < k.date_to))"""


def _shares(limit: float) -> str:
    return f"""CREATE OR REPLACE TABLE quality.coverage AS
SELECT *, n_regions > 1 AND apart > {limit} AS unlike FROM (
SELECT source, release, measure, period_start, period_end, sum(n_due)::BIGINT AS n_due,
    sum(n_received)::BIGINT AS n_received,
    count(*) AS n_regions,
    0.5 * sum(abs(n_received / total_received - n_due / total_due)) AS apart,
    1 - 2 * sqrt(sum(n_due / total_due * pow(n_received / n_due - total_received / total_due, 2))) AS r
FROM (SELECT *, sum(n_due) OVER w AS total_due, sum(n_received) OVER w AS total_received FROM quality.coverage_by_region
    WINDOW w AS (PARTITION BY source, measure, period_start, period_end))
GROUP BY source, release, measure, period_start, period_end) ORDER BY source, measure, period_start, period_end"""


_DISSIMILARITY = """
SELECT source, release, measure, NULL AS area_code, NULL AS area_name, apart AS value,
    format('{} of {} covered', n_received, n_due) AS value_text,
    CASE WHEN unlike THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('''{}'' in {}: {:,} of {:,} areas are covered, and {:.1f}% of them would have to be in other '
        'regions to match the mix of all areas over {}.{}', measure_words(measure),
        period_name(period_start, period_end), n_received, n_due, 100 * apart, counted(n_regions, 'region'),
        CASE WHEN unlike THEN ' Do not take them as representative.' ELSE '' END) AS verdict,
    to_json({'regions': n_regions, 'due': n_due, 'received': n_received})::VARCHAR AS evidence
FROM quality.coverage WHERE n_regions > 1
QUALIFY row_number() OVER (PARTITION BY source, measure ORDER BY period_end DESC, period_start DESC) = 1"""


# |bias of the mean| <= (1 - R) S(y) / (2 * response rate); divided by the mean of the areas that reported.
def _largest_bias(limit: float) -> str:
    return f"""
WITH newest AS (
    FROM quality.coverage WHERE n_regions > 1
    QUALIFY row_number() OVER (PARTITION BY source, measure ORDER BY period_end DESC, period_start DESC) = 1
),
spread AS (
    SELECT p.source, p.measure, p.period_start, p.period_end, p.unit,
        stddev_pop(p.value) / nullif(abs(avg(p.value)), 0) AS relative
    FROM bias_panel p JOIN (SELECT DISTINCT source, area_code FROM bias_due) d USING (source, area_code)
    JOIN newest USING (source, measure, period_start, period_end)
    WHERE p.value IS NOT NULL
    GROUP BY p.source, p.measure, p.period_start, p.period_end, p.unit HAVING count(*) > 1
    QUALIFY row_number() OVER (PARTITION BY p.source, p.measure ORDER BY p.unit = 'count' DESC, p.unit) = 1
),
judged AS (
    SELECT n.*, (1 - n.r) * s.relative / (2 * n.n_received / n.n_due) AS largest
    FROM newest n JOIN spread s USING (source, measure, period_start, period_end) WHERE s.relative IS NOT NULL
)
SELECT source, release, measure, NULL AS area_code, NULL AS area_name, largest AS value,
    format('R = {{:.3f}}, at most {{:.1f}}% of the mean', r, 100 * largest) AS value_text,
    CASE WHEN largest > {limit} THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('{{:,}} of {{:,}} areas reported ''{{}}'' in {{}}. Over {{}} their representativity is {{:.3f}} (1 means '
        'that all regions reported equally), so their mean differs from that of all areas by at most {{:.1f}}% as far '
        'as regions explain it.{{}}', n_received, n_due, measure_words(measure), period_name(period_start, period_end),
        counted(n_regions, 'region'), r, 100 * largest,
        CASE WHEN largest > {limit} THEN ' Do not use the mean without this margin.' ELSE '' END) AS verdict,
    to_json({{'regions': n_regions, 'r': round(r, 4)}})::VARCHAR AS evidence,
    CASE WHEN largest > 0 THEN 'either way' END AS direction,
    CASE WHEN largest > 0 THEN -largest END AS low, CASE WHEN largest > 0 THEN largest END AS high,
    CASE WHEN largest > 0 THEN 'share of the mean' END AS size_unit
FROM judged"""


def _indicators(facts: BiasFacts) -> Sequence[Indicator]:
    return (
        Indicator(
            "missing_returns", "sampling", "X-06", "participation",
            "A total, a mean or a rank leaves out areas that should have reported and did not.",
            "unit non-response rate (indicator A4 of the European Statistical System)",
            "It does not show why an area is missing. If a publisher has one mark for both, it does not show whether "
            "an area sent nothing or its figure is hidden.",
            f"{_BY_MEASURE} UNION ALL BY NAME {_BY_AREA} UNION ALL BY NAME {_BY_REGISTER}",
            by_source=True,
        ),
        Indicator(
            "coverage", "sampling", "X-07", "coverage",
            "The areas that reported are in other regions than those that should have.",
            "index of dissimilarity (Duncan and Duncan 1955)",
            "It counts areas, not residents, and considers only the region.",
            _DISSIMILARITY,
        ),
        Indicator(
            "representativity", "sampling", "X-07", "representativity",
            "The mean of the areas that reported differs from that of all areas.",
            "R-indicator and the largest bias that it allows (Schouten, Cobben and Bethlehem 2009)",
            "It considers only differences between regions, not those within one.",
            _largest_bias(facts.limit("representativity")),
        ),
    )  # fmt: skip
