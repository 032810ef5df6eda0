"""The next read model from the last one: a copy in which only what changed is made again.

Belongs here: whether that is possible, and the order of the steps. Does not belong here: the steps themselves (the
other modules of this folder), and building everything (`civic_assets.publish.build`).

The result is equal, row for row, to a read model made from nothing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.house_numbers.publishing import MOST_CHANGED_SHARE, MOST_FREE_SHARE
from civic_assets.publish.incremental import parts
from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.tables.atomic import copy_file
from civic_assets.tables.duckdb_connection import connect

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.publish.incremental.parts import Parts

REFUSES_FAILURE = False
"""Whether a failure is an error, and not a reason to build everything; only tests set it."""
_COPY = "published"


def update(inputs: Inputs, file: Path) -> frozenset[tuple[str, str]] | None:
    """Make the next read model in a new file from the last one.

    Args:
        inputs: What the read model is made from.
        file: The new file; a failure may leave one.

    Returns:
        The releases, by source, whose figures were written; None if everything must be built.
    """
    import duckdb

    last = inputs.store.database
    if not last.is_file():
        return None
    now = parts.parts_of(inputs)
    before = _parts_before(last)
    if before is None or not _worth_it(inputs, before, now):
        return None
    try:
        copy_file(last, file)
        with connect() as connection:
            connection.execute(f"SET temp_directory = '{_quoted(str(file))}.tmp'")
            connection.execute(f"ATTACH '{_quoted(str(file))}' AS {_COPY}")
            return _updated(connection, inputs, before, now)
    except duckdb.Error:
        # Whatever is wrong with the last file, a new one does not depend on it.
        if REFUSES_FAILURE:
            raise
        return None


def _parts_before(last: Path) -> Parts | None:
    import duckdb

    try:
        with connect(last, read_only=True) as connection:
            size = connection.execute(
                "SELECT total_blocks, free_blocks FROM pragma_database_size()"
            ).fetchone()
            if size is None or size[1] > MOST_FREE_SHARE * size[0]:
                return None
            return parts.read(connection)
    except duckdb.Error:
        return None


def _worth_it(inputs: Inputs, before: Parts, now: Parts) -> bool:
    """Whether the same program made the last read model, and most figures are of sources that did not change."""
    if before.program != now.program:
        return False
    rows: dict[str, int] = {}
    for member in inputs.members:
        if member.harmonised is not None:
            rows[member.receipt.source] = rows.get(member.receipt.source, 0) + member.harmonised.rows
    changed = sum(n for source, n in rows.items() if before.sources.get(source) != now.sources[source])
    return changed <= MOST_CHANGED_SHARE * sum(rows.values())


def _updated(
    connection: DuckDBPyConnection, inputs: Inputs, before: Parts, now: Parts
) -> frozenset[tuple[str, str]]:
    from civic_assets.acquire.live.said import read_said
    from civic_assets.publish.bias import register
    from civic_assets.publish.bias.indicator import Changed
    from civic_assets.publish.incremental import joined_tables, positions, replaced_rows, source_tables
    from civic_assets.publish.incremental.joined_tables import drop
    from civic_assets.publish.incremental.survey import survey
    from civic_assets.publish.judgement import suite_memory
    from civic_assets.publish.member import report_held
    from civic_assets.publish.read_model import causes, publication_lists
    from civic_assets.publish.read_model.descriptions import explain
    from civic_assets.quality.expectations.judgement import add_known
    from civic_assets.quality.expectations.profiles import create_profiles
    from civic_assets.quality.published import engine
    from civic_assets.quality.published.publishers_said import register_said

    connection.execute(f"USE {_COPY}")
    inputs.begin(connection)
    last = engine.unchanged(connection, "memory", _COPY, ())
    connection.execute("DELETE FROM quality.check_results WHERE release = 'published'")
    connection.execute("DELETE FROM quality.findings WHERE found_in = 'published'")
    positions.move(connection, inputs)
    found = survey(connection, inputs, before, now, joined_tables.audited())
    inputs.say(f"figures and tables of {', '.join(sorted(found.sources)) or 'no source'}")
    made = source_tables.make(connection, inputs, found.arrivals, _COPY)
    replaced_rows.replace(connection, made, _COPY)
    drop(connection, ("catalogue.files", "quality.waivers"))
    publication_lists.create_files(connection, inputs.members, inputs.receipts)
    inputs.create_waivers(connection)
    inputs.say("derived tables and disclosure control")
    again = joined_tables.remake(connection, inputs, found)
    inputs.say("bias register")
    register.create(
        connection,
        inputs.contracts,
        report_held=report_held(inputs.members),
        changed=None if found.protection else Changed(found.sources, found.measures, again),
    )
    inputs.say("rules over what is published")
    said = read_said(inputs.store.root)
    register_said(connection, said)
    # Withholding may have changed tables of sources that were not replaced alone.
    engine.add_results(connection, None if found.protection else replace(last, replaced=found.sources))
    create_profiles(connection, inputs.contracts, said, found.sources)
    add_known(connection, suite_memory(inputs.store))
    inputs.say("causes and descriptions")
    connection.execute("UPDATE quality.findings SET cause_id = NULL WHERE cause_id IS NOT NULL")
    causes.create(connection)
    inputs.sign(connection)
    parts.write(connection, now)
    explain(connection)
    connection.execute("USE memory")
    connection.execute(f"DETACH {_COPY}")
    return frozenset((m.receipt.source, m.receipt.release) for m in made.fresh(inputs.members))


def _quoted(text: str) -> str:
    return text.replace("'", "''")
