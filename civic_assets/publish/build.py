"""The read model: one DuckDB file with everything that is published, opened read-only by all readers.

Belongs here: `civic.duckdb` as a file, and the order in which its tables are made when all are made. Does not belong
here: which releases go in (`publication`), making only what changed (`incremental`) and querying one figure (`trace`).
It is built in a temporary file and moved into place; no process ever writes to a file that another may have open.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.tables.atomic import clear_temporaries, temporary_path
from civic_assets.tables.duckdb_connection import connect

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# By default DuckDB 2 writes files that DuckDB 1 cannot open, and many tools embed a DuckDB 1. Files of this version can
# be read by DuckDB 1.2 and later. An older version would add only 1.1, and make the file a seventh larger.
_STORAGE: dict[str, str | bool | int | float | list[str]] = {"storage_compatibility_version": "v1.2.0"}


def build_read_model(inputs: Inputs, *, from_nothing: bool = False) -> None:
    """Build the read model in a new file and move it into place.

    The new file is a copy of the last one in which only what changed is made again, if that is possible; both ways
    give the same rows.

    Args:
        inputs: What it is built from.
        from_nothing: Make every table again; so is every table if the last file was changed since it was put there.

    Raises:
        PublicationHeldBack: A suite of expectations that gates failed.
        CivicError: The finished file lacks something that was to be written into it.
    """
    from civic_assets.publish.incremental import update
    from civic_assets.publish.read_model.as_written import refuse_unless_written
    from civic_assets.publish.read_model.placing import as_put, put_in_place

    store = inputs.store
    clear_temporaries(store.root)
    temporary = temporary_path(store.root)
    try:
        checked = None if from_nothing or not as_put(store) else update.update(inputs, temporary)
        if checked is None:
            temporary.unlink(missing_ok=True)
            _from_nothing(inputs, temporary)
        refuse_unless_written(store, temporary, inputs.members, checked)
        put_in_place(store, temporary)
    finally:
        temporary.unlink(missing_ok=True)
        temporary.with_name(temporary.name + ".wal").unlink(missing_ok=True)


def _from_nothing(inputs: Inputs, file: Path) -> None:
    """Make every table in a new file."""
    from civic_assets.acquire.live.said import read_said
    from civic_assets.contracts.corrections import load_corrections
    from civic_assets.publish import derived, house_numbers
    from civic_assets.publish.bias import register
    from civic_assets.publish.incremental import parts
    from civic_assets.publish.judgement import suite_memory
    from civic_assets.publish.member import report_held
    from civic_assets.publish.profiles import recorded_crime
    from civic_assets.publish.read_model import (
        areas,
        assurance,
        breaks,
        causes,
        decisions,
        figures,
        implied_denominators,
        latest,
        measures,
        note_changes,
        notes,
        postcodes,
        publication_lists,
    )
    from civic_assets.publish.read_model.descriptions import explain
    from civic_assets.publish.read_model.revised import revisions
    from civic_assets.quality.expectations.judgement import add_known
    from civic_assets.quality.expectations.profiles import create_profiles
    from civic_assets.quality.published.engine import add_results
    from civic_assets.quality.published.modelled_figures import MODELLED
    from civic_assets.quality.published.publishers_said import register_said

    members, contracts = inputs.members, inputs.contracts
    with connect(file, config=_STORAGE) as connection:
        inputs.begin(connection)
        inputs.say("figures and results of checks")
        figures.create_quality(connection, members)
        area_register = figures.create_observations(
            connection, inputs.store, contracts, members, figures.positions(members)
        )
        latest.mark(connection, area_register)
        decisions.create_corrections(connection, load_corrections())
        latest.create_view(connection)
        inputs.say("catalogue, areas and measures")
        publication_lists.create_sources(connection, contracts)
        publication_lists.create_releases(connection, members)
        publication_lists.create_files(connection, members, inputs.receipts)
        notes.create(connection, members)
        note_changes.create(connection)
        publication_lists.create_checks(connection)
        inputs.create_waivers(connection)
        areas.create(connection, area_register)
        postcodes.create(connection, inputs.store, contracts, members, area_register)
        measures.create(connection, contracts)
        house_numbers.create(connection, contracts)
        breaks.create(connection)
        assurance.create(connection)
        inputs.say("derived tables and disclosure control")
        recorded_crime.create(connection)
        derived.create(connection, contracts, members)
        _pack(connection)
        implied_denominators.create(connection, contracts)
        inputs.say("revisions and bias register")
        revisions.create(connection)
        register.create(connection, contracts, report_held=report_held(members))
        inputs.say("rules over what is published")
        connection.execute(MODELLED)
        said = read_said(inputs.store.root)
        register_said(connection, said)
        add_results(connection)
        create_profiles(connection, contracts, said)
        add_known(connection, suite_memory(inputs.store))
        inputs.say("causes and descriptions")
        causes.create(connection)
        inputs.sign(connection)
        parts.write(connection, parts.parts_of(inputs))
        explain(connection)


def _pack(connection: DuckDBPyConnection) -> None:
    """Write the sums to years again, in full groups of rows.

    They are added source by source, which leaves groups that are not full. DuckDB joins those when the next rows are
    added, and then writes the whole table again. Only one thread fills each group before it begins the next.
    """
    (threads,) = connection.execute("SELECT current_setting('threads')").fetchone() or (1,)
    connection.execute("SET threads = 1")
    connection.execute("CREATE OR REPLACE TABLE harmonised.unified_sums AS FROM harmonised.unified_sums")
    connection.execute(f"SET threads = {threads}")
