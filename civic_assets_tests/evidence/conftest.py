"""An evidence pack that several tests read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.shared_stores import Refreshed

BURGLARY = "ons_csp:burglary:E09000019:2021-01-01/2022-01-01"


@pytest.fixture(scope="session")
def packed(sample_refresh: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> tuple[Answer, Path]:
    """The pack of the inputs that ship, with the figures of the report's tables: the answer, and the zip file."""
    file = tmp_path_factory.mktemp("evidence") / "pack.zip"
    answer = civic_assets("evidence", "--store", sample_refresh.store, "--out", file, "--json", "--quiet")
    assert answer.code == 0, answer.err
    return answer, file


@pytest.fixture(scope="session")
def unpacked(packed: tuple[Answer, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack, unpacked as a person would."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(packed[1]) as pack:
        pack.extractall(folder)
    return folder
