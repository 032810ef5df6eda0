"""For every entry of the register of breaks, a pair of figures that it touches and one that it does not.

A new entry without its pairs fails in `test_break_scopes`. The pair outside is as like the pair inside as can be: it
differs in what the scope is about, so that a scope that is too wide touches it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

from civic_assets.harmonise.comparability.breaks import Figure
from civic_assets.values.periods import Period, PeriodKind, day, first_of_month
from civic_assets.values.periods import year_ending as ye

Pair: TypeAlias = tuple[Figure, Figure]

ISLINGTON, CAMDEN, HACKNEY, CITY = "E09000019", "E09000007", "E09000012", "E09000001"
MET, GREATER_MANCHESTER, KENT, SOUTH_WALES = "E23000001", "E23000005", "E23000032", "W15000003"
LONDON, NORTH_WEST, ENGLAND, ENGLAND_AND_WALES = "E12000007", "E12000002", "E92000001", "K04000001"
ENGLAND_WITHOUT_MANCHESTER = "E92000001/excluding-greater-manchester-police"
REFERRALS = "referrals_to_social_services"


def month(year: int, number: int) -> Period:
    return Period(first_of_month(year, number), first_of_month(year, number + 1), PeriodKind.MONTH)


def school_year(start: int) -> Period:
    return Period(date(start, 9, 1), date(start + 1, 9, 1), PeriodKind.ACADEMIC_YEAR)


def autumn(year: int) -> Period:
    return Period(date(year, 9, 1), date(year + 1, 1, 1), PeriodKind.TERM)


def pair(
    source: str,
    measure: str,
    area: str,
    a: Period,
    b: Period,
    editions: tuple[str | None, str | None] = (None, None),
    other: str = "",
    **more: Any,
) -> Pair:
    """Two periods of one series, from two editions or from another source."""
    first = Figure(source, measure, area, a, edition=editions[0], **more)
    return first, Figure(other or source, measure, area, b, edition=editions[1], **more)


def series(*what: Any, **more: Any) -> Callable[[str], Pair]:
    """The same pair in any area."""
    source, measure, *rest = what
    return lambda area: pair(source, measure, area, *rest, **more)


def classes(**of: str) -> str:
    return ";".join(f"{key}={word}" for key, word in of.items())


_OFFENCES = ("home_office_prc", "recorded_crime_offence")
_HARASSMENT = ("ons_pfa", "stalking_and_harassment", KENT)
_THEFT = "reason=theft"
_PER_1000 = "per_1000_population"
_SHOPS = classes(major="theft", minor="shoplifting")
_INJURY = classes(major="violence against the person", minor="violence with injury")
_HOME = classes(major="burglary", minor="res burglary of a home")
_MET = ("met_borough", "recorded_crime_met", ISLINGTON)
_EDITIONS = ("2018-12", "2019-12")
_ACROSS_2019 = series("ons_pfa", "total_recorded_crime", ye(2018, 12), ye(2019, 12), _EDITIONS)
_KNIVES_2019 = series("ons_pfa", "knife_crime", ye(2017, 3), ye(2018, 12), ("2019-12", "2019-12"))
_RECORDED_2019 = series("ons_pfa", "robbery", ye(2019, 3), ye(2020, 3))
_HATE = series("ons_csp", "hate_crime", ye(2023, 12), ye(2024, 12))
_ROBBERY = series("ons_csp", "robbery", ye(2023, 12), ye(2024, 12))
_KNIVES_2024 = series("ons_pfa", "knife_crime", ye(2023, 12), ye(2024, 12), ("2024-12", "2024-12"))
_KNIVES_2017 = series("ons_pfa", "knife_crime", ye(2017, 3), ye(2019, 3), ("2024-12", "2024-12"))
_REFERRALS = series("dfe_children_in_need", REFERRALS, ye(2021, 3), ye(2024, 3))
_WARDS = ("met_ward", "recorded_crime_met", month(2022, 4), month(2024, 4), ("2022-08", "2025-12"))
_STREETS = series("police_uk", "street_level_crimes", month(2023, 4), month(2023, 8))
_MID_2020, _MID_2022 = day(date(2020, 6, 30)), day(date(2022, 6, 30))


def _plans(before: int, after: int) -> Callable[[str], Pair]:
    return series("dfe_lait", "ehc_plan_percent", day(date(before, 1, 1)), day(date(after, 1, 1)))


def _knives(last: int) -> Callable[[str], Pair]:
    """The last year to March before a force improved its recording, and a recent one."""
    return series("ons_pfa", "knife_crime", ye(last, 3), ye(2022, 3), ("2024-12", "2024-12"))


PAIRS: dict[str, tuple[Pair, Pair]] = {
    "stalking-2014": (
        pair(*_OFFENCES, KENT, ye(2014, 3), ye(2015, 3), breakdown="offence_code=8q"),
        pair(*_OFFENCES, KENT, ye(2014, 3), ye(2015, 3), breakdown="offence_code=8n"),
    ),
    "harassment-2015": (
        pair(*_HARASSMENT, ye(2015, 3), ye(2016, 3)),
        pair("ons_pfa", "violence_with_injury", KENT, ye(2015, 3), ye(2016, 3)),
    ),
    "harassment-2015-sums": (
        pair("ons_pfa", "total_recorded_crime", KENT, ye(2015, 3), ye(2016, 3)),
        pair("ons_pfa", "theft_offences", KENT, ye(2015, 3), ye(2016, 3)),
    ),
    "residential-burglary-2017": (
        pair("ons_pfa", "residential_burglary", MET, ye(2017, 3), ye(2018, 3)),
        pair("ons_pfa", "burglary", MET, ye(2017, 3), ye(2018, 3)),
    ),
    "greater-manchester-2019": (_ACROSS_2019(ENGLAND_AND_WALES), _ACROSS_2019(SOUTH_WALES)),
    "greater-manchester-2019-knife": (_KNIVES_2019(NORTH_WEST), _KNIVES_2019(ENGLAND_WITHOUT_MANCHESTER)),
    "greater-manchester-2019-area": (_RECORDED_2019(GREATER_MANCHESTER), _RECORDED_2019(KENT)),
    "residential-burglary-2023": (
        pair(*_MET, month(2023, 2), month(2024, 2), breakdown=_HOME),
        pair(*_MET, month(2023, 2), month(2024, 2), breakdown=_SHOPS),
    ),
    "conduct-crimes-2023": (
        pair("ons_csp", "stalking_and_harassment", ISLINGTON, ye(2022, 12), ye(2024, 12)),
        pair("ons_csp", "violence_with_injury", ISLINGTON, ye(2022, 12), ye(2024, 12)),
    ),
    "conduct-crimes-2023-sums": (
        pair("ons_csp", "total_recorded_crime", ISLINGTON, ye(2022, 12), ye(2024, 12)),
        pair("ons_csp", "theft_offences", ISLINGTON, ye(2022, 12), ye(2024, 12)),
    ),
    "met-systems-2024": (_HATE(CAMDEN), _HATE(CITY)),
    "met-systems-2024-other": (_ROBBERY(ISLINGTON), _ROBBERY("E07000106")),
    "met-classes-2019": (
        pair(*_MET, month(2018, 6), month(2019, 6), ("2018-12", "2020-06"), breakdown=_SHOPS),
        pair(*_MET, month(2018, 6), month(2019, 6), ("2020-06", "2020-06"), breakdown=_SHOPS),
    ),
    "met-classes-2024": (
        pair(*_MET, month(2022, 6), month(2024, 6), ("2023-07", "2024-10"), breakdown=_SHOPS),
        pair(*_MET, month(2022, 12), month(2024, 6), ("2024-10", "2024-10"), breakdown=_SHOPS),
    ),
    "met-violence-classes-2025": (
        pair(*_MET, month(2024, 6), month(2025, 6), ("2024-10", "2025-12"), breakdown=_INJURY),
        pair(*_MET, month(2024, 6), month(2025, 6), ("2024-10", "2025-12"), breakdown=_SHOPS),
    ),
    "knife-method": (
        pair("ons_pfa", "knife_crime", KENT, ye(2019, 12), ye(2024, 12), ("2019-12", "2024-12")),
        pair("ons_pfa", "knife_crime", KENT, ye(2019, 3), ye(2024, 12), ("2024-12", "2024-12")),
    ),
    "met-knife-2024": (_KNIVES_2024(MET), _KNIVES_2024(KENT)),
    "met-knife-2024-sums": (_KNIVES_2024(ENGLAND), _KNIVES_2024("W92000004")),
    "greater-manchester-knife-2018": (_KNIVES_2017(GREATER_MANCHESTER), _KNIVES_2017(KENT)),
    "greater-manchester-knife-2018-sums": (_KNIVES_2017(NORTH_WEST), _KNIVES_2017(ENGLAND_WITHOUT_MANCHESTER)),
    "knife-sussex-2015": (_knives(2014)("E23000033"), _knives(2014)(KENT)),
    "knife-sussex-2015-sums": (_knives(2014)("E12000008"), _knives(2014)("E12000005")),
    "knife-thames-valley-2016": (_knives(2015)("E23000029"), _knives(2015)(KENT)),
    "knife-thames-valley-2016-sums": (_knives(2015)("E12000008"), _knives(2015)("E12000005")),
    "knife-northumbria-2017": (_knives(2016)("E23000007"), _knives(2016)("E12000001")),
    "knife-northumbria-2017-sums": (_knives(2016)("E12000001"), _knives(2016)("E12000005")),
    "knife-surrey-2017": (_knives(2016)("E23000031"), _knives(2016)("E12000008")),
    "knife-surrey-2017-sums": (_knives(2016)("E12000008"), _knives(2016)("E12000005")),
    "knife-avon-and-somerset-2018": (_knives(2017)("E23000036"), _knives(2017)("E23000035")),
    "knife-avon-and-somerset-2018-sums": (_knives(2017)("E12000009"), _knives(2017)("E12000005")),
    "knife-essex-norfolk-suffolk-2018": (_knives(2017)("E23000024"), _knives(2017)("E23000023")),
    "knife-essex-norfolk-suffolk-2018-sums": (_knives(2017)("E12000006"), _knives(2017)("E12000005")),
    "pandemic": (
        pair("ons_csp", "robbery", ISLINGTON, ye(2020, 12), ye(2023, 12)),
        pair("ons_csp", "robbery", ISLINGTON, ye(2019, 12), ye(2023, 12)),
    ),
    "schools-closed": (
        pair("dfe_exclusions", "suspensions", ISLINGTON, school_year(2020), school_year(2022)),
        pair("dfe_neet", "neet_percent", ISLINGTON, ye(2021, 2), ye(2023, 2)),
    ),
    "exclusion-reasons-2020": (
        pair("dfe_exclusions", "suspensions", ISLINGTON, school_year(2018), school_year(2022), breakdown=_THEFT),
        pair("dfe_exclusions", "suspensions", ISLINGTON, school_year(2018), school_year(2022)),
    ),
    "exclusions-terms-2022": (
        pair("dfe_exclusions", "suspensions", ISLINGTON, autumn(2023), school_year(2023)),
        pair("dfe_exclusions", "suspensions", ISLINGTON, autumn(2023), autumn(2024)),
    ),
    "neet-ages-2016": (
        pair("dfe_neet", "neet_percent", ISLINGTON, ye(2016, 2), ye(2018, 2)),
        pair("dfe_children_in_need", REFERRALS, ISLINGTON, ye(2016, 2), ye(2018, 2)),
    ),
    "neet-brief": (
        pair("dfe_neet", "neet_percent", ENGLAND, ye(2022, 2), ye(2022, 2), other="neet_national_brief"),
        pair("dfe_neet", "neet_percent", ENGLAND, ye(2022, 2), ye(2022, 2), other="dfe_lait"),
    ),
    "hackney-no-return": (_REFERRALS(HACKNEY), _REFERRALS(ISLINGTON)),
    "hackney-in-london": (_REFERRALS(LONDON), _REFERRALS(ISLINGTON)),
    "uasc-definition": (
        pair("dfe_looked_after", "uasc_looked_after", ISLINGTON, _MID_2020, _MID_2022, ("2017", "2025")),
        pair("dfe_looked_after", "children_looked_after", ISLINGTON, _MID_2020, _MID_2022, ("2017", "2025")),
    ),
    "census-2021": (
        pair("ons_population", "population", ISLINGTON, _MID_2020, _MID_2022),
        pair("ons_csp", "robbery", ISLINGTON, ye(2020, 6), ye(2022, 6)),
    ),
    "population-rebased": (
        pair("gla_report", "population", ISLINGTON, _MID_2020, _MID_2022, ("2023-05", "2023-mye"), "ons_population"),
        pair("ons_population", "population", ISLINGTON, _MID_2020, _MID_2022, ("2023-mye", "2023-mye")),
    ),
    "rates-rebased": (
        pair("ons_pfa", "robbery", KENT, ye(2018, 12), ye(2024, 12), ("2018-12", "2024-12"), unit=_PER_1000),
        pair("ons_pfa", "robbery", KENT, ye(2018, 12), ye(2024, 12), ("2018-12", "2024-12")),
    ),
    "rates-of-children-rebased": (
        pair("dfe_lait", "children_in_need_rate", ISLINGTON, ye(2019, 3), ye(2024, 3), unit="per_10000_children"),
        pair("dfe_lait", REFERRALS, ISLINGTON, ye(2019, 3), ye(2024, 3)),
    ),
    "met-wards-2022": (
        pair(_WARDS[0], _WARDS[1], "E05000366", *_WARDS[2:], breakdown=_SHOPS),
        pair(_WARDS[0], _WARDS[1], ISLINGTON, *_WARDS[2:], breakdown=_SHOPS),
    ),
    "lsoa-2021": (_STREETS("E01000001"), _STREETS("E23000034")),
    "reorganisation-2019": (_plans(2018, 2022)("E06000058"), _plans(2018, 2022)(ISLINGTON)),
    "reorganisation-2019-ended": (_plans(2018, 2022)("E10000009"), _plans(2018, 2022)("E12000009")),
    "reorganisation-2020": (_plans(2019, 2022)("E06000060"), _plans(2019, 2022)("E12000008")),
    "reorganisation-2020-ended": (_plans(2019, 2022)("E07000004"), _plans(2019, 2022)("E10000002")),
    "reorganisation-2021": (_plans(2020, 2024)("E06000061"), _plans(2020, 2024)("E12000004")),
    "reorganisation-2021-ended": (_plans(2020, 2024)("E10000021"), _plans(2020, 2024)("E12000004")),
    "reorganisation-2023": (_plans(2022, 2025)("E06000063"), _plans(2022, 2025)("E12000002")),
    "reorganisation-2023-ended": (_plans(2022, 2025)("E10000006"), _plans(2022, 2025)("E10000023")),
    "south-yorkshire-2025": (_plans(2024, 2026)("E08000019"), _plans(2024, 2026)("E08000018")),
}  # fmt: skip
"""By entry: the pair that it touches, and the pair that it does not touch."""
