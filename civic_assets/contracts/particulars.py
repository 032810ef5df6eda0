"""What a contract says about its source beyond tables, rules and marks, as values.

Belongs here: the shape of those values in a loaded contract. Does not belong here: the contract as a whole (`model`),
and what may be written in its file (`models`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """What the words of a label count, where that may be another unit than the measure's, and why."""

    unit: str
    because: str


@dataclass(frozen=True, slots=True)
class MeasureLabel:
    """What a label in a row stands for. What is empty is as the column says.

    Args:
        measure: The measure of counts under the label.
        percent_measure: Measure of columns in percent.
        rate_measure: Measure of columns with other rates.
        unit, statistic, period, breakdown: Where they differ from the column's.
        share: Figures of columns in percent are a share, and not a rate per hundred of another base.
        names: What the words of the label count.
        status: Status that accompanies every figure under the label, empty if none does.
    """

    measure: str
    percent_measure: str = ""
    rate_measure: str = ""
    unit: str = ""
    statistic: str = ""
    period: str = ""
    breakdown: str = ""
    share: bool = False
    names: NamedUnit | None = None
    status: str = ""

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure that figures under the label may have."""
        return tuple(name for name in (self.measure, self.percent_measure, self.rate_measure) if name)


@dataclass(frozen=True, slots=True)
class NotCovered:
    """What the publisher does not always have.

    Args:
        area: Code of an area that is never there, or owes no return of `measures` (of any when None).
        table, row: A row that one table lacks although its sibling tables have it.
        codes: Beginnings of codes that some editions have.
        because: Why.
    """

    because: str
    area: str = ""
    measures: tuple[str, ...] | None = None
    table: str = ""
    row: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnsDue:
    """Which areas owe the source a return: beginnings of their codes, and the area around them where it matters."""

    codes: tuple[str, ...]
    because: str
    within: str = ""


@dataclass(frozen=True, slots=True)
class WithoutRows:
    """What a file of headers alone means, and how the publisher names such a file (a regular expression)."""

    because: str
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class CarriedForward:
    """A part that did not report and was carried into totals, from the first day to the last, both included."""

    part: str
    into: tuple[str, ...]
    start: date
    end: date
    because: str


@dataclass(frozen=True, slots=True)
class RecordLimit:
    """How many records an API answers at most, and how that is known."""

    records: int
    because: str


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """An area that the text of a source names."""

    code: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class ParserChoice:
    """Which module reads the files, and its options as they are written in the contract.

    Args:
        name: Module of `civic_assets.sources`, or of a folder in `CIVIC_SOURCES`.
        options: Unchecked; a parser reads them through the model that its module declares (`parser_options`).
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
