"""Pairs that a publisher's note separates, and pairs that it does not."""

from __future__ import annotations

from civic_assets_tests.publish.queries.pairs.pair import (
    ADDED,
    BOTH,
    CITY_FORCE,
    IN_PERCENT,
    KENT_FORCE,
    NOT_ADDED,
    RATE,
    Y23,
    Pair,
    csp,
    pfa,
)

BURGLARY_RATE, Y19 = f"burglary{RATE}", "2019-01-01/2020-01-01"
YEAR_TO_MARCH_2017, YEAR_TO_MARCH_2018 = "2016-04-01/2017-04-01", "2017-04-01/2018-04-01"
LEICESTERSHIRE, CHESHIRE, SURREY, DYFED_POWYS = "E23000021", "E23000006", "E23000031", "W15000004"
NOTES = [
    Pair(
        "a district inside a force that undercounted",
        csp("burglary", "E06000016", Y23),
        csp("burglary", "E06000016"),
        {"compare": False},
    ),
    Pair(
        "a part of what was undercounted",
        pfa("residential_burglary", LEICESTERSHIRE, Y23),
        pfa("residential_burglary", LEICESTERSHIRE),
        {"compare": False},
    ),
    Pair(
        "a change to what was undercounted",
        pfa(f"burglary{IN_PERCENT}", LEICESTERSHIRE),
        pfa(f"burglary{IN_PERCENT}", KENT_FORCE),
        {"compare": False},
    ),
    Pair(
        "a rate of what was undercounted",
        pfa(BURGLARY_RATE, LEICESTERSHIRE),
        pfa(BURGLARY_RATE, KENT_FORCE),
        {"compare": False},
    ),
    Pair(
        "another crime of a force that undercounted",
        pfa("robbery", LEICESTERSHIRE, Y23),
        pfa("robbery", LEICESTERSHIRE),
        ADDED | {"compare": True},
    ),
    Pair(
        "violence undercounted by one force",
        pfa(f"violence_against_the_person{RATE}", DYFED_POWYS, Y19),
        pfa(f"violence_against_the_person{RATE}", KENT_FORCE, Y19),
        {"compare": False},
    ),
    Pair(
        "eleven months of a year",
        pfa("asb_incidents", CHESHIRE, YEAR_TO_MARCH_2017),
        pfa("asb_incidents", CHESHIRE, YEAR_TO_MARCH_2018),
        {"compare": False},
    ),
    Pair(
        "a force that counts bottles as knives",
        pfa("knife_robbery", SURREY, YEAR_TO_MARCH_2018),
        pfa("knife_robbery", KENT_FORCE, YEAR_TO_MARCH_2018),
        {"compare": False},
    ),
    Pair(
        "incidents across another approach",
        pfa("asb_incidents", BOTH, "2009-04-01/2010-04-01"),
        pfa("asb_incidents", BOTH, "2014-04-01/2015-04-01"),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "knives of a force outside the note of its neighbour",
        pfa("knife_crime", CITY_FORCE, Y23),
        pfa("knife_crime", CITY_FORCE),
        ADDED | {"compare": True},
    ),
]

NOTES_AND_NO_NOTES = [
    Pair(
        "Leicester's shoplifting",
        "ons_csp:shoplifting:E06000016:2023-01-01/2024-01-01",
        "ons_csp:shoplifting:E06000016:2024-01-01/2025-01-01",
        {"compare": True},
    ),
    Pair(
        "Leicester's burglary rate beside Leeds",
        "ons_csp:burglary[unit=per_1000_population]:E06000016:2024-01-01/2025-01-01",
        "ons_csp:burglary[unit=per_1000_population]:E08000035:2024-01-01/2025-01-01",
        {"compare": False},
    ),
    Pair(
        "Dyfed-Powys theft",
        "ons_pfa:theft_offences:W15000004:2018-01-01/2019-01-01",
        "ons_pfa:theft_offences:W15000004:2019-01-01/2020-01-01",
        {"compare": True},
    ),
    Pair(
        "Cheshire ASB before",
        "ons_pfa:asb_incidents:E23000006:2015-04-01/2016-04-01",
        "ons_pfa:asb_incidents:E23000006:2016-04-01/2017-04-01",
        {"compare": True, "sum": True},
    ),
    Pair(
        "Met total crime, no note",
        "ons_pfa:total_recorded_crime:E23000001:2023-01-01/2024-01-01",
        "ons_pfa:total_recorded_crime:E23000001:2024-01-01/2025-01-01",
        {"compare": True, "sum": True},
    ),
]
