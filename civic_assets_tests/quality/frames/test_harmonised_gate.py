"""A harmonised table that breaks its schema holds its release back, with findings that name the cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from civic_assets.archive import Receipt
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets.intake.receive import take_in
from civic_assets.layers.checked import FINDINGS, CheckedRelease
from civic_assets.layers.freshness import is_fresh
from civic_assets.layers.harmonised import build_harmonised
from civic_assets.layers.raw import build_raw
from civic_assets.layers.store import Store
from civic_assets.layers.validated import build_validated


@dataclass(frozen=True)
class Built:
    store: Store
    contract: Contract
    receipt: Receipt
    checked: CheckedRelease

    def observations(self) -> pa.Table:
        assert self.checked.validated is not None
        return self.store.tables.read(self.checked.validated)

    def harmonise(self, observations: pa.Table) -> CheckedRelease:
        """Harmonises other observations instead of those that were validated."""
        place = (self.receipt.source, self.receipt.release)
        validated = self.store.tables.write("validated", *place, observations, self.checked.results.key)
        return build_harmonised(
            self.store, self.contract, self.receipt, replace(self.checked, validated=validated)
        )[0]


@pytest.fixture
def built(tmp_path: Path) -> Built:
    contracts: Mapping[str, Contract] = {"ons_csp": load_contracts()["ons_csp"]}
    files = tmp_path / "files"
    files.mkdir()
    write_sample_inputs(files)
    for file in files.iterdir():
        if file.name != "synthetic-csp-tables-2021-12.xlsx":
            file.unlink()
    store = Store(tmp_path / "store")
    take_in(files, store.archive, contracts, origin="local")
    (receipt,) = store.archive.receipts()
    contract = contracts["ons_csp"]
    return Built(
        store, contract, receipt, build_validated(store, contract, receipt, build_raw(store, receipt))
    )


def test_what_keeps_its_schema_is_harmonised(built: Built) -> None:
    checked = built.harmonise(built.observations())
    assert checked.held_back == []
    assert built.store.tables.current("harmonised", built.receipt.source, built.receipt.release) is not None


def test_areas_that_fall_together_are_findings_with_their_cells(built: Built) -> None:
    observations = built.observations()
    partnership = observations.filter(
        pc.equal(observations["area_type"], "community_safety_partnership")
    ).slice(0, 1)
    (row,) = partnership.to_pylist()
    assert row["authority_code"]
    # The authority that the partnership is one with, printed once more in a row of its own.
    authority = pa.Table.from_pylist(
        [
            {
                **row,
                "area_code": row["authority_code"],
                "area_type": "local_authority",
                "locator": "Table C2!ZZ9",
            }
        ],
        schema=partnership.schema,
    )
    checked = built.harmonise(pa.concat_tables([observations, authority]))
    assert checked.validated is None and "Table C2!ZZ9" not in checked.held_back[0]
    assert row["locator"] in checked.held_back[0] and "So it is with 2 figures." in checked.held_back[0]
    findings = built.store.tables.read(checked.findings).to_pylist()
    cells = {finding["locator"] for finding in findings if finding["check_id"] == "V-01"}
    assert cells == {row["locator"], "Table C2!ZZ9"}
    results = {r["check_id"]: r for r in built.store.tables.read(checked.results).to_pylist()}
    assert (results["V-01"]["outcome"], results["V-01"]["n_failed"]) == ("fail", 2)
    assert built.store.tables.current("harmonised", built.receipt.source, built.receipt.release) is None
    # It is not looked at again until something changes.
    assert is_fresh(built.store, built.contract, built.receipt)
    assert (
        built.store.tables.current(FINDINGS, built.receipt.source, built.receipt.release) == checked.findings
    )


def test_what_a_waiver_let_pass_is_not_held_against_harmonising(built: Built) -> None:
    observations = built.observations()
    checked = built.harmonise(pa.concat_tables([observations, observations.slice(0, 1)]))
    assert checked.held_back == []
