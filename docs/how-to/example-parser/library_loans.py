"""Parser of library loans: a table with a column for each quarter, the example in `docs/how-to/adding-a-source.md`.

Belongs here: the quarter of a column, and the borough of a row. Does not belong here: headers, measures and marks (the
contract), and reading bytes, cells and tables (the framework).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from civic_assets.contracts.model import Column, Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.errors import CivicError
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.parsing.reading import is_synthetic
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.values.period_format import PeriodChoice, read_by_format
from civic_assets.values.period_text import edition_of
from civic_assets.values.periods import Period, PeriodKind


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """What the contract tells this parser: codes of boroughs by name."""

    boroughs: Mapping[str, str]


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: last month of the latest quarter, `2024-12` for a file up to `2024 Q4`."""
    block = found["loans"]
    return edition_of(max(_quarter(block, name, column) for name, column in block.figures()))


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file. Row kinds: `borough`, `unlisted_borough`."""
    block = found["loans"]
    columns, problems = ObservationColumns(), list[RowProblem]()
    areas = _areas(block, contract, problems)
    observe(columns, block, areas, contract, period=_quarter)
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=found,
        observations=columns.table(),
        problems=[*columns.problems, *problems],
        row_kinds=Counter(area.kind for area in areas),
        synthetic=is_synthetic(grid),
    )


def _quarter(block: Block, name: str, column: Column) -> Period:
    header = block.header(name)
    period = read_by_format(header, "YYYY Qn", PeriodKind.QUARTER, PeriodChoice())
    if period is None:
        raise CivicError(
            f"the header {header!r} does not name a quarter such as '2024 Q1'. Ask the publisher."
        )
    return period


def _areas(block: Block, contract: Contract, problems: list[RowProblem]) -> list[Area]:
    codes, areas = Options.of(contract).boroughs, list[Area]()
    for name, where in zip(block.texts("borough"), block.locators("borough"), strict=True):
        if name in codes:
            areas.append(Area("borough", codes[name], name, "local_authority"))
            continue
        # Kept under London and reported, because it is not known which borough is meant.
        code = f"E12000007/{name.casefold().replace(' ', '-') or 'no-name'}"
        message = f"{where} names {name!r}, which is not a borough of the contract; it is kept under {code}."
        problems.append(RowProblem("V-05", where, name, "a borough of the contract", message, code))
        areas.append(Area("unlisted_borough", code, name, "place_without_code"))
    return areas
