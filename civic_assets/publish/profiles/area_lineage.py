"""Codes under which the figures of an area are found, and what is known about its ground: `harmonised.profile_lineage`.

Belongs here: the codes that an authority had before its present one, with the sentence that a reader needs. Does not
belong here: the record of changes (`civic_assets.harmonise.areas.register`), whether two figures may be compared
(`civic_assets.harmonise.comparability`), and areas that are sums of partnerships (`crime_areas`).

A code is followed back only to a code of the same ground, or to one whose ground is nearly the same, which the sentence
says. An area made by a merger or from a part of another has figures from its first day only: adding up or dividing the
figures of its predecessors is not done here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from civic_assets.harmonise.areas.register import AreaRegister, Succession, SuccessionKind
from civic_assets.harmonise.areas.register_tables import COUNTY, LOCAL_AUTHORITY, SAME
from civic_assets.values.period_words import spoken_day

SAME_GROUND, NEARLY_SAME, OWN = "same", "nearly_same", "own"


def lineage_rows(register: AreaRegister, codes: list[str]) -> list[dict[str, Any]]:
    """Codes of figures for each area: its own first, then earlier ones, the latest first.

    Args:
        register: Register of areas.
        codes: Codes of areas that are in the register.

    Returns:
        Rows with area_code, figure_area_code, position (0 for the own code), ground (`own`, `same`, `nearly_same`) and
        note (a sentence, empty for the own code).
    """
    rows = []
    for code in codes:
        rows.append(_row(code, code, 0, OWN, ""))
        for position, (step, ground) in enumerate(_back(code, register), 1):
            rows.append(_row(code, step.old, position, ground, _note(step, ground, register)))
    return rows


def _row(code: str, of: str, position: int, ground: str, note: str) -> dict[str, Any]:
    return {"area_code": code, "figure_area_code": of, "position": position, "ground": ground, "note": note}


def _back(code: str, register: AreaRegister) -> Iterator[tuple[Succession, str]]:
    """Changes that lead from a code to the earlier codes of its ground, the latest first."""
    here, ground = code, SAME_GROUND
    while True:
        before = [step for step in register.predecessors(here) if step.old != step.new]
        same = [step for step in before if step.kind in SAME]
        if len(same) == 1:
            step = same[0]
        elif len(before) == 1 and before[0].kind is SuccessionKind.BOUNDARY_CHANGE:
            step, ground = before[0], NEARLY_SAME
        else:
            return
        yield step, ground
        here = step.old


def _note(step: Succession, ground: str, register: AreaRegister) -> str:
    area = register.areas[step.old]
    found = f"The figure is published under the code {step.old} ({area.name}), which {step.new} replaced on "
    if ground == SAME_GROUND:
        return f"{found}{spoken_day(step.day)}; the ground is the same."
    if step.kind is SuccessionKind.BOUNDARY_CHANGE:
        moved = f"{found}{spoken_day(step.day)}, when the boundary moved: the figure is for the ground before that."
        return moved if step.verified else f"{moved} ({step.reference}.)"
    return f"{found}{spoken_day(step.day)}; a later change moved the boundary, so the ground is not exactly the same."


def made_from(register: AreaRegister, code: str) -> str:
    """Where to look for figures from before an authority existed; empty if its code has a predecessor of its ground.

    Args:
        register: Register of areas.
        code: Code of an authority.
    """
    area = register.find(code)
    before = [step for step in register.predecessors(code) if step.old != step.new]
    if area is None or area.valid_from is None or not before or next(_back(code, register), None):
        return ""
    authorities = (LOCAL_AUTHORITY, COUNTY)
    merged: list[str] = []
    parts: list[str] = []
    for step in before:
        old = register.areas.get(step.old)
        if old is not None and old.type in authorities:
            (parts if step.kind is SuccessionKind.SPLIT else merged).append(f"{old.name} ({old.code})")
    if not merged:
        return ""
    also = f" and, for services that counties run, of {in_words(parts)}" if parts else ""
    return (
        f"{area.name} was formed on {spoken_day(area.valid_from)} from {in_words(merged)}. Earlier figures are of "
        f"these authorities{also}; they are not added up or divided here."
    )


def in_words(names: Sequence[str]) -> str:
    """Names in a sentence: `A`, `A and B`, `A, B and C`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
