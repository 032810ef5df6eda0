"""Figures that derived tables state, and how a row of them is withheld.

Belongs here: for each table made from published figures, which measure, area and period its rows state, and the columns
that are emptied if that must not be published. Does not belong here: deciding what is withheld (`withholding`), and
publishers' own figures (`harmonised.observations`), which stay as printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

REASON = (
    "Withheld: the publisher hides a figure that this one shows, or that could be worked out from this one and other "
    "published figures."
)
_SAID = f"'{REASON}'"


@dataclass(frozen=True, slots=True)
class DerivedTable:
    """One derived table.

    Args:
        name: Name in the schema `harmonised`.
        needs: Other tables that `figures` reads.
        figures: SQL of one row for each figure that a row of the table states: row (its rowid), part (which columns
            state it), source, release, measure, breakdown, unit, area_code, period_start, period_end, low and high
            (bounds of the figure: a count follows from a rate within its last digits), locators.
        blank: Assignments that withhold it, by part.
    """

    name: str
    figures: str
    blank: Mapping[str, str]
    needs: tuple[str, ...] = ()


# Measure, breakdown and unit of an indicator's figures in a source.
_NAMED = """(SELECT DISTINCT indicator, role, source, measure, breakdown, unit FROM harmonised.indicator_figures)"""
_OWN = f"""count = NULL, count_lower = NULL, count_upper = NULL, rate = NULL, rate_published = NULL,
    rate_recomputed = NULL, rate_difference = NULL, rate_basis = NULL, quality = 'withheld', status = 'withheld',
    reason = {_SAID}, caveats = [{_SAID}]"""
_NOTED = f"caveats = list_append(caveats, {_SAID})"


def _beside(part: str, area: str, count: str) -> str:
    """A comparator in a profile's row: the same indicator of another area, from the source of the row's count."""
    return f"""SELECT p.rowid AS row, '{part}' AS part, n.source, NULL AS release, n.measure, n.breakdown, n.unit,
        {area} AS area_code, p.period_start, p.period_end, {count} AS low, {count} AS high, NULL::VARCHAR[] AS locators
    FROM harmonised.area_profile p JOIN {_NAMED} n
      ON n.indicator = p.indicator AND n.role = 'count' AND n.source = coalesce(p.wider_source, p.count_source)
    WHERE {count} IS NOT NULL"""


INDICATOR_FIGURES = DerivedTable(
    name="indicator_figures",
    figures="""SELECT rowid AS row, 'value' AS part, source, release, measure, breakdown, unit, area_code, period_start,
        period_end, value AS low, value AS high, locators
    FROM harmonised.indicator_figures WHERE value IS NOT NULL""",
    blank={"value": "value = NULL, status = 'withheld', quality = 'withheld', usable = false"},
)
"""Profiles and baselines are made from these tables only: what is withheld here is missing in them, on any day."""

AREA_PROFILE = DerivedTable(
    name="area_profile",
    needs=("indicator_figures", "indicators"),
    figures=f"""SELECT p.rowid AS row, 'own' AS part, n.source, p.count_release AS release, n.measure, n.breakdown,
        n.unit, p.figure_area_code AS area_code, p.period_start, p.period_end, p.count AS low, p.count AS high,
        p.count_locators AS locators
    FROM harmonised.area_profile p
    JOIN {_NAMED} n ON n.indicator = p.indicator AND n.role = 'count' AND n.source = p.count_source
    WHERE p.count IS NOT NULL
    UNION ALL
    SELECT p.rowid, 'own', n.source, p.rate_release, n.measure, n.breakdown, n.unit, p.figure_area_code,
        p.period_start,
        p.period_end, p.rate_published, p.rate_published, p.rate_locators
    FROM harmonised.area_profile p
    JOIN {_NAMED} n ON n.indicator = p.indicator AND n.role = 'rate' AND n.source = p.rate_source
    WHERE p.rate_published IS NOT NULL
    UNION ALL
    SELECT p.rowid, 'own', n.source, p.count_release, n.measure, n.breakdown, n.unit, p.figure_area_code,
        p.period_start,
        p.period_end, p.rate_recomputed * p.denominator / i.per * (1 - 1e-9),
        p.rate_recomputed * p.denominator / i.per * (1 + 1e-9), p.count_locators
    FROM harmonised.area_profile p JOIN harmonised.indicators i USING (indicator)
    JOIN {_NAMED} n ON n.indicator = p.indicator AND n.role = 'count' AND n.source = p.count_source
    WHERE p.rate_recomputed IS NOT NULL AND p.denominator IS NOT NULL
    UNION ALL {_beside("london", "'E12000007'", "p.london_count")}
    UNION ALL {_beside("england", "'E92000001'", "p.england_count")}
    UNION ALL {_beside("wider", "p.wider_area_code", "p.wider_count")}""",
    blank={
        "own": _OWN,
        "london": f"london_count = NULL, london_rate = NULL, {_NOTED}",
        "england": f"england_count = NULL, england_rate = NULL, {_NOTED}",
        "wider": f"wider_count = NULL, wider_rate = NULL, wider_quality = 'withheld', {_NOTED}",
    },
)

INDICATOR_BASELINE = DerivedTable(
    name="indicator_baseline",
    figures="""SELECT rowid AS row, 'own' AS part, source, latest_release AS release, measure, breakdown,
        'count' AS unit, area_code, latest_period_start AS period_start, latest_period_end AS period_end,
        latest_count AS low, latest_count AS high, latest_locators AS locators
    FROM harmonised.indicator_baseline WHERE latest_count IS NOT NULL
    UNION ALL
    SELECT rowid, 'own', source, baseline_release, measure, breakdown, 'count', area_code, baseline_period_start,
        baseline_period_end, baseline_count, baseline_count, baseline_locators
    FROM harmonised.indicator_baseline WHERE baseline_count IS NOT NULL""",
    blank={
        "own": f"""baseline_count = NULL, baseline_count_lower = NULL, baseline_count_upper = NULL,
        baseline_rate = NULL, latest_count = NULL, latest_count_lower = NULL, latest_count_upper = NULL,
        latest_rate = NULL, change_of_count = NULL, change_of_rate = NULL, ratio = NULL, ratio_lower = NULL,
        ratio_upper = NULL, uncertainty = NULL, verdict = NULL, why_no_verdict = {_SAID}, latest_status = 'withheld',
        latest_quality = 'withheld'"""
    },
)


def _crime(name: str, gone: str) -> DerivedTable:
    return DerivedTable(
        name=name,
        figures=f"""SELECT rowid AS row, 'own' AS part, source, release, measure, 'total' AS breakdown, 'count' AS unit,
            area_code, period_start, period_end, value AS low, value AS high, locators
        FROM harmonised.{name} WHERE value IS NOT NULL""",
        blank={
            "own": "value = NULL, value_text = NULL, rate = NULL, quality = 'withheld', status = 'withheld', "
            f"value_at_least = NULL, value_at_most = NULL{gone}"
        },
    )


CRIME_YEARS = _crime("crime_years", f", rate_quality = 'withheld', note = {_SAID}")
CRIME_TABLE = _crime("crime_table", f", value_lower = NULL, value_upper = NULL, caveats = [{_SAID}]")

RECORDED_CRIME_BESIDE = DerivedTable(
    name="recorded_crime_beside",
    figures="""SELECT rowid AS row, 'own' AS part, other_source AS source, other_release AS release, measure,
        'total' AS breakdown, 'count' AS unit, area_code, period_start, period_end, other_value AS low,
        other_value AS high, NULL::VARCHAR[] AS locators
    FROM harmonised.recorded_crime_beside WHERE other_value IS NOT NULL""",
    blank={"own": f"other_value = NULL, ratio = NULL, left_out = '', because = {_SAID}"},
)

# Only figures of measures that some publisher hides are audited: few or none of hundreds of thousands of sums.
_HIDDEN_SOMEWHERE = (
    "measure IN (SELECT measure FROM catalogue.disclosure_rules WHERE practice = 'suppressed')"
)

UNIFIED_SUMS = DerivedTable(
    name="unified_sums",
    figures=f"""SELECT s.rowid AS row, 'value' AS part, s.source,
        CASE WHEN len(s.releases) = 1 THEN s.release END AS release, s.measure, s.breakdown, s.unit, s.area_code,
        s.period_start, s.period_end, s.value AS low, s.value AS high, list(o.locator ORDER BY o.locator) AS locators
    FROM (SELECT rowid, * FROM harmonised.unified_sums WHERE value IS NOT NULL AND {_HIDDEN_SOMEWHERE}) s
    JOIN harmonised.unified_parts p USING (made_from)
    LEFT JOIN harmonised.observations o ON o.source = s.source AND o.release = p.release AND o.measure = s.measure
     AND o.breakdown = s.breakdown AND o.unit = s.unit AND o.statistic = s.statistic AND o.area_code = s.area_code
     AND o.period_start = p.period_start AND o.period_end = p.period_end
    GROUP BY ALL""",
    blank={"value": f"value = NULL, status = 'withheld', quality = 'withheld', reason = {_SAID}"},
    needs=("unified_parts",),
)
"""A sum of several releases has no release here: it is compared with what is hidden, and not with its parts."""

UNIFIED_DIFFERENCES = DerivedTable(
    name="unified_differences",
    figures=" UNION ALL ".join(
        f"""SELECT rowid AS row, 'own' AS part, source, NULL AS release, measure, breakdown, unit, area_code,
        period_start, period_end, {value} AS low, {value} AS high, NULL::VARCHAR[] AS locators
    FROM harmonised.unified_differences WHERE {value} IS NOT NULL AND {_HIDDEN_SOMEWHERE}"""
        for value in ("value", "other_value")
    ),
    blank={"own": "value = NULL, other_value = NULL"},
)

AGE_BANDS = DerivedTable(
    name="age_bands",
    figures=f"""SELECT rowid AS row, 'value' AS part, source, release, measure, breakdown, unit, area_code,
        period_start, period_end, value AS low, value AS high, list_transform(parts, lambda part: part.locator)
            AS locators
    FROM harmonised.age_bands WHERE value IS NOT NULL AND {_HIDDEN_SOMEWHERE}""",
    blank={"value": f"value = NULL, status = 'withheld', quality = 'withheld', reason = {_SAID}"},
)

OUR_TABLES = (
    INDICATOR_FIGURES,
    AREA_PROFILE,
    INDICATOR_BASELINE,
    CRIME_YEARS,
    CRIME_TABLE,
    RECORDED_CRIME_BESIDE,
    UNIFIED_SUMS,
    UNIFIED_DIFFERENCES,
    AGE_BANDS,
)
"""Every derived table that states figures of areas, in the order in which they are made."""
