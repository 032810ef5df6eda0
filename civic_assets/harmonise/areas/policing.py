"""Police force of an output area.

Belongs here: from an output area's name to the force that polices its authority. Does not belong here: output areas in
wards and authorities (`output_areas`), and counting the rows of a street file (`civic_assets.sources.police`).

A force's street file includes output areas of its neighbours, with only the crimes that this force recorded there. Two
forces' counts of one output area are two figures, and neither is the figure of the area.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from civic_assets.harmonise.areas.output_areas import locate
from civic_assets.harmonise.areas.register import AreaRegister


@dataclass(frozen=True, slots=True)
class Territory:
    """An authority with its own police force."""

    authority: str
    authority_name: str
    force: str


# A month of the largest force has about five thousand output areas.
@lru_cache(1 << 15)
def territory(code: str, name: str, on: date) -> Territory | None:
    """The authority that an output area's name places it in, with that authority's one force; None if not known.

    Args:
        code: Code of the output area.
        name: Name printed with it, e.g. `Islington 015D`.
        on: Day whose authorities are wanted.
    """
    register = AreaRegister.shipped()
    located = locate([(code, name)], register, on)[code]
    return _of(located.authority) if located.authority else None


@cache
def _of(authority: str) -> Territory | None:
    register = AreaRegister.shipped()
    forces = register.containers(authority, "police_force")
    area = register.find(authority)
    if len(forces) != 1 or area is None:
        return None
    return Territory(authority, area.name, forces[0])
