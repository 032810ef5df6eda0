"""Pairs of a count and what it is divided by."""

from __future__ import annotations

from civic_assets_tests.publish.queries.pairs.pair import (
    CAMDEN,
    DIVIDED,
    LONDON,
    MET,
    MID22,
    MID23,
    MID24,
    NOT_ADDED,
    NOT_DIVIDED,
    SECONDARY,
    Y23,
    Pair,
    care,
    csp,
    need,
    people,
    pfa,
    pupils,
    school,
    winter,
)

RATES = [
    Pair("robbery per residents", csp("robbery", when=Y23), people(), DIVIDED),
    Pair(
        "robbery per residents of another borough", csp("robbery", when=Y23), people(area=CAMDEN), NOT_DIVIDED
    ),
    Pair("robbery per women", csp("robbery", when=Y23), people("[sex=female]"), NOT_DIVIDED),
    Pair("robbery per children", csp("robbery", when=Y23), people("[age=0-17]"), NOT_DIVIDED),
    Pair("robbery per residents of two years before", csp("robbery"), people(day=MID22), NOT_DIVIDED),
    Pair(
        "violence per residents in a year of changed rules",
        csp("violence_against_the_person", when=Y23),
        people(),
        DIVIDED,
    ),
    Pair(
        "crime of a force per its residents",
        pfa("total_recorded_crime", when=Y23),
        f"ons_pfa:population:{MET}:{MID23}",
        DIVIDED,
    ),
    Pair(
        "crime of a force per residents of its region",
        pfa("total_recorded_crime", when=Y23),
        people(area=LONDON),
        NOT_DIVIDED,
    ),
    Pair(
        "crime of a borough per residents of its force",
        csp("robbery", when=Y23),
        f"ons_pfa:population:{MET}:{MID23}",
        NOT_DIVIDED,
    ),
    Pair(
        "incidents per residents",
        pfa("asb_incidents", when=Y23),
        f"ons_pfa:population:{MET}:{MID23}",
        DIVIDED,
    ),
    Pair(
        "residential burglary per households",
        pfa("residential_burglary", when=Y23),
        f"ons_pfa:households:{MET}:{MID23}",
        DIVIDED,
    ),
    Pair(
        "robbery per households", pfa("robbery", when=Y23), f"ons_pfa:households:{MET}:{MID23}", NOT_DIVIDED
    ),
    Pair(
        "suspensions per pupils of one phase",
        school("suspensions", f"[{SECONDARY}]"),
        pupils(f"[{SECONDARY}]"),
        DIVIDED,
    ),
    Pair(
        "suspensions of a phase per all pupils",
        school("suspensions", f"[{SECONDARY}]"),
        pupils(),
        NOT_DIVIDED,
    ),
    Pair(
        "all suspensions per pupils of a phase", school("suspensions"), pupils(f"[{SECONDARY}]"), NOT_DIVIDED
    ),
    Pair(
        "suspensions for a reason per pupils",
        school("suspensions", f"[{SECONDARY};reason=theft]"),
        pupils(f"[{SECONDARY}]"),
        DIVIDED,
    ),
    Pair("suspensions per pupils of another year", school("suspensions"), pupils(year=2015), NOT_DIVIDED),
    Pair(
        "suspensions per residents", school("suspensions"), people(day="2017-06-30/2017-07-01"), NOT_DIVIDED
    ),
    Pair(
        "children looked after per children of the mid-year before",
        care("children_looked_after"),
        people("[age=0-17]", day=MID24),
        DIVIDED,
    ),
    Pair(
        "asylum seekers per children of the mid-year before",
        care("uasc_looked_after"),
        people("[age=0-17]", day=MID24),
        DIVIDED,
    ),
    Pair(
        "children looked after per children of the next mid-year",
        care("children_looked_after", year=2023),
        people("[age=0-17]"),
        DIVIDED,
    ),
    Pair(
        "children looked after per all residents",
        care("children_looked_after", year=2023),
        people(),
        NOT_DIVIDED,
    ),
    Pair(
        "children looked after per children two years before",
        care("children_looked_after"),
        people("[age=0-17]", day=MID22),
        NOT_DIVIDED,
    ),
    Pair(
        "girls looked after per all children",
        care("children_looked_after[sex=female]", year=2017),
        people("[age=0-17]", day="2017-06-30/2017-07-01"),
        NOT_DIVIDED,
    ),
    Pair(
        "asylum seekers per looked after of another borough",
        care("uasc_looked_after"),
        care("children_looked_after", CAMDEN),
        NOT_DIVIDED,
    ),
    Pair(
        "asylum seekers per looked after of another year",
        care("uasc_looked_after", year=2024),
        care("children_looked_after"),
        NOT_DIVIDED,
    ),
    Pair(
        "referrals per children",
        need("referrals_to_social_services", year=2024),
        people("[age=0-17]", day=MID24),
        DIVIDED,
    ),
    Pair(
        "referrals per children of another borough",
        need("referrals_to_social_services", year=2024),
        people("[age=0-17]", CAMDEN, MID24),
        NOT_DIVIDED,
    ),
    Pair(
        "referrals per children of one age",
        need("referrals_to_social_services"),
        people("[age=5]"),
        NOT_DIVIDED,
    ),
    Pair(
        "referrals per children of five years later",
        need("referrals_to_social_services", year=2018),
        people("[age=0-17]"),
        NOT_DIVIDED,
    ),
    Pair(
        "referrals per episodes of need",
        need("referrals_to_social_services", year=2024),
        care("children_in_need", source="dfe_children_in_need"),
        NOT_DIVIDED,
    ),
    Pair(
        "children re-referred per children referred",
        need("children_rereferred"),
        need("children_referred"),
        DIVIDED,
    ),
    Pair(
        "re-referrals per referrals of another borough",
        need("rereferrals"),
        need("referrals_to_social_services", CAMDEN),
        NOT_DIVIDED,
    ),
    Pair(
        "re-referrals per referrals of another year",
        need("rereferrals"),
        need("referrals_to_social_services", year=2024),
        NOT_DIVIDED,
    ),
    Pair("children of five in all residents", people("[age=5]"), people(), DIVIDED | NOT_ADDED),
    Pair("children in residents of another year", people("[age=0-17]", day=MID22), people(), NOT_DIVIDED),
    Pair("children in residents of another borough", people("[age=0-17]"), people(area=CAMDEN), NOT_DIVIDED),
    Pair("the cohort per residents", winter("neet_cohort"), people(day=MID22), NOT_DIVIDED),
    Pair("a share per people", winter("neet_percent"), winter("neet_cohort"), NOT_DIVIDED),
    Pair("pupils per residents", pupils(), people(day="2017-06-30/2017-07-01"), NOT_DIVIDED),
]
