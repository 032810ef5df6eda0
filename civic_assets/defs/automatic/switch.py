"""The one switch: whether schedules and sensors that ask publishers run when they are first loaded.

Belongs here: reading `automatic` in `[fetch]` of civic.toml. Does not belong here: what is switched.
"""

from __future__ import annotations

import dagster as dg

from civic_assets.acquire.settings import read_settings
from civic_assets.errors import UsageError

HOW = "Set `automatic = true` in `[fetch]` of civic.toml to have it run from the start, or switch it on here."
"""Sentence for descriptions."""


def is_automatic() -> bool:
    """Whether publishers are asked by themselves; not if the settings cannot be read, which `civic-assets ui` reports.

    Definitions are also loaded by commands that ask nobody, and must not fail there.
    """
    try:
        return read_settings().automatic
    except UsageError:
        return False


def of_sensors(automatic: bool) -> dg.DefaultSensorStatus:
    """Status of a sensor when it is first loaded."""
    return dg.DefaultSensorStatus.RUNNING if automatic else dg.DefaultSensorStatus.STOPPED


def of_schedules(automatic: bool) -> dg.DefaultScheduleStatus:
    """Status of a schedule when it is first loaded."""
    return dg.DefaultScheduleStatus.RUNNING if automatic else dg.DefaultScheduleStatus.STOPPED
