"""Stores with a publication, made without Dagster.

Belongs here: bringing files through the layers and publishing them. Does not belong here: what is in the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from civic_assets.archive import release_sort_key
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.intake.receive import take_in
from civic_assets.layers.harmonised import build_harmonised
from civic_assets.layers.raw import build_raw
from civic_assets.layers.store import Store
from civic_assets.layers.validated import build_validated
from civic_assets.publish.publication import publish


def contracts() -> Mapping[str, Contract]:
    """All that ship."""
    return load_contracts()


def add(store: Store, folder: Path, origin: str = "local") -> None:
    """Takes in the files of a folder, builds their releases, and publishes what is in the store."""
    known = {name: contract for name, contract in contracts().items() if contract.status == "active"}
    take_in(folder, store.archive, known, origin=origin)
    for receipt in sorted(store.archive.receipts(), key=lambda r: release_sort_key(r.release)):
        contract = known[receipt.source]
        checked = build_validated(store, contract, receipt, build_raw(store, receipt))
        build_harmonised(store, contract, receipt, checked)
    publish(store, contracts(), profile=origin)
