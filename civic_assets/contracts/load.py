"""Reading contracts, and refusing the ones that are wrong.

Belongs here: where contracts are, and what a contract as a whole must say, every mistake named with file, path and
reason. Does not belong here: its tables (`tables`), and what other tools want to be told about it (`compile`). The
standard itself (ODCS v3.1) is checked against its JSON schema in the tests; here stands what the program relies on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from civic_assets.contracts.disclosure import read_disclosure
from civic_assets.contracts.document import Node, custom_properties, read_document
from civic_assets.contracts.model import Contract, FileNotRead, KnownValue, SheetToIgnore, Threshold
from civic_assets.contracts.statements import PROPERTY as STATEMENTS
from civic_assets.contracts.statements import check_statements
from civic_assets.contracts.tables import SEVERITIES, read_symbols, read_table
from civic_assets.errors import ContractError
from civic_assets.shipped import CONTRACTS
from civic_assets.unforeseen import sentence_of
from civic_assets.values.cells import label

_SHARED = ("vocabularies/*.yaml", "geography/*.csv", "breaks.yaml")
DEFAULT_FOLDER = CONTRACTS


def contracts_folders() -> list[Path]:
    """Folders of contracts: those that `CIVIC_CONTRACTS` names, else those that ship with the project.

    A team that keeps sources of its own names both: the project's folder first, since the vocabularies are there. An
    empty entry means the project's own, so that `:/my/contracts` adds to it wherever the project is installed.
    """
    named = os.environ.get("CIVIC_CONTRACTS", "")
    if not named.strip(os.pathsep):
        return [DEFAULT_FOLDER]
    return list(dict.fromkeys(Path(part) if part else DEFAULT_FOLDER for part in named.split(os.pathsep)))


def contracts_folder() -> Path:
    """The first of `contracts_folders`, which also holds the vocabularies."""
    return contracts_folders()[0]


def vocabularies_sha256() -> str:
    """Hash of the vocabularies and registers that all sources share, so that what was made with others is stale."""
    digest, folder = hashlib.sha256(), contracts_folder()
    for file in sorted(file for kind in _SHARED for file in folder.glob(kind)):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _day(node: Node, key: str) -> date:
    value = node.get(key, date).value
    return cast(date, value)


def _number(node: Node, key: str, default: Any = ...) -> float:
    return float(node.get(key, (int, float), default).value)


def _known_value(node: Node) -> KnownValue:
    node.only("edition", "measure", "area", "unit", "start", "end", "value", "because", "breakdown")
    return KnownValue(
        edition=node.text("edition"),
        measure=node.text("measure"),
        area=node.text("area"),
        unit=node.text("unit"),
        start=_day(node, "start"),
        end=_day(node, "end"),
        value=_number(node, "value"),
        because=node.text("because"),
        breakdown=node.text("breakdown", "total"),
    )


def _file_not_read(node: Node) -> FileNotRead:
    node.only("headers", "formats", "because", "others")
    return FileNotRead(
        headers=frozenset(label(str(item.value)) for item in node.items("headers")),
        formats=frozenset(str(item.value) for item in node.items("formats")),
        because=node.text("because"),
        also=node.one_of("others", {"allowed", "none"}, "allowed") == "allowed",
    )


def _sla(top: Node) -> tuple[int, float]:
    found = {node.text("property"): node for node in top.items("slaProperties", [])}
    if "latency" not in found or "frequency" not in found:
        raise top.refuse("slaProperties must state the latency in days and the frequency in months")
    return int(_number(found["latency"], "value")), _number(found["frequency"], "value")


def load_contract(file: Path) -> Contract:
    """Reads one contract.

    Args:
        file: `<source>.odcs.yaml`.

    Raises:
        ContractError: The file is no YAML, or does not say what a contract must say; names file, path and reason.
    """
    try:
        return _load_contract(file)
    except ContractError:
        raise
    except Exception as error:  # a mistake that no check of ours names yet is the contract's all the same
        raise ContractError(file, "(file)", f"can not be read: {sentence_of(error)}") from error


def _load_contract(file: Path) -> Contract:
    content = file.read_bytes()
    top = read_document(file, content)
    top.one_of("kind", {"DataContract"})
    top.one_of("apiVersion", {"v3.1.0"})
    source = top.text("name")
    if file.name != f"{source}.odcs.yaml":
        raise top.refuse(f"name is {source!r}, so that the file must be called {source}.odcs.yaml")
    properties = custom_properties(top)

    def custom(name: str, kind: type, default: Any) -> Node:
        node = properties.get(name, Node(file, f"customProperties({name})", default))
        if not isinstance(node.value, kind):
            raise node.refuse(f"expected a {kind.__name__}")
        return node

    def listed(name: str) -> Iterator[Node]:
        node = custom(name, list, [])
        return (Node(file, f"{node.path}[{index}]", value) for index, value in enumerate(node.value))

    aliases, patterns = custom("headerAliases", dict, {}), properties.get("headerPatterns")
    labels = custom("measureLabels", dict, {})
    entries = [Node(file, f"{labels.path}.{key}", entry) for key, entry in labels.value.items()]
    labelled = {entry.text("measure") for entry in entries}
    for entry in entries:
        if entry.has("names"):
            entry.get("names", dict).only("unit", "because")
            entry.get("names", dict).text("unit")
            entry.get("names", dict).text("because")
    for other in ("percent_measure", "rate_measure"):
        labelled |= {entry.text(other) for entry in entries if entry.has(other)}
    tables = tuple(read_table(node, aliases.value, patterns, labelled) for node in top.items("schema"))
    all_columns = {column.name for table in tables for column in table.columns}
    for name in [*aliases.value, *(patterns.value if patterns else ())]:
        if name not in all_columns:
            raise aliases.refuse(f"speaks of the column {name!r}, which no table has")
    measures = {column.measure for table in tables for column in table.figures}
    known_values = tuple(_known_value(node) for node in listed("knownValues"))
    if STATEMENTS in properties:
        check_statements(properties[STATEMENTS], {table.name for table in tables}, measures | labelled)
    lag, frequency = _sla(top)
    silent = custom("reissuesWithoutNotice", dict, {})
    if silent.value:
        silent.only("because")
        silent.text("because")
    description = top.get("description", dict)
    members = [node.text("username") for node in top.get("team", dict).items("members")]
    contract = Contract(
        source=source,
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
        version=top.text("version"),
        status=top.text("status"),
        purpose=description.text("purpose"),
        limitations=description.text("limitations"),
        usage=description.text("usage"),
        owner=members[0] if members else "",
        publisher=custom("publisher", dict, {}).value,
        release=custom("release", dict, {}).value,
        tables=tables,
        measures={
            name: Node(file, "customProperties(measures)", entry).text("definition")
            for name, entry in custom("measures", dict, {}).value.items()
        },
        symbols=read_symbols(listed("symbols")),
        thresholds={
            node.text("name"): Threshold(_number(node, "value"), node.text("because"))
            for node in listed("thresholds")
        },
        known_values=known_values,
        ignored_sheets=tuple(
            SheetToIgnore(
                node.pattern("name") if not node.has("title") else None,
                node.text("because"),
                node.pattern("title") if node.has("title") else None,
            )
            for node in listed("ignoredSheets")
        ),
        severities={
            node.text("check"): (SEVERITIES[node.one_of("severity", SEVERITIES)], node.text("because"))
            for node in listed("checkSeverities")
        },
        options={name: node.value for name, node in properties.items()},
        expected_lag_days=lag,
        frequency_months=frequency,
        files_not_read=tuple(_file_not_read(node) for node in listed("filesNotRead")),
        disclosure=read_disclosure(
            listed("disclosure"), [table.name for table in tables], measures | labelled
        ),
        document=top.value,
    )
    for index, known in enumerate(known_values):
        if known.measure not in measures | labelled:
            raise ContractError(
                file,
                f"customProperties(knownValues).value[{index}].measure",
                f"{known.measure!r} is no measure here",
            )
    if contract.status == "active" and find_spec(f"civic_assets.sources.{source}") is None:
        raise top.refuse(
            f"the contract is active, but there is no parser civic_assets/sources/{source}.py (nor in a folder that "
            "CIVIC_SOURCES names)"
        )
    if not tables and contract.status != "draft":
        raise top.get("schema", list).refuse("holds no table; only a contract of status draft may have none")
    return contract


@cache
def _load_all(fingerprint: tuple[tuple[Path, int, int], ...]) -> dict[str, Contract]:
    return {contract.source: contract for contract in (load_contract(file) for file, _, _ in fingerprint)}


def load_contracts(folder: Path | None = None) -> dict[str, Contract]:
    """All contracts by source, sorted; read again only when a file has changed.

    Args:
        folder: Only these; those of `contracts_folders` when None.

    Raises:
        ContractError: One of them is wrong, two are of one source, or there are none.
    """
    folders = [folder] if folder else contracts_folders()
    files = sorted(
        (file for place in folders for file in place.glob("*.odcs.yaml")), key=lambda file: file.name
    )
    if not files:
        named = " and ".join(map(str, folders))
        raise ContractError(
            named, "(folder)", "holds no contract (*.odcs.yaml); set CIVIC_CONTRACTS to the right one"
        )
    for file, following in pairwise(files):
        if file.name == following.name:
            raise ContractError(following, "(file)", f"{file} describes the same source; remove one of them")
    return _load_all(tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))
