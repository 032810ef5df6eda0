"""Numbers that decide which periods and sources may be compared.

Belongs here: distances between dates, shares of days, and ratios of two sources. Does not belong here: revisions
(`revisions`) and what a name of a period means (`calendar`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

DENOMINATOR_DAYS = _chosen(
    "DENOMINATOR_DAYS",
    "largest distance from the middle of a period to its denominator",
    183,
    "days",
    "half a year: a stock within half a year of the middle of a period is as near to it as a yearly "
    "series allows",
    "H-04",
    "harmonised.area_profile",
)
NO_DENOMINATOR_DAYS = _chosen(
    "NO_DENOMINATOR_DAYS",
    "distance from the middle of a period beyond which no rate is computed",
    366,
    "days",
    "a stock more than a year away describes another population; between half a year and a year the "
    "rate is computed and the distance is stated",
    "H-04",
    "harmonised.indicator_figures",
)
ESTIMATE_REPLACED_DAYS = _chosen(
    "ESTIMATE_REPLACED_DAYS",
    "time after which a population estimate is expected to be replaced",
    366,
    "days",
    "population estimates are yearly: if the last one held is more than a year older than the newest "
    "due at the release, the base may be one that is not held",
    "H-05",
)
PERIODS_FOR_A_TREND = _chosen(
    "PERIODS_FOR_A_TREND",
    "fewest separate periods for a trend or a verdict",
    3,
    "separate periods",
    "two points give a difference; only three or more give a direction",
    "H-17",
    "harmonised.indicator_baseline",
)
ABNORMAL_SHARE = _chosen(
    "ABNORMAL_SHARE",
    "share of abnormal days above which a period is not a fair base",
    0.25,
    "share of days",
    "if more than a quarter of its days are abnormal, a period is not a fair base",
    "H-13",
    "harmonised.indicator_baseline",
)
BASELINE_ABNORMAL_SHARE = _chosen(
    "BASELINE_ABNORMAL_SHARE",
    "share of abnormal days that a baseline before the restrictions may have",
    0.05,
    "share of days",
    "a baseline may hold a few abnormal days: 9 days of restrictions in the year to March 2020 are 2%",
    "harmonised.indicator_baseline",
)
SHARED_DAYS_SHARE = _chosen(
    "SHARED_DAYS_SHARE",
    "least share of days that two periods must share to describe the same time",
    0.5,
    "share of days",
    "periods that share less than half of their days describe mostly different times",
    "H-03",
)
YEARS_RATIO_LOW = _chosen(
    "YEARS_RATIO_LOW",
    "least ratio of another source's year to that of ONS",
    0.9,
    "ratio",
    "two extractions of the same classes and year should agree to within a tenth; late records alone do "
    "not explain more",
    "X-04",
)
YEARS_RATIO_HIGH = _chosen(
    "YEARS_RATIO_HIGH",
    "largest ratio of another source's year to that of ONS",
    1.1,
    "ratio",
    "two extractions of the same classes and year should agree to within a tenth; late records alone do "
    "not explain more",
    "X-04",
)
YEARS_RATIO_EVENTS = _chosen(
    "YEARS_RATIO_EVENTS",
    "fewest offences for comparing the years of two sources",
    100,
    "offences",
    "below a hundred offences, a few late records alone move the ratio of two sources by several percent",
    "X-04",
)
DEROLLED_SHARE = _chosen(
    "DEROLLED_SHARE",
    "largest difference between two rolling years and the quarters between them",
    0.005,
    "share of the year",
    "figures of both quarters are revised between editions by less than this",
    "H-10",
)
WEIGHT_NOISE = _chosen(
    "WEIGHT_NOISE",
    "largest difference of the sum of weights from one",
    1e-6,
    "absolute difference",
    "weights are decimals of a division; their sum differs from one by less than this",
    "H-08",
)
CORRELATED_PERIODS = _chosen(
    "CORRELATED_PERIODS",
    "fewest common periods for a correlation",
    8,
    "common periods",
    "fewer pairs of figures give a large correlation by chance too often",
    "quality.comparability",
)
NEIGHBOURING_YEAR_DAYS = _chosen(
    "NEIGHBOURING_YEAR_DAYS",
    "largest distance from a month to the middle of the year that it is compared with",
    548,
    "days",
    "a month is compared with the year that holds it or with the one before or after: a year and a half "
    "from its middle",
    "X-05",
    "quality.months_beside_years",
)
NOTABLE_UNKNOWN_POINTS = _chosen(
    "NOTABLE_UNKNOWN_POINTS",
    "part of a share that is not known from which it is stated",
    5,
    "percentage points",
    "most differences between authorities are smaller than five points, so a larger unknown part must "
    "be stated",
    "X-08",
    "harmonised.area_profile",
)
