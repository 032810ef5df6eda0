"""What the difference of two overlapping periods is a difference of: the parts that they do not share.

Belongs here: that difference for a series of a release. Does not belong here: finding overlaps (H-01, `time_rules`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic_assets.quality.rule import Release
    from civic_assets.quality.time_rules import Shown


def difference(
    release: Release, before: Sequence[Shown], after: Sequence[Shown]
) -> tuple[Shown, Shown, float] | None:
    """The difference of one series of a pair that is a single figure in each of two periods.

    Args:
        release: The release.
        before: Series in the earlier period.
        after: The same series in the later one, in the same order.

    Returns:
        Both, and the later figure less the earlier; None where no series is a single figure, or all that are stand
        accused by a sum.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    accused = {
        release.localisation.locator(cell) for case in release.localisation.cases for cell in case.disputes
    }
    single = [
        (earlier, later)
        for earlier, later in zip(before, after, strict=True)
        if earlier.figures == later.figures == 1 and not {earlier.locator, later.locator} & accused
    ]
    if not single:
        return None
    # The sum of all comes first where a table prints one.
    earlier, later = next((pair for pair in single if pair[0].measure.startswith("total_")), single[0])
    table = release.observations
    few = table.filter(pc.is_in(table["locator"], pa.array([earlier.locator, later.locator])))
    values = dict(zip(few["locator"].to_pylist(), few["value"].to_pylist(), strict=True))
    first, last = values.get(earlier.locator), values.get(later.locator)
    return None if first is None or last is None else (earlier, later, last - first)
