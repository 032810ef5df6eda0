"""The known name that was probably meant by an unknown one.

Belongs here: finding it, and naming it in a sentence. Does not belong here: deciding which names are known.
"""

from __future__ import annotations

from collections.abc import Iterable

# Below this similarity (percent) a suggestion would only confuse.
_NEAR = 60
# Numbers of names that fit into a sentence with a suggestion, and into one without.
_FEW, _MOST = 12, 40


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; None if none is similar."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(word, sorted(known), scorer=fuzz.ratio, processor=_folded, score_cutoff=_NEAR)
    return found[0] if found else None


def _folded(text: str) -> str:
    return text.casefold().replace("_", "").replace("-", "")


def suggestion(word: str, known: Iterable[str], plural: str = "known") -> str:
    """How a sentence about an unknown word goes on: the nearest known word, or all of them."""
    words = sorted(known)
    near = nearest(word, words)
    listed = ", ".join(words[:_MOST]) + (", ..." if len(words) > _MOST else "")
    if near is not None and len(words) > _FEW:
        return f"; did you mean {near!r}?"
    said = f"; {plural} are {listed}" if words else ""
    return f"; did you mean {near!r}?{said[1:] and ' (' + said[2:] + ')'}" if near is not None else said
