"""Pairs of published figures with the verdict that a statistician would give, written down before any was tried.

Only operations on which the verdict is certain are listed. There is a module for each kind of pair. Trying them is in
`test_compare`.
"""

from __future__ import annotations

from civic_assets_tests.publish.queries.pairs import (
    changes,
    groups,
    nested,
    notes,
    parts,
    places,
    rates,
    rates_of_places,
    times,
)
from civic_assets_tests.publish.queries.pairs.pair import Pair

EVERY_PAIR: list[Pair] = [
    *parts.PARTS_OF_A_TOTAL,
    *parts.SHARES_OF_ONE_BASE,
    *groups.GROUPS,
    *groups.AGES,
    *groups.PHASES,
    *nested.NESTED,
    *nested.TOTALS,
    *nested.PLAIN,
    *places.PLACES,
    *places.GROUNDS,
    *times.TIMES,
    *times.BREAKS,
    *rates.RATES,
    *rates_of_places.RATES_OF_PLACES,
    *changes.CHANGES,
    *changes.CHANGES_AND_SHARES,
    *notes.NOTES,
    *notes.NOTES_AND_NO_NOTES,
]
