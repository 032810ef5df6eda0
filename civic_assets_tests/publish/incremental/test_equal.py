"""A read model that is made from the last one is equal to one made from nothing, whatever happened in between."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import duckdb
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.layers.store import Store
from civic_assets.publish.build import build_read_model
from civic_assets.publish.incremental import source_tables, update
from civic_assets.publish.incremental.arrivals import Arrivals
from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.publish.read_model.placing import put_in_place
from civic_assets_tests.publish.incremental.same_tables import differences
from civic_assets_tests.publish.incremental.worlds import World

DAY = date(2025, 6, 1)


@pytest.fixture(autouse=True)
def always_from_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small publications change as a whole; a failure must not be hidden by building everything."""
    monkeypatch.setattr(update, "MOST_CHANGED_SHARE", 2.0)
    monkeypatch.setattr(update, "MOST_FREE_SHARE", 2.0)
    monkeypatch.setattr(update, "REFUSES_FAILURE", True)


def _build(world: World, store: Store, number: int, *, from_nothing: bool) -> None:
    stamp, publication = f"stamp {number}", f"publication {number}"
    build_read_model(
        Inputs(store, load_contracts(), world.listed(), stamp, publication, number, DAY),
        from_nothing=from_nothing,
    )


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.exhaustive)])
def test_equal_after_every_change(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(Store(tmp_path / "one"), random.Random(seed))
    for module in ("civic_assets.contracts.corrections", "civic_assets.publish.incremental.parts",
                   "civic_assets.publish.incremental.source_tables"):  # fmt: skip
        monkeypatch.setattr(f"{module}.load_corrections", lambda: world.corrections)
    fresh = Store(tmp_path / "other")
    history = [
        world.arrive(source) for source in ("met_borough", "ons_csp", "dfe_looked_after", "ons_population")
    ]
    _build(world, world.store, 0, from_nothing=True)
    for number in range(1, 4):
        change = world.rng.choice(
            [world.arrive] * 5 + [world.withdraw, world.hold_back, world.correct, world.correct]
        )
        history.append(change())
        _build(world, world.store, number, from_nothing=False)
        _build(world, fresh, number, from_nothing=True)
        assert differences(world.store.database, fresh.database) == [], history


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Arrivals]:
    """What was made of sources, each time that a read model was made from the last one."""
    found: list[Arrivals] = []
    make = source_tables.make

    def noted(*given: object) -> Arrivals:
        found.append(make(*given))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(source_tables, "make", noted)
    return found


def test_newer_releases_are_added_and_the_result_is_equal(tmp_path: Path, made: list[Arrivals]) -> None:
    world = World(Store(tmp_path / "one"), random.Random(11))
    fresh = Store(tmp_path / "other")
    for source in ("met_borough", "met_borough", "met_ward", "police_uk", "ons_csp"):
        world.arrive_newest(source)
    _build(world, world.store, 0, from_nothing=True)
    for number, sources in enumerate((["met_borough"], ["police_uk", "met_borough"], ["ons_csp"]), 1):
        history = [world.arrive_newest(source) for source in sources]
        _build(world, world.store, number, from_nothing=False)
        # No figure of an earlier release of these sources was made again.
        assert set(made[-1].added) == set(sources), history
    # Each release was added to what the one before had made, so what went wrong in any step is still there.
    _build(world, fresh, number, from_nothing=True)
    assert differences(world.store.database, fresh.database) == []


def test_release_that_describes_an_area_otherwise_makes_its_source_again(
    tmp_path: Path, made: list[Arrivals]
) -> None:
    world = World(Store(tmp_path / "one"), random.Random(12))
    fresh = Store(tmp_path / "other")
    for source in ("met_borough", "met_borough", "ons_csp"):
        world.arrive_newest(source)
    _build(world, world.store, 0, from_nothing=True)
    world.arrive_newest("met_borough", area_type="london_borough")
    _build(world, world.store, 1, from_nothing=False)
    assert made[-1] == Arrivals(frozenset({"met_borough"}), {})
    _build(world, fresh, 1, from_nothing=True)
    assert differences(world.store.database, fresh.database) == []


def test_file_that_cannot_be_used_is_built_from_nothing(tmp_path: Path) -> None:
    world = World(Store(tmp_path / "one"), random.Random(7))
    world.arrive("ons_pfa")
    world.store.database.write_bytes(b"not a database")
    _build(world, world.store, 1, from_nothing=False)
    with duckdb.connect(str(world.store.database), read_only=True) as connection:
        assert connection.execute("SELECT number FROM catalogue.publication").fetchone() == (1,)
        # Another program made this file, so nothing in it is trusted.
        assert update._parts_before(world.store.database) is not None
    with duckdb.connect(str(world.store.database)) as connection:
        connection.execute("UPDATE catalogue.parts SET made_from = 'another' WHERE part = 'program'")
        connection.execute("UPDATE harmonised.observations SET value = -1")
    put_in_place(world.store, world.store.database.rename(tmp_path / "one" / "changed"))
    _build(world, world.store, 2, from_nothing=False)
    with duckdb.connect(str(world.store.database), read_only=True) as connection:
        assert connection.execute(
            "SELECT count(*) FROM harmonised.observations WHERE value = -1"
        ).fetchone() == (0,)


def test_reader_keeps_the_file_that_it_opened_and_a_failure_leaves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(Store(tmp_path / "one"), random.Random(8))
    world.arrive("ons_pfa")
    _build(world, world.store, 1, from_nothing=True)
    before = world.store.database.read_bytes()
    world.arrive("ons_pfa")

    def fails(*_: object) -> None:
        raise RuntimeError("in the middle")

    with monkeypatch.context() as patch:
        patch.setattr("civic_assets.publish.incremental.replaced_rows.replace", fails)
        with pytest.raises(RuntimeError, match="in the middle"):
            _build(world, world.store, 2, from_nothing=False)
    assert world.store.database.read_bytes() == before
    assert [path.name for path in world.store.root.iterdir() if path.name.startswith(".incoming")] == []
    with duckdb.connect(str(world.store.database), read_only=True) as reader:
        figures = reader.execute("SELECT count(*) FROM harmonised.observations").fetchone()
        _build(world, world.store, 3, from_nothing=False)
        assert reader.execute("SELECT count(*) FROM harmonised.observations").fetchone() == figures
        assert reader.execute("SELECT number FROM catalogue.publication").fetchone() == (1,)
    with duckdb.connect(str(world.store.database), read_only=True) as reader:
        assert reader.execute("SELECT number FROM catalogue.publication").fetchone() == (3,)


def test_row_changed_by_hand_is_not_carried_on(tmp_path: Path) -> None:
    world = World(Store(tmp_path / "one"), random.Random(9))
    world.arrive("ons_pfa")
    _build(world, world.store, 1, from_nothing=False)
    with duckdb.connect(str(world.store.database)) as connection:
        connection.execute("UPDATE harmonised.observations SET value = -1")
    _build(world, world.store, 2, from_nothing=False)
    with duckdb.connect(str(world.store.database), read_only=True) as connection:
        assert connection.execute("SELECT number FROM catalogue.publication").fetchone() == (2,)
        changed = "SELECT count(*) FROM harmonised.observations WHERE value = -1"
        assert connection.execute(changed).fetchone() == (0,)
