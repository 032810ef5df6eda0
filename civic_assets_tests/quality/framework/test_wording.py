"""Figures in messages and on pages: rounding changes how many digits are shown, and never the size."""

from __future__ import annotations

import pytest

from civic_assets.publish.site.areas.wording import interval
from civic_assets.quality.framework.wording import figure


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (80.4, 0, "80"), (99.6, 0, "100"), (1200.3, 0, "1,200"), (0.4, 0, "0.4"), (80.04, 1, "80"), (10.5, 1, "10.5"),
        (4.0983, 4, "4.0983"), (30201.0, 4, "30,201"), (-40.2, 0, "-40"),
    ],
)  # fmt: skip
def test_zeros_before_the_point_stay(value: float, decimals: int, shown: str) -> None:
    assert figure(value, decimals=decimals) == shown


def test_ends_of_an_interval_keep_their_size() -> None:
    assert interval(79.6, 119.43) == "95% interval 80 to 119"
    assert interval(63.4, 99.57) == "95% interval 63 to 100"
