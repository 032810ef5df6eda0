"""Pairs of published changes."""

from __future__ import annotations

from civic_assets_tests.publish.queries.pairs.pair import (
    CAMDEN,
    IN_PERCENT,
    IN_POINTS,
    KENT_FORCE,
    LONDON,
    MET,
    NOT_ADDED,
    SOUTH_EAST,
    Y23,
    Y24,
    Pair,
    pfa,
    winter,
)


def knife_change(area: str = MET, base: str = Y23, when: str = Y24) -> str:
    return f"ons_pfa:knife_crime_change[compared_with={base}]:{area}:{when}"


YEARS_2017_TO_2019 = [f"{year}-01-01/{year + 1}-01-01" for year in (2017, 2018, 2019)]
# A change is a comparison in itself: what lies between its two years makes it unlike one that it does not divide.
CHANGES = [
    Pair(
        "a change across the force's own review of its recording",
        knife_change(MET),
        knife_change(KENT_FORCE),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "a change of a region across that review",
        knife_change(LONDON),
        knife_change(SOUTH_EAST),
        {"compare": False},
    ),
    Pair(
        "a change across that review and one before it",
        knife_change(MET),
        knife_change(MET, YEARS_2017_TO_2019[1], YEARS_2017_TO_2019[2]),
        {"compare": False},
    ),
    Pair(
        "changes of two forces without a review",
        knife_change("E23000028"),
        knife_change(KENT_FORCE),
        NOT_ADDED | {"compare": True},
    ),
    Pair(
        "changes of one year and of seven",
        knife_change(KENT_FORCE, "2010-04-01/2011-04-01", "2017-04-01/2018-04-01"),
        knife_change(KENT_FORCE, "2016-04-01/2017-04-01", "2017-04-01/2018-04-01"),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "changes to two years, each from the year before",
        knife_change(KENT_FORCE, *YEARS_2017_TO_2019[:2]),
        knife_change(KENT_FORCE, *YEARS_2017_TO_2019[1:]),
        NOT_ADDED | {"compare": True},
    ),
    Pair(
        "changes of another crime of the force with the review",
        pfa(f"robbery{IN_PERCENT}"),
        pfa(f"robbery{IN_PERCENT}", KENT_FORCE),
        NOT_ADDED | {"compare": True},
    ),
    Pair(
        "changes of two boroughs in points",
        winter(f"neet_percent{IN_POINTS}"),
        winter(f"neet_percent{IN_POINTS}", CAMDEN),
        NOT_ADDED | {"compare": True},
    ),
]

CHANGES_AND_SHARES = [
    Pair(
        "changes of two areas",
        "ons_csp:burglary[unit=percent]:E08000035:2024-01-01/2025-01-01",
        "ons_csp:burglary[unit=percent]:E06000023:2024-01-01/2025-01-01",
        {"compare": True, "sum": False, "rate": False},
    ),
    Pair(
        "change and count",
        "ons_csp:burglary[unit=percent]:E08000035:2024-01-01/2025-01-01",
        "ons_csp:burglary:E08000035:2024-01-01/2025-01-01",
        {"compare": False, "sum": False, "rate": False},
    ),
    Pair(
        "changes Leicestershire",
        "ons_csp:burglary[unit=percent]:E06000016:2024-01-01/2025-01-01",
        "ons_csp:burglary[unit=percent]:E08000035:2024-01-01/2025-01-01",
        {"compare": False},
    ),
    Pair(
        "share and its count",
        "dfe_children_in_need:rereferrals_percent:E08000035:2022-04-01/2023-04-01",
        "dfe_children_in_need:rereferrals:E08000035:2022-04-01/2023-04-01",
        {"compare": False, "sum": False, "rate": False},
    ),
    Pair(
        "SEN support and plan Leeds",
        "dfe_lait:sen_support_percent:E08000035:2023-01-01/2023-02-01",
        "dfe_lait:ehc_plan_percent:E08000035:2023-01-01/2023-02-01",
        {"sum": True, "rate": False},
    ),
    Pair(
        "SEN support and plan of two years",
        "dfe_lait:sen_support_percent:E08000035:2023-01-01/2023-02-01",
        "dfe_lait:ehc_plan_percent:E08000035:2024-01-01/2024-02-01",
        {"sum": False},
    ),
]
