"""What a source is about, in a phrase that can be a heading.

Belongs here: the phrase, from the purpose in the contract. Does not belong here: pages that show it.
"""

from __future__ import annotations

from collections.abc import Iterator

from civic_assets.contracts.model import Contract

# Letters of what a source is about: two lines of a table.
_LONGEST = 140


def about(contract: Contract | None) -> str:
    """What a source is about: the beginning of its purpose, up to the first colon or full stop, and not too long."""
    return about_purpose(contract.purpose if contract is not None else "")


def about_purpose(text: str | None) -> str:
    """As `about`, from the text of a purpose, such as `purpose` of `catalogue.sources`."""
    purpose = " ".join((text or "").split()).rstrip(".")
    first = purpose[: next(_ends(purpose, (": ", ". ", "; ")), len(purpose))]
    if len(first) <= _LONGEST:
        return first
    shorter = [end for end in _ends(first, (", ", " and ", " (")) if end <= _LONGEST]
    return first[: shorter[-1]] if shorter else first


def _ends(text: str, signs: tuple[str, ...]) -> Iterator[int]:
    """Places at which one of some signs begins, outside brackets."""
    for place in range(1, len(text)):
        before = text[:place]
        if text.startswith(signs, place) and before.count("(") == before.count(")"):
            yield place
