"""More pairs of published figures with the verdict of a statistician, from an attempt to find a false permission.

Belongs here: pairs as in `expert_pairs`, by kind. Does not belong here: trying them (`test_compare`).
"""

from __future__ import annotations

from civic_assets_tests.publish.queries.expert_pairs import Pair

NESTED = [  # nested groups, parts and wholes
    Pair(
        "phase in all suspensions",
        "dfe_exclusions:suspensions[phase=state-funded secondary]:E08000025:2016-09-01/2017-09-01",
        "dfe_exclusions:suspensions:E08000025:2016-09-01/2017-09-01",
        {"sum": False, "compare": False, "rate": True},
    ),
    Pair(
        "reason in all, companion file",
        "dfe_exclusions:suspensions[reason=theft]:E08000025:2016-09-01/2017-09-01",
        "dfe_exclusions:suspensions:E08000025:2016-09-01/2017-09-01",
        {"sum": False, "compare": False, "rate": True},
    ),
    Pair(
        "reason in its phase",
        "dfe_exclusions:suspensions[phase=state-funded secondary;reason=theft]:E08000035:2016-09-01/2017-09-01",
        "dfe_exclusions:suspensions[phase=state-funded secondary]:E08000035:2016-09-01/2017-09-01",
        {"sum": False, "rate": True},
    ),
    Pair(
        "reason of one phase in the reason",
        "dfe_exclusions:suspensions[phase=state-funded secondary;reason=theft]:E08000035:2016-09-01/2017-09-01",
        "dfe_exclusions:suspensions[reason=theft]:E08000035:2016-09-01/2017-09-01",
        {"sum": False, "compare": False, "rate": True},
    ),
    Pair(
        "reason in another phase",
        "dfe_exclusions:suspensions[phase=state-funded secondary;reason=theft]:E08000035:2016-09-01/2017-09-01",
        "dfe_exclusions:suspensions[phase=state-funded primary]:E08000035:2016-09-01/2017-09-01",
        {"sum": False, "rate": False},
    ),
    Pair(
        "two phases per each other",
        "dfe_exclusions:permanent_exclusions[phase=state-funded secondary]:E06000023:2016-09-01/2017-09-01",
        "dfe_exclusions:permanent_exclusions[phase=state-funded primary]:E06000023:2016-09-01/2017-09-01",
        {"sum": True, "rate": False},
    ),
    Pair(
        "reasons in two areas",
        "dfe_exclusions:suspensions[reason=damage]:E08000025:2016-09-01/2017-09-01",
        "dfe_exclusions:suspensions:E08000035:2016-09-01/2017-09-01",
        {"sum": False, "rate": False},
    ),
    Pair(
        "reasons of two years",
        "dfe_exclusions:suspensions[reason=damage]:E08000025:2015-09-01/2016-09-01",
        "dfe_exclusions:suspensions:E08000025:2016-09-01/2017-09-01",
        {"sum": False, "rate": False},
    ),
    Pair(
        "looked after boys of all",
        "dfe_looked_after:children_looked_after[sex=male]:E08000025:2017-03-31/2017-04-01",
        "dfe_looked_after:children_looked_after:E08000025:2017-03-31/2017-04-01",
        {"sum": False, "compare": False, "rate": True},
    ),
    Pair(
        "looked after boys of girls",
        "dfe_looked_after:children_looked_after[sex=male]:E08000025:2017-03-31/2017-04-01",
        "dfe_looked_after:children_looked_after[sex=female]:E08000025:2017-03-31/2017-04-01",
        {"sum": True, "rate": False},
    ),
    Pair(
        "white of all looked after",
        "dfe_looked_after:children_looked_after[ethnicity=white]:E08000035:2017-03-31/2017-04-01",
        "dfe_looked_after:children_looked_after:E08000035:2017-03-31/2017-04-01",
        {"sum": False, "rate": True},
    ),
    Pair(
        "boys and white",
        "dfe_looked_after:children_looked_after[sex=male]:E08000035:2017-03-31/2017-04-01",
        "dfe_looked_after:children_looked_after[ethnicity=white]:E08000035:2017-03-31/2017-04-01",
        {"rate": False, "sum": False},
    ),
    Pair(
        "boys of 2017 of all in 2023",
        "dfe_looked_after:children_looked_after[sex=male]:E08000025:2017-03-31/2017-04-01",
        "dfe_looked_after:children_looked_after:E08000025:2023-03-31/2023-04-01",
        {"rate": False, "sum": False},
    ),
    Pair(
        "residential burglary of burglary",
        "ons_csp:residential_burglary:E08000035:2024-01-01/2025-01-01",
        "ons_csp:burglary:E08000035:2024-01-01/2025-01-01",
        {"rate": True, "sum": False, "compare": False},
    ),
    Pair(
        "burglary of theft",
        "ons_csp:burglary:E08000035:2024-01-01/2025-01-01",
        "ons_csp:theft_offences:E08000035:2024-01-01/2025-01-01",
        {"rate": True, "sum": False, "compare": False},
    ),
    Pair(
        "shoplifting of all crime",
        "ons_csp:shoplifting:E06000023:2024-01-01/2025-01-01",
        "ons_csp:total_recorded_crime:E06000023:2024-01-01/2025-01-01",
        {"rate": True, "sum": False, "compare": False},
    ),
    Pair(
        "homicide of sexual offences",
        "ons_pfa:homicide:E23000036:2024-01-01/2025-01-01",
        "ons_pfa:sexual_offences:E23000036:2024-01-01/2025-01-01",
        {"rate": False, "sum": True},
    ),
    Pair(
        "shoplifting of burglary",
        "ons_csp:shoplifting:E06000023:2024-01-01/2025-01-01",
        "ons_csp:burglary:E06000023:2024-01-01/2025-01-01",
        {"rate": False},
    ),
    Pair(
        "robbery of a district of its force",
        "ons_csp:robbery:E08000035:2024-01-01/2025-01-01",
        "ons_csp:robbery:E23000010:2024-01-01/2025-01-01",
        {"rate": False, "sum": False, "compare": False},
    ),
    Pair(
        "burglary of crime of two publications",
        "ons_csp:burglary:E09000001:2024-01-01/2025-01-01",
        "ons_pfa:total_recorded_crime:E23000034:2024-01-01/2025-01-01",
        {"rate": False, "sum": False},
    ),
    Pair(
        "knife crime of all crime",
        "ons_pfa:knife_crime:E23000014:2024-01-01/2025-01-01",
        "ons_pfa:total_recorded_crime:E23000014:2024-01-01/2025-01-01",
        {"rate": False, "sum": False, "compare": False},
    ),
    Pair(
        "knife robbery of knife crime of selected",
        "ons_pfa:knife_robbery:E23000014:2024-01-01/2025-01-01",
        "ons_pfa:knife_crime_of_selected_offences:E23000014:2024-01-01/2025-01-01",
        {"rate": True, "sum": False},
    ),
    Pair(
        "ASB of all crime",
        "ons_pfa:asb_incidents:E23000014:2017-04-01/2018-04-01",
        "ons_pfa:total_recorded_crime:E23000014:2017-04-01/2018-04-01",
        {"rate": False, "sum": False},
    ),
    Pair(
        "age 5 of girls of 5",
        "ons_population:population[age=5]:E09000019:2023-06-30/2023-07-01",
        "ons_population:population[age=6;sex=female]:E09000019:2023-06-30/2023-07-01",
        {"rate": False, "sum": False},
    ),
    Pair(
        "no further action of referrals of another year",
        "dfe_children_in_need:referrals_no_further_action:E08000025:2022-04-01/2023-04-01",
        "dfe_children_in_need:referrals_to_social_services:E08000025:2023-04-01/2024-04-01",
        {"rate": False, "sum": False},
    ),
    Pair(
        "social care group of pupils suspended",
        "dfe_exclusions:pupils_suspended[social_care_group=child in need]:E08000025:2016-09-01/2017-09-01",
        "dfe_exclusions:pupils_suspended:E08000025:2016-09-01/2017-09-01",
        {"sum": False, "compare": False},
    ),
    Pair(
        "group rate of everybody rate",
        "dfe_exclusions:pupils_suspended_rate[social_care_group=child in need]:E08000025:2016-09-01/2017-09-01",
        "dfe_exclusions:pupils_suspended_rate:E08000025:2016-09-01/2017-09-01",
        {"rate": False, "sum": False},
    ),
]

RATES_OF_PLACES = [  # rates across places
    Pair(
        "crime of West Yorkshire per Leeds",
        "ons_pfa:total_recorded_crime:E23000010:2023-01-01/2024-01-01",
        "ons_population:population:E08000035:2023-06-30/2023-07-01",
        {"rate": False},
    ),
    Pair(
        "crime of London per Met residents",
        "ons_pfa:robbery:E12000007:2023-01-01/2024-01-01",
        "ons_pfa:population:E23000001:2023-06-30/2023-07-01",
        {"rate": False},
    ),
    Pair(
        "crime of Dorset per its change",
        "ons_csp:burglary:E06000059:2023-01-01/2024-01-01",
        "ons_csp:burglary[unit=percent]:E06000059:2024-01-01/2025-01-01",
        {"rate": False, "sum": False, "compare": False},
    ),
    Pair(
        "crime rate of Dorset beside Wiltshire",
        "ons_csp:burglary[unit=per_1000_population]:E06000059:2024-01-01/2025-01-01",
        "ons_csp:burglary[unit=per_1000_population]:E06000054:2024-01-01/2025-01-01",
        {"compare": True, "sum": False, "rate": False},
    ),
    Pair(
        "Dorset partnership and BCP residents",
        "ons_csp:burglary:E06000059:2023-01-01/2024-01-01",
        "ons_population:population:E06000058:2023-06-30/2023-07-01",
        {"rate": False, "sum": False},
    ),
    Pair(
        "Dorset and the Bournemouth partnership",
        "ons_csp:burglary:E06000059:2024-01-01/2025-01-01",
        "ons_csp:burglary:E22000063:2024-01-01/2025-01-01",
        {"sum": True},
    ),
    Pair(
        "Dorset and Dorset police",
        "ons_csp:burglary:E06000059:2024-01-01/2025-01-01",
        "ons_pfa:burglary:E23000039:2024-01-01/2025-01-01",
        {"sum": False, "compare": False, "rate": False},
    ),
    Pair(
        "Bournemouth partnership per BCP residents",
        "ons_csp:burglary:E22000063:2023-01-01/2024-01-01",
        "ons_population:population:E06000058:2023-06-30/2023-07-01",
        {"rate": False},
    ),
    Pair(
        "BTP per residents of both",
        "ons_pfa:robbery:K04000001/british-transport-police:2023-01-01/2024-01-01",
        "ons_pfa:population:K04000001:2023-06-30/2023-07-01",
        {"rate": False},
    ),
    Pair(
        "referrals per children two years off",
        "dfe_children_in_need:referrals_to_social_services:E08000025:2022-04-01/2023-04-01",
        "ons_population:population[age=0-17]:E08000025:2020-06-30/2020-07-01",
        {"rate": False},
    ),
    Pair(
        "care per children a year too early",
        "dfe_looked_after:children_looked_after:E08000035:2024-03-31/2024-04-01",
        "ons_population:population[age=0-17]:E08000035:2022-06-30/2022-07-01",
        {"rate": False},
    ),
    Pair(
        "suspensions of secondary per all pupils",
        "dfe_exclusions:suspensions[phase=state-funded secondary]:E08000035:2016-09-01/2017-09-01",
        "dfe_exclusions:pupils:E08000035:2017-01-01/2017-02-01",
        {"rate": False},
    ),
    Pair(
        "rate of boroughs and region",
        "ons_csp:robbery[unit=per_1000_population]:E09000007:2024-01-01/2025-01-01",
        "ons_pfa:robbery[unit=per_1000_population]:E12000007:2024-01-01/2025-01-01",
        {"compare": True, "sum": False, "rate": False},
    ),
    Pair(
        "robbery per household",
        "ons_pfa:robbery:E23000032:2017-04-01/2018-04-01",
        "ons_pfa:households:E23000032:2017-06-30/2017-07-01",
        {"rate": False},
    ),
    Pair(
        "households of two years",
        "ons_pfa:households:E23000032:2017-06-30/2017-07-01",
        "ons_pfa:households:E23000032:2018-06-30/2018-07-01",
        {"sum": False, "compare": True, "rate": False},
    ),
    Pair(
        "Met ward per borough residents",
        "met_ward:recorded_crime_met[major=robbery;minor=robbery of personal property]:E05013698:2023-06-01/2023-07-01",
        "ons_population:population:E09000019:2023-06-30/2023-07-01",
        {"rate": False},
    ),
    Pair(
        "Manchester Airport per Manchester",
        "ons_csp:robbery:E23000005/manchester-airport:2023-01-01/2024-01-01",
        "ons_population:population:E08000003:2023-06-30/2023-07-01",
        {"rate": False},
    ),
]

TOTALS = [  # parts of published totals, and figures published twice
    Pair(
        "district of its region",
        "ons_csp:robbery:E08000035:2024-01-01/2025-01-01",
        "ons_pfa:robbery:E12000003:2024-01-01/2025-01-01",
        {"sum": False, "compare": False, "rate": False},
    ),
    Pair(
        "England and Wales",
        "ons_pfa:robbery:E92000001:2024-01-01/2025-01-01",
        "ons_pfa:robbery:W92000004:2024-01-01/2025-01-01",
        {"sum": True},
    ),
    Pair(
        "the same figure in two publications: force",
        "ons_csp:robbery:E23000010:2024-01-01/2025-01-01",
        "ons_pfa:robbery:E23000010:2024-01-01/2025-01-01",
        {"sum": False, "rate": False},
    ),
    Pair(
        "same referrals in two sources",
        "dfe_children_in_need:referrals_to_social_services:E08000035:2022-04-01/2023-04-01",
        "dfe_lait:referrals_to_social_services:E08000035:2022-04-01/2023-04-01",
        {"sum": False, "rate": False},
    ),
    Pair(
        "same care in two sources",
        "dfe_looked_after:children_looked_after:E08000035:2024-03-31/2024-04-01",
        "dfe_lait:children_looked_after:E08000035:2024-03-31/2024-04-01",
        {"sum": False, "rate": False},
    ),
    Pair(
        "LAIT uasc in care",
        "dfe_lait:uasc_looked_after:E08000035:2024-03-31/2024-04-01",
        "dfe_lait:children_looked_after:E08000035:2024-03-31/2024-04-01",
        {"sum": False, "rate": True},
    ),
    Pair(
        "inner and outer London",
        "dfe_children_in_need:referrals_to_social_services:E13000001:2022-04-01/2023-04-01",
        "dfe_children_in_need:referrals_to_social_services:E13000002:2022-04-01/2023-04-01",
        {"sum": True, "compare": True},
    ),
    Pair(
        "inner London and London",
        "dfe_children_in_need:referrals_to_social_services:E13000001:2022-04-01/2023-04-01",
        "dfe_children_in_need:referrals_to_social_services:E12000007:2022-04-01/2023-04-01",
        {"sum": False, "compare": False},
    ),
]

BREAKS = [  # breaks inside and outside their reach
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

NOTES = [  # comparisons that a note forbids, and those it does not
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

AGES = [  # ages
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

CHANGES = [  # changes and shares
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

PHASES = [  # phases within all phases
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

PLAIN = [  # plain pairs
    Pair(
        "stock and flow",
        "dfe_children_in_need:children_in_need:E08000035:2023-03-31/2023-04-01",
        "dfe_children_in_need:children_in_need_started:E08000035:2022-04-01/2023-04-01",
        {"sum": False, "compare": False, "rate": False},
    ),
    Pair(
        "far firearm and knife",
        "ons_pfa:firearm_offences:E23000032:2018-04-01/2019-04-01",
        "ons_pfa:knife_crime:E23000032:2018-04-01/2019-04-01",
        {"sum": False, "compare": False, "rate": False},
    ),
]

FURTHER_PAIRS = [*NESTED, *RATES_OF_PLACES, *TOTALS, *BREAKS, *NOTES, *AGES, *CHANGES, *PHASES, *PLAIN]
