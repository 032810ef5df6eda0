"""Synthetic counts of recorded crime that add up, over offences, areas and time.

Belongs here: quarterly counts for every place and offence, the years and force totals summed from them, and the
report's figures for Islington where it prints them. Does not belong here: sheets and cells (`workbook`).

Counts are drawn per quarter and every published year is the sum of four of them, so that editions whose years
overlap share quarters and can never contradict each other. Only addition, multiplication and `Random.random` are used,
because they give the same figures on every machine and every version of Python.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TypeAlias

from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.areas import ISLINGTON, Place

Counts: TypeAlias = dict[str, int]
"""Count of each measure."""

SEED = "civic_assets sample 1"
FIRST_QUARTER, LAST_QUARTER = 2020 * 4, 2022 * 4 + 3

MEASURES: dict[str, str] = {
    "total_recorded_crime": "Total recorded crime (excluding fraud)",
    "violence_against_the_person": "Violence against the person",
    "homicide": "Homicide",
    "death_or_serious_injury_illegal_driving": "Death or serious injury caused by illegal driving",
    "violence_with_injury": "Violence with injury",
    "violence_without_injury": "Violence without injury",
    "stalking_and_harassment": "Stalking and harassment",
    "sexual_offences": "Sexual offences",
    "robbery": "Robbery",
    "theft_offences": "Theft offences",
    "burglary": "Burglary",
    "residential_burglary": "Residential burglary",
    "non_residential_burglary": "Non-residential burglary",
    "vehicle_offences": "Vehicle offences",
    "theft_from_the_person": "Theft from the person",
    "bicycle_theft": "Bicycle theft",
    "shoplifting": "Shoplifting",
    "all_other_theft": "All other theft offences",
    "criminal_damage_and_arson": "Criminal damage and arson",
    "drug_offences": "Drug offences",
    "possession_of_weapons": "Possession of weapons offences",
    "public_order_offences": "Public order offences",
    "miscellaneous_crimes": "Miscellaneous crimes against society",
}
"""Measure -> header as printed, in the order of the publisher's columns."""

# Innermost sums first, so that one pass fills the tree.
_SUMS: dict[str, tuple[str, ...]] = {
    "burglary": ("residential_burglary", "non_residential_burglary"),
    "violence_against_the_person": (
        "homicide",
        "death_or_serious_injury_illegal_driving",
        "violence_with_injury",
        "violence_without_injury",
        "stalking_and_harassment",
    ),
    "theft_offences": (
        "burglary",
        "vehicle_offences",
        "theft_from_the_person",
        "bicycle_theft",
        "shoplifting",
        "all_other_theft",
    ),
    "total_recorded_crime": (
        "violence_against_the_person",
        "sexual_offences",
        "robbery",
        "theft_offences",
        "criminal_damage_and_arson",
        "drug_offences",
        "possession_of_weapons",
        "public_order_offences",
        "miscellaneous_crimes",
    ),
}

# Invented offences per 1,000 residents and year: the right order of magnitude for each offence, but not an estimate.
_USUAL_RATE: dict[str, float] = {
    "homicide": 0.011,
    "death_or_serious_injury_illegal_driving": 0.014,
    "violence_with_injury": 9,
    "violence_without_injury": 12,
    "stalking_and_harassment": 8,
    "sexual_offences": 3,
    "robbery": 2,
    "residential_burglary": 4,
    "non_residential_burglary": 1.5,
    "vehicle_offences": 8,
    "theft_from_the_person": 3,
    "bicycle_theft": 1.5,
    "shoplifting": 5,
    "all_other_theft": 9,
    "criminal_damage_and_arson": 8,
    "drug_offences": 4,
    "possession_of_weapons": 0.9,
    "public_order_offences": 8,
    "miscellaneous_crimes": 1.8,
}

# Winter, spring, summer, autumn.
_SEASON = (0.95, 1.0, 1.05, 1.0)
_YEARLY_TREND = 1.04

# The first issue of the year ending September 2022 lacks a third of these offences for July to September 2022; the
# reissue and every later edition have them.
REVISED_PLACE, REVISED_QUARTER = "Croydon", 2022 * 4 + 2
REVISED_OFFENCES = ("residential_burglary", "vehicle_offences", "shoplifting")

# Labels of the report that differ from the publisher's headers.
_REPORT_LABELS = {
    "Death or serious violence caused by illegal driving": "death_or_serious_injury_illegal_driving"
}
_REPORT_YEARS = {
    2020: "Data year ending December 2020",
    2021: "Data year ending December 2021",
    2022: "Data year ending June 2022",
}
# The report prints 16 for criminal damage and arson in the year ending June 2022. With that figure neither its own
# total (27,571) nor the workbook's would add up; 1,627 is the value that makes the groups add up. Its other misprint,
# 1,208 for burglary in the year ending December 2020, is a subtotal: the sum of the two kinds of burglary already
# gives 2,108.
_MENDED = {(2022, "criminal_damage_and_arson"): (16, 1627)}


@dataclass(frozen=True, slots=True)
class Residents:
    """Unrounded denominators of a place.

    Args:
        population: Residents.
        households: Households.
    """

    population: int
    households: int


def quarter_of(year: int, month: int) -> int:
    """Number of the quarter that ends with `month` (3, 6, 9 or 12) of `year`."""
    return year * 4 + month // 3 - 1


def with_sums(leaves: Mapping[str, int]) -> Counts:
    """All 23 measures from the 19 that are not sums of others, in the publisher's order."""
    counts = dict(leaves)
    for total, parts in _SUMS.items():
        counts[total] = sum(counts[part] for part in parts)
    return {measure: counts[measure] for measure in MEASURES}


@cache
def report_years() -> dict[int, Counts]:
    """The report's counts for Islington, for the years that the sample editions cover.

    Returns:
        Keyed by 2020 and 2021 (year ending December) and 2022 (year ending June).
        The 19 measures that are not sums of others, with the misprint among them corrected.

    Raises:
        ValueError: The table no longer prints the figure that is to be corrected.
    """
    with REPORT_TABLES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    first = next(number for number, row in enumerate(rows) if row[:1] == ["Crime or offence type"])
    measure_of = {header: measure for measure, header in MEASURES.items()} | _REPORT_LABELS
    years: dict[int, Counts] = {year: {} for year in _REPORT_YEARS}
    for row in rows[first + 1 :]:
        if not row:
            break
        measure = measure_of.get(row[0])
        if measure not in _USUAL_RATE:
            continue
        for year, header in _REPORT_YEARS.items():
            years[year][measure] = int(row[rows[first].index(header)])
    for (year, measure), (printed, mended) in _MENDED.items():
        if years[year][measure] != printed:
            raise ValueError(
                f"{REPORT_TABLES.name}: {measure} of {year} is no longer {printed}. Remove the correction from "
                f"the sample generator."
            )
        years[year][measure] = mended
    return years


def _spread(count: int, parts: int) -> list[int]:
    """A count as `parts` whole numbers that differ by at most one."""
    each, rest = divmod(count, parts)
    return [each + (part < rest) for part in range(parts)]


def _islington_quarters(random: Callable[[], float]) -> list[Counts]:
    """Twelve quarters whose years match the report; after June 2022 they are drawn close to those of 2021."""
    years = report_years()
    quarters: list[Counts] = [{} for _ in range(FIRST_QUARTER, LAST_QUARTER + 1)]
    for measure in _USUAL_RATE:
        of_2020, of_2021, to_june = (years[year][measure] for year in (2020, 2021, 2022))
        # July to December 2021 is in both printed years, so it cannot exceed the smaller one.
        shared = min(of_2021, to_june) // 2
        counts = [
            *_spread(of_2020, 4),
            *_spread(of_2021 - shared, 2),
            *_spread(shared, 2),
            *_spread(to_june - shared, 2),
        ]
        counts += [int(count * (0.97 + 0.12 * random()) + random()) for count in counts[6:8]]
        for quarter, count in zip(quarters, counts, strict=True):
            quarter[measure] = count
    return quarters


@cache
def _quarters(place: Place) -> tuple[Counts, ...]:
    """Counts of a place from the first quarter of 2020 on, for the 19 measures that are not sums of others."""
    random = Random(f"{SEED}/{place.key}").random
    if place.partnership_name == ISLINGTON:
        return tuple(_islington_quarters(random))
    habit = {measure: 0.7 + 0.6 * random() for measure in _USUAL_RATE}
    drawn: list[Counts] = []
    for quarter in range(FIRST_QUARTER, LAST_QUARTER + 1):
        level = place.size * place.intensity * _SEASON[quarter % 4] / 4
        for _ in range((quarter - FIRST_QUARTER) // 4):
            level *= _YEARLY_TREND
        # `+ random()` before truncating rounds up as often as the fraction says: small means give 0s and 1s.
        drawn.append(
            {
                measure: int(level * rate * habit[measure] * (0.94 + 0.12 * random()) + random())
                for measure, rate in _USUAL_RATE.items()
            }
        )
    return tuple(drawn)


def year_of(places: Sequence[Place], last_quarter: int, before_revision: bool = False) -> Counts:
    """Counts of the four quarters up to and including `last_quarter`, summed over places.

    Args:
        places: One place, or all of a force (its total is the sum of every place, those without codes
            included); places whose row is empty add nothing.
        last_quarter: See `quarter_of`.
        before_revision: Whether to give the figures from before the reissue, which added the missing offences.

    Returns:
        All 23 measures.
    """
    leaves = dict.fromkeys(_USUAL_RATE, 0)
    for place in places:
        for quarter in range(last_quarter - 3, last_quarter + 1):
            is_revised = (place.partnership_name, quarter) == (REVISED_PLACE, REVISED_QUARTER)
            for measure, count in _quarters(place)[quarter - FIRST_QUARTER].items():
                is_short = before_revision and is_revised and measure in REVISED_OFFENCES
                leaves[measure] += count - count // 3 if is_short else count
    return with_sums(leaves)


def residents_of(places: Sequence[Place], mid_year: int) -> Residents:
    """Synthetic residents and households at a mid-year, summed over places.

    The report prints no population of all ages, not even for Islington.

    Args:
        places: Those where nobody lives (`Unassigned`, airports) add nothing.
        mid_year: 2020 or later.
    """
    population = households = 0
    for place in places:
        if not place.has_residents:
            continue
        random = Random(f"{SEED}/residents/{place.key}").random
        people = place.size * 1000 - 400 + int(800 * random())
        homes = people * (400 + int(60 * random())) // 1000
        later = mid_year - 2020
        population += people + people * 6 * later // 1000
        households += homes + homes * 8 * later // 1000
    return Residents(population, households)
