"""Figures of the indicators, gathered from all releases, with the day from which each was available.

Belongs here: `harmonised.profile_areas`, `harmonised.profile_lineage`, `harmonised.indicators`,
`harmonised.indicator_figures`, and the table macro `harmonised.indicator_values_as_of(as_of)`: count, rate and
denominator of every indicator, area and period. Does not belong here: the newest of them for each authority
(`area_profile`), and change over time (`baseline`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.areas.register import AreaFacts, AreaRegister
from civic_assets.harmonise.areas.register_tables import COUNTY, LOCAL_AUTHORITY, POLICE_FORCE
from civic_assets.harmonise.comparability.breaks import Break
from civic_assets.harmonise.measures.indicators import Indicators
from civic_assets.house_numbers.comparability import NO_DENOMINATOR_DAYS
from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.profiles.area_lineage import lineage_rows, made_from
from civic_assets.publish.profiles.break_notes import create_notes
from civic_assets.publish.profiles.permitted_rates import create_permitted_rates
from civic_assets.publish.profiles.publisher_notes import create_publisher_notes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_indicator_figures(
    connection: DuckDBPyConnection, vocabulary: Indicators, register: AreaRegister, breaks: Sequence[Break]
) -> None:
    """Create the tables and the macro.

    Args:
        connection: Connection to a read model with observations and a catalogue of releases.
        vocabulary: The indicators.
        register: Register of areas, with their dates and the police force of each.
        breaks: Breaks that may concern the figures.
    """
    _register(connection, "terms", _terms(vocabulary))
    _register(connection, "definitions", _definitions(vocabulary))
    areas = _areas(register)
    _register(connection, "registered_areas", areas)
    _register(connection, "registered_codes", lineage_rows(register, [area["area_code"] for area in areas]))
    connection.execute(_AREAS)
    connection.execute(_LINEAGE)
    connection.execute(_INDICATORS)
    connection.execute(_FIGURES)
    create_notes(connection, "gathered", "gathered_notes", breaks)
    create_publisher_notes(connection, "gathered", "gathered_publisher_notes")
    connection.execute(_WITH_NOTES)
    connection.execute("DROP TABLE gathered")
    create_permitted_rates(connection, breaks)
    connection.execute(_VALUES)
    for name in ("terms", "definitions", "registered_areas", "registered_codes"):
        connection.unregister(name)


def _register(connection: DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> None:
    import pyarrow as pa

    connection.register(name, pa.Table.from_pylist(rows))


def _terms(vocabulary: Indicators) -> list[dict[str, Any]]:
    return [
        {
            "indicator": indicator.name, "role": series.role, "series": series.position, "source": series.source,
            "unit": series.unit, "measure": measure, "breakdown": breakdown, "shown_measure": series.measure,
            "shown_breakdown": series.breakdown, "n_terms": len(series.terms), "ages": series.ages, "whom": series.of,
            "series_title": series.title, "caveats": list(series.caveats),
        }
        for indicator in vocabulary.all
        for series in indicator.series
        for measure, breakdown in series.terms
    ]  # fmt: skip


def _areas(register: AreaRegister) -> list[dict[str, Any]]:
    """Local authorities (which include counties), police forces, regions and countries."""
    kinds = (LOCAL_AUTHORITY, COUNTY, POLICE_FORCE, "region", "country")
    return [_area(area, register) for area in register.areas.values() if area.type in kinds]


def _area(area: AreaFacts, register: AreaRegister) -> dict[str, Any]:
    forces = register.containers(area.code, POLICE_FORCE)
    if area.type == COUNTY and not forces:  # the register has no force for it, only for its districts
        parts = (part.code for part in register.areas.values() if part.parent == area.code)
        forces = sorted({force for part in parts for force in register.containers(part, POLICE_FORCE)})
    force = register.find(forces[0]) if len(forces) == 1 else None
    above = register.find(area.parent) if area.type == LOCAL_AUTHORITY and area.parent else None
    county = above if above is not None and above.type == COUNTY else None
    return {
        "area_code": area.code,
        "area_name": area.name,
        "area_type": area.type,
        "authority": area.type in (LOCAL_AUTHORITY, COUNTY) and area.code.startswith("E"),
        "valid_from": area.valid_from,
        "valid_to": area.valid_to,
        "force_code": force.code if force else None,
        "force_name": force.name if force else None,
        "county_code": county.code if county else None,
        "county_name": county.name if county else None,
        "made_from": made_from(register, area.code),
    }


def _definitions(vocabulary: Indicators) -> list[dict[str, Any]]:
    names = (
        "position", "title", "report_label", "unit_of_count", "ages", "age_basis", "definition", "unit_of_rate", "per",
        "events", "published_by", "no_figure", "no_count", "no_rate", "no_denominator", "same_base_as",
        "no_district_figure",
    )  # fmt: skip
    return [
        {
            "indicator": one.name,
            **{name: getattr(one, name) for name in names},
            "caveats": list(one.caveats),
            "report_notes": list(one.report_notes),
        }
        for one in vocabulary.all
    ]


_AREAS = "CREATE TABLE harmonised.profile_areas AS SELECT * FROM registered_areas ORDER BY area_code"

_LINEAGE = """CREATE TABLE harmonised.profile_lineage AS
SELECT * FROM registered_codes ORDER BY area_code, position"""

_INDICATORS = "CREATE TABLE harmonised.indicators AS SELECT * FROM definitions ORDER BY position"

# One figure of one release: the sum of its terms if all exist and none has a status or is disputed.
_FIGURES = """CREATE TEMP TABLE gathered AS
WITH single AS (
    SELECT t.indicator, t.role, t.series, t.shown_measure, t.shown_breakdown, t.n_terms, t.ages, t.whom, t.series_title,
        t.caveats, o.*
    FROM harmonised.figures_in_use o JOIN terms t USING (source, measure, breakdown, unit)
    WHERE o.statistic <> 'change'
    QUALIFY row_number() OVER (
        PARTITION BY t.indicator, t.role, t.series, o.release, o.area_code, o.period_start, o.period_end,
                     t.measure, t.breakdown
        ORDER BY o.locator) = 1
)
SELECT s.indicator, s.role, s.series, s.source, s.release, s.shown_measure AS measure,
    s.shown_breakdown AS breakdown, s.unit, any_value(s.ages) AS ages, any_value(s.whom) AS whom,
    any_value(s.series_title) AS series_title,
    list_concat(any_value(s.caveats), coalesce(list(format('Corrected by the registered decision {}: {:,.10g} as '
        || 'printed, {:,.10g} used.', s.correction_id, s.printed_value, s.value) ORDER BY s.locator)
        FILTER (s.correction_id IS NOT NULL), [])) AS caveats,
    s.area_code, any_value(a.area_name) AS area_name, s.period_start, s.period_end,
    any_value(s.period_kind) AS period_kind, any_value(s.statistic) AS statistic,
    CASE WHEN count(*) = s.n_terms AND count(s.value) = s.n_terms 
        -- a sum of decimals is rounded back to what decimals can say
        THEN CASE WHEN s.n_terms = 1 THEN min(s.value) ELSE round(sum(s.value ORDER BY s.locator), 6) END END AS value,
    CASE WHEN count(*) < s.n_terms THEN 'incomplete'
         ELSE string_agg(DISTINCT s.status, ', ' ORDER BY s.status) END AS status,
    CASE WHEN bool_or(s.quality = 'withheld') THEN 'withheld'
         WHEN bool_or(s.quality = 'disputed') THEN 'disputed' ELSE 'ok' END AS quality,
    list(s.locator ORDER BY s.locator) AS locators,
    bool_or(s.synthetic) AS synthetic, s.release_order, r.available_from, r.available_from_basis
FROM single s
JOIN harmonised.profile_areas a USING (area_code)
JOIN catalogue.releases r ON r.source = s.source AND r.release = s.release
GROUP BY s.indicator, s.role, s.series, s.source, s.release, s.shown_measure, s.shown_breakdown, s.unit, s.n_terms,
    s.area_code, s.period_start, s.period_end, s.release_order, r.available_from, r.available_from_basis"""

_WITH_NOTES = """CREATE TABLE harmonised.indicator_figures AS
SELECT f.*, f.value IS NOT NULL AND f.quality = 'ok' AS usable,
    coalesce(n.abnormal_share, 0) AS abnormal_share, coalesce(n.break_notes, []) AS break_notes,
    coalesce(p.publisher_notes, []) AS publisher_notes
FROM gathered f LEFT JOIN gathered_notes n
  USING (source, measure, breakdown, unit, area_code, period_start, period_end)
LEFT JOIN gathered_publisher_notes p USING (source, release, measure, area_code, period_start, period_end)
ORDER BY indicator, role, series, area_code, period_start, period_end, release_order, release"""

# Middle of a figure's period, to measure distances: half a day does not matter.
_VALUES = f"""CREATE OR REPLACE MACRO harmonised.indicator_values_as_of(as_of) AS TABLE
WITH known AS (
    SELECT *, period_start + (date_diff('day', period_start, period_end) // 2)::INTEGER AS middle
    FROM harmonised.indicator_figures WHERE available_from <= as_of
    QUALIFY row_number() OVER (
        PARTITION BY indicator, role, series, area_code, period_start, period_end
        ORDER BY release_order DESC, release DESC) = 1
),
chosen AS (
    SELECT * FROM known WHERE role <> 'denominator'
    QUALIFY row_number() OVER (
        PARTITION BY indicator, role, area_code, period_start, period_end ORDER BY value IS NULL, series) = 1
),
spots AS (
    SELECT DISTINCT indicator, area_code, area_name, period_start, period_end, period_kind, middle
    FROM chosen WHERE role IN ('count', 'rate')
    QUALIFY row_number() OVER (PARTITION BY indicator, area_code, period_start, period_end ORDER BY period_kind) = 1
),
based AS (  -- every release of a denominator counts here: the one of the count's own release comes first
    SELECT s.indicator, s.area_code, s.period_start, s.period_end, b AS base,
        CASE WHEN b.period_start >= s.period_start AND b.period_end <= s.period_end THEN 0
             ELSE abs(date_diff('day', b.period_start, s.middle)) END AS distance,
        b.release IS NOT DISTINCT FROM c.release AND b.source IS NOT DISTINCT FROM c.source AS same_release
    FROM spots s
    JOIN harmonised.indicator_figures b
      ON b.role = 'denominator' AND b.indicator = s.indicator AND b.area_code = s.area_code AND b.usable
     AND b.available_from <= as_of
    LEFT JOIN chosen c ON c.role = 'count' AND c.indicator = s.indicator AND c.area_code = s.area_code
     AND c.period_start = s.period_start AND c.period_end = s.period_end
    -- Residents are estimated for one day a year; a cohort or a roll belongs to its own year and to no other.
    WHERE CASE WHEN b.whom = 'residents' THEN abs(date_diff('day', b.period_start, s.middle)) <= {NO_DENOMINATOR_DAYS}
               ELSE b.period_start >= s.period_start AND b.period_end <= s.period_end END
    QUALIFY row_number() OVER (
        PARTITION BY s.indicator, s.area_code, s.period_start, s.period_end
        ORDER BY distance > 0, same_release DESC, distance, b.release_order DESC, b.series, b.release DESC) = 1
)
SELECT s.indicator, s.area_code, s.area_name, s.period_start, s.period_end, s.period_kind,
    c.value AS count, c.status AS count_status, c.quality AS count_quality, c.source AS count_source,
    c.release AS count_release, c.measure AS count_measure, c.breakdown AS count_breakdown,
    c.locators AS count_locators, c.series AS count_series, coalesce(c.usable, false) AS count_usable,
    r.value AS rate, r.status AS rate_status, r.quality AS rate_quality, r.source AS rate_source,
    r.release AS rate_release, r.measure AS rate_measure, r.breakdown AS rate_breakdown, r.unit AS rate_unit,
    r.locators AS rate_locators, r.series AS rate_series, coalesce(r.usable, false) AS rate_usable,
    k.value AS known_part, k.usable AS known_part_usable,
    d.base.value AS denominator, d.base.measure AS denominator_measure, d.base.ages AS denominator_ages,
    d.base.whom AS denominator_of, d.base.period_start AS denominator_date, d.base.source AS denominator_source,
    d.base.release AS denominator_release, d.base.locators AS denominator_locators,
    d.distance AS denominator_distance_days,
    CASE WHEN c.usable AND d.base.value > 0 AND c.value >= {FEWEST_EVENTS} AND permitted.allowed
         THEN i.per * c.value / d.base.value END AS rate_recomputed,
    coalesce(nullif(c.ages, ''), nullif(r.ages, ''), i.ages) AS figure_ages,
    coalesce(nullif(c.series_title, ''), nullif(r.series_title, ''), i.title) AS figure_title,
    list_distinct(list_concat(coalesce(r.caveats, []), coalesce(c.caveats, []),
        list_filter(coalesce(d.base.caveats, []), lambda note: starts_with(note, 'Corrected by')))) AS series_caveats,
    greatest(coalesce(c.abnormal_share, 0), coalesce(r.abnormal_share, 0)) AS abnormal_share,
    list_distinct(list_concat(coalesce(r.break_notes, []), coalesce(c.break_notes, []))) AS break_notes,
    list_distinct(list_concat(coalesce(r.publisher_notes, []), coalesce(c.publisher_notes, []))) AS publisher_notes,
    coalesce(c.synthetic, false) OR coalesce(r.synthetic, false) AS synthetic
FROM spots s JOIN harmonised.indicators i USING (indicator)
LEFT JOIN chosen c ON c.role = 'count' AND c.indicator = s.indicator AND c.area_code = s.area_code
 AND c.period_start = s.period_start AND c.period_end = s.period_end
LEFT JOIN chosen r ON r.role = 'rate' AND r.indicator = s.indicator AND r.area_code = s.area_code
 AND r.period_start = s.period_start AND r.period_end = s.period_end
 -- Count and rate of one row are of the same people, and so is the denominator.
 AND coalesce(nullif(c.ages, ''), r.ages) = r.ages
LEFT JOIN chosen k ON k.role = 'bound' AND k.indicator = s.indicator AND k.area_code = s.area_code
 AND k.period_start = s.period_start AND k.period_end = s.period_end AND k.source = r.source
LEFT JOIN based d ON d.indicator = s.indicator AND d.area_code = s.area_code
 AND d.period_start = s.period_start AND d.period_end = s.period_end
 AND (d.base.whom = 'residents' OR coalesce(nullif(c.ages, ''), nullif(r.ages, ''), d.base.ages) = d.base.ages)
LEFT JOIN quality.comparability_rates permitted ON permitted.indicator = s.indicator
 AND permitted.area_code = s.area_code AND permitted.source = c.source AND permitted.measure = c.measure
 AND permitted.breakdown = c.breakdown AND permitted.period_start = s.period_start
 AND permitted.period_end = s.period_end AND permitted.base_source = d.base.source
 AND permitted.base_measure = d.base.measure AND permitted.base_breakdown = d.base.breakdown
 AND permitted.base_period_start = d.base.period_start"""
