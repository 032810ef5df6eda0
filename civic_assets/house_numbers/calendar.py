"""Numbers of days, months and terms that no publisher states.

Belongs here: lengths and schedules. Does not belong here: how far apart two periods may be (`comparability`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

DAYS_PER_MONTH = _chosen(
    "DAYS_PER_MONTH",
    "length of a month in schedules",
    30.4375,
    "days",
    "a twelfth of a mean year of 365.25 days, for schedules that a contract states in months",
    "X-01",
    "catalogue.releases",
    "K-03",
)
WAIVER_DAYS = _chosen(
    "WAIVER_DAYS",
    "longest time that a waiver is in force",
    366,
    "days",
    "a source that is published once has no release cycle that would end a waiver",
    "K-03",
)
ONE_OFF_MONTHS = _chosen(
    "ONE_OFF_MONTHS",
    "length of a cycle from which no further edition is expected",
    120,
    "months",
    "contracts state 1,200 months for a report that is published once; no series has a cycle of ten years",
    "catalogue.releases",
)
FUTURE_PERIOD_DAYS = _chosen(
    "FUTURE_PERIOD_DAYS",
    "time after publication by which a period must have ended",
    366,
    "days",
    "a figure for a year that has begun may be published before it ends; a period that ends later is an "
    "error",
    "V-08",
)
EARLIER_EDITIONS = _chosen(
    "EARLIER_EDITIONS",
    "earlier editions that checks look back to",
    17,
    "editions",
    "four years of quarters and the one before give a history of four disjoint years",
    "V-21",
    "V-24",
    "H-12",
)
OLD_FILE_RELEASES = _chosen(
    "OLD_FILE_RELEASES",
    "earlier releases in which repeated columns are looked for",
    4,
    "earlier releases",
    "a file sent again by mistake is one of the last ones, and a year of quarters has four",
    "K-06",
)
AUTUMN_TERM = _chosen(
    "AUTUMN_TERM",
    "first month of the autumn term and the month after its end",
    (-3, 1),
    "months from January",
    "authorities' terms differ by a few days and publishers print no day: September to December",
    "harmonised.observations",
)
SPRING_TERM = _chosen(
    "SPRING_TERM",
    "first month of the spring term and the month after its end",
    (1, 4),
    "months from January",
    "authorities' terms differ by a few days and Easter moves: January to March",
    "harmonised.observations",
)
SUMMER_TERM = _chosen(
    "SUMMER_TERM",
    "first month of the summer term and the month after its end",
    (4, 8),
    "months from January",
    "authorities' terms differ by a few days and Easter moves: April to July; August belongs to no term",
    "harmonised.observations",
)
AUTUMN_AND_SPRING_TERMS = _chosen(
    "AUTUMN_AND_SPRING_TERMS",
    "first month of the two terms together and the month after their end",
    (-3, 4),
    "months from January",
    "the department publishes the two terms together before the summer term ends: September to March",
    "harmonised.observations",
)
