"""Reading the packed figures of the search: those of an area, and those that have a value.

Belongs here: unpacking and comparing values. Does not belong here: packing (`figures`), and which figures answer a
search (`ranking`). `assets/find-ranking.js` does exactly the same in the browser.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an area.

    Args:
        area: Code of the area.
        item: Number of the item in `items`.
        period: Period in words.
        release: Source and release, with a space between.
        said: A status, reason or caution; empty if there is none.
        count: The count as digits; empty if there is none.
        rate: The rate as digits; empty if there is none.
        wider: Code of the wider area that has a figure where this one has none; or empty.
        place: Anchor of the figure on the page of its area.
        synthetic: Whether it is made up.
        evidence: Address of its evidence; empty if it was not read from a single cell.
    """

    area: str
    item: int
    period: str
    release: str
    said: str
    count: str
    rate: str
    wider: str
    place: str
    synthetic: bool
    evidence: str


class Figures:
    """All packed figures.

    Args:
        packed: Content of the file of the figures.
    """

    def __init__(self, packed: Mapping[str, Any]) -> None:
        self.packed = packed
        self._read: dict[str, list[Figure]] = {}
        self.items_of: dict[str, list[int]] = {}
        for number, item in enumerate(packed["items"]):
            for measure in item[4]:
                known = self.items_of.setdefault(measure, [])
                # A measure leads to its own figures before those of an indicator made from it.
                known.insert(0 if item[0] == measure else len(known), number)

    def of(self, code: str) -> list[Figure]:
        """Figures of an area, in the order of its page."""
        if code not in self._read:
            self._read[code] = [
                row for block in self.packed["areas"].get(code, ()) for row in self._unpacked(code, block)
            ]
        return self._read[code]

    def _unpacked(self, code: str, block: Sequence[Any]) -> list[Figure]:
        packed = self.packed
        counts, rates = block[1].split(","), block[2].split(",")
        digits = (block[3] if len(block) > 3 else "").split(",")
        rows, digit = [], ""
        for position, (item, period, release, said, stem, wider, marks) in enumerate(
            packed["shapes"][block[0]]
        ):
            digit = _at(digits, position) or digit
            anchor, issue = packed["stems"][stem].replace("*", digit, 1), packed["releases"][release]
            evidence = (
                anchor
                if not anchor or "/" in anchor
                else f"evidence/{issue.replace(' ', '/', 1)}/{code}.html#{anchor}"
            )
            rows.append(
                Figure(
                    code, item, packed["periods"][period], issue, packed["said"][said],
                    _at(counts, position), _at(rates, position), packed["wider"][wider],
                    _place(packed["places"][marks >> 1], packed["items"][item][0], issue), bool(marks & 1), evidence,
                )
            )  # fmt: skip
        return rows

    def with_value(
        self, numbers: Sequence[str], codes: Sequence[str], items: Collection[int], limit: int
    ) -> list[Figure]:
        """The first figures of some areas that have one of some values; of some items, unless there are none."""
        rows: list[Figure] = []
        for code in codes:
            if len(rows) >= limit:
                break
            if self._may_have(code, numbers):
                rows += [
                    row
                    for row in self.of(code)
                    if (not items or row.item in items)
                    and any(same_number(row, number) for number in numbers)
                ]
        return rows[:limit]

    def _may_have(self, code: str, numbers: Sequence[str]) -> bool:
        """Whether an area may have a value: reads the packed text, which is much quicker than unpacking it."""
        return any(
            f",{begin}" in f",{block[part]},"
            for block in self.packed["areas"][code]
            for number in numbers
            for begin in _beginnings(number)
            for part in (1, 2)
        )


def _place(place: str, item: str, issue: str) -> str:
    """The anchor of a figure: `*` stands for the name of its item, and `+` for that of its source."""
    return place.replace("+", issue.partition(" ")[0], 1).replace("*", item, 1)


def _at(texts: Sequence[str], position: int) -> str:
    return texts[position] if position < len(texts) else ""


def _beginnings(number: str) -> list[str]:
    """How a value that is rounded to a number can begin."""
    if "." not in number:
        return [f"{number},"]
    half = 0.5 * 10.0 ** -len(number.split(".")[1])
    low, high = math.floor(float(number) - half), math.floor(float(number) + half)
    return [f"{number},", f"{low}.", f"{high}.", f"{high},"]


def same_number(row: Figure, typed: str) -> bool:
    """Whether a figure has a value: a count exactly, a rate with as many decimals as were typed."""
    if typed in (row.count, row.rate):
        return True
    decimals = len(typed.partition(".")[2])
    return (
        decimals > 0
        and row.rate != ""
        and abs(float(row.rate) - float(typed)) <= 0.5 * 10.0**-decimals + 1e-9
    )


def grouped(digits: str) -> str:
    """Digits with separators of thousands."""
    whole, point, decimals = digits.partition(".")
    return re.sub(r"\B(?=(?:[0-9]{3})+$)", ",", whole) + point + decimals


def rate_words(row: Figure, item: Sequence[Any]) -> str:
    """The rate with its unit; empty if there is none."""
    return f"{grouped(row.rate)}{item[3]}" if row.rate else ""


def value_words(row: Figure, item: Sequence[Any]) -> str:
    """The count with its unit, or the rate; empty if there is neither."""
    if row.count:
        return f"{grouped(row.count)} {item[2].removesuffix('s') if row.count == '1' else item[2]}"
    return rate_words(row, item)
