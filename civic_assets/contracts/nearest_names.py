"""The known name that was probably meant by an unknown one.

Belongs here: finding it, and naming it in a sentence. Does not belong here: deciding which names are known.
"""

from __future__ import annotations

from collections.abc import Iterable

from civic_assets.house_numbers.display import NAMES_NEXT_TO_A_SUGGESTION, NAMES_WITHOUT_A_SUGGESTION
from civic_assets.house_numbers.recognition import SIMILAR_NAME


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; None if none is similar."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(
        word, sorted(known), scorer=fuzz.ratio, processor=_folded, score_cutoff=SIMILAR_NAME
    )
    return found[0] if found else None


def _folded(text: str) -> str:
    return text.casefold().replace("_", "").replace("-", "")


def suggestion(word: str, known: Iterable[str], plural: str = "known") -> str:
    """How a sentence about an unknown word goes on: the nearest known word, or all of them."""
    words = sorted(known)
    near = nearest(word, words)
    listed = ", ".join(words[:NAMES_WITHOUT_A_SUGGESTION]) + (
        ", ..." if len(words) > NAMES_WITHOUT_A_SUGGESTION else ""
    )
    if near is not None and len(words) > NAMES_NEXT_TO_A_SUGGESTION:
        return f"; did you mean {near!r}?"
    said = f"; {plural} are {listed}" if words else ""
    return f"; did you mean {near!r}?{said[1:] and ' (' + said[2:] + ')'}" if near is not None else said
