"""What is compared when somebody searches: letters and digits, without case, accents and punctuation.

Belongs here: from typed text to words, and the forms of codes, postcodes and numbers. Does not belong here: which
entries have the words (`ranking`). `assets/find-ranking.js` does exactly the same in the browser: a
change of one is a change of both, and `civic_assets_tests/publish/site/find/test_find.py` compares them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_MARKS = re.compile("[\u0300-\u036f]")
_QUOTES = re.compile("['’‘`]")
_OTHERS = re.compile("[^a-z0-9]+")
# Words that say how a question is asked and not what it is about.
_WORDS_OF_ASKING = """
    a about against an and any are at be been by can come comes came compare compared did do does figure figures
    find for from get give has have how i in is it its like many may me much my number numbers of on or
    our please show tell than that the their there these they this those to us versus vs was we were what when
    where which who whose why will with you your"""
STOP_WORDS: frozenset[str] = frozenset({*_WORDS_OF_ASKING.split(), "beside"})
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9.,/-])([0-9]{1,3}(?:[,\u2009\u202f\u00a0 ][0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    r"(?![A-Za-z0-9/-])(?![.,][0-9])"
)
_CODE = re.compile(r"^[ejklnsw][0-9]{2,8}$")
_OUTWARD = r"[a-z]{1,2}[0-9][a-z0-9]?"
_POSTCODE = re.compile(rf"^({_OUTWARD})(?: ?([0-9][a-z]{{2}}))?$")
# The letters with which a postcode begins (Royal Mail's postcode areas).
_LETTERS = """
    ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en ex fa
    fk fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng
    nn np nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts
    tw ub w wa wc wd wf wn wr ws wv yo ze"""
_POSTCODE_AREAS: frozenset[str] = frozenset(_LETTERS.split())


def plain(text: str) -> str:
    """A text as words in small letters without accents, separated by one space; empty if it has none."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()
    return _OTHERS.sub(" ", _QUOTES.sub("", bare)).strip()


def closed(text: str) -> str:
    """The same without spaces, so that `V-12` is `v12` and `stop and search` is `stopandsearch`."""
    return plain(text).replace(" ", "")


def words_of(text: str) -> list[str]:
    """The words that a search is about, each once; if all are words of asking, those."""
    words = list(dict.fromkeys(plain(text).split()))
    return [word for word in words if word not in STOP_WORDS] or words


def stem(word: str) -> str:
    """A word without the ending of a plural.

    These are the three rules of Harman's S stemmer ("How effective is suffixing?", JASIS 42, 1991). Porter's stemmer,
    which lunr offers, is not used: its versions in JavaScript and in Python differ (`holloway`, `hackney`).
    """
    if len(word) < 4:
        return word
    if re.search("(?<![ae])ies$", word):
        return word[:-3] + "y"
    if re.search("(?<![aeo])es$", word):
        return word[:-1]
    if re.search("(?<![us])s$", word):
        return word[:-1]
    return word


def numbers_in(text: str) -> list[str]:
    """Numbers in a text without separators of thousands, such as `30201` and `7.9`."""
    found = [re.sub("[,\u2009\u202f\u00a0 ]", "", match) for match in _NUMBER.findall(text)]
    return list(dict.fromkeys(found))


def without_numbers(text: str) -> str:
    """The text without its numbers."""
    return _NUMBER.sub(" ", text)


def is_year(number: str) -> bool:
    """Whether a number may be a calendar year."""
    return bool(re.fullmatch(r"(?:19|20)[0-9]{2}", number))


def code_in(words: Sequence[str]) -> str:
    """The first word that is the beginning of an area's code, in capitals; empty if there is none."""
    return next((word.upper() for word in words if _CODE.fullmatch(word)), "")


def postcode_in(text: str) -> str:
    """The postcode or postcode district that a text is, such as `N7` or `N7 6AB`; empty if it is not one."""
    match = _POSTCODE.fullmatch(plain(text))
    if not match or re.sub("[0-9].*", "", match[1]) not in _POSTCODE_AREAS:
        return ""
    return f"{match[1]} {match[2]}".upper() if match[2] else match[1].upper()
