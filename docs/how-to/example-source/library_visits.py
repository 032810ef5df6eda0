"""Parser of library visits, the invented source of `docs/how-to/adding-a-source.md`.

Belongs here: what a row of this publisher is about, and which edition a file is. Does not belong here: headers,
measures, symbols and names of boroughs (the contract), and reading bytes, cells and tables (the framework).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from civic_assets.contracts.model import Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.errors import CivicError
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.parsing.reading import is_synthetic
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import label
from civic_assets.values.period_text import edition_of
from civic_assets.values.periods import Period, PeriodKind, first_of_month

_ALL = "all libraries"
_QUARTER = re.compile(r"(\d{4}) Q([1-4])")


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """What the contract tells this parser: the region, and codes of boroughs by name."""

    region: str
    boroughs: Mapping[str, str]


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: last month of the latest quarter, `2024-12` for a file up to `2024 Q4`."""
    return edition_of(max(_quarters(found["visits"]))) if found["visits"].rows else None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file. Row kinds: `borough`, `library`, `unlisted_borough`.

    Raises:
        CivicError: A row names no quarter.
    """
    block = found["visits"]
    columns, problems = ObservationColumns(), list[RowProblem]()
    areas = _areas(block, contract, problems)
    observe(columns, block, areas, contract, periods=_quarters(block))
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=found,
        observations=columns.table(),
        problems=[*columns.problems, *problems],
        row_kinds=Counter(area.kind for area in areas),
        synthetic=is_synthetic(grid),
    )


def _quarters(block: Block) -> list[Period]:
    quarters = []
    for text, where in zip(block.texts("quarter"), block.locators("quarter"), strict=True):
        named = _QUARTER.fullmatch(text)
        if not named:
            message = f"{where} names no quarter: {text!r}; expected is one such as '2024 Q1'. Fetch the file again."
            raise CivicError(message)
        year, month = int(named[1]), 3 * int(named[2]) - 2
        quarters.append(
            Period(first_of_month(year, month), first_of_month(year, month + 3), PeriodKind.QUARTER)
        )
    return quarters


def _areas(block: Block, contract: Contract, problems: list[RowProblem]) -> list[Area]:
    areas = []
    rows = zip(block.texts("borough"), block.texts("library"), block.locators("borough"), strict=True)
    for borough, library, where in rows:
        area = _borough(borough, where, contract, problems)
        if label(library) != _ALL:
            # A library has no code of its own: `<code of its borough>/<name>`, with one stroke only (V-04).
            code = f"{area.code}{'-' if '/' in area.code else '/'}{_slug(library)}"
            area = Area("library", code, library, "library", area.code)
        areas.append(area)
    return areas


def _borough(name: str, where: str, contract: Contract, problems: list[RowProblem]) -> Area:
    options = Options.of(contract)
    code = options.boroughs.get(name)
    if code:
        return Area("borough", code, name, "local_authority")
    # Kept, under the region, and reported: it is not dropped, and no other area is assumed.
    code = f"{options.region}/{_slug(name)}"
    message = f"{where} names {name!r}, no borough of the contract; its figures are kept under {code}."
    problems.append(RowProblem("V-05", where, name, "a borough of the contract", message, code))
    return Area("unlisted_borough", code, name, "place_without_code")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label(name)).strip("-") or "nameless"
