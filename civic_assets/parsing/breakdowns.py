"""Breakdowns of rows: `total`, or `key=value` for each group that a row is about, in a fixed order.

Belongs here: making one breakdown from what a row and its column say. Does not belong here: what words mean
(`civic_assets.harmonise.people.categories`), and which columns hold them (the contract).
"""

from __future__ import annotations

from civic_assets.values.cells import label


def joined(*breakdowns: str) -> str:
    """One breakdown from several: `total` and `phase=special` are `phase=special`; keys in alphabetical order."""
    parts = sorted({part for text in breakdowns for part in text.split(";") if part != "total"})
    return ";".join(parts) or "total"


def broken_down(key: str, value: str) -> str:
    """`total` for totals, else `key=value`, in lower case and without the characters that separate breakdowns."""
    text = label(value).translate({ord(";"): ",", ord("="): "-"})
    return "total" if text in ("", "total", "all") else f"{label(key)}={text}"
