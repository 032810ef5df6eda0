"""The period of each row of a table whose contract says how periods are written, and the edition of such a table.

Belongs here: reading the cells of the period. Does not belong here: formats (`civic_assets.values.period_format`) and
wordings (`civic_assets.values.period_text`) themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from civic_assets.contracts.model import PeriodRule
from civic_assets.contracts.rows import PeriodCells, Rows
from civic_assets.errors import CivicError
from civic_assets.parsing.blocks import Block
from civic_assets.parsing.coded_blocks import coded_texts, locator
from civic_assets.values.coded import Coded, together
from civic_assets.values.period_format import WORDS, example_of, read_by_format
from civic_assets.values.period_text import edition_of, parse_period
from civic_assets.values.periods import Period

_WORDED = "'year ending June 2022'"


def rules_of(block: Block) -> list[PeriodRule]:
    """Kinds of period of a table's figures, each once, in the order of its columns."""
    rules = (column.period for column in block.table.figures)
    return list(dict.fromkeys(rule for rule in rules if rule is not None))


def periods_of(block: Block, cells: PeriodCells, rule: PeriodRule) -> Coded[Period]:
    """The period of each row.

    Args:
        block: Table to read.
        cells: Where a row prints its period.
        rule: Kind of period that is meant.

    Raises:
        CivicError: A row names no period of that kind; the message names the cell.
    """
    printed = _printed(block, cells)
    first = printed.first_rows()
    periods = []
    for at, (text, identifier) in enumerate(printed.values):
        period = _read(text, identifier, cells, rule)
        if period is None:
            raise CivicError(_unreadable(block, first[at], text, identifier, cells))
        periods.append(period)
    return Coded(periods, printed.codes)


def _printed(block: Block, cells: PeriodCells) -> Coded[tuple[str, str]]:
    texts = coded_texts(block, cells.column)
    return together(texts, coded_texts(block, cells.identifier))


def _read(text: str, identifier: str, cells: PeriodCells, rule: PeriodRule) -> Period | None:
    if identifier:
        return parse_period(text, identifier=identifier, hint=rule.kind)
    found = {read_by_format(text, format, rule.kind, rule.choice) for format in cells.formats} - {None}
    # A text that means different periods in two formats is not read.
    return found.pop() if len(found) == 1 else None


def _unreadable(block: Block, row: int, text: str, identifier: str, cells: PeriodCells) -> str:
    if cells.column not in block.columns:
        return f"{block.sheet.name or 'The file'} has no column for the period of a row. Ask the publisher."
    where = locator(block, cells.column, row)
    if not text:
        return (
            f"{where} is empty, where the period of the row is expected: the row looks like a total or a note that "
            "somebody added. Supply the file as published."
        )
    expected = " or ".join(_WORDED if one == WORDS else repr(example_of(one)) for one in cells.formats)
    if identifier:
        return (
            f"{where} prints the period {text!r} with {identifier!r}, which do not name one period together; expected "
            f"is one such as {expected}. Ask the publisher which is right."
        )
    return f"{where} does not name a period: {text!r}; expected is one such as {expected}. Ask the publisher."


def latest_period(blocks: Sequence[Block]) -> tuple[Period, Rows] | None:
    """The latest period of the rows of some tables, with what the contract says about its table.

    Rows whose period cannot be read are ignored here: they hold the release back when the file is parsed.

    Returns:
        None for tables without rows.

    Raises:
        CivicError: There are rows, and none of them names a period; the message names the first cell.
    """
    found: list[tuple[Period, Rows]] = []
    unread = ""
    for block in blocks:
        rows = block.table.rows
        if rows is None or not block.rows:
            continue
        printed = _printed(block, rows.period).used()
        for rule in rules_of(block):
            periods = (_read(*pair, rows.period, rule) for pair in printed.values)
            found += [(period, rows) for period in periods if period is not None]
        text, identifier = printed[0]
        unread = unread or _unreadable(block, 0, text, identifier, rows.period)
    if not found and unread:
        raise CivicError(unread)
    return max(found, key=lambda one: (one[0].end, one[0].start)) if found else None


def release_key(period: Period, rows: Rows) -> str:
    """Release key of a table up to a period: `2024-12`, `2024` or `2023-24`, with the name of its series."""
    last = (period.end - timedelta(days=1)).year
    key = {
        "YYYY": str(last),
        "YYYY-YY": f"{last - 1}-{last % 100:02d}",
    }.get(rows.edition) or edition_of(period)
    return f"{key}-{rows.series}" if rows.series else key
