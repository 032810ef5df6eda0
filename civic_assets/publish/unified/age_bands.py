"""Counts for the age bands that readers use, added up from narrower ones: `harmonised.age_bands`.

Belongs here: which bands, of which measures, from which release, and the table. Does not belong here: exact unions of
bands (`civic_assets.values.ages`) and their sums (`people.age_sums`).

A band is included if a release prints ages that make it up exactly; no band is split. A figure that a release prints
for the band itself is a sum of one part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.people.age_sums import band_choices, chosen_bands, sum_bands
from civic_assets.values.ages import AgeBand, AgeBasis, AgePopulation, parse_ages

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BANDS = ("0-15", "0-17", "0-25", "10-17", "16-17", "16-24", "18-24", "18-25")
"""Age bands of statistics on young people.

These are children under 16 and under 18, the report's 0 to 25, the ages of criminal responsibility before 18 (10 to
17), the two years of education or training after 16, and young adults in statistics of the labour market (16 to 24), of
criminal justice (18 to 24) and of plans for special educational needs (up to 25). Bands of the indicators are added.
"""


def create_age_bands(connection: DuckDBPyConnection) -> None:
    """Create the table, from the newest figures.

    Args:
        connection: Connection to a read model with `catalogue.figure_classes`, and `harmonised.figures_in_use` with the
            column `newest`.
    """
    connection.execute(_TABLE)
    printed = connection.sql(
        """SELECT DISTINCT source, release, measure, breakdown FROM catalogue.figure_classes
        WHERE contains(breakdown, 'age=') ORDER BY ALL"""
    ).fetchall()
    names = ("source", "release", "measure", "breakdown")
    chosen, about = [], []
    for (source, measure), rows in _by_measure(
        [dict(zip(names, row, strict=True)) for row in printed]
    ).items():
        whose = ages_of(source, measure)
        if whose is None:
            continue
        targets = {number: AgeBand(*ages, *whose) for number, ages in enumerate(wanted_ages())}
        made, _ = band_choices(rows, targets)
        chosen += made
        about += [
            {"source": source, "measure": measure, "age_basis": str(whose[0]), "population": str(whose[1])}
        ]
    if not chosen:
        return
    import pyarrow as pa

    connection.register("age_chosen", chosen_bands(chosen))
    connection.register("age_about", pa.Table.from_pylist(about))
    bands = [{"band": n, "age_from": lo, "age_to": hi - 1} for n, (lo, hi) in enumerate(wanted_ages())]
    connection.register("age_wanted", pa.Table.from_pylist(bands))
    connection.execute(
        # The ids are made here, where each figure is once, and not for each band that includes it.
        """CREATE OR REPLACE TEMP TABLE age_figures AS
        SELECT *, harmonised.figure_id(source, measure, breakdown, unit, statistic, area_code, period_start, period_end)
            || '@' || release AS figure
        FROM harmonised.figures_in_use
        SEMI JOIN age_chosen USING (source, release, measure, breakdown)
        WHERE newest AND unit = 'count'"""
    )
    sum_bands(connection, "age_figures", "age_chosen", "age_sums", ("quality",), named="f.figure")
    connection.execute(_INSERT)
    connection.execute("DROP TABLE age_figures")
    connection.execute("DROP TABLE age_sums")
    for name in ("age_chosen", "age_about", "age_wanted"):
        connection.unregister(name)


def wanted_ages() -> list[tuple[int, int]]:
    """Youngest age and the age after the oldest of each band: `BANDS`, and those of the indicators."""
    from civic_assets.harmonise.measures.indicators import indicators

    texts = [*BANDS, *(indicator.ages for indicator in indicators().all)]
    bands = {ages for text in texts if (ages := parse_ages(text)) is not None}
    return sorted((lo, hi) for lo, hi in bands if hi is not None)


def ages_of(source: str, measure: str) -> tuple[AgeBasis, AgePopulation] | None:
    """The day that ages refer to, and whose ages they are; None if the vocabulary of measures does not say.

    A measure that others are divided by has the ages of that denominator.
    """
    from civic_assets.harmonise.measures.vocabulary import measure_of, measures

    definition = measure_of(measure, source)
    if definition is not None and definition.ages is not None:
        return definition.ages.basis, definition.ages.population
    known = {
        (rate.ages.basis, rate.ages.population)
        for one in measures().values()
        for rate in one.rates.values()
        if rate.measure == measure and rate.ages is not None
    }
    return known.pop() if len(known) == 1 else None


def _by_measure(rows: list[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    rows_by_measure: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        rows_by_measure.setdefault((row["source"], row["measure"]), []).append(row)
    return rows_by_measure


_TABLE = """CREATE TABLE harmonised.age_bands (source VARCHAR, release VARCHAR, measure VARCHAR, area_code VARCHAR,
    area_name VARCHAR, area_type VARCHAR, period_start DATE, period_end DATE, period_kind VARCHAR, statistic VARCHAR,
    breakdown VARCHAR, age_from INTEGER, age_to INTEGER, age_basis VARCHAR, population VARCHAR, unit VARCHAR,
    value DOUBLE, status VARCHAR, quality VARCHAR, reason VARCHAR, n_parts INTEGER,
    parts STRUCT(figure VARCHAR, breakdown VARCHAR, locator VARCHAR)[], synthetic BOOLEAN)"""

# Ages by single year and ages in bands are two schemes of `harmonised.latest`, so two releases may make one band.
_INSERT = """INSERT INTO harmonised.age_bands BY NAME
WITH orders AS (SELECT source, release, min(release_order) AS release_order, bool_or(synthetic) AS synthetic
                FROM age_figures GROUP BY ALL),
newest AS (
    SELECT s.*, o.synthetic, w.age_from, w.age_to
    FROM age_sums s JOIN orders o USING (source, release) JOIN age_wanted w USING (band)
    QUALIFY row_number() OVER (
        PARTITION BY source, measure, area_code, period_start, period_end, statistic, breakdown
        ORDER BY o.release_order DESC) = 1
)
SELECT n.* EXCLUDE (band, n_zero_rows), a.age_basis, a.population,
    CASE WHEN contains(reason, 'disputed') THEN 'disputed' ELSE 'ok' END AS quality
FROM newest n JOIN age_about a USING (source, measure)
ORDER BY source, measure, area_code, breakdown, period_start"""
