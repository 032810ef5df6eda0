"""The areas that a user wants: the one setting that narrows every source which can be narrowed.

Belongs here: the value, and London as its default. Does not belong here: reading the setting from a file (`settings`),
and how a source is narrowed (`finders`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Areas:
    """Police forces and authorities that are wanted.

    Args:
        forces: Ids of police forces as data.police.uk writes them; all forces if empty.
        authorities: GSS codes of local authorities; all if empty.
    """

    forces: tuple[str, ...] = ("metropolitan", "city-of-london")
    authorities: tuple[str, ...] = ()
