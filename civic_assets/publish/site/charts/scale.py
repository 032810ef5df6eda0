"""Scales of a chart: from values and days to places, and the ticks of an axis.

Belongs here: arithmetic. Does not belong here: elements (`timeline`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from one range to another.

    Args:
        first: Lower end of the values.
        last: Upper end; larger than `first`.
        begin: Place of `first`.
        end: Place of `last`.
    """

    first: float
    last: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Place of a value, to a tenth, so that equal figures give equal bytes on every machine."""
        share = (value - self.first) / (self.last - self.first)
        return round(self.begin + share * (self.end - self.begin), 1)


def ticks(largest: float, most: int = 4) -> Sequence[float]:
    """Round values from 0 up to at least the largest value, at equal steps.

    Args:
        largest: Largest value to show; not negative.
        most: Number of steps at most.

    Example:
        >>> ticks(5.5)
        [0.0, 2.0, 4.0, 6.0]
        >>> ticks(0)
        [0.0, 1.0]
    """
    if largest <= 0:
        return [0.0, 1.0]
    least = largest / most
    power = 10.0 ** math.floor(math.log10(least))
    step = next(one * power for one in _STEPS if one * power >= least * (1 - 1e-9))
    # Ten digits: 3 steps of 0.1 are 0.3.
    return [float(f"{step * number:.10g}") for number in range(math.ceil(largest / step - 1e-9) + 1)]
