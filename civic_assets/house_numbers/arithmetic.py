"""Numbers of the equations: noise of floating-point numbers, rounding, printed precision.

Belongs here: tolerances and what is taken for rounding. Does not belong here: the search for the wrong cell
(`localisation`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

SUM_NOISE = _chosen(
    "SUM_NOISE",
    "rounding error of a sum that is ignored",
    1e-9,
    "absolute difference",
    "sums of a few hundred small numbers with decimals are exact to this as doubles",
    "V-10",
    "V-11",
    "V-12",
    "V-13",
    "V-14",
    "V-15",
)
SUM_RELATIVE_NOISE = _chosen(
    "SUM_RELATIVE_NOISE",
    "rounding error of a sum that is ignored, by its size",
    1e-12,
    "share of the terms",
    "sums of a few dozen doubles are exact to about 1e-14 of their terms; this is well above that and "
    "far below one event in any total",
    "V-10",
    "V-11",
    "V-12",
    "V-13",
    "V-14",
    "V-15",
)
DIVISION_NOISE = _chosen(
    "DIVISION_NOISE",
    "rounding error of a division that is ignored",
    1e-9,
    "share",
    "two figures printed in full agree to this share; a division of doubles is exact to about 1e-16",
    "V-17",
    "H-05",
    "H-16",
)
COUNT_NOISE = _chosen(
    "COUNT_NOISE",
    "part of an event that is ignored",
    1e-6,
    "events",
    "a count is a whole number, so a millionth of an event is noise",
    "V-17",
)
ORDER_OF_SUM_NOISE = _chosen(
    "ORDER_OF_SUM_NOISE",
    "difference between two sums of the same numbers that is ignored",
    1e-9,
    "share",
    "sums of the same numbers in another order differ by rounding",
    "quality.report_table_1",
    "quality.report_table_2",
)
ONE_VALUE_WIDTH = _chosen(
    "ONE_VALUE_WIDTH",
    "width below which a range is a single value",
    1e-6,
    "width of an interval",
    "no publisher prints as many decimals as this",
    "V-15",
)
COUNT_HEADROOM = _chosen(
    "COUNT_HEADROOM",
    "largest count that a repair may propose",
    10,
    "times the largest figure",
    "no count is ten times the largest of its release",
    "V-15",
)
FIGURE_HEADROOM = _chosen(
    "FIGURE_HEADROOM",
    "largest figure other than a count that a repair may propose",
    1e9,
    "units",
    "figures that are not counts have no natural limit; none in these statistics reaches this",
    "V-15",
)
PRECISION_FEWEST = _chosen(
    "PRECISION_FEWEST",
    "fewest numbers for recognising the decimals of a level or period",
    8,
    "numbers",
    "that eight numbers all leave out a zero has a chance of 1e-8",
    "V-17",
    "V-18",
)
PRECISION_CHANCE = _chosen(
    "PRECISION_CHANCE",
    "probability above which missing decimals are zeros that were left out",
    0.01,
    "probability",
    "below it, zeros that are left out do not explain decimals that become fewer as numbers become larger",
    "V-17",
    "V-18",
)
TENTH_LEFT_OUT = _chosen(
    "TENTH_LEFT_OUT",
    "chance that a last decimal is zero",
    0.1,
    "share",
    "one number in ten ends in a zero that a publisher may leave out",
    "V-17",
    "V-18",
)
ROUNDING_BASES = _chosen(
    "ROUNDING_BASES",
    "bases of rounding that are looked for",
    (1000, 100, 10, 5),
    "multiples",
    "bases that publishers round to, the coarsest first",
    "V-10",
    "V-20",
)
ROUNDING_CHANCE = _chosen(
    "ROUNDING_CHANCE",
    "chance of taking exact counts for rounded ones",
    1e-6,
    "probability",
    "the chance of taking exact counts for rounded ones, shared among all groups of a file (Bonferroni)",
    "V-10",
)
ROUNDING_EXCEPTIONS_SHARE = _chosen(
    "ROUNDING_EXCEPTIONS_SHARE",
    "share of rounded counts that may be exact",
    0.05,
    "share of counts",
    "one count in twenty, and one in any case, may be no multiple: a damaged cell does not make rounded "
    "figures exact",
    "V-10",
)
ROUNDING_FEWEST = _chosen(
    "ROUNDING_FEWEST",
    "fewest counts for recognising rounding",
    4,
    "counts",
    "fewer counts are not judged by themselves",
    "V-10",
)
AGREEING_RATES = _chosen(
    "AGREEING_RATES",
    "fewest rates that must agree on an implied denominator",
    3,
    "rates of a row",
    "a denominator is taken from rates only if more than half of them, and at least three, agree on it",
    "V-17",
)
NOTICED_TOLERANCE = _chosen(
    "NOTICED_TOLERANCE",
    "tolerance above which a message mentions rounding",
    1e-6,
    "units of the figure",
    "above it the text mentions rounding; sums of doubles have a smaller tolerance too",
    "V-10",
)
