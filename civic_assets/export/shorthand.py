"""The shorthand of the Government Analysis Function for our statuses.

Belongs here: which symbol a statistical workbook prints for a status, and the line that explains it. Does not belong
here: what a status means (`vocabularies/glossary.yaml`), and which mark of a publisher has which status (contracts).

The symbols and their meanings are those of "Symbols in tables: definitions and help" (Government Analysis Function).
A status that has no symbol there is written in words only.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from civic_assets.publish.site.glossary.vocabulary import glossary
from civic_assets.values.cells import QUALIFYING

SHORTHAND = MappingProxyType(
    {
        "suppressed": "[c]",
        "withheld": "[c]",
        "not_available": "[x]",
        "unreadable": "[x]",
        "incomplete": "[x]",
        "not_applicable": "[z]",
        "low": "[low]",
        "low_reliability": "[u]",
        "provisional": "[p]",
        "revised": "[r]",
        "estimated": "[e]",
        "forecast": "[f]",
        "break": "[b]",
    }
)
"""Symbol of each status that has one."""
MEANINGS = MappingProxyType(
    {
        "[b]": "break in time series",
        "[c]": "confidential",
        "[e]": "estimated",
        "[f]": "forecast",
        "[low]": "low figure",
        "[p]": "provisional",
        "[r]": "revised",
        "[u]": "low reliability",
        "[x]": "not available",
        "[z]": "not applicable",
    }
)
"""What the Government Analysis Function calls each symbol."""
NO_FIGURE = "[x]"
"""Symbol of a figure that has neither a value nor a status that says why."""
NO_STATUS = "none"
"""What the column of statuses has for an ordinary figure; an empty cell would not be accessible."""


def symbol(status: str | None) -> str:
    """The symbol that is printed instead of an absent value.

    Example:
        >>> symbol("suppressed"), symbol("provisional"), symbol(None)
        ('[c]', '[x]', '[x]')
    """
    return NO_FIGURE if status is None or status in QUALIFYING else SHORTHAND.get(status, NO_FIGURE)


def status_cell(status: str | None) -> str:
    """A status as the column of statuses has it.

    Example:
        >>> status_cell("not_available"), status_cell("at_least"), status_cell(None)
        ('not available [x]', 'at least', 'none')
    """
    if status is None:
        return NO_STATUS
    words = status.replace("_", " ")
    return f"{words} {SHORTHAND[status]}" if status in SHORTHAND else words


def status_of_cell(text: str) -> str | None:
    """The status that `status_cell` wrote.

    Example:
        >>> status_of_cell("not available [x]"), status_of_cell("none")
        ('not_available', None)
    """
    words = text.partition(" [")[0].strip()
    return None if words == NO_STATUS else words.replace(" ", "_")


def legend(statuses: Iterable[str | None]) -> list[str]:
    """A line for each status of a table, by name, that says what it means."""
    known = glossary().statuses
    lines = []
    for status in sorted({one for one in statuses if one is not None}):
        said = SHORTHAND.get(status)
        means = known[status].means if status in known else ""
        lines.append(
            (f"{said} = {MEANINGS[said]}: " if said else "")
            + f"status \u201c{status.replace('_', ' ')}\u201d. {means}".strip()
        )
    return lines
