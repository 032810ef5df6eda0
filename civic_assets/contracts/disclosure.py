"""What a publisher hides so that nobody can be recognised, as a contract declares it.

Belongs here: what one entry of a contract's `disclosure` says. Does not belong here: the marks that
stand for hidden figures (`symbols`), between which numbers they lie in one table (`layout.suppressed`), and looking for
what was missed (`civic_assets.quality.rules.disclosure`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Practice = Literal["suppressed", "unsuppressed"]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How a publisher treats small counts in some of its tables.

    Args:
        practice: `suppressed` (counts in the range are hidden) or `unsuppressed` (published at any size).
        tables: Names as in the contract; all when empty.
        measures: Counted in persons, or in events of persons, and hidden when small; all when empty.
        lowest, highest: The range that is hidden, both included; NaN if nothing is hidden.
        because: Whose rule it is and how it is known; if everything is published, why that is acceptable.
    """

    practice: Practice
    tables: tuple[str, ...]
    measures: tuple[str, ...]
    lowest: float
    highest: float
    because: str

    @property
    def hides(self) -> bool:
        """Whether the publisher hides small counts here."""
        return self.practice == "suppressed"

    def concerns(self, table: str, measure: str) -> bool:
        """Whether it is about a measure of a table."""
        return (not self.tables or table in self.tables) and (not self.measures or measure in self.measures)
