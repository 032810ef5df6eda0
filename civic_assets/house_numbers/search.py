"""How the search of the site forgives typing errors, and how much it lists.

Belongs here: weights of matches, lengths from which errors are forgiven, and limits of lists. Does not belong here: the
order of results (`civic_assets.publish.site.find.ranking`). The index carries these numbers, so that the browser has
the same.
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

SEARCH_NAME_WEIGHT = _chosen(
    "SEARCH_NAME_WEIGHT",
    "weight of a word in a name, if one in a description has 1",
    4,
    "times",
    "who types a word mostly means what is called so",
    "search",
)
SEARCH_WHOLE_WEIGHT = _chosen(
    "SEARCH_WHOLE_WEIGHT",
    "weight of a whole word, if a mistyped one has 1",
    10,
    "times",
    "a whole word is what was meant; it decides only among matches in descriptions",
    "search",
)
SEARCH_BEGINNING_WEIGHT = _chosen(
    "SEARCH_BEGINNING_WEIGHT",
    "weight of the beginning of a word, if a mistyped one has 1",
    3,
    "times",
    "less than a whole word, since somebody may still be typing",
    "search",
)
SEARCH_MISTYPED_WEIGHT = _chosen(
    "SEARCH_MISTYPED_WEIGHT",
    "weight of a mistyped word",
    1,
    "times",
    "the others are set against it",
    "search",
)
SEARCH_SHORTEST_MISTYPED = _chosen(
    "SEARCH_SHORTEST_MISTYPED",
    "letters from which one wrong letter of a search is forgiven",
    4,
    "letters",
    "words of three letters differ from each other by one letter",
    "search",
)
SEARCH_SHORTEST_TWICE_MISTYPED = _chosen(
    "SEARCH_SHORTEST_TWICE_MISTYPED",
    "letters from which two wrong letters of a search are forgiven, if none has one",
    8,
    "letters",
    "a quarter of a word may be wrong; in shorter ones two letters make another word",
    "search",
)
SEARCH_LONGEST_MISTYPED = _chosen(
    "SEARCH_LONGEST_MISTYPED",
    "letters up to which wrong letters of a search are forgiven",
    30,
    "letters",
    "the longest word of a name here has 18; comparing longer ones takes time and finds nothing",
    "search",
)
SEARCH_FEWEST_DIGITS = _chosen(
    "SEARCH_FEWEST_DIGITS",
    "digits from which a number in a search is taken for the value of a figure",
    3,
    "digits",
    "a number of one or two digits is the value of thousands of figures",
    "search",
)
SEARCH_WORDS_READ = _chosen(
    "SEARCH_WORDS_READ",
    "words of a search that are read",
    12,
    "words",
    "a question has fewer that matter; the others are left out",
    "search",
)
SEARCH_RESULTS = _chosen(
    "SEARCH_RESULTS",
    "results of a search that are listed",
    40,
    "results",
    "a longer list is not read",
    "search",
)
SEARCH_MEASURES_TRIED = _chosen(
    "SEARCH_MEASURES_TRIED",
    "measures of a search that are tried with its areas",
    30,
    "measures",
    "the words fit the first ones best; trying more takes time and does not change what comes first",
    "search",
)
SEARCH_FIGURES = _chosen(
    "SEARCH_FIGURES",
    "figures that a search for an area and a measure lists",
    8,
    "figures",
    "the page of the area has all of them",
    "search",
)
SEARCH_SAME_NUMBER = _chosen(
    "SEARCH_SAME_NUMBER",
    "figures that a search for a number lists",
    20,
    "figures",
    "people who know the area or the measure add it; a longer list does not say where a number comes from",
    "search",
)
SEARCH_CODES = _chosen(
    "SEARCH_CODES",
    "areas that a search for the beginning of a code lists",
    12,
    "areas",
    "one more digit makes the list shorter",
    "search",
)
