"""Periods in the exchange format of SDMX: `TIME_PERIOD` and `REPORTING_YEAR_START_DAY`.

Belongs here: writing and reading those two. Does not belong here: `FREQ`, which is the frequency of a series (a
rolling year published every quarter has FREQ Q) and therefore not a property of a period.

Source: SDMX 2.1 technical notes, section 4.2 (time formats).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from civic_assets.values.named_periods import months
from civic_assets.values.periods import Period, PeriodKind, day, first_of_month

_RANGE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})/P([0-9]+)([DMY])")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class SdmxTime:
    """A period in SDMX form.

    Args:
        time_period: Text such as `2022-06` for a month, `2024-03-31` for a day, else a range such as `2021-07-01/P1Y`.
            A year is a range as well, because `2022` would not show its kind.
        reporting_year_start_day: `--04-01` for a year from April; None if the period is not a year.
    """

    time_period: str
    reporting_year_start_day: str | None


def to_sdmx(period: Period) -> SdmxTime:
    """The SDMX form of a period; YE June 2022 is `2021-07-01/P1Y` with years that start on `--07-01`."""
    start = period.start
    if period.kind is PeriodKind.POINT_IN_TIME:
        return SdmxTime(start.isoformat(), None)
    number = (period.end.year - start.year) * 12 + period.end.month - start.month
    if first_of_month(start.year, start.month + number).replace(day=start.day) != period.end or not number:
        return SdmxTime(f"{start.isoformat()}/P{period.days}D", None)
    if period.kind is PeriodKind.MONTH and start.day == 1:
        return SdmxTime(f"{start:%Y-%m}", None)
    if number == 12:
        return SdmxTime(f"{start.isoformat()}/P1Y", f"--{start:%m-%d}")
    return SdmxTime(f"{start.isoformat()}/P{number}M", None)


def from_sdmx(time_period: str, kind: PeriodKind | None = None) -> Period:
    """The period of a `TIME_PERIOD`.

    Args:
        time_period: Text as in `SdmxTime.time_period`.
        kind: Kind that the publisher means, which SDMX lacks. Without it, a year is a rolling year, and three months
            are a quarter if they begin one.

    Raises:
        ValueError: The text is not in a form that `to_sdmx` writes, or the days do not fit the kind.
    """
    if match := _MONTH.fullmatch(time_period):
        return months(int(match[1]), int(match[2]), 1)
    if match := _DAY.fullmatch(time_period):
        return day(date.fromisoformat(time_period))
    match = _RANGE.fullmatch(time_period)
    if not match:
        raise ValueError(
            f"{time_period!r} is not a supported TIME_PERIOD; use a form such as '2022-06', "
            "'2024-03-31' or '2021-07-01/P1Y'"
        )
    start, number = date(int(match[1]), int(match[2]), int(match[3])), int(match[4])
    if match[5] == "D":
        end = start + timedelta(days=number)
        if kind is None:
            raise ValueError(f"{time_period!r} does not have the length of any kind of period; give its kind")
        return Period(start, end, kind)
    number *= 12 if match[5] == "Y" else 1
    if kind is None:
        return months(start.year, start.month, number)
    return Period(start, first_of_month(start.year, start.month + number).replace(day=start.day), kind)
