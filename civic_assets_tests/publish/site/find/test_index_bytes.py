"""The files of the search are equal, byte for byte, for equal publications."""

from __future__ import annotations

import os
import subprocess
import sys

from civic_assets_tests.acceptance.commands import environment
from civic_assets_tests.shared_stores import Refreshed

_PROGRAM = """
import hashlib, sys
from pathlib import Path
from civic_assets.layers.store import Store
from civic_assets.publish.publication import latest
from civic_assets.publish.site.find.section import FindPages
from civic_assets.publish.site.opening import open_site
store = Store.existing(Path(sys.argv[1]))
with open_site(store, latest(store)) as site:
    for page in FindPages().plan(site):
        print(page.address, page.key)
"""


def _keys(refreshed: Refreshed, seed: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(refreshed.store)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment(), "PYTHONHASHSEED": seed},
    )
    return dict(line.split() for line in done.stdout.splitlines())


def test_two_processes_make_the_same_files(sample_refresh: Refreshed) -> None:
    first, second = _keys(sample_refresh, "1"), _keys(sample_refresh, "2")
    assert first == second
    assert {"find.html", "assets/find-index.js", "assets/find-figures.js"} <= set(first)
