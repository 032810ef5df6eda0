"""Names that must exist elsewhere in the same contract, and what only the whole contract can show.

Belongs here: every such demand, each mistake with its path. Does not belong here: the shape of single entries
(`models`), and demands that need parsers, vocabularies or rules (`civic_assets.quality.contract_demands`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from civic_assets.contracts.build import build_rules, choice_of
from civic_assets.contracts.identity import why_not_identified
from civic_assets.contracts.known_names import bound_to, release_checks
from civic_assets.contracts.model import Contract
from civic_assets.contracts.models.contract import ContractDocument
from civic_assets.contracts.models.layout import Layout, SymbolEntry
from civic_assets.contracts.models.properties import Properties
from civic_assets.contracts.models.tables import TableEntry
from civic_assets.contracts.nearest_names import suggestion
from civic_assets.contracts.problems import Problem
from civic_assets.contracts.rows import build_rows, columns_named, why_not_these_areas, why_not_these_periods
from civic_assets.contracts.rules import why_not_a_rule, why_not_together
from civic_assets.values.periods import PeriodKind

FORMATS = frozenset({"csv", "json", "ods", "xls", "xlsb", "xlsx"})
"""Formats to which a smallest size of a file may be limited."""
_LAYOUT = "customProperties(layout)"


def names_within(document: ContractDocument, raw: Mapping[str, Any], file: Path) -> Iterator[Problem]:
    """Every name that leads nowhere, and every value that the contract contradicts itself about.

    Args:
        document: The contract as its model has read it.
        raw: The same as plain values.
        file: Its file, whose name must be the source's.
    """
    if file.name != f"{document.name}.odcs.yaml":
        reason = f"name is {document.name!r}, so the file must be called {document.name}.odcs.yaml"
        yield Problem("(top)", reason)
    yield from _service_levels(document)
    if not document.schema_ and document.status != "draft":
        yield Problem("schema", "has no table; only a contract of status draft may have none")
    labelled = _labelled(document.custom_properties)
    yield from _twice("schema", [table.name for table in document.schema_], "table")
    for index, (table, written) in enumerate(zip(document.schema_, raw["schema"], strict=True)):
        for problem in _table(table, written, labelled):
            yield Problem(f"schema[{index}]{problem.path and '.' + problem.path}", problem.reason)
    yield from _properties(document, labelled)


def _labelled(ours: Properties) -> set[str]:
    named = [
        (entry.measure, entry.percent_measure, entry.rate_measure)
        for entry in (ours.measure_labels or {}).values()
    ]
    return {name for names in named for name in names if name}


def _service_levels(document: ContractDocument) -> Iterator[Problem]:
    values = {one.property: one.value for one in document.sla_properties}
    for name in ("latency", "frequency"):
        value = values.get(name)
        if value is None:
            reason = "slaProperties must state the latency in days and the frequency in months"
            yield Problem("(top)", f"{reason}; {name!r} is missing")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            yield Problem("slaProperties", f"the value of {name!r} must be a number, found {value!r}")


def _twice(path: str, names: Iterable[str], what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Problem(f"{path}[{index}]", f"{what} {name!r} appears twice; keep one of them")
        seen.add(name)


def _unknown(
    path: str, names: Iterable[str], known: Collection[str], reason: str, plural: str
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            yield Problem(path, f"{reason.format(repr(name))}{suggestion(name, known, plural)}")


def _table(table: TableEntry, written: Mapping[str, Any], labelled: set[str]) -> Iterator[Problem]:
    layout = table.custom_properties.layout
    names = [column.name for column in table.properties]
    columns = set(names)
    yield from _twice("properties", names, "column")
    for index, column in enumerate(table.properties):
        if column.logical_type is None:
            yield Problem(f"properties[{index}]", "'logicalType' is missing")
    lacking = "names the column {}, which the table does not have"
    keyed = [*(layout.keys or ()), *(layout.columns or {})]
    yield from _unknown(_LAYOUT, keyed, columns, lacking, "columns")
    yield from _unknown(f"{_LAYOUT}.mayBeAbsent", layout.may_be_absent or (), columns, lacking, "columns")
    for index, column in enumerate(table.properties):
        if column.required and column.name in (layout.may_be_absent or ()):
            reason = (
                "is required (no cell is empty) and in mayBeAbsent (a file may lack the column); remove one"
            )
            yield Problem(f"properties[{index}]", reason)
    wanted = layout.identified_by or []
    yield from _unknown(
        f"{_LAYOUT}.identifiedBy",
        wanted,
        columns,
        "identifiedBy names {}, which is not a column of the table",
        "columns",
    )
    if layout.rows_with is not None:
        yield from _unknown(
            f"{_LAYOUT}.rowsWith",
            [layout.rows_with],
            columns,
            "names {}, which is not a column of the table",
            "columns",
        )
    if layout.title is None and not wanted:
        reason = "a table needs a title, or identifiedBy: the columns that no other publication has"
        yield Problem(_LAYOUT, reason)
    located = [(f"{_LAYOUT}.levels", layout.levels.column)] if layout.levels else []
    located += [
        (f"{_LAYOUT}.populations[{at}]", one.column) for at, one in enumerate(layout.populations or ())
    ]
    for path, name in located:
        yield from _unknown(path, [name], columns, lacking, "columns")
    yield from _rows(layout, columns, labelled)
    yield from _marks(f"{_LAYOUT}.symbols", layout.symbols or ())
    yield from _figures(table, labelled)
    yield from _rules(table, written, labelled)


def _rows(layout: Layout, columns: Collection[str], labelled: set[str]) -> Iterator[Problem]:
    """What `rows` says can be read: its columns are keys, its areas and periods say enough."""
    if layout.rows is None:
        return
    path, keys = f"{_LAYOUT}.rows", layout.keys or ()
    rows = build_rows(layout.rows)
    for place, name in columns_named(rows):
        if name in columns and name not in keys:
            reason = (
                f"{name!r} says what a row is about, so it is not a figure: add it to the keys of the layout"
            )
            yield Problem(f"{path}.{place}", reason)
            continue
        lacking = "names the column {}, which the table does not have"
        yield from _unknown(f"{path}.{place}", [name], columns, lacking, "columns")
    if rows.measure and not labelled:
        reason = (
            "a column that names measures needs measureLabels: which measure each of its names stands for"
        )
        yield Problem(f"{path}.measure", reason)
    for place, reason in why_not_these_areas(rows):
        yield Problem(f"{path}.{place}", reason)
    own = [one.period for name, one in (layout.columns or {}).items() if one.period and name not in keys]
    stated = [one for one in (layout.period, *own) if one is not None]
    if not stated:
        yield Problem(path, "the layout gives no period: add 'period: {from: cell, kind: ...}' to the layout")
    for one in stated:
        if one.from_ != "cell":
            reason = (
                f"a period that each row prints is from a cell, not from {one.from_!r}: write 'from: cell'"
            )
            yield Problem(f"{_LAYOUT}.period", reason)
    kinds = [(PeriodKind(one.kind), choice_of(one)) for one in stated]
    for place, reason in why_not_these_periods(rows, kinds):
        yield Problem(f"{path}.{place}", reason)


def _figures(table: TableEntry, labelled: set[str]) -> Iterator[Problem]:
    layout = table.custom_properties.layout
    own = layout.columns or {}
    figures = [column.name for column in table.properties if column.name not in (layout.keys or ())]
    for index, column in enumerate(table.properties):
        if column.name not in figures:
            continue
        settings = own.get(column.name)
        for key in ("unit", "statistic"):
            if getattr(settings, key, None) is None and getattr(layout, key) is None:
                yield Problem(
                    f"properties[{index}]", f"a figure needs a {key}, here or in the table's layout"
                )
    measures = {(own[name].measure if name in own else None) or name for name in figures} | labelled
    for at, entry in enumerate(layout.rounding or ()):
        yield from _unknown(
            f"{_LAYOUT}.rounding[{at}]", entry.measures or (), measures,
            "names {}, which is not a measure of the table", "measures",
        )  # fmt: skip


def _rules(table: TableEntry, written: Mapping[str, Any], labelled: set[str]) -> Iterator[Problem]:
    own = table.custom_properties.layout.columns or {}
    names = {column.name for column in table.properties}
    known = labelled | names | {entry.measure for entry in own.values() if entry.measure}
    rules = build_rules(table, written)
    for index, rule in enumerate(rules):
        path = f"quality[{index}]"
        if rule.check_id not in release_checks():
            yield Problem(
                f"{path}.id", f"{rule.check_id!r} is not a check of the catalogue"
                + suggestion(rule.check_id, release_checks(), "checks"),
            )  # fmt: skip
        for reason in why_not_a_rule(rule.options, rule.kind, known, table.name):
            yield Problem(f"{path}.implementation", reason + _meant(reason, known))
    yield from _twice("quality", [rule.id for rule in rules], "rule")
    for reason in why_not_together(rules):
        yield Problem("", reason)


def _meant(reason: str, known: Collection[str]) -> str:
    return suggestion(reason.split("'")[1], known, "columns") if "is not a column" in reason else ""


def _marks(path: str, entries: Iterable[SymbolEntry]) -> Iterator[Problem]:
    yield from _twice(path, [one.mark.casefold() for one in entries], "the mark")


def _properties(document: ContractDocument, labelled: set[str]) -> Iterator[Problem]:
    ours = document.custom_properties
    tables = {table.name for table in document.schema_}
    columns = {column.name for table in document.schema_ for column in table.properties}
    measures = labelled | _measures_of_columns(document)
    for name, wordings in (("headerAliases", ours.header_aliases), ("headerPatterns", ours.header_patterns)):
        reason = "names the column {}, which no table has"
        yield from _unknown(f"customProperties({name})", wordings or {}, columns, reason, "columns")
    yield from _marks("customProperties(symbols)", ours.symbols or ())
    yield from _twice("customProperties(thresholds)", [o.name for o in ours.thresholds or ()], "threshold")
    for at, one in enumerate(ours.thresholds or ()):
        if bound := bound_to(one.name):
            yield from _unknown(
                f"customProperties(thresholds)[{at}].name", [bound], tables | FORMATS,
                "is limited to {}, which is neither a table nor a format", "tables and formats",
            )  # fmt: skip
    for at, known in enumerate(ours.known_values or ()):
        path = f"customProperties(knownValues)[{at}]"
        yield from _unknown(
            f"{path}.measure", [known.measure], measures, "{} is not a measure here", "measures"
        )
        if known.start >= known.end:
            yield Problem(
                path, f"ends on {known.end}, not after it starts; 'end' is the day after the last day"
            )
    for at, entry in enumerate(ours.disclosure or ()):
        path, reason = f"customProperties(disclosure)[{at}]", "names {}, which is none of the contract's "
        yield from _unknown(path, entry.tables or (), tables, reason + "tables", "tables")
        yield from _unknown(path, entry.measures or (), measures, reason + "measures", "measures")
    shares = "names {}, which is not a table of the contract"
    yield from _unknown("customProperties(nullShares)", ours.null_shares or {}, tables, shares, "tables")
    yield from _unknown("customProperties(sideBySide)", ours.side_by_side or (), tables, shares, "tables")
    for at, absent in enumerate(ours.not_covered or ()):
        path = f"customProperties(notCovered)[{at}]"
        yield from _unknown(path, [absent.table] if absent.table else (), tables, shares, "tables")
        yield from _unknown(
            path, absent.measures or (), measures, "names {}, which is not a measure here", "measures"
        )
    yield from _statements(ours, tables, measures)
    yield from _populations(document)


def _measures_of_columns(document: ContractDocument) -> set[str]:
    found: set[str] = set()
    for table in document.schema_:
        layout = table.custom_properties.layout
        own = layout.columns or {}
        for column in table.properties:
            if column.name not in (layout.keys or ()):
                found.add((own[column.name].measure if column.name in own else None) or column.name)
    return found


def _statements(ours: Properties, tables: set[str], measures: set[str]) -> Iterator[Problem]:
    if ours.statements is None:
        return
    path = "customProperties(statements)"
    yield from _unknown(
        f"{path}.table",
        [ours.statements.table],
        tables,
        "names {}, which is not a table of the contract",
        "tables",
    )
    for words, subject in ours.statements.subjects.items():
        yield from _unknown(
            f"{path}.subjects.{words}",
            subject.measures or (),
            measures,
            "{} is not a measure of this contract",
            "measures",
        )


def _populations(document: ContractDocument) -> Iterator[Problem]:
    ours = document.custom_properties
    known = {
        name
        for name, value in (ours.parser.options if ours.parser else {}).items()
        if isinstance(value, dict)
    }
    if ours.measure_labels is not None:
        known.add("measureLabels")
    for at, table in enumerate(document.schema_):
        for place, one in enumerate(table.custom_properties.layout.populations or ()):
            if one.keys_of is not None:
                yield from _unknown(
                    f"schema[{at}].{_LAYOUT}.populations[{place}].keysOf", [one.keys_of], known,
                    "{} is neither measureLabels nor an option of the parser with keys", "names with keys",
                )  # fmt: skip


def tables_that_others_resemble(contract: Contract) -> Iterator[Problem]:
    """Tables without a title that could be taken for another publication's."""
    for index, table in enumerate(contract.tables):
        if table.title is None:
            reason = why_not_identified(table.identified_by, table.columns, table.identity)
            if reason:
                yield Problem(f"schema[{index}].{_LAYOUT}.identifiedBy", reason)
