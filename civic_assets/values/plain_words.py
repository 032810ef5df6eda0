"""Machine-readable ids as a sentence writes them: measures, breakdowns, kinds of area or period, units.

Belongs here: from an id to words. Does not belong here: periods (`values.period_words`), and the names that a publisher
prints (`civic_assets.quality.framework.wording`).
"""

from __future__ import annotations

import re

ABBREVIATIONS = ("asb", "ehcp", "neet", "sen", "uasc")
"""Parts of a measure's id that are read letter by letter, and so are written in capitals."""


def measure_words(measure: str) -> str:
    """The id of a measure, or of a sum of measures, as words.

    Example:
        >>> measure_words("all_other_theft")
        'all other theft'
        >>> measure_words("neet_or_not_known_percent")
        'NEET or not known percent'
    """
    words = measure.replace("+", " and ").replace("_", " ")
    return re.sub(rf"\b({'|'.join(ABBREVIATIONS)})\b", lambda found: found[0].upper(), words)


def breakdown_words(breakdown: str) -> str:
    """The classes of a breakdown as words; empty for a total.

    Example:
        >>> breakdown_words("major=theft;minor=other theft")
        'theft, other theft'
    """
    if breakdown == "total":
        return ""
    values = dict.fromkeys(part.partition("=")[2] or part for part in breakdown.split(";"))
    return ", ".join(value.replace("_", " ") for value in values)


def kind_name(kind: str, *, plural: bool = False) -> str:
    """A kind of area or period as words: `local_authority` as `local authority` or `local authorities`."""
    words = kind.replace("_", " ")
    if not plural:
        return words
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def unit_name(unit: str) -> str:
    """A unit as words: `per_1000_population` as `per 1,000 population`."""
    return unit.replace("_1000_", "_1,000_").replace("_", " ")
