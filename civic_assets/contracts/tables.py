"""The tables of a contract: columns, how they are found, the rules that hold in them.

Belongs here: one entry of a contract's `schema` in, a `Table` out. Does not belong here: what holds for the whole
source (`load`) and reading YAML (`document`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from civic_assets.contracts.document import Node, custom_properties
from civic_assets.contracts.identity import check_identified, read_identity
from civic_assets.contracts.model import Column, PeriodRule, Severity, Table
from civic_assets.contracts.rules import check_rounding, check_suppressed, read_rules
from civic_assets.values.cells import Symbol, label
from civic_assets.values.periods import PeriodKind, Statistic

SEVERITIES: dict[str, Severity] = {"error": "blocking", "warning": "warning", "info": "info"}
"""Our word for each of the standard's severities."""


def _period_rule(node: Node) -> PeriodRule | None:
    if not node.has("period"):
        return None
    period = node.get("period", dict)
    period.only("from", "kind")
    source = period.one_of("from", {"title", "latest_in_title", "header", "cell"})
    kind = PeriodKind(period.one_of("kind", {kind.value for kind in PeriodKind}))
    return PeriodRule(source, kind)  # type: ignore[arg-type]


def _columns(
    table: Node, layout: Node, aliases: Mapping[str, Any], patterns: Node | None
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


def read_symbols(nodes: Iterator[Node]) -> dict[str, Symbol]:
    """Marks by case-folded text; each may stand there once."""
    found: dict[str, Symbol] = {}
    for node in nodes:
        symbol = Symbol(node.text("mark"), node.text("status"), node.text("meaning"))
        if symbol.mark.casefold() in found:
            raise node.refuse(f"the mark {symbol.mark!r} stands here twice")
        found[symbol.mark.casefold()] = symbol
    return found


def read_table(node: Node, aliases: Mapping[str, Any], patterns: Node | None, labelled: set[str]) -> Table:
    """One table.

    Args:
        node: Its entry in `schema`.
        aliases: The contract's `headerAliases`.
        patterns: The contract's `headerPatterns`.
        labelled: Measures that stand in the rows (`measureLabels`), which rules may name beside columns.

    Raises:
        ContractError: It does not say what a table must say; names file, path and reason.
    """
    name = node.text("name")
    properties = custom_properties(node)
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
    identity = read_identity(layout, columns)
    if not layout.has("title"):
        check_identified(layout, identified_by, columns, identity)
    check_suppressed(layout)
    check_rounding(layout, {column.measure for column in columns if not column.key} | labelled)
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
        symbols=read_symbols(layout.items("symbols")) if layout.has("symbols") else None,
        columns=columns,
        rules=read_rules(node, name, columns, labelled, SEVERITIES),
        options=layout.value,
        description=node.text("description", ""),
        granularity=node.text("dataGranularityDescription", ""),
        banded=bool(layout.get("banded", bool, False).value),
        rows_with=rows_with,
        identity=identity,
        on_all_sheets=layout.one_of("sheets", {"one", "all"}, "one") == "all",
    )
