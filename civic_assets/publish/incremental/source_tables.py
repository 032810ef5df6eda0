"""The tables in which no row of a source depends on the figures of another: made again for some sources, and replaced.

Belongs here: which tables these are, making them in a scratch database that has only the figures of the sources
concerned, and replacing the last rows with theirs. Does not belong here: which sources are made again
(`survey`) and tables that join sources (`joined_tables`).

The same functions make the tables as when everything is made, so a row can only be the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from civic_assets.contracts.corrections import load_corrections
from civic_assets.publish import derived
from civic_assets.publish.bias.panel import create_figures
from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.publish.incremental.parts import WAYS
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
    revisions,
)
from civic_assets.publish.read_model.availability import add_availability
from civic_assets.quality.disclosure.published_cells import declare

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLES = (
    "harmonised.observations",
    "harmonised.unified_sums",
    "harmonised.unified_differences",
    "harmonised.age_bands",
    "quality.check_results",
    "quality.findings",
    "quality.corrections",
    "quality.revisions",
    "quality.revision_summary",
    "quality.total_revisions",
    "quality.release_changes",
    "quality.release_change_counts",
    "quality.implied_denominators",
    "quality.bias_panel",
    "catalogue.releases",
    "catalogue.statements",
    "catalogue.notes",
    "catalogue.note_marks",
    "catalogue.note_effects",
    "catalogue.note_changes",
    "catalogue.figure_classes",
    "catalogue.area_grounds",
    "catalogue.disclosure_rules",
    "catalogue.categories",
    "catalogue.category_breakdowns",
)
"""Tables with a column `source` whose rows are replaced source by source. `quality.issues` and
`harmonised.unified_parts` are too, but have numbers that go on from source to source,
and the areas that are printed are put in first, because other tables read them."""

# Tables of all sources that the tables of one source are made with.
_SEEN = ("catalogue.areas", "harmonised.profile_areas")


def make(connection: DuckDBPyConnection, inputs: Inputs, sources: Collection[str], published: str) -> None:
    """Make the tables of some sources in the scratch database, and the tables of areas in the read model.

    Args:
        connection: Connection whose own database (`memory`) is the scratch database.
        inputs: What the read model is made from.
        sources: Sources made again.
        published: Name of the attached copy of the last read model.
    """
    members = [member for member in inputs.members if member.receipt.source in sources]
    contracts = {source: inputs.contracts[source] for source in sources if source in inputs.contracts}
    elsewhere = f"""SELECT area_code, area_name_printed AS area_name, release_order
        FROM {published}.catalogue.printed_areas WHERE source NOT IN ({_listed(sources)})"""
    connection.execute("USE memory")
    inputs.begin(connection)
    figures.create_quality(connection, members)
    register = figures.create_observations(
        connection, inputs.store, inputs.contracts, members, figures.positions(inputs.members), elsewhere
    )
    connection.execute(f"USE {published}")
    _describe_areas(connection, inputs, sources)
    connection.execute("USE memory")
    for name in _SEEN:
        connection.execute(f"CREATE VIEW {name} AS FROM {published}.{name}")
    latest.mark(connection, register)
    decisions.create_corrections(connection, [one for one in load_corrections() if one.source in sources])
    latest.create_view(connection)
    publication_lists.create_releases(connection, members)
    notes.create(connection, members)
    note_changes.create(connection)
    add_availability(connection, members, inputs.contracts)
    declare(connection, contracts)
    derived.create_of_sources(connection)
    implied_denominators.create(connection, contracts)
    revisions.create(connection)
    create_figures(connection)
    connection.execute(f"USE {published}")


def _describe_areas(connection: DuckDBPyConnection, inputs: Inputs, sources: Collection[str]) -> None:
    """Put the areas that these sources print into the read model, and make the tables of areas again if they differ."""
    before = changed_areas.described(connection)
    _replace_rows(connection, "catalogue.printed_areas", sources)
    changed = changed_areas.described(connection) ^ before
    if not changed:
        return
    if changed_areas.describe_again(connection, changed):
        return
    for name in ("areas", "area_successions", "area_memberships", "output_areas"):
        connection.execute(f"DROP TABLE catalogue.{name}")
    known = areas.register_of_published(connection, inputs.store, inputs.contracts, inputs.members)
    areas.create_tables(connection, known)


def replace(
    connection: DuckDBPyConnection, sources: Collection[str], ways: Mapping[str, int]
) -> dict[str, int]:
    """Replace the last tables of some sources with those that `make` has made.

    Args:
        connection: Connection to a copy of the last read model, with the scratch database.
        sources: Sources made again.
        ways: Number of ways to years of each source in the last read model.

    Returns:
        Number of ways to years of each source now.
    """
    made = dict(connection.execute(f"SELECT source, n_ways FROM {WAYS}").fetchall())
    connection.execute(f"DROP TABLE {WAYS}")
    now = {source: n for source, n in ways.items() if source not in sources and n} | made
    _renumber_ways(connection, ways, now, made)
    for table in TABLES:
        _replace_rows(connection, table, sources)
    connection.execute("INSERT INTO harmonised.unified_parts FROM memory.harmonised.unified_parts")
    connection.execute(_ISSUES, [sorted(sources)])
    return now


def _replace_rows(connection: DuckDBPyConnection, table: str, sources: Collection[str]) -> None:
    connection.execute(f"DELETE FROM {table} WHERE source IN (SELECT unnest(?))", [sorted(sources)])
    connection.execute(f"INSERT INTO {table} BY NAME FROM memory.{table}")


def _renumber_ways(
    connection: DuckDBPyConnection, before: Mapping[str, int], now: Mapping[str, int], made: Mapping[str, int]
) -> None:
    """Let `made_from` count the ways of all sources, in their order, as if all had been made together."""
    was, will, own = _first(before), _first(now), _first(made)
    gone = [
        (was[source], was[source] + n) for source, n in before.items() if source in made or source not in now
    ]
    for table in ("unified_sums", "unified_parts"):
        for first, last in gone:
            connection.execute(
                f"DELETE FROM harmonised.{table} WHERE made_from > ? AND made_from <= ?", [first, last]
            )
    kept = [(was[source], was[source] + n, will[source] - was[source])
            for source, n in before.items() if source in now and source not in made]  # fmt: skip
    fresh = [(own[source], own[source] + n, will[source] - own[source]) for source, n in made.items()]
    for database, moves in (("", kept), ("memory.", fresh)):
        rows = [list(move) for move in moves if move[2]]
        if not rows:
            continue
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE way_moves (first INTEGER, last INTEGER, distance INTEGER)"
        )
        connection.executemany("INSERT INTO way_moves VALUES (?, ?, ?)", rows)
        for table in ("unified_sums", "unified_parts"):
            connection.execute(
                f"""UPDATE {database}harmonised.{table} SET made_from = made_from + m.distance FROM way_moves m
                WHERE made_from > m.first AND made_from <= m.last"""
            )
        connection.execute("DROP TABLE way_moves")


def _first(ways: Mapping[str, int]) -> dict[str, int]:
    """Number before the first way of each source."""
    number, before = {}, 0
    for source in sorted(ways):
        number[source] = before
        before += ways[source]
    return number


def _listed(sources: Collection[str]) -> str:
    return ", ".join("'" + source.replace("'", "''") + "'" for source in sorted(sources)) or "NULL"


# Kinds are numbered by source first, so the numbers within a source keep their order.
_ISSUES = """CREATE OR REPLACE TABLE quality.issues AS
SELECT * REPLACE (dense_rank() OVER (ORDER BY source, kind)::INTEGER AS kind)
FROM (FROM quality.issues WHERE source NOT IN (SELECT unnest(?)) UNION ALL BY NAME FROM memory.quality.issues)
ORDER BY kind, position"""
