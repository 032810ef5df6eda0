"""Numbers of the statistical checks: rates, outliers, digits, changes of level, runs of zeros.

Belongs here: significance levels, least numbers of observations and least effects. Does not belong here: noise of
floating-point numbers (`arithmetic`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

FEWEST_EVENTS = _chosen(
    "FEWEST_EVENTS",
    "fewest events for a rate",
    10,
    "events",
    "rates of fewer events are too uncertain to show: a custom in public health (this project's "
    "methods, section 2)",
    "harmonised.indicator_figures",
    "harmonised.area_profile",
    "harmonised.crime_table",
    "quality.recording_bands",
)
NORMAL_QUANTILE = _chosen(
    "NORMAL_QUANTILE",
    "width of intervals around a count, a share or a ratio",
    1.959963984540054,
    "standard deviations",
    "two-sided limits of 95%, the usual level for official statistics",
    "harmonised.area_profile",
    "harmonised.indicator_baseline",
)
FEWEST_AREAS_OF_A_KIND = _chosen(
    "FEWEST_AREAS_OF_A_KIND",
    "fewest areas of one kind for a panel or a comparison with peers",
    10,
    "areas",
    "three countries are too few for a panel or for a comparison with peers",
    "H-15",
    "V-22",
    "quality.bias_register",
)
SURVIVOR_BIAS_SHARE = _chosen(
    "SURVIVOR_BIAS_SHARE",
    "largest difference between the mean of surviving areas and of all areas",
    0.02,
    "share of the mean",
    "a difference above two percent is more than rounding and chance explain",
    "H-15",
)
FUNNEL_LIMIT = _chosen(
    "FUNNEL_LIMIT",
    "distance from the peers' rate beyond which an area is an outlier",
    3,
    "standard deviations",
    "limits of a funnel plot that chance exceeds in 0.3% of areas (Spiegelhalter 2005)",
    "V-22",
)
FUNNEL_EXPECTED_EVENTS = _chosen(
    "FUNNEL_EXPECTED_EVENTS",
    "fewest expected events for a comparison with peers",
    10,
    "expected events",
    "below ten expected events the normal limits of a funnel do not hold",
    "V-22",
)
WINSORISED_SHARE = _chosen(
    "WINSORISED_SHARE",
    "share of extreme scores that do not count for the spread",
    0.1,
    "share of scores on each side",
    "the spread of the scores is taken without the outliers that are looked for (Spiegelhalter 2005)",
    "V-22",
)
DISJOINT_PERIODS_OF_A_HISTORY = _chosen(
    "DISJOINT_PERIODS_OF_A_HISTORY",
    "fewest other separate periods for a usual level",
    4,
    "disjoint periods",
    "with fewer than four other periods a series has no usual level to differ from",
    "V-21",
)
LEAST_SPREAD = _chosen(
    "LEAST_SPREAD",
    "least spread that is assumed for a series",
    0.05,
    "log scale, about a share",
    "three nearly equal years would make any figure extreme: a spread of at least 5% is assumed",
    "V-21",
    "V-15",
)
DIGITS_FEWEST_COUNTS = _chosen(
    "DIGITS_FEWEST_COUNTS",
    "fewest counts for a test of last digits",
    50,
    "counts",
    "fewer last digits say nothing about how evenly they are spread",
    "V-20",
)
DIGITS_SIGNIFICANCE = _chosen(
    "DIGITS_SIGNIFICANCE",
    "probability below which last digits are uneven",
    0.001,
    "probability",
    "shared among all groups of a release (Bonferroni), so that a release without a fault is rarely reported",
    "V-20",
)
DIGITS_SMALLEST_COUNT = _chosen(
    "DIGITS_SMALLEST_COUNT",
    "smallest count whose last digit is looked at",
    100,
    "events",
    "the last digits of counts with fewer than three digits are not equally likely (Benford's law)",
    "V-20",
)
DIGITS_NOTABLE_EFFECT = _chosen(
    "DIGITS_NOTABLE_EFFECT",
    "least unevenness of last digits that is reported",
    0.1,
    "sqrt(chi-square / n)",
    "with many thousand counts any trifle is significant; 0.1 is a small effect (Cohen 1988)",
    "V-20",
)
DIGITS_FEWEST_ROUNDED = _chosen(
    "DIGITS_FEWEST_ROUNDED",
    "fewest counts for recognising that all are rounded",
    20,
    "counts",
    "that twenty exact counts are all multiples of five has a chance of 0.2 to the power of 20",
    "V-20",
)
LEVEL_FEWEST_PERIODS = _chosen(
    "LEVEL_FEWEST_PERIODS",
    "fewest periods of a series for a change of level",
    8,
    "periods",
    "a change of level needs several periods on either side",
    "H-12",
)
LEVEL_SHORTEST_PART = _chosen(
    "LEVEL_SHORTEST_PART",
    "fewest periods before and after a change of level",
    3,
    "periods",
    "fewer periods are an outlier and not a level",
    "H-12",
)
LEVEL_LEAST_COUNT = _chosen(
    "LEVEL_LEAST_COUNT",
    "least usual count of a series for a change of level",
    100,
    "events, median",
    "below a hundred events chance alone moves a figure by a tenth",
    "H-12",
)
LEVEL_SIGNIFICANCE = _chosen(
    "LEVEL_SIGNIFICANCE",
    "probability below which a change of level is one",
    0.01,
    "probability",
    "one series in a hundred without a change may be named",
    "H-12",
)
LEVEL_NOTABLE_RATIO = _chosen(
    "LEVEL_NOTABLE_RATIO",
    "least ratio of two levels that is reported",
    1.25,
    "ratio of levels",
    "smaller changes are left to those who know the series",
    "H-12",
)
LEVEL_YEARS_OF_SEASONS = _chosen(
    "LEVEL_YEARS_OF_SEASONS",
    "fewest years for a seasonal pattern",
    3,
    "years",
    "a seasonal pattern needs each month at least three times",
    "H-12",
)
LEVEL_LEAST_NOISE = _chosen(
    "LEVEL_LEAST_NOISE",
    "least noise that is assumed for a series",
    0.01,
    "log scale",
    "a constant series would otherwise have a noise of 0, and any change would be significant",
    "H-12",
)
LEVEL_MOST_AUTOCORRELATION = _chosen(
    "LEVEL_MOST_AUTOCORRELATION",
    "largest correlation of neighbouring residuals that is assumed",
    0.9,
    "correlation",
    "residuals that depend on each other more than this leave no independent period to test with",
    "H-12",
)
ZERO_RUN_USUAL_MONTH = _chosen(
    "ZERO_RUN_USUAL_MONTH",
    "usual month above which months of zero are not chance",
    20,
    "events, median month",
    "with more than twenty events in a usual month, months of zero are not chance",
    "V-24",
)
ZERO_RUN_MONTHS = _chosen(
    "ZERO_RUN_MONTHS",
    "fewest months of zero in a row that are reported",
    2,
    "months",
    "a single month of zero may be a late return",
    "V-24",
)
REPEATED_BITS = _chosen(
    "REPEATED_BITS",
    "least evidence that two columns are equal by mistake",
    40,
    "halvings of the chance",
    "two counts of about x are equal by chance once in 2 sqrt(pi x) times; forty halvings are one in a "
    "million million",
    "K-06",
)
