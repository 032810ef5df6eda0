"""The sample inputs, written once and read once for all tests of this package."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.inputs.samples.ons_csp import EDITIONS, write_sample_inputs
from civic_assets_tests.inputs.samples.sample_books import Book, read


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample_inputs(folder)
    return folder


@pytest.fixture(scope="package")
def books(folder: Path) -> dict[str, Book]:
    return {
        name: read(folder / name, edition.ending(), edition.ending(1)) for name, edition in EDITIONS.items()
    }
