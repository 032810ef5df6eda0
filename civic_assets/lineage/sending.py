"""Writes OpenLineage events into a file, and sends them where OpenLineage's own settings say.

Belongs here: the form of the file, and sending. Does not belong here: what events say (`events`).

Where events are sent is set as for every program that uses `openlineage-python`
(https://openlineage.io/docs/client/python): OPENLINEAGE_URL, OPENLINEAGE_CONFIG, a file `openlineage.yml`, or
OPENLINEAGE__TRANSPORT__TYPE and others. Without any of them nothing is sent.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.errors import UsageError
from civic_assets.tables.atomic import atomic_write_text

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent

_SETTINGS = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG")
_PREFIX = "OPENLINEAGE__TRANSPORT"
NAMESPACE = "civic-assets"
"""Namespace of our jobs and datasets, unless OPENLINEAGE_NAMESPACE names another."""
_MISSING = (
    "OpenLineage events need the library openlineage-python, which is not installed. Install it with: pip install "
    "'civic-assets[lineage]'"
)


def is_configured(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether OpenLineage's settings name somewhere to send events to."""
    if environment.get("OPENLINEAGE_DISABLED", "").lower() == "true":
        return False
    named = any(environment.get(name) for name in _SETTINGS)
    return named or any(name.startswith(_PREFIX) for name in environment)


def namespace_asked(environment: Mapping[str, str] = os.environ) -> str:
    """The namespace of jobs and datasets."""
    return environment.get("OPENLINEAGE_NAMESPACE") or NAMESPACE


def require_library() -> None:
    """Raises a `UsageError` if the library is not installed."""
    try:
        import openlineage.client  # noqa: F401
    except ImportError:
        raise UsageError(_MISSING) from None


def line_of(event: RunEvent) -> str:
    """An event as one line of JSON, without the numbers that JSON does not have."""
    from openlineage.client.serde import Serde

    return json.dumps(Serde.to_dict(event), sort_keys=True, ensure_ascii=False, allow_nan=False)


def write_events(events: Iterable[RunEvent], file: Path) -> int:
    """Write events into a file, one on each line; gives their number.

    Raises:
        OSError: The file cannot be written; the one that was there stays.
    """
    lines = [line_of(event) for event in events]
    atomic_write_text(file, "".join(f"{line}\n" for line in lines))
    return len(lines)


def send_events(events: Iterable[RunEvent]) -> tuple[int, str]:
    """Send events to where OpenLineage's settings say.

    Returns:
        The number of events that were sent, and a sentence about the one that was not; empty if all were. After the
        first failure nothing more is sent, because the next would wait as long.
    """
    from openlineage.client import OpenLineageClient

    sent = 0
    try:
        client = OpenLineageClient()
    except Exception as error:  # noqa: BLE001  (whatever a transport does with its settings)
        return 0, f"OpenLineage's settings cannot be used: {_said(error)}"
    try:
        for event in events:
            client.emit(event)
            sent += 1
    except Exception as error:  # noqa: BLE001  (whatever a transport does)
        which = (
            f"Only the first {sent:,} OpenLineage events were sent"
            if sent
            else "No OpenLineage event was sent"
        )
        return sent, f"{which}: {_said(error)}"
    finally:
        client.close()
    return sent, ""


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
