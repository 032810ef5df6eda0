"""Codes of an earlier or later date.

Belongs here: following changes of codes forward and back, exactly or not at all. Does not belong here: the record of
which code succeeded which (`register`). No figure is carried from one code to another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import NESTS, SAME, Succession, SuccessionKind
from civic_assets.values.period_words import spoken_day


@dataclass(frozen=True, slots=True)
class Recoding:
    """Code of another date that a code leads to.

    Args:
        code: The code.
        to: Code of the wanted date that contains all of it; the code itself if there is none.
        exact: Whether counts of the code are counts of ground that lies in `to`, and nowhere else.
        kind: Change that decides: the one that breaks exactness, otherwise the last; None if nothing changed.
        because: Reason as a sentence.
    """

    code: str
    to: str
    exact: bool
    kind: SuccessionKind | None
    because: str

    @property
    def changed(self) -> bool:
        """Whether `to` is another code."""
        return self.to != self.code


def recode(codes: Iterable[str], at: date, register: AreaRegister) -> dict[str, Recoding]:
    """Codes of a date that other codes lead to.

    Args:
        codes: Codes of areas.
        at: Day whose codes are wanted, earlier or later.
        register: Register of areas.

    Returns:
        Recodings by code. A code that is not in the register, was split, or lost or gained ground is not exact.
    """
    return {code: _recoding(code, at, register) for code in dict.fromkeys(codes)}


def _recoding(code: str, at: date, register: AreaRegister) -> Recoding:
    area = register.find(code)
    if area is None:
        return Recoding(
            code, code, False, None, f"{code} is not in the register of areas, so it is left unchanged."
        )
    if area.valid_from is not None and at < area.valid_from:
        return _backwards(code, at, register)
    here, last = code, None
    while (step := _next(here, at, register)) is not None:
        if isinstance(step, str):
            return Recoding(code, code, False, SuccessionKind.SPLIT, step)
        if step.kind not in NESTS:
            why = f"{step.old_name} ({step.old}) became {step.new} on {spoken_day(step.day)}, when its boundary moved."
            return Recoding(code, step.new, False, step.kind, f"{why} The ground is not exactly the same.")
        here, last = step.new, step
    if last is None:
        return Recoding(code, code, True, None, f"{code} is in force on {spoken_day(at)}.")
    area_now = f"{register.areas[here].name} ({here})"
    why = f"All of {code} has been in {area_now} since {spoken_day(last.day)} ({last.reference})."
    return Recoding(code, here, True, last.kind, why)


def _next(code: str, at: date, register: AreaRegister) -> Succession | str | None:
    """The change that ended a code by a day; a sentence if it was divided; None if it is in force."""
    steps = [step for step in register.successors(code) if step.day <= at and step.old != step.new]
    if len(steps) > 1:
        heirs = " and ".join(step.new for step in steps)
        return f"{code} was divided among {heirs} on {spoken_day(steps[0].day)}; sharing out its figures needs a model."
    return steps[0] if steps else None


def _backwards(code: str, at: date, register: AreaRegister) -> Recoding:
    """An earlier code of the same ground; an area made by a merger has none."""
    here = code
    while (area := register.find(here)) and area.valid_from is not None and at < area.valid_from:
        same = [step for step in register.predecessors(here) if step.kind in SAME and step.old != step.new]
        if len(same) != 1:
            made = (
                " and ".join(step.old for step in register.predecessors(here)) or "areas that are not known"
            )
            began = spoken_day(area.valid_from)
            why = f"{here} was made from {made} on {began}; dividing its figures needs a model."
            kind = next((step.kind for step in register.predecessors(here)), None)
            return Recoding(code, code, False, kind, why)
        here = same[0].old
    return Recoding(
        code,
        here,
        True,
        SuccessionKind.RECODED,
        f"On {spoken_day(at)} the ground of {code} had the code {here}.",
    )
