"""Output areas of street-level files: which census they belong to, and their ward and authority.

Belongs here: the vintage of an output area's code, and the way from it to ward and authority. Does not belong here:
coordinates. police.uk moves every point to the nearest of its map points, so a point says no more than the output area
printed with it, and may even lie outside the force's area.

If no lookup is held, the name gives the authority: `Islington 015D` is an output area of Islington. The result says
so (`how` is `name`), because the name is that of the authority at the census, not today's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import LOCAL_AUTHORITY, OUTPUT_AREA, AreaFacts
from civic_assets.harmonise.areas.succession import recode

_NAME = re.compile(r"(?P<authority>.+) [0-9]{3}[A-Z]")
# First codes given for the Census of 2021; those of 2011 end one before (National Statistics, lookup of 2011 to 2021).
_FIRST_OF_2021 = {"E01": "E01033769", "W01": "W01001959"}


class Vintage(StrEnum):
    """Census whose output areas a code belongs to."""

    Y2011 = "2011"
    """In the list of 2011. Most of these codes are also in the list of 2021, for the same ground."""
    Y2021 = "2021"
    """First used in 2021."""


_CENSUS_DAY = {Vintage.Y2011: date(2011, 3, 27), Vintage.Y2021: date(2021, 3, 21)}


@dataclass(frozen=True, slots=True)
class OutputArea:
    """Where an output area lies.

    Args:
        code: Code of the output area.
        vintage: Census; None for a code of neither census.
        ward, authority: Codes, where known.
        how: `lookup`, `name` (the authority's name before the number), or `unknown`.
        because: Reason as a sentence, where the answer does not come from a lookup.
    """

    code: str
    vintage: Vintage | None
    ward: str | None
    authority: str | None
    how: str
    because: str = ""


def vintage(code: str, register: AreaRegister) -> Vintage | None:
    """Census that an output area's code belongs to.

    A code in the number range of 2011 belongs to 2011, unless a lookup of that census is held and lacks it: in that
    case it had ended before.

    Args:
        code: GSS code of a lower layer super output area.
        register: Register of areas, with the lookups that are held (`AreaRegister.with_lookups`).
    """
    first = _FIRST_OF_2021.get(code[:3])
    if first is None or not re.fullmatch(r"[EW]01[0-9]{6}", code):
        return None
    if code >= first:
        return Vintage.Y2021
    return Vintage.Y2011 if code in register.areas or not _holds_output_areas(register) else None


def _holds_output_areas(register: AreaRegister) -> bool:
    # E01000001, the first output area of the City of London, is in every list.
    return "E01000001" in register.areas


def locate(areas: Iterable[tuple[str, str]], register: AreaRegister, on: date) -> Mapping[str, OutputArea]:
    """Ward and authority of output areas.

    Args:
        areas: Code and name of each, as printed.
        register: Register of areas, with the lookups that are held.
        on: Day whose authorities are wanted.

    Returns:
        Output areas by code. Those that are in no list, and whose names fit no authority or several, are `unknown`.
    """
    return {code: _locate(code, name, register, on) for code, name in dict.fromkeys(areas)}


def _locate(code: str, name: str, register: AreaRegister, on: date) -> OutputArea:
    area, when = register.find(code), vintage(code, register)
    if area is not None and area.type == OUTPUT_AREA:
        # A lookup names the ward, or the authority itself, above an output area.
        above = register.find(area.parent or "")
        ward = above if above is not None and above.type == "ward" else None
        authority = ward.parent if ward else area.parent
        if authority is not None:
            # A lookup names the authority of its year; where that nests in a later one, the later one is meant.
            authority = recode([authority], on, register)[authority].to
        return OutputArea(code, when, ward.code if ward else None, authority, "lookup")
    match = _NAME.fullmatch(name.strip())
    if match is None:
        return OutputArea(
            code, when, None, None, "unknown", f"{code} ({name}) is not in any lookup held here."
        )
    found: list[AreaFacts] = register.by_name(match["authority"], LOCAL_AUTHORITY, on)
    if not found:
        # The authority of the census has another name now, or has become a part of another.
        found = register.by_name(match["authority"], LOCAL_AUTHORITY, _CENSUS_DAY[when or Vintage.Y2011])
    if len(found) == 1:
        authority = recode([found[0].code], on, register)[found[0].code].to
        because = f"{code} is not in any lookup held here. Its name {name!r} places it in {found[0].name}."
        return OutputArea(code, when, None, authority, "name", because)
    fits = " and ".join(f"{area.name} ({area.code})" for area in found) or "no authority"
    return OutputArea(code, when, None, None, "unknown", f"{code}: the name {name!r} fits {fits}.")
