"""What a client loads: the libraries for waits and tries only if there is something to wait for or to try again."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from civic_assets_tests.acquire.conftest import HOST, Publisher
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.replay.faults import Fault

SCRIPT = """
import json, sys
from pathlib import Path
from civic_assets.acquire.client import open_client
from civic_assets.acquire.settings import read_settings
with open_client(Path(sys.argv[1]), read_settings(Path(sys.argv[2]))) as client:
    asks = client.bound_to("plain", [sys.argv[3]])
    for _ in range(int(sys.argv[4])):
        asks.read(f"https://{sys.argv[3]}/list.json")
names = ("tenacity", "pyrate_limiter", "charset_normalizer", "chardet", "remotezip")
print(json.dumps([name for name in names if name in sys.modules]))
"""


def _loaded(site: Publisher, requests: int) -> list[str]:
    replay = site.client().settings.replay
    assert replay is not None
    (site.store.parent / "civic.toml").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, site.store, site.store.parent / "civic.toml", HOST, str(requests)],
        capture_output=True, text=True, check=False,
        env={
            **os.environ, "PYTHONPATH": str(PROJECT), "CIVIC_REPLAY": f"{replay.host}:{replay.port}",
            "CIVIC_REPLAY_AUTHORITY": replay.authority,
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded: list[str] = json.loads(done.stdout)
    return loaded


@pytest.mark.parametrize(
    ("requests", "fault", "loaded"),
    [
        (1, (), []),
        (5, (), []),
        (6, (), ["pyrate_limiter"]),
        (1, (Fault("503", times=1),), ["tenacity"]),
    ],
)
def test_a_library_is_loaded_when_it_is_needed(publisher, requests: int, fault, loaded: list[str]) -> None:
    site = publisher(*fault)
    assert _loaded(site, requests) == loaded
    assert len(site.server.requests) == requests + len(fault)
