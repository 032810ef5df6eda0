"""Authorities that ONS prints no recorded crime for: sums of whole partnerships, earlier codes, and bounds.

Belongs here: which partnerships cover an authority (`harmonised.crime_areas`), and the rows of the crime table that are
made from their figures. Does not belong here: rows that are printed for the authority itself, and the table
(`crime_table`), and which partnership covers what (`civic_assets.harmonise.areas.register`).

A sum is made only if every partnership of the authority lies wholly in it and each of them has a figure in the same
release that no check disputes. A partnership that also covers ground of another authority leaves bounds: at least the
offences of the partnerships that lie wholly in the area, at most those of all that touch it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import COUNTY, LOCAL_AUTHORITY, PARTNERSHIP
from civic_assets.publish.profiles.area_lineage import in_words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PUBLISHED, EARLIER, SUMMED, BOUNDED = "published", "earlier code", "sum of partnerships", "bounds"
"""Where a row's figure comes from (`basis`)."""
_COLUMNS = """area_code VARCHAR, area_name VARCHAR, partnership_code VARCHAR, partnership_name VARCHAR, whole BOOLEAN,
    n_partnerships INTEGER, shared_with VARCHAR"""


def create_crime_areas(connection: DuckDBPyConnection, register: AreaRegister) -> None:
    """Create `harmonised.crime_areas`: the partnerships that cover each authority of England of today.

    Args:
        connection: Connection to a read model.
        register: Register of areas.
    """
    import pyarrow as pa

    connection.execute(f"CREATE TABLE harmonised.crime_areas ({_COLUMNS})")
    connection.register("incoming", pa.Table.from_pylist(list(covered(register))))
    connection.execute(
        "INSERT INTO harmonised.crime_areas BY NAME SELECT * FROM incoming ORDER BY area_code, partnership_code"
    )
    connection.unregister("incoming")


def covered(register: AreaRegister) -> Iterator[dict[str, Any]]:
    """Partnerships of each authority and county of England whose code is in force.

    Args:
        register: Register of areas.

    Yields:
        area_code, area_name, partnership_code, partnership_name, whole (the partnership lies wholly in the area),
        n_partnerships (of the area), shared_with (other authorities in the partnership, in words; empty if whole).
    """
    kinds = (LOCAL_AUTHORITY, COUNTY)
    for area in register.areas.values():
        if area.type not in kinds or not area.code.startswith("E") or area.valid_to is not None:
            continue
        own = {area.code}
        if area.type == COUNTY:
            own = {
                one.code for one in register.areas.values() if one.parent == area.code and not one.valid_to
            }
        partnerships = sorted({code for one in own for code in register.containers(one, PARTNERSHIP)})
        for code in partnerships:
            others = [one.name for one in register.members(code, date.max) if one.code not in own]
            yield {
                "area_code": area.code,
                "area_name": area.name,
                "partnership_code": code,
                "partnership_name": register.areas[code].name,
                "whole": not others,
                "n_partnerships": len(partnerships),
                "shared_with": in_words(sorted(others)),
            }


def add_areas_without_figures(connection: DuckDBPyConnection) -> None:
    """Add rows to `crime_candidates` for areas that have none in a release and year.

    Args:
        connection: Connection to a read model with `crime_candidates` (`crime_table`), `harmonised.crime_areas` and
            `harmonised.profile_lineage`.
    """
    connection.execute(_EARLIER)
    connection.execute(_SUMS)


# Figures under the code that an area had before: of the nearest earlier code that the release prints.
_EARLIER = f"""INSERT INTO crime_candidates BY NAME
SELECT c.* REPLACE (g.area_code AS area_code, a.area_name AS area_name, g.note AS note, '{EARLIER}' AS basis)
FROM crime_candidates c
JOIN harmonised.profile_lineage g ON g.figure_area_code = c.area_code AND g.position > 0
JOIN harmonised.profile_areas a ON a.area_code = g.area_code
WHERE NOT EXISTS (
    FROM crime_candidates own WHERE own.area_code = g.area_code AND own.source = c.source AND own.release = c.release
    AND own.period_start = c.period_start AND own.period_end = c.period_end)
QUALIFY g.position = min(g.position) OVER (
    PARTITION BY g.area_code, c.source, c.release, c.period_start, c.period_end)"""

_SUMS = f"""INSERT INTO crime_candidates BY NAME
WITH printed AS (
    SELECT t.position, t.measure, t.part_of, s.source_rank, o.source, o.release, o.release_order, o.partnership_code,
        o.period_start, o.period_end, o.locator, o.synthetic, o.value, o.quality,
        o.value IS NOT NULL AND o.quality = 'ok' AS usable
    FROM harmonised.figures_in_use o
    JOIN table_rows t USING (measure) JOIN table_sources s USING (source)
    WHERE o.partnership_code IS NOT NULL AND o.breakdown = 'total' AND o.period_kind = 'rolling_year'
      AND o.unit = 'count' AND o.statistic <> 'change'
    QUALIFY row_number() OVER (
        PARTITION BY o.source, o.release, o.measure, o.partnership_code, o.period_start, o.period_end
        ORDER BY o.locator) = 1
),
added AS (
    SELECT position, measure, part_of, source_rank, source, release, release_order, k.area_code, k.area_name,
        period_start, period_end, bool_and(k.whole) AS exact, count(*) = any_value(k.n_partnerships) AS all_printed,
        bool_and(usable) AS all_usable, bool_or(quality <> 'ok') AS any_disputed, bool_or(synthetic) AS synthetic,
        sum(value) AS total, coalesce(sum(value) FILTER (k.whole AND usable), 0) AS least,
        list(locator ORDER BY locator) AS locators,
        regexp_replace(string_agg(k.partnership_name, ', ' ORDER BY k.partnership_name), ', ([^,]+)$', ' and \\1')
            AS names,
        string_agg(format('{{}}, which also covers ground of {{}}', k.partnership_name, k.shared_with), '; '
            ORDER BY k.partnership_name) FILTER (NOT k.whole) AS shared,
        count(*) FILTER (k.whole) AS n_whole
    FROM printed JOIN harmonised.crime_areas k USING (partnership_code)
    GROUP BY ALL
)
SELECT position, measure, part_of, source_rank, source, release, release_order, area_code, area_name, period_start,
    period_end, 'total' AS breakdown, 'count' AS unit, '' AS value_text, synthetic, locators,
    CASE WHEN exact AND all_printed AND all_usable THEN total END AS value,
    CASE WHEN exact AND NOT (all_printed AND all_usable) THEN 'incomplete' WHEN NOT exact THEN 'not_available' END
        AS status,
    CASE WHEN any_disputed THEN 'disputed' ELSE 'ok' END AS quality,
    CASE WHEN exact THEN '{SUMMED}' ELSE '{BOUNDED}' END AS basis,
    CASE WHEN NOT exact AND all_usable THEN least END AS value_at_least,
    CASE WHEN NOT exact AND all_printed AND all_usable THEN total END AS value_at_most,
    CASE WHEN exact AND all_printed AND all_usable AND n_whole = 1
         THEN format('No figure is printed for this area. It is that of the partnership {{}}, which is exactly this '
            'area.', names)
         WHEN exact AND all_printed AND all_usable
         THEN format('No figure is printed for this area. It is the sum of the partnerships {{}}, which together are '
            'exactly this area.', names)
         WHEN exact THEN 'No figure is printed for this area, and a figure of one of its partnerships is missing or '
            'disputed, so the figures are not added up.'
         WHEN NOT (all_printed AND all_usable)
         THEN format('No figure is printed for this area alone. It is counted in a partnership with others: {{}}.',
            shared)
         WHEN n_whole = 0
         THEN format('No figure is printed for this area alone. It is counted in the partnership {{}}, and the '
            'partnership has {{:,d}}.', shared, total::BIGINT)
         ELSE format('No figure is printed for this area alone. A part of it is counted in the partnership {{}}. '
            'Without that partnership there are {{:,d}}, with it {{:,d}}.', shared, least::BIGINT, total::BIGINT) END
        AS note
FROM added
WHERE NOT EXISTS (
    FROM crime_candidates own WHERE own.area_code = added.area_code AND own.source = added.source
    AND own.release = added.release AND own.period_start = added.period_start
    AND own.period_end = added.period_end AND own.unit = 'count')"""
