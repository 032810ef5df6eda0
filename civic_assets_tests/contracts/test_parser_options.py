"""Options of a parser are checked against what its module declares; several contracts may name one parser."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from civic_assets import sources
from civic_assets.contracts.load import load_contract, load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.contracts.parser_options import NoOptions, checked, declared_by, written
from civic_assets.contracts.particulars import ParserChoice
from civic_assets.errors import ContractError
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.contracts.misspelt import changed

EXAMPLE = Path(__file__).parents[2] / "docs" / "how-to" / "example-parser"
ACTIVE = [contract for contract in load_contracts().values() if contract.status == "active"]


def _with(contract: Contract, **options: object) -> Contract:
    kept = {name: value for name, value in {**contract.parser.options, **options}.items() if value is not ...}
    # Options that were read are kept by the hash of their contract.
    return replace(
        contract, sha256=f"{sorted(options.items())}", parser=ParserChoice(contract.parser.name, kept)
    )


@pytest.mark.parametrize("contract", ACTIVE, ids=lambda contract: contract.source)
def test_every_option_of_a_contract_is_declared_and_no_other_is_taken(contract: Contract) -> None:
    declared = declared_by(import_module(f"civic_assets.sources.{contract.parser.name}"))
    assert set(contract.parser.options) <= set(declared.written_keys())
    for name, value in contract.parser.options.items():
        _, problems = checked(declared, _with(contract, **{name: ..., changed(name): value}))
        said = [problem.reason for problem in problems]
        assert any(f"unknown key {changed(name)!r}; did you mean {name!r}" in reason for reason in said), said


def test_mistakes_in_options_are_refused_with_path_and_reason() -> None:
    police = load_contracts()["police_uk"]
    forces = {**police.parser.options["forces"], "Nobody": {"code": "E23", "slugg": "nobody"}}
    wrong = _with(police, forces=forces, repeatedRows=..., linesNamed={"most": "thirty", "because": "a test"})
    with pytest.raises(ContractError) as refused:
        parser_of(wrong)
    declared = declared_by(import_module("civic_assets.sources.police_uk"))
    said = {problem.path: problem.reason for problem in checked(declared, wrong)[1]}
    assert "did you mean 'slug'" in said["customProperties(parser).options.forces.Nobody.slugg"]
    assert said["customProperties(parser).options"] == "'repeatedRows' is missing"
    assert "expected a whole number" in said["customProperties(parser).options.linesNamed.most"]
    assert refused.value.path.startswith("customProperties(parser).options")


def test_parser_without_options_takes_none() -> None:
    csp = load_contracts()["ons_csp"]
    assert declared_by(parser_of(csp)) is NoOptions
    with pytest.raises(ContractError, match="unknown key 'boroughs'"):
        parser_of(_with(csp, boroughs={}))


def test_keys_are_in_camel_case() -> None:
    assert (written("airport_units"), written("from_"), written("force")) == ("airportUnits", "from", "force")


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(EXAMPLE)])
    yield
    sys.modules.pop("civic_assets.sources.library_loans", None)


@pytest.mark.usefixtures("example")
def test_two_contracts_share_a_parser(tmp_path: Path) -> None:
    text = (EXAMPLE / "library_loans.odcs.yaml").read_text(encoding="utf-8")
    other = text.replace("name: library_loans\n", "name: book_loans\n", 1)
    file = tmp_path / "book_loans.odcs.yaml"
    file.write_text(other.replace("      options:\n", "      name: library_loans\n      options:\n"))
    contract = load_contract(file)
    grid = read_grid(EXAMPLE / "library_loans.csv")
    (found,) = recognise(grid, {contract.source: contract})
    parsed = parser_of(contract).parse(grid, found.found, contract)
    assert (parsed.source, found.edition, parsed.observations.num_rows) == ("book_loans", "2024-12", 8)
