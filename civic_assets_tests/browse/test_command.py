"""`civic-assets tables`: serves on this machine only, writes a file, and says what is wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from civic_assets.browse import serve
from civic_assets.cli.entry import main
from civic_assets_tests.acceptance.commands import environment


@contextmanager
def _started(store: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, as soon as it has printed its address."""
    command = [
        sys.executable,
        "-m",
        "civic_assets.cli",
        "tables",
        "--store",
        str(store),
        "--quiet",
        *arguments,
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment()
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line + process.stdout.read()
        yield process, found[0]
    finally:
        process.kill()
        process.wait()


def _listening(pid: int) -> list[tuple[str, int]]:
    """Addresses on which a process listens, as the system has them (proc(5): /proc/net/tcp)."""
    sockets = {
        os.readlink(entry.path)
        for entry in os.scandir(f"/proc/{pid}/fd")
        if os.path.islink(entry.path) and os.readlink(entry.path).startswith("socket:")
    }
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                address, port = fields[1].split(":")
                found.append((address, int(port, 16)))
    return found


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the system does not list its sockets")
def test_only_this_machine_is_listened_to(store: Path) -> None:
    with _started(store, "--port", "0") as (process, address):
        assert _listening(process.pid) == [("0100007F", int(address.rpartition(":")[2]))]  # 127.0.0.1, as hex
        with urllib.request.urlopen(f"{address}/civic/quality_findings.json?_size=1", timeout=30) as answer:
            assert json.load(answer)["table"] == "quality_findings"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(store: Path, number: signal.Signals) -> None:
    with _started(store, "--port", "0") as (process, _):
        process.send_signal(number)
        assert process.stdout is not None
        rest = process.stdout.read()
        assert (process.wait(timeout=30), rest) == (0, "Stopped.\n")


def test_a_port_that_is_taken_is_named(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["tables", "--store", str(store), "--port", str(port)]) == 2
    assert f"Port {port} of 127.0.0.1 cannot be used" in capsys.readouterr().err
    assert not (store / "browse").exists()  # said before anything is copied


@pytest.mark.parametrize("port", ["-1", "70000"])
def test_a_port_that_is_none_is_refused(store: Path, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tables", "--store", str(store), "--port", port]) == 2
    assert "--port" in capsys.readouterr().err


def test_without_datasette_it_says_what_to_install(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "find_spec", lambda _: None)
    assert main(["tables", "--store", str(store)]) == 2
    assert "pip install 'civic-assets[tables]'" in capsys.readouterr().err
    assert main(["tables", "--store", str(store), "--out", str(tmp_path / "figures.db"), "--quiet"]) == 0


def test_the_file_is_written_once_and_described(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "figures.db"
    assert main(["tables", "--store", str(store), "--out", str(out), "--json", "--quiet"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["n_bytes"] == out.stat().st_size and answer["publication"] == 1
    assert {"table": "harmonised.observations", "name": "harmonised_observations", "n_rows": 116} in answer[
        "tables"
    ]
    assert "harmonised_latest" in answer["views"]
    assert [one.name for one in out.parent.iterdir()] == ["figures.db"]
    before = out.read_bytes()
    assert main(["tables", "--store", str(store), "--out", str(out)]) == 2
    assert "nothing is written over" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert not (store / "browse").exists()


def test_nothing_published_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tables", "--store", str(tmp_path / "none")]) == 2
    assert "civic-assets refresh" in capsys.readouterr().err


def test_json_without_a_file_is_refused(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tables", "--store", str(store), "--json"]) == 2
    assert "--out" in json.loads(capsys.readouterr().out)["error"]
