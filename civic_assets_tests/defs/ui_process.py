"""The UI as `civic-assets ui` starts it, with its two servers, for tests that ask it.

Belongs here: starting it, asking it over GraphQL, its processes, and the changes that somebody who may only look must
not make. Does not belong here: tests.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civic_assets.defs.instance import LOCATION
from civic_assets.defs.release_order import releases_partitions
from civic_assets.layers.store import Store
from civic_assets_tests.paths import PROJECT

# Of a busy machine; a quiet one takes less than ten.
SECONDS = 180


def assets_of(source: str) -> list[dict[str, list[str]]]:
    """Keys of the assets of a source, as GraphQL has them."""
    return [{"path": [layer, source]} for layer in ("raw", "validated", "harmonised")]


@dataclass
class Ui:
    """A UI that runs.

    Args:
        output: File of what it writes into the terminal.
    """

    store: Store
    process: subprocess.Popen[bytes]
    port: int
    auditors_port: int
    output: Path
    took: float = 0.0

    def ask(self, query: str, **variables: object) -> Any:
        said = self.answer(self.port, query, **variables)
        assert "errors" not in said, said["errors"]
        return said["data"]

    def answer(self, port: int, query: str, **variables: object) -> Any:
        """The whole answer of one of the servers, errors included."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        status, content, _ = self.get(port, "/graphql", body)
        assert status in (200, 400, 500), content
        return json.loads(content)

    def get(self, port: int, path: str, body: bytes | None = None) -> tuple[int, bytes, Mapping[str, str]]:
        """Status, content and headers of a path, which is sent as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            headers = {"content-type": "application/json"} if body is not None else {}
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), {name.lower(): text for name, text in answer.getheaders()}
        finally:
            connection.close()

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")


def until(what: Callable[[], Any], seconds: float = SECONDS) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.2)
    raise AssertionError("it took too long")


def start(store: Store, output: Path) -> Ui:
    with socket.socket() as first, socket.socket() as second:
        ports = []
        for probe in (first, second):
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    port, auditors = ports
    program = [sys.executable, "-c", "from civic_assets.cli.entry import run; run()", "ui"]
    begun = time.monotonic()
    with output.open("wb") as written:
        process = subprocess.Popen(
            [*program, "--store", str(store.root), "--port", str(port), "--auditors-port", str(auditors)],
            cwd=PROJECT,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    ui = Ui(store, process, port, auditors, output)
    until(lambda: "Starting Dagster on" in ui.said())
    ui.took = begun
    return ui


def below(pid: int) -> set[int]:
    """All processes that a process has started, and theirs."""
    found: set[int] = set()
    new = {pid}
    while new:
        listed = subprocess.run(
            ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
        ).stdout
        pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
        new = {child for child, parent in pairs if parent in new} - found
        found |= new
    return found


def live(pids: set[int]) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    running = {int(line.split()[0]) for line in listed.splitlines() if not line.split()[1].startswith("Z")}
    return pids & running


# What somebody who may only look must not do, each with arguments that the other server would accept.
def mutations(source: str, release: str, run: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Changes of a source, by what they do: a query and its variables."""
    partitions, repository = releases_partitions(source), "__repository__"
    raw = {"path": ["raw", source]}
    place = {"repositoryName": repository, "repositoryLocationName": LOCATION}
    return {
        "launch": (
            """mutation($s: JobOrPipelineSelector!) { launchRun(executionParams: {selector: $s, runConfigData: {}}) {
            __typename } }""",
            {"s": {**place, "pipelineName": "publish"}},
        ),
        "backfill": (
            """mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) { __typename } }""",
            {"p": {"assetSelection": assets_of(source), "partitionNames": [release]}},
        ),
        "wipe": (
            """mutation($r: [PartitionsByAssetSelector!]!) { wipeAssets(assetPartitionRanges: $r) { __typename } }""",
            {"r": [{"assetKey": raw}]},
        ),
        "add a partition": (
            """mutation($r: RepositorySelector!, $n: String!) { addDynamicPartition(repositorySelector: $r,
            partitionsDefName: $n, partitionKey: "2099-12") { __typename } }""",
            {"r": place, "n": partitions},
        ),
        "delete a partition": (
            """mutation($r: RepositorySelector!, $n: String!, $k: [String!]!) { deleteDynamicPartitions(
            repositorySelector: $r, partitionsDefName: $n, partitionKeys: $k) { __typename } }""",
            {"r": place, "n": partitions, "k": [release]},
        ),
        "delete a run": ("""mutation($id: String!) { deleteRun(runId: $id) { __typename } }""", {"id": run}),
        "report a table": (
            """mutation($p: ReportRunlessAssetEventsParams!) { reportRunlessAssetEvents(eventParams: $p) {
            __typename } }""",
            {"p": {"eventType": "ASSET_MATERIALIZATION", "assetKey": raw, "partitionKeys": [release]}},
        ),
        "start a sensor": (
            """mutation($s: SensorSelector!) { startSensor(sensorSelector: $s) { __typename } }""",
            {"s": {**place, "sensorName": "inbox"}},
        ),
        "reload": (
            """mutation($n: String!) { reloadRepositoryLocation(repositoryLocationName: $n) { __typename } }""",
            {"n": LOCATION},
        ),
    }


def is_refused(said: object) -> bool:
    """Whether an answer to a change says that it was refused.

    Dagster refuses some in the answer and others as an error; never by the status alone.
    """
    return "UnauthorizedError" in json.dumps(said) or "permission" in json.dumps(said).lower()


STATE = """{ runsOrError { ... on Runs { results { id status } } }
  assetNodes { assetKey { path } assetMaterializations(limit: 1) { timestamp } partitionKeys }
  sensorsOrError(repositorySelector: {repositoryName: "__repository__", repositoryLocationName: "civic_assets"}) {
    ... on Sensors { results { name sensorState { status } } } } }"""
