"""Numbers of the search for the cells that are most likely wrong.

Belongs here: limits of the search and tolerances of its solver. Does not belong here: the equations themselves
(`arithmetic`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

BEYOND_LOCALISING_SHARE = _chosen(
    "BEYOND_LOCALISING_SHARE",
    "share of broken equations above which single cells are not looked for",
    0.1,
    "share of broken equations",
    "a column pasted from the year before breaks 3% to 7% of the equations, with forty wrong counts besides up to 8%, "
    "and can still be identified; a table above this is another table",
    "V-15",
)
BEYOND_LOCALISING_FEWEST = _chosen(
    "BEYOND_LOCALISING_FEWEST",
    "broken equations up to which single cells are always looked for",
    100,
    "broken equations",
    "up to a hundred broken equations are always searched, however small the table",
    "V-15",
)
SLIGHT_DIFFERENCE = _chosen(
    "SLIGHT_DIFFERENCE",
    "largest difference between a total and its parts that only warns, where the total is large",
    1.0,
    "events",
    "a record moved or counted late; a difference of one in thousands changes no use of the figures, and taking "
    "them out of use would",
    "V-10",
    "V-11",
    "V-12",
    "V-14",
)
SLIGHT_DIFFERENCE_TOTAL = _chosen(
    "SLIGHT_DIFFERENCE_TOTAL",
    "smallest total of which a difference of one only warns",
    1000.0,
    "events",
    "one in a thousand is less than any change that is reported",
    "V-10",
    "V-11",
    "V-12",
    "V-14",
)
SETS_TRIED = _chosen(
    "SETS_TRIED",
    "combinations of the parts' repairs that are tried one by one",
    50,
    "combinations",
    "a trial takes a tenth of what a programme for the solver takes, and there is rarely more than one choice",
    "V-15",
)
CELLS_OF_A_PART = _chosen(
    "CELLS_OF_A_PART",
    "wrong cells of a part that is solved alone",
    4,
    "cells",
    "a part with more takes the solver as long as the whole",
    "V-15",
)
SEARCH_STEPS = _chosen(
    "SEARCH_STEPS",
    "work for the search for wrong cells",
    4000.0,
    "steps of the search",
    "a pasted column together with forty wrong counts takes up to a quarter of it; counted in steps, so that "
    "findings are the same on every machine",
    "V-15",
)
SEARCH_NODES = _chosen(
    "SEARCH_NODES",
    "work for one programme of the search",
    5000,
    "nodes of the solver",
    "a limit on one programme, so that a single hard case does not use up the search",
    "V-15",
)
SEARCH_PROGRAMME_STEPS = _chosen(
    "SEARCH_PROGRAMME_STEPS",
    "work for one programme of the search, before it is begun",
    150.0,
    "steps of the search",
    "a pasted column takes up to 60; a file whose rows were mixed takes 500 and more, for which the solver needs "
    "minutes before its first node, and no cell could be singled out in it",
    "V-15",
)
SEARCH_CELL_NODES = _chosen(
    "SEARCH_CELL_NODES",
    "work for one programme of the search, over all of its cells",
    4_000,
    "nodes of the solver times cells of the programme",
    "a node takes longer the more cells there are: 75 nodes of 264 cells take 4 seconds; wrong counts that can be "
    "singled out need up to 35 nodes of 24 cells",
    "V-15",
)
CHANGE_REACH = _chosen(
    "CHANGE_REACH",
    "largest change of a cell in the search",
    10.0,
    "times all failures together",
    "changes of a least repair are at most as large as the failures that they repair; ten times is well "
    "above",
    "V-15",
)
SAME_WEIGHT = _chosen(
    "SAME_WEIGHT",
    "difference of weight below which repairs are equally likely",
    1e-6,
    "weight of a repair",
    "repairs whose weights differ by less are equally likely",
    "V-15",
)
LACKING_NOISE = _chosen(
    "LACKING_NOISE",
    "failure of equations that is ignored in a proof",
    1e-6,
    "events",
    "equations around a set of cells may lack this much together; a count lacks at least 1",
    "V-15",
)
CANCELLED_SHARE = _chosen(
    "CANCELLED_SHARE",
    "size below which a coefficient counts as zero",
    1e-9,
    "share of its terms",
    "a smaller coefficient of a combination of equations is one that has cancelled out",
    "V-15",
)
SIMPLE_FRACTION = _chosen(
    "SIMPLE_FRACTION",
    "denominator of the simple fractions that multipliers are rounded to",
    720.0,
    "common denominator",
    "combinations of sums have multipliers with small denominators: 720 is divisible by 1 to 6, 8, 9 and 10",
    "V-15",
)
NEAR_A_FRACTION = _chosen(
    "NEAR_A_FRACTION",
    "distance within which a multiplier is rounded to a simple fraction",
    1e-7,
    "absolute difference",
    "a multiplier from the solver that is this near to a simple fraction is taken as the fraction",
    "V-15",
)
REPAIRS_LISTED = _chosen(
    "REPAIRS_LISTED",
    "equally small repairs that the search lists",
    50,
    "repairs of a group of equations",
    "nobody compares more repairs; the finding says that there may be others",
    "V-15",
    "quality.findings",
)
TYPING_POWERS = _chosen(
    "TYPING_POWERS",
    "powers of ten that a typing error multiplies a figure by",
    (1, 3),
    "powers of ten",
    "a digit too many or a decimal point gives tenfold, figures printed in thousands thousandfold",
    "V-15",
    "V-16",
)
