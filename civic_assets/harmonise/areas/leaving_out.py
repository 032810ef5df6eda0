"""Totals that leave out an area: `K04000001/excluding-greater-manchester-police`.

Belongs here: which area such a code leaves out. Does not belong here: giving rows without a code their code (each
source's contract, `areasWithoutCode`) and what contains what (`register`).

A part of an area that has no code of its own is named `<code>/<words>`. If the words begin with `excluding`, it is the
area without the one that they name; the name is looked up among all names of the register, for a police force also with
the word police after it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import POLICE_FORCE

_EXCLUDING = re.compile(r"(?:.*-)?exc(?:l|luding)?-(.+)")


def left_out_of(code: str) -> frozenset[str] | None:
    """Codes of the area that a total leaves out.

    Args:
        code: Code of an area, or `<code>/<words>` for a part of it.

    Returns:
        Every code that has the name; none if nothing is left out; None if something is, and it is not known what.
    """
    match = _EXCLUDING.fullmatch(code.partition("/")[2])
    if match is None:
        return frozenset()
    return _codes_by_words().get(match[1])


@cache
def _codes_by_words() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    register = AreaRegister.shipped()
    named = [(area.code, area.name) for area in register.areas.values()]
    named += [(alias.code, alias.name) for alias in register.aliases]
    for code, name in named:
        words = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
        found[words].add(code)
        area = register.find(code)
        if area is not None and area.type == POLICE_FORCE:
            found[f"{words}-police"].add(code)
    return {words: frozenset(codes) for words, codes in found.items()}
