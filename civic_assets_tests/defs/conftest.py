"""A store in which every kind of release has been run once, shared by the tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.defs.instance import open_instance
from civic_assets.defs.launch import LaunchReport, launch
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets.intake.receive import take_in
from civic_assets.layers.store import Store
from civic_assets_tests import workbook_defects as defects

HELD_BACK = "2022-06"
CURRENT = ("number of police recorded crimes", "year ending june 2022")


@dataclass
class Launched:
    """A store after one launch.

    Args:
        progress: What was said on the way.
    """

    store: Store
    contracts: Mapping[str, Contract]
    report: LaunchReport
    progress: list[str]
    instance: dg.DagsterInstance


@pytest.fixture(scope="session")
def contracts() -> Mapping[str, Contract]:
    return {name: contract for name, contract in load_contracts().items() if contract.status == "active"}


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_sample_inputs(folder)
    return folder


@pytest.fixture(scope="session")
def without_a_column(samples: Path) -> Path:
    """The edition of June 2022 without a required column: a release that must be held back."""
    out = samples.parent / "without_a_column.xlsx"
    return defects.remove_column(samples / "synthetic-csp-tables-2022-06.xlsx", out, CURRENT, "Robbery")


def receive(store: Store, contracts: Mapping[str, Contract], *files: Path) -> dict[str, list[str]]:
    """Archives files. Returns their releases by source, oldest first."""
    given = store.root / "given"
    given.mkdir(exist_ok=True)
    for file in files:
        (given / file.name).write_bytes(file.read_bytes())
    releases: dict[str, list[str]] = {}
    for receipt in take_in(given, store.archive, contracts, origin="local").receipts:
        releases.setdefault(receipt.source, []).append(receipt.release)
    return releases


@pytest.fixture(scope="session")
def launched(
    tmp_path_factory: pytest.TempPathFactory,
    contracts: Mapping[str, Contract],
    samples: Path,
    without_a_column: Path,
) -> Iterator[Launched]:
    """The report's tables, two sound editions, and between them one that is held back."""
    store = Store(tmp_path_factory.mktemp("launched"))
    files = [
        samples / "gla_report_2023.csv",
        samples / "synthetic-csp-tables-2021-12.xlsx",
        samples / "synthetic-csp-tables-2022-12.xlsx",
        without_a_column,
    ]
    stale = receive(store, contracts, *files)
    progress: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIVIC_SITE", "now")
        report = launch(store, contracts, stale, profile="local", progress=progress.append)
    with open_instance(store) as instance:
        yield Launched(store, contracts, report, progress, instance)
