"""The expectation suites judge what is published, after it is published.

Belongs here: adding their results to a copy of the read model and putting that in place at once. Does not belong here:
running suites (`civic_assets.quality.expectations`) and building the read model (`build`).

Figures do not wait for Great Expectations, whose import takes longer than most suites. Until the suites have run,
each of their results in `quality.check_results` is not evaluated, and says so. A suite that gates has already run in
`build`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from civic_assets.answers.progress import Said
from civic_assets.layers.keys import layer_version
from civic_assets.layers.store import Store
from civic_assets.publish.read_model.connection import limit_building, open_read_model
from civic_assets.publish.read_model.placing import as_put, put_in_place
from civic_assets.tables.atomic import copy_file, remove_stale_temporaries, temporary_path
from civic_assets.tables.duckdb_connection import connect

if TYPE_CHECKING:
    from civic_assets.quality.expectations.judgement import SuiteMemory

_WAITS = (
    """SELECT 1 FROM quality.check_results WHERE layer = 'published' AND reason = 'not_run_yet' LIMIT 1"""
)


def suite_memory(store: Store) -> SuiteMemory:
    """Results of suites that were run in a store, in `<store>/suites/`."""
    from civic_assets.quality.expectations.judgement import SuiteMemory

    return SuiteMemory(store.root / "suites", layer_version("suites"))


def waits_for_judgement(store: Store) -> bool:
    """Whether a suite has not judged the read model yet, or could not be run."""
    import duckdb

    if not store.database.is_file():
        return False
    try:
        with connect(store.database, read_only=True) as connection:
            return connection.execute(_WAITS).fetchone() is not None
    except duckdb.Error:
        return False  # it is built again


def judge_published(store: Store, progress: Callable[[str], None] = lambda _: None) -> list[str]:
    """Run the suites that wait, and replace the read model with one that has their results.

    The read model is copied, so that readers keep a complete file at every moment; if anything fails, it stays.

    Args:
        store: Store with a read model.
        progress: Function called with a sentence before suites are run.

    Returns:
        A sentence for each suite that could not be run.

    Raises:
        UsageError: There is no read model, or it cannot be opened.
    """
    from civic_assets.publish.read_model import causes
    from civic_assets.quality.expectations.judgement import judge, replace_results, waiting_suites
    from civic_assets.quality.expectations.suites import load_suites

    if store.database.is_file() and not as_put(store):
        # The copy would pass for what was published.
        what = (
            f"{store.database} was changed by another program after it was published, so no suite judges it."
        )
        return [f"{what} Make it again with: civic-assets refresh"]
    with open_read_model(store) as connection:
        waiting = waiting_suites(connection, load_suites())
        if not waiting:
            return []
        progress(Said("Judging what is published with the expectation suites", "stage"))
        judged, sentences = judge(connection, suite_memory(store), waiting)
        same = all(
            connection.execute(_HAS, [row["check_id"], row["source"], row["message"]]).fetchone()
            for one in judged.values()
            for row in one.results
        )
    if same:
        return sentences
    remove_stale_temporaries(store.root)
    temporary = temporary_path(store.root)
    try:
        copy_file(store.database, temporary)
        with connect(temporary) as connection:
            limit_building(connection)
            replace_results(connection, waiting, judged)
            causes.create(connection)
            for table in ("check_results", "findings", "causes"):
                connection.execute(_COUNTED.format(table=table))
        put_in_place(store, temporary)
    finally:
        temporary.unlink(missing_ok=True)
        temporary.with_name(temporary.name + ".wal").unlink(missing_ok=True)
    return sentences


# `catalogue.tables` says how many rows each table has.
_COUNTED = """UPDATE catalogue.tables SET n_rows = (SELECT count(*) FROM quality.{table})
WHERE schema_name = 'quality' AND table_name = '{table}'"""
_HAS = "SELECT 1 FROM quality.check_results WHERE check_id = ? AND source = ? AND message = ?"
