"""Parser of the ONS police force area tables, in the layouts of 2018 to 2019 and the current one.

Belongs here: the meaning of a row in these tables, the period and comparison that a header states, and the edition of a
workbook. Does not belong here: titles, headers, symbols and identities (the contract).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from civic_assets.contracts.model import Column, Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed, RowProblem, observe, period_of
from civic_assets.parsing.reading import captions, is_synthetic
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import label
from civic_assets.values.month_text import MONTHS
from civic_assets.values.period_text import edition_of
from civic_assets.values.periods import Period, year_ending

# Tables whose titles name the year of their figures; other titles name the first and last year of a series.
_TITLED = ("counts_current", "counts_previous", "percentage_change", "rates")
_ALL, _ENGLAND, _WALES = "K04000001", "E92000001", "W92000004"
# "Apr '10 to Mar '11", "Jan 2024 to Dec 2024"; digits after a year of two digits are numbers of footnotes.
_RANGE = re.compile(r"[a-z]+ '?[0-9]{2,4} to ([a-z]+) (?:'([0-9]{2})|([0-9]{4}))")
# Numbers of footnotes after a name: 'ENGLAND AND WALES7,8', 'Essex10', 'British Transport Police(2006)'.
_NOTES = re.compile(r"\s*(?:\([0-9]+\)|[0-9][0-9, ]*)$")


@dataclass(frozen=True, kw_only=True)
class AreaWithoutCode(ParserOptions):
    """A row without a code of its own, by the name that is printed."""

    code: str
    name: str
    type: str
    kind: str
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParentInEdition(ParserOptions):
    """An area that some tables of one edition add up to another parent."""

    edition: str
    tables: tuple[str, ...]
    area: str
    parent: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """Rows without a code, other spellings of names, and areas with another parent in some editions."""

    areas_without_code: Mapping[str, AreaWithoutCode]
    area_names: Mapping[str, str]
    parents_by_edition: tuple[ParentInEdition, ...] = ()


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: last month of the year in the title of the counts; None if it names none."""
    year = _year(found)
    return edition_of(year) if year else None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the workbook's police force area tables.

    Row kinds: `country` (and England and Wales together), `region`, `force`, `part_of_country`, `unassigned`,
    `unknown`.
    A force's parent is the region in whose block it is printed, a region's is England; countries and the British
    Transport Police are parts of England and Wales.
    """
    columns = ObservationColumns()
    problems: dict[str, RowProblem] = {}
    kinds: Counter[str] = Counter()
    year = _year(found)
    others = {
        (table, entry.area): entry.parent
        for entry in Options.of(contract).parents_by_edition
        for table in entry.tables
        if entry.edition == edition(found, contract)
    }

    def period(block: Block, name: str, column: Column) -> Period:
        ranges = _ranges(block.header(name))
        if ranges:
            return ranges[0]
        if column.period and column.period.source != "cell" and (block.periods or column.unit == "count"):
            return period_of(block, name, column)
        # A header without a year is next to headers with one, or in a table for the edition's year.
        beside = [span for other, _ in block.figures() for span in _ranges(block.header(other))]
        return max([*beside, *([] if beside or not year else [year])])

    for table, block in found.blocks.items():
        areas = _areas(block, contract, problems)
        areas = [replace(area, parent=others.get((table, area.code), area.parent)) for area in areas]
        kinds.update(area.kind for area in areas) if table == _TITLED[0] else None
        observe(columns, block, areas, contract, period=period, breakdown=_breakdown)
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=found,
        observations=columns.table(),
        problems=[*columns.problems, *problems.values()],
        captions=[c for c in captions(grid, found) if not c.table or c.table in _TITLED],
        row_kinds=kinds,
        synthetic=is_synthetic(grid),
    )


def _year(found: FoundTables) -> Period | None:
    stated = [period for name in _TITLED[:1] if name in found for period in found[name].periods]
    if not found.blocks.keys() & set(_TITLED):
        # For a sheet saved on its own: if a table's title names no year, its headers do.
        stated = [
            period
            for block in found.blocks.values()
            for name, _ in block.figures()
            for period in _ranges(block.header(name))
        ]
    return max(stated, default=None)


def _ranges(header: str) -> list[Period]:
    """Years of twelve months that a header names, in the order in which they are mentioned."""
    return [
        year_ending(int(year or f"20{short}"), MONTHS[month])
        for month, short, year in _RANGE.findall(label(header))
        if month in MONTHS
    ]


def _breakdown(block: Block, name: str, column: Column) -> str:
    """A change is identified by the year with which it compares; the header names it, or says 'previous year'."""
    ranges = _ranges(block.header(name))
    if str(column.statistic) != "change" or not ranges:
        return column.breakdown
    return f"compared_with={ranges[1] if len(ranges) > 1 else ranges[0].year_before()}"


def _areas(block: Block, contract: Contract, problems: dict[str, RowProblem]) -> list[Area]:
    options = Options.of(contract)
    named, spellings = options.areas_without_code, options.area_names
    areas: list[Area] = []
    above = ""
    for row, (code, printed) in enumerate(
        zip(block.texts("area_code"), block.texts("area_name"), strict=True)
    ):
        name = _NOTES.sub("", printed)
        entry = named.get(label(name))
        name = spellings.get(label(name), name)
        if entry is not None:
            areas.append(Area(entry.kind, entry.code, entry.name, entry.type, entry.parent))
        elif code == _ALL:
            areas.append(Area("country", code, name, "country"))
        elif code in (_ENGLAND, _WALES):
            above = code
            areas.append(Area("country", code, name, "country", _ALL))
        elif code.startswith("E12"):
            above = code
            areas.append(Area("region", code, name, "region", _ENGLAND))
        elif code.startswith(("E23", "W15")):
            areas.append(Area("force", code, name, "police_force", above or None))
        else:
            where = block.locators("area_name" if name else "area_code")[row]
            slug = re.sub(r"[^a-z0-9]+", "-", label(name)).strip("-") or "nameless"
            areas.append(Area("unknown", f"{_ALL}/{slug}", name, "unknown"))
            message = (
                f"{where} has {name!r} with the code {code or '(nothing)'}, which is not a country, region or force; "
                f"its figures are kept under {_ALL}/{slug}. If it is one, add it to areasWithoutCode of the contract."
            )
            problems[where] = RowProblem("V-05", where, code or name, "a country, region or force", message)
    return areas
