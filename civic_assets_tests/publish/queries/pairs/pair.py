"""A pair of published figures, and short ways to name a figure as `compare` does.

Belongs here: what the modules of this folder share. Does not belong here: any pair.
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
IN_PERCENT, IN_POINTS = "[unit=percent]", "[unit=percentage_points]"
ADDED, NOT_ADDED = {"sum": True}, {"sum": False}
DIVIDED, NOT_DIVIDED = {"rate": True}, {"rate": False}
