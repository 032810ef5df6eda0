"""Why an operation on two figures is refused, or what must be said with it.

Belongs here: a reason, and the notes of publishers that forbid an operation. Does not belong here: finding reasons
(`sums`, `rates` and `verdict` in this folder) and reading notes.
"""

from __future__ import annotations

from dataclasses import dataclass

from civic_assets.harmonise.comparability.misalignments import Misalignment


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an operation is refused, or what must be said with it.

    Args:
        rule: Rule of the catalogue.
        text: A sentence.
        refuses: Whether it forbids the operation; otherwise it is a caveat.
    """

    rule: str
    text: str
    refuses: bool


@dataclass(frozen=True, slots=True)
class ForbiddingNote:
    """A note of a publisher that forbids operations on two figures.

    Args:
        text: The note in the publisher's words.
        locator: Where it is printed.
        operations: Names of the operations that it forbids; with the others it is a caveat.
    """

    text: str
    locator: str
    operations: frozenset[str] = frozenset({"compare", "sum"})

    def reason(self, operation: str) -> Reason:
        """As a reason for or against one operation."""
        said = self.text.rstrip(".")
        return Reason(
            "H-11", f"The publisher's note says: {said} ({self.locator}).", operation in self.operations
        )


def of(item: Misalignment) -> Reason:
    """A misalignment as a reason, which refuses if it is serious."""
    return Reason(item.rule, item.text, refuses=item.serious)


def caveat(item: Misalignment) -> Reason:
    """A misalignment that only has to be said."""
    return Reason(item.rule, item.text, refuses=False)
