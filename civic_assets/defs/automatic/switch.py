"""The one switch: whether schedules and sensors that ask publishers run when they are first loaded.

Belongs here: reading `automatic` in `[fetch]` of civic.toml. Does not belong here: what is switched.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import timedelta

import dagster as dg

from civic_assets.acquire.settings import REPLAY, read_settings
from civic_assets.errors import UsageError

HOW = "Set `automatic = true` in `[fetch]` of civic.toml to have it run from the start, or switch it on here."
"""Sentence for descriptions."""
DRILL = "CIVIC_DRILL_SECONDS"
"""Variable that shortens the time between looks in a drill."""


def automatic_sources(sources: Collection[str]) -> frozenset[str]:
    """Sources whose publishers are asked by themselves; none if the settings cannot be read.

    `civic-assets ui` reports wrong settings. Definitions are also loaded by commands that ask nobody, and must not fail
    there.

    Args:
        sources: All sources that are read.
    """
    try:
        settings = read_settings()
    except UsageError:
        return frozenset()
    if not settings.automatic:
        return frozenset()
    return frozenset(settings.automatic_sources or sources).intersection(sources)


def time_between_looks() -> timedelta | None:
    """Time between two looks in a drill, `CIVIC_DRILL_SECONDS`; None outside of one.

    Only a replay publisher may be asked more than once a day.
    """
    text = os.environ.get(DRILL, "")
    return timedelta(seconds=int(text)) if os.environ.get(REPLAY) and text.isdecimal() else None


def of_sensors(automatic: bool) -> dg.DefaultSensorStatus:
    """Status of a sensor when it is first loaded."""
    return dg.DefaultSensorStatus.RUNNING if automatic else dg.DefaultSensorStatus.STOPPED


def of_schedules(automatic: bool) -> dg.DefaultScheduleStatus:
    """Status of a schedule when it is first loaded."""
    return dg.DefaultScheduleStatus.RUNNING if automatic else dg.DefaultScheduleStatus.STOPPED
