"""Why an operation on two figures is refused, or what must be said with it.

Belongs here: a reason, and making one of a misalignment. Does not belong here: finding reasons (`sums`, `rates` and
`verdict` in this folder).
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


def of(item: Misalignment) -> Reason:
    """A misalignment as a reason, which refuses if it is serious."""
    return Reason(item.rule, item.text, refuses=item.serious)


def caveat(item: Misalignment) -> Reason:
    """A misalignment that only has to be said."""
    return Reason(item.rule, item.text, refuses=False)
