"""Parser of the Department for Education's NEET and participation files at 16 and 17, wide and by characteristic.

Belongs here: the months that the year of such a file means, and its edition. Does not belong here: headers of the
years, measures and symbols (the contract), and features common to the department's files (`dfe.layouts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from civic_assets.contracts.model import Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.parsing.breakdowns import broken_down, joined
from civic_assets.parsing.observations import ObservationColumns, Parsed
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.dfe.areas import Locating
from civic_assets.sources.dfe.layouts import areas_of, finished, observe_rows
from civic_assets.sources.dfe.periods import PrintedPeriod, latest, stated_periods, winter_average
from civic_assets.values.cells import label
from civic_assets.values.periods import Period, PeriodKind, day

_IDENTIFIERS = ("calendar year", "reporting year")


def _march(stated: PrintedPeriod) -> Period:
    return Period(date(stated.year, 3, 1), date(stated.year, 4, 1), PeriodKind.MONTH)


def _september_before(stated: PrintedPeriod) -> Period:
    """30 September, by which a place must be offered: the last one before the file was made."""
    return day(date(stated.year - 1, 9, 30))


_PERIODS = {
    PeriodKind.THREE_MONTH_AVERAGE: winter_average,
    PeriodKind.MONTH: _march,
    PeriodKind.POINT_IN_TIME: _september_before,
}


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """Common words for labels of ages; `total` is both ages together."""

    ages: Mapping[str, str]


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: the newest year of the file, with `-characteristics` for the long file."""
    name, block = next(iter(found.blocks.items()))
    suffix = "-characteristics" if name == "by_characteristic" else ""
    return f"{latest(block, _IDENTIFIERS).year}{suffix}"


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file, for each row that the publisher prints."""
    block = next(iter(found.blocks.values()))
    columns, locating = ObservationColumns(), Locating()
    when = stated_periods(block, _IDENTIFIERS)
    areas = areas_of(block, [winter_average(stated) for stated in when], locating)
    observe_rows(columns, block, areas, contract, when, _PERIODS, _breakdowns(block, contract))
    release = edition(found, contract)
    return finished(grid, found, contract, release, columns, locating, areas)


def _breakdowns(block: Block, contract: Contract) -> list[str]:
    """Both ages together are the measure itself; a single age, and a characteristic, break it down."""
    whole = Options.of(contract).ages
    ages = [whole.get(label(text), label(text)) for text in block.texts("age")]
    groups = zip(block.texts("characteristic_grouping"), block.texts("characteristic"), strict=True)
    shown = [broken_down(group, value) if label(group) != "total" else "total" for group, value in groups]
    return [joined(broken_down("age", age), text) for age, text in zip(ages, shown, strict=True)]
