"""One process at a time changes a store; one that was killed leaves it free."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from civic_assets.errors import StoreBusy
from civic_assets.layers.store_lock import changing
from civic_assets_tests.acceptance.commands import environment

_HOLDS = """
import sys
from pathlib import Path
from civic_assets.layers.store_lock import changing
with changing(Path(sys.argv[1]), "another program", lambda sentence: print(sentence, flush=True)):
    print("held", flush=True)
    sys.stdin.read()
print("free", flush=True)
"""


@contextmanager
def _other(store: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that changes the store until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(store)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _says(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_second_process_is_refused_with_who_and_since_when(tmp_path: Path) -> None:
    with _other(tmp_path) as other:
        assert _says(other) == "held"
        with pytest.raises(StoreBusy) as refused, changing(tmp_path, "this test"):
            pass
    sentence = str(refused.value)
    assert f"is being changed by another program (process {other.pid} on " in sentence
    assert re.search(r"which began at \d\d:\d\d:\d\d UTC on \d+ [A-Z][a-z]+ \d{4}\.", sentence)
    assert "Wait until that has ended, then try again" in sentence


def test_lock_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    with _other(tmp_path) as other:
        assert _says(other) == "held"
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert (tmp_path / "changing.lock").read_text(), "it could not say that it has ended"
        with changing(tmp_path, "this test"):
            assert str(os.getpid()) in (tmp_path / "changing.lock").read_text()
    assert (tmp_path / "changing.lock").read_text() == ""


def test_process_that_waits_says_for_whom_and_goes_on(tmp_path: Path) -> None:
    with changing(tmp_path, "this test"):
        other = subprocess.Popen(
            [sys.executable, "-c", _HOLDS, str(tmp_path)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment(),
        )  # fmt: skip
        assert f"is being changed by this test (process {os.getpid()} on " in _says(other)
    said, _ = other.communicate(timeout=60)
    assert said.split() == ["held", "free"]


def test_holder_may_ask_again_but_another_thread_may_not(tmp_path: Path) -> None:
    refused: list[StoreBusy] = []

    def try_it() -> None:
        try:
            with changing(tmp_path, "a thread"):
                pass
        except StoreBusy as error:
            refused.append(error)

    with changing(tmp_path, "a refresh"):
        with changing(tmp_path, "its report"):
            pass
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
        assert len(refused) == 1 and "changed by a refresh" in str(refused[0])
    with changing(tmp_path, "the next"):
        pass


def test_failure_frees_the_store(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="in the middle"), changing(tmp_path, "a refresh"):
        raise RuntimeError("in the middle")
    with _other(tmp_path) as other:
        assert _says(other) == "held"
