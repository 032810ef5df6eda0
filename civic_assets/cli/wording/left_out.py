"""Sentences about what a command leaves out: files that are not releases, and synthetic samples.

Belongs here: sentences that several commands print. Does not belong here: why one is left out (`intake`,
`publish.scope`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic_assets.answers.cause import FileNotRead

from civic_assets.house_numbers.display import SUMMARY_FILES


def reasons_in_words(files: Sequence[FileNotRead]) -> list[str]:
    """Why files are not releases: one sentence for all files that share a reason, since there can be thousands."""
    groups: dict[str, list[str]] = {}
    for file in files:
        groups.setdefault(file.reason.removeprefix(file.file), []).append(file.file)
    sentences = []
    for reason, (first, *others) in groups.items():
        named = ", ".join(others[:SUMMARY_FILES])
        more = f" and {len(others) - SUMMARY_FILES:,} more" if len(others) > SUMMARY_FILES else ""
        same = f" The same goes for {named}{more}." if others else ""
        sentences.append(f"{first}{reason}{same}")
    return sentences


def without_samples(number: int) -> str:
    """Why samples are not published in a store that holds publishers' files."""
    releases = "1 sample release is" if number == 1 else f"{number} sample releases are"
    return (
        f"This store holds publishers' files, so {releases} left out: made-up figures are never published "
        f"with real ones."
    )
