"""Conventions common to the CSV files and the API answers of data.police.uk.

Belongs here: months, and words as parts of release keys and area codes. Does not belong here: conventions of only one
of the two (`police_uk`, `answers`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from civic_assets.errors import CivicError
from civic_assets.house_numbers.recognition import MONTH_FEWEST_ROWS, MONTH_SHARE
from civic_assets.values.cells import label
from civic_assets.values.month_text import may_be_two_months, month_named

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
"""Pattern of a month as the publisher prints it."""


def bad_month(where: str, month: str) -> CivicError:
    """The error for a row without a readable month."""
    if may_be_two_months(month):
        return CivicError(
            f"{where} is in a row with the month {month!r}, which can be read in two ways: the file was saved by a "
            "spreadsheet program, so its months are unknown. Download the file again and do not save it from a "
            "spreadsheet program; a month such as 2016-01 is expected."
        )
    return CivicError(
        f"{where} is in a row with the month {month!r}; a month such as 2016-01 is expected. Download the file again."
    )


def span_of(months: Iterable[str]) -> str | None:
    """The months that a file covers, as the beginning of its release key: `2024-01`, `2024-01-to-2024-03`.

    Args:
        months: Months as printed, one for each row; texts that are not months are left out.

    Returns:
        The first part of the key; None without any month.
    """
    named: Counter[str] = Counter()
    for text, rows in Counter(months).items():
        if month := month_named(text):
            named[month] += rows
    if not named:
        return None
    most = named.most_common(1)[0][0]
    enough = max(MONTH_FEWEST_ROWS, MONTH_SHARE * named.total())
    about = {month for month, rows in named.items() if rows >= enough} | {most}
    first, last = min(about), max(about)
    return first if first == last else f"{first}-to-{last}"


def slug(text: str) -> str:
    """A text in the form used in a release key or area code: lower case, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", label(text)).strip("-") or "no-name"
