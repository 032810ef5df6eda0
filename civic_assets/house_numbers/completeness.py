"""Numbers by which missing areas, rows and figures are recognised.

Belongs here: least numbers and shares of what must be there. Does not belong here: recognising the tables of a file
(`recognition`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

PROFILE_FIGURES = _chosen(
    "PROFILE_FIGURES",
    "fewest figures for comparing the distributions of two releases",
    20,
    "figures on either side",
    "two distributions of fewer figures differ by chance too often",
    "E-09",
    "E-10",
    "E-11",
    "E-12",
    "E-13",
    "E-14",
    "E-22",
)
PROFILE_LARGE_COUNT = _chosen(
    "PROFILE_LARGE_COUNT",
    "smallest count that should not repeat in the next period",
    100,
    "events",
    "from a hundred on, a count rarely repeats by chance from one period to the next",
    "E-22",
)
NEARLY_ALL_AREAS_SHARE = _chosen(
    "NEARLY_ALL_AREAS_SHARE",
    "share of the areas of a kind from which a table should have all of them",
    0.9,
    "share of the areas of a kind",
    "a table that has 39 of the 43 police forces is a table of all of them",
    "K-05",
)
FEWEST_AREAS_DUE = _chosen(
    "FEWEST_AREAS_DUE",
    "fewest areas of a kind of which one can be missing",
    5,
    "areas",
    "with fewer areas of a kind, none can be said to be missing",
    "K-05",
)
RARE_PAIR_ROWS = _chosen(
    "RARE_PAIR_ROWS",
    "rows of a code in which a pair of code and name occurs at most once if it is odd",
    20,
    "rows of a code for each odd pair",
    "a name that changed in one of ten years is not an error",
    "V-05",
)
SAME_LIST_SHARE = _chosen(
    "SAME_LIST_SHARE",
    "share of common rows from which two tables print one list",
    0.8,
    "share of rows in common",
    "an edition that forgot a force with seven areas of four hundred is above it; tables of regions and "
    "of authorities are far below",
    "K-05",
    "V-01",
)
SAME_LIST_FEWEST_KEYS = _chosen(
    "SAME_LIST_FEWEST_KEYS",
    "fewest keys of a row for comparing two lists",
    2,
    "keys of a row",
    "with one key, a changed row cannot be told from another row",
    "K-05",
    "V-01",
)
SAME_LIST_FEWEST_ROWS = _chosen(
    "SAME_LIST_FEWEST_ROWS",
    "fewest rows for comparing two lists",
    10,
    "rows",
    "fewer rows do not show that two tables print the same list",
    "K-05",
    "V-01",
)
