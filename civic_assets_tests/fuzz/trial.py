"""One input, as a refresh treats a file: taken in, stored as cells, parsed, checked and put into the common vocabulary.

Belongs here: doing that in a store made for the input alone, and what became of it, as plain values. Does not belong
here: watching it (`watched`), the process that it happens in (`child`), and what must hold (`verdict`).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.intake.receive import take_file
from civic_assets.intake.recognition_cache import RecognitionCache
from civic_assets.layers.grid_cache import GRIDS
from civic_assets.layers.harmonised import build_harmonised
from civic_assets.layers.raw import build_raw, raw_grid
from civic_assets.layers.store import Store
from civic_assets.layers.validated import build_validated
from civic_assets_tests.fuzz.became import Became

_ORDER = ("published", "held back", "refused", "ignored")


@cache
def contracts() -> Mapping[str, Contract]:
    """Contracts of all active sources."""
    return {name: one for name, one in load_contracts().items() if one.status == "active"}


def refreshed(path: Path, root: Path) -> Became:
    """Do with a file what a refresh does, in a store of its own, which is removed afterwards.

    Args:
        path: The file.
        root: Folder of the store.
    """
    GRIDS.clear()
    store = Store(root)
    try:
        return _refreshed(path, store)
    finally:
        shutil.rmtree(root)


def _refreshed(path: Path, store: Store) -> Became:
    became = Became()
    outcomes: set[str] = set()
    memory = RecognitionCache(store.root / "recognised.json", contracts())
    for taken in take_file(path, path.name, store.archive, contracts(), memory, "local"):
        became.tracebacks += taken.tracebacks
        if not taken.receipts:
            outcomes.add(taken.verdict)
            became.sentences.append(taken.reason)
        for receipt in taken.receipts:
            became.sources.append(receipt.source)
            # What is stored is read back by the next refresh, so the cached grid is not used.
            raw = build_raw(store, receipt)
            GRIDS.clear()
            raw_grid(store, receipt, raw)
            contract = contracts()[receipt.source]
            checked, table = build_harmonised(
                store, contract, receipt, build_validated(store, contract, receipt, raw)
            )
            outcomes.add("held back" if table is None else "published")
            became.tracebacks += checked.facts.tracebacks
            became.sentences += checked.held_back
            findings = store.tables.read(checked.findings, ["check_id"])
            became.checks += sorted(set(findings.column("check_id").to_pylist()))
    memory.save()
    became.outcome = next((one for one in _ORDER if one in outcomes), "")
    return became


def warm(root: Path) -> None:
    """Import everything and read the contracts, by doing once what is done with each input."""
    refreshed(REPORT_TABLES, root)
