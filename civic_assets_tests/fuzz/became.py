"""What became of an input, as plain values.

Belongs here: the record, and what a reader is. Does not belong here: the reader that does what a refresh does
(`trial`), which takes seconds to import, and those that misbehave on purpose (`misbehaving`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Became:
    """What became of an input.

    Args:
        outcome: `published`, `held back`, `refused` or `ignored`; of an archive, the first of these that holds for one
            of its files.
        checks: Checks that held it back, or found something in what is published.
        sentences: Every sentence for a person: why a file is refused or ignored, and why a release is held back.
        tracebacks: Tracebacks that a refresh would store.
        sources: Sources of its releases.
    """

    outcome: str = ""
    checks: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


Reader = Callable[[Path, Path], Became]
"""What does with a file (first) in a folder of a store (second) what a refresh does."""


def as_plain(became: Became) -> dict[str, Any]:
    """What became of an input, to be written as JSON."""
    return {
        "outcome": became.outcome,
        "checks": sorted(set(became.checks)),
        "sentences": became.sentences,
        "tracebacks": became.tracebacks,
        "sources": sorted(set(became.sources)),
    }
