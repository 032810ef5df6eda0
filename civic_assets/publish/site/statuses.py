"""Statuses of figures in words: why a value is absent or special, on every page of the site.

Belongs here: the one list, and a status as HTML. Does not belong here: what the words mean in full (the glossary), and
the words of the quality pages (`civic_assets.publish.report.words`).
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from civic_assets.publish.site.addresses import glossary_entry

STATUSES: Mapping[str, tuple[str, str]] = {
    "suppressed": ("suppressed by the publisher", "suppressed"),
    "withheld": ("withheld here", "withheld"),
    "disputed": ("disputed", "disputed"),
    "not_available": ("not available", "status"),
    "not_applicable": ("does not apply", "status"),
    "low": ("low, not printed", "status"),
    "low_reliability": ("low reliability", "status"),
    "period_unsettled": ("still provisional in the source", "status"),
    "at_least": ("at least", "status"),
    "incomplete": ("not complete", "status"),
}
"""A status or quality in words, and the word of the glossary that explains it."""


def status_words(status: str | None) -> str:
    """A status in words; one that is not in the list as its name reads.

    Example:
        >>> status_words("low"), status_words("not_yet_known"), status_words(None)
        ('low, not printed', 'not yet known', '')
    """
    words = STATUSES.get(status or "")
    return words[0] if words else (status or "").replace("_", " ")


def status_entry(status: str) -> str:
    """The word of the glossary that explains a status."""
    words = STATUSES.get(status)
    return words[1] if words else "status"


def status_html(status: str, root: str | None) -> str:
    """A status as HTML, with a link to the glossary.

    Args:
        status: Status or quality of a figure.
        root: What leads from the page to the report's folder; None without a glossary.
    """
    words = escape(status_words(status))
    if root is None:
        return f'<span class="status">{words}</span>'
    return f'<a class="status" href="{escape(root + glossary_entry(status_entry(status)))}">{words}</a>'
