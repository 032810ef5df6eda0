"""Features common to the Metropolitan Police's wide files: a column for each month, a row for each class of offence.

Belongs here: reading such a file, given the areas of its rows: months, release keys, classes of offence. Does not
belong here: their areas (`met_borough`, `met_ward`) and the class lists themselves (the contracts).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from civic_assets.contracts.model import Column, Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.errors import CivicError
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.parsing.reading import is_synthetic
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.parsing.totals import without_totals
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import label, plain
from civic_assets.values.month_text import month_named
from civic_assets.values.periods import Period, PeriodKind, first_of_month

# Month as the publisher prints it.
_PRINTED = re.compile(r"[0-9]{6}")
_NAMES = ("borough", "ward", "ward_code", "lsoa_code", "lsoa_name", "major", "minor")
# At least one column of each group names the row; an issue has some of the columns.
_NAMED_BY = (("major",), ("minor",), ("borough",), ("ward_code", "ward"), ("lsoa_code", "lsoa_name"))


@dataclass(frozen=True, kw_only=True)
class MetOptions(ParserOptions):
    """Settings that all parsers of the Metropolitan Police need: its code, its boroughs, its classes of offence."""

    force: str
    boroughs: Mapping[str, str]
    offences: Mapping[str, tuple[str, ...]]


def month_of(block: Block, name: str, _: Column) -> Period:
    """Month of a column headed `YYYYMM`, or in the form that a spreadsheet program writes.

    Raises:
        CivicError: The header can be read as two months; the message names the cell.
    """
    header = plain(block.header(name))
    month = month_named(header)
    if month is None:
        raise _unread(block, name)
    year, number = int(month[:4]), int(month[5:])
    return Period(first_of_month(year, number), first_of_month(year, number + 1), PeriodKind.MONTH)


def _unread(block: Block, name: str) -> CivicError:
    where = block.sheet.locator(block.header_row, block.columns[name])
    return CivicError(
        f"The header at {where} is {plain(block.header(name))!r}, which can be read as two months or as a day: "
        "the file was saved by a spreadsheet program, so its months are unknown. Download the file again and "
        "do not save it from a spreadsheet program; a month such as 202511 is expected."
    )


def edition(block: Block, contract: Contract) -> str | None:
    """Release key: the last month; with `-historical` if there are more months than in an ordinary issue.

    None if a header can be read as two months, or there are no rows below the headers.
    """
    if not block.rows:
        return None
    named = [month_named(plain(block.header(name))) for name, _ in block.figures()]
    months = [month for month in named if month is not None]
    if not months or None in named:
        return None
    historical = len(months) > contract.release["window"]["months"]
    return max(months) + ("-historical" if historical else "")


def why_no_edition(block: Block) -> str:
    """Why a file has no release key: a header can be read as two months; `""` if all months are clear."""
    unclear = (name for name, _ in block.figures() if month_named(plain(block.header(name))) is None)
    first = next(unclear, None)
    return str(_unread(block, first)) if first is not None else ""


def parse_table(
    grid: Grid,
    found: FoundTables,
    block: Block,
    contract: Contract,
    areas_of: Callable[[Block, Contract, list[RowProblem]], Sequence[Area]],
    options: MetOptions,
) -> Parsed:
    """Every figure of a file: one observation for each class of offence, area and month.

    Args:
        grid: Grid of the file.
        found: Tables found in it.
        block: The one table.
        contract: Contract of the source.
        areas_of: Function that returns the area of each row, and appends a problem for each that it cannot place.
        options: Settings with the classes of offence.

    Raises:
        CivicError: A month is missing between two others, or a row does not name its class or area.
    """
    refuse_gaps(block)
    columns = ObservationColumns()
    problems = _months_as_saved(block)
    block = without_totals(block, _NAMES, problems)
    _refuse_nameless(block)
    areas = areas_of(block, contract, problems)
    observe(columns, block, areas, contract, period=month_of, breakdowns=offences(block, options, problems))
    return Parsed(
        source=contract.source,
        edition=edition(block, contract) or "",
        found=found,
        observations=columns.table(),
        problems=[*columns.problems, *problems],
        row_kinds=Counter(area.kind for area in areas),
        synthetic=is_synthetic(grid),
    )


def _refuse_nameless(block: Block) -> None:
    """Refuse a file with a row that does not name its class or area: its figures may already be in other rows.

    Raises:
        CivicError: There is such a row; the message names the first empty cell.
    """
    for group in _NAMED_BY:
        present = [name for name in group if name in block.columns]
        empty = [not any(texts) for texts in zip(*map(block.texts, present), strict=True)]
        if not any(empty):
            continue
        where = block.locators(present[0])[empty.index(True)]
        raise CivicError(
            f"{where} is empty ({sum(empty):,} of {len(empty):,} rows are like this): the publisher names class and "
            "area in every row. It may be a subtotal that somebody added, which would count crimes twice, a cell "
            "merged with another one, or a note below the table. Download the file again."
        )


def _months_as_saved(block: Block) -> list[RowProblem]:
    """One problem for all headers that differ from the publisher's form: the file was saved again."""
    names = [name for name, _ in block.figures()]
    saved = [name for name in names if not _PRINTED.fullmatch(plain(block.header(name)))]
    if not saved:
        return []
    where = block.sheet.locator(block.header_row, block.columns[saved[0]])
    header = plain(block.header(saved[0]))
    month = (month_named(header) or "").replace("-", "")
    message = (
        f"The header at {where} is {header!r} ({len(saved)} of {len(names)} months are written like this); the "
        f"publisher prints {month}. A spreadsheet program saved the file again. The months are read, since they can be "
        "read in one way only and are consecutive; check that the program changed nothing else, or download the "
        "file again."
    )
    return [RowProblem("V-05", where, header, month, message)]


def refuse_gaps(block: Block) -> None:
    """Refuse a file that skips a month: missing rows would mean zero for a month that the file does not contain.

    Raises:
        CivicError: A month is missing between two others; the message names both headers.
    """
    columns = sorted(((month_of(block, name, column), name) for name, column in block.figures()))
    for (before, first), (after, second) in pairwise(columns):
        if before.end < after.start:
            where = block.sheet.locator(block.header_row, block.columns[second])
            raise CivicError(
                f"The header at {where} goes from month {plain(block.header(first))} to {plain(block.header(second))}: "
                "months between them are missing. Download the file again."
            )


def offences(block: Block, options: MetOptions, problems: list[RowProblem]) -> list[str]:
    """Breakdown of each row, `major=...;minor=...`, whatever the case in which an issue prints its classes.

    Args:
        block: The table.
        options: Settings with the classes under `offences`.
        problems: List that receives one problem for each class that the contract does not list; its rows are still
            read.
    """
    known = {major: set(minors) for major, minors in options.offences.items()}
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
