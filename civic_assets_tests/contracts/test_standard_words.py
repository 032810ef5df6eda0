"""Contracts mean what the standard's words mean, and contracts in the older words go on being read."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from civic_assets.contracts.load import contracts_folder, load_contract, load_contracts
from civic_assets.contracts.model import Contract, Table
from civic_assets.contracts.older_words import advice
from civic_assets.errors import ContractError
from civic_assets.quality.contract_demands import check_contract
from civic_assets_tests.contracts.misspelt import document_of

SHIPPED = sorted(contracts_folder().glob("*.odcs.yaml"))
SEN = contracts_folder() / "dfe_sen.odcs.yaml"
SOURCES = sorted(source for source, contract in load_contracts().items() if contract.status == "active")
NUMBERS = ("0", "12", "-3", "12.5")


def _written(contract: Contract, table: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in contract.document["schema"] if one["name"] == table)
    return found


def _marks(contract: Contract, table: Table) -> list[str]:
    return [symbol.mark for symbol in contract.symbols_of(table).values()]


def _changed(tmp_path: Path, document: dict[str, Any], name: str = SEN.name) -> Path:
    file = tmp_path / name
    file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return file


def _in_older_words(document: dict[str, Any]) -> dict[str, Any]:
    """As the contract was written before: header in businessName, required for a column that every file prints."""
    older = copy.deepcopy(document)
    for table in older["schema"]:
        layout = next(one["value"] for one in table["customProperties"] if one["property"] == "layout")
        absent = layout.pop("mayBeAbsent", ())
        for column in table["properties"]:
            column["businessName"] = column.pop("physicalName", None) or column.get(
                "businessName", column["name"]
            )
            column["required"] = column["name"] not in absent
    return older


@pytest.mark.parametrize("source", SOURCES)
def test_printed_header_is_the_physical_name(source: str) -> None:
    """Only columns that repeat have none: their headers are periods or areas, which a pattern matches."""
    contract = load_contracts()[source]
    for table in contract.tables:
        written = {column["name"]: column for column in _written(contract, table.name)["properties"]}
        for column in table.columns:
            assert ("physicalName" in written[column.name]) is not column.repeats, column.name
            assert column.repeats or column.printed == written[column.name]["physicalName"]


@pytest.mark.parametrize("source", SOURCES)
def test_physical_name_of_a_table_is_one_name(source: str) -> None:
    for table in load_contracts()[source].document["schema"]:
        assert not re.search(r"YYYY|[<>*{}]|, Table", table["physicalName"]), table["physicalName"]


@pytest.mark.parametrize("source", SOURCES)
def test_required_column_is_always_printed_and_has_no_mark_for_an_empty_cell(source: str) -> None:
    contract = load_contracts()[source]
    for table in contract.tables:
        required = {
            one["name"] for one in _written(contract, table.name)["properties"] if one.get("required")
        }
        assert required, table.name
        for column in table.columns:
            if column.name in required:
                assert column.expected
                assert column.key or "" not in _marks(contract, table), f"{table.name}.{column.name}"


@pytest.mark.parametrize("source", SOURCES)
def test_type_of_a_figure_is_that_of_the_file(source: str) -> None:
    contract = load_contracts()[source]
    for table in contract.tables:
        marks = [mark for mark in _marks(contract, table) if mark]
        written = {column["name"]: column for column in _written(contract, table.name)["properties"]}
        for column in table.figures:
            said, pattern = (
                written[column.name],
                (written[column.name].get("logicalTypeOptions") or {}).get("pattern"),
            )
            if not marks and pattern is None:
                assert said["logicalType"] in ("integer", "number"), column.name
                continue
            assert said["logicalType"] == "string" and pattern is not None, column.name
            for text in marks:
                assert re.fullmatch(pattern, text), f"{table.name}.{column.name} prints {text!r}"
            # A count needs no sign and no decimals, so that no contract has to admit all of them.
            assert any(re.fullmatch(pattern, text + end) for text in NUMBERS for end in ("", "%")), (
                f"{table.name}.{column.name}"
            )
            assert not re.fullmatch(pattern, "unknown")


@pytest.mark.parametrize("source", SOURCES)
def test_contract_names_where_its_tables_are_tested(source: str) -> None:
    (server,) = load_contracts()[source].document["servers"]
    assert (server["type"], server["format"], server["path"]) == (
        "local",
        "csv",
        "${CIVIC_TABLES}/{model}.csv",
    )


@pytest.mark.parametrize("source", SOURCES)
def test_contract_in_the_older_words_is_read_as_before(source: str, tmp_path: Path) -> None:
    ours = load_contracts()[source]
    theirs = load_contract(_changed(tmp_path, _in_older_words(document_of(ours.file)), ours.file.name))
    assert [table.columns for table in theirs.tables] == [table.columns for table in ours.tables]
    assert [table.printed_name for table in theirs.tables] == [table.printed_name for table in ours.tables]


@pytest.mark.parametrize("version", ["v3.1.0", "v3.2.0"])
def test_both_versions_of_the_standard_are_read(version: str, tmp_path: Path) -> None:
    document = {**document_of(SEN), "apiVersion": version}
    report = check_contract(_changed(tmp_path, document))
    assert (report.problems, report.notes) == ((), ())


def test_contract_in_the_older_words_is_told_what_to_write(tmp_path: Path) -> None:
    older = _in_older_words(document_of(SEN))
    older["schema"][0]["physicalName"] = "sen_YYYY.csv"
    older["schema"][1]["properties"][-1]["logicalType"] = "number"
    del older["schema"][1]["properties"][-1]["logicalTypeOptions"]
    report = check_contract(_changed(tmp_path, older))
    assert report.problems == ()
    said = "\n".join(report.notes)
    assert "Rename businessName to physicalName" in said
    assert "mayBeAbsent: [time_identifier, country_code, country_name]" in said
    assert "schema[0] (by_provision) has a pattern as its physicalName (sen_YYYY.csv)" in said
    assert "schema[1] (by_provision_2026) prints marks (c, z, x, u, k, low) instead of numbers" in said
    assert "hold text in the file: share. Write" in said
    assert len(report.notes) == 4


def test_advice_is_gone_once_it_is_followed() -> None:
    assert [said for file in SHIPPED for said in advice(document_of(file))] == []


def test_header_is_the_physical_name_then_the_business_name_then_the_name(tmp_path: Path) -> None:
    document = document_of(SEN)
    columns = document["schema"][0]["properties"]
    columns[0]["businessName"] = "School year"
    del columns[1]["physicalName"]
    columns[1]["businessName"] = "Kind of period"
    del columns[2]["physicalName"]
    read = load_contract(_changed(tmp_path, document)).tables[0].columns
    assert [column.printed for column in read[:3]] == ["time_period", "Kind of period", "geographic_level"]


@pytest.mark.parametrize(
    ("absent", "said"),
    [
        (
            ["country_cod"],
            r"names the column 'country_cod', which the table does not have; did you mean 'country_code'",
        ),
        (["time_period"], r"is required \(no cell is empty\) and in mayBeAbsent"),
    ],
)
def test_column_that_may_be_absent_exists_and_is_not_required(
    absent: list[str], said: str, tmp_path: Path
) -> None:
    document = document_of(SEN)
    layout = document["schema"][0]["customProperties"][0]["value"]
    layout["mayBeAbsent"] = absent
    with pytest.raises(ContractError, match=said):
        load_contract(_changed(tmp_path, document))
