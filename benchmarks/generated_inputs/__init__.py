"""Files in the layouts of publishers with invented figures, as many as years of releases would be.

Belongs here: which files there are, and how many of each kind. Does not belong here: the files themselves (`met`,
`street`), and what is made of them; that is a refresh of the program under test, so a store of them is made by the
product's own code.

    python -m benchmarks.generated_inputs.write FOLDER --releases 600 --figures 20000000 --seed 1

**Every figure is invented.** Names and codes of forces and boroughs are real, those of wards and small areas are
invented too. File names begin with `synthetic`. The same arguments give the same bytes.

Of nine releases one is a monthly issue of the Metropolitan Police by borough, one is an issue by ward, and the others
are months of street-level crime of five forces. Most figures are those of wards, as in a store of the publishers' own
files. The wards of an issue add up to its boroughs, and an issue repeats the earlier months with few revisions, as the
publisher's do. A smaller number of releases gives the newest ones of a larger number.
"""

from __future__ import annotations

from dataclasses import dataclass

LAST = 2024 * 12 + 7
"""Last month of what is in the stores, August 2024, as years times 12 plus months from 0.

From September 2024 on, contracts have figures that the publisher printed, which an invented issue would contradict.
"""
FIRST_OF_SCHEME = 2019 * 12 + 3
"""First month in which an issue of the force's present classes of offence is possible, April 2019."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many files of each kind there are.

    Args:
        boroughs: Monthly issues by borough.
        wards: Issues by ward.
        street: Months of street-level crime, of one force each.
        areas: Small areas in each of those.
    """

    boroughs: int
    wards: int
    street: int
    areas: int


BOROUGH_FIGURES = 32 * 30 * 24
WARD_FIGURES = 32 * 12 * 30 * 24
STREET_TYPES = 14


def plan(releases: int, figures: int) -> Plan:
    """The files of a store.

    Args:
        releases: Number of releases. No more than 65 months are possible in the force's present classes of offence.
        figures: Number of figures, approximately: what is not in the Metropolitan Police's files is in the others.
    """
    issues = min(max(1, releases // 9), LAST - FIRST_OF_SCHEME + 1)
    street = releases - 2 * issues
    left = figures - issues * (BOROUGH_FIGURES + WARD_FIGURES)
    return Plan(issues, issues, street, max(20, left // max(1, street * STREET_TYPES)))


def month_text(month: int, separator: str = "") -> str:
    """A month, as `YYYYMM`."""
    return f"{month // 12}{separator}{month % 12 + 1:02d}"
