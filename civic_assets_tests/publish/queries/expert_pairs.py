"""Pairs of published figures with the verdict that a statistician would give, written down before any was tried.

Only operations on which the verdict is certain are listed. Names are those of `compare`.
"""

from __future__ import annotations

from typing import NamedTuple

ISLINGTON, CAMDEN, HACKNEY, CITY = "E09000019", "E09000007", "E09000012", "E09000001"
MET, CITY_FORCE, KENT_FORCE, TRANSPORT = (
    "E23000001",
    "E23000034",
    "E23000032",
    "K04000001/british-transport-police",
)
DORSET = "E06000059"
LONDON, INNER, OUTER, SOUTH_EAST = "E12000007", "E13000001", "E13000002", "E12000008"
ENGLAND, WALES, BOTH = "E92000001", "W92000004", "K04000001"
Y23, Y24 = "2023-01-01/2024-01-01", "2024-01-01/2025-01-01"
MID22, MID23, MID24 = (f"{year}-06-30/{year}-07-01" for year in (2022, 2023, 2024))
SECONDARY, PRIMARY = "phase=state-funded secondary", "phase=state-funded primary"
ROBBERY = "major=robbery;minor=robbery of personal property"


class Pair(NamedTuple):
    """Two figures and what may be done with them."""

    about: str
    a: str
    b: str
    expected: dict[str, bool]


def csp(measure: str, area: str = ISLINGTON, when: str = Y24) -> str:
    return f"ons_csp:{measure}:{area}:{when}"


def pfa(measure: str, area: str = MET, when: str = Y24) -> str:
    return f"ons_pfa:{measure}:{area}:{when}"


def people(group: str = "", area: str = ISLINGTON, day: str = MID23) -> str:
    return f"ons_population:population{group}:{area}:{day}"


def school(measure: str, group: str = "", area: str = ISLINGTON, year: int = 2016) -> str:
    return f"dfe_exclusions:{measure}{group}:{area}:{year}-09-01/{year + 1}-09-01"


def pupils(group: str = "", area: str = ISLINGTON, year: int = 2017) -> str:
    return f"dfe_exclusions:pupils{group}:{area}:{year}-01-01/{year}-02-01"


def need(measure: str, area: str = ISLINGTON, year: int = 2023, source: str = "dfe_children_in_need") -> str:
    return f"{source}:{measure}:{area}:{year}-04-01/{year + 1}-04-01"


def care(measure: str, area: str = ISLINGTON, year: int = 2025, source: str = "dfe_looked_after") -> str:
    return f"{source}:{measure}:{area}:{year}-03-31/{year}-04-01"


def winter(measure: str, area: str = ISLINGTON, year: int = 2022) -> str:
    return f"dfe_neet:{measure}:{area}:{year}-12-01/{year + 1}-03-01"


def census(measure: str, area: str = ISLINGTON, year: int = 2025) -> str:
    return f"dfe_lait:{measure}:{area}:{year}-01-01/{year}-02-01"


def met(area: str = ISLINGTON, month: str = "2024-05-01/2024-06-01", source: str = "met_borough") -> str:
    return f"{source}:recorded_crime_met[{ROBBERY}]:{area}:{month}"


def offence(when: str, area: str = KENT_FORCE) -> str:
    classes = "group=Criminal damage and arson;offence=Arson endangering life;offence_code=56A;subgroup=Arson"
    return f"home_office_prc:recorded_crime_offence[{classes}]:{area}:{when}"


RATE = "[unit=per_1000_population]"
ADDED, NOT_ADDED = {"sum": True}, {"sum": False}
DIVIDED, NOT_DIVIDED = {"rate": True}, {"rate": False}

PARTS_OF_A_TOTAL = [
    Pair(
        "two parts of burglary",
        csp("residential_burglary", CAMDEN),
        csp("non_residential_burglary", CAMDEN),
        ADDED | NOT_DIVIDED,
    ),
    Pair("two groups of violence", csp("homicide"), csp("violence_with_injury"), ADDED),
    Pair("two groups of all crime", csp("robbery"), csp("sexual_offences"), ADDED),
    Pair("groups of two branches", csp("shoplifting"), csp("robbery"), ADDED),
    Pair("burglary in theft", csp("burglary"), csp("theft_offences"), {"sum": False, "compare": False}),
    Pair(
        "residential burglary in theft",
        csp("residential_burglary"),
        csp("theft_offences"),
        {"sum": False, "compare": False},
    ),
    Pair("violence in all crime", csp("violence_against_the_person"), csp("total_recorded_crime"), NOT_ADDED),
    Pair("knife crime marks offences of the groups", pfa("knife_crime"), pfa("robbery"), NOT_ADDED),
    Pair("two offences with a knife", pfa("knife_robbery"), pfa("knife_assault"), ADDED),
    Pair("robbery with a knife in robbery", pfa("knife_robbery"), pfa("robbery"), NOT_ADDED),
    Pair(
        "incidents are not offences",
        pfa("asb_incidents"),
        pfa("total_recorded_crime"),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "asylum seekers and other children looked after",
        care("uasc_looked_after"),
        care("not_uasc_looked_after"),
        ADDED,
    ),
    Pair(
        "asylum seekers in children looked after",
        care("uasc_looked_after"),
        care("children_looked_after"),
        NOT_ADDED | DIVIDED,
    ),
    Pair(
        "re-referrals in referrals",
        need("rereferrals"),
        need("referrals_to_social_services"),
        NOT_ADDED | DIVIDED,
    ),
    Pair(
        "two kinds of referrals that overlap",
        need("rereferrals"),
        need("referrals_no_further_action"),
        NOT_ADDED,
    ),
    Pair(
        "children referred and referrals",
        need("children_referred"),
        need("referrals_to_social_services"),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "residential burglary and robbery of two years",
        csp("residential_burglary"),
        csp("robbery", when=Y23),
        NOT_ADDED,
    ),
]

SHARES_OF_ONE_BASE = [
    Pair("NEET and not known of one winter", winter("neet_percent"), winter("not_known_percent"), ADDED),
    Pair("NEET in NEET or not known", winter("neet_percent"), winter("neet_or_not_known_percent"), NOT_ADDED),
    Pair(
        "NEET of two winters",
        winter("neet_percent", year=2021),
        winter("neet_percent"),
        NOT_ADDED | {"compare": True},
    ),
    Pair(
        "NEET and not known of two winters",
        winter("neet_percent", year=2021),
        winter("not_known_percent"),
        NOT_ADDED,
    ),
    Pair(
        "support and plans of two boroughs",
        census("sen_support_percent"),
        census("ehc_plan_percent", CAMDEN),
        NOT_ADDED,
    ),
    Pair(
        "support and plans of two years",
        census("sen_support_percent", year=2024),
        census("ehc_plan_percent"),
        NOT_ADDED,
    ),
    Pair(
        "support and plans of England",
        census("sen_support_percent", ENGLAND),
        census("ehc_plan_percent", ENGLAND),
        ADDED,
    ),
    Pair(
        "two kinds of events per pupil",
        school("suspension_rate"),
        school("permanent_exclusion_rate"),
        NOT_ADDED,
    ),
    Pair("rates of two groups of crime on one base", csp(f"robbery{RATE}"), csp(f"burglary{RATE}"), ADDED),
    Pair(
        "robbery rates of two boroughs",
        csp(f"robbery{RATE}"),
        csp(f"robbery{RATE}", CAMDEN),
        NOT_ADDED | {"compare": True},
    ),
    Pair("burglary rate in theft rate", csp(f"burglary{RATE}"), csp(f"theft_offences{RATE}"), NOT_ADDED),
    Pair(
        "two kinds of taking part",
        "dfe_neet:participating_percent[activity=full-time education]:E09000019:2023-03-01/2023-04-01",
        "dfe_neet:participating_percent[activity=apprenticeship]:E09000019:2023-03-01/2023-04-01",
        ADDED,
    ),
    Pair(
        "apprentices in all who take part",
        "dfe_neet:participating_percent:E09000019:2023-03-01/2023-04-01",
        "dfe_neet:participating_percent[activity=apprenticeship]:E09000019:2023-03-01/2023-04-01",
        NOT_ADDED,
    ),
    Pair(
        "NEET of two groups with two bases",
        winter("neet_or_not_known_percent[sen=ehc plan]"),
        winter("neet_or_not_known_percent[sen=sen support]"),
        NOT_ADDED,
    ),
    Pair(
        "shares of two groups in one cohort",
        winter("neet_cohort_share_percent[sen=ehc plan]"),
        winter("neet_cohort_share_percent[sen=sen support]"),
        ADDED,
    ),
    Pair(
        "suspension rates of two phases",
        school("suspension_rate", f"[{PRIMARY}]"),
        school("suspension_rate", f"[{SECONDARY}]"),
        NOT_ADDED | {"compare": True},
    ),
    Pair(
        "percentage changes",
        csp("burglary[unit=percent]"),
        csp("robbery[unit=percent]"),
        NOT_ADDED | NOT_DIVIDED,
    ),
]

GROUPS = [
    Pair(
        "two reasons",
        school("suspensions", "[reason=theft]"),
        school("suspensions", "[reason=bullying]"),
        ADDED | {"compare": True},
    ),
    Pair(
        "two phases",
        school("suspensions", f"[{PRIMARY}]"),
        school("suspensions", f"[{SECONDARY}]"),
        ADDED | {"compare": True},
    ),
    Pair(
        "a phase in all phases",
        school("suspensions", f"[{SECONDARY}]"),
        school("suspensions"),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "a reason of a phase in the reason",
        school("suspensions", f"[{SECONDARY};reason=theft]"),
        school("suspensions", "[reason=theft]"),
        NOT_ADDED,
    ),
    Pair(
        "a reason of a phase in the phase",
        school("suspensions", f"[{SECONDARY};reason=theft]"),
        school("suspensions", f"[{SECONDARY}]"),
        NOT_ADDED,
    ),
    Pair(
        "two reasons of one phase",
        school("suspensions", f"[{SECONDARY};reason=theft]"),
        school("suspensions", f"[{SECONDARY};reason=damage]"),
        ADDED,
    ),
    Pair(
        "a reason and a phase",
        school("suspensions", "[reason=theft]"),
        school("suspensions", f"[{SECONDARY}]"),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "a reason in the total of permanent exclusions",
        school("permanent_exclusions", "[reason=theft]"),
        school("permanent_exclusions"),
        NOT_ADDED,
    ),
    Pair(
        "a reason of two years",
        school("suspensions", "[reason=theft]", year=2015),
        school("suspensions", "[reason=theft]"),
        ADDED | {"compare": True},
    ),
    Pair("children in need in all pupils", pupils("[social_care_group=child in need]"), pupils(), NOT_ADDED),
    Pair(
        "groups nested by law",
        pupils("[social_care_group=child in need]"),
        pupils("[social_care_group=child protection plan]"),
        NOT_ADDED,
    ),
    Pair(
        "boys and girls looked after",
        care("children_looked_after[sex=male]", year=2017),
        care("children_looked_after[sex=female]", year=2017),
        ADDED | {"compare": True},
    ),
    Pair(
        "two bands of ages",
        care("children_looked_after[age=1 to 4]", year=2017),
        care("children_looked_after[age=5 to 9]", year=2017),
        ADDED,
    ),
    Pair(
        "a band of ages and a sex",
        care("children_looked_after[age=1 to 4]", year=2017),
        care("children_looked_after[sex=male]", year=2017),
        NOT_ADDED,
    ),
    Pair(
        "two ethnic groups",
        care("children_looked_after[ethnicity=white]", year=2017),
        care("children_looked_after[ethnicity=mixed]", year=2017),
        ADDED,
    ),
    Pair(
        "an ethnic group in the total",
        care("children_looked_after[ethnicity=white]", year=2017),
        care("children_looked_after", year=2017),
        NOT_ADDED,
    ),
    Pair("girls and boys of one age", people("[age=5;sex=female]"), people("[age=5;sex=male]"), ADDED),
    Pair("girls in their age", people("[age=5;sex=female]"), people("[age=5]"), NOT_ADDED),
    Pair("a year of age in a band", people("[age=16]"), people("[age=0-17]"), NOT_ADDED),
    Pair("children and the year of age after them", people("[age=0-17]"), people("[age=18]"), ADDED),
    Pair("women and children", people("[sex=female]"), people("[age=0-17]"), NOT_ADDED | NOT_DIVIDED),
    Pair(
        "vulnerable young people in the cohort",
        winter("neet_cohort[group=vulnerable]"),
        winter("neet_cohort"),
        NOT_ADDED,
    ),
]

PLACES = [
    Pair("two boroughs", csp("burglary"), csp("burglary", CAMDEN), ADDED | {"compare": True}),
    Pair(
        "a borough in Inner London",
        need("referrals_to_social_services"),
        need("referrals_to_social_services", INNER),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "Inner and Outer London",
        need("referrals_to_social_services", INNER),
        need("referrals_to_social_services", OUTER),
        ADDED,
    ),
    Pair(
        "Inner London in London",
        need("referrals_to_social_services", INNER),
        need("referrals_to_social_services", LONDON),
        NOT_ADDED,
    ),
    Pair("the two forces of London", pfa("burglary"), pfa("burglary", CITY_FORCE), ADDED | NOT_DIVIDED),
    Pair("a force in its region", pfa("burglary"), pfa("burglary", LONDON), NOT_ADDED),
    Pair("the City and its own force", csp("burglary", CITY), pfa("burglary", CITY_FORCE), NOT_ADDED),
    Pair("England and Wales apart", pfa("burglary", ENGLAND), pfa("burglary", WALES), ADDED),
    Pair(
        "England in England and Wales",
        pfa("burglary", ENGLAND),
        pfa("burglary", BOTH),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "rates of England and of England and Wales",
        pfa(f"burglary{RATE}", ENGLAND),
        pfa(f"burglary{RATE}", BOTH),
        {"compare": True} | NOT_ADDED,
    ),
    Pair(
        "the transport police in England and Wales",
        pfa("burglary", TRANSPORT),
        pfa("burglary", BOTH),
        NOT_ADDED,
    ),
    Pair("the transport police and a force", pfa("burglary", TRANSPORT), pfa("burglary"), ADDED),
    Pair("a district in its force", csp("burglary", "E07000106"), pfa("burglary", KENT_FORCE), NOT_ADDED),
    Pair(
        "partnerships of North Northamptonshire",
        csp("burglary", "E22000233"),
        csp("burglary", "E22000236"),
        ADDED,
    ),
    Pair(
        "partnerships of West Northamptonshire",
        csp("burglary", "E22000237"),
        csp("burglary", "E22000357"),
        ADDED,
    ),
    Pair(
        "partnerships of Bournemouth, Christchurch and Poole",
        csp("burglary", "E22000063"),
        csp("burglary", "E22000067"),
        ADDED,
    ),
    Pair(
        "a partnership in an authority that it is a part of",
        csp("burglary", "E22000233"),
        csp("burglary", "E06000061"),
        NOT_ADDED,
    ),
    Pair("a partnership in its force", csp("burglary", "E22000233"), pfa("burglary", "E23000022"), NOT_ADDED),
    Pair("a district in its county", people("", "E07000106"), people("", "E10000016"), NOT_ADDED),
    Pair("two regions", people("", LONDON), people("", SOUTH_EAST), ADDED | NOT_DIVIDED),
    Pair("England in England and Wales, residents", people("", ENGLAND), people("", BOTH), NOT_ADDED),
    Pair("two boroughs of a month", met(), met(HACKNEY), ADDED),
    Pair("a ward in its borough", met("E05013698", source="met_ward"), met(), NOT_ADDED | {"compare": False}),
    Pair("two wards", met("E05013698", source="met_ward"), met("E05013699", source="met_ward"), ADDED),
    Pair(
        "two boroughs of two years",
        csp("burglary", when=Y23),
        csp("burglary", CAMDEN),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "a county and the authority that took it in",
        need("referrals_to_social_services", "E10000006", 2022),
        need("referrals_to_social_services", "E06000063", 2023),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "Sheffield before and after its boundary changed",
        need("referrals_to_social_services", "E08000019", 2023),
        need("referrals_to_social_services", "E08000039", 2024),
        {"compare": False},
    ),
    Pair(
        "a count of a borough against England",
        need("referrals_to_social_services"),
        need("referrals_to_social_services", ENGLAND),
        NOT_ADDED | {"compare": False},
    ),
    Pair(
        "NEET of two boroughs",
        winter("neet_percent"),
        winter("neet_percent", CAMDEN),
        {"compare": True} | NOT_ADDED,
    ),
    Pair(
        "a rate of a borough against England",
        "dfe_lait:suspension_rate:E09000019:2022-09-01/2023-09-01",
        "dfe_lait:suspension_rate:E92000001:2022-09-01/2023-09-01",
        {"compare": True} | NOT_ADDED,
    ),
]

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


def knife_change(area: str = MET, base: str = Y23, when: str = Y24) -> str:
    return f"ons_pfa:knife_crime_change[compared_with={base}]:{area}:{when}"


YEARS_2017_TO_2019 = [f"{year}-01-01/{year + 1}-01-01" for year in (2017, 2018, 2019)]
IN_PERCENT, IN_POINTS = "[unit=percent]", "[unit=percentage_points]"
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

GROUNDS = [
    Pair(
        "crime printed for Dorset is of a partnership with Christchurch",
        csp("total_recorded_crime", DORSET, Y23),
        people(area=DORSET),
        {"rate": False, "compare": False, "sum": False},
    ),
    Pair(
        "two years of the partnership of Dorset",
        csp("total_recorded_crime", DORSET, Y23),
        csp("total_recorded_crime", DORSET),
        ADDED | {"compare": True},
    ),
    Pair(
        "crime of Islington per its residents",
        csp("total_recorded_crime", when=Y23),
        people(),
        DIVIDED | {"compare": False, "sum": False},
    ),
    Pair(
        "crime printed for Dorset per the residents that its publisher divides by",
        csp("total_recorded_crime", DORSET, Y23),
        csp("population", DORSET, MID22),
        NOT_DIVIDED,
    ),
]

PAIRS = [*PARTS_OF_A_TOTAL, *SHARES_OF_ONE_BASE, *GROUPS, *PLACES, *TIMES, *RATES, *CHANGES, *NOTES, *GROUNDS]
