"""Marks that lead from a cell to a note: `[note 4]`, `[note 7,8]`, and numbers printed as superscripts.

Belongs here: the numbers that a text refers to. Does not belong here: finding the notes (`texts`).

Without its typography a superscript is a digit after a word: `Dyfed-Powys4`, `ENGLAND AND WALES7,8`,
`December 20191,2`, `Mar '125, 6`. A digit counts as a mark only if the table has a note of that number, so that no
year, age or number of a table is taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from civic_assets.parsing.notes.texts import number_of
from civic_assets.values.month_text import MONTH_NAME, MONTHS

_BRACKETED = re.compile(r"\[\s*(?:foot)?notes?\s*([0-9][0-9 ,&and]*?)\s*\]", re.IGNORECASE)
_NUMBERS = r"([0-9]{1,2}(?:\s?,\s?[0-9]{1,2})*)"
_RAISED = "\u00b9\u00b2\u00b3\u2070\u2074-\u2079"
_ATTACHED = (
    re.compile(rf"([{_RAISED}]+(?:\s?,\s?[{_RAISED}]+)*)"),
    # After a year, which keeps its own digits.
    re.compile(
        rf"(?:\b(?:19|20)[0-9]{{2}}|'[0-9]{{2}}|\b(?:{MONTH_NAME})\s(?!(?:19|20)[0-9]{{2}})[0-9]{{2}}){_NUMBERS}(?![0-9])",
        re.IGNORECASE,
    ),
    # After a word; an abbreviation with a number, such as MYE2 or P1, is a name.
    re.compile(rf"(?:[a-z]{{2}}|[A-Z]{{4}}|\)){_NUMBERS}(?![0-9.%/])"),
)
# After a space, at the end: "Stalking and harassment 5", but not "Table 4", "aged 5" or "31 March 5".
_APART = re.compile(rf"([A-Za-z]+|\))\s{_NUMBERS}\s*$")
_COUNTING = frozenset(
    re.findall(
        "[a-z]+",
        "age aged ages and appendix at band chapter class day decile figure from grade group in key "
        "level month no number of or over page part period phase quarter quintile section sheet stage "
        "table than the tier to type under until up version week wave year years",
    )
)
"""Words after which a number is one of a series, an age or a date."""
_SYMBOLS = re.compile(r"(?<=\S)\s?([*\u2020\u2021]+)\s*$")


def bracketed_marks(text: str) -> list[str]:
    """Numbers of the marks `[note n]` of a text, in order.

    Example:
        >>> bracketed_marks("Sussex [note 10, 11]"), bracketed_marks("Rates [note 1][note2]")
        (['10', '11'], ['1', '2'])
    """
    if "[" not in text:
        return []
    return [number_of(number) for group in _BRACKETED.findall(text) for number in re.findall("[0-9]+", group)]


def attached_marks(text: str, known: Collection[str]) -> list[str]:
    """Numbers printed as superscripts, and symbols, in a text.

    Args:
        text: Text of a title, header or row.
        known: Numbers and symbols of the notes of its table.

    Returns:
        Only numbers that are known; those of a group all count, or none.

    Example:
        >>> notes = set(map(str, range(1, 12)))
        >>> attached_marks("Offences, year ending December 20191,2", notes)
        ['1', '2']
        >>> attached_marks("Apr '10 to Mar '11", notes), attached_marks("Table P4: 2002 to 2011", notes)
        ([], [])
    """
    found: dict[str, None] = {}
    for pattern in _ATTACHED:
        for match in pattern.finditer(text):
            numbers = [number_of(one) for one in re.split(r"\s?,\s?", match[1]) if one.strip()]
            if numbers and all(number in known for number in numbers):
                found |= dict.fromkeys(numbers)
    apart = _APART.search(text)
    if apart and apart[1].lower() not in _COUNTING | MONTHS.keys() and len(apart[1]) != 2:
        numbers = [number_of(one) for one in re.findall("[0-9]+", apart[2])]
        if all(number in known for number in numbers):
            found |= dict.fromkeys(numbers)
    symbol = _SYMBOLS.search(text)
    if symbol and symbol[1] in known:
        found[symbol[1]] = None
    return list(found)
