"""Parser of the Department for Education's children in need statistics: children in need (b1) and referrals (c1).

Belongs here: the meaning of a row, and the edition of a file. Does not belong here: headers, measures and symbols (the
contract), and features common to the department's files (`dfe.layouts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from civic_assets.contracts.model import Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.parsing.breakdowns import broken_down
from civic_assets.parsing.observations import ObservationColumns, Parsed
from civic_assets.parsing.table_finder import FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.dfe.areas import Locating
from civic_assets.sources.dfe.layouts import areas_of, finished, observe_rows
from civic_assets.sources.dfe.periods import end_of_march, financial_year, latest, stated_periods
from civic_assets.values.cells import label
from civic_assets.values.periods import PeriodKind

_IDENTIFIERS = ("reporting year", "year ending 31 march", "financial year")
_PERIODS = {PeriodKind.FINANCIAL_YEAR: financial_year, PeriodKind.POINT_IN_TIME: end_of_march}


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """Breakdown of each category in the file; `total` is the measure itself."""

    categories: Mapping[str, str]


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: the newest year of the file and the letter of its table, `2025-c1`."""
    name, block = next(iter(found.blocks.items()))
    return f"{latest(block, _IDENTIFIERS).year}-{name}"


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file, for each row that the publisher prints."""
    block = next(iter(found.blocks.values()))
    columns, locating = ObservationColumns(), Locating()
    when = stated_periods(block, _IDENTIFIERS)
    areas = areas_of(block, [financial_year(stated) for stated in when], locating)
    whole = Options.of(contract).categories
    breakdowns = [broken_down("category", whole.get(label(text), text)) for text in block.texts("category")]
    observe_rows(columns, block, areas, contract, when, _PERIODS, breakdowns)
    release = edition(found, contract)
    return finished(grid, found, contract, release, columns, locating, areas)
