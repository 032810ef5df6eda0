"""Pairs of periods, and of figures inside and outside the reach of a break."""

from __future__ import annotations

from civic_assets_tests.publish.queries.pairs.pair import (
    ADDED,
    ISLINGTON,
    MID22,
    NOT_ADDED,
    NOT_DIVIDED,
    Y23,
    Pair,
    care,
    csp,
    met,
    need,
    offence,
    people,
    pfa,
    school,
)

TIMES = [
    Pair(
        "two years of one edition",
        csp("robbery", when=Y23),
        csp("robbery"),
        ADDED | {"compare": True} | NOT_DIVIDED,
    ),
    Pair(
        "two months that follow each other",
        met(month="2024-04-01/2024-05-01"),
        met(),
        ADDED | {"compare": True},
    ),
    Pair(
        "two quarters of an offence",
        offence("2017-04-01/2017-07-01"),
        offence("2017-07-01/2017-10-01"),
        ADDED,
    ),
    Pair(
        "children looked after on two days",
        care("children_looked_after", year=2024),
        care("children_looked_after"),
        NOT_ADDED | {"compare": True},
    ),
    Pair(
        "episodes that started in two years",
        need("children_in_need_started"),
        need("children_in_need_started", year=2024),
        ADDED,
    ),
    Pair(
        "episodes open in two years",
        need("children_in_need_any_point"),
        need("children_in_need_any_point", year=2024),
        NOT_ADDED | {"compare": True},
    ),
    Pair(
        "pupils suspended in two years",
        school("pupils_suspended", year=2015),
        school("pupils_suspended"),
        NOT_ADDED,
    ),
    Pair(
        "years that overlap",
        pfa("robbery", when="2017-04-01/2018-04-01"),
        pfa("robbery", when="2018-01-01/2019-01-01"),
        NOT_ADDED | {"compare": False},
    ),
    Pair("a month in the year that holds it", met(), csp("robbery"), NOT_ADDED | {"compare": False}),
    Pair(
        "referrals published twice",
        need("referrals_to_social_services"),
        need("referrals_to_social_services", source="dfe_lait"),
        NOT_ADDED | NOT_DIVIDED,
    ),
    Pair(
        "asylum seekers published twice",
        care("uasc_looked_after"),
        care("uasc_looked_after", source="dfe_lait"),
        NOT_ADDED | NOT_DIVIDED,
    ),
    Pair(
        "residents published twice",
        f"ons_csp:population:{ISLINGTON}:{MID22}",
        people(day=MID22),
        NOT_ADDED | NOT_DIVIDED,
    ),
]

BREAKS = [
    Pair(
        "Sheffield over its new code",
        "ons_csp:robbery:E08000019:2023-01-01/2024-01-01",
        "ons_csp:robbery:E08000019:2024-01-01/2025-01-01",
        {"sum": True, "compare": True},
    ),
    Pair(
        "Northamptonshire and North",
        "dfe_children_in_need:referrals_to_social_services:E10000021:2018-04-01/2019-04-01",
        "dfe_children_in_need:referrals_to_social_services:E06000061:2022-04-01/2023-04-01",
        {"compare": False, "sum": False},
    ),
    Pair(
        "robbery South East, no GM",
        "ons_pfa:robbery:E12000008:2019-01-01/2020-01-01",
        "ons_pfa:robbery:E12000008:2024-01-01/2025-01-01",
        {"compare": True, "sum": True},
    ),
    Pair(
        "robbery North West over GM",
        "ons_pfa:robbery:E12000002:2019-01-01/2020-01-01",
        "ons_pfa:robbery:E12000002:2024-01-01/2025-01-01",
        {"compare": False},
    ),
    Pair(
        "robbery Merseyside",
        "ons_pfa:robbery:E23000004:2019-01-01/2020-01-01",
        "ons_pfa:robbery:E23000004:2024-01-01/2025-01-01",
        {"compare": True},
    ),
    Pair(
        "Hackney care in 2021",
        "dfe_looked_after:children_looked_after:E09000012:2021-03-31/2021-04-01",
        "dfe_looked_after:children_looked_after:E09000019:2021-03-31/2021-04-01",
        {"sum": True, "compare": True},
    ),
    Pair(
        "ASB Kent after",
        "ons_pfa:asb_incidents:E23000032:2013-04-01/2014-04-01",
        "ons_pfa:asb_incidents:E23000032:2014-04-01/2015-04-01",
        {"compare": True, "sum": True},
    ),
]
