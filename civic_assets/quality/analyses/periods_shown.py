"""Every period that a release shows for a series, with a cell of each.

Belongs here: finding them once for all rules about time. Does not belong here: judging them (`quality.rules.periods`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.quality.framework.release import ReleaseView
from civic_assets.values.groups import groups_of
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class SeriesPeriod:
    """A period of one measure in one table, with one of its cells."""

    table: str
    measure: str
    unit: str
    breakdown: str
    period: Period
    locator: str
    figures: int


def shown_periods(observations: pa.Table) -> dict[str, list[SeriesPeriod]]:
    """Every period of every series of a table, found once for each, in order of time, by statistic.

    Args:
        observations: Columns as `civic_assets.parsing.observations.FIELDS`.
    """
    key = [
        "statistic",
        "table_id",
        "measure",
        "unit",
        "breakdown",
        "period_start",
        "period_end",
        "period_kind",
    ]
    groups = groups_of(observations, key, ["locator"])
    found: dict[str, list[SeriesPeriod]] = defaultdict(list)
    for statistic, name, measure, unit, breakdown, start, end, kind, locator, figures in zip(
        *groups.values(), strict=True
    ):
        period = Period(start, end, PeriodKind(kind))
        found[statistic].append(SeriesPeriod(name, measure, unit, breakdown, period, locator, figures))
    for shown in found.values():
        shown.sort(key=lambda s: (s.table, s.measure, s.unit, s.breakdown, s.period))
    return found


def periods_shown_of(release: ReleaseView) -> dict[str, list[SeriesPeriod]]:
    """Every period of every series of a release's tables, in order of time, by statistic."""
    return shown_periods(release.observations)
