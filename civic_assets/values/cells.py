"""Reading one printed cell as a number, a status, or something unreadable.

Belongs here: text and numbers of a single cell. Does not belong here: which symbols a publisher uses
(its contract) and what a column means.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from civic_assets.house_numbers.file_limits import LARGEST_FIGURE

CellValue: TypeAlias = str | float | bool
"""A cell as stored: text, a number, a truth value; an empty cell is `""`. Dates are ISO text."""

UNREADABLE = "unreadable"
"""Status of a text in a numeric column that is neither a number nor a symbol of the contract: never interpreted."""

PERIOD_UNSETTLED = "period_unsettled"
"""Status of a figure whose file labels it with a year and does not say which days the label means."""

QUALIFYING = frozenset(
    {"at_least", "provisional", "revised", "estimated", "forecast", "break", PERIOD_UNSETTLED}
)
"""Statuses that accompany a value; every other status replaces the value.

`at_least` marks a count whose completeness is unknown.
"""

# A printed number: optional sign, digits with or without thousands commas, optional decimals, optional exponent (DfE's
# LAIT extract has 5.0169999999999999E-2), optional percent sign.
_NUMBER = re.compile(r"[-+\u2212]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?%?")
_NOTE_MARK = re.compile(r"\s*\[\s*notes?\b[^\]]*\]", re.IGNORECASE)
# Names and headers repeat thousands of times in a file; a file with more distinct texts than this is only slower.
_TEXTS_KEPT = 1 << 16
_SPACE = re.compile(r"[\s\u00a0\u200b\ufeff]+")


def as_printed(value: CellValue) -> str:
    """Text of a cell's stored value: whole numbers without a decimal point, others shortest-exact."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return (
        str(int(value)) if math.isfinite(value) and abs(value) < 1e15 and value == int(value) else repr(value)
    )


@dataclass(frozen=True, slots=True)
class Symbol:
    """A mark that a publisher prints instead of a number, or with one.

    Args:
        mark: Mark as printed, e.g. `[x]`; `""` means an empty cell.
        status: Status from the common vocabulary, e.g. `not_available`.
        meaning: Publisher's own explanation.
    """

    mark: str
    status: str
    meaning: str


@lru_cache(_TEXTS_KEPT)
def plain(text: str) -> str:
    """Text without note markers, line breaks and doubled or outer spaces."""
    return _SPACE.sub(" ", _NOTE_MARK.sub(" ", text)).strip()


@lru_cache(_TEXTS_KEPT)
def label(text: str) -> str:
    """Form in which headers, titles and names are matched: `plain`, case-folded, with one kind of dash and quote."""
    folded = plain(text).casefold()
    return folded.translate({0x2013: "-", 0x2014: "-", 0x2212: "-", 0x2019: "'", 0x2018: "'"})


def parse_number(text: str) -> float | None:
    """Number of a printed text (`"30,201"`, `"33.61%"`, `" 66776 "`), or None if it is not one or beyond any figure.

    A percent sign is dropped, not applied: 33.61% is 33.61 with unit percent.
    """
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    # Plus zero, because accounting formats print zero as "-00", which would be the float -0.0.
    number = float(stripped.rstrip("%").replace(",", "").replace("\u2212", "-")) + 0.0
    return number if abs(number) < LARGEST_FIGURE else None


def decimals(text: str) -> int:
    """Digits printed after the decimal point; a percentage of `33.61%` has two."""
    _, _, fraction = text.strip().rstrip("%").partition(".")
    return len(fraction) if fraction.isdecimal() else 0


def read_cell(value: CellValue, symbols: Mapping[str, Symbol]) -> tuple[float | None, str | None, str]:
    """Value, status and text as printed of one cell in a numeric column.

    Args:
        value: Stored value of the cell.
        symbols: Symbols of the contract by case-folded mark.

    Returns:
        `(number, None, text)` for a number, `(None, status, text)` for a symbol, and
        `(None, UNREADABLE, text)` for anything else. A status never comes with a number.
    """
    if isinstance(value, float):
        text = as_printed(value)
        return (value, None, text) if abs(value) < LARGEST_FIGURE else (None, UNREADABLE, text)
    text = as_printed(value)
    if isinstance(value, bool):
        return None, UNREADABLE, text
    # Nearly every count is digits and nothing else; other scripts' digits are not read as numbers.
    number = float(text) if text.isascii() and text.isdecimal() else parse_number(text)
    if number is not None and not abs(number) < LARGEST_FIGURE:
        return None, UNREADABLE, text
    if number is not None:
        return number, None, text
    symbol = symbols.get(text.strip().casefold())
    return (None, symbol.status, text) if symbol else (None, UNREADABLE, text)
