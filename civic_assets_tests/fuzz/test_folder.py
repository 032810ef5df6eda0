"""A sound file among changed ones has the figures that it has alone; and what must not happen is noticed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from civic_assets.inputs.report import REPORT_TABLES
from civic_assets_tests import shared_stores
from civic_assets_tests.fuzz.corpus import Seed
from civic_assets_tests.fuzz.folder import Refreshed, counted, faults_of, refreshed
from civic_assets_tests.fuzz.test_fuzz import SEED, _small

INPUTS = 12


@pytest.fixture(scope="module")
def done(report_refresh: shared_stores.Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    seeds = [
        *(seed for seed in _small() if seed.kind != "xls"),
        Seed("report.csv", REPORT_TABLES.read_bytes()),
    ]
    alone = report_refresh.store, report_refresh.answer
    root = tmp_path_factory.mktemp("folder")
    return refreshed(root, seeds, range(INPUTS), SEED, ("report.csv",), alone)


def test_sound_file_among_changed_ones_is_published_as_if_it_were_alone(done: Refreshed) -> None:
    assert faults_of(done) == []
    counter = counted(done)
    assert counter["published"] >= 1 and counter["held_back"] >= 3 and counter["refused files"] >= 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": 2}, "The exit code is 2"),
        ({"err": "Traceback (most recent call last):"}, "a traceback in the messages"),
        ({"out": "state"}, "is held_back"),
        ({"out": "reason"}, "This is not a sentence: 'no'"),
        ({"out": "errors"}, "The refresh says: broken"),
    ],
)
def test_what_a_refresh_must_not_say_is_noticed(done: Refreshed, change: dict[str, Any], said: str) -> None:
    answer = done.answer
    if "out" in change:
        summary = json.loads(answer.out)
        if change["out"] == "state":
            summary["releases"] = [{**one, "state": "held_back"} for one in summary["releases"]]
        elif change["out"] == "reason":
            summary["refused"] = [{"file": "x", "reason": "no"}]
        else:
            summary["errors"] = ["broken"]
        change = {"out": json.dumps(summary)}
    faults = faults_of(replace(done, answer=replace(answer, **change)))
    assert any(said in fault for fault in faults), faults


def test_change_outside_the_store_and_other_figures_are_noticed(done: Refreshed, tmp_path: Path) -> None:
    before = {**done.before, "gone": "0" * 64}
    assert faults_of(replace(done, before=before)) == ["gone was changed outside the store."]
    stray = done.root / "empty" / "stray"
    stray.touch()
    try:
        assert faults_of(done) == ["empty/stray was changed outside the store."]
    finally:
        stray.unlink()
    # A store in which the sound file is not published has no figures of it.
    import duckdb

    store = tmp_path / "store"
    store.mkdir()
    (store / "civic.duckdb").write_bytes((done.alone_store / "civic.duckdb").read_bytes())
    with duckdb.connect(str(store / "civic.duckdb")) as connection:
        connection.execute("UPDATE harmonised.observations SET value = value + 1 WHERE rowid = 0")
    assert faults_of(replace(done, alone_store=store)) == ["The sound files have other figures than alone."]
