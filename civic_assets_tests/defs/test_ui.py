"""The UI as it is started by `civic-assets ui`, asked over its own GraphQL."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
import yaml

from civic_assets.defs.instance import LOCATION, open_instance
from civic_assets.defs.release_order import releases_partitions
from civic_assets.defs.ui.parts import _Parts
from civic_assets.errors import UsageError
from civic_assets.layers.store import Store
from civic_assets_tests.defs.conftest import HELD_BACK, Launched
from civic_assets_tests.defs.ui_process import (
    STATE,
    Ui,
    assets_of,
    below,
    is_refused,
    live,
    mutations,
    start,
    until,
)
from civic_assets_tests.paths import PROJECT

PARTITIONS = releases_partitions("ons_csp")
ASSETS = assets_of("ons_csp")


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory, launched: Launched) -> Iterator[Ui]:
    """The UI on a copy of the store, whose Dagster learned of the newest edition first."""
    folder = tmp_path_factory.mktemp("ui")
    shutil.copytree(launched.store.root, folder / "store")
    store = Store(folder / "store")
    with open_instance(store) as instance:
        for release in ("2021-12", HELD_BACK):
            instance.delete_dynamic_partition(PARTITIONS, release)
            instance.add_dynamic_partitions(PARTITIONS, [release])
    started = start(store, folder / "said.txt")
    try:
        until(lambda: "To look at only" in started.said() or started.process.poll() is not None)
        assert started.process.poll() is None, started.said()
        started.took = time.monotonic() - started.took
        yield started
    finally:
        started.process.kill()
        started.process.wait()


TIMELINE = """query($filter: RunsFilter!) { runsOrError(filter: $filter, limit: 100) { ... on Runs { results {
    id jobName status startTime endTime repositoryOrigin { repositoryName repositoryLocationName } } } } }"""
JOBS = """{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError {
    ... on RepositoryLocation { repositories { name jobs { name runs(limit: 5) { id } } } } } } } } }"""


def test_runs_of_refresh_are_on_the_timeline_and_with_their_jobs(ui: Ui, launched: Launched) -> None:
    (location,) = ui.ask(JOBS)["workspaceOrError"]["locationEntries"]
    assert location["name"] == LOCATION
    (repository,) = location["locationOrLoadError"]["repositories"]
    listed = {job["name"]: [run["id"] for run in job["runs"]] for job in repository["jobs"]}
    for job, run in launched.report.runs.items():
        assert run in listed[job]
    runs = ui.ask(TIMELINE, filter={"statuses": ["SUCCESS", "FAILURE"]})["runsOrError"]["results"]
    of_refresh = [run for run in runs if run["id"] in launched.report.runs.values()]
    assert len(of_refresh) == len(launched.report.runs)
    for run in of_refresh:
        assert run["repositoryOrigin"] == {
            "repositoryName": repository["name"],
            "repositoryLocationName": LOCATION,
        }


def test_workspace_of_the_checkout_has_the_same_location() -> None:
    (entry,) = yaml.safe_load((PROJECT / "workspace.yaml").read_text())["load_from"]
    assert entry["python_module"]["location_name"] == LOCATION


def test_web_server_and_daemon_share_one_code_server(ui: Ui) -> None:
    until(lambda: len(below(ui.process.pid)) >= 3)
    listed = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    lines = [line.split(None, 1) for line in listed.splitlines()]
    mine = [args for pid, args in lines if int(pid) in below(ui.process.pid)]
    assert sum("api grpc" in args for args in mine) == 1
    assert sum("dagster._daemon" in args for args in mine) == 1


CHECKS = """{ assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks { checks { name
    executionForLatestMaterialization { status }
    partitionStatuses { ... on AssetCheckDefaultPartitionStatuses {
      succeededPartitions failedPartitions skippedPartitions executionFailedPartitions inProgressPartitions } }
    } } } } }"""


def _marks(ui: Ui) -> Mapping[str, Counter[str]]:
    """How many marks of which kind the checks of a layer have, over all releases."""
    marks: dict[str, Counter[str]] = {}
    for node in ui.ask(CHECKS)["assetNodes"]:
        counted = marks.setdefault(node["assetKey"]["path"][0], Counter())
        for check in node["assetChecksOrError"].get("checks", ()):
            if check["partitionStatuses"] is not None:
                for name, partitions in check["partitionStatuses"].items():
                    counted[name.removesuffix("Partitions")] += len(partitions)
            elif check["executionForLatestMaterialization"] is not None:
                counted[check["executionForLatestMaterialization"]["status"].lower()] += 1
    return marks


def _assert_marks_are_results(ui: Ui) -> None:
    with duckdb.connect(str(ui.store.database), read_only=True) as connection:
        counted = connection.execute(
            "SELECT layer, outcome, count(*) FROM quality.check_results GROUP BY ALL"
        ).fetchall()
    results = {(layer, outcome): number for layer, outcome, number in counted}
    marks = _marks(ui)
    for layer in ("raw", "validated", "harmonised"):
        assert marks[layer]["succeeded"] == results[layer, "pass"], layer
        assert marks[layer]["failed"] == results.get((layer, "fail"), 0), layer
    for counted_marks in marks.values():
        assert set(counted_marks) - {name for name, n in counted_marks.items() if not n} <= {
            "succeeded",
            "failed",
        }
    assert sum(results[layer, "not_evaluated"] for layer in ("raw", "validated", "harmonised")) > 0


def test_red_marks_are_failed_checks_and_nothing_is_stored_of_those_not_evaluated(ui: Ui) -> None:
    _assert_marks_are_results(ui)


def test_every_published_table_has_columns_and_first_rows(ui: Ui) -> None:
    query = """{ assetNodes(group: {groupName: "published", repositoryName: "__repository__",
        repositoryLocationName: "%s"}) { assetKey { path } staleStatus
        assetMaterializations(limit: 1) { metadataEntries { label
        ... on TableSchemaMetadataEntry { schema { columns { name } } } ... on MarkdownMetadataEntry { mdStr }
        } } } }"""
    nodes = ui.ask(query % LOCATION)["assetNodes"]
    assert len(nodes) >= 8
    for node in nodes:
        assert node["staleStatus"] == "FRESH", node["assetKey"]
        (event,) = node["assetMaterializations"]
        said = {entry["label"]: entry for entry in event["metadataEntries"]}
        assert said["dagster/column_schema"]["schema"]["columns"], node
        assert said["preview"]["mdStr"] and said["tables"]["mdStr"], node


LINKS = """{ assetNodes { assetKey { path } assetMaterializations(limit: 100) { metadataEntries { label
    ... on UrlMetadataEntry { url } ... on MarkdownMetadataEntry { mdStr } } }
  assetChecksOrError { ... on AssetChecks { checks { executionForLatestMaterialization { evaluation {
    metadataEntries { label ... on UrlMetadataEntry { url } } } } } } } } }"""


class _Ids(HTMLParser):
    """Ids of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if name == "id" and value}


def _entries(ui: Ui) -> list[tuple[str, Mapping[str, Any]]]:
    """Metadata of materialisations and of the newest checks, with the asset."""
    found = []
    for node in ui.ask(LINKS)["assetNodes"]:
        asset = "/".join(node["assetKey"]["path"])
        for event in node["assetMaterializations"]:
            found += [(asset, entry) for entry in event["metadataEntries"]]
        for check in node["assetChecksOrError"].get("checks", ()):
            if (last := check["executionForLatestMaterialization"]) and last["evaluation"]:
                found += [(asset, entry) for entry in last["evaluation"]["metadataEntries"]]
    return found


def test_links_of_assets_and_checks_lead_to_served_pages_and_their_anchors(ui: Ui) -> None:
    links = {entry["url"] for _, entry in _entries(ui) if entry.get("url", "").startswith("/site/")}
    labels = {entry["label"] for _, entry in _entries(ui) if entry.get("url", "").startswith("/site/")}
    assert labels == {"site", "quality report", "in the quality report", "evidence of its figures"}
    assert len(links) > 20
    pages: dict[str, set[str]] = {}
    for link in sorted(links):
        page, _, anchor = link.partition("#")
        if page not in pages:
            status, content, headers = ui.get(ui.port, page)
            assert status == 200 and headers["content-type"].startswith("text/html"), link
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            pages[page] = _Ids(content.decode()).found
        assert not anchor or anchor in pages[page], link
    for path in ("/site", "/site/"):
        status, _, headers = ui.get(ui.port, path)
        assert (status, headers["location"]) == (307, "/site/index.html")


def test_harmonised_assets_have_a_chart_of_their_releases(ui: Ui) -> None:
    charts = [
        (asset, entry["mdStr"]) for asset, entry in _entries(ui) if entry["label"] == "figures by release"
    ]
    assert {asset for asset, _ in charts} == {"harmonised/ons_csp", "harmonised/gla_report"}
    for _, text in charts:
        assert text.startswith("![") and "(data:image/svg+xml;base64," in text


@pytest.mark.parametrize("server", ["port", "auditors_port"])
@pytest.mark.parametrize(
    "path",
    [
        "/site/../dagster/dagster.yaml",
        "/site/%2e%2e/dagster/dagster.yaml",
        "/site/..%2fdagster%2fdagster.yaml",
        "/site//etc/hostname",
        "/site/sources/../../civic.duckdb",
        "/site/no_such_page.html",
        "/notebook?repoLocName=civic_assets&path=/etc/hostname.ipynb",
    ],
)
def test_nothing_but_the_site_is_served_beside_the_ui(ui: Ui, server: str, path: str) -> None:
    status, content, _ = ui.get(getattr(ui, server), path)
    assert status == 404 and len(content) < 200


@pytest.mark.parametrize("what", mutations("ons_csp", "2021-12", ""))
def test_auditors_can_look_and_change_nothing(ui: Ui, launched: Launched, what: str) -> None:
    before = ui.ask(STATE)
    query, variables = mutations("ons_csp", "2021-12", next(iter(launched.report.runs.values())))[what]
    said = ui.answer(ui.auditors_port, query, **variables)
    assert is_refused(said), said
    assert ui.answer(ui.auditors_port, STATE)["data"] == before == ui.ask(STATE)


def test_auditors_have_none_of_the_permissions_that_dagster_knows(ui: Ui) -> None:
    query = "{ permissions { permission value } }"
    given = {
        one["permission"]: one["value"] for one in ui.answer(ui.auditors_port, query)["data"]["permissions"]
    }
    assert len(given) > 10 and not any(given.values())
    # Some of these are only of Dagster's hosted service.
    assert sum(one["value"] for one in ui.ask(query)["permissions"]) > 10


@pytest.mark.parametrize(
    "path",
    [
        "/report_asset_materialization/raw/ons_csp",
        "/report_asset_check/raw/ons_csp",
        "/report_asset_observation/raw/ons_csp",
        "/download_debug/run",
        "/logs/run/compute_logs/step.out",
    ],
)
def test_auditors_are_not_served_what_writes_or_reads_files(ui: Ui, path: str) -> None:
    for body in (None, b"{}"):
        status, content, _ = ui.get(ui.auditors_port, path, body)
        assert (status, content) == (404, b"This is not served here.\n")


LAUNCH = """mutation($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
    __typename ... on LaunchRunSuccess { run { id } } ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } } } }"""
RUN = """query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"""


def _launch(ui: Ui, **tags: str) -> str:
    """As the button does: all checks of the assets are asked for with them."""
    names = {
        tuple(node["assetKey"]["path"]): [check["name"] for check in node["assetChecksOrError"]["checks"]]
        for node in ui.ask(CHECKS)["assetNodes"]
        if "checks" in node["assetChecksOrError"]
    }
    checks = [{"assetKey": asset, "name": name} for asset in ASSETS for name in names[tuple(asset["path"])]]
    selector = {
        "repositoryName": "__repository__",
        "repositoryLocationName": LOCATION,
        "pipelineName": "__ASSET_JOB",
        "assetSelection": ASSETS,
        "assetCheckSelection": checks,
    }
    metadata = {"tags": [{"key": f"dagster/{key}", "value": value} for key, value in tags.items()]}
    params = {"selector": selector, "runConfigData": {}, "mode": "default", "executionMetadata": metadata}
    said = ui.ask(LAUNCH, params=params)["launchPipelineExecution"]
    assert said["__typename"] == "LaunchRunSuccess", said
    return str(said["run"]["id"])


def _ends(ui: Ui, run: str) -> str:
    def finished() -> str | None:
        status = str(ui.ask(RUN, id=run)["runOrError"]["status"])
        return status if status in ("SUCCESS", "FAILURE", "CANCELED") else None

    return str(until(finished))


def test_ranges_launched_from_the_ui_build_the_releases_in_between(ui: Ui) -> None:
    forward = _launch(ui, asset_partition_range_start="2021-12", asset_partition_range_end=HELD_BACK)
    backward = _launch(ui, asset_partition_range_start="2022-12", asset_partition_range_end="2021-12")
    held_back = _launch(ui, partition=HELD_BACK)
    # It builds what it is asked for, and fails at its end because a release in it is held back.
    assert _ends(ui, forward) == "FAILURE"
    assert _ends(ui, backward) == "FAILURE"
    assert _ends(ui, held_back) == "FAILURE"
    with open_instance(ui.store) as instance:
        made = instance.all_logs(forward, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        raw = {
            event.dagster_event.partition
            for event in made
            if event.dagster_event and event.dagster_event.asset_key == dg.AssetKey(["raw", "ons_csp"])
        }
        assert raw == {"2021-12", HELD_BACK}
        (failed,) = instance.all_logs(backward, of_type=dg.DagsterEventType.STEP_FAILURE)
        assert "Launch the range from 2021-12 to 2022-12" in str(failed.dagster_event)
    # The button announces every check; what was not evaluated is neither skipped nor, in the run that failed, red.
    _assert_marks_are_results(ui)


def test_terminal_is_quiet_and_ctrl_c_ends_everything(ui: Ui) -> None:
    """The last test of this module: it stops the UI."""
    parts = below(ui.process.pid)
    assert len(parts) >= 3
    ui.process.send_signal(signal.SIGINT)
    assert ui.process.wait(60) == 0
    assert not live(parts)
    assert [line.split(" on ")[0].split(" shows ")[0] for line in ui.said().splitlines()] == [
        "Starting Dagster",
        "Dagster",
        f"To look at only: http://127.0.0.1:{ui.auditors_port}",
        "Stopping the UI ...",
    ]
    # One run of three was to fail; nothing else did.
    written = (ui.store.dagster_home / "ui.log").read_text(encoding="utf-8")
    assert "DEBUG" not in written and "heartbeat" not in written.lower()


def test_part_that_does_not_start_is_a_sentence_with_its_last_line(tmp_path: Path) -> None:
    parts = _Parts(tmp_path / "ui.log", os.environ)
    try:
        parts.start("web server", "no_such_module")
        with pytest.raises(UsageError, match=r"web server of Dagster ended unexpectedly.*No module named"):
            parts.wait("web server", lambda: False)
    finally:
        parts.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_ui_that_is_stopped_while_it_starts_leaves_nothing_behind(tmp_path: Path, number: int) -> None:
    if number == signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux tells a process that its parent was killed")
    starting = start(Store(tmp_path / "store"), tmp_path / "said.txt")
    parts = until(lambda: below(starting.process.pid))
    os.kill(starting.process.pid, number)
    assert starting.process.wait(60) == (0 if number == signal.SIGTERM else -number)
    until(lambda: not live(parts), 30)
    assert "Traceback" not in starting.said()
