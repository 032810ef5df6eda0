"""Pairs of a part and its whole, of parts of published totals, and of figures that are published twice."""

from __future__ import annotations

from civic_assets_tests.publish.queries.pairs.pair import Pair

NESTED = [
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

TOTALS = [
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

PLAIN = [
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
