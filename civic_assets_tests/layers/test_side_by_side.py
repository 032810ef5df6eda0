"""Sources that are built side by side give what one process gives, and a process that ends early loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.house_numbers.memory import BYTES_OF_A_PROCESS, BYTES_PER_FIELD, BYTES_PER_PACKED_BYTE
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets.intake.receive import take_in
from civic_assets.layers.freshness import is_fresh
from civic_assets.layers.grid_cache import GRIDS
from civic_assets.layers.limits import Limits
from civic_assets.layers.side_by_side import Build, Say, SideBySide, build_releases, chains_of
from civic_assets.layers.store import Store
from civic_assets_tests.paths import PROJECT

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


def touching(root: Path, source: str, releases: Sequence[str], say: Say) -> None:
    (root / f"elsewhere-{source}").touch()
    build_releases(root, source, releases, say)


def dying(root: Path, source: str, releases: Sequence[str], say: Say) -> None:
    (root / f"elsewhere-{source}").touch()
    os.kill(os.getpid(), signal.SIGKILL)


def waiting(root: Path, source: str, releases: Sequence[str], say: Say) -> None:
    (root / f"elsewhere-{source}").touch()
    time.sleep(600)


_KILLED = """
import os, signal, sys, time
from pathlib import Path
from civic_assets.layers.limits import Limits
from civic_assets.layers.side_by_side import SideBySide
from civic_assets.layers.store import Store
from civic_assets_tests.layers.test_side_by_side import elsewhere, waiting

if __name__ == "__main__":
    store = Store(Path(sys.argv[1]))
    wanted = {}
    for receipt in store.archive.receipts():
        wanted.setdefault(receipt.source, []).append(receipt.release)
    together = SideBySide(store, wanted, Limits(2, 4 * 1024**3), build=waiting, fewest=0)
    for _ in together.sources():
        while not elsewhere(store):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def built(
    store: Store, wanted: dict[str, list[str]], limits: Limits, build: Build = touching, *, wait: bool = True
) -> SideBySide:
    """Builds everything: what is yielded here, the rest in other processes."""
    together = SideBySide(store, wanted, limits, build=build, fewest=0)
    seen = []
    for source in together.sources():
        if wait and limits.processes > 1:
            _wait_for_another_process(store)
        build_releases(store.root, source, wanted[source], lambda _: None)
        seen.append(source)
    assert sorted(seen) == sorted(wanted)
    return together


def _wait_for_another_process(store: Store) -> None:
    """Until another process has taken a source: on a busy machine, this one would be through before it starts."""
    until = time.monotonic() + 120
    while not elsewhere(store) and time.monotonic() < until:
        time.sleep(0.1)


def elsewhere(store: Store) -> set[str]:
    return {path.name.removeprefix("elsewhere-") for path in store.root.glob("elsewhere-*")}


def test_equal_tables_however_many_processes(tmp_path: Path, inputs: Path) -> None:
    alone, wanted = received(tmp_path / "alone", inputs)
    assert len(wanted) > 1
    built(alone, wanted, Limits(1, 4 * GIGABYTE))
    assert elsewhere(alone) == set()
    together, _ = received(tmp_path / "together", inputs)
    assert built(together, wanted, Limits(3, 4 * GIGABYTE)).trouble == []
    assert elsewhere(together)
    assert hashes(together) == hashes(alone)
    assert all_fresh(together)


def test_lines_of_other_processes_are_said(tmp_path: Path, inputs: Path) -> None:
    store, wanted = received(tmp_path / "store", inputs)
    lines: list[str] = []
    together = SideBySide(store, wanted, Limits(2, 4 * GIGABYTE), lines.append, touching, fewest=0)
    for _ in together.sources():
        _wait_for_another_process(store)
    said = {line.split(" ")[0] for line in lines}
    assert said and said == elsewhere(store)


@pytest.mark.parametrize(
    ("limits", "fewest"),
    [(Limits(1, 64 * GIGABYTE), 0), (Limits(4, 1), 0), (Limits(4, 64 * GIGABYTE), GIGABYTE)],
    ids=["one process", "no memory", "small files"],
)
def test_no_other_process(tmp_path: Path, inputs: Path, limits: Limits, fewest: int) -> None:
    store, wanted = received(tmp_path / "store", inputs)
    together = SideBySide(store, wanted, limits, build=touching, fewest=fewest)
    assert list(together.sources()) == list(wanted)
    assert elsewhere(store) == set()


def test_a_source_that_does_not_fit_is_built_here(tmp_path: Path, inputs: Path) -> None:
    store, wanted = received(tmp_path / "store", inputs)
    chains = sorted(chains_of(store, wanted), key=lambda chain: chain.memory)
    assert chains[0].memory < chains[-1].memory
    built(store, wanted, Limits(2, chains[-1].memory + chains[0].memory), wait=False)
    assert chains[-1].source not in elsewhere(store)
    assert all_fresh(store)


def test_memory_of_a_text_follows_its_fields_and_not_its_size(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.require_writable()
    contents = {
        "many": b"1,2,3,4,5,6,7,8\n" * 65_536,
        "few": (b"x" * 1023 + b",") * 1024,
        "zip": b"PK\x03\x04".ljust(1 << 20, b","),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        store.archive.receive(tmp_path / name, source=name, edition="2024", file_name=name, origin="local")
    memory = {chain.source: chain.memory for chain in chains_of(store, {name: ["2024"] for name in contents})}
    assert memory == {
        "many": BYTES_OF_A_PROCESS + BYTES_PER_FIELD * 7 * 65_536,
        "few": BYTES_OF_A_PROCESS + BYTES_PER_FIELD * 1024,
        "zip": BYTES_OF_A_PROCESS + BYTES_PER_PACKED_BYTE * (1 << 20),
    }


def test_a_process_that_is_killed_loses_nothing(tmp_path: Path, inputs: Path) -> None:
    store, wanted = received(tmp_path / "store", inputs)
    together = built(store, wanted, Limits(2, 4 * GIGABYTE), dying)
    assert len(together.trouble) == 1
    assert "SIGKILL" in together.trouble[0]
    assert all_fresh(store)


def test_other_processes_end_when_the_first_is_killed(tmp_path: Path, inputs: Path) -> None:
    """They hold its output open, so `run` waits for all of them."""
    store, _ = received(tmp_path / "store", inputs)
    script = tmp_path / "killed.py"
    script.write_text(_KILLED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(store.root)],
        capture_output=True,
        timeout=120,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert len(elsewhere(store)) == 1
