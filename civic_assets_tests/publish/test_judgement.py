"""The suites judge what is published; a reader has a complete publication before, after, and if they fail."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.contracts.model import Contract
from civic_assets.defs.launch import launch
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.intake.receive import take_in
from civic_assets.layers.store import Store
from civic_assets.publish import build
from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.publish.judgement import judge_published, waits_for_judgement
from civic_assets.publish.member import members
from civic_assets.publish.publication import publish
from civic_assets.quality.expectations import run_suites as engine
from civic_assets_tests.publish.read_models import records
from civic_assets_tests.publish.report import stores

pytestmark = pytest.mark.usefixtures("site_now")


@pytest.fixture(scope="module")
def contracts() -> Mapping[str, Contract]:
    return {name: one for name, one in stores.contracts().items() if one.status == "active"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = tmp_path_factory.mktemp("given")
    (given / REPORT_TABLES.name).write_bytes(REPORT_TABLES.read_bytes())
    store = Store(tmp_path_factory.mktemp("published"))
    stores.add(store, given)
    return store.root


@pytest.fixture
def store(published: Path, tmp_path: Path) -> Store:
    """A store in which the report's tables are published and not judged yet."""
    return Store(shutil.copytree(published, tmp_path / "store"))


def _broken(*_: Any) -> Any:
    raise RuntimeError("no backend")


def _rows(store: Store, sql: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(store.database), read_only=True) as connection:
        return records(connection, sql)


_OF_SUITES = "check_id LIKE 'E-%' AND release = 'published'"


def test_figures_are_published_before_the_suites_have_judged(store: Store) -> None:
    assert waits_for_judgement(store)
    assert _rows(store, "SELECT count(*) AS n FROM harmonised.observations")[0]["n"] > 0
    assert judge_published(store) == []
    assert not waits_for_judgement(store)


def test_judged_read_model_is_consistent_in_itself(store: Store) -> None:
    judge_published(store)
    results = _rows(store, f"FROM quality.check_results WHERE {_OF_SUITES}")
    assert {row["outcome"] for row in results} >= {"pass"}
    assert "not_run_yet" not in {row["reason"] for row in results}
    assert _rows(store, "FROM quality.findings WHERE cause_id IS NULL") == []
    causes = _rows(store, "SELECT cause_id, members FROM quality.causes ORDER BY 1")
    named = _rows(
        store, "SELECT cause_id, list(finding_id) AS members FROM quality.findings GROUP BY 1 ORDER BY 1"
    )
    assert {c["cause_id"]: set(c["members"]) for c in causes} == {
        c["cause_id"]: set(c["members"]) for c in named
    }
    for table in ("check_results", "findings", "causes"):
        (counted,) = _rows(store, f"SELECT count(*) AS n FROM quality.{table}")
        (listed,) = _rows(store, f"SELECT n_rows FROM catalogue.tables WHERE table_name = '{table}'")
        assert counted["n"] == listed["n_rows"], table
    uncommented = (
        "SELECT 1 FROM duckdb_columns() WHERE schema_name = 'quality' AND comment IS NULL AND NOT internal"
    )
    assert _rows(store, uncommented) == []


def test_judging_in_two_steps_is_judging_in_one(store: Store, tmp_path: Path) -> None:
    """A read model that is built with remembered results has the rows of one that was judged afterwards."""
    judge_published(store)
    tables = ("check_results", "findings", "causes")
    after = {table: _rows(store, f"FROM quality.{table} ORDER BY ALL") for table in tables}
    store.database.unlink()
    publish(store, stores.contracts(), profile="local")
    assert not waits_for_judgement(store)
    assert {table: _rows(store, f"FROM quality.{table} ORDER BY ALL") for table in tables} == after


def test_file_that_another_program_changed_is_not_judged(store: Store) -> None:
    with duckdb.connect(str(store.database)) as connection:
        connection.execute("UPDATE harmonised.observations SET value = -17")
    before = store.database.read_bytes()
    (sentence,) = judge_published(store)
    assert "was changed by another program" in sentence and "civic-assets refresh" in sentence
    assert store.database.read_bytes() == before
    publish(store, stores.contracts(), profile="local")
    assert _rows(store, "FROM harmonised.observations WHERE value = -17") == []
    assert judge_published(store) == []


def test_nothing_is_replaced_when_nothing_waits(store: Store) -> None:
    judge_published(store)
    before = store.database.stat()
    assert judge_published(store) == []
    after = store.database.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_reader_of_the_file_before_keeps_it(store: Store) -> None:
    with duckdb.connect(str(store.database), read_only=True) as reader:
        judge_published(store)
        (waiting,) = reader.execute(
            "SELECT count(*) FROM quality.check_results WHERE reason = 'not_run_yet'"
        ).fetchone() or (0,)
    assert waiting > 0


def test_library_that_fails_leaves_the_publication_with_a_sentence_and_is_tried_again(
    tmp_path: Path, contracts: Mapping[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / REPORT_TABLES.name).write_bytes(REPORT_TABLES.read_bytes())
    store = Store(tmp_path / "store")
    taken = take_in(given, store.archive, contracts, origin="local")
    stale = {receipt.source: [receipt.release] for receipt in taken.receipts}
    with monkeypatch.context() as patch:
        patch.setattr(engine, "validate", _broken)
        report = launch(store, contracts, stale, profile="local")
        assert report.publication is not None and report.publication.new
        assert report.errors and all(error.startswith("judge: The suite ") for error in report.errors)
        results = _rows(store, f"FROM quality.check_results WHERE {_OF_SUITES}")
        # Where there is nothing to judge, the library is not asked.
        assert {row["reason"] for row in results} == {"not_run_yet", "history_too_short"}
        results = [row for row in results if row["reason"] == "not_run_yet"]
        assert {row["message"] for row in results} == {
            "the expectation could not be evaluated: RuntimeError: no backend"
        }
        assert (store.root / "report" / "index.html").is_file()
        again = launch(store, contracts, {}, profile="local")
        assert again.errors and set(again.runs) == {"judge"}
    mended = launch(store, contracts, {}, profile="local")
    assert mended.errors == () and set(mended.runs) == {"judge"}
    assert mended.publication is not None and not mended.publication.new
    assert not waits_for_judgement(store)
    assert launch(store, contracts, {}, profile="local").runs == {}


def test_suite_that_gates_keeps_the_last_publication(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a suite of a team that gates, and that what is published cannot pass."""
    from civic_assets.errors import PublicationHeldBack
    from civic_assets.quality.expectations import judgement
    from civic_assets.quality.expectations.suites import load_suites, suites_folder

    folder = tmp_path / "suites"
    folder.mkdir()
    document = json.loads((suites_folder() / "words.json").read_text(encoding="utf-8"))
    document["meta"]["gates"] = True
    units = next(one for one in document["expectations"] if one["meta"]["check_id"] == "E-18")
    units["kwargs"]["value_set"] = ["dozens"]
    (folder / "words.json").write_text(json.dumps(document), encoding="utf-8")
    before = store.database.read_bytes()
    monkeypatch.setattr(judgement, "load_suites", lambda: load_suites(folder))
    chosen = members(store, stores.contracts(), ())
    with pytest.raises(PublicationHeldBack, match=r"suite words, which gates, failed: E-18"):
        build.build_read_model(Inputs(store, stores.contracts(), chosen, "s", "p", 9, date.today()))
    assert store.database.read_bytes() == before
    assert not [path for path in store.root.iterdir() if path.name.startswith(".incoming")]
