"""A read model is made again when anything that it shows has changed, even if no figure has."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from civic_assets.contracts.folders import DEFAULT_FOLDER
from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.layers.store import Store
from civic_assets.publish.publication import latest, publish, stands
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets.publish.read_model.descriptions import explanations
from civic_assets_tests.publish.report.stores import add

_SHA256 = "SELECT contract_sha256 FROM catalogue.sources WHERE source = 'police_uk'"
_SAID = "SELECT description FROM catalogue.tables WHERE schema_name = 'catalogue' AND table_name = 'sources'"


def _asked(store: Store, query: str) -> str:
    with open_read_model(store) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return str(row[0])


def _publish(store: Store) -> None:
    explanations.cache_clear()
    assert not stands(store, load_contracts())
    publish(store, load_contracts(), profile="local")
    assert stands(store, load_contracts())


def test_contract_without_figures_and_descriptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "contracts"))
    monkeypatch.setenv("CIVIC_CONTRACTS", str(folder))
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "report.csv").write_bytes(REPORT_TABLES.read_bytes())
    store = Store(tmp_path / "store")
    add(store, tmp_path / "inputs")
    before = latest(store)

    contract = folder / "police_uk.odcs.yaml"
    contract.write_bytes(contract.read_bytes() + b"# One more line.\n")
    _publish(store)
    assert _asked(store, _SHA256) == load_contracts()["police_uk"].sha256

    file, said = folder / "read_model.yaml", _asked(store, _SAID)
    text = file.read_text(encoding="utf-8")
    assert said in text
    file.write_text(text.replace(said, f"{said} Synthetic."), encoding="utf-8")
    try:
        _publish(store)
        assert _asked(store, _SAID) == f"{said} Synthetic."
    finally:
        explanations.cache_clear()
    assert latest(store) == before, "it is the same publication"
