"""Words that several tables and charts of a page share.

Belongs here: reasons and intervals as text. Does not belong here: figures (`figures`), and words
of the whole report (`civic_assets.publish.report.words`).
"""

from __future__ import annotations

import re

from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.quality.framework.wording import figure


def interval(lower: float | None, upper: float | None) -> str:
    """An interval around a count; its ends are read as whole numbers, small ones with a decimal."""
    if lower is None or upper is None:
        return ""
    decimals = 0 if upper >= FEWEST_EVENTS else 1
    return f"95% interval {figure(lower, decimals=decimals)} to {figure(upper, decimals=decimals)}"


def plain_reason(reason: str) -> str:
    """A reason of `compare` without the id of its break and the reference, which the page of breaks has.

    Example:
        >>> plain_reason("Break a-2023, 1 May 2023 (not verified): counting changed. Reference: rules (unverified).")
        '1 May 2023 (not verified): counting changed.'
    """
    words = re.sub(r"^Break [^,:]+, ", "", reason)
    return re.sub(r"(?<=\.) Reference: .*$", "", words, flags=re.DOTALL)
