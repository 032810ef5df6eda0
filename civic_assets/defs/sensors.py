"""Sensors: a new file in the inbox, and a source that has been refreshed.

Belongs here: what is requested after an event. Does not belong here: which files are new (`inbox`), and what runs do.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace

import dagster as dg

from civic_assets.archive import Receipt, release_sort_key
from civic_assets.contracts.model import Contract
from civic_assets.defs.assets import partitions_of
from civic_assets.defs.dagster_private import UnresolvedAssetJobDefinition
from civic_assets.defs.inbox import look, read_cursor, ready, take, write_cursor
from civic_assets.defs.instance import TRIGGER_TAG
from civic_assets.defs.jobs import refresh_job_name
from civic_assets.defs.resources import StoreResource
from civic_assets.errors import StoreBusy
from civic_assets.intake.received import ReceivedFile
from civic_assets.layers.freshness import is_fresh
from civic_assets.layers.store import Store
from civic_assets.layers.store_lock import changing

# A workbook takes a second to read, and a tick is stopped after a minute; the rest is read at the next tick.
_FILES_PER_TICK = 10
_SECONDS = 30


def inbox_sensor(
    contracts: Mapping[str, Contract], jobs: Sequence[UnresolvedAssetJobDefinition]
) -> dg.SensorDefinition:
    """Watches the store's inbox folder.

    Running when first loaded: it reads one folder of its own store and nothing else, and a user who puts a file into
    the inbox expects it to be read.
    """

    @dg.sensor(
        name="inbox",
        jobs=list(jobs),
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Looks into the store's inbox folder. A file that has stopped growing is recognised by its content, "
            "archived, and its release run; later releases of the source run again, since their checks look back. "
            "Other bytes of a known edition become a reissue (.r2). A file that is not a release of a known source is "
            "named in the log of the tick that first read it. Files stay where they are."
        ),
    )
    def inbox(context: dg.SensorEvaluationContext, store: StoreResource) -> dg.SensorResult:
        opened = store.open()
        before = read_cursor(context.cursor)
        now = look(opened.inbox, before)
        names = ready(now, before)[:_FILES_PER_TICK]
        try:
            with changing(opened.root, "the inbox of Dagster") if names else nullcontext():
                taken = take(opened, contracts, names)
        except StoreBusy as busy:
            # Nothing is marked as read, so the next look takes these files.
            return dg.SensorResult(skip_reason=str(busy), cursor=write_cursor(now))
        for name in names:
            now[name] = replace(now[name], read=True)
        notes = [_note(context, found) for found in taken]
        releases = list(_to_run(opened, contracts, taken))
        cursor = write_cursor(now)
        if not releases:
            waiting = sum(not seen.read for seen in now.values())
            growing = f"{waiting} new in the inbox; read when unchanged at the next look." if waiting else ""
            reason = " ".join([*notes, growing]).strip() or "Nothing new in the inbox."
            return dg.SensorResult(skip_reason=reason, cursor=cursor)
        return dg.SensorResult(
            run_requests=[_request(receipt, now, taken) for receipt in releases],
            dynamic_partitions_requests=[
                partitions_of(source).build_add_request([r.release for r in releases if r.source == source])
                for source in sorted({receipt.source for receipt in releases})
            ],
            cursor=cursor,
        )

    return inbox


def _note(context: dg.SensorEvaluationContext, taken: ReceivedFile) -> str:
    if taken.reason:
        context.log.warning(taken.reason)
        return taken.reason
    releases = " and ".join(f"{receipt.source} {receipt.release}" for receipt in taken.receipts)
    sentence = f"{taken.name} is {releases}{', already archived' if taken.verdict == 'known' else ''}."
    context.log.info(sentence)
    return sentence


def _to_run(
    store: Store, contracts: Mapping[str, Contract], taken: Sequence[ReceivedFile]
) -> Iterator[Receipt]:
    """New releases and all later ones of their sources, oldest first."""
    for source, contract in contracts.items():
        found = [receipt for file in taken for receipt in file.receipts if receipt.source == source]
        due = [receipt for receipt in found if not is_fresh(store, contract, receipt)]
        if not due:
            continue
        first = min(release_sort_key(receipt.release) for receipt in due)
        later = [r for r in store.archive.receipts(source) if release_sort_key(r.release) >= first]
        yield from sorted(later, key=lambda receipt: release_sort_key(receipt.release))


def _request(receipt: Receipt, now: Mapping[str, object], taken: Sequence[ReceivedFile]) -> dg.RunRequest:
    names = (file.given for file in taken if any(r.source == receipt.source for r in file.receipts))
    causes = list(dict.fromkeys(names))
    # The file's time is in the key, so that a file put there again runs again if its release is no longer up to date.
    times = "-".join(str(getattr(now[name], "mtime_ns", "")) for name in causes)
    return dg.RunRequest(
        run_key=f"{receipt.source}:{receipt.release}:{receipt.sha256[:12]}:{times}",
        job_name=refresh_job_name(receipt.source),
        partition_key=receipt.release,
        tags={TRIGGER_TAG: "inbox", "civic/file": ", ".join(causes)},
    )


def publish_sensors(
    publish: UnresolvedAssetJobDefinition, jobs: Sequence[UnresolvedAssetJobDefinition]
) -> list[dg.SensorDefinition]:
    """Publish when a source has been refreshed, also when its release was held back (which fails the run).

    Running when first loaded: otherwise a file from the inbox would be checked but never published.
    """
    after: Sequence[tuple[str, dg.DagsterRunStatus, str]] = (
        (
            "publish_after_refresh",
            dg.DagsterRunStatus.SUCCESS,
            "Publishes when a source has been refreshed.",
        ),
        (
            "publish_after_failure",
            dg.DagsterRunStatus.FAILURE,
            (
                "A run that fails may have held a release back. Publishes, so that the read model says so; what was "
                "published of other releases stays."
            ),
        ),
    )
    return [_publish_sensor(name, status, description, publish, jobs) for name, status, description in after]


def _publish_sensor(
    name: str,
    status: dg.DagsterRunStatus,
    description: str,
    publish: UnresolvedAssetJobDefinition,
    jobs: Sequence[UnresolvedAssetJobDefinition],
) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=status,
        name=name,
        monitored_jobs=list(jobs),
        request_job=publish,
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=description,
    )
    def after_refresh(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        if run.tags.get(TRIGGER_TAG) == "refresh":
            return dg.SkipReason("The command that ran it publishes itself.")
        return dg.RunRequest(run_key=run.run_id, tags={TRIGGER_TAG: name})

    return after_refresh
