"""A cause for an alert: what is wrong, what to do, and where that is explained.

Belongs here: the kinds of causes, with their words. Does not belong here: finding causes (`observed`) and the text of a
message (`message`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal[
    "held_back", "drifted", "late", "unreachable", "failed_run", "silent_overwrite", "withdrawal", "test"
]


class Advice(NamedTuple):
    """What a kind of cause means for the person who is told.

    Args:
        title: Completes `<subject> ...` in the subject of a message.
        do: What to do, in a sentence or two.
        page: Page of the documentation, with its anchor, relative to `docs/`.
    """

    title: str
    do: str
    page: str


_PAGE = "how-to/run-as-a-service.md"
ADVICE: Mapping[Kind, Advice] = {
    "held_back": Advice(
        "is held back",
        "Look at the file and the finding. The last good publication stays; nothing else is stopped.",
        f"{_PAGE}#held-back",
    ),
    "drifted": Advice(
        "has a new layout",
        "Compare the file with its contract (civic-assets inspect FILE). Add the new headers or titles to the "
        "contract, or ask the publisher; then run civic-assets refresh again.",
        f"{_PAGE}#drifted",
    ),
    "late": Advice(
        "is late",
        "Look at the publisher's calendar. If the release is out, it was not found: run civic-assets refresh for this "
        "source and read what it says.",
        f"{_PAGE}#late",
    ),
    "unreachable": Advice(
        "could not be fetched",
        "Open the address in a browser. If it works there, look at this machine's network and proxy; if not, wait. "
        "It is tried again at the next refresh.",
        f"{_PAGE}#unreachable",
    ),
    "failed_run": Advice(
        "failed",
        "Open the run in the Dagster UI, or run civic-assets refresh --debug, and read the error. What was published "
        "before stays.",
        f"{_PAGE}#failed-run",
    ),
    "silent_overwrite": Advice(
        "was replaced at the same address",
        "Ask the publisher what was changed. If it was announced elsewhere, register a waiver. The earlier file is "
        "kept.",
        f"{_PAGE}#silent-overwrite",
    ),
    "withdrawal": Advice(
        "was withdrawn by its publisher",
        "Read the publisher's reason, and tell those who use the figures. The file and its figures are kept.",
        f"{_PAGE}#withdrawal",
    ),
    "test": Advice(
        "is a test",
        "Nothing: you receive alerts.",
        f"{_PAGE}#alerts",
    ),
}
"""What each kind of cause means."""


@dataclass(frozen=True, slots=True)
class AlertCause:
    """One thing that is wrong, however many runs notice it.

    Args:
        kind: Kind of the cause.
        subject: What it is about, e.g. `ons_csp 2025-06` or `publish`.
        sentence: What is wrong, in full sentences.
        identity: What distinguishes it from other causes of its kind, if the subject does not.
        report: Page of the quality report that shows it, relative to the report's folder; empty if none does.
    """

    kind: Kind
    subject: str
    sentence: str
    identity: str = ""
    report: str = ""

    @property
    def key(self) -> str:
        """Name of the cause, the same in every run that notices it."""
        return ":".join(part for part in (self.kind, self.subject, self.identity) if part)
