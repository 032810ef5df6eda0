"""Copies of the published tables that the tests of this folder read."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from civic_assets.browse.kept import FOLDER, Kept, kept_copy
from civic_assets.browse.place import THIS_MACHINE, Place
from civic_assets.browse.serve import application_of
from civic_assets.layers.store import Store
from civic_assets_tests.shared_stores import Refreshed

_NOT_COPIED = shutil.ignore_patterns("dagster", "report", "archive", "tables", FOLDER)


@dataclass(frozen=True)
class Served:
    """A store whose tables are copied and can be asked for.

    Args:
        store: Its folder.
        kept: The copy.
        place: Where a browser finds its pages.
    """

    store: Path
    kept: Kept
    place: Place = THIS_MACHINE

    def ask(self, path: str, method: str = "GET", host: str = "127.0.0.1", **given: Any) -> httpx.Response:
        """What is answered to a request, by the application that is served."""
        return asyncio.run(self._asked([path], method, host, given))[0]

    def ask_each(self, paths: Iterable[str]) -> dict[str, httpx.Response]:
        """What is answered to several requests, by path."""
        listed = list(paths)
        return dict(zip(listed, asyncio.run(self._asked(listed, "GET", "127.0.0.1", {})), strict=True))

    async def _asked(
        self, paths: Iterable[str], method: str, host: str, given: dict[str, Any]
    ) -> list[httpx.Response]:
        datasette, application = application_of(self.kept, self.place)
        await datasette.invoke_startup()
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}:8001") as client:
            return [await client.request(method, path, **given) for path in paths]


@contextmanager
def served(folder: Path, place: Place = THIS_MACHINE) -> Iterator[Served]:
    with kept_copy(Store.existing(folder), place=place) as kept:
        yield Served(folder, kept, place)


def copy_of(refreshed: Refreshed, folder: Path) -> Path:
    shutil.copytree(refreshed.store, folder, ignore=_NOT_COPIED)
    return folder


@pytest.fixture(scope="session")
def whole(sample_refresh: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Everything that the samples publish; read only."""
    with served(copy_of(sample_refresh, tmp_path_factory.mktemp("whole") / "store")) as one:
        yield one


@pytest.fixture
def store(report_refresh: Refreshed, tmp_path: Path) -> Path:
    """A store of the report's tables that a test may change."""
    return copy_of(report_refresh, tmp_path / "store")


@pytest.fixture
def edited(store: Path) -> Callable[..., Path]:
    """Runs SQL on the read model of a store, and gives the store."""

    def edit(*statements: str) -> Path:
        with duckdb.connect(str(store / "civic.duckdb")) as connection:
            for sql in statements:
                connection.execute(sql)
        return store

    return edit
