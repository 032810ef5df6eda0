"""How figures, measures and numbers of things are written in a finding's sentence.

Belongs here: text for people. Does not belong here: `observed` and `proposal` of a finding, which stay as printed.
"""

from __future__ import annotations

from civic_assets.contracts.model import Contract
from civic_assets.values.cells import parse_number

# Decimals shown of a figure that is printed with full precision.
_DECIMALS = 4


def counted(number: int, thing: str, plural: str = "") -> str:
    """`1 equation`, `1,590 equations`."""
    return f"{number:,} {thing if number == 1 else plural or thing + 's'}"


def figure(value: float | str | None, *, decimals: int = _DECIMALS) -> str:
    """A figure with thousands separators and few decimals: `30,201`, `4.0983`; a text that is no number as it is."""
    number = parse_number(value) if isinstance(value, str) else value
    if number is None:
        return str(value or "(empty)")
    if number == int(number):
        return f"{number:,.0f}"
    text = f"{number:,.{decimals}f}".rstrip("0").rstrip(".")
    return text if text not in ("0", "-0") else f"{number:.{decimals}g}"


def pair(a: float | str, b: float | str) -> tuple[str, str]:
    """Two figures that differ, with as many decimals as it takes to see that."""
    for decimals in (_DECIMALS, 8, 12):
        shown = figure(a, decimals=decimals), figure(b, decimals=decimals)
        if shown[0] != shown[1]:
            return shown
    return str(a), str(b)


def measure_name(contract: Contract, measure: str) -> str:
    """A measure as the publisher calls it (`Theft from the person`), in lower case within a sentence.

    Headers that change with the edition or name another column than the measure are no names.
    """
    for table in contract.tables:
        for column in table.figures:
            if column.name == measure and column.pattern is None and column.measure == measure:
                return column.printed[:1].lower() + column.printed[1:]
    return measure.replace("_", " ")


def unit_name(unit: str) -> str:
    """`per_1000_population` as `per 1,000 population`."""
    return unit.replace("_1000_", "_1,000_").replace("_", " ")
