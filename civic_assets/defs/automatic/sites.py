"""A sensor for each kind of site: looks at what publishers offer, and asks for the runs that fetch what is new.

Belongs here: the sensors. Does not belong here: when a site is looked at (`looks`), and looking (`fetching`).

A look only asks for pages and lists, conditionally. The file itself is fetched by a run: it may be large, and a tick is
stopped after a minute. The run registers the partition of what it fetched, and a further one builds it (`fetch_job`).
The state of the offers is in the store (`acquired/offers.json`), where the command line uses it too; the cursor
remembers which run was asked for.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg

from civic_assets.acquire.live.held import HeldSource, read_held
from civic_assets.contracts.model import Contract
from civic_assets.defs.automatic.alerting import send_alerts
from civic_assets.defs.automatic.fetch_job import build_requests, fetch_request
from civic_assets.defs.automatic.fetching import Looked, is_offered, look
from civic_assets.defs.automatic.looks import (
    LOOKED_AT_FROM,
    asked_for,
    fingerprint_of,
    in_words,
    next_look,
    read_cursor,
    run_key,
    to_fetch,
    write_cursor,
)
from civic_assets.defs.automatic.switch import HOW, of_sensors, time_between_looks
from civic_assets.defs.dagster_private import UnresolvedAssetJobDefinition
from civic_assets.defs.instance import register_releases
from civic_assets.defs.resources import StoreResource
from civic_assets.house_numbers.alerts import UNREACHABLE_TIMES
from civic_assets.house_numbers.fetching import SECONDS_BETWEEN_TICKS, SOURCES_AT_A_LOOK

_SECONDS_IN_A_DRILL = 15
_SITES = {
    "arcgis": "ONS Open Geography (ArcGIS)",
    "education_data_api": "the data API of Explore Education Statistics",
    "education_statistics": "the content API of Explore Education Statistics",
    "govuk_content": "the content API of GOV.UK",
    "london_datastore": "the London Datastore",
    "nomis": "Nomis",
    "ons_pages": "the site of the Office for National Statistics",
    "police_archive": "the archive of data.police.uk",
}


def present() -> datetime:
    """The time. Tests of several years replace it."""
    return datetime.now(UTC)


def kinds_of_sites(contracts: Mapping[str, Contract]) -> dict[str, list[str]]:
    """Sources by the kind of their first site, which is where their main files are."""
    kinds: dict[str, list[str]] = {}
    for source, contract in sorted(contracts.items()):
        if is_offered(contract) and contract.acquisition is not None:
            kinds.setdefault(next(contract.acquisition.places()).finder, []).append(source)
    return dict(sorted(kinds.items()))


def site_sensors(
    contracts: Mapping[str, Contract],
    fetching: dg.JobDefinition,
    jobs: Mapping[str, UnresolvedAssetJobDefinition],
    automatic: frozenset[str],
) -> list[dg.SensorDefinition]:
    """One sensor for each kind of site.

    Args:
        contracts: Active contracts.
        fetching: Job that fetches.
        jobs: Job of each source.
        automatic: Sources whose sensors run when they are first loaded; if one is named, the others of its kind are not
            looked at.
    """
    return [
        _site_sensor(
            kind,
            [source for source in sources if source in automatic] or sources,
            contracts,
            fetching,
            jobs,
            not automatic.isdisjoint(sources),
        )
        for kind, sources in kinds_of_sites(contracts).items()
    ]


def _site_sensor(
    kind: str,
    sources: Sequence[str],
    contracts: Mapping[str, Contract],
    fetching: dg.JobDefinition,
    jobs: Mapping[str, UnresolvedAssetJobDefinition],
    running: bool,
) -> dg.SensorDefinition:
    @dg.sensor(
        name=f"site_{kind}",
        jobs=[fetching, *(jobs[source] for source in sources)],
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS
        if time_between_looks() is None
        else _SECONDS_IN_A_DRILL,
        default_status=of_sensors(running),
        description=(
            f"Looks once a day, from {LOOKED_AT_FROM:%H:%M} London time, at {_SITES.get(kind, kind)} for "
            f"{', '.join(sources)}: pages and lists only, and only what has changed. A file that is new or has changed "
            "is fetched by a run, and a further run builds its release. A site that fails is looked at again after an "
            "hour, then after twice as long each time. A look by a schedule or by `civic-assets refresh` "
            f"counts as well. {HOW}"
        ),
    )
    def site(context: dg.SensorEvaluationContext, store: StoreResource) -> dg.SensorResult:
        opened, now, every = store.open(), present(), time_between_looks()
        held = read_held(opened.root)
        times = {source: next_look(held.get(source, HeldSource()), now, every) for source in sources}
        due = [source for source in sources if times[source] <= now]
        if not due:
            return dg.SensorResult(skip_reason=_waiting(times, now), cursor=context.cursor)
        # The one that has waited longest first: a site that hangs must not keep the others from being looked at.
        chosen = sorted(due, key=lambda source: held.get(source, HeldSource()).asked_at)[:SOURCES_AT_A_LOOK]
        looked = look(opened, contracts, chosen, context.log.info)
        requests: list[dg.RunRequest] = []
        notes, cursor = [], read_cursor(context.cursor)
        # Those of other sources are registered by their own looks and by the run that fetched them.
        register_releases(context.instance, opened, {source: contracts[source] for source in chosen})
        for source in chosen:
            for problem in looked[source].problems:
                context.log.warning(problem)
            if found := to_fetch(looked[source].decisions, now):
                cursor[source] = asked_for(cursor.get(source), fingerprint_of(found))
                requests.append(fetch_request(source, run_key(source, cursor[source]), "", "site"))
            # Archived with the file of another source, or left by a run that was killed.
            requests += build_requests(opened, contracts, [source], "site", f"{now:%Y-%m-%d}")
            notes.append(_seen(source, looked[source]))
        held = read_held(opened.root)
        if any(held.get(source, HeldSource()).failures >= UNREACHABLE_TIMES for source in chosen):
            # No run follows after which alerts are sent.
            for sentence in send_alerts(opened, contracts):
                context.log.error(sentence)
        return dg.SensorResult(
            run_requests=requests or None,
            skip_reason=None if requests else " ".join(notes),
            cursor=write_cursor(cursor),
        )

    return site


def _seen(source: str, looked: Looked) -> str:
    if looked.problems:
        return looked.problems[0]
    return f"{source}: nothing new among {len(looked.decisions):,} offered."


def _waiting(times: Mapping[str, datetime], now: datetime) -> str:
    words: dict[str, list[str]] = {}
    for source, moment in sorted(times.items(), key=lambda item: item[1]):
        words.setdefault(in_words(moment, now), []).append(source)
    return "Next look: " + "; ".join(f"{', '.join(sources)} {when}" for when, sources in words.items()) + "."
