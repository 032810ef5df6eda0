"""What the columns of a table are for, as far as their values show it: areas, periods, groups, figures.

Belongs here: candidates, each from the values of a column. Does not belong here: what only a person can decide (those
are questions in the contract, `contract_text`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.scaffold.table import ShownColumn, ShownTable
from civic_assets.values.cells import label, parse_number
from civic_assets.values.period_format import PeriodChoice, read_by_format
from civic_assets.values.period_text import parse_period
from civic_assets.values.periods import PeriodKind

_CODE = re.compile(r"[EWSNKJM][0-9]{8}")
_TYPE_OF_CODE = {"E01": "lsoa", "W01": "lsoa", "E05": "ward", "W05": "ward"}
# Share of the values of a column that must be codes, names or periods.
_MOST = 0.8
# A column of groups has few values; one with more names something else.
_GROUPS = 40
_YEARS = range(1990, 2051)
_EVERYBODY = (
    "total",
    "all",
    "persons",
    "all persons",
    "people",
    "all people",
    "both",
    "all ages",
    "everybody",
)
_FORMATS: tuple[tuple[str, PeriodKind], ...] = (
    ("YYYY Qn", PeriodKind.QUARTER), ("YYYY-Qn", PeriodKind.QUARTER), ("Qn YYYY", PeriodKind.QUARTER),
    ("YYYY/YY Qn", PeriodKind.QUARTER), ("Qn YYYY/YY", PeriodKind.QUARTER), ("YYYY-YY Qn", PeriodKind.QUARTER),
    ("Term YYYY/YY", PeriodKind.TERM), ("YYYY-MM", PeriodKind.MONTH), ("Month YYYY", PeriodKind.MONTH),
    ("MMM-YY", PeriodKind.MONTH), ("MM/YYYY", PeriodKind.MONTH), ("YYYY-MM-DD", PeriodKind.POINT_IN_TIME),
    ("DD/MM/YYYY", PeriodKind.POINT_IN_TIME), ("YYYY/YY", PeriodKind.FINANCIAL_YEAR),
    ("YYYY-YY", PeriodKind.FINANCIAL_YEAR), ("YYYY/YYYY", PeriodKind.FINANCIAL_YEAR),
    ("YYYY-YYYY", PeriodKind.FINANCIAL_YEAR), ("YYYYYY", PeriodKind.FINANCIAL_YEAR), ("YYYYMM", PeriodKind.MONTH),
    ("YYYY", PeriodKind.CALENDAR_YEAR), ("words", PeriodKind.ROLLING_YEAR),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PeriodRole:
    """The column of the period; `sure` where values leave one kind of period only."""

    column: ShownColumn
    format: str
    kind: PeriodKind
    sure: bool
    identifier: ShownColumn | None = None


@dataclass(frozen=True, slots=True)
class AreaRole:
    """One level of areas: columns of codes and names, and the types of the areas in the register."""

    code: ShownColumn | None
    name: ShownColumn | None
    types: tuple[str, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupRole:
    """A column of groups, and the word for everybody; empty if none is known."""

    column: ShownColumn
    total: str


@dataclass(frozen=True, slots=True)
class Roles:
    """What each column is for; `others` are columns of words that say something else, or the same in each row."""

    areas: tuple[AreaRole, ...]
    period: PeriodRole | None
    groups: tuple[GroupRole, ...]
    figures: tuple[ShownColumn, ...]
    others: tuple[ShownColumn, ...] = field(default=())

    @property
    def keys(self) -> list[ShownColumn]:
        """Columns without figures, in the order of the sheet."""
        levels = [column for level in self.areas for column in (level.code, level.name) if column]
        when = [self.period.column, self.period.identifier] if self.period else []
        groups = [group.column for group in self.groups]
        found = [*levels, *(column for column in when if column), *groups, *self.others]
        return sorted(found, key=lambda column: column.position)


def roles_of(table: ShownTable) -> Roles:
    """What the columns of a table are for."""
    left = list(table.columns)
    period = _period(left)
    for used in (period.column, period.identifier) if period else ():
        if used is not None:
            left.remove(used)
    areas = tuple(_areas(left))
    for level in areas:
        for used in (level.code, level.name):
            if used is not None:
                left.remove(used)
    figures = tuple(column for column in left if column.type != "string" and not _number_of_area(column))
    words = [column for column in left if column not in figures]
    groups = tuple(
        GroupRole(column, _everybody(column)) for column in words if 1 < len(column.distinct) <= _GROUPS
    )
    grouped = [group.column for group in groups]
    return Roles(areas, period, groups, figures, tuple(column for column in words if column not in grouped))


def _number_of_area(column: ShownColumn) -> bool:
    """Whether whole numbers are the department's numbers of authorities, and no figures."""
    return column.label.endswith(("_code", " code", " number")) and column.type == "integer"


def _period(columns: Sequence[ShownColumn]) -> PeriodRole | None:
    identifier = next(
        (column for column in columns if column.label in ("time_identifier", "time identifier")), None
    )
    for column in columns:
        texts = column.distinct
        if not texts or column is identifier:
            continue
        if identifier is not None and column.label in ("time_period", "time period"):
            return _identified(column, identifier)
        for format, kind in _FORMATS:
            if format == "YYYY" and not _looks_like_years(column):
                continue
            if _reads(texts, format, kind):
                return PeriodRole(column, format, *_kind(column, format, kind))
    return None


def _reads(texts: Sequence[str], format: str, kind: PeriodKind) -> bool:
    return all(read_by_format(text, format, kind, PeriodChoice()) is not None for text in texts)


def _looks_like_years(column: ShownColumn) -> bool:
    if not re.search(r"year|period|date|time", column.label):
        return False
    values = [parse_number(text) for text in column.distinct]
    return all(value is not None and value in _YEARS for value in values)


def _kind(column: ShownColumn, format: str, kind: PeriodKind) -> tuple[PeriodKind, bool]:
    """The kind of period, and whether the column leaves no other."""
    for named in (PeriodKind.ACADEMIC_YEAR, PeriodKind.FINANCIAL_YEAR, PeriodKind.CALENDAR_YEAR):
        if str(named).replace("_", " ") in column.label.replace("_", " "):
            return (named, True) if format != "YYYY" or named is PeriodKind.CALENDAR_YEAR else (kind, False)
    return kind, kind in (PeriodKind.QUARTER, PeriodKind.MONTH, PeriodKind.TERM) and format != "YYYYMM"


def _identified(column: ShownColumn, identifier: ShownColumn) -> PeriodRole:
    pairs = set(zip(column.texts, identifier.texts, strict=True))
    for kind in PeriodKind:
        if all(parse_period(text, identifier=what, hint=kind) is not None for text, what in pairs):
            digits = max(len(text) for text in column.distinct)
            format = "YYYYYY" if digits > 4 else "YYYY"
            # The identifier decides; the format is for files without one.
            return PeriodRole(column, format, kind, sure=kind is not PeriodKind.MONTH, identifier=identifier)
    return PeriodRole(column, "YYYYYY", PeriodKind.ACADEMIC_YEAR, sure=False, identifier=identifier)


def _areas(columns: Sequence[ShownColumn]) -> Iterator[AreaRole]:
    """Levels of areas, the widest first: the one with the fewest areas, or that is empty in the fewest rows."""
    register = AreaRegister.shipped()
    codes = {column.position: types for column in columns if (types := _types_of_codes(column, register))}
    names = {column.position: found for column in columns if (found := _types_of_names(column, register))}
    by_position = {column.position: column for column in columns}
    levels = []
    for at, types in codes.items():
        beside = [place for place, (own, _) in names.items() if set(own) & set(types)]
        near = min(beside, key=lambda place: abs(place - at), default=None)
        name = names.pop(near)[0] if near is not None else None
        known = tuple(dict.fromkeys((*types, *(name or ()))))
        levels.append(AreaRole(by_position[at], by_position[near] if near is not None else None, known))
    levels += [AreaRole(None, by_position[at], types, unknown) for at, (types, unknown) in names.items()]
    yield from sorted(levels, key=_width)


def _width(level: AreaRole) -> tuple[int, int]:
    column = level.code or level.name
    return (len(column.distinct), column.position) if column else (0, 0)


def _types_of_codes(column: ShownColumn, register: AreaRegister) -> tuple[str, ...]:
    texts = column.distinct
    coded = [text for text in texts if _CODE.fullmatch(text)]
    if not coded or len(coded) < _MOST * len(texts):
        return ()
    found = [register.find(code) for code in coded]
    types = [
        area.type if area else _TYPE_OF_CODE.get(code[:3], "")
        for code, area in zip(coded, found, strict=True)
    ]
    return tuple(dict.fromkeys(filter(None, types)))


def _types_of_names(
    column: ShownColumn, register: AreaRegister
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Types of the areas with these names, the commonest first, and the names that no area has."""
    texts = column.distinct
    if column.type != "string" or not texts:
        return None
    named = {text: {area.type for area in register.by_name(text, None, date.today())} for text in texts}
    known = [types for types in named.values() if types]
    if len(known) < _MOST * len(texts) and not (len(known) > 1 and len(known) * 2 >= len(texts)):
        return None
    counted = Counter(type_ for types in known for type_ in types)
    chosen: list[str] = []
    left = dict(named)
    # As few types as name all of them, so that a name is not looked for among areas of every kind.
    while any(left.values()):
        best = max(
            counted,
            key=lambda type_: (sum(type_ in types for types in left.values()), type_ == "local_authority"),
        )
        if best in chosen:
            break
        chosen.append(best)
        left = {text: types for text, types in left.items() if best not in types}
    return tuple(chosen), tuple(text for text, types in named.items() if not types)


def _everybody(column: ShownColumn) -> str:
    return next((text for text in column.distinct if label(text) in _EVERYBODY), "")
