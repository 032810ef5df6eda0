"""What a row of a tidy table is about, as values: its area, period, group and measure.

Belongs here: `rows` of a layout in a loaded contract, and the names in it that must exist in the contract. Does not
belong here: what may be written (`models.rows`), and reading rows (`civic_assets.sources.tidy`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from civic_assets.values.cells import label
from civic_assets.values.period_format import PeriodChoice, why_not_a_format, why_not_of_kind
from civic_assets.values.periods import PeriodKind

if TYPE_CHECKING:
    from civic_assets.contracts.models import rows as models

TOTALS = frozenset({"", "all", "total"})
"""Labels that stand for everybody in a breakdown, where the contract names none."""
UNITED_KINGDOM = "K02000001"


@dataclass(frozen=True, slots=True)
class AreaLevel:
    """One level of areas.

    Args:
        code, name: Names of the columns that print codes and names; empty without one.
        type: Type of the areas; empty if the register gives it.
        kind: What the rows are called; empty for the type.
        register: Types of area among which a name is looked for.
        codes: Codes by label of a name.
        total: Labels that stand for all areas of the level.
        within: Code of the area under which unknown names are kept; empty for the area above.
        of_latest: Whether all names are those of the latest period of the table.
    """

    code: str
    name: str
    type: str
    kind: str
    register: tuple[str, ...]
    codes: Mapping[str, str]
    total: frozenset[str]
    within: str
    of_latest: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that print the area."""
        return tuple(filter(None, (self.code, self.name)))


@dataclass(frozen=True, slots=True)
class PeriodCells:
    """Where the period is printed; `identifier` is the column that says its kind, empty without one."""

    column: str
    formats: tuple[str, ...]
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class BreakdownCells:
    """Where a group is printed: column, labels that stand for everybody, and our words by label."""

    column: str
    total: frozenset[str]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """What a row is about.

    Args:
        areas: Levels, the widest first; none if `areas_of` says whose common columns print the areas.
        period: Where the period is printed.
        breakdowns: Columns of groups, by key of the breakdown.
        measure: Column that names the measure; empty if columns do.
        edition: Form of the release key.
        series: What follows the period in the release key; empty without one.
    """

    areas: tuple[AreaLevel, ...]
    period: PeriodCells
    areas_of: str = ""
    breakdowns: Mapping[str, BreakdownCells] = field(default_factory=dict)
    measure: str = ""
    edition: str = "YYYY-MM"
    series: str = ""


def build_rows(one: models.Rows) -> Rows:
    """The rows that a checked layout describes."""
    edition = one.edition
    return Rows(
        areas=tuple(
            AreaLevel(
                code=level.code or "",
                name=level.name or "",
                type=level.type or "",
                kind=level.kind or level.type or "",
                register=_several(level.register_),
                codes={label(name): code for name, code in (level.codes or {}).items()},
                total=frozenset(map(label, _several(level.total))),
                within=level.within or "",
                of_latest=level.names_of == "latest_period",
            )
            for level in one.areas or ()
        ),
        areas_of=one.areas_of or "",
        period=PeriodCells(one.period.column, _several(one.period.format), one.period.identifier or ""),
        breakdowns={
            key: BreakdownCells(
                cells.column,
                frozenset(map(label, _several(cells.total))) if cells.total is not None else TOTALS,
                {label(printed): ours for printed, ours in (cells.words or {}).items()},
            )
            for key, cells in (one.breakdowns or {}).items()
        },
        measure=one.measure or "",
        edition=(edition.form if edition else None) or "YYYY-MM",
        series=(edition.series if edition else None) or "",
    )


def _several(one: str | list[str] | None) -> tuple[str, ...]:
    return () if one is None else (one,) if isinstance(one, str) else tuple(one)


def columns_named(rows: Rows) -> Iterator[tuple[str, str]]:
    """Every column that `rows` names, with the path of the name below `rows`."""
    for at, level in enumerate(rows.areas):
        for key, name in (("code", level.code), ("name", level.name)):
            if name:
                yield f"areas[{at}].{key}", name
    yield "period.column", rows.period.column
    if rows.period.identifier:
        yield "period.identifier", rows.period.identifier
    for key, cells in rows.breakdowns.items():
        yield f"breakdowns.{key}.column", cells.column
    if rows.measure:
        yield "measure", rows.measure


def why_not_these_areas(rows: Rows) -> Iterator[tuple[str, str]]:
    """Levels of areas that do not say enough, each with its path below `rows`."""
    if bool(rows.areas) == bool(rows.areas_of):
        yield "areas", "say where a row prints its area: either 'areas' or 'areasOf'"
    for at, level in enumerate(rows.areas):
        path = f"areas[{at}]"
        if not level.columns:
            yield path, "name the column that prints the area: 'code', 'name', or both"
        elif not level.type and not level.register:
            yield (
                path,
                "say which type of area this is: 'type', or 'register' where the register of areas says it",
            )
        elif not level.code and not level.type and level.codes:
            yield path, "'codes' needs a 'type': the kind of area that these codes are of"
        elif at == 0 and not (level.code or level.register or level.codes or level.within):
            reason = (
                "names alone do not say which areas these are: add 'register' or 'codes'; for areas that have no code "
                "anywhere, add 'within', the code of the area in which they lie"
            )
            yield path, reason
        if level.total and at == 0:
            yield f"{path}.total", "is of the widest level, which has no area above; remove it"


def why_not_these_periods(
    rows: Rows, kinds: Iterable[tuple[PeriodKind, PeriodChoice]]
) -> Iterator[tuple[str, str]]:
    """Formats that cannot be read, or that never mean a kind of period of the table; each with its path below `rows`.

    Args:
        rows: What a row is about.
        kinds: Kinds of period of the table's figures, with what the contract says about each.
    """
    path = "period.format"
    wanted = list(dict.fromkeys(kinds))
    for format in rows.period.formats:
        if reason := why_not_a_format(format):
            yield path, reason
            continue
        for kind, choice in wanted:
            # Where the publisher prints what kind of period it is, the format is for files without that column.
            if not rows.period.identifier and (reason := why_not_of_kind(format, kind, choice)):
                yield path, reason
