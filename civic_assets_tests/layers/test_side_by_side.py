"""Sources that are built side by side give what one process gives, and a process that ends early loses nothing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets.intake.receive import take_in
from civic_assets.layers.freshness import is_fresh
from civic_assets.layers.grid_cache import GRIDS
from civic_assets.layers.side_by_side import Progress, build_releases, build_side_by_side
from civic_assets.layers.store import Store

CONTRACTS = {name: one for name, one in load_contracts().items() if one.status == "active"}
GIGABYTE = 1024**3
LAYERS = ("raw", "validated", "harmonised", "results", "findings")


@pytest.fixture
def inputs(tmp_path: Path) -> Iterator[Path]:
    write_sample_inputs(tmp_path / "inputs")
    yield tmp_path / "inputs"
    GRIDS.clear()


def received(folder: Path, inputs: Path) -> tuple[Store, dict[str, list[str]]]:
    store = Store(folder)
    store.require_writable()
    take_in(inputs, store.archive, CONTRACTS, origin="sample")
    wanted: dict[str, list[str]] = {}
    for receipt in store.archive.receipts():
        wanted.setdefault(receipt.source, []).append(receipt.release)
    return store, wanted


def hashes(store: Store) -> dict[tuple[str, str, str], str]:
    return {
        (layer, receipt.source, receipt.release): ref.hash
        for layer in LAYERS
        for receipt in store.archive.receipts()
        if (ref := store.tables.current(layer, receipt.source, receipt.release)) is not None
    }


def all_fresh(store: Store) -> bool:
    return all(is_fresh(store, CONTRACTS[one.source], one) for one in store.archive.receipts())


def waiting(root: Path, source: str, releases: Sequence[str], say: Progress) -> None:
    running = root / f"running-{source}"
    running.touch()
    time.sleep(0.5)
    if len(list(root.glob("running-*"))) > 1:
        (root / "together").touch()
    running.unlink()


def dying(root: Path, source: str, releases: Sequence[str], say: Progress) -> None:
    if source == "ons_csp":
        os.kill(os.getpid(), signal.SIGKILL)
    build_releases(root, source, releases, say)


def test_equal_tables_however_many_processes(tmp_path: Path, inputs: Path) -> None:
    alone, wanted = received(tmp_path / "alone", inputs)
    assert len(wanted) > 1
    for source, releases in wanted.items():
        build_releases(alone.root, source, releases, lambda _: None)
    together, _ = received(tmp_path / "together", inputs)
    lines: list[str] = []
    trouble = build_side_by_side(together, wanted, processes=2, memory=4 * GIGABYTE, progress=lines.append)
    assert trouble == []
    assert hashes(together) == hashes(alone)
    assert all_fresh(together)
    assert len(lines) == sum(map(len, wanted.values()))


def test_one_process_or_one_source_is_left_to_the_caller(tmp_path: Path, inputs: Path) -> None:
    store, wanted = received(tmp_path / "store", inputs)
    assert build_side_by_side(store, wanted, processes=1, memory=GIGABYTE) == []
    only = dict([next(iter(wanted.items()))])
    assert build_side_by_side(store, only, processes=8, memory=GIGABYTE) == []
    assert hashes(store) == {}


@pytest.mark.parametrize(("memory", "together"), [(1, False), (64 * GIGABYTE, True)])
def test_bound_of_memory_keeps_sources_apart(
    tmp_path: Path, inputs: Path, memory: int, together: bool
) -> None:
    store, wanted = received(tmp_path / "store", inputs)
    build_side_by_side(store, wanted, processes=4, memory=memory, build=waiting)
    assert (store.root / "together").exists() == together


def test_a_killed_process_is_named_and_the_others_finish(tmp_path: Path, inputs: Path) -> None:
    store, wanted = received(tmp_path / "store", inputs)
    trouble = build_side_by_side(store, wanted, processes=2, memory=4 * GIGABYTE, build=dying)
    assert len(trouble) == 1
    assert "ons_csp" in trouble[0] and "SIGKILL" in trouble[0]
    assert {source for _, source, _ in hashes(store)} == set(wanted) - {"ons_csp"}
