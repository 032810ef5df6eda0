"""A read model that is made from the last one is equal to one made from nothing, whatever happened in between."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.layers.store import Store
from civic_assets.publish.build import build_read_model
from civic_assets.publish.incremental import update
from civic_assets_tests.publish.incremental.same_tables import differences
from civic_assets_tests.publish.incremental.worlds import World

DAY = date(2025, 6, 1)


@pytest.fixture(autouse=True)
def always_from_the_last_one(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Small publications change as a whole; a failure must not be hidden by building everything."""
    monkeypatch.setattr(update, "MOST_CHANGED_SHARE", 2.0)
    monkeypatch.setattr(update, "MOST_FREE_SHARE", 2.0)
    monkeypatch.setattr(update, "REFUSES_FAILURE", True)
    yield


def _build(world: World, store: Store, number: int, *, from_nothing: bool) -> None:
    build_read_model(
        store, load_contracts(), world.listed(), stamp=f"stamp {number}", publication=f"publication {number}",
        number=number, today=DAY, from_nothing=from_nothing,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_equal_after_every_change(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(Store(tmp_path / "one"), random.Random(seed))
    for module in ("civic_assets.contracts.corrections", "civic_assets.publish.incremental.parts",
                   "civic_assets.publish.incremental.source_tables"):  # fmt: skip
        monkeypatch.setattr(f"{module}.load_corrections", lambda: world.corrections)
    fresh = Store(tmp_path / "other")
    history = [world.arrive(source) for source in ("met_borough", "ons_csp", "dfe_looked_after", "ons_population")]
    _build(world, world.store, 0, from_nothing=True)
    for number in range(1, 8):
        change = world.rng.choice([world.arrive] * 5 + [world.withdraw, world.hold_back, world.correct, world.correct])
        history.append(change())
        _build(world, world.store, number, from_nothing=False)
        _build(world, fresh, number, from_nothing=True)
        assert differences(world.store.database, fresh.database) == [], history
