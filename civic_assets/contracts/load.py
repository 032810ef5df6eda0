"""Reading contracts, and refusing the ones that are wrong.

Belongs here: YAML in, `Contract` out, every mistake named with file, path and reason. Does not belong
here: what other tools want to be told about a contract (`compile`). The standard itself (ODCS v3.1) is checked
against its JSON schema in the tests; here stands what the program relies on.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import yaml

from civic_assets.contracts.model import (
    Column,
    Contract,
    KnownValue,
    PeriodRule,
    Rule,
    Severity,
    SheetToIgnore,
    Table,
    Threshold,
)
from civic_assets.errors import ContractError
from civic_assets.values.cells import Symbol, label
from civic_assets.values.periods import PeriodKind, Statistic

_SEVERITIES: dict[str, Severity] = {"error": "blocking", "warning": "warning", "info": "info"}
_DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "data_contracts"


class _Node:
    """A place in a YAML document that knows its own path, so that a mistake can be named."""

    def __init__(self, file: Path, path: str, value: Any) -> None:
        self.file, self.path, self.value = file, path, value

    def refuse(self, reason: str) -> ContractError:
        return ContractError(self.file, self.path or "(top)", reason)

    def has(self, key: str) -> bool:
        return isinstance(self.value, Mapping) and key in self.value

    def get(self, key: str, kind: type | tuple[type, ...], default: Any = ...) -> _Node:
        if not isinstance(self.value, Mapping):
            raise self.refuse(f"expected a mapping with {key!r}, found {type(self.value).__name__}")
        if key not in self.value:
            if default is ...:
                raise self.refuse(f"{key!r} is missing")
            return _Node(self.file, self._child(key), default)
        node = _Node(self.file, self._child(key), self.value[key])
        if not isinstance(node.value, kind) or (isinstance(node.value, bool) and kind is not bool):
            names = " or ".join(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
            raise node.refuse(f"expected {names}, found {node.value!r}")
        return node

    def text(self, key: str, default: Any = ...) -> str:
        return cast(str, self.get(key, str, default).value)

    def items(self, key: str, default: Any = ...) -> Iterator[_Node]:
        node = self.get(key, list, default)
        for index, value in enumerate(node.value):
            yield _Node(self.file, f"{node.path}[{index}]", value)

    def pattern(self, key: str) -> re.Pattern[str]:
        try:
            return re.compile(self.text(key))
        except re.error as error:
            raise self.get(key, str).refuse(f"is no regular expression: {error}") from None

    def one_of(self, key: str, allowed: Mapping[str, Any] | set[str], default: Any = ...) -> str:
        node = self.get(key, str, default)
        if node.value not in allowed:
            raise node.refuse(f"{node.value!r} is none of {', '.join(sorted(allowed))}")
        return cast(str, node.value)

    def only(self, *keys: str) -> None:
        unknown = sorted(set(self.value) - set(keys))
        if unknown:
            raise self.refuse(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(keys))}")

    def _child(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def contracts_folders() -> list[Path]:
    """Folders of contracts: those that `CIVIC_CONTRACTS` names, else `data_contracts/` beside the package.

    A team that keeps sources of its own names both: the project's folder first, since the vocabularies are there.
    """
    named = [Path(folder) for folder in os.environ.get("CIVIC_CONTRACTS", "").split(os.pathsep) if folder]
    return named or [_DEFAULT_FOLDER]


def contracts_folder() -> Path:
    """The first of `contracts_folders`, which also holds the vocabularies."""
    return contracts_folders()[0]


def vocabularies_sha256() -> str:
    """Hash of the vocabularies that contracts and parsers share, so that what was made with others is stale."""
    digest = hashlib.sha256()
    for file in sorted((contracts_folder() / "vocabularies").glob("*.yaml")):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _custom_properties(node: _Node) -> dict[str, _Node]:
    found: dict[str, _Node] = {}
    for item in node.items("customProperties", []):
        name = item.text("property")
        if name in found:
            raise item.refuse(f"property {name!r} stands here twice")
        if not item.has("value"):
            raise item.refuse("'value' is missing")
        found[name] = _Node(item.file, f"{item.path}({name}).value", item.value["value"])
    return found


def _period_rule(node: _Node) -> PeriodRule | None:
    if not node.has("period"):
        return None
    period = node.get("period", dict)
    period.only("from", "kind")
    source = period.one_of("from", {"title", "latest_in_title", "header", "cell"})
    kind = PeriodKind(period.one_of("kind", {kind.value for kind in PeriodKind}))
    return PeriodRule(source, kind)  # type: ignore[arg-type]


def _columns(
    table: _Node, layout: _Node, aliases: Mapping[str, Any], patterns: _Node | None
) -> tuple[Column, ...]:
    keys = [node.value for node in layout.items("keys", [])]
    overrides = layout.get("columns", dict, {})
    statistics = {statistic.value for statistic in Statistic}
    columns: list[Column] = []
    for node in table.items("properties"):
        name = node.text("name")
        if any(column.name == name for column in columns):
            raise node.refuse(f"column {name!r} stands here twice")
        own = overrides.get(name, dict, {})
        key = name in keys
        pattern = patterns.pattern(name) if patterns is not None and patterns.has(name) else None
        printed = node.text("businessName")
        headers = dict.fromkeys(label(header) for header in (printed, *aliases.get(name, ())))
        settings = {
            "measure": own.text("measure", name),
            "unit": own.text("unit", layout.text("unit", "")),
            "statistic": own.one_of("statistic", statistics, layout.text("statistic", "")) if not key else "",
            "breakdown": own.text("breakdown", layout.text("breakdown", "total")),
        }
        if not key and not settings["unit"]:
            raise node.refuse("a figure needs a unit, here or in the table's layout")
        columns.append(
            Column(
                name=name,
                headers=tuple(headers),
                pattern=pattern,
                type=node.one_of("logicalType", {"string", "integer", "number", "date", "boolean"}),
                required=bool(node.get("required", bool, False).value),
                key=key,
                measure="" if key else settings["measure"],
                unit="" if key else settings["unit"],
                statistic=None if key else Statistic(settings["statistic"]),
                breakdown=settings["breakdown"],
                period=None if key else (_period_rule(own) or _period_rule(layout)),
                rounding=float(own.get("rounding", (int, float), 0).value),
                repeats=bool(own.get("repeats", bool, False).value),
                printed=printed,
                description=node.text("description", ""),
            )
        )
    missing = [name for name in [*keys, *overrides.value] if name not in {column.name for column in columns}]
    if missing:
        raise layout.refuse(f"names the column {missing[0]!r}, which the table does not have")
    return tuple(columns)


def _rules(table: _Node, name: str, columns: tuple[Column, ...], labelled: set[str]) -> tuple[Rule, ...]:
    known = (
        labelled
        | {column.measure for column in columns if not column.key}
        | {column.name for column in columns}
    )
    rules: list[Rule] = []
    for node in table.items("quality", []):
        identifier = node.text("id")
        match = re.fullmatch(r"([A-Z]-\d\d)(-[a-z0-9-]+)?", identifier)
        if not match:
            raise node.refuse(
                f"id {identifier!r} must be a check id such as V-10, with a suffix such as V-11-theft"
            )
        if node.text("type") != "custom" or node.text("engine") != "civic_assets":
            raise node.refuse("only rules of type custom and engine civic_assets are run here")
        options = node.get("implementation", dict)
        kind = options.text("rule")
        named = [*([options.text("total")] if kind == "identity" else ())]
        named += [part.value for part in options.items("parts")] if kind == "identity" else []
        named += [part.value for part in options.items("measures", [])]
        unknown = [measure for measure in named if measure not in known]
        if unknown:
            raise options.refuse(f"names {unknown[0]!r}, which is no column of table {name!r}")
        if len(named) != len(set(named)):
            raise options.refuse("names a column twice")
        rules.append(
            Rule(
                id=identifier,
                check_id=match[1],
                kind=kind,
                table=name,
                description=node.text("description"),
                severity=_SEVERITIES[node.one_of("severity", _SEVERITIES)],
                options=options.value,
            )
        )
    return tuple(rules)


def _symbols(nodes: Iterator[_Node]) -> dict[str, Symbol]:
    found: dict[str, Symbol] = {}
    for node in nodes:
        symbol = Symbol(node.text("mark"), node.text("status"), node.text("meaning"))
        if symbol.mark.casefold() in found:
            raise node.refuse(f"the mark {symbol.mark!r} stands here twice")
        found[symbol.mark.casefold()] = symbol
    return found


def _table(node: _Node, aliases: Mapping[str, Any], patterns: _Node | None, labelled: set[str]) -> Table:
    name = node.text("name")
    properties = _custom_properties(node)
    if "layout" not in properties:
        raise node.refuse("a table needs the custom property 'layout' (how it is found and read)")
    layout = properties["layout"]
    columns = _columns(node, layout, aliases, patterns)
    identified_by = tuple(str(item.value) for item in layout.items("identifiedBy", []))
    unknown = [name for name in identified_by if name not in {column.name for column in columns}]
    if unknown:
        raise layout.refuse(f"identifiedBy names {unknown[0]!r}, which is no column of the table")
    if not layout.has("title") and not identified_by:
        raise layout.refuse(
            "a table needs a title, or identifiedBy: the columns that no other publication has"
        )
    rows_with = layout.text("rowsWith", "")
    if rows_with and rows_with not in {column.name for column in columns}:
        raise layout.refuse(f"rowsWith names {rows_with!r}, which is no column of the table")
    return Table(
        name=name,
        printed_name=node.text("physicalName", name),
        title=layout.pattern("title") if layout.has("title") else None,
        occurrence=cast(Any, layout.one_of("occurrence", {"only", "latest", "previous"}, "only")),
        optional=bool(layout.get("optional", bool, False).value),
        ends=cast(Any, layout.one_of("ends", {"sheet", "blank_row"}, "sheet")),
        identified_by=identified_by,
        symbols=_symbols(layout.items("symbols")) if layout.has("symbols") else None,
        columns=columns,
        rules=_rules(node, name, columns, labelled),
        options=layout.value,
        description=node.text("description", ""),
        granularity=node.text("dataGranularityDescription", ""),
        banded=bool(layout.get("banded", bool, False).value),
        rows_with=rows_with,
        not_with=tuple(label(str(item.value)) for item in layout.items("notWith", [])),
        on_all_sheets=layout.one_of("sheets", {"one", "all"}, "one") == "all",
    )


def _day(node: _Node, key: str) -> date:
    value = node.get(key, date).value
    return cast(date, value)


def _number(node: _Node, key: str, default: Any = ...) -> float:
    return float(node.get(key, (int, float), default).value)


def _known_value(node: _Node) -> KnownValue:
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


def _sla(top: _Node) -> tuple[int, float]:
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
    content = file.read_bytes()
    try:
        document = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "(whole file)"
        raise ContractError(file, where, f"is no YAML: {getattr(error, 'problem', error)}") from None
    top = _Node(file, "", document)
    top.one_of("kind", {"DataContract"})
    top.one_of("apiVersion", {"v3.1.0"})
    source = top.text("name")
    if file.name != f"{source}.odcs.yaml":
        raise top.refuse(f"name is {source!r}, so that the file must be called {source}.odcs.yaml")
    properties = _custom_properties(top)

    def custom(name: str, kind: type, default: Any) -> _Node:
        node = properties.get(name, _Node(file, f"customProperties({name})", default))
        if not isinstance(node.value, kind):
            raise node.refuse(f"expected a {kind.__name__}")
        return node

    def listed(name: str) -> Iterator[_Node]:
        node = custom(name, list, [])
        return (_Node(file, f"{node.path}[{index}]", value) for index, value in enumerate(node.value))

    aliases, patterns = custom("headerAliases", dict, {}), properties.get("headerPatterns")
    labels = custom("measureLabels", dict, {})
    labelled = {
        _Node(file, f"{labels.path}.{key}", entry).text("measure") for key, entry in labels.value.items()
    }
    tables = tuple(_table(node, aliases.value, patterns, labelled) for node in top.items("schema"))
    all_columns = {column.name for table in tables for column in table.columns}
    for name in [*aliases.value, *(patterns.value if patterns else ())]:
        if name not in all_columns:
            raise aliases.refuse(f"speaks of the column {name!r}, which no table has")
    measures = {column.measure for table in tables for column in table.figures}
    known_values = tuple(_known_value(node) for node in listed("knownValues"))
    lag, frequency = _sla(top)
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
            name: _Node(file, "customProperties(measures)", entry).text("definition")
            for name, entry in custom("measures", dict, {}).value.items()
        },
        symbols=_symbols(listed("symbols")),
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
            node.text("check"): (_SEVERITIES[node.one_of("severity", _SEVERITIES)], node.text("because"))
            for node in listed("checkSeverities")
        },
        options={name: node.value for name, node in properties.items()},
        expected_lag_days=lag,
        frequency_months=frequency,
        document=document,
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
