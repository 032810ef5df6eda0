"""The index of the search: made by lunr, written as a script that assigns a variable.

Belongs here: making the index and the two files, and reading them back. Does not belong here: what can be found
(`entries`, `figures`) and the order of what is found (`ranking`).

A page opened from a file share cannot read a JSON file, but it can run a script; so the files assign a variable. They
hold nothing but JSON after it, which is how `civic-assets search` reads the same index.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.search import (
    SEARCH_BEGINNING_WEIGHT,
    SEARCH_CODES,
    SEARCH_FEWEST_DIGITS,
    SEARCH_FIGURES,
    SEARCH_LONGEST_MISTYPED,
    SEARCH_MEASURES_TRIED,
    SEARCH_MISTYPED_WEIGHT,
    SEARCH_NAME_WEIGHT,
    SEARCH_RESULTS,
    SEARCH_SAME_NUMBER,
    SEARCH_SHORTEST_MISTYPED,
    SEARCH_SHORTEST_TWICE_MISTYPED,
    SEARCH_WHOLE_WEIGHT,
    SEARCH_WORDS_READ,
)
from civic_assets.publish.site.find.plain_text import stem, words_of

if TYPE_CHECKING:
    from civic_assets.publish.site.find.entries import Entry

INDEX_FILE, FIGURES_FILE = "assets/find-index.js", "assets/find-figures.js"
# By the names that both searches use.
_NUMBERS: Mapping[str, int] = {
    "whole": SEARCH_WHOLE_WEIGHT,
    "beginning": SEARCH_BEGINNING_WEIGHT,
    "mistyped": SEARCH_MISTYPED_WEIGHT,
    "shortestMistyped": SEARCH_SHORTEST_MISTYPED,
    "shortestTwiceMistyped": SEARCH_SHORTEST_TWICE_MISTYPED,
    "longestMistyped": SEARCH_LONGEST_MISTYPED,
    "fewestDigits": SEARCH_FEWEST_DIGITS,
    "words": SEARCH_WORDS_READ,
    "results": SEARCH_RESULTS,
    "candidates": SEARCH_MEASURES_TRIED,
    "figures": SEARCH_FIGURES,
    "sameNumber": SEARCH_SAME_NUMBER,
    "codes": SEARCH_CODES,
}
_INDEX, _FIGURES = "var civicFindIndex = ", "var civicFindFigures = "


def index_script(
    entries: Sequence[Entry],
    small: Sequence[tuple[str, str]],
    *,
    synthetic: bool,
    postcodes: Mapping[str, str] | None,
) -> str:
    """Text of the file of the index.

    Args:
        entries: Everything that can be found, in the order that decides between equal matches.
        small: Code and name of areas that are found by these only.
        synthetic: Whether the figures are made up.
        postcodes: The newest `directory` of postcodes in words, and the `districts` that can be looked up, between
            spaces; None if no directory is held.
    """
    return _script(
        _INDEX,
        {
            "numbers": _NUMBERS,
            "synthetic": synthetic,
            "postcodes": postcodes,
            "entries": [
                [one.kind, one.id, one.title, one.detail, one.address, list(one.names), list(one.measures)]
                for one in entries
            ],
            "small": [list(one) for one in small],
            "lunr": _lunr(entries),
        },
    )


def figures_script(packed: Mapping[str, Any]) -> str:
    """Text of the file of the figures."""
    return _script(_FIGURES, packed)


def read_script(file: Path) -> dict[str, Any]:
    """What a script of this module holds.

    Raises:
        OSError: There is no such file.
        ValueError: It is not such a script.
    """
    text = file.read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text[text.index("{") :].rstrip().removesuffix(";"))
    return found


def _script(variable: str, value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Two letters that JSON allows in a text and older JavaScript does not.
    return f"{variable}{text};\n".replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _lunr(entries: Sequence[Entry]) -> dict[str, Any]:
    from lunr.builder import Builder

    # Nothing of lunr's pipeline: `words_of` and `stem` are used here and on what is typed.
    builder = Builder()
    builder.ref("id")
    builder.field("name", boost=SEARCH_NAME_WEIGHT)
    builder.field("text")
    for number, entry in enumerate(entries):
        names = dict.fromkeys(stem(word) for name in (entry.title, *entry.names) for word in words_of(name))
        text = dict.fromkeys(stem(word) for word in words_of(entry.text))
        builder.add({"id": str(number), "name": " ".join(names), "text": " ".join(text) or None})
    made: dict[str, Any] = builder.build().serialize()
    return made
