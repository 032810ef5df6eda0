"""From a contract as it is written to the contract that the program works with: the one place of that mapping.

Belongs here: which key of the file becomes which value. Does not belong here: what may be written (`models`), names
that must exist (`checks`), and finding and keeping files (`load`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from civic_assets.contracts.acquisition import acquisition_of
from civic_assets.contracts.disclosure import Disclosure
from civic_assets.contracts.identity import Identity, Levels, NotColumns, Population
from civic_assets.contracts.model import (
    Column,
    Contract,
    FileNotRead,
    KnownValue,
    PeriodRule,
    Rule,
    Severity,
    SheetToIgnore,
    Table,
    Threshold,
)
from civic_assets.contracts.models.contract import ContractDocument
from civic_assets.contracts.models.layout import Layout, LayoutColumn, PeriodOfColumn, SymbolEntry
from civic_assets.contracts.models.properties import MeasureLabelEntry, Properties
from civic_assets.contracts.models.tables import ColumnEntry, TableEntry
from civic_assets.contracts.older_words import in_older_words
from civic_assets.contracts.particulars import (
    CarriedForward,
    MeasureLabel,
    NamedPlace,
    NamedUnit,
    NotCovered,
    ParserChoice,
    RecordLimit,
    ReturnsDue,
    WithoutRows,
)
from civic_assets.contracts.rows import build_rows
from civic_assets.contracts.statements import Statements, StatementSubject
from civic_assets.values.cells import Symbol, label
from civic_assets.values.period_format import PeriodChoice
from civic_assets.values.periods import PeriodKind, Statistic

SEVERITIES: dict[str, Severity] = {"error": "blocking", "warning": "warning", "info": "info"}
"""Our word for each of the standard's severities."""
_NOTHING = float("nan")


def build_contract(document: ContractDocument, raw: Mapping[str, Any], file: Path, sha256: str) -> Contract:
    """The contract that a checked document describes.

    Args:
        document: As its model has read it.
        raw: The same as plain values; rules and layouts keep them as their options.
        file: Where it was read.
        sha256: Hash of the file.
    """
    ours, levels = document.custom_properties, {one.property: one.value for one in document.sla_properties}
    raw_ours = {item["property"]: item["value"] for item in raw["customProperties"]}
    return Contract(
        source=document.name,
        file=file,
        sha256=sha256,
        version=document.version,
        status=document.status,
        purpose=document.description.purpose,
        limitations=document.description.limitations,
        usage=document.description.usage,
        owner=document.team.members[0].username if document.team.members else "",
        publisher=raw_ours["publisher"],
        release=raw_ours["release"],
        tables=tuple(
            build_table(table, written, ours)
            for table, written in zip(document.schema_, raw["schema"], strict=True)
        ),
        measures=raw_ours.get("measures", {}),
        symbols=_symbols(ours.symbols or ()),
        thresholds={one.name: Threshold(one.value, one.because) for one in ours.thresholds or ()},
        known_values=tuple(_known_values(ours)),
        ignored_sheets=tuple(
            SheetToIgnore(_pattern(one.name) if one.title is None else None, one.because, _pattern(one.title))
            for one in ours.ignored_sheets or ()
        ),
        severities={
            one.check: (SEVERITIES[one.severity], one.because) for one in ours.check_severities or ()
        },
        expected_lag_days=int(levels["latency"]),
        frequency_months=float(levels["frequency"]),
        parser=_parser(document.name, ours),
        files_not_read=tuple(_files_not_read(ours)),
        disclosure=tuple(_disclosure(ours)),
        document=raw,
        acquisition=acquisition_of(raw_ours.get("acquisition")),
        reading_sha256=_sha256_for_reading(raw),
        **_particulars(ours),
    )


def _sha256_for_reading(raw: Mapping[str, Any]) -> str:
    """Hash of everything that the document says, except where its files are found: no release is read by that."""
    ours = [one for one in raw["customProperties"] if one["property"] != "acquisition"]
    # `repr` keeps a day apart from the text of the same day.
    written = json.dumps({**raw, "customProperties": ours}, default=repr, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _particulars(ours: Properties) -> dict[str, Any]:
    due, empty, limit, told = ours.returns_due, ours.without_rows, ours.answers_of_at_most, ours.statements
    return {
        "measure_labels": {text: _measure_label(one) for text, one in (ours.measure_labels or {}).items()},
        "null_shares": {
            name: Threshold(one.value, one.because) for name, one in (ours.null_shares or {}).items()
        },
        "not_covered": tuple(
            NotCovered(one.because, one.area or "", _tuple(one.measures), one.table or "", one.row or "",
                       tuple(one.codes or ()))
            for one in ours.not_covered or ()
        ),
        "returns_due": ReturnsDue(tuple(due.codes), due.because, due.within or "") if due else None,
        "without_rows": WithoutRows(empty.because, empty.file_name or "") if empty else None,
        "carried_forward": tuple(
            CarriedForward(one.part, tuple(one.into), one.from_, one.to, one.because)
            for one in ours.carried_forward or ()
        ),
        "negative_counts": bool(ours.negative_counts and ours.negative_counts.allowed),
        "answers_of_at_most": RecordLimit(limit.records, limit.because) if limit else None,
        "reissues_without_notice": ours.reissues_without_notice.because if ours.reissues_without_notice else "",
        "published_on": ours.published_on,
        "side_by_side": tuple(ours.side_by_side or ()),
        "statements": Statements(
            told.table,
            {
                words: StatementSubject(tuple(one.measures or ()), one.source or "", one.table or "", one.ended,
                               one.because or "")
                for words, one in told.subjects.items()
            },
        ) if told else None,
        "places": {word: NamedPlace(one.code, one.name, one.type) for word, one in (ours.places or {}).items()},
        "reason_not_read": ours.not_read_because or "",
    }  # fmt: skip


def _tuple(words: list[str] | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(words)


def _measure_label(one: MeasureLabelEntry) -> MeasureLabel:
    return MeasureLabel(
        measure=one.measure,
        percent_measure=one.percent_measure or "",
        rate_measure=one.rate_measure or "",
        unit=one.unit or "",
        statistic=one.statistic or "",
        period=one.period or "",
        breakdown=one.breakdown or "",
        share=bool(one.share),
        names=NamedUnit(one.names.unit, one.names.because) if one.names else None,
        status=one.status or "",
    )


def _parser(source: str, ours: Properties) -> ParserChoice:
    if ours.parser is None:
        return ParserChoice(source)
    return ParserChoice(ours.parser.name or source, ours.parser.options)


def _known_values(ours: Properties) -> Iterator[KnownValue]:
    for one in ours.known_values or ():
        yield KnownValue(
            one.edition, one.measure, one.area, one.unit, one.start, one.end, one.value, one.because,
            one.breakdown or "total",
        )  # fmt: skip


def _files_not_read(ours: Properties) -> Iterator[FileNotRead]:
    for one in ours.files_not_read or ():
        headers = frozenset(map(label, one.headers))
        yield FileNotRead(headers, frozenset(one.formats), one.because, one.others != "none")


def _disclosure(ours: Properties) -> Iterator[Disclosure]:
    for one in ours.disclosure or ():
        lowest = _NOTHING if one.lowest is None else float(one.lowest)
        highest = _NOTHING if one.highest is None else float(one.highest)
        yield Disclosure(
            one.practice, tuple(one.tables or ()), tuple(one.measures or ()), lowest, highest, one.because
        )


def build_table(table: TableEntry, written: Mapping[str, Any], ours: Properties) -> Table:
    """One table.

    Args:
        table: Its entry in `schema`.
        written: The same as plain values.
        ours: Custom properties of the contract: other wordings of headers.
    """
    layout = table.custom_properties.layout
    plain = next(item["value"] for item in written["customProperties"] if item["property"] == "layout")
    return Table(
        name=table.name,
        printed_name=layout.printed_as or table.physical_name or table.name,
        title=_pattern(layout.title),
        occurrence=layout.occurrence or "only",
        optional=bool(layout.optional),
        ends=layout.ends or "sheet",
        identified_by=tuple(layout.identified_by or ()),
        symbols=_symbols(layout.symbols) if layout.symbols is not None else None,
        columns=_columns(table, written, ours),
        rules=build_rules(table, written),
        options=plain,
        description=table.description or "",
        granularity=table.data_granularity_description or "",
        banded=bool(layout.banded),
        rows_with=layout.rows_with or "",
        identity=_identity(layout),
        on_all_sheets=layout.sheets == "all",
        rows=build_rows(layout.rows) if layout.rows is not None else None,
    )


def build_rules(table: TableEntry, written: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of a table; each keeps its `implementation` as it is written."""
    return tuple(
        Rule(
            id=rule.id,
            check_id=rule.id[:4],
            kind=rule.implementation.rule,
            table=table.name,
            description=rule.description,
            severity=SEVERITIES[rule.severity],
            options=plain["implementation"],
        )
        for rule, plain in zip(table.quality or (), written.get("quality", ()), strict=True)
    )


def _columns(table: TableEntry, written: Mapping[str, Any], ours: Properties) -> tuple[Column, ...]:
    layout = table.custom_properties.layout
    absent = set(layout.may_be_absent or ())
    if in_older_words(written):
        absent = {column.name for column in table.properties if not column.required}
    return tuple(_column(column, layout, ours, column.name not in absent) for column in table.properties)


def _column(column: ColumnEntry, layout: Layout, ours: Properties, expected: bool) -> Column:
    name, printed = column.name, column.physical_name or column.business_name or column.name
    own = (layout.columns or {}).get(name) or LayoutColumn()
    pattern = _pattern((ours.header_patterns or {}).get(name))
    headers = dict.fromkeys(label(header) for header in (printed, *(ours.header_aliases or {}).get(name, ())))
    common = {
        "name": name, "headers": tuple(headers), "pattern": pattern, "type": column.logical_type or "",
        "expected": expected, "rounding": float(own.rounding or 0), "repeats": bool(own.repeats),
        "printed": printed, "description": column.description or "",
        "breakdown": own.breakdown or layout.breakdown or "total",
    }  # fmt: skip
    if name in (layout.keys or ()):
        return Column(key=True, **cast(Any, common))
    return Column(
        key=False,
        measure=own.measure or name,
        unit=own.unit or layout.unit or "",
        statistic=Statistic(own.statistic or layout.statistic or ""),
        period=_period(own.period or layout.period),
        **cast(Any, common),
    )


def _period(one: PeriodOfColumn | None) -> PeriodRule | None:
    return PeriodRule(one.from_, PeriodKind(one.kind), choice_of(one)) if one is not None else None


def choice_of(one: PeriodOfColumn) -> PeriodChoice:
    """Which period is meant where a cell leaves it open; day 0 is the last one of the month."""
    return PeriodChoice(one.year or "", one.month or 0, 0 if one.day == "last" else one.day)


def _identity(layout: Layout) -> Identity:
    levels = layout.levels
    return Identity(
        not_columns=tuple(
            NotColumns(frozenset(map(label, group.headers)), group.because)
            for group in layout.not_columns or ()
        ),
        levels=Levels(
            levels.column,
            frozenset(map(label, levels.ours)),
            {label(name): reason for name, reason in levels.others.items()},
        )
        if levels
        else None,
        populations=tuple(
            Population(
                one.column,
                tuple(map(re.compile, one.one_of or ())),
                one.keys_of or "",
                tuple(map(re.compile, one.none_of or ())),
                one.because,
            )
            for one in layout.populations or ()
        ),
        closed=layout.closed or "",
    )


def _symbols(entries: Iterable[SymbolEntry]) -> dict[str, Symbol]:
    return {one.mark.casefold(): Symbol(one.mark, one.status, one.meaning) for one in entries}


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return None if text is None else re.compile(text)
