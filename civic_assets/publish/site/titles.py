"""What measures are called in headings and what short forms stand for, from the vocabulary of searches.

Belongs here: reading `search_words.yaml`, and titles. Does not belong here: searching
(`civic_assets.publish.site.find`), and names in messages that are stored (`civic_assets.values.plain_words`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
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


def with_titles(sentence: str) -> str:
    """A sentence about findings in which measures are called as in headings.

    Names in quotation marks are replaced where there is a title. Others are only if their last word is not in the
    title, as in `september guarantee percent`: those that read as words may be words of a publisher.

    Example:
        >>> with_titles("2 periods of 'suspension rate' are held")
        "2 periods of 'Suspensions, rate' are held"
        >>> with_titles("16 runs of recorded crime met")
        "16 runs of 'Crime recorded by the Metropolitan Police'"
    """
    pattern, titled = _names(search_words())
    return pattern.sub(lambda found: f"'{titled[found[1] or found[2]]}'", sentence)


@lru_cache(maxsize=4)
def _names_in(titles: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    titled = {
        words: title for name, title in titles if (words := measure_words(name)).lower() != title.lower()
    }
    no_words = [
        words
        for words, title in titled.items()
        if words.split()[-1].lower() not in re.findall(r"\w+", title.lower())
    ]
    return re.compile(f"'({_one_of(titled)})'|\\b({_one_of(no_words)})\\b"), titled


def _names(words: SearchWords) -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds names of measures in a sentence, and the title of each."""
    return _names_in(tuple(words.titles.items()))


def _one_of(names: Iterable[str]) -> str:
    """A pattern of one of some names, the longest first; of nothing if there is none."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "(?!)"


def written_out(words: str) -> str:
    """Words of a publisher's class with its short forms written out.

    Example:
        >>> written_out("res burglary of a home")
        'residential burglary of a home'
    """
    return re.sub(r"\w+", lambda word: search_words().short_forms.get(word[0], word[0]), words)
