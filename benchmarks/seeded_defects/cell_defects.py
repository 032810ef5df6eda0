"""Errors in single cells: a slip of the keyboard, a sign, a unit, a swap, a symbol, a code, a name, a title.

Belongs here: kinds of errors that leave every row and column where it is. Does not belong here: rows and columns that
are moved or removed (`table_defects`).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.seeded_defects.plants import Planted, kind
from benchmarks.seeded_defects.printed_cells import Cell, Cells, Place

# A slip beyond these digits of a full-precision rate is smaller than the difference that two doubles may have.
_SIGNIFICANT = 6
_CODE = re.compile(r"[EWSNK]\d{8}")
_YEAR = re.compile(r"\b(19|20)\d\d\b")


def _one_number(name: str, slip: Callable[[str, Random], str | None], least_digits: int = 1) -> None:
    """Register a kind of slip in one printed number; `slip` returns the wrong text, or None if it cannot make one."""

    def plant(cells: Cells, chance: Random) -> Planted | None:
        for cell in _some(cells.numbers, chance):
            if len(_digits(cell.text)) < least_digits:
                continue
            wrong = slip(cell.text, chance)
            if wrong is not None and _reads(wrong) != cell.number:
                return Planted(name, {cell.place: cell.written(wrong)}, {cell.locator: cell.text})
        return None

    kind(name)(plant)


def _some(cells: Sequence[Cell], chance: Random, most: int = 200) -> list[Cell]:
    return chance.sample(cells, min(most, len(cells)))


def _reads(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _digits(text: str) -> str:
    """Digits before rounding noise: those that a person would type."""
    return "".join(c for c in text if c.isdigit()).lstrip("0")


def _at(text: str, chance: Random, fits: Callable[[int], bool]) -> int | None:
    """Position of one of the first significant digits that fits."""
    start = next((i for i, c in enumerate(text) if c.isdigit() and c != "0"), None)
    if start is None or "e" in text:
        return None
    places = [i for i in range(start, len(text)) if text[i].isdigit()][:_SIGNIFICANT]
    fitting = [i for i in places if fits(i)]
    return chance.choice(fitting) if fitting else None


def _transposed(text: str, chance: Random) -> str | None:
    def differs(i: int) -> bool:
        return i + 1 < len(text) and text[i + 1].isdigit() and text[i] != text[i + 1]

    i = _at(text, chance, differs)
    return None if i is None else text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def _dropped(text: str, chance: Random) -> str | None:
    i = _at(text, chance, lambda i: True)
    return None if i is None else text[:i] + text[i + 1 :]


def _doubled(text: str, chance: Random) -> str | None:
    i = _at(text, chance, lambda i: True)
    return None if i is None else text[: i + 1] + text[i:]


def _wrong_digit(text: str, chance: Random) -> str | None:
    i = _at(text, chance, lambda i: True)
    return (
        None
        if i is None
        else text[:i] + chance.choice([d for d in "0123456789" if d != text[i]]) + text[i + 1 :]
    )


def _truncated(text: str, chance: Random) -> str | None:
    whole, point, decimals = text.partition(".")
    if point and len(decimals) > 2:
        return f"{whole}.{decimals[: chance.choice((1, 2))]}"
    return whole[: -chance.choice((1, 2))] if len(whole.lstrip("-")) > 2 else None


def _times(power: int) -> Callable[[str, Random], str | None]:
    def slip(text: str, chance: Random) -> str | None:
        value = _reads(text)
        return None if value is None else f"{value * 10**power:.15g}"

    return slip


def _sign(text: str, chance: Random) -> str | None:
    return text[1:] if text.startswith("-") else f"-{text}"


_one_number("digits transposed", _transposed, 2)
_one_number("digit dropped", _dropped, 2)
_one_number("digit doubled", _doubled)
_one_number("one wrong digit", _wrong_digit)
_one_number("number truncated", _truncated, 3)
_one_number("value x10", _times(1))
_one_number("value x1000", _times(3))
_one_number("sign flipped", _sign)


@kind("neighbours swapped")
def neighbours_swapped(cells: Cells, chance: Random) -> Planted | None:
    """Two cells next to or below each other, exchanged."""
    by_place = {cell.place: cell for cell in cells.numbers}
    for cell in _some(cells.numbers, chance):
        steps = [(0, 1), (1, 0)]
        chance.shuffle(steps)
        for down, right in steps:
            at = cell.place
            other = by_place.get(Place(at.sheet, at.row + down, at.column + right))
            if other is None or other.table != cell.table or other.number == cell.number:
                continue
            return Planted(
                "neighbours swapped",
                {cell.place: other.value, other.place: cell.value},
                {cell.locator: cell.text, other.locator: other.text},
            )
    return None


@kind("symbol turned into 0")
def symbol_to_zero(cells: Cells, chance: Random) -> Planted | None:
    """A mark instead of a number, read as nothing."""
    for cell in _some([c for c in cells.figures if c.text and math.isnan(c.number)], chance):
        return Planted(
            "symbol turned into 0", {cell.place: _like(cells, cell, "0")}, {cell.locator: cell.text}
        )
    return None


@kind("suppressed cell filled in")
def suppressed_filled_in(cells: Cells, chance: Random) -> Planted | None:
    """A mark instead of a number, replaced by a number of another row of its column."""
    for cell in _some([c for c in cells.figures if c.text and math.isnan(c.number)], chance):
        others = [
            c for c in cells.column(cell.table, cell.column) if not math.isnan(c.number) and c.number != 0
        ]
        if others:
            value = chance.choice(others).value
            return Planted("suppressed cell filled in", {cell.place: value}, {cell.locator: cell.text})
    return None


def _like(cells: Cells, cell: Cell, text: str) -> str | float:
    """A number as the numbers of this cell's table are stored: text in a delimited file."""
    stored = next((c.value for c in cells.numbers if c.table == cell.table), text)
    return text if isinstance(stored, str) else float(text)


@kind("rate on a wrong denominator")
def wrong_denominator(cells: Cells, chance: Random) -> Planted | None:
    """One rate divided by the population of another row."""
    rated = {
        (table, name)
        for table, block in cells.blocks.items()
        for name, column in block.figures()
        if column.statistic == "rate" or column.unit.startswith("per_")
    }
    rates = [cell for cell in cells.numbers if (cell.table, cell.column) in rated]
    for cell in _some(rates, chance):
        base = _base_of(cells, cell)
        if base is None:
            continue
        denominator, others = base
        other = chance.choice(others)
        if not denominator or not other or denominator == other:
            continue
        places = len(cell.text.partition(".")[2])
        wrong = f"{cell.number * denominator / other:.{places}f}"
        if float(wrong) != cell.number:
            return Planted(
                "rate on a wrong denominator", {cell.place: cell.written(wrong)}, {cell.locator: cell.text}
            )
    return None


def _base_of(cells: Cells, cell: Cell) -> tuple[float, list[float]] | None:
    """Denominator of a row, and those of the other rows."""
    block = cells.blocks[cell.table]
    name = next((n for n, c in block.figures() if c.measure in ("population", "pupils", "neet_cohort")), None)
    if name is None:
        return None
    column = cells.column(cell.table, name)
    denominator = next((c.number for c in column if c.place.row == cell.place.row), 0.0)
    others = [c.number for c in column if c.number > 0]
    return None if math.isnan(denominator) or not others else (denominator, others)


@kind("code of another area")
def other_code(cells: Cells, chance: Random) -> Planted | None:
    """A code of the same kind that belongs to another row."""
    by_column = {
        (table, name): [c for c in cells.column(table, name) if _CODE.fullmatch(c.text)]
        for table, name in cells.keys("_code")
    }
    columns = [key for key, column in by_column.items() if len({c.text for c in column}) > 1]
    if not columns:
        return None
    column = by_column[chance.choice(columns)]
    cell = chance.choice(column)
    others = sorted({c.text for c in column if c.text[:3] == cell.text[:3]} - {cell.text})
    if not others:
        return None
    return Planted(
        "code of another area",
        {cell.place: chance.choice(others)},
        {cell.locator: cell.text},
        named=_row_addresses(cells, cell),
        words=[cell.text],
        figures=False,
    )


@kind("area renamed")
def renamed(cells: Cells, chance: Random) -> Planted | None:
    """A name of another row, or a name that no area has, instead of an area's own."""
    names = [
        cell
        for table, name in cells.keys("_name")
        for cell in cells.column(table, name)
        if len(cell.text) > 3
    ]
    names += [
        cell for table, name in cells.keys("borough") for cell in cells.column(table, name) if cell.text
    ]
    if not names:
        return None
    cell = chance.choice(names)
    same = sorted({c.text for c in names if c.column == cell.column and c.table == cell.table} - {cell.text})
    new = chance.choice([f"Greater {cell.text}", *(chance.sample(same, 1) if same else [])])
    return Planted(
        "area renamed",
        {cell.place: new},
        {cell.locator: cell.text},
        named=_row_addresses(cells, cell),
        figures=False,
    )


def _row_addresses(cells: Cells, cell: Cell) -> list[str]:
    """Addresses of a cell's row: a finding about its code or name may be at any of its keys or figures."""
    block, row = cells.blocks[cell.table], cell.place.row
    columns = (column for column in (key.name for key in block.table.keys) if column in block.columns)
    keys = [block.sheet.locator(row, block.columns[name], block.header(name).strip()) for name in columns]
    return [*keys, *(other.locator for other in cells.row(cell.table, row))]


# A wrong year above the counts stops the reading; other errors show only when it is corrected.
@kind("period in the title wrong", single=False)
def wrong_title(cells: Cells, chance: Random) -> Planted | None:
    """The title of one table names the year before or after."""
    titled = [block for block in cells.blocks.values() if block.title and block.periods]
    if not titled:
        return None
    block = chance.choice(titled)
    by_text: dict[str, list[Place]] = defaultdict(list)
    for row in range(block.header_row):
        for column, value in enumerate(block.sheet.rows[row]):
            if value == block.title:
                by_text[block.title].append(Place(block.sheet.name, row, column))
    step = chance.choice((-1, 1))
    years = _YEAR.findall(block.title)
    if not years or not by_text:
        return None
    wrong = _YEAR.sub(lambda found: str(int(found[0]) + step), block.title)
    places = by_text[block.title]
    return Planted(
        "period in the title wrong",
        {places[0]: wrong},
        {block.title_locator: block.title},
        around=[f"{other.sheet.name}!" for other in cells.blocks.values()],
        figures=False,
    )
