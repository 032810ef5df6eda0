"""Parser of the Department for Education's special educational needs by type of provision, wide and one to a row.

Belongs here: the meaning of a row. Does not belong here: headers, provisions and symbols
(the contract), and features common to the department's files (`dfe.layouts`).
"""

from __future__ import annotations

from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError
from civic_assets.parsing.breakdowns import broken_down, joined
from civic_assets.parsing.observations import ObservationColumns, Parsed
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.dfe.areas import Locating
from civic_assets.sources.dfe.layouts import areas_of, finished, observe_labelled, observe_rows
from civic_assets.sources.dfe.periods import january_census, latest, stated_periods
from civic_assets.values.cells import label
from civic_assets.values.periods import PeriodKind

_IDENTIFIERS = ("academic year",)
_PERIODS = {PeriodKind.MONTH: january_census}


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: the newest academic year of the file, `2024-25`."""
    year = latest(next(iter(found.blocks.values())), _IDENTIFIERS).year
    return f"{year - 1}-{year % 100:02d}"


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the areas that the contract reads.

    Raises:
        CivicError: A row names a provision unknown to the contract; the message names the cell.
    """
    block = next(iter(found.blocks.values()))
    columns, locating = ObservationColumns(), Locating()
    when = stated_periods(block, _IDENTIFIERS)
    areas = areas_of(block, [january_census(stated) for stated in when], locating)
    breakdowns = _breakdowns(block)
    if "provision" in block.columns:
        provisions = _provisions(block, contract)
        observe_labelled(columns, block, provisions, areas, contract, when, _PERIODS, breakdowns)
    else:
        observe_rows(columns, block, areas, contract, when, _PERIODS, breakdowns)
    return finished(grid, found, contract, edition(found, contract), columns, locating, areas)


def _breakdowns(block: Block) -> list[str]:
    keys = {"hospital_school": "hospital_school", "phase": "phase", "school_type": "establishment_type"}
    rows = list(zip(*map(block.texts, keys), strict=True))
    shown = {row: joined(*map(broken_down, keys.values(), row)) for row in set(rows)}
    return [shown[row] for row in rows]


def _provisions(block: Block, contract: Contract) -> list[str]:
    labels = list(map(label, block.texts("provision")))
    for row, text in enumerate(labels):
        if text not in contract.measure_labels:
            where = block.locators("provision")[row]
            raise CivicError(
                f"{where} has the provision {text!r}, which the contract does not know; add it to measureLabels."
            )
    return labels
