"""Table 2 of the report for every local authority: `harmonised.crime_table`.

Belongs here: recorded crime by offence group and rolling year, from every edition that has the year, and the same as of
any day (`harmonised.crime_table_as_of(as_of)`). Does not belong here: offence groups of other publishers, which need a
mapping (`civic_assets.harmonise.measures.recorded_crime`), figures of authorities that ONS prints none for
(`crime_areas`), and change over time (`baseline`).

One row is one authority, group and year; the columns of the report's table are its years, in order. If a year shares
days with the one before it in that order, a column gives the number of days: the difference of two such columns is not
a change between years (rule H-01).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.breaks import Break
from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.profiles.area_profile import ALWAYS
from civic_assets.publish.profiles.break_notes import create_notes
from civic_assets.publish.profiles.crime_areas import PUBLISHED, add_areas_without_figures, create_crime_areas
from civic_assets.publish.profiles.publisher_notes import create_publisher_notes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SOURCES = ("ons_csp",)
"""Sources whose groups are those of the report's Table 2, the preferred one first."""

ROWS: tuple[tuple[str, str], ...] = (
    ("total_recorded_crime", ""),
    ("violence_against_the_person", "total_recorded_crime"),
    ("homicide", "violence_against_the_person"),
    ("death_or_serious_injury_illegal_driving", "violence_against_the_person"),
    ("violence_with_injury", "violence_against_the_person"),
    ("violence_without_injury", "violence_against_the_person"),
    ("stalking_and_harassment", "violence_against_the_person"),
    ("theft_offences", "total_recorded_crime"),
    ("burglary", "theft_offences"),
    ("residential_burglary", "burglary"),
    ("non_residential_burglary", "burglary"),
    ("vehicle_offences", "theft_offences"),
    ("theft_from_the_person", "theft_offences"),
    ("bicycle_theft", "theft_offences"),
    ("shoplifting", "theft_offences"),
    ("all_other_theft", "theft_offences"),
    ("sexual_offences", "total_recorded_crime"),
    ("robbery", "total_recorded_crime"),
    ("criminal_damage_and_arson", "total_recorded_crime"),
    ("drug_offences", "total_recorded_crime"),
    ("possession_of_weapons", "total_recorded_crime"),
    ("public_order_offences", "total_recorded_crime"),
    ("miscellaneous_crimes", "total_recorded_crime"),
)
"""Rows of Table 2 in the report's order, each with the group that includes it."""


def create_crime_table(
    connection: DuckDBPyConnection, breaks: Sequence[Break], register: AreaRegister | None = None
) -> None:
    """Create `harmonised.crime_years`, the macro, and the table of its rows with everything that is published now.

    Args:
        connection: Connection to a read model with `harmonised.profile_areas` (`indicator_figures`) and the functions
            of `small_numbers`.
        breaks: Breaks that may concern the figures.
        register: Register of areas; the one that ships when None.
    """
    import pyarrow as pa

    rows: list[dict[str, Any]] = [
        {"position": position, "measure": measure, "part_of": part_of or None}
        for position, (measure, part_of) in enumerate(ROWS, 1)
    ]
    connection.register("table_rows", pa.Table.from_pylist(rows))
    sources = [{"source": source, "source_rank": rank} for rank, source in enumerate(SOURCES)]
    connection.register("table_sources", pa.Table.from_pylist(sources))
    create_crime_areas(connection, register or AreaRegister.shipped())
    connection.execute(_CANDIDATES)
    add_areas_without_figures(connection)
    create_notes(connection, "crime_candidates", "crime_notes", breaks)
    create_publisher_notes(connection, "crime_candidates", "crime_publisher_notes")
    connection.execute(_YEARS)
    connection.execute(_TABLE)
    connection.execute(
        f"""CREATE TABLE harmonised.crime_table AS
        SELECT * FROM harmonised.crime_table_as_of({ALWAYS}) ORDER BY area_code, position, period_end, period_start"""
    )
    for name in ("table_rows", "table_sources"):
        connection.unregister(name)


_CANDIDATES = f"""CREATE OR REPLACE TEMP TABLE crime_candidates AS
SELECT t.position, t.measure, t.part_of, s.source_rank, o.source, o.release, o.release_order, o.area_code, o.area_name,
    o.partnership_code, o.period_start, o.period_end, o.breakdown, o.unit, o.value, o.status, o.quality, o.value_text,
    o.correction_id, o.locator, [o.locator] AS locators, o.synthetic, '{PUBLISHED}' AS basis,
    NULL::DOUBLE AS value_at_least, NULL::DOUBLE AS value_at_most,
    CASE WHEN k.shared_with IS NOT NULL
         THEN format('The partnership {{}} also covers ground of {{}}, so the figure is not of this authority alone.',
            k.partnership_name, k.shared_with) END AS note
FROM harmonised.figures_in_use o
JOIN table_rows t USING (measure) JOIN table_sources s USING (source)
LEFT JOIN harmonised.crime_areas k
  ON k.area_code = o.area_code AND k.partnership_code = o.partnership_code AND NOT k.whole
WHERE o.breakdown = 'total' AND o.period_kind = 'rolling_year' AND o.area_type = 'local_authority'
  AND o.unit IN ('count', 'per_1000_population') AND o.statistic <> 'change'
QUALIFY row_number() OVER (
    PARTITION BY o.source, o.release, o.measure, o.unit, o.area_code, o.period_start, o.period_end
    ORDER BY o.locator) = 1"""

_YEARS = """CREATE TABLE harmonised.crime_years AS
SELECT c.* EXCLUDE (unit, breakdown), p.value AS rate, p.status AS rate_status, p.quality AS rate_quality,
    p.locator AS rate_locator, r.available_from, r.available_from_basis,
    coalesce(n.abnormal_share, 0) AS abnormal_share, coalesce(n.break_notes, []) AS break_notes,
    coalesce(q.publisher_notes, []) AS publisher_notes,
    -- Rows that are made for an authority of today begin with the authority.
    CASE WHEN c.basis <> 'published' THEN a.valid_from END AS shown_from
FROM crime_candidates c
JOIN catalogue.releases r ON r.source = c.source AND r.release = c.release
LEFT JOIN harmonised.profile_areas a ON a.area_code = c.area_code
LEFT JOIN crime_candidates p ON p.unit = 'per_1000_population' AND p.source = c.source AND p.release = c.release
 AND p.measure = c.measure AND p.area_code = c.area_code AND p.period_start = c.period_start
 AND p.period_end = c.period_end
LEFT JOIN crime_notes n ON n.source = c.source AND n.measure = c.measure AND n.unit = c.unit
 AND n.area_code = c.area_code AND n.period_start = c.period_start AND n.period_end = c.period_end
LEFT JOIN crime_publisher_notes q ON q.source = c.source AND q.release = c.release AND q.measure = c.measure
 AND q.area_code = c.area_code AND q.period_start = c.period_start AND q.period_end = c.period_end
WHERE c.unit = 'count'
ORDER BY c.area_code, c.position, c.period_end, c.period_start, c.source, c.release_order, c.release"""

_DAY = "%-d %B %Y"
_TABLE = f"""CREATE OR REPLACE MACRO harmonised.crime_table_as_of(as_of) AS TABLE
-- The groups of one year are parts of one whole: of a source all of them come from the newest edition that prints it.
WITH newest AS (
    SELECT * FROM harmonised.crime_years WHERE available_from <= as_of AND coalesce(shown_from <= as_of, true)
    QUALIFY rank() OVER (
        PARTITION BY source, area_code, period_start, period_end ORDER BY release_order DESC, release DESC) = 1
),
known AS (
    SELECT * FROM newest
    QUALIFY row_number() OVER (
        PARTITION BY area_code, measure, period_start, period_end ORDER BY source_rank) = 1
),
ordered AS (
    SELECT *,
        lag(period_start) OVER columns AS previous_start, lag(period_end) OVER columns AS previous_end,
        lag(release) OVER columns AS previous_release
    FROM known
    WINDOW columns AS (PARTITION BY area_code, measure ORDER BY period_end, period_start)
)
SELECT area_code, area_name, position, measure, part_of, period_start, period_end, value,
    CASE WHEN quality = 'ok' THEN quality.byar_lower(value) END AS value_lower,
    CASE WHEN quality = 'ok' THEN quality.byar_upper(value) END AS value_upper,
    status, quality, value_text,
    CASE WHEN rate_quality = 'ok' AND quality = 'ok' AND value >= {FEWEST_EVENTS} THEN rate END AS rate,
    'per_1000_population' AS unit_of_rate,
    source, release, available_from, available_from_basis, locator, rate_locator, partnership_code,
    previous_start AS previous_period_start, previous_end AS previous_period_end,
    CASE WHEN previous_end IS NOT NULL THEN greatest(0, date_diff('day', greatest(period_start, previous_start),
        least(period_end, previous_end))) END AS overlap_with_previous_days,
    abnormal_share,
    list_filter(list_concat([
        CASE WHEN previous_end > period_start THEN format(
            'Shares {{}} days with the year before it in this table (to {{}}): the difference is not a change '
            'between years.',
            date_diff('day', greatest(period_start, previous_start), least(period_end, previous_end)),
            strftime(previous_end - 1, '{_DAY}')) END,
        CASE WHEN previous_release <> release THEN format(
            'The year before is from another edition ({{}}), which may count late reports differently.',
            previous_release) END,
        CASE WHEN quality = 'disputed'
            THEN 'A check of this release disputes the figure: it is shown as printed and has no rate.' END,
        note,
        CASE WHEN value IS NULL AND basis <> '{PUBLISHED}' THEN NULL
             WHEN value IS NULL THEN format('The figure is {{}}.', replace(coalesce(status, 'missing'), '_', ' '))
             WHEN correction_id IS NOT NULL THEN format('Corrected by the registered decision {{}}: {{}} as printed, '
                 || '{{:,.10g}} used.', correction_id, value_text, value)
             WHEN status IS NOT NULL
             THEN format('The publisher marks the figure: {{}}.', replace(status, '_', ' ')) END,
        CASE WHEN value < {FEWEST_EVENTS} THEN 'Fewer than {FEWEST_EVENTS} offences: chance alone can change such a '
            || 'figure by its own size, so no rate is shown.' END,
        CASE WHEN synthetic THEN 'The file marks its figures as synthetic.' END
    ], break_notes), lambda note: note IS NOT NULL) AS caveats,
    publisher_notes, synthetic, basis, value_at_least, value_at_most, locators
FROM ordered"""
