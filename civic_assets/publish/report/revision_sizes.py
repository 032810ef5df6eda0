"""How large the revisions of each measure were, in classes, from one release to the next.

Belongs here: counting the rows of `quality.revisions`. Does not belong here: what a revision is
(`civic_assets.publish.read_model.revised.revisions`), and the charts (`civic_assets.publish.site.quality.revisions`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.house_numbers.display import REVISION_CLASSES
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.report.registers import existing

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

UNCHANGED, FROM_ZERO = "not revised", "revised from or to 0"


@dataclass(frozen=True, slots=True)
class RevisionSizes:
    """Revisions of one measure between two releases.

    Args:
        classes: Class and number of figures, from the largest downward revision to the largest upward one, without
            empty classes at the ends; figures that began or ended at 0 come last.
        n_reclassified: Figures whose class changed its meaning, which are not counted as revised.
    """

    measure: str
    unit: str
    first_release: str
    later_release: str
    classes: Sequence[tuple[str, int]]
    n_reclassified: int

    @property
    def total(self) -> int:
        """Figures in both releases whose class kept its meaning."""
        return sum(number for _, number in self.classes)

    @property
    def revised(self) -> int:
        """Figures that were revised."""
        return self.total - dict(self.classes).get(UNCHANGED, 0)


_NEEDED = {
    "source",
    "measure",
    "unit",
    "first_release",
    "later_release",
    "revision",
    "relative_revision",
    "kind",
    "horizon",
}
_REACHED = " + ".join(
    f"(abs(100 * revision / first_value) >= {limit})::INTEGER" for limit in REVISION_CLASSES
)
# The class is the number of limits that the revision reaches, with its sign.
_SQL = """SELECT source, measure, unit, first_release, later_release,
    CASE WHEN kind = 'reclassified' THEN 'reclassified' WHEN revision = 0 THEN 'unchanged'
        WHEN first_value = 0 OR later_value = 0 THEN 'zero' ELSE 'sized' END AS sort,
    CASE WHEN sort = 'sized' THEN sign(revision) * (1 + {reached}) END::INTEGER AS class, count(*) AS n
FROM quality.revisions WHERE horizon = 1 GROUP BY ALL ORDER BY ALL"""


def read_revision_sizes(connection: DuckDBPyConnection) -> Mapping[str, Sequence[RevisionSizes]]:
    """Sizes by source, for each measure in the order of its releases; none if the read model has no such table.

    Args:
        connection: Read-only connection to `civic.duckdb`.
    """
    if not set(existing(connection).get("revisions", ())) >= _NEEDED:
        return {}
    grouped: dict[tuple[str, str, str, str, str], dict[tuple[str, int], int]] = {}
    for row in rows_of(connection, _SQL.format(reached=_REACHED)):
        names = (row["source"], row["measure"], row["unit"], row["first_release"], row["later_release"])
        grouped.setdefault(names, {})[row["sort"], row["class"] or 0] = row["n"]
    found: dict[str, list[RevisionSizes]] = {}
    for (source, measure, unit, first, later), numbers in grouped.items():
        n_reclassified = numbers.get(("reclassified", 0), 0)
        sized = RevisionSizes(measure, unit, first, later, _classes(numbers), n_reclassified)
        found.setdefault(source, []).append(sized)
    return found


def _classes(numbers: Mapping[tuple[str, int], int]) -> list[tuple[str, int]]:
    most = len(REVISION_CLASSES) + 1
    classes = []
    for place in range(-most, most + 1):
        if place == 0:
            classes.append((UNCHANGED, numbers.get(("unchanged", 0), 0)))
        else:
            classes.append((_words(place), numbers.get(("sized", place), 0)))
    filled = [place for place, (words, number) in enumerate(classes) if number or words == UNCHANGED]
    kept = classes[filled[0] : filled[-1] + 1]
    zero = numbers.get(("zero", 0), 0)
    return [*kept, (FROM_ZERO, zero)] if zero else kept


def _words(place: int) -> str:
    """A class in words, such as `up by 1% to 5%`."""
    limits = [f"{limit}%" for limit in REVISION_CLASSES]
    number = abs(place) - 1
    if number == 0:
        size = f"less than {limits[0]}"
    elif number == len(limits):
        size = f"{limits[-1]} or more"
    else:
        size = f"{limits[number - 1]} to {limits[number]}"
    return f"{'up' if place > 0 else 'down'} by {size}"
