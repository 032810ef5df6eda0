"""Running everything that is out of date, recorded in Dagster.

Belongs here: which runs are made, in which order, and how failures are reported. Does not belong here: what a run does
(`assets`, `published`). Dagster is imported only if there is something to run.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from civic_assets.answers.progress import Said
from civic_assets.archive import release_sort_key
from civic_assets.contracts.model import Contract
from civic_assets.defs.instance import (
    PROCESS_TAG,
    TRIGGER_TAG,
    RecordedStates,
    fail_dead_runs,
    open_instance,
    origin_of,
    register_releases,
    this_process,
)
from civic_assets.defs.release_order import releases_partitions
from civic_assets.defs.workers.settings import on_workers
from civic_assets.errors import PublicationHeldBack
from civic_assets.layers.checked import RESULTS
from civic_assets.layers.grid_cache import GRIDS
from civic_assets.layers.limits import ALONE, Limits
from civic_assets.layers.remote.session import session_of
from civic_assets.layers.side_by_side import SideBySide
from civic_assets.layers.store import Store
from civic_assets.publish.judgement import judge_published, waits_for_judgement
from civic_assets.publish.publication import Publication, publish, stands
from civic_assets.publish.read_model.connection import stamp_of
from civic_assets.quality.framework.in_sql import close_database
from civic_assets.unforeseen import sentence_of

if TYPE_CHECKING:
    from dagster import DagsterEvent, DagsterInstance, Definitions

    from civic_assets.defs.workers.launching import OnWorkers

# `progress` is for the user who waits; Dagster's own lines go to the event log.
_QUIET: dict[str, Any] = {"console": {"config": {"log_level": "CRITICAL"}}}
# A release that is held back fails its run so that the UI shows it; for a refresh it is an outcome, not an error.
_HELD_BACK = "DagsterAssetCheckFailedError"
_INTERRUPTED = "DagsterExecutionInterruptedError"


@dataclass(frozen=True)
class LaunchReport:
    """Outcome of the runs.

    Args:
        publication: Publication in force now; None if every release is held back, or publishing failed.
        runs: Id of the run by job; empty if there was nothing to do.
        errors: A sentence for each step that failed, with the run that has the details.
    """

    publication: Publication | None
    runs: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[str, ...] = ()


def launch(
    store: Store,
    contracts: Mapping[str, Contract],
    stale: Mapping[str, Collection[str]],
    *,
    profile: str,
    without: Collection[tuple[str, str]] = (),
    progress: Callable[[str], None] = lambda _: None,
    limits: Limits = ALONE,
) -> LaunchReport:
    """Run the stale releases of each source, then publish; nothing is run if everything is up to date and recorded.

    A release that is up to date but that Dagster has no record of (a process was killed between the two) is run as
    well, which costs only its events. After a kill at any moment, the next launch ends in the same state.

    Args:
        store: Store to work on.
        contracts: Active contracts.
        stale: Releases to build, by source.
        profile: Profile of the publication.
        without: (source, release) of releases that are not published.
        progress: Function that receives a line for each release and layer, with its rows.
        limits: Processes and memory that may be used; the result does not depend on them.

    Raises:
        UsageError: The store's Dagster instance cannot be opened.
        KeyboardInterrupt: The user stopped it; what was built stays, and the next launch continues from there.
    """
    wanted = _wanted(store, contracts, stale, without)
    recorded = RecordedStates(store)
    published = stands(store, contracts, without) and recorded.has_publication(stamp_of(store.database))
    unfinished = store.dagster_home / "unfinished"
    if not wanted and published and not unfinished.exists() and not waits_for_judgement(store):
        return LaunchReport(publish(store, contracts, profile=profile, without=without))
    unfinished.touch()
    before = _number(store)
    with open_instance(store) as instance:
        fail_dead_runs(instance)
        register_releases(instance, store, contracts)
        runs, errors = _run_all(instance, store, contracts, wanted, profile, without, progress, limits)
    unfinished.unlink(missing_ok=True)
    from civic_assets.defs.jobs import JUDGE, PUBLISH

    if any(error.startswith(f"{PUBLISH}: ") for error in errors):
        return LaunchReport(None, runs, tuple(errors))
    try:
        # Up to date by now, so this only returns it; unless a source could not be run (`definitions_for`).
        publication = publish(store, contracts, profile=profile, without=without)
    except PublicationHeldBack as error:
        return LaunchReport(None, runs, (*errors, f"{PUBLISH}: {error}"))
    if not any(error.startswith(f"{JUDGE}: ") for error in errors) and waits_for_judgement(store):
        errors += [f"{JUDGE}: {sentence}" for sentence in judge_published(store, progress)]
    if publication is not None:
        publication = Publication(publication.number, publication.hash, publication.number != before)
    return LaunchReport(publication, runs, tuple(errors))


def _number(store: Store) -> int | None:
    from civic_assets.publish.publication import latest

    manifest = latest(store)
    return manifest["number"] if manifest else None


def _wanted(
    store: Store,
    contracts: Mapping[str, Contract],
    stale: Mapping[str, Collection[str]],
    without: Collection[tuple[str, str]],
) -> dict[str, list[str]]:
    """Releases to run by source, oldest first: stale ones, and built ones that Dagster has no record of."""
    built = [
        receipt
        for receipt in store.archive.receipts()
        if receipt.source in contracts
        and (receipt.source, receipt.release) not in without
        and store.tables.current(RESULTS, receipt.source, receipt.release) is not None
    ]
    wanted = {source: set(releases) for source, releases in stale.items() if releases}
    for receipt in RecordedStates(store).missing(built):
        wanted.setdefault(receipt.source, set()).add(receipt.release)
    return {source: sorted(wanted[source], key=release_sort_key) for source in sorted(wanted)}


def _run_all(
    instance: DagsterInstance,
    store: Store,
    contracts: Mapping[str, Contract],
    wanted: Mapping[str, list[str]],
    profile: str,
    without: Collection[tuple[str, str]],
    progress: Callable[[str], None],
    limits: Limits,
) -> tuple[dict[str, str], list[str]]:
    from civic_assets.defs.jobs import JUDGE, PUBLISH, refresh_job_name
    from civic_assets.defs.labels import name_of
    from civic_assets.defs.published import OPERATION
    from civic_assets.defs.salvage import definitions_for

    definitions, not_run, sentences = definitions_for(store, contracts, progress, limits)
    runs: dict[str, str] = {}
    errors: list[str] = list(sentences)
    number = sum(map(len, wanted.values()))
    if number:
        progress(
            Said(
                f"{_counted(number, 'release')} of {_counted(len(wanted), 'source')} to do",
                "plan",
                "",
                number,
            )
        )
    if wanted and on_workers():
        given = {source: releases for source, releases in wanted.items() if source not in not_run}
        there = _run_on_workers(instance, store, definitions, given, progress)
        runs |= there.runs
        errors += there.errors
        wanted = {}
    together = SideBySide(
        store,
        {source: releases for source, releases in wanted.items() if source not in not_run},
        limits,
        lambda line: progress(Said(line, "doing")),
    )
    for source in together.sources():
        releases = wanted[source]
        progress(
            Said(f"{source}: {_counted(len(releases), 'release')} to do", "source", source, len(releases))
        )
        config: dict[str, Any] = {"ops": {name_of(source): {"config": {"releases": releases}}}}
        job = refresh_job_name(source)
        runs[job] = _run(instance, definitions, job, config, errors, _range_of(instance, source, releases))
    errors += together.trouble
    if not_run:
        # The read model is then made, and judged, outside a run: definitions without a source would leave its figures
        # out.
        return runs, errors
    stamp = stamp_of(store.database)
    if not (stands(store, contracts, without) and RecordedStates(store).has_publication(stamp)):
        left_out = [f"{source}/{release}" for source, release in sorted(without)]
        config = {"ops": {OPERATION: {"config": {"profile": profile, "without": left_out}}}}
        progress(Said("Publishing", "stage"))
        _let_go()
        runs[PUBLISH] = _run(instance, definitions, PUBLISH, config, errors)
    elif waits_for_judgement(store):
        runs[JUDGE] = _run(instance, definitions, JUDGE, {}, errors)
    return runs, errors


def _run_on_workers(
    instance: DagsterInstance,
    store: Store,
    definitions: Definitions,
    wanted: Mapping[str, list[str]],
    progress: Callable[[str], None],
) -> OnWorkers:
    """Have workers build the releases; they find the files in the object store, and what they made is brought here."""
    from civic_assets.defs.workers.launching import OnWorkers

    workers = OnWorkers(
        instance,
        store,
        definitions,
        {"loggers": _QUIET},
        lambda source, releases: _range_of(instance, source, releases),
        progress,
    )
    session = session_of(store.root)
    if session is not None:
        session.send()
    workers.run(wanted)
    if session is not None:
        session.bring()
    return workers


def _let_go() -> None:
    """Give back the memory that was needed for releases: a publication needs most just after it."""
    import pyarrow as pa

    GRIDS.clear()
    gc.collect(0)
    close_database()
    pa.default_memory_pool().release_unused()


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"


def _range_of(instance: DagsterInstance, source: str, releases: Collection[str]) -> dict[str, str]:
    """Tags that name the partitions of a run, without which Dagster cannot look up its inputs.

    They name a range in the order of releases; the run's configuration names the releases in it that are built.
    """
    known = set(instance.get_dynamic_partitions(releases_partitions(source)))
    chosen = sorted(known.intersection(releases), key=release_sort_key)
    if not chosen:
        return {}
    return {"dagster/asset_partition_range_start": chosen[0], "dagster/asset_partition_range_end": chosen[-1]}


def _run(
    instance: DagsterInstance,
    definitions: Definitions,
    job: str,
    config: Mapping[str, Any],
    errors: list[str],
    partitions: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """One run in this process, as one of the UI's code location. Returns its id; empty if it did not begin."""
    from civic_assets.defs.dagster_private import InMemoryJob, execute_run_iterator
    from civic_assets.defs.expectations import OPERATION
    from civic_assets.defs.jobs import JUDGE

    try:
        repository = definitions.get_repository_def()
        definition = repository.get_job(job)
        # Not `execute_in_process`, which cannot name where the job is defined: the UI's Timeline and Jobs page show
        # only runs that do.
        run = instance.create_run_for_job(
            definition,
            run_config={"loggers": _QUIET, **config},
            tags={
                **definition.run_tags,
                PROCESS_TAG: this_process(),
                TRIGGER_TAG: "refresh",
                # If this process is killed, the next refresh goes on; the daemon does not.
                "dagster/max_retries": "0",
                **partitions,
            },
            remote_job_origin=origin_of(repository.name, job),
        )
        events = list(execute_run_iterator(InMemoryJob(definition), run, instance))
    except Exception as error:  # noqa: BLE001  (one source that cannot be run must not keep the others from it)
        errors.append(f"{job}: {sentence_of(error)}")
        return ""
    for event in events:
        if event.is_step_failure:
            # The suites judge what is already published: if they fail, publishing has not.
            failed = JUDGE if event.step_key == OPERATION else job
            errors.extend(f"{failed}: {sentence} (run {run.run_id})" for sentence in sentences_of(event))
    return str(run.run_id)


def sentences_of(event: DagsterEvent) -> Iterator[str]:
    """What the failure of a step says to a person; nothing if it is an outcome rather than an error."""
    from civic_assets.defs.outcomes import NO_ERROR

    data = event.step_failure_data
    name = data.error.cls_name if data.error else None
    if name == _INTERRUPTED:
        raise KeyboardInterrupt
    if name == _HELD_BACK:
        return
    if data.user_failure_data is not None and any(key in data.user_failure_data.metadata for key in NO_ERROR):
        return
    if data.user_failure_data is not None and data.user_failure_data.description:
        yield from data.user_failure_data.description.splitlines()
    elif data.error is not None:
        cause = data.error.cause or data.error
        yield " ".join(cause.message.split())
