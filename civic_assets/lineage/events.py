"""The runs that made a publication, as OpenLineage events.

Belongs here: which jobs, runs and datasets there are, and what their facets say. Does not belong here: sending events
(`sending`), and the origin of columns (`civic_assets.defs.lineage.column_origins`).

Four jobs make each release: `receive` puts the publisher's file into the archive, and `raw`, `validated` and
`harmonised` build a table each; `check` judges the harmonised one. One job, `publish`, makes the published tables from
all harmonised releases. A job has one name for all releases of a source; a release is a partition of its dataset
(facets `inputSubset` and `outputSubset`), and the version of a dataset is the hash of the file or table.

Events depend on the publication alone: the id of a run is made from the hashes of its tables, and its time is that of
the receipt or of the publication, since a table does not keep when it was built. A release that is held back fails in
the job that it is held back from.

Checks are assertions about the dataset that they judge. Those that were not evaluated are left out, because an
assertion can only succeed or fail; a waived failure is a failure with the severity `warn`.

Source of the words: https://openlineage.io/docs/spec/object-model and the facets that it lists.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from civic_assets.layers.store import Store
from civic_assets.lineage.sending import NAMESPACE
from civic_assets.publish.read_model.connection import open_read_model, rows_of

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset, RunEvent
    from openlineage.client.generated.base import DatasetFacet

    from civic_assets.tables import TableRef

PRODUCER = "https://civic-assets.invalid/openlineage"
"""Name of this program as the producer of events. Nothing is served there."""
_RUNS = uuid.UUID("8a7f0d1e-5d0c-5b42-9a53-1f6f2c1f7a11")
LAYERS = ("raw", "validated", "harmonised")
_SEVERITIES = {"blocking": "error"}

Release = tuple[str, str]
Origins = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What events say, read once from the read model."""

    releases: Sequence[Mapping[str, Any]]
    publishers: Mapping[str, str]
    checks: Mapping[tuple[str, str, str], Sequence[Mapping[str, Any]]]
    published_checks: Sequence[Mapping[str, Any]]
    columns: Mapping[str, Sequence[Mapping[str, Any]]]
    rows: Mapping[str, int]


def events_of(
    store: Store,
    manifest: Mapping[str, Any],
    origins: Origins,
    *,
    namespace: str = NAMESPACE,
    only: Collection[Release] | None = None,
) -> Iterator[RunEvent]:
    """The events of a publication.

    Args:
        store: Store of the publication.
        manifest: Its manifest.
        origins: Origin of columns, as `civic_assets.defs.lineage.column_origins.column_origins` gives it.
        namespace: Namespace of jobs and datasets.
        only: Releases whose runs are told; None for all. The run that publishes is always told.

    Returns:
        A `COMPLETE` or `FAIL` event for each run, those of a release before that of the publication.
    """
    with open_read_model(store) as connection:
        facts = _read(connection)
    made = _Making(store, manifest, origins, namespace, facts)
    for row in facts.releases:
        if only is None or (row["source"], row["release"]) in only:
            yield from made.release(row)
    yield made.publication()


def _read(connection: Any) -> _Facts:
    checks: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    published = []
    for row in rows_of(connection, _CHECKS):
        if row["layer"] == "published":
            published.append(row)
        else:
            checks.setdefault((row["layer"], row["source"], row["release"]), []).append(row)
    columns: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows_of(connection, _COLUMNS):
        columns.setdefault(row["name"], []).append(row)
    return _Facts(
        releases=list(rows_of(connection, _RELEASES)),
        publishers={
            row["source"]: row["publisher"]
            for row in rows_of(connection, "SELECT source, publisher FROM catalogue.sources")
        },
        checks=checks,
        published_checks=published,
        columns=columns,
        rows={
            row["name"]: row["n_rows"]
            for row in rows_of(
                connection,
                "SELECT concat(schema_name, '.', table_name) AS name, n_rows FROM catalogue.tables "
                "WHERE n_rows IS NOT NULL",
            )
        },
    )


_RELEASES = """SELECT r.source, r.release, r.state, r.held_back, r.sha256, r.file_name, r.retrieved_at, f.url
FROM catalogue.releases r LEFT JOIN catalogue.files f USING (source, release)
ORDER BY r.source, r.release"""
_CHECKS = """SELECT check_id, source, release, layer, severity, outcome, message, waiver_id, name
FROM quality.check_results LEFT JOIN (
    SELECT check_id, min(name) AS name FROM catalogue.checks GROUP BY check_id
) USING (check_id)
WHERE outcome <> 'not_evaluated' ORDER BY source, release, layer, check_id, message"""
_COLUMNS = """SELECT concat(schema_name, '.', table_name) AS name, column_name AS "column", data_type AS type,
    comment AS text
FROM duckdb_columns() WHERE schema_name IN ('harmonised', 'quality', 'catalogue')
ORDER BY schema_name, table_name, column_index"""


@dataclass(frozen=True, slots=True)
class _Making:
    """Makes the events of one publication."""

    store: Store
    manifest: Mapping[str, Any]
    origins: Origins
    namespace: str
    facts: _Facts

    def release(self, row: Mapping[str, Any]) -> Iterator[RunEvent]:
        """The runs of one release, as far as it came."""
        from openlineage.client.event_v2 import InputDataset, OutputDataset
        from openlineage.client.facet_v2 import error_message_run

        source, release = row["source"], row["release"]
        archived = self._archived(row)
        yield self._event(
            f"receive.{source}",
            _run_id("receive", source, release, row["sha256"]),
            row["retrieved_at"],
            [self._offered(row)],
            [
                OutputDataset(
                    self.namespace,
                    f"archive.{source}",
                    facets=archived,
                    outputFacets=_subset(release, "output"),
                )
            ],
        )
        above: InputDataset = InputDataset(
            self.namespace,
            f"archive.{source}",
            facets=archived,
            inputFacets={**_subset(release, "input"), **self._assertions("raw", source, release)},
        )
        for layer in LAYERS:
            table = self.store.tables.current(layer, source, release)
            if table is None:
                said = row["held_back"] or "the table is not in this store"
                yield self._event(
                    f"{layer}.{source}",
                    _run_id(layer, source, release, row["sha256"], "held back"),
                    self.manifest["published_at"],
                    [self._judged(above, LAYERS[LAYERS.index(layer) :], source, release)],
                    [],
                    error=error_message_run.ErrorMessageRunFacet(said, "Python"),
                )
                return
            facets = self._table(table, layer)
            yield self._event(
                f"{layer}.{source}",
                _run_id(layer, source, release, table.hash),
                self.manifest["published_at"],
                [above],
                [self._output(f"{layer}.{source}", release, table, facets)],
            )
            checks = {} if layer == "raw" else self._assertions(layer, source, release)
            above = InputDataset(
                self.namespace,
                f"{layer}.{source}",
                facets=facets,
                inputFacets={**_subset(release, "input"), **checks},
            )
        yield self._event(
            f"check.{source}",
            _run_id("check", source, release, row["sha256"]),
            self.manifest["published_at"],
            [above],
            [],
        )

    def _judged(
        self, dataset: InputDataset, layers: Sequence[str], source: str, release: str
    ) -> InputDataset:
        """A dataset with all checks of a release that was held back, also those of tables that were not made of it."""
        from openlineage.client.event_v2 import InputDataset

        above = dataset.name.partition(".")[0].replace("archive", "raw")
        wanted = dict.fromkeys((above, *layers))
        rows = [row for layer in wanted for row in self.facts.checks.get((layer, source, release), ())]
        return InputDataset(
            dataset.namespace,
            dataset.name,
            facets=dataset.facets,
            inputFacets={**_subset(release, "input"), **_assertions(rows)},
        )

    def publication(self) -> RunEvent:
        """The run that made the published tables."""
        from openlineage.client.event_v2 import InputDataset, OutputDataset
        from openlineage.client.facet_v2 import output_statistics_output_dataset

        tables = {(one["source"], one["release"]): one["hash"] for one in self.manifest["content"]["tables"]
                  if one["layer"] == "harmonised"}  # fmt: skip
        inputs = []
        for source in sorted({source for source, _ in tables}):
            releases = sorted(release for name, release in tables if name == source)
            inputs.append(
                InputDataset(self.namespace, f"harmonised.{source}", inputFacets=_subset(releases, "input"))
            )
        outputs = []
        for name in sorted(self.facts.columns):
            counted = self.facts.rows.get(name)
            outputs.append(
                OutputDataset(
                    self.namespace,
                    f"published.{name}",
                    facets={
                        "schema": self._schema(name),
                        "version": _version(self.manifest["hash"]),
                        **self._lineage(lambda one, name=name: one.get("table") == name),
                        **self._datasource(),
                    },
                    outputFacets={}
                    if counted is None
                    else {
                        "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                            rowCount=int(counted)
                        )
                    },
                )
            )
        checks = _assertions(self.facts.published_checks)
        if checks:
            # Checks of what is published judge the tables that this run has just made.
            inputs.append(
                InputDataset(self.namespace, "published.harmonised.observations", inputFacets=checks)
            )
        return self._event(
            "publish",
            _run_id("publish", self.manifest["hash"]),
            self.manifest["published_at"],
            inputs,
            outputs,
            whole=True,
        )

    def _event(
        self,
        job: str,
        run: str,
        time: str,
        inputs: list[InputDataset],
        outputs: list[OutputDataset],
        *,
        error: Any = None,
        whole: bool = False,
    ) -> RunEvent:
        from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
        from openlineage.client.facet_v2 import job_type_job, parent_run, processing_engine_run

        facets: dict[str, Any] = {
            "processing_engine": processing_engine_run.ProcessingEngineRunFacet(
                version=self.manifest["content"]["code_version"], name="civic-assets"
            )
        }
        if not whole:
            facets["parent"] = parent_run.ParentRunFacet(
                run=parent_run.Run(_run_id("publish", self.manifest["hash"])),
                job=parent_run.Job(self.namespace, "publish"),
            )
        if error is not None:
            facets["errorMessage"] = error
        kind = job_type_job.JobTypeJobFacet(processingType="BATCH", integration="CIVIC_ASSETS", jobType="JOB")
        return RunEvent(
            eventTime=time,
            producer=PRODUCER,
            run=Run(run, facets),
            job=Job(self.namespace, job, {"jobType": kind}),
            eventType=RunState.COMPLETE if error is None else RunState.FAIL,
            inputs=inputs,
            outputs=outputs,
        )

    def _offered(self, row: Mapping[str, Any]) -> InputDataset:
        """The file at its publisher's address; one that was given as a file has its name only."""
        from openlineage.client.event_v2 import InputDataset
        from openlineage.client.facet_v2 import datasource_dataset

        publisher = self.facts.publishers.get(row["source"], row["source"])
        address = urlsplit(row["url"] or "")
        if not address.netloc:
            return InputDataset(
                f"{self.namespace}:files",
                quote(row["file_name"]),
                facets={"dataSource": datasource_dataset.DatasourceDatasetFacet(name=publisher)},
            )
        return InputDataset(
            f"{address.scheme}://{address.netloc}",
            address.path.lstrip("/") or "/",
            facets={"dataSource": datasource_dataset.DatasourceDatasetFacet(name=publisher, uri=row["url"])},
        )

    def _archived(self, row: Mapping[str, Any]) -> dict[str, DatasetFacet]:
        return {"version": _version(row["sha256"]), **self._datasource()}

    def _datasource(self) -> dict[str, DatasetFacet]:
        from openlineage.client.facet_v2 import datasource_dataset

        return {"dataSource": datasource_dataset.DatasourceDatasetFacet(name=self.namespace)}

    def _table(self, table: TableRef, layer: str) -> dict[str, DatasetFacet]:
        from openlineage.client.facet_v2 import schema_dataset

        fields = [
            schema_dataset.SchemaDatasetFacetFields(field.name, str(field.type))
            for field in self.store.tables.head(table, 1).schema
        ]
        asset = f"{layer}/{table.source}"
        return {
            "schema": schema_dataset.SchemaDatasetFacet(fields),
            "version": _version(table.hash),
            **self._lineage(lambda one: one["asset"] == asset and one.get("release") == table.release),
            **self._datasource(),
        }

    def _output(
        self, name: str, release: str, table: TableRef, facets: dict[str, DatasetFacet]
    ) -> OutputDataset:
        from openlineage.client.event_v2 import OutputDataset
        from openlineage.client.facet_v2 import output_statistics_output_dataset

        return OutputDataset(
            self.namespace,
            name,
            facets=facets,
            outputFacets={
                **_subset(release, "output"),
                "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                    rowCount=table.rows, size=table.path.stat().st_size
                ),
            },
        )

    def _schema(self, name: str) -> DatasetFacet:
        from openlineage.client.facet_v2 import schema_dataset

        return schema_dataset.SchemaDatasetFacet(
            [
                schema_dataset.SchemaDatasetFacetFields(one["column"], one["type"], one["text"] or None)
                for one in self.facts.columns[name]
            ]
        )

    def _lineage(self, wanted: Any) -> dict[str, DatasetFacet]:
        """The origin of columns; none if no column is known to come from another."""
        from openlineage.client.facet_v2 import column_lineage_dataset as lineage

        found = next((one for one in self.origins if wanted(one)), None)
        if found is None:
            return {}
        fields = {
            column: lineage.Fields(
                [lineage.InputField(self.namespace, _dataset_of(dep["asset"]), dep["column"]) for dep in deps]
            )
            for column, deps in found["columns"].items()
        }
        return {"columnLineage": lineage.ColumnLineageDatasetFacet(fields)}

    def _assertions(self, layer: str, source: str, release: str) -> dict[str, Any]:
        return _assertions(self.facts.checks.get((layer, source, release), ()))


def _dataset_of(asset: str) -> str:
    """Name of the dataset of an asset: `published/observations` is the table `harmonised.observations`."""
    from civic_assets.publish.families import FAMILIES

    layer, _, name = asset.partition("/")
    if layer != "published":
        return f"{layer}.{name}"
    return next(f"published.{family.main}" for family in FAMILIES if family.name == name)


def _version(text: str) -> DatasetFacet:
    from openlineage.client.facet_v2 import dataset_version_dataset

    return dataset_version_dataset.DatasetVersionDatasetFacet(text)


def _subset(releases: str | Sequence[str], side: str) -> dict[str, Any]:
    """Which releases of a dataset a run reads or writes."""
    from openlineage.client.facet_v2 import base_subset_dataset as subset

    names = [releases] if isinstance(releases, str) else releases
    condition = subset.PartitionSubsetCondition(
        partitions=[subset.Partition(dimensions={"release": name}) for name in names]
    )
    if side == "input":
        return {"inputSubset": subset.InputSubsetInputDatasetFacet(condition)}
    return {"outputSubset": subset.OutputSubsetOutputDatasetFacet(condition)}


def _assertions(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as quality

    if not rows:
        return {}
    return {
        "dataQualityAssertions": quality.DataQualityAssertionsDatasetFacet(
            [
                quality.Assertion(
                    assertion=row["check_id"],
                    success=row["outcome"] == "pass",
                    severity="warn" if row["waiver_id"] else _SEVERITIES.get(row["severity"], "warn"),
                    name=row["name"],
                    description=row["message"],
                )
                for row in rows
            ]
        )
    }


def _run_id(*parts: str) -> str:
    return str(uuid.uuid5(_RUNS, "\x1f".join(parts)))
