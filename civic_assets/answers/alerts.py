"""The answer of `alerts`: what people are told of, and whether messages arrive.

Belongs here: what `alerts --json` prints. Does not belong here: finding causes and sending (`civic_assets.alerts`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpenCause:
    """Something that is wrong and that people are told of once."""

    kind: str
    """`held_back`, `drifted`, `late`, `unreachable`, `failed_run`, `silent_overwrite` or `withdrawal`."""
    subject: str
    """Source and release, or job, that it is about."""
    sentence: str
    """What is wrong."""
    what_to_do: str
    """What to do."""
    explained_in: str
    """Page of the documentation that explains it."""
    report: str
    """Page of the quality report that shows it; empty if none does."""
    since: str
    """Time since when it is known, in UTC."""
    sent: dict[str, str]
    """Time of the last message by channel, `email` or `webhook`."""


@dataclass(frozen=True, slots=True)
class TestedChannel:
    """A way of sending, after a test message."""

    channel: str
    """`email` or `webhook`."""
    sent: bool
    """Whether the server took the message."""
    sentence: str
    """What happened."""


@dataclass(frozen=True, slots=True)
class AlertList:
    """Causes that are open, and the outcome of a test."""

    on: bool
    """Whether any channel is configured."""
    channels: tuple[str, ...]
    """Channels that are configured."""
    causes: tuple[OpenCause, ...]
    """Open causes, the oldest first."""
    tested: tuple[TestedChannel, ...]
    """Outcome of `--test` for each channel; empty without it."""
