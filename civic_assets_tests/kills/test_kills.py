"""A few kills of the many that `make kills` makes; and that whatever must hold would be noticed if it did not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets_tests.acceptance.commands import environment
from civic_assets_tests.kills import doing
from civic_assets_tests.kills.campaign import Campaign
from civic_assets_tests.kills.killed_command import kind_of_change
from civic_assets_tests.kills.reading import read
from civic_assets_tests.kills.verdict import faults_of_reads, left_behind
from civic_assets_tests.shared_stores import Refreshed

KILLS = 2


def test_killed_at_any_moment_readers_and_the_next_run_do_not_notice() -> None:
    """At random moments from asking to the site, and just before a change of a file."""
    options = ["--kills", str(KILLS), "--readers", "2", "--pause", "1", "--seed", "7"]
    done = subprocess.run(
        [sys.executable, "-m", "civic_assets_tests.kills", *options],
        env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"^all +{KILLS} ", done.stdout, re.MULTILINE), done.stdout
    found = re.search(r"^(\d+) reads by 2 readers, 0 failed", done.stdout, re.MULTILINE)
    assert found is not None and int(found[1]) > KILLS, done.stdout


def _read(number: int, **changes: Any) -> dict[str, Any]:
    whole = {"publication": f"p{number}", "number": number, "stamp": f"s{number}", "seen": f"x{number}"}
    return {**whole, "releases": number, **changes}


@pytest.mark.parametrize(
    ("reads", "said"),
    [
        ([_read(1), _read(2)], None),
        ([_read(1), {"failed": "IOException: no such file"}, _read(2)], "Reader 0: IOException"),
        ([_read(1), _read(1, seen="other"), _read(2)], "saw other rows of s1"),
        ([_read(2), _read(1), _read(2)], "an earlier publication after a later one"),
        ([_read(1), _read(2, releases=0)], "fewer releases after more"),
        ([_read(1)], "did not see the last publication"),
        ([], "did not see the last publication"),
    ],
)
def test_reads_that_must_not_happen_are_faults(reads: list[dict[str, Any]], said: str | None) -> None:
    faults = faults_of_reads([reads], "p2")
    assert (faults == []) if said is None else any(said in fault for fault in faults)


def test_reader_notices_a_publication_that_is_not_whole(report_refresh: Refreshed, tmp_path: Path) -> None:
    file = tmp_path / "civic.duckdb"
    shutil.copy(report_refresh.store / "civic.duckdb", file)
    with duckdb.connect(str(file), read_only=True) as connection:
        assert read(connection)["releases"] == 1
    with duckdb.connect(str(file)) as connection:
        connection.execute("DELETE FROM harmonised.observations WHERE rowid = 0")
        with pytest.raises(AssertionError, match=r"figures .* but releases"):
            read(connection)
        connection.execute("DELETE FROM catalogue.publication")
        with pytest.raises(AssertionError, match="0 rows say"):
            read(connection)


def test_whatever_is_left_behind_is_found(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path / "store", tmp_path / "files", tmp_path / "temporary")
    (campaign.store / "acquired" / "partial").mkdir(parents=True)
    campaign.temporary.mkdir()
    assert left_behind(campaign) == []
    for name in (
        "store/.incoming-0a1b2c3d-7-0123456789abcdef", "store/archive/pending-0a", "store/.report-x",
        "store/acquired/partial/0a", "store/civic.duckdb.wal", "temporary/anything",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        assert left_behind(campaign) == [name]
        (tmp_path / name).unlink()


@pytest.mark.parametrize(
    ("said", "change", "slow", "stage"),
    [
        ("", None, False, doing.STARTING),
        ("stage\tAsking the publishers of 1 source", None, True, doing.SLOW),
        ("asked\tpolice_uk: 5 offered, 1 fetched", "rename archive/*", True, doing.INTAKE),
        ("step\tcauses and descriptions", None, False, doing.TABLES),
        ("step\tcauses and descriptions", "rename civic.duckdb", False, doing.PLACING),
        ("stage\tJudging what is published with the expectation suites", None, False, doing.JUDGING),
        ("stage\tBuilding the site", None, False, doing.SITE),
        ("stage\tBuilding the site", "rename unchanged.json", False, doing.ENDING),
    ],
)
def test_stage_is_told_from_what_was_said_and_changed(
    said: str, change: str | None, slow: bool, stage: str
) -> None:
    assert doing.stage_of(said, change, slow=slow) == stage


def test_kinds_of_changes_do_not_depend_on_the_run() -> None:
    store = "/data/store"
    kind = kind_of_change("os.rename", f"{store}/archive/{'0a' * 32}", store)
    assert kind == kind_of_change("os.rename", f"{store}/archive/{'1b' * 32}", store) == "rename archive/*"
    assert kind_of_change("open", f"{store}/.incoming-0a1b2c3d-77-{'0a' * 8}", store) == "open .incoming-*"
    assert kind_of_change("os.rename", f"{store}/publications/12.json", store) == "rename publications/*.json"
    assert kind_of_change("open", "/elsewhere/file", store) is None
