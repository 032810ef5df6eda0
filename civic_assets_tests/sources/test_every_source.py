"""Every active source reads its own fixture: recognised by content, not held back, and with the figures expected.

A source's fixture is a folder `civic_assets_tests/fixtures/<source>/`: small files in the publisher's layout, their
figures synthetic, and `expected.yaml`, which says for each file its release, the number of observations, and some of
them.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from civic_assets.contracts.load import load_contracts
from civic_assets.harmonise.observations import harmonise
from civic_assets.layers.examine import examine
from civic_assets.parsing.recognise import recognise
from civic_assets.quality.framework.release import FileFacts
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.paths import FIXTURES

# These two have inputs that ship with the project instead of a fixture.
SHIPPED = {"ons_csp", "gla_report"}
ACTIVE = [
    name for name, contract in load_contracts().items() if contract.status == "active" and name not in SHIPPED
]


def _cases() -> list[Any]:
    cases = []
    for source in ACTIVE:
        expected = FIXTURES / source / "expected.yaml"
        for name, wanted in (yaml.safe_load(expected.read_text()) if expected.is_file() else {}).items():
            cases.append(pytest.param(source, name, wanted, id=f"{source}-{name}"))
    return cases


@pytest.mark.parametrize("source", ACTIVE)
def test_source_has_a_fixture(source: str) -> None:
    assert (FIXTURES / source / "expected.yaml").is_file(), f"{source} has no fixture in {FIXTURES / source}"


@pytest.mark.parametrize(("source", "name", "wanted"), _cases())
def test_source_reads_its_fixture(source: str, name: str, wanted: dict[str, Any]) -> None:
    path = FIXTURES / source / name
    contracts = load_contracts()
    grid = read_grid(path)
    recognised = recognise(grid, contracts)
    assert source in [found.contract.source for found in recognised]
    own = next(found for found in recognised if found.contract.source == source)
    assert own.edition == wanted["release"]
    # Fixtures are smaller than any real file: the size rule is told otherwise.
    file = FileFacts(name, "0" * 64, "0" * 64, 10_000_000, str(grid.format))
    assessment, observations, _ = examine(own.contract, own.edition, file, grid, own.found, {})
    assert list(assessment.held_back) == []
    broken = [r for r in assessment.results if r.reason == "engine_error"]
    assert broken == [], "a rule itself failed"
    assert observations is not None
    assert observations.num_rows == wanted["rows"]
    table = harmonise(
        observations, source=source, release=own.edition, source_sha256="0" * 64, synthetic=True
    )
    rows = table.to_pylist()
    for figure in wanted["figures"]:
        value, status = figure.get("value"), figure.get("status")
        keys = {key: text for key, text in figure.items() if key not in ("value", "status")}
        found = [row for row in rows if all(str(row[key]) == str(text) for key, text in keys.items())]
        assert [(row["value"], row["status"]) for row in found] == [(value, status)], keys
