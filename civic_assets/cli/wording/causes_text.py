"""Causes of findings as lines for people, in `inspect` and `refresh`.

Belongs here: the line of one cause, and the summary of several. Does not belong here: which findings share a cause
(`civic_assets.quality.causes`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic_assets.answers.cause import FoundCause


def cause_line(cause: FoundCause) -> str:
    """A cause in one line: severity, checks, what is the matter, what to do and for whom."""
    from civic_assets.answers.words import FOR_WHOM

    head = f"{cause.severity.upper()} {', '.join(cause.check_ids)}"
    action = "" if cause.message.endswith(cause.action) else f" {cause.action}"
    return f"{head}: {cause.message}{action} ({FOR_WHOM[cause.audience]})"


def summary_lines(causes: Sequence[FoundCause], most: int) -> list[str]:
    """Lines about all causes of a publication: how many ask for action and of whom, and the gravest of them.

    Args:
        causes: Causes, those that ask for action first.
        most: Most causes that are named.
    """
    from civic_assets.answers.words import FOR_WHOM

    asking = [cause for cause in causes if cause.asks_action]
    if not causes:
        return []
    findings = sum(cause.n_findings for cause in causes)
    by_audience: Counter[str] = Counter(cause.audience for cause in asking)
    parts = [f"{by_audience[name]} {words}" for name, words in FOR_WHOM.items() if by_audience[name]]
    of_whom = f" ({', '.join(parts)})" if parts else ""
    lines = [
        (
            f"Causes: {len(asking):,} ask for action{of_whom}, {len(causes) - len(asking):,} are for information; "
            f"together {findings:,} findings."
        )
    ]
    for cause in asking[:most]:
        where = " ".join(
            part for part in (cause.source or "", cause.releases[-1] if cause.releases else "") if part
        )
        lines.append(f"  {where}{': ' if where else ''}{cause_line(cause)}")
    if hidden := len(asking[most:]):
        lines.append(f"  ... and {hidden:,} more; see the quality report, or the table quality.causes.")
    return lines
