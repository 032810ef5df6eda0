"""Two sides of one run, and their median, spread, ratio and goal.

Belongs here: the arithmetic and the record of a comparison. Does not belong here: running anything
(`measured_process`), which sides there are (`work`), and printing (`results`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from benchmarks.measured_process import Usage

Quantity = Literal["cpu", "wall", "peak"]
UNITS: dict[Quantity, str] = {
    "cpu": "processor time, s",
    "wall": "time on the clock, s",
    "peak": "peak memory, MB",
}


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and greatest of several runs."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of one number per run."""
        return cls(median(values), min(values), max(values))

    @classmethod
    def of_ratios(cls, above: Sequence[float], below: Sequence[float]) -> Spread:
        """The spread of `above / below`, pair by pair, because a machine that slows down for a while slows both."""
        return cls.of([a / b for a, b in zip(above, below, strict=True)])

    @property
    def noise(self) -> float:
        """Distance from the least to the greatest, as a share of the median."""
        return (self.most - self.least) / self.median if self.median else 0.0

    def __str__(self) -> str:
        digits = 0 if self.median >= 100 else 1 if self.median >= 10 else 2
        return f"{self.median:.{digits}f} ({self.least:.{digits}f} to {self.most:.{digits}f})"


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides of one turn.

    Args:
        left: The side that is judged.
        right: The side that it is compared with.
        facts: What was seen that is not a measurement, e.g. how many figures were published.
    """

    left: Usage
    right: Usage
    facts: Mapping[str, str | int] = field(default_factory=dict)


Turn = Callable[[], Pair]
"""One turn of a benchmark: both sides, one after the other."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Bound that a median should meet.

    Args:
        quantity: What is bounded.
        of: The ratio of the sides, or the judged side alone.
        bound: The bound.
        at_least: Whether the median should be no less than the bound; otherwise no more.
    """

    quantity: Quantity
    of: Literal["ratio", "left"]
    bound: float
    at_least: bool = False

    def met(self, measured: float) -> bool:
        """Whether a median is on the right side of the bound."""
        return measured >= self.bound if self.at_least else measured <= self.bound

    def __str__(self) -> str:
        what = {"cpu": "processor time", "wall": "time", "peak": "peak memory"}[self.quantity]
        of = "ratio of " if self.of == "ratio" else ""
        unit = "" if self.of == "ratio" else {"cpu": " s", "wall": " s", "peak": " MB"}[self.quantity]
        return f"{of}{what}: {'at least' if self.at_least else 'at most'} {self.bound:g}{unit}"


@dataclass(frozen=True, slots=True)
class Compared:
    """One quantity on both sides, and their ratio."""

    quantity: Quantity
    left: Spread
    right: Spread
    ratio: Spread


def compare(pairs: Sequence[Pair], quantity: Quantity, *, right_over_left: bool) -> Compared | None:
    """One quantity of all pairs.

    Args:
        pairs: Turns of one benchmark.
        quantity: Field of `Usage`.
        right_over_left: Whether the ratio says how many times more the right side needs.

    Returns:
        None if a side was not measured.
    """
    left = [getattr(pair.left, quantity) for pair in pairs]
    right = [getattr(pair.right, quantity) for pair in pairs]
    if not all([*left, *right]):
        return None
    above, below = (right, left) if right_over_left else (left, right)
    return Compared(quantity, Spread.of(left), Spread.of(right), Spread.of_ratios(above, below))


def median_of(compared: Compared, goal: Goal) -> float:
    """The median that a goal is about."""
    return compared.ratio.median if goal.of == "ratio" else compared.left.median
