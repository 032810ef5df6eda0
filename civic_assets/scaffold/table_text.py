"""The table in a first contract: its columns, and the layout by which it is found and read.

Belongs here: lines of `schema`. Does not belong here: the rest of the contract (`contract_text`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from civic_assets.contracts.identity import is_generic
from civic_assets.contracts.open_questions import OPEN
from civic_assets.scaffold.roles import AreaRole, PeriodRole, Roles
from civic_assets.scaffold.table import ShownColumn, ShownTable
from civic_assets.scaffold.words import listed, name_of, names_of, question, quoted
from civic_assets.values.cells import label
from civic_assets.values.periods import PeriodKind

# What a header says about the unit; the first that fits counts.
_RATES: tuple[tuple[str, str], ...] = (
    (r"per[ _]1,?000[ _]households", "per_1000_households"),
    (r"per[ _]10,?000", "per_10000_children"),
    (r"per[ _]100,?000", "per_100000_population"),
    (r"per[ _]1,?000", "per_1000_population"),
    (r"per[ _]100[ _]pupils", "per_100_pupils"),
    (r"%|per[ _]?cent|percentage|proportion|share", "percent"),
    (r"\brate\b|_rate\b|\brate_", ""),
)
_KINDS = {
    PeriodKind.FINANCIAL_YEAR: "financial_year (April to March), academic_year (September to August)",
    PeriodKind.CALENDAR_YEAR: "calendar_year; financial_year or academic_year with 'year: start' or 'year: end'; "
    "point_in_time with 'month' and 'day'",
    PeriodKind.MONTH: "month; or academic_year, financial_year if the digits are two years",
    PeriodKind.POINT_IN_TIME: "point_in_time (figures of that day); month, quarter or a year that ends on that day",
    PeriodKind.ROLLING_YEAR: "rolling_year; financial_year, calendar_year or quarter where the words say so",
}


@dataclass(frozen=True, slots=True)
class NamedFigure:
    """A column of figures with its measure and unit; `rate` where the header says that it is one."""

    column: ShownColumn
    measure: str
    unit: str
    rate: bool


def named_figures(source: str, roles: Roles) -> list[NamedFigure]:
    """The columns of figures; a rate has the measure of a count next to it, which a person confirms."""
    found: list[NamedFigure] = []
    for column, name in zip(roles.figures, names_of(one.header for one in roles.figures), strict=True):
        rate = next((unit for pattern, unit in _RATES if re.search(pattern, column.label)), None)
        own = name if name.startswith(source) else f"{source}_{name}"
        if rate is None:
            found.append(NamedFigure(column, own, "count", rate=False))
        else:
            found.append(NamedFigure(column, _count_of(column, found) or own, rate or OPEN, rate=True))
    return found


def _count_of(rate: ShownColumn, before: Sequence[NamedFigure]) -> str:
    """The measure of the count whose header shares most words with a rate's; the first of several."""
    words = set(rate.label.split())
    counts = [one for one in before if not one.rate]
    return max(counts, key=lambda one: len(words & set(one.column.label.split()))).measure if counts else ""


def table_lines(source: str, table: ShownTable, roles: Roles) -> Iterator[str]:
    """The one entry of `schema`."""
    names = dict(
        zip(
            (column.position for column in table.columns),
            names_of(column.header for column in table.columns),
            strict=True,
        )
    )
    figures = named_figures(source, roles)
    keys = [names[column.position] for column in roles.keys]
    kind = {"csv": "delimited file", "json": "records"}.get(table.grid.format, "worksheet")
    title = _title(table)
    yield f"  - name: {name_of(source)}"
    yield f"    physicalName: {quoted(title or table.grid.file)}"
    yield "    logicalType: object"
    yield f"    physicalType: {kind}"
    yield f"    description: {quoted(f'The table of {table.grid.file}.')}"
    rows = ", ".join(column.header for column in roles.keys) or "nothing that was recognised"
    yield f"    dataGranularityDescription: {quoted(f'One row for each combination of {rows}.')}"
    marks = tuple(dict.fromkeys(mark for column in roles.figures for mark in column.marks if mark))
    optional = [column for column in table.columns if not (column in roles.figures or _places(column, roles))]
    yield "    properties:"
    for column in table.columns:
        name, type_ = names[column.position], "string" if column in roles.keys else _type(column, marks)
        required = ", required: true" if column not in optional and all(column.texts) else ""
        yield f"      - {{name: {name}, physicalName: {quoted(column.header)}, logicalType: {type_}{required}}}"
    yield "    customProperties:"
    yield "      - property: layout"
    yield "        value:"
    yield from _found_by(table, roles, names, title)
    yield "          unit: count"
    yield from question(
        "Say whether the counts are a flow (what happened in the period), a stock (what there was at a moment), or a "
        "mean_of_stocks.",
        10,
    )
    yield f"          statistic: {OPEN}"
    yield from _period(roles.period)
    yield f"          keys: {listed(keys)}"
    if optional:
        yield f"          mayBeAbsent: {listed(names[column.position] for column in optional)}"
    yield from _rows(roles, names)
    yield "          columns:"
    for one in figures:
        name = names[one.column.position]
        if one.rate:
            yield from question(
                f"{one.column.header!r} looks like a rate or share. Of which measure, and per what? Units are percent, "
                "per_1000_population, per_10000_children, per_100000_population, per_100_pupils, ... Remove unit and "
                "statistic if it is a count.",
                12,
            )
            yield f"            {name}: {{measure: {one.measure}, unit: {one.unit}, statistic: rate}}"
        else:
            yield f"            {name}: {{measure: {one.measure}}}"


def _title(table: ShownTable) -> str:
    return table.title if len(label(table.title)) > 3 else ""


def _type(column: ShownColumn, marks: Sequence[str]) -> str:
    """The type in the file: where marks or thousands separators may be printed, numbers are text with a pattern."""
    plain_numbers = all(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) for text in column.texts if text)
    if column.type == "string" or (plain_numbers and not marks):
        return column.type
    other = "".join(f"|{re.escape(mark)}" for mark in marks)
    number = r"-?[0-9]{1,3}(,?[0-9]{3})*(\.[0-9]+)?%?"
    return f"string, logicalTypeOptions: {{pattern: {quoted(f'^({number}{other})$')}}}"


def _places(column: ShownColumn, roles: Roles) -> bool:
    """Whether a row cannot be placed without the column: its period, or the widest level of areas."""
    when = roles.period is not None and column is roles.period.column
    widest = roles.areas[0] if roles.areas else None
    return when or (widest is not None and column is (widest.name or widest.code))


def _found_by(table: ShownTable, roles: Roles, names: dict[int, str], title: str) -> Iterator[str]:
    specific = [column for column in (*roles.figures, *roles.keys) if not is_generic(column.label)]
    if len(specific) >= 2:
        yield f"          identifiedBy: {listed(names[column.position] for column in specific[:4])}"
        yield "          closed: 'splits the figures: one group has the figures of one group'"
    elif title:
        yield f"          title: {quoted(_pattern(title))}"
    else:
        yield from question(
            "Any publication may have these headers. Which values does only this one have? Write them as populations "
            "with oneOf (docs/reference/contracts.md), or name columns that no other publication has.",
            10,
        )
        yield f"          identifiedBy: {listed(names[column.position] for column in roles.figures)}"
        yield "          closed: 'splits the figures: one group has the figures of one group'"
    if table.notes:
        last = [names[column.position] for column in roles.keys if column.position]
        if last:
            yield f"          rowsWith: {last[-1]}"


def _pattern(title: str) -> str:
    """A title as a pattern; its years may change from edition to edition."""
    escaped = re.escape(label(title)).replace("\\ ", " ").replace("\\-", "-")
    return re.sub(r"(?:19|20)[0-9]{2}", r"[0-9]{4}", escaped)


def _period(period: PeriodRole | None) -> Iterator[str]:
    if period is None:
        yield from question(
            "Which kind of period is a figure of? For example financial_year, quarter, month.", 10
        )
        yield f"          period: {{from: cell, kind: {OPEN}}}"
        return
    if not period.sure:
        yield from question(
            f"Is {period.column.header!r} really a {str(period.kind).replace('_', ' ')}? It may be: "
            f"{_KINDS.get(period.kind, 'another kind of period')}.",
            10,
        )
    yield f"          period: {{from: cell, kind: {period.kind}}}"


def _rows(roles: Roles, names: dict[int, str]) -> Iterator[str]:
    yield "          rows:"
    yield "            areas:"
    if not roles.areas:
        yield from question(
            "Which column names the area? Write 'code', 'name' or both, and 'register' or 'type' "
            "(docs/reference/contracts.md).",
            14,
        )
        yield f"              - {{name: {OPEN}, register: {OPEN}}}"
    for level in roles.areas:
        yield from _level(level, names)
    if roles.period is None:
        yield from question(
            "Which column is the period, and how is it written? For example YYYY/YY or YYYY Qn.", 12
        )
        yield f"            period: {{column: {OPEN}, format: {OPEN}}}"
    else:
        identifier = roles.period.identifier
        more = f", identifier: {names[identifier.position]}" if identifier else ""
        when = names[roles.period.column.position]
        yield f"            period: {{column: {when}, format: {quoted(roles.period.format)}{more}}}"
    if roles.groups:
        yield "            breakdowns:"
    for group in roles.groups:
        words = ", ".join(group.column.distinct[:6]) + (", ..." if len(group.column.distinct) > 6 else "")
        which = (
            f"Is {group.total!r} everybody?" if group.total else "Is one of them everybody? Then add 'total'."
        )
        yield from question(
            f"{group.column.header!r} has the words {words}. {which} If the words name measures and not groups, write "
            "'measure' instead of 'breakdowns', and measureLabels.",
            14,
        )
        total = f", total: {quoted(group.total)}" if group.total else ""
        name = names[group.column.position]
        yield f"              {name}: {{column: {name}{total}}}"
    for column in roles.others:
        if len(column.distinct) > 1:
            yield from question(
                f"What does {column.header!r} say about a row? If it splits the figures, make it a level of areas or a "
                "breakdown.",
                12,
            )


def _level(level: AreaRole, names: dict[int, str]) -> Iterator[str]:
    parts = [
        f"{key}: {names[column.position]}"
        for key, column in (("code", level.code), ("name", level.name))
        if column is not None
    ]
    in_register = [type_ for type_ in level.types if type_ not in ("lsoa", "ward")]
    if in_register:
        shown = in_register[0] if len(in_register) == 1 else listed(in_register)
        parts.append(f"register: {shown}")
    else:
        parts.append(f"type: {level.types[0] if level.types else OPEN}")
    if level.unknown:
        unknown = ", ".join(map(repr, level.unknown[:5])) + (", ..." if len(level.unknown) > 5 else "")
        yield from question(
            f"The register of areas has no {unknown}. Add them as codes: {{name: code}}, or leave them to be "
            "reported.",
            14,
        )
    yield f"              - {{{', '.join(parts)}}}"
