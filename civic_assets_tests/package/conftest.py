"""Packages that the tests of this folder read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from civic_assets.layers.store import Store
from civic_assets.package.build import build_package
from civic_assets_tests.shared_stores import Refreshed

SMALL = (
    "harmonised.observations", "catalogue.sources", "catalogue.releases", "catalogue.measures", "catalogue.areas",
    "catalogue.files", "quality.findings", "quality.causes", "quality.waivers", "harmonised.age_bands",
)  # fmt: skip


@pytest.fixture(scope="session")
def whole(sample_refresh: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of everything that the samples publish; read only."""
    out = tmp_path_factory.mktemp("whole") / "package"
    build_package(Store.existing(sample_refresh.store), out)
    return out


@pytest.fixture(scope="session")
def small(report_refresh: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the report's tables, which the tools of the standards read in seconds; read only."""
    out = tmp_path_factory.mktemp("small") / "package"
    build_package(Store.existing(report_refresh.store), out, tables=SMALL)
    return out


@pytest.fixture
def spoilt(small: Path, tmp_path: Path) -> Path:
    """A copy of the small package that a test may spoil."""
    shutil.copytree(small, tmp_path / "spoilt")
    return tmp_path / "spoilt"


@pytest.fixture
def edited(report_refresh: Refreshed, tmp_path: Path) -> Callable[[str], Store]:
    """Runs SQL on the read model of a copy of the report's store, and gives that store."""

    def edit(sql: str) -> Store:
        folder = tmp_path / "edited"
        shutil.copytree(report_refresh.store, folder, ignore=shutil.ignore_patterns("dagster", "report"))
        with duckdb.connect(str(folder / "civic.duckdb")) as connection:
            connection.execute(sql)
        return Store.existing(folder)

    return edit
