"""Age bands: whole years of age from one birthday up to, not including, another, with their basis and population.

Belongs here: what a band is, reading publishers' wordings of ages, and which bands make up another exactly. Does not
belong here: adding figures up over bands (`civic_assets.harmonise.people.age_sums`). No band is split: that would be
a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from civic_assets.values.cells import label


class AgeBasis(StrEnum):
    """Day on which the age is measured."""

    ON_THE_DAY = "age_on_the_day"
    ACADEMIC = "academic_age_at_31_august"
    AT_EVENT = "age_at_event"


class AgePopulation(StrEnum):
    """Population to which the ages refer: the people who could have been counted."""

    RESIDENTS = "residents"
    PUPILS = "pupils_on_roll"
    COHORT = "cohort_known_to_the_authority"
    LOOKED_AFTER = "children_looked_after"
    REFERRED = "referrals"


@dataclass(frozen=True, slots=True, order=True)
class AgeBand:
    """Years of age `[lo, hi)`: "0-17" is `AgeBand(0, 18, ...)`, "90 and over" is `AgeBand(90, None, ...)`.

    Args:
        lo: Youngest age in whole years.
        hi: First age above the band; None if it is open-ended.
        basis: Day on which the age is measured.
        population: Population to which the ages refer.

    Raises:
        ValueError: `lo` is negative or `hi` is not above `lo`.
    """

    lo: int
    hi: int | None
    basis: AgeBasis
    population: AgePopulation

    def __post_init__(self) -> None:
        if self.lo < 0 or (self.hi is not None and self.hi <= self.lo):
            raise ValueError(f"[{self.lo}, {self.hi}) is not an age band: it must not be negative or empty")

    def __str__(self) -> str:
        ages = f"{self.lo} and over" if self.hi is None else f"{self.lo}-{self.hi - 1}"
        basis = {
            "age_on_the_day": "",
            "academic_age_at_31_august": ", academic age",
            "age_at_event": ", age at event",
        }
        return f"{ages}{basis[self.basis]}, {self.population.replace('_', ' ')}"


_YEARS = r"(?: years?(?: olds?)?)?"
_AGES = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (rf"([0-9]+){_YEARS} ?(?:-|to) ?([0-9]+){_YEARS}", "range"),
        (rf"([0-9]+) and ([0-9]+){_YEARS}", "range"),
        (rf"(?:under|below) ([0-9]+){_YEARS}", "under"),
        (rf"([0-9]+){_YEARS} (?:and|or) (?:under|younger|below)", "to"),
        (rf"([0-9]+){_YEARS} ?(?:\+|plus|(?:and|or) (?:over|older|above))", "from"),
        (rf"([0-9]+){_YEARS}", "one"),
    )
)
_BEFORE = re.compile(r"^(?:(?:children|young people|pupils|persons|people),? )?(?:ages?|aged)(?:=| )")


@lru_cache(1 << 12)
def parse_ages(text: str) -> tuple[int, int | None] | None:
    """Youngest age and first age above, from a publisher's wording; None if it names no ages.

    Example:
        >>> parse_ages("age=0-17"), parse_ages("16 and over"), parse_ages("under 1"), parse_ages("16 to 17")
        ((0, 18), (16, None), (0, 1), (16, 18))
    """
    words = _BEFORE.sub("", label(text))
    if words == "all ages":
        return 0, None
    for pattern, kind in _AGES:
        if match := pattern.fullmatch(words):
            first, last = int(match[1]), int(match[match.lastindex or 1])
            lo, hi = {
                "range": (first, last + 1),
                "under": (0, first),
                "to": (0, first + 1),
                "from": (first, None),
                "one": (first, first + 1),
            }[kind]
            return (lo, hi) if hi is None or hi > lo else None
    return None


def covers(outer: AgeBand, inner: AgeBand) -> bool:
    """Whether all ages of one band are in the other, with the same basis and population."""
    same = (outer.basis, outer.population) == (inner.basis, inner.population)
    return same and outer.lo <= inner.lo and _end(inner) <= _end(outer)


def exact_cover(available: Iterable[AgeBand], target: AgeBand) -> tuple[AgeBand, ...] | None:
    """The fewest available bands that form the target exactly; None if there is no such choice.

    If several choices are equally small, the one with the longest bands first is returned.
    """
    usable = sorted({band for band in available if covers(target, band)}, key=_order)
    best: dict[float, tuple[AgeBand, ...]] = {float(target.lo): ()}
    for band in usable:
        before = best.get(float(band.lo))
        if before is None:
            continue
        chain = (*before, band)
        known = best.get(_end(band))
        if known is None or (len(chain), _starts(chain)) < (len(known), _starts(known)):
            best[_end(band)] = chain
    return best.get(_end(target)) or None


def _starts(chain: Sequence[AgeBand]) -> tuple[int, ...]:
    return tuple(-band.lo for band in chain)


def _end(band: AgeBand) -> float:
    return float("inf") if band.hi is None else float(band.hi)


def _order(band: AgeBand) -> tuple[float, float, str, str]:
    return float(band.lo), _end(band), band.basis, band.population
