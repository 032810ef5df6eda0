"""What measures are called in headings and what short forms stand for, from the vocabulary of searches.

Belongs here: reading `search_words.yaml`, and titles. Does not belong here: searching
(`civic_assets.publish.site.find`), and names in the middle of a sentence (`civic_assets.values.plain_words`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import SEARCH_WORDS
from civic_assets.contracts.folders import contracts_folder
from civic_assets.contracts.typed_file import read_valid
from civic_assets.values.plain_words import measure_words

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.search_words import SearchWords


def search_words() -> SearchWords:
    """The vocabulary in the folder of contracts.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    return _read(contracts_folder() / SEARCH_WORDS.pattern)


@cache
def _read(file: Path) -> SearchWords:
    found: SearchWords = read_valid(SEARCH_WORDS, file)
    return found


def sentence_start(text: str) -> str:
    """A text with a capital at its beginning, as a title has it; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def title_of(measure: str) -> str:
    """A measure as a title, from the vocabulary or else from its name.

    Example:
        >>> title_of("suspension_rate"), title_of("bicycle_theft")
        ('Suspensions, rate', 'Bicycle theft')
    """
    return search_words().titles.get(measure) or sentence_start(measure_words(measure))


def written_out(words: str) -> str:
    """Words of a publisher's class with its short forms written out.

    Example:
        >>> written_out("res burglary of a home")
        'residential burglary of a home'
    """
    return re.sub(r"\w+", lambda word: search_words().short_forms.get(word[0], word[0]), words)
