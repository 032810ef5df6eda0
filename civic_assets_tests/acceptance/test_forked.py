"""A forked command is what a person starts: same output, exit code, folder and environment; and it can be killed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic_assets.contracts.load import contracts_folder
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets_tests.acceptance.commands import civic_assets, environment
from civic_assets_tests.acceptance.forked import Forked, Forking
from civic_assets_tests.paths import PROJECT

_SHOWS = """
import os, sys
print(os.getcwd(), os.environ.get("CIVIC_A"), sys.argv[1:], __name__)
print("to the other", file=sys.stderr)
if sys.argv[1:] == ["waits"]:
    import time
    time.sleep(60)
os._exit(7)
"""


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forked]:
    folder = tmp_path_factory.mktemp("module")
    (folder / "shows_itself.py").write_text(_SHOWS, encoding="utf-8")
    started = Forked({**environment(), "PYTHONPATH": f"{PROJECT}:{folder}"})
    yield started
    started.close()


def test_command_has_its_own_arguments_folder_environment_and_output(forked: Forked, tmp_path: Path) -> None:
    for number in (1, 2):
        told = forked.run("shows_itself", ["a b", "ç"], tmp_path, {"CIVIC_A": str(number)}, 60)
        assert (told.returncode, told.stdout) == (7, f"{tmp_path} {number} ['a b', 'ç'] __main__\n")
        assert told.stderr == "to the other\n"


def test_command_that_takes_too_long_is_killed_and_the_next_is_answered(
    forked: Forked, tmp_path: Path
) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        forked.run("shows_itself", ["waits"], tmp_path, {}, 1)
    assert forked.run("shows_itself", [], tmp_path, {}, 60).returncode == 7


@pytest.mark.parametrize(
    "arguments", [("--version",), ("inspect", "gone.csv"), ("bogus",), ("contract", "--help")]
)
def test_answer_is_that_of_a_process_of_its_own(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert civic_assets(*arguments, cwd=tmp_path) == civic_assets(*arguments, cwd=tmp_path, fresh=True)


def test_contracts_that_a_command_names_are_its_own(tmp_path: Path) -> None:
    """Also after commands with the contracts that ship, and those are in force again afterwards."""
    other = Path(shutil.copytree(contracts_folder(), tmp_path / "contracts"))
    (other / "gla_report.odcs.yaml").unlink()
    asked, env = ("inspect", REPORT_TABLES), {"CIVIC_CONTRACTS": str(other)}
    shipped = civic_assets(*asked)
    forked = civic_assets(*asked, env=env)
    assert forked == civic_assets(*asked, env=env, fresh=True)
    assert shipped.code != 2 and forked.code == 2
    assert "has no tables of a source with a contract" in forked.err
    assert civic_assets(*asked) == shipped


def test_environment_with_which_libraries_are_loaded_decides_from_what_is_forked() -> None:
    forking, given = Forking(), environment()
    usual = forking.process_for(given)
    assert usual is not None
    for name in ("CIVIC_SITE", "CIVIC_CONTRACTS", "TMPDIR", "OPENLINEAGE_URL", "AWS_SESSION_TOKEN"):
        assert forking.process_for({**given, name: "/another"}) is usual
    assert forking.process_for({**given, "CIVIC_SOURCES": ""}) is usual
    for name in ("CIVIC_SOURCES", "PYTHONHASHSEED"):
        for _ in range(2):
            assert forking.process_for({**given, name: "1"}) is None
    for _ in range(2):
        assert forking.process_for({**given, "PYTHONPATH": "/elsewhere"}) is None
    others = [{**given, "TZ": zone} for zone in ("UTC", "Europe/London", "Asia/Tokyo")]
    kept = []
    for other in others:
        assert forking.process_for(other) is None, "the first time"
        again = forking.process_for(other)
        assert again is not None and again is not usual and forking.process_for(other) is again
        kept.append(again)
    assert forking.process_for(others[1]) is kept[1]
    assert forking.process_for(others[0]) not in (*kept, usual), "the oldest of the others has been ended"
    assert forking.process_for(given) is usual
    forking.close()
