"""The job that fetches one source, and the sensors that have what came built.

Belongs here: the operation, its job, and the requests that follow. Does not belong here: fetching (`fetching`), when it
is asked for (`sites`, `civic_assets.defs.schedules`), and building (`civic_assets.defs.assets`).

Fetching and building are two runs. What a file is, and so which partition it fills, is known only when it has been
read; and a run of a partitioned asset must name its partitions when it begins.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from pydantic import Field

from civic_assets.archive import release_sort_key
from civic_assets.contracts.model import Contract
from civic_assets.defs.automatic.fetching import fetch, is_offered
from civic_assets.defs.dagster_private import UnresolvedAssetJobDefinition
from civic_assets.defs.inbox import look, take, to_build
from civic_assets.defs.instance import PROCESS_TAG, TRIGGER_TAG, register_releases, this_process
from civic_assets.defs.jobs import refresh_job_name
from civic_assets.defs.labels import name_of, tag_value
from civic_assets.defs.outcomes import NOT_FETCHED
from civic_assets.defs.resources import StoreResource
from civic_assets.errors import CivicError
from civic_assets.layers.store import Store
from civic_assets.layers.store_lock import changing

FETCH = "fetch"
"""Name of the job."""
_OPERATION = "fetch_source"
_SECONDS = 30
_RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


class Fetch(dg.Config):
    """What to fetch.

    Args:
        source: The source.
        due: The edition that is due, for the log; empty if none is known.
    """

    source: str
    due: str = Field(default="")


def fetch_job(contracts: Mapping[str, Contract], resources: Mapping[str, Any]) -> dg.JobDefinition:
    """Job that fetches what is new of one source, and takes in what is in the inbox.

    Args:
        contracts: Active contracts.
        resources: Resources of the code location. Without them, Dagster would copy the job and every sensor that names
            it, and warn of that copy whenever the code location is loaded.
    """

    @dg.op(
        name=_OPERATION,
        description="Asks the publisher of one source what is offered, fetches what is new into the archive, and "
        "registers its releases.",
        # One at a time: archives of police.uk and workbooks of 50 MB are read in memory.
        pool=FETCH,
    )
    def fetch_source(context: dg.OpExecutionContext, config: Fetch, store: StoreResource) -> None:
        context.instance.add_run_tags(context.run.run_id, {PROCESS_TAG: this_process()})
        opened = store.open()
        contract = contracts.get(config.source)
        if contract is None:
            raise dg.Failure(f"There is no source {config.source!r} that is read.", allow_retries=False)
        problems: tuple[str, ...] = ()
        with changing(opened.root, "a run of Dagster (fetch)", context.log.info):
            taken = take(opened, contracts, list(look(opened.inbox, {})))
        receipts = [receipt for file in taken for receipt in file.receipts]
        if is_offered(contract):
            try:
                fetched, problems = fetch(opened, contracts, config.source, context.log.info)
            except CivicError as error:
                raise dg.Failure(str(error), allow_retries=False) from None
            receipts += fetched
            for receipt in fetched:
                context.log.info(f"{receipt.source} {receipt.release} was fetched from {receipt.url}.")
        register_releases(context.instance, opened, contracts)
        if config.due and not any(one.source == config.source for one in receipts):
            context.log.warning(
                f"{config.source} {config.due} is due. The publisher offers nothing new of it, and {opened.inbox} has "
                "no file of it either."
            )
        if problems:
            # Tried again at the next look, not by a retry: a site that fails is not helped by more requests.
            said = "\n".join(problems)
            raise dg.Failure(said, metadata={NOT_FETCHED: said}, allow_retries=False)

    @dg.job(
        name=FETCH,
        executor_def=dg.in_process_executor,
        resource_defs=resources,
        description="Fetches what is new of one source into the archive. A sensor then asks for the run that builds "
        "it.",
    )
    def job() -> None:
        fetch_source()

    return job


def fetch_request(source: str, key: str, due: str, trigger: str) -> dg.RunRequest:
    """The request for a run that fetches a source.

    Args:
        source: The source.
        key: Key of the run.
        due: Edition that is due; empty if none is known.
        trigger: What asks for it, for the run's tag.
    """
    return dg.RunRequest(
        run_key=key,
        job_name=FETCH,
        run_config={"ops": {_OPERATION: {"config": {"source": source, "due": due}}}},
        tags={TRIGGER_TAG: trigger, "source": tag_value(source), **({"civic/due": due} if due else {})},
    )


def build_requests(
    store: Store, contracts: Mapping[str, Contract], sources: Iterable[str], trigger: str, key: str
) -> Iterator[dg.RunRequest]:
    """Requests for the runs that build what is archived and not built, one for each source.

    Args:
        store: The store.
        contracts: Active contracts.
        sources: Sources to look at.
        trigger: What asks for it, for the run's tag.
        key: What distinguishes this request from another for the same releases, e.g. the run that fetched them.
    """
    for source in sources:
        releases = to_build(store, contracts[source])
        if not releases:
            continue
        hashes = {one.release: one.sha256 for one in store.archive.receipts(source)}
        digest = hashlib.sha256("+".join(f"{name}={hashes[name]}" for name in releases).encode()).hexdigest()
        yield dg.RunRequest(
            run_key=f"{source}:build:{digest[:16]}:{key}",
            job_name=refresh_job_name(source),
            tags={TRIGGER_TAG: trigger, **partitions_of_run(releases)},
            run_config={"ops": {name_of(source): {"config": {"releases": releases}}}},
        )


def partitions_of_run(releases: Sequence[str]) -> dict[str, str]:
    """Tags that name the partitions of a run, without which Dagster cannot look up its inputs."""
    ordered = sorted(releases, key=release_sort_key)
    return dict(zip(_RANGE, (ordered[0], ordered[-1]), strict=True))


def build_sensors(
    contracts: Mapping[str, Contract],
    job: dg.JobDefinition,
    jobs: Mapping[str, UnresolvedAssetJobDefinition],
) -> list[dg.SensorDefinition]:
    """Sensors that have built what a run of `fetch` brought, also if it did not get everything.

    Args:
        contracts: Active contracts.
        job: The job that fetches.
        jobs: Job of each source.
    """
    after = (
        ("build_after_fetch", dg.DagsterRunStatus.SUCCESS),
        ("build_after_failed_fetch", dg.DagsterRunStatus.FAILURE),
    )
    return [_build_sensor(name, status, contracts, job, jobs) for name, status in after]


def _build_sensor(
    name: str,
    status: dg.DagsterRunStatus,
    contracts: Mapping[str, Contract],
    job: dg.JobDefinition,
    jobs: Mapping[str, UnresolvedAssetJobDefinition],
) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=status,
        name=name,
        monitored_jobs=[job],
        request_jobs=list(jobs.values()),
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Asks for the runs that build what was fetched: one for each source of which a release is archived and not "
            "built, with all later releases, since their checks look back."
        ),
    )
    def build(
        context: dg.RunStatusSensorContext, store: StoreResource
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        opened = store.open()
        register_releases(context.instance, opened, contracts)
        requests = list(build_requests(opened, contracts, contracts, name, context.dagster_run.run_id))
        if not requests:
            yield dg.SkipReason("Nothing new was fetched.")
        yield from requests

    return build
