"""Which sources must be made again, before any table is made.

Belongs here: changed sources, and those that are drawn in because they share an unregistered area or hidden measure
with a changed one. Does not belong here: making their tables (`source_tables`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.publish.incremental.arrivals import Arrivals, arrivals
from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.publish.incremental.parts import Parts
from civic_assets.publish.read_model.figures import positions
from civic_assets.tables import parquet_scan

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Survey:
    """What must be made again.

    Args:
        arrivals: Sources that are made again, those that are no longer published included, and those of which new
            releases are added.
        measures: Measures of the sources that changed, in the last read model or in the new one.
        hidden: Measures of which some publisher hides figures, in either.
        protection: Whether hidden figures may follow from other figures than before, so that everything that could
            reveal them is audited again.
    """

    arrivals: Arrivals
    measures: frozenset[str]
    hidden: frozenset[str]
    protection: bool

    @property
    def sources(self) -> frozenset[str]:
        """All sources with tables that are made again."""
        return self.arrivals.sources


def survey(
    connection: DuckDBPyConnection,
    inputs: Inputs,
    before: Parts,
    now: Parts,
    audited: Mapping[str, Collection[str]],
) -> Survey:
    """What must be made again.

    Args:
        connection: Connection to a copy of the last read model, in which releases have their new positions.
        inputs: What the new one is made from.
        before: Parts of the last one.
        now: Parts of the new one.
        audited: Sources that a derived table is made from, by each measure that its figures have.
    """
    found = arrivals(connection, inputs.members, before, now)
    _read_fresh(connection, inputs, found)
    found = found.with_whole(_renamed(connection, found))
    changed = set(found.sources)
    measures = {row[0] for row in connection.execute(_MEASURES, [sorted(changed)]).fetchall()}
    tables = connection.execute("SELECT DISTINCT source, table_id, measure FROM changed_figures").fetchall()
    hidden = {row[0] for row in connection.execute(_HIDDEN).fetchall()}
    for source, table, measure in tables:
        entry = inputs.contracts[source].disclosure_of(table or "", measure)
        if entry is not None and entry.practice == "suppressed":
            hidden.add(measure)
    related = hidden | {row[0] for row in connection.execute(_RELATED, {"hidden": sorted(hidden)}).fetchall()}
    # A table that is made again has the figures that had been withheld in it.
    made_again = {measure for measure, sources in audited.items() if changed & set(sources)}
    protection = bool(related & measures or hidden & made_again)
    if protection:
        rows = connection.execute(_HIDING, [sorted(hidden)]).fetchall()
        found = found.with_whole({*changed, *(source for (source,) in rows if source in now.sources)})
    connection.execute("DROP TABLE changed_areas")
    connection.execute("DROP TABLE changed_figures")
    return Survey(found, frozenset(measures), frozenset(hidden), protection)


def _read_fresh(connection: DuckDBPyConnection, inputs: Inputs, found: Arrivals) -> None:
    """Make the temporary tables `changed_areas` and `changed_figures` from the stored tables of what is new."""
    connection.execute(_NO_AREAS)
    connection.execute(_NO_FIGURES)
    stored = [member.harmonised.path for member in found.fresh(inputs.members) if member.harmonised]
    if not stored:
        return
    order = [list(one) for one in positions(inputs.members).items()]
    connection.execute("CREATE TEMP TABLE survey_orders (release VARCHAR, release_order INTEGER)")
    connection.executemany("INSERT INTO survey_orders VALUES (?, ?)", order)
    connection.execute(_AREAS.format(stored=parquet_scan(stored)))
    connection.execute(_FIGURES.format(stored=parquet_scan(stored)))
    connection.execute("DROP TABLE survey_orders")


def _renamed(connection: DuckDBPyConnection, found: Arrivals) -> set[str]:
    """Sources with an area that is not registered and that the newest release now describes otherwise.

    Those that are made again as a whole anyway are not among them.
    """
    import pyarrow as pa

    registered = pa.table({"area_code": list(AreaRegister.shipped().areas)})
    connection.register("registered", registered)
    rows = connection.execute(_RENAMED, {"changed": sorted(found.whole)}).fetchall()
    connection.unregister("registered")
    return {source for (source,) in rows}


_NO_AREAS = """CREATE TEMP TABLE changed_areas (source VARCHAR, release_order INTEGER, area_code VARCHAR,
    area_name_printed VARCHAR, area_type VARCHAR, partnership_code VARCHAR, parent_code VARCHAR)"""
_AREAS = """INSERT INTO changed_areas
SELECT source, release_order, area_code, min(area_name), min(area_type), min(partnership_code), min(parent_code)
FROM {stored} JOIN survey_orders USING (release) GROUP BY source, release_order, area_code"""
_NO_FIGURES = "CREATE TEMP TABLE changed_figures (source VARCHAR, table_id VARCHAR, measure VARCHAR)"
_FIGURES = "INSERT INTO changed_figures SELECT DISTINCT source, table_id, measure FROM {stored}"

_SAID = """any_value(area_name_printed ORDER BY release_order DESC, area_name_printed) AS name,
        any_value(area_type ORDER BY release_order DESC, area_type) AS kind,
        any_value(partnership_code ORDER BY release_order DESC, partnership_code) AS partnership,
        any_value(parent_code ORDER BY release_order DESC, parent_code) AS parent"""
_RENAMED = f"""
WITH before AS (
    SELECT area_code, {_SAID} FROM catalogue.printed_areas ANTI JOIN registered USING (area_code) GROUP BY area_code
),
kept AS (
    SELECT source, release_order, area_code, area_name_printed, area_type, partnership_code, parent_code
    FROM catalogue.printed_areas WHERE source NOT IN (SELECT unnest($changed))
    UNION ALL FROM changed_areas
),
now AS (SELECT area_code, {_SAID} FROM kept ANTI JOIN registered USING (area_code) GROUP BY area_code),
differ AS (SELECT area_code FROM (FROM before EXCEPT FROM now UNION ALL (FROM now EXCEPT FROM before)))
SELECT DISTINCT source FROM catalogue.printed_areas
WHERE source NOT IN (SELECT unnest($changed)) AND area_code IN (FROM differ)"""
_MEASURES = """SELECT DISTINCT measure FROM changed_figures
UNION SELECT DISTINCT measure FROM catalogue.figure_classes WHERE source IN (SELECT unnest(?))"""
_HIDDEN = "SELECT DISTINCT measure FROM catalogue.disclosure_rules WHERE practice = 'suppressed'"
# A count follows from a rate and its denominator.
_RELATED = """SELECT measure FROM catalogue.measures WHERE numerator IN (SELECT unnest($hidden))
UNION SELECT r.denominator FROM catalogue.measures m JOIN catalogue.measure_rates r USING (measure)
WHERE m.numerator IN (SELECT unnest($hidden)) AND r.denominator IS NOT NULL"""
_HIDING = "SELECT DISTINCT source FROM catalogue.figure_classes WHERE measure IN (SELECT unnest(?))"
