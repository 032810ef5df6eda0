"""Launching again: after nothing changed, after a kill, after a step failed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pytest

from civic_assets.contracts.model import Contract
from civic_assets.defs.instance import RecordedStates, open_instance, prepare_home
from civic_assets.defs.launch import launch
from civic_assets.layers.store import Store
from civic_assets.publish.publication import latest
from civic_assets.quality.run import rules_for
from civic_assets_tests.defs.conftest import HELD_BACK, Launched, receive
from civic_assets_tests.paths import PROJECT


def test_nothing_is_run_when_everything_stands(launched: Launched) -> None:
    before = len(launched.instance.get_runs())
    report = launch(launched.store, launched.contracts, {}, profile="local")
    assert report.runs == {} and report.errors == ()
    assert report.publication is not None and not report.publication.new
    assert len(launched.instance.get_runs()) == before


def test_finding_nothing_to_do_does_not_import_dagster(launched: Launched) -> None:
    program = f"""
        import sys
        from pathlib import Path
        from civic_assets.contracts.load import load_contracts
        from civic_assets.defs.launch import launch
        from civic_assets.layers.store import Store
        launch(Store(Path({str(launched.store.root)!r})), load_contracts(), {{}}, profile="local")
        print("dagster" in sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    assert done.stdout.strip() == "False"


def test_held_back_release_alone_fails_its_run_and_is_not_an_error(
    tmp_path: Path, contracts: Mapping[str, Contract], without_a_column: Path
) -> None:
    store = Store(tmp_path)
    stale = receive(store, contracts, without_a_column)
    assert stale == {"ons_csp": [HELD_BACK]}
    report = launch(store, contracts, stale, profile="local")
    assert report.errors == () and report.publication is None
    with open_instance(store) as instance:
        run = instance.get_run_by_id(report.runs["refresh_ons_csp"])
        assert run is not None and run.status is dg.DagsterRunStatus.FAILURE
        evaluated = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
        assert 0 < len(evaluated) < len(rules_for(contracts["ons_csp"]))
    # Not materialised, but recorded: the next launch does not run it again.
    assert launch(store, contracts, {}, profile="local").runs == {}


def test_failing_source_is_a_sentence_and_the_others_go_on(
    tmp_path: Path, contracts: Mapping[str, Contract], samples: Path
) -> None:
    store = Store(tmp_path)
    stale = receive(
        store, contracts, samples / "gla_report_2023.csv", samples / "synthetic-csp-tables-2021-12.xlsx"
    )
    receipt = store.archive.find("gla_report", "2023-05")
    assert receipt is not None
    store.archive.path_of(receipt.sha256).unlink()
    report = launch(store, contracts, {**stale, "ons_csp": ["1999-12", "2021-12"]}, profile="local")
    by_source = {error.split(":")[0]: error for error in report.errors}
    assert receipt.sha256 in by_source["refresh_gla_report"]
    assert "ons_csp 1999-12: no file of this release is archived" in by_source["refresh_ons_csp"]
    assert all(f"(run {report.runs[job]})" in error for job, error in by_source.items())
    assert report.publication is not None
    assert store.tables.releases("harmonised", "ons_csp") == ["2021-12"]


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from civic_assets.contracts.load import load_contracts
    from civic_assets.defs import launch as launching
    from civic_assets.layers.store import Store

    def stop(sentence):
        if sys.argv[2] in sentence:
            os.kill(os.getpid(), signal.SIGKILL)

    stale = {"gla_report": ["2023-05"]}
    launching.launch(Store(Path(sys.argv[1])), load_contracts(), stale, profile="local", progress=stop)
"""


@pytest.mark.parametrize(
    "moment", [pytest.param("raw", marks=pytest.mark.exhaustive), "harmonised", "Publishing"]
)
def test_killed_run_is_marked_as_failed_and_its_work_is_done_by_the_next(
    tmp_path: Path, contracts: Mapping[str, Contract], samples: Path, moment: str
) -> None:
    store = Store(tmp_path)
    stale = receive(store, contracts, samples / "gla_report_2023.csv")
    program = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), moment]
    killed = subprocess.run(program, cwd=PROJECT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    # As `refresh` does: what is fresh already is not stale any more, whether or not Dagster knows of it.
    built = store.tables.current("harmonised", "gla_report", "2023-05") is not None
    report = launch(store, contracts, {} if built else stale, profile="local")
    assert report.publication is not None and report.errors == ()
    with open_instance(store) as instance:
        statuses = [run.status for run in instance.get_runs()]
        assert dg.DagsterRunStatus.STARTED not in statuses
        assert statuses.count(dg.DagsterRunStatus.FAILURE) == (0 if moment == "Publishing" else 1)
        for layer in ("raw", "validated", "harmonised"):
            key = dg.AssetKey([layer, "gla_report"])
            assert instance.get_materialized_partitions(key) == {"2023-05"}
    assert launch(store, contracts, {}, profile="local").runs == {}


def test_publication_is_the_same_whether_or_not_a_run_was_killed(
    tmp_path: Path, contracts: Mapping[str, Contract], samples: Path
) -> None:
    hashes = set()
    for name in ("undisturbed", "killed"):
        store = Store(tmp_path / name)
        stale = receive(store, contracts, samples / "gla_report_2023.csv")
        if name == "killed":
            program = [sys.executable, "-c", textwrap.dedent(KILLED), str(store.root), "validated"]
            subprocess.run(program, cwd=PROJECT, capture_output=True, check=False)
        launch(store, contracts, stale, profile="local")
        manifest = latest(store)
        assert manifest is not None
        hashes.add(manifest["hash"])
    assert len(hashes) == 1


def test_run_of_a_living_process_is_left_alone(launched: Launched) -> None:
    from civic_assets.defs.instance import PROCESS_TAG, fail_dead_runs, this_process

    with dg.DagsterInstance.ephemeral() as instance:

        @dg.job
        def work() -> None: ...

        for process in (this_process(), f"elsewhere:{os.getpid()}:1"):
            instance.create_run_for_job(work, tags={PROCESS_TAG: process}, status=dg.DagsterRunStatus.STARTED)
        instance.create_run_for_job(work, status=dg.DagsterRunStatus.STARTED)
        assert fail_dead_runs(instance) == []


def test_number_used_again_by_another_process_does_not_keep_a_dead_run_alive() -> None:
    from civic_assets.defs.instance import PROCESS_TAG, fail_dead_runs, this_process

    host, pid, _ = this_process().split(":")
    with dg.DagsterInstance.ephemeral() as instance:

        @dg.job
        def work() -> None: ...

        dead = instance.create_run_for_job(
            work, tags={PROCESS_TAG: f"{host}:{pid}:1"}, status=dg.DagsterRunStatus.STARTED
        )
        assert fail_dead_runs(instance) == [dead.run_id]


def test_settings_are_replaced_unless_a_person_made_them_their_own(tmp_path: Path) -> None:
    store = Store(tmp_path)
    settings = prepare_home(store) / "dagster.yaml"
    ours = settings.read_text()
    settings.write_text(ours.splitlines(keepends=True)[0] + "telemetry: {enabled: true}\n")
    prepare_home(store)
    assert settings.read_text() == ours
    settings.write_text("telemetry: {enabled: true}\n")
    prepare_home(store)
    assert settings.read_text() == "telemetry: {enabled: true}\n"


def test_history_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    from civic_assets.errors import UsageError

    store = Store(tmp_path)
    history = prepare_home(store) / "history"
    history.mkdir()
    (history / "runs.db").write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(UsageError, match="Move that folder away"), open_instance(store):
        pass


def test_record_is_missing_when_the_table_is_another(launched: Launched) -> None:
    recorded = RecordedStates(launched.store)
    receipts = launched.store.archive.receipts()
    assert recorded.missing(receipts) == []
    elsewhere = Store(launched.store.root)
    (elsewhere.dagster_home / "recorded").rename(elsewhere.root / "kept")
    try:
        assert recorded.missing(receipts) == receipts
    finally:
        (elsewhere.root / "kept").rename(elsewhere.dagster_home / "recorded")


def test_records_of_an_earlier_version_count_until_a_source_is_recorded_again(
    launched: Launched, tmp_path: Path
) -> None:
    """They were in one file for all sources."""
    shutil.copytree(launched.store.root, tmp_path / "store")
    store = Store(tmp_path / "store")
    folder = store.dagster_home / "recorded"
    states: dict[str, str] = {}
    for file in folder.glob("*.json"):
        states |= json.loads(file.read_text(encoding="utf-8"))
    shutil.rmtree(folder)
    (store.dagster_home / "recorded.json").write_text(json.dumps(states), encoding="utf-8")
    recorded, receipts = RecordedStates(store), store.archive.receipts()
    assert recorded.missing(receipts) == []
    assert recorded.has_publication(states["publication"])
    one = receipts[0]
    recorded.note_release(one.source, one.release)
    assert recorded.missing(receipts) == []
    written = json.loads((folder / f"{one.source}.json").read_text(encoding="utf-8"))
    assert {name.partition("/")[0] for name in written} == {one.source}
