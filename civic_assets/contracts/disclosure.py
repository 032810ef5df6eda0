"""What a publisher hides so that nobody can be recognised, as a contract declares it.

Belongs here: the shape of a contract's `disclosure`, reading and refusing it. Does not belong here: the marks that
stand for hidden figures (`symbols`), between which numbers they lie in one table (`layout.suppressed`), and looking for
what was missed (`civic_assets.quality.rules.disclosure`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from civic_assets.contracts.document import Node

Practice = Literal["suppressed", "unsuppressed"]
_NUMBER = (int, float)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How a publisher treats small counts in some of its tables.

    Args:
        practice: `suppressed` (counts in the range are hidden) or `unsuppressed` (published at any size).
        tables: Names as in the contract; all when empty.
        measures: Counted in persons, or in events of persons, and hidden when small; all when empty.
        lowest, highest: The range that is hidden, both included; NaN where nothing is.
        because: Whose rule it is and how it is known; of what is published at any size, why that is acceptable.
    """

    practice: Practice
    tables: tuple[str, ...]
    measures: tuple[str, ...]
    lowest: float
    highest: float
    because: str

    @property
    def hides(self) -> bool:
        """Does the publisher hide small counts here?"""
        return self.practice == "suppressed"

    def concerns(self, table: str, measure: str) -> bool:
        """Is it about a measure of a table?"""
        return (not self.tables or table in self.tables) and (not self.measures or measure in self.measures)


def read_disclosure(
    nodes: Iterator[Node], tables: Sequence[str], measures: set[str]
) -> tuple[Disclosure, ...]:
    """The entries of `disclosure`; of several that concern a figure the first counts.

    Args:
        nodes: The entries.
        tables: Names of the contract's tables.
        measures: Its measures.

    Raises:
        ContractError: An entry lacks its practice, its reason or its range, or names what is not there.
    """
    found = []
    for node in nodes:
        node.only("practice", "tables", "measures", "lowest", "highest", "because")
        practice = cast(Practice, node.one_of("practice", {"suppressed", "unsuppressed"}))
        named = {
            key: tuple(str(item.value) for item in node.items(key, [])) for key in ("tables", "measures")
        }
        for key, known in (("tables", set(tables)), ("measures", measures)):
            unknown = [name for name in named[key] if name not in known]
            if unknown:
                raise node.refuse(f"speaks of {unknown[0]!r}, which is none of the contract's {key}")
        lowest = highest = float("nan")
        if practice == "suppressed":
            lowest, highest = (float(node.get(key, _NUMBER).value) for key in ("lowest", "highest"))
            if not 0 < lowest <= highest:
                raise node.refuse(f"{lowest:g} to {highest:g} is no range of counts of persons")
        elif node.has("lowest") or node.has("highest"):
            raise node.refuse("states a range although nothing is hidden")
        found.append(
            Disclosure(
                practice, named["tables"], named["measures"], lowest, highest, because=node.text("because")
            )
        )
    return tuple(found)
