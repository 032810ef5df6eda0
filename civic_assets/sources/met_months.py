"""What the Metropolitan Police's wide files have in common: a column for each month, a row for each class of offence.

Belongs here: reading such a file, given what its rows are about: months, release keys, classes of offence. Does not
belong here: their areas (`met_borough`, `met_ward`) and the class lists themselves (the contracts).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from civic_assets.contracts.model import Column, Contract
from civic_assets.errors import CivicError
from civic_assets.readers.grid import Grid
from civic_assets.readers.table_finder import Block, FoundTables
from civic_assets.sources.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.sources.reading import is_synthetic
from civic_assets.values.cells import label, plain
from civic_assets.values.period_text import edition_of
from civic_assets.values.periods import Period, PeriodKind, first_of_month


def month_of(block: Block, name: str, _: Column) -> Period:
    """Month of a column headed `YYYYMM`."""
    header = plain(block.header(name))
    year, month = int(header[:4]), int(header[4:])
    return Period(first_of_month(year, month), first_of_month(year, month + 1), PeriodKind.MONTH)


def edition(block: Block, contract: Contract) -> str | None:
    """Release key: the last month; with `-historical` where there are more months than an ordinary issue has."""
    months = [month_of(block, name, column) for name, column in block.figures()]
    if not months:
        return None
    historical = len(months) > contract.release["window"]["months"]
    return edition_of(max(months)) + ("-historical" if historical else "")


def parse_table(
    grid: Grid,
    found: FoundTables,
    block: Block,
    contract: Contract,
    areas_of: Callable[[Block, Contract, list[RowProblem]], Sequence[Area]],
) -> Parsed:
    """Every figure of a file: one observation for each class of offence, area and month.

    Args:
        grid: The file.
        found: Its tables.
        block: The one table.
        contract: Of the source.
        areas_of: What each row is about; adds what it can not place to the problems it is given.

    Raises:
        CivicError: A month is missing between two others.
    """
    refuse_gaps(block)
    columns = ObservationColumns()
    problems: list[RowProblem] = []
    areas = areas_of(block, contract, problems)
    observe(columns, block, areas, contract, period=month_of, breakdowns=offences(block, contract, problems))
    return Parsed(
        source=contract.source,
        edition=edition(block, contract) or "",
        found=found,
        observations=columns.table(),
        problems=[*columns.problems, *problems],
        row_kinds=Counter(area.kind for area in areas),
        synthetic=is_synthetic(grid),
    )


def refuse_gaps(block: Block) -> None:
    """Refuses a file that jumps over a month: its absent rows would mean zero in a month that it does not hold.

    Raises:
        CivicError: A month is missing between two others; names both headers.
    """
    columns = sorted(((month_of(block, name, column), name) for name, column in block.figures()))
    for (before, first), (after, second) in pairwise(columns):
        if before.end < after.start:
            where = block.sheet.locator(block.header_row, block.columns[second])
            raise CivicError(
                f"The header at {where} goes from month {plain(block.header(first))} to {plain(block.header(second))}: "
                "months between them are missing. Download the file again."
            )


def offences(block: Block, contract: Contract, problems: list[RowProblem]) -> list[str]:
    """Breakdown of each row, `major=...;minor=...`, whatever the case in which an issue prints its classes.

    Args:
        block: The table.
        contract: Lists the classes under `offences`.
        problems: Takes one problem for each class that the contract does not list; its rows are read all the same.
    """
    known = {major: set(minors) for major, minors in contract.options["offences"].items()}
    locators = block.locators("minor")
    breakdowns: list[str] = []
    reported: set[tuple[str, str]] = set()
    for row, (major, minor) in enumerate(zip(block.texts("major"), block.texts("minor"), strict=True)):
        pair = (label(major), label(minor))
        breakdowns.append(f"major={pair[0]};minor={pair[1]}")
        if pair[1] not in known.get(pair[0], ()) and pair not in reported:
            reported.add(pair)
            message = (
                f"{locators[row]} has the class {minor!r} under {major!r}, which the contract does not list: the "
                "classification has changed. Its figures are read; add it to offences once its meaning is known."
            )
            problems.append(
                RowProblem("V-05", locators[row], f"{major} / {minor}", "a class of the contract", message)
            )
    return breakdowns
