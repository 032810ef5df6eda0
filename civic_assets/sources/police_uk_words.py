"""What the CSV files and the answers of data.police.uk write alike.

Belongs here: months, and words as parts of release keys and area codes. Does not belong here: what stands in one of the
two alone (`police_uk`, `police_uk_answers`).
"""

from __future__ import annotations

import re

from civic_assets.errors import CivicError
from civic_assets.values.cells import label

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
"""A month as printed."""


def bad_month(where: str, month: str) -> CivicError:
    """The error to raise about a row that is of no month."""
    return CivicError(
        f"{where} stands in a row with the month {month!r}; one such as 2016-01 is expected. Fetch the file again."
    )


def slug(text: str) -> str:
    """A text as a part of a release key or area code: lower case, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", label(text)).strip("-") or "no-name"
