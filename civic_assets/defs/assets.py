"""The assets of one source: raw, validated and harmonised releases, with their checks.

Belongs here: one operation that takes releases through the layers and reports the outcome of each to Dagster. Does not
belong here: the layers (`civic_assets.layers`), and their descriptions and checks (`describe`, `checks`).

Events are yielded by hand, for three reasons. A release that is held back has no validated table and must not count as
materialised. Each release has its own data version, even in a run over many. And the results of checks must be
recorded when data fails, too.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import dagster as dg
from pydantic import Field

from civic_assets.answers.progress import Said
from civic_assets.archive import Receipt, edition_of, release_sort_key
from civic_assets.contracts.model import Contract
from civic_assets.defs import describe
from civic_assets.defs.charts import figures_by_release
from civic_assets.defs.checks import ReleaseResults, check_specs, evaluations
from civic_assets.defs.instance import PROCESS_TAG, TRIGGER_TAG, RecordedStates, this_process
from civic_assets.defs.labels import name_of, owners_of, tags_of, words_of
from civic_assets.defs.outcomes import HELD_BACK, OF_MACHINE
from civic_assets.defs.release_order import releases_between, releases_partitions
from civic_assets.defs.report_links import release_links
from civic_assets.defs.resources import StoreResource
from civic_assets.defs.storage import forget_evaluations
from civic_assets.errors import CivicError
from civic_assets.house_numbers.fetching import STEP_RETRIES, STEP_RETRY_SECONDS
from civic_assets.layers.checked import CheckedRelease
from civic_assets.layers.harmonised import build_harmonised
from civic_assets.layers.keys import layer_version
from civic_assets.layers.raw import build_raw
from civic_assets.layers.remote.failures import Changed, LeaseLost, NotReached
from civic_assets.layers.store import Store
from civic_assets.layers.store_lock import building, changing
from civic_assets.layers.validated import build_validated
from civic_assets.tables import TableRef
from civic_assets.unforeseen import ENVIRONMENT, sentence_of

Event: TypeAlias = dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckEvaluation
Progress: TypeAlias = Callable[[str], None]

LAYERS = ("raw", "validated", "harmonised")
_ABOVE = {"raw": "archive", "validated": "raw", "harmonised": "validated"}


class Releases(dg.Config):
    """Scope of a run of a source.

    Args:
        releases: Releases to build; those of the run's partitions if empty.
    """

    releases: list[str] = Field(default_factory=list)


def partitions_of(source: str) -> dg.DynamicPartitionsDefinition:
    """The releases of a source; dynamic, because publishers' reissues cannot be foreseen."""
    return dg.DynamicPartitionsDefinition(name=releases_partitions(source))


def version_of(contract: Contract, layer: str) -> str:
    """Code version of a layer: that of the program and, if the layer follows the contract, of the contract."""
    code = layer_version(layer)
    return f"{code}-{contract.reading_sha256[:8]}" if layer == "validated" else code


def archive_spec(contract: Contract) -> dg.AssetSpec:
    """The publisher's files, which are not made by a run."""
    return dg.AssetSpec(
        ["archive", contract.source],
        group_name="archive",
        description=describe.describe_layer(contract, "archive"),
        kinds=describe.kinds(contract, "archive"),
        owners=owners_of(contract),
        tags=tags_of(contract),
        metadata=words_of(contract),
        partitions_def=partitions_of(contract.source),
    )


def unread_spec(contract: Contract) -> dg.AssetSpec:
    """A source whose contract is not active: in the catalogue, but not read."""
    return dg.AssetSpec(
        ["archive", contract.source],
        group_name="archive",
        description=f"Not read yet, because {contract.not_read_because}.\n\n{contract.purpose}",
        owners=owners_of(contract),
        tags=tags_of(contract),
        metadata=words_of(contract),
    )


def _spec(contract: Contract, layer: str, partitions: dg.DynamicPartitionsDefinition) -> dg.AssetSpec:
    lineage = describe.column_lineage(contract.source, layer)
    metadata = {
        "dagster/column_schema": describe.column_schema(layer),
        "dagster/table_name": f"{layer}.{contract.source}",
        "dagster/code_references": describe.code_references(contract, layer),
        **words_of(contract),
    }
    if lineage is not None:
        metadata["dagster/column_lineage"] = lineage
    return dg.AssetSpec(
        [layer, contract.source],
        deps=[dg.AssetKey([_ABOVE[layer], contract.source])],
        group_name=layer,
        description=describe.describe_layer(contract, layer),
        kinds=describe.kinds(contract, layer),
        owners=owners_of(contract),
        tags=tags_of(contract),
        code_version=version_of(contract, layer),
        partitions_def=partitions,
        metadata=metadata,
        skippable=True,
    )


def source_assets(contract: Contract, progress: Progress | None = None) -> dg.AssetsDefinition:
    """Raw, validated and harmonised releases of a source, as one operation.

    Args:
        contract: Contract of the source.
        progress: Function that receives a line for each release and layer; the run's log if None.
    """
    partitions = partitions_of(contract.source)

    @dg.multi_asset(
        name=name_of(contract.source),
        specs=[_spec(contract, layer, partitions) for layer in LAYERS],
        check_specs=check_specs(contract, partitions),
        can_subset=True,
        # One run for a whole backfill: later releases are checked against earlier ones, so they are built in order.
        backfill_policy=dg.BackfillPolicy.single_run(),
        # The daemon starts no second run of a source while one is writing its tables.
        pool=f"source_{name_of(contract.source)}",
    )
    def source(context: dg.AssetExecutionContext, config: Releases, store: StoreResource) -> Iterator[Event]:
        context.instance.add_run_tags(context.run.run_id, {PROCESS_TAG: this_process()})
        opened = store.open()
        report = progress or context.log.info
        only_checks = not context.selected_asset_keys and not _says_which(context, config)
        this_run = f"a run of Dagster ({context.job_name})"
        failures: list[str] = []
        of_machine: list[str] = []
        held_back: list[str] = []
        with building(opened.root, contract.source, this_run, report) as copied:
            with changing(opened.root, this_run, report):
                wanted = _wanted(context, config, opened, contract, every=only_checks)
            if copied is not None:
                copied.bring_archived(_files_of(opened, contract.source, wanted))
            for release in sorted(wanted, key=release_sort_key):
                work = _Work(context, opened, contract, release, len(wanted) == 1, report)
                try:
                    with changing(opened.root, this_run, report):
                        work.build()
                    if copied is not None:
                        copied.send()
                except (*ENVIRONMENT, NotReached, LeaseLost, Changed) as error:
                    context.log.exception(f"{contract.source} {release} could not be built")
                    of_machine.append(f"{contract.source} {release} could not be built: {sentence_of(error)}")
                except CivicError as error:
                    failures.append(str(error))
                except Exception as error:
                    # A release that breaks the program must not stop the others from being built.
                    context.log.exception(f"{contract.source} {release} could not be built")
                    failures.append(f"{contract.source} {release} could not be built: {sentence_of(error)}")
                else:
                    yield from work.events()
                    with changing(opened.root, this_run, report):
                        RecordedStates(opened).note_release(contract.source, release)
                    held_back += [release] if work.held_back else []
        if only_checks:
            _forget_announced(context)
        again = context.retry_number < STEP_RETRIES and context.run.tags.get(TRIGGER_TAG) != "refresh"
        if of_machine and again and not failures:
            # Bad data stays bad, but a disk may have space again. A person at a terminal is not made to wait for it.
            context.log.warning("\n".join(of_machine))
            raise dg.RetryRequested(max_retries=STEP_RETRIES, seconds_to_wait=STEP_RETRY_SECONDS)
        if failures or of_machine:
            raise dg.Failure(
                "\n".join([*failures, *of_machine]),
                metadata={OF_MACHINE: len(of_machine)} if of_machine else None,
                allow_retries=False,
            )
        if held_back:
            # Everything else is built and recorded by now. Without this, the UI would show a partition that is held
            # back as one that was never asked for.
            raise dg.Failure(
                f"{contract.source}: held back: {', '.join(held_back)}. Each release's metadata has the reasons.",
                metadata={HELD_BACK: ", ".join(held_back)},
                allow_retries=False,
            )

    return source


def _says_which(context: dg.AssetExecutionContext, config: Releases) -> bool:
    """Whether the run names releases."""
    return bool(config.releases or context.has_partition_key or context.has_partition_key_range)


def _files_of(store: Store, source: str, releases: Sequence[str]) -> list[str]:
    """Hashes of the archived files of releases, and of other issues of their editions, with which they are compared."""
    editions = {edition_of(release) for release in releases}
    return [one.sha256 for one in store.archive.receipts(source) if edition_of(one.release) in editions]


def _forget_announced(context: dg.AssetExecutionContext) -> None:
    """Remove announcements of a run of all checks, which Dagster makes without naming a release."""
    names: dict[dg.AssetKey, set[str]] = {}
    for check in context.selected_asset_check_keys:
        names.setdefault(check.asset_key, set()).add(check.name)
    for key, checks in names.items():
        forget_evaluations(context.instance, key, checks, None, announced_only=True)


def _wanted(
    context: dg.AssetExecutionContext,
    config: Releases,
    store: Store,
    contract: Contract,
    *,
    every: bool = False,
) -> Sequence[str]:
    if every:
        # "Execute all" on an asset's checks names no release: check every release that is held.
        return [receipt.release for receipt in store.archive.receipts(contract.source)]
    if config.releases:
        return config.releases
    if context.has_partition_key:
        return [context.partition_key]
    if context.has_partition_key_range:
        # Not `context.partition_keys`, which follows the order in which releases were added to the storage.
        asked = context.partition_key_range
        partitions = context.instance.get_dynamic_partitions(releases_partitions(contract.source))
        try:
            return releases_between(partitions, asked.start, asked.end)
        except CivicError as error:
            raise dg.Failure(f"{contract.source}: {error}", allow_retries=False) from None
    raise dg.Failure(
        "No release was asked for: choose partitions, or name releases in the run's configuration."
    )


class _Work:
    """One release on its way through the layers: everything is built first, then reported to Dagster."""

    def __init__(
        self,
        context: dg.AssetExecutionContext,
        store: Store,
        contract: Contract,
        release: str,
        alone: bool,
        report: Progress,
    ) -> None:
        self._context, self._store, self._contract, self._release = context, store, contract, release
        self._alone, self._report = alone, report
        self._receipt: Receipt
        self._checked: CheckedRelease
        self._results: ReleaseResults
        self._tables: dict[str, TableRef] = {}
        # Data version and storage id of each layer of this release, as provenance of the next layer.
        self._versions: dict[str, tuple[str, int]] = {}

    @property
    def held_back(self) -> bool:
        """Whether the release is not published."""
        return "harmonised" not in self._tables

    def build(self) -> None:
        """Build every layer that is out of date.

        Raises:
            CivicError: The release was never received, or its file cannot be read.
        """
        source, store = self._contract.source, self._store
        receipt = store.archive.find(source, self._release)
        if receipt is None:
            raise CivicError(
                f"{source} {self._release}: no file of this release is archived, so it cannot be built. Put the file "
                "into the inbox."
            )
        self._receipt = receipt
        raw = build_raw(store, receipt)
        self._report(Said(f"{source} {self._release}: raw, {raw.rows:,} cells", "layer", source))
        self._checked = build_validated(store, self._contract, receipt, raw)
        self._checked, harmonised = build_harmonised(store, self._contract, receipt, self._checked)
        self._results = ReleaseResults.of(store, self._contract, self._release, self._checked)
        self._tables["raw"] = raw
        for text in self._checked.facts.tracebacks:
            self._context.log.error(f"{source} {self._release}: an unexpected error\n{text}")
        if self._checked.validated is None or harmonised is None:
            reasons = " ".join(self._checked.held_back)
            self._report(Said(f"{source} {self._release}: HELD BACK. {reasons}", "held_back", source))
            return
        self._tables |= {"validated": self._checked.validated, "harmonised": harmonised}
        disputed = self._checked.facts.disputed
        also = f", {disputed:,} disputed" if disputed else ""
        figures = f"{self._checked.validated.rows:,} figures{also}"
        self._report(Said(f"{source} {self._release}: validated, {figures}", "layer", source))
        whole = f"{source} {self._release}: harmonised, {harmonised.rows:,} figures"
        self._report(Said(whole, "release", source, harmonised.rows))

    def events(self) -> Iterator[Event]:
        """Events for Dagster: materialisations of the layers that this run covers, and results of their checks."""
        yield from self._archived()
        selected = self._context.selected_asset_keys | {
            check.asset_key for check in self._context.selected_asset_check_keys
        }
        for layer in LAYERS:
            key = dg.AssetKey([layer, self._contract.source])
            chosen = key in selected
            made = key in self._context.selected_asset_keys and layer in self._tables
            if made:
                yield self._materialisation(key, layer)
            record = self._latest(key)
            if record is not None and layer in self._tables:
                self._versions[layer] = (self._tables[layer].hash, record.storage_id)
            elif chosen and layer == "validated":
                yield dg.AssetObservation(
                    key,
                    partition=self._release,
                    metadata=describe.release_metadata(self._checked)
                    | release_links(self._contract.source, self._release, held_back=self.held_back)
                    | self._results.not_evaluated(layer),
                )
            if chosen:
                yield from evaluations(self._results, layer=layer, alone=self._alone, target=record)
                forget_evaluations(
                    self._context.instance,
                    key,
                    self._results.silent(layer),
                    self._release,
                    # Marks of an earlier table are removed with it; nothing replaces them if the release is held back.
                    announced_only=made,
                )

    def _archived(self) -> Iterator[Event]:
        """The file, reported once: it is not made by a run, but the graph shows that it exists."""
        key = dg.AssetKey(["archive", self._contract.source])
        record = self._latest(key)
        if (
            record is None
            or record.asset_materialization is None
            or (record.asset_materialization.tags or {}).get("dagster/data_version") != self._receipt.sha256
        ):
            yield dg.AssetMaterialization(
                key,
                partition=self._release,
                metadata=describe.file_metadata(self._store, self._receipt),
                tags=_versioned(self._receipt.sha256),
            )
            record = self._latest(key)
        if record is not None:
            self._versions["archive"] = (self._receipt.sha256, record.storage_id)

    def _materialisation(self, key: dg.AssetKey, layer: str) -> dg.AssetMaterialization:
        table = self._tables[layer]
        tags = {**_versioned(table.hash), "dagster/code_version": version_of(self._contract, layer)}
        above = _ABOVE[layer]
        if above in self._versions:
            version, pointer = self._versions[above]
            name = dg.AssetKey([above, self._contract.source]).to_user_string()
            tags[f"dagster/input_data_version/{name}"] = version
            tags[f"dagster/input_event_pointer/{name}"] = str(pointer)
        metadata = describe.table_metadata(self._store, table)
        metadata |= release_links(self._contract.source, self._release, held_back=self.held_back)
        raw = self._store.tables.head(self._tables["raw"], 1).column_names if layer == "validated" else ()
        lineage = describe.column_lineage(self._contract.source, layer, raw)
        if lineage is not None:
            metadata["dagster/column_lineage"] = lineage
        if layer == "raw":
            metadata |= describe.file_metadata(self._store, self._receipt)
        elif layer == "validated":
            metadata |= describe.release_metadata(self._checked)
        else:
            metadata |= describe.area_metadata(self._checked)
            metadata["figures by release"] = figures_by_release(
                self._store, self._contract.source, self._release
            )
            if self._receipt.synthetic:
                metadata["warning"] = describe.SYNTHETIC
        metadata |= self._results.not_evaluated(layer)
        return dg.AssetMaterialization(key, partition=self._release, metadata=metadata, tags=tags)

    def _latest(self, key: dg.AssetKey) -> dg.EventLogRecord | None:
        wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=[self._release])
        records = self._context.instance.fetch_materializations(wanted, limit=1).records
        return records[0] if records else None


def _versioned(data_version: str) -> dict[str, str]:
    return {"dagster/data_version": data_version, "dagster/data_version_is_user_provided": "true"}
