"""Pairs of groups of people: by sex, age, need or phase."""

from __future__ import annotations

from civic_assets_tests.publish.queries.pairs.pair import (
    ADDED,
    NOT_ADDED,
    NOT_DIVIDED,
    PRIMARY,
    SECONDARY,
    Pair,
    care,
    people,
    pupils,
    school,
    winter,
)

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

AGES = [
    Pair(
        "NEET cohort per residents 16",
        "dfe_neet:neet_cohort:E08000035:2022-12-01/2023-03-01",
        "ons_population:population[age=16]:E08000035:2022-06-30/2022-07-01",
        {"rate": False, "sum": False},
    ),
    Pair(
        "age 10 twice years",
        "ons_population:population[age=10]:E08000035:2022-06-30/2022-07-01",
        "ons_population:population[age=10]:E08000035:2023-06-30/2023-07-01",
        {"sum": False, "compare": True},
    ),
]

PHASES = [
    Pair(
        "suspension rate of secondary in all",
        "dfe_lait:suspension_rate[phase=state-funded secondary]:E08000035:2022-09-01/2023-09-01",
        "dfe_lait:suspension_rate:E08000035:2022-09-01/2023-09-01",
        {"sum": False, "rate": False},
    ),
    Pair(
        "pupils of phase in all pupils",
        "dfe_exclusions:pupils[phase=state-funded secondary]:E08000035:2017-01-01/2017-02-01",
        "dfe_exclusions:pupils:E08000035:2017-01-01/2017-02-01",
        {"sum": False, "rate": True, "compare": False},
    ),
    Pair(
        "pupils of two phases",
        "dfe_exclusions:pupils[phase=state-funded secondary]:E08000035:2017-01-01/2017-02-01",
        "dfe_exclusions:pupils[phase=state-funded primary]:E08000035:2017-01-01/2017-02-01",
        {"sum": True, "rate": False},
    ),
    Pair(
        "pupils suspended of phase in all suspended",
        "dfe_exclusions:pupils_suspended[phase=state-funded secondary]:E08000035:2016-09-01/2017-09-01",
        "dfe_exclusions:pupils_suspended:E08000035:2016-09-01/2017-09-01",
        {"sum": False, "compare": False},
    ),
    Pair(
        "schools of phase in all",
        "dfe_exclusions:schools[phase=state-funded secondary]:E08000035:2016-01-01/2016-02-01",
        "dfe_exclusions:schools:E08000035:2016-01-01/2016-02-01",
        {"sum": False, "rate": True},
    ),
]
