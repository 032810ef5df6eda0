"""Parsing of locators, so that the cells around an address can be looked up.

Belongs here: parsing the three forms of a cell's address (`readers.grid.Sheet.locator`), and that of a count of several
rows, which names the cell of each (`parsing.incident_counts`). Does not belong here: the cells
(`cells`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORKBOOK = re.compile(r"(?P<sheet>.*)!(?P<column>[A-Z]{1,3})(?P<row>[1-9][0-9]*)", re.DOTALL)
_LINE = re.compile(r"L(?P<line>[1-9][0-9]*):(?P<header>.*)", re.DOTALL)
_RECORD = re.compile(r"\[(?P<record>[0-9]+|\*)\]\.(?P<field>.*)", re.DOTALL)
_SEVERAL = re.compile(
    r"(?P<places>(?:L[0-9]+|\[[0-9]+\])(?:,(?:L[0-9]+|\[[0-9]+\]|\.\.\. \([0-9]+ \w+\)))+)(?P<tail>[:.].*)",
    re.DOTALL,
)
_LETTERS = re.compile(r"[A-Z]{1,3}")
# Rows of a raw table count from 1, and the first holds the names of the fields.
_FIRST_RECORD = 2


@dataclass(frozen=True, slots=True)
class Address:
    """Position of a cell.

    Args:
        sheet: Name as printed, stray spaces included; `""` in a delimited file or a JSON document.
        row: Row of a worksheet, line of a delimited file, or row of a JSON document's raw table; from 1.
        column: Column number from 1; None if the column is named by its header.
        header: Header that names the column; `""` if it is numbered.
    """

    sheet: str
    row: int
    column: int | None
    header: str = ""


def addresses_of(locator: str) -> tuple[Address, ...]:
    """The positions that a locator names, in order; empty if it names no single cells (a sheet, a file).

    A count of many rows has the locator `L5,L8,... (69 lines):Crime type`, which lists a few and gives the total.
    """
    if match := _SEVERAL.fullmatch(locator):
        tail, places = match["tail"], match["places"].split(",")
        each = [addresses_of(place + tail) for place in places if not place.startswith("...")]
        return tuple(address for addresses in each for address in addresses)
    one = _address(locator)
    return () if one is None else (one,)


def address_of(locator: str) -> Address | None:
    """The first position that a locator names; None if it names no single cell."""
    return next(iter(addresses_of(locator)), None)


def _address(locator: str) -> Address | None:
    if match := _WORKBOOK.fullmatch(locator):
        return Address(match["sheet"], int(match["row"]), column_number(match["column"]))
    if match := _LINE.fullmatch(locator):
        return Address("", int(match["line"]), None, match["header"])
    if match := _RECORD.fullmatch(locator):
        record = match["record"]
        row = 1 if record == "*" else int(record) + _FIRST_RECORD
        return Address("", row, None, match["field"])
    return None


def column_number(letters: str) -> int:
    """Number from 1 of a spreadsheet's column: `A` is 1, `AB` 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def as_letters(header: str) -> int | None:
    """Column that a header names if it consists only of column letters, as in a column without a header."""
    return column_number(header) if _LETTERS.fullmatch(header) else None
