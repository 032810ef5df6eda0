"""How a file differs from the layout its contract describes.

Belongs here: what a difference is. Does not belong here: finding the tables (`table_finder`) and what a
difference means for a release (rules R-03, R-04 and R-09).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class DriftKind(StrEnum):
    """What differs.

    `not_in_file` is a table that a part of a release does not claim to hold, `missing_table` one that should be
    there.
    `unreadable` is a file whose tables were found and could not be read.
    """

    MISSING_TABLE = "missing_table"
    MISSING_COLUMN = "missing_column"
    ADDED_COLUMN = "added_column"
    REPEATED_COLUMN = "repeated_column"
    UNKNOWN_SHEET = "unknown_sheet"
    SEVERAL_HEADERS = "several_headers"
    PERIOD_UNREADABLE = "period_unreadable"
    UNEVEN_ROW = "uneven_row"
    UNREADABLE = "unreadable"
    NOT_IN_FILE = "not_in_file"
    OTHER_LEVEL = "other_level"
    UNKNOWN_LEVEL = "unknown_level"
    ADDED_MEASURE = "added_measure"


BREAKING = frozenset(
    {
        DriftKind.MISSING_TABLE,
        DriftKind.MISSING_COLUMN,
        DriftKind.REPEATED_COLUMN,
        DriftKind.SEVERAL_HEADERS,
        DriftKind.PERIOD_UNREADABLE,
        DriftKind.UNEVEN_ROW,
        DriftKind.UNREADABLE,
        DriftKind.UNKNOWN_LEVEL,
    }
)


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference.

    Args:
        kind: What differs.
        table: Our name of the table, or `""` for a whole sheet.
        header: The header, as printed (added) or as the contract prints it (missing).
        locator: The cell to look at, or the sheet's name.
        message: One sentence: what was found, what was expected, what to do.
    """

    kind: DriftKind
    table: str
    header: str
    locator: str
    message: str

    @property
    def breaking(self) -> bool:
        """Must the release be held back?"""
        return self.kind in BREAKING

    def as_dict(self) -> dict[str, object]:
        """For JSON, with the two words a reader needs first."""
        return {**asdict(self), "kind": str(self.kind), "breaking": self.breaking}
