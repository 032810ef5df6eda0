"""Checking the settings of an installation before a command begins.

Belongs here: the check that every command shares which uses settings. Does not belong here: what a setting may be
(`civic_assets.acquire.settings`, `civic_assets.alerts.settings`).
"""

from __future__ import annotations

import os
from pathlib import Path

_FILE = "civic.toml"
# Variables that are settings, or that name the file of settings. A test compares the names with those of the modules
# that read them, which are not imported here: most commands run without any settings.
_NAMED = ("CIVIC_SETTINGS", "CIVIC_REPLAY", "CIVIC_ALERTS_")


def refuse_wrong_settings() -> None:
    """Check everything that is set, so that a mistake is noticed now, and not when an alert should be sent.

    Raises:
        UsageError: The file of settings does not exist although it is named, cannot be read, or says something that is
            not known.
    """
    if not any(name.startswith(_NAMED) for name in os.environ) and not Path(_FILE).exists():
        return
    from civic_assets.acquire.settings import read_settings
    from civic_assets.alerts.settings import configured_alerts

    read_settings()
    configured_alerts()
