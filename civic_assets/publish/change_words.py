"""The words for figures that are different in two publications.

Belongs here: the words for each kind of change, and for the value before and after. Does not belong here: finding
changes (`figure_changes`), and where they are shown (`civic_assets.cli.diff`, `civic_assets.evidence.changes_page`).
"""

from __future__ import annotations

from collections.abc import Mapping

from civic_assets.answers.changes import ChangeKind

KINDS: Mapping[ChangeKind, str] = {
    "revised": "revised",
    "new": "new",
    "withdrawn": "withdrawn",
    "newly_suppressed": "newly suppressed",
    "newly_disputed": "newly disputed",
    "reclassified": "reclassified",
}
"""Each kind of change in words."""


def value_words(value: float | None, status: str | None, quality: str | None, absent: str = "") -> str:
    """A value with its status and quality.

    Args:
        value: The value; None if there is none.
        status: Its status; None for an ordinary value.
        quality: Its quality; None if the publication does not have the figure.
        absent: Words for a figure that the publication does not have.
    """
    if quality is None:
        return absent
    words = [f"{value:,.10g}"] if value is not None else []
    words += [status.replace("_", " ")] if status else []
    words += [quality] if quality != "ok" else []
    return ", ".join(words) or "no value"
