"""How a file differs from the layout its contract describes.

Belongs here: the types of difference. Does not belong here: finding the tables (`table_finder`) and what a
difference means for a release (rules R-03, R-04 and R-09).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from civic_assets.answers.inspection import LayoutDifference


class DriftKind(StrEnum):
    """Type of difference.

    `not_in_file`: a table missing from a part of a release, which need not have it. `missing_table`: a table that
    should be present.
    `unreadable`: a file whose tables were found but could not be read.
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
    """One difference from the contract.

    Args:
        kind: Type of difference.
        table: Name of the table in the contract, or `""` for a whole sheet.
        header: Header as printed (if added) or as in the contract (if missing).
        locator: Address of the cell to look at, or the sheet's name.
        message: One sentence: what was found, what was expected, and what to do.
    """

    kind: DriftKind
    table: str
    header: str
    locator: str
    message: str

    @property
    def breaking(self) -> bool:
        """Whether the release must be held back."""
        return self.kind in BREAKING

    def as_answer(self) -> LayoutDifference:
        """The difference as answers and the facts of a release hold it."""
        return LayoutDifference(
            str(self.kind), self.table, self.header, self.locator, self.message, self.breaking
        )
