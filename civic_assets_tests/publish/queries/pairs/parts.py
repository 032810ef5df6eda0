"""Pairs of parts of one total, and of shares of one base."""

from __future__ import annotations

from civic_assets_tests.publish.queries.pairs.pair import (
    ADDED,
    CAMDEN,
    DIVIDED,
    ENGLAND,
    NOT_ADDED,
    NOT_DIVIDED,
    PRIMARY,
    RATE,
    SECONDARY,
    Y23,
    Pair,
    care,
    census,
    csp,
    need,
    pfa,
    school,
    winter,
)

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
