"""Interrupted transfers and their memory, in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets_tests.acquire.conftest import CSV, HOST
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Told

URL = f"https://{HOST}/data.csv"


def process_for(site, url: str, to: Path) -> subprocess.Popen:
    (site.store.parent / "civic.toml").write_text("")
    authority = site.server.authority.write(site.store.parent / "authority.pem")
    environment = os.environ | {
        "CIVIC_REPLAY": site.server.address, "CIVIC_REPLAY_AUTHORITY": str(authority), "PYTHONPATH": str(PROJECT),
    }  # fmt: skip
    command = [sys.executable, "-m", "civic_assets_tests.acquire.fetch_one", str(site.store), url, str(to)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def partial(site) -> list[Path]:
    folder = site.store / "acquired" / "partial"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_killed_transfer_is_resumed_by_the_next_process_and_leaves_nothing(publisher, tmp_path) -> None:
    site = publisher(Fault("silence", times=1))
    with process_for(site, URL, tmp_path / "a") as process:
        for _ in range(600):
            if any(one.suffix == ".body" and one.stat().st_size > 0 for one in partial(site)):
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert sorted(one.suffix for one in partial(site)) == [".body", ".json"]
    there = partial(site)[0].stat().st_size
    assert not (tmp_path / "a").exists()
    site.asks().fetch(URL, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CSV
    assert site.server.requests[-1].headers["range"] == f"bytes={there}-"
    assert not partial(site)


def test_what_nobody_can_resume_is_removed_at_the_next_start(publisher, tmp_path) -> None:
    site = publisher(Fault("refused"))
    site.client()
    folder = site.store / "acquired" / "partial"
    (folder / "without-description.body").write_bytes(b"abc")
    (folder / "without-body.json").write_text("{}")
    (folder / "damaged.body").write_bytes(b"abc")
    (folder / "damaged.json").write_text('{"asked": ')
    (folder / ".incoming-00000000-1-0123456789abcdef").write_bytes(b"abc")
    os.utime(folder / ".incoming-00000000-1-0123456789abcdef", (0, 0))
    site.client()
    assert not partial(site)


def test_a_transfer_of_before_the_last_start_of_the_machine_is_begun_again(publisher, tmp_path) -> None:
    # After a power cut the end of a file may be zeros, and nobody could tell.
    site = publisher(Fault("reset", times=1), Fault("refused", times=4))
    with pytest.raises(NotObtained):
        site.asks().fetch(URL, tmp_path / "a")
    notes = next(one for one in partial(site) if one.suffix == ".json")
    described = notes.read_text()
    from civic_assets.acquire.http.partial import _boot

    notes.write_text(described.replace(_boot() or "", "another-start"))
    site.asks().fetch(URL, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CSV
    assert site.server.requests[-1].status == 200


def test_an_old_transfer_is_thrown_away(publisher, tmp_path) -> None:
    site = publisher(Fault("reset", times=1), Fault("refused", times=4))
    with pytest.raises(NotObtained):
        site.asks().fetch(URL, tmp_path / "a")
    for one in partial(site):
        os.utime(one, (time.time() - 8 * 86400,) * 2)
    site.client()
    assert not partial(site)


def test_memory_does_not_grow_with_the_body(publisher, tmp_path) -> None:
    site = publisher()
    used = {}
    for name, size in (("small", 1 << 20), ("large", 64 << 20)):
        path = tmp_path / f"{name}.bin"
        with open(path, "wb") as file:
            file.write(b"measured,figures\n")
            file.truncate(size)
        site.site.pages[f"/{name}.bin"] = Told(body=path, etag=f'"{name}"', ranges=True)
        with process_for(site, f"https://{HOST}/{name}.bin", tmp_path / f"{name}.out") as process:
            out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert (tmp_path / f"{name}.out").stat().st_size == size
        used[name] = int(out)
    assert used["large"] - used["small"] < 8 << 20, used
