"""Periods in words, kept because the same few hundred are on thousands of pages.

Belongs here: that. Does not belong here: wording a period (`civic_assets.values.period_words`).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from civic_assets.quality.framework import wording


@lru_cache(maxsize=4096)
def period_name(start: date, end: date) -> str:
    """A period in words, by its first day and the day after its last."""
    return wording.period_name(start, end)
