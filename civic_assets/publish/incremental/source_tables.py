"""The tables in which no row of a source depends on the figures of another: made again for what is new.

Belongs here: making them in a scratch database that has only the figures concerned. Does not belong here: which
releases and sources these are (`arrivals`, `survey`), putting the rows into the read model (`replaced_rows`), and
tables that join sources (`joined_tables`).

The scratch database has all figures of the sources that are made again. Of a source to which releases are added it has
the new figures, and with them everything that is printed for the same periods and for the years around them. The same
functions make the tables as when everything is made, so a row can only be the same.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.contracts.corrections import load_corrections
from civic_assets.harmonise.time.years import YearsPlan, plan_of_years, years_with
from civic_assets.publish import derived
from civic_assets.publish.bias.panel import create_figures
from civic_assets.publish.incremental.arrivals import Arrivals, unlike
from civic_assets.publish.incremental.inputs import SCHEMAS, Inputs
from civic_assets.publish.read_model import (
    areas,
    changed_areas,
    decisions,
    figures,
    implied_denominators,
    latest,
    note_changes,
    notes,
    publication_lists,
)
from civic_assets.publish.read_model.availability import add_availability
from civic_assets.publish.read_model.issues import KIND
from civic_assets.publish.read_model.revised import revisions
from civic_assets.publish.unified.periods import periods_held
from civic_assets.quality.disclosure.published_cells import declare

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


FRESH = "fresh_releases"
"""Table of the scratch database: source and release whose own rows are made."""
TOUCHED = "touched_periods"
"""Table of the scratch database: source, period_start and period_end of which added figures change something."""
MARKS = "moved_marks"
"""Table of the scratch database: rows of published observations (`place`) whose mark `newest` changes."""

# Tables of all sources that the tables of one source are made with.
_SEEN = ("catalogue.areas", "harmonised.profile_areas")
# What earlier releases of a source print, which is needed to make the rows of the new ones.
_OF_EARLIER = (
    "catalogue.printed_areas",
    "catalogue.printed_classes",
    "catalogue.printed_periods",
    "catalogue.figure_classes",
    "catalogue.area_grounds",
)


def make(connection: DuckDBPyConnection, inputs: Inputs, found: Arrivals, published: str) -> Arrivals:
    """Make the tables of what is new in the scratch database, and the tables of areas in the read model.

    Args:
        connection: Connection whose own database (`memory`) is the scratch database.
        inputs: What the read model is made from.
        found: What is new.
        published: Name of the attached copy of the last read model.

    Returns:
        What was made: more sources as a whole where a new release turned out not to fit those that are there.
    """
    connection.execute("USE memory")
    inputs.begin(connection)
    _make_fresh(connection, inputs, found, published)
    connection.execute(f"USE {published}")
    if unfit := unlike(connection) & found.added.keys():
        found = found.with_whole(unfit)
        for schema in SCHEMAS:
            connection.execute(f"DROP SCHEMA memory.{schema} CASCADE")
        connection.execute("USE memory")
        inputs.begin(connection)
        _make_fresh(connection, inputs, found, published)
        connection.execute(f"USE {published}")
    _describe_areas(connection, inputs, found.whole)
    connection.execute("USE memory")
    for name in _SEEN:
        connection.execute(f"CREATE VIEW {name} AS FROM {published}.{name}")
    plan = _add_earlier(connection, found, published)
    _mark_newest(connection)
    members = found.fresh(inputs.members)
    decisions.create_corrections(connection, [one for one in load_corrections() if one.source in found.whole])
    latest.create_view(connection)
    publication_lists.create_releases(connection, members)
    notes.create(connection, members)
    for name in ("notes", "note_effects"):
        connection.execute(
            f"INSERT INTO catalogue.{name} BY NAME {_earlier(found, f'catalogue.{name}', published)}"
        )
    note_changes.create(connection)
    add_availability(connection, members, inputs.contracts)
    derived.create_of_sources(connection, plan)
    implied_denominators.create(
        connection,
        {source: inputs.contracts[source] for source in found.sources if source in inputs.contracts},
    )
    _follow(connection, found, published)
    create_figures(connection)
    connection.execute(f"USE {published}")
    return found


def _make_fresh(connection: DuckDBPyConnection, inputs: Inputs, found: Arrivals, published: str) -> None:
    """Make the tables of which each row is about a single release, for the new ones."""
    members = found.fresh(inputs.members)
    elsewhere = f"""SELECT area_code, area_name_printed AS area_name, release_order
        FROM {published}.catalogue.printed_areas WHERE source NOT IN ({listed(found.whole)})"""
    figures.create_quality(connection, members)
    register = figures.create_observations(
        connection, inputs.store, inputs.contracts, members, figures.positions(inputs.members), elsewhere
    )
    latest.create_classes(connection)
    latest.create_grounds(connection, register)
    declare(connection, inputs.contracts)
    connection.execute(f"CREATE OR REPLACE TABLE {FRESH} (source VARCHAR, release VARCHAR)")
    if members:
        connection.executemany(
            f"INSERT INTO {FRESH} VALUES (?, ?)", [[m.receipt.source, m.receipt.release] for m in members]
        )


def _describe_areas(connection: DuckDBPyConnection, inputs: Inputs, whole: Collection[str]) -> None:
    """Put the areas that new releases print into the read model, and make the tables of areas again if they differ."""
    before = changed_areas.described(connection)
    connection.execute(f"DELETE FROM catalogue.printed_areas WHERE source IN ({listed(whole)})")
    connection.execute("INSERT INTO catalogue.printed_areas BY NAME FROM memory.catalogue.printed_areas")
    changed = changed_areas.described(connection) ^ before
    if not changed:
        return
    if changed_areas.describe_again(connection, changed):
        return
    for name in ("areas", "area_successions", "area_memberships", "output_areas"):
        connection.execute(f"DROP TABLE catalogue.{name}")
    known = areas.register_of_published(connection, inputs.store, inputs.contracts, inputs.members)
    areas.create_tables(connection, known)


def _earlier(found: Arrivals, table: str, published: str) -> str:
    """Query of the published rows of earlier releases, for sources to which releases are added."""
    return f"""FROM {published}.{table} ANTI JOIN {FRESH} USING (source, release)
        WHERE source IN ({listed(found.added)})"""


def _add_earlier(connection: DuckDBPyConnection, found: Arrivals, published: str) -> YearsPlan:
    """Add to the figures what earlier releases of their source print for the periods concerned."""
    fresh: dict[str, set[tuple[date, date]]] = {source: set() for source in found.added}
    for source, *period in connection.execute(_PERIODS).fetchall():
        if source in fresh:
            fresh[source].add(tuple(period))
    for name in _OF_EARLIER:
        connection.execute(f"INSERT INTO {name} BY NAME {_earlier(found, name, published)}")
    plan = plan_of_years(periods_held(connection), fresh)
    touched = {(source, *period) for source, periods in fresh.items() for period in periods}
    touched |= {part for part in plan.periods() if part[0] in fresh}
    # What a publisher prints for a year goes before what is added up to it.
    touched |= {
        (source, year.start, year.end)
        for source, periods in fresh.items()
        for year in years_with(sorted(periods))
    }
    connection.execute(f"CREATE TABLE {TOUCHED} (source VARCHAR, period_start DATE, period_end DATE)")
    for column in ("kept_place BIGINT", "kept_newest BOOLEAN"):
        connection.execute(f"ALTER TABLE harmonised.observations ADD COLUMN {column}")
    if touched:
        connection.executemany(
            f"INSERT INTO {TOUCHED} VALUES (?, ?, ?)", [list(one) for one in sorted(touched)]
        )
        # The days let DuckDB pass over the blocks of other years.
        first, last = min(start for _, start, _ in touched), max(end for _, _, end in touched)
        connection.execute(
            f"""INSERT INTO harmonised.observations BY NAME
            SELECT * EXCLUDE (newest, corrected_value, correction_id), newest AS kept_newest, rowid AS kept_place
            FROM {published}.harmonised.observations SEMI JOIN {TOUCHED} USING (source, period_start, period_end)
            WHERE source IN ({listed(found.added)})
                AND period_start >= DATE '{first}' AND period_end <= DATE '{last}'"""
        )
    return plan


def _mark_newest(connection: DuckDBPyConnection) -> None:
    """Mark the newest figures, and remember which marks of published figures change."""
    latest.mark_newest(connection)
    connection.execute(
        f"""CREATE TABLE {MARKS} AS SELECT kept_place AS place, newest FROM harmonised.observations
        WHERE kept_place IS NOT NULL AND newest <> kept_newest"""
    )
    for column in ("kept_place", "kept_newest"):
        connection.execute(f"ALTER TABLE harmonised.observations DROP COLUMN {column}")


def _follow(connection: DuckDBPyConnection, found: Arrivals, published: str) -> None:
    """Compare the new releases with those before them."""
    of_added = f"source IN ({listed(found.added)})"
    kind = ", ".join(KIND)
    joined = connection.execute(
        f"""SELECT {kind}, min(release) OVER (PARTITION BY kind), release FROM {published}.quality.issues
        WHERE {of_added}"""
    ).fetchall()
    connection.execute(
        f"CREATE TABLE known_reclassified AS FROM {published}.quality.reclassified WHERE {of_added}"
    )
    revisions.follow(connection, FRESH, joined, "known_reclassified")


def listed(texts: Collection[str]) -> str:
    """Texts as a list of SQL; `NULL` if there are none."""
    return ", ".join("'" + text.replace("'", "''") + "'" for text in sorted(texts)) or "NULL"


_PERIODS = "SELECT DISTINCT source, period_start, period_end FROM catalogue.printed_periods"
