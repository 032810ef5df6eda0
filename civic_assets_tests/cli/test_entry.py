"""The command as a process: how it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from civic_assets.layers.store import Store
from civic_assets_tests.acceptance.commands import civic_assets, environment

# Threads of native libraries that ask for the interpreter while it is taken apart abort the process, so it must not be.
_TAKEN_APART = """import atexit, sys
atexit.register(print, "taken apart")
sys.argv = ["civic-assets", "sources", "--json", "--store", sys.argv[1]]
from civic_assets.cli import run
run()
"""


def _ended(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)


def _store_with_a_receipt(folder: Path) -> None:
    file = folder / "a.csv"
    file.write_text("a")
    archive = Store(folder / "store").archive
    archive.receive(file, source="ons_csp", edition="2024-12", file_name=file.name, origin="local")


def test_a_command_ends_with_its_whole_answer_and_without_taking_the_interpreter_apart(
    tmp_path: Path,
) -> None:
    _store_with_a_receipt(tmp_path)
    done = _ended(sys.executable, "-c", _TAKEN_APART, str(tmp_path / "store"))

    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("}")
    assert "taken apart" not in done.stdout


def test_a_reader_that_stops_early_gets_no_traceback(tmp_path: Path) -> None:
    _store_with_a_receipt(tmp_path)
    command = f"'{sys.executable}' -m civic_assets.cli sources --json --store '{tmp_path}/store' | head -c 1"

    done = _ended("bash", "-c", command)

    assert done.stdout == "{"
    assert "Traceback" not in done.stderr


def test_a_users_mistake_ends_in_a_sentence_and_2(tmp_path: Path) -> None:
    answer = civic_assets(
        "trace", "--area", "x", "--measure", "y", "--period", "z", "--store", tmp_path / "s"
    )

    assert answer.code == 2
    assert answer.err.startswith("civic-assets: ") and "Traceback" not in answer.err
