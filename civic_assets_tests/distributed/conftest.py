"""The services of the tests, started once; nothing here runs unless somebody asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic_assets_tests.distributed.services import missing

SETTING = "CIVIC_DISTRIBUTED"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips everything here unless it is asked for; says what is missing if it is."""
    mine = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    if not os.environ.get(SETTING):
        for item in mine:
            item.add_marker(pytest.mark.skip(reason="needs servers: make test-distributed"))
    elif mine and (lacking := missing()):
        raise pytest.UsageError("These are not installed: " + "; ".join(lacking))


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """PostgreSQL, Redis and an S3 server."""
    from civic_assets_tests.distributed.machines import Services, with_settings
    from civic_assets_tests.distributed.services import ObjectStore, Postgres, Redis

    folder = tmp_path_factory.mktemp("services")
    started = Services(
        Postgres(folder / "postgres"), Redis(folder / "redis"), ObjectStore(folder / "objects")
    )
    with_settings(started.objects.environment)
    try:
        yield started
    finally:
        started.objects.stop()
        started.redis.stop()
        started.postgres.stop()
