"""Pairs of rates across places."""

from __future__ import annotations

from civic_assets_tests.publish.queries.pairs.pair import Pair

RATES_OF_PLACES = [
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
