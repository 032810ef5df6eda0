"""Publishers for one test, started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from civic_assets_tests.acquire.live.publishers import Publishers


@pytest.fixture
def publishers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    # Directories of archives are kept in the cache folder.
    monkeypatch.setenv("CIVIC_CACHE", str(tmp_path / "cache"))
    made = Publishers(tmp_path)
    with made.server:
        yield made
