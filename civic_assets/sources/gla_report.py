"""Parser of the tables in the GLA's report of May 2023.

Belongs here: reading these tables, in which a row is a measure, not an area. Does not belong here: which label is which
measure (the contract), and what is wrong with the figures (the rules).
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from civic_assets.contracts.model import Contract
from civic_assets.contracts.particulars import NamedPlace
from civic_assets.errors import CivicError
from civic_assets.parsing.observations import ObservationColumns, Parsed, period_of, unreadable
from civic_assets.parsing.reading import captions
from civic_assets.parsing.statements import read_statements
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import UNREADABLE, label, read_cell
from civic_assets.values.periods import Period, PeriodKind

_CAPTION_YEAR = re.compile(r"in islington, ([0-9]{4})$")


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: the month of publication that the contract states; the tables themselves name none."""
    stated = contract.published_on
    return f"{stated:%Y-%m}" if stated is not None and "table_2" in found else None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of both tables, and the statements of the text.

    Raises:
        CivicError: A label is unknown to the contract, the caption of Table 1 names no year, or a statement makes a
            claim that cannot be read.
    """
    columns = ObservationColumns()
    islington, london = (contract.places[name] for name in ("islington", "london"))
    first, second = found["table_1"], found["table_2"]
    year = _CAPTION_YEAR.search(label(first.title))
    if not year:
        raise CivicError(
            f"the caption of Table 1 at {first.title_locator} states no year: {first.title!r}; "
            f"correct the file"
        )
    whole = Period(date(int(year[1]), 1, 1), date(int(year[1]) + 1, 1, 1), PeriodKind.CALENDAR_YEAR)
    _append(columns, contract, first, "count", islington, whole, share=False)
    _append(columns, contract, first, "percent", islington, whole, share=True)
    _append(columns, contract, first, "london_percent", london, whole, share=True)
    for name, column in second.figures():
        _append(columns, contract, second, name, islington, period_of(second, name, column), share=False)
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=found,
        observations=columns.table(),
        problems=columns.problems,
        captions=captions(grid, found),
        row_kinds=Counter(measure=len(first.rows) + len(second.rows)),
        statements=read_statements(found, contract),
    )


def _append(
    columns: ObservationColumns,
    contract: Contract,
    block: Block,
    name: str,
    area: NamedPlace,
    period: Period,
    *,
    share: bool,
) -> None:
    entries = []
    for text, where in zip(block.texts("label"), block.locators("label"), strict=True):
        entry = contract.measure_labels.get(label(text))
        if entry is None:
            raise CivicError(
                f"{where} has the label {text!r}, which the contract does not know; add it to measureLabels"
            )
        entries.append(entry)
    cells = [read_cell(cell, contract.symbols) for cell in block.cells(name)]
    locators = block.locators(name)
    measures = [entry.percent_measure if share else entry.measure for entry in entries]
    columns.problems.extend(
        unreadable(locators[row], cells[row][2], area.code, measures[row])
        for row in range(len(cells))
        if cells[row][1] == UNREADABLE
    )
    columns.extend(
        len(cells),
        {
            "table_id": block.table.name,
            "row_number": [
                block.sheet.line_numbers[row] if block.sheet.line_numbers else row + 1 for row in block.rows
            ],
            "row_kind": "measure",
            "measure": measures,
            "area_code": area.code,
            "area_name": area.name,
            "area_type": area.type,
            "authority_code": area.code if area.type == "local_authority" else None,
            "period_start": period.start,
            "period_end": period.end,
            "period_kind": str(period.kind),
            "statistic": ["rate" if share else entry.statistic or "flow" for entry in entries],
            "breakdown": [entry.breakdown or "total" for entry in entries],
            "unit": ["count" if not share else "percent" if entry.share else "per_100" for entry in entries],
            "value": [value for value, _, _ in cells],
            "status": [status for _, status, _ in cells],
            "value_text": [text for _, _, text in cells],
            "locator": locators,
        },
    )
