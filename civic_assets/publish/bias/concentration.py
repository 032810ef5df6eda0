"""How much depends on one definition or one source: topical bias (X-12, X-13), and which cells are cited.

Belongs here: `quality.alternative_definitions`, `quality.theme_sources` and `quality.cited_cells`. Does not belong
here: which other definitions exist and which indicators make a theme (the vocabulary), and recovery of hidden cells
(H-20).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator

CRIME_TABLE = "crime_table"
"""Entry of a theme for all groups of the report's Table 2."""


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create these tables, and `quality.themes`."""
    facts.table(
        "bias_alternates",
        "indicator VARCHAR, role VARCHAR, measure VARCHAR, breakdown VARCHAR, unit VARCHAR, because VARCHAR",
        _alternates(facts),
    )
    facts.table(
        "bias_themes",
        "theme VARCHAR, indicator VARCHAR",
        (
            {"theme": theme, "indicator": indicator}
            for theme, indicators in facts.vocabulary.themes.items()
            for indicator in indicators
        ),
    )
    if not facts.keeps(after=("harmonised.area_profile",), measures=alternate_measures(facts)):
        facts.execute(_alternatives(facts.limit("alternates")))
    if not facts.keeps(after=("harmonised.area_profile", "harmonised.crime_table")):
        facts.execute(_THEMES, _effective(facts.limit("effective_sources")))
    if not facts.keeps(
        after=("harmonised.area_profile", "harmonised.crime_table", "harmonised.indicator_baseline")
    ):
        facts.execute(_CITED)
    return (
        Indicator(
            "alternates", "topical", "X-12", "alternates",
            "The figure shown follows one definition, and another that the same words could mean gives a different "
            "picture.",
            "construct validity and multiverse analysis over definitions (Steegen et al. 2016)",
            "It does not show which of two definitions is right for a question.",
            _alternates_rows(facts.limit("alternates")),
        ),
        Indicator(
            "effective_sources", "topical", "X-13", "effective_sources",
            "The figures on a theme rest on so few sources that nothing contradicts an error in one of them.",
            "effective number of sources, the inverse of Simpson's index of concentration (Hill 1973)",
            "It does not detect that sources share a supplier or an error upstream.",
            _THEME_ROWS,
        ),
    )  # fmt: skip


def alternate_measures(facts: BiasFacts) -> frozenset[str]:
    """Measures of the figures in `quality.alternative_definitions`."""
    return frozenset(
        one[role]["measure"] for one in facts.vocabulary.alternates for role in ("shown", "other")
    )


def _alternates(facts: BiasFacts) -> Iterator[dict[str, Any]]:
    for one in facts.vocabulary.alternates:
        for role in ("shown", "other"):
            yield {
                "indicator": one["indicator"],
                "role": role,
                "because": one["because"],
                **{name: one[role][name] for name in ("measure", "breakdown", "unit")},
            }


def _alternatives(limit: float) -> str:
    return f"""CREATE OR REPLACE TABLE quality.alternative_definitions AS
WITH figures AS (
    SELECT t.indicator, t.role, t.because, o.source, o.release, o.measure, o.area_code, o.area_name, o.period_start,
        o.period_end, o.value
    FROM harmonised.observations o JOIN bias_alternates t
        ON t.measure = o.measure AND t.breakdown = o.breakdown AND t.unit = o.unit
    WHERE o.statistic <> 'change' AND o.value IS NOT NULL AND o.quality = 'ok'
    QUALIFY row_number() OVER (PARTITION BY t.indicator, t.role, o.source, o.area_code, o.period_start, o.period_end
        ORDER BY o.release_order DESC, o.release DESC, o.locator) = 1
)
SELECT s.indicator, s.source, s.release, s.area_code, s.area_name, s.period_start, s.period_end,
    s.measure AS shown_measure, s.value AS shown_value, o.measure AS other_measure, o.value AS other_value,
    CASE WHEN s.value > 0 THEN o.value / s.value - 1 END AS difference,
    CASE WHEN s.value > 0 THEN abs(o.value / s.value - 1) > {limit} END AS differs, s.because,
    EXISTS (FROM harmonised.area_profile p WHERE p.indicator = s.indicator AND s.source IN (p.count_source,
        p.rate_source))
        AS in_profile
FROM figures s JOIN figures o ON o.role = 'other' AND o.indicator = s.indicator AND o.source = s.source
    AND o.area_code = s.area_code AND o.period_start = s.period_start AND o.period_end = s.period_end
WHERE s.role = 'shown' ORDER BY s.indicator, s.source, s.area_code, s.period_end"""


# An authority's profile takes each indicator from one source; a theme's weight on a source is its share of them.
_THEMES = f"""CREATE OR REPLACE TABLE quality.theme_sources AS
WITH used AS (
    SELECT indicator, coalesce(rate_source, count_source, wider_source) AS source, count(*) AS rows
    FROM harmonised.area_profile WHERE coalesce(rate_source, count_source, wider_source) IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT measure, source, count(*) FROM harmonised.crime_table GROUP BY ALL
),
shares AS (
    SELECT t.theme, u.source, u.indicator, u.rows / sum(u.rows) OVER (PARTITION BY u.indicator) AS weight
    FROM used u JOIN bias_themes t ON t.indicator = u.indicator OR t.indicator = '{CRIME_TABLE}'
        AND u.indicator IN (SELECT measure FROM harmonised.crime_table)
)
SELECT h.theme, h.source, s.publisher, count(DISTINCT h.indicator) AS n_indicators,
    sum(h.weight) / sum(sum(h.weight)) OVER (PARTITION BY h.theme) AS share
FROM shares h LEFT JOIN catalogue.sources s ON s.source = h.source
GROUP BY h.theme, h.source, s.publisher ORDER BY h.theme, share DESC, h.source"""

_CITED = """CREATE OR REPLACE TABLE quality.cited_cells AS
WITH cited AS (
    SELECT count_source AS source, count_release AS release, unnest(count_locators) AS locator,
        'area_profile' AS cited_in FROM harmonised.area_profile
    UNION ALL SELECT rate_source, rate_release, unnest(rate_locators), 'area_profile' FROM harmonised.area_profile
    UNION ALL SELECT denominator_source, denominator_release, unnest(denominator_locators), 'area_profile'
        FROM harmonised.area_profile
    UNION ALL SELECT wider_source, wider_release, unnest(wider_locators), 'area_profile' FROM harmonised.area_profile
    UNION ALL SELECT source, release, unnest(locators), 'crime_table' FROM harmonised.crime_table
    UNION ALL SELECT source, latest_release, unnest(latest_locators), 'indicator_baseline'
        FROM harmonised.indicator_baseline
    UNION ALL SELECT source, baseline_release, unnest(baseline_locators), 'indicator_baseline'
        FROM harmonised.indicator_baseline
)
SELECT source, release, locator, count(*) AS n_citations, list_sort(list(DISTINCT cited_in)) AS cited_in
FROM cited WHERE source IS NOT NULL AND locator IS NOT NULL GROUP BY ALL ORDER BY source, release, locator"""


def _alternates_rows(limit: float) -> str:
    return f"""
SELECT source, max(release) AS release, shown_measure AS measure, NULL AS area_code, NULL AS area_name,
    median(abs(difference)) AS value,
    format('{{}} of {{}} by more than {limit:.0%}', count(*) FILTER (differs),
        counted(count(*), 'area')) AS value_text,
    CASE WHEN count(*) FILTER (differs) > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('''{{}}'' and ''{{}}'' in {{}} ({{}}) differ by more than {limit:.0%} in {{:,}} of {{}} (median {{:.0f}}%), '
        'and the profile shows the first. Say which definition you use.', measure_words(shown_measure),
        measure_words(other_measure), period_name(max(period_start), max(period_end)), max(because),
        count(*) FILTER (differs), counted(count(*), 'area'), 100 * median(abs(difference))) AS verdict,
    to_json({{'indicator': indicator, 'other': other_measure,
        'widest': (list(area_code ORDER BY abs(difference) DESC))[:{BIAS_ROWS}]}})::VARCHAR AS evidence,
    CASE WHEN max(difference) <= 0 THEN 'too high' WHEN min(difference) >= 0 THEN 'too low' ELSE 'either way' END
        AS direction, min(difference) AS low, max(difference) AS high, 'share of the figure' AS size_unit,
    counted(count(*) FILTER (differs), 'area') AS affected
FROM (FROM quality.alternative_definitions WHERE difference IS NOT NULL AND in_profile
    QUALIFY period_end = max(period_end) OVER (PARTITION BY indicator, source))
GROUP BY indicator, source, shown_measure, other_measure"""


def _effective(limit: float) -> str:
    return f"""CREATE OR REPLACE TABLE quality.themes AS
SELECT theme, 1 / sum(pow(share, 2)) AS effective_sources, count(*) AS n_sources,
    count(DISTINCT publisher) AS n_publishers, 1 / sum(pow(share, 2)) < {limit} AS few
FROM quality.theme_sources GROUP BY theme ORDER BY theme"""


_THEME_ROWS = """
SELECT s.source, n.release, s.theme AS measure, NULL AS area_code, NULL AS area_name, t.effective_sources AS value,
    format('{:.1f} effective of {}', t.effective_sources, counted(t.n_sources, 'source')) AS value_text,
    CASE WHEN t.few THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    CASE WHEN t.n_sources = 1 THEN format('The figures on {} rest on a single source, {}. Look for a second source '
            'before you rely on them.', s.theme, s.source)
        ELSE format('The figures on {} rest on {:,} sources from {}{}; {:.0f}% of them come from {}.', s.theme,
            t.n_sources, counted(t.n_publishers, 'publisher'),
            CASE WHEN t.effective_sources < t.n_sources - 0.05
                THEN format(', and so unevenly that they count as {:.1f} sources', t.effective_sources) ELSE '' END,
            100 * s.share, s.source) END AS verdict,
    to_json({'share': round(s.share, 4), 'indicators': s.n_indicators})::VARCHAR AS evidence
FROM quality.theme_sources s JOIN quality.themes t USING (theme)
LEFT JOIN (SELECT source, max(release) AS release FROM bias_newest GROUP BY source) n ON n.source = s.source"""
