"""Where codes lead at a date.

Belongs here: following changes of codes forward and back, exactly or not at all. Does not belong here: what succeeded
what (`register`). No figure is carried from one code to another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import NESTS, SAME, Succession, SuccessionKind

_COUNTIES = "E10"


@dataclass(frozen=True, slots=True)
class Recoding:
    """Where a code leads.

    Args:
        code: The code.
        to: Code of the wanted date that all of it lies in; the code itself where there is none.
        exact: Counts of the code are counts of ground that lies in `to`, and nowhere else.
        kind: The change that decides: the one that breaks exactness, else the last; None where nothing changed.
        because: A sentence.
    """

    code: str
    to: str
    exact: bool
    kind: SuccessionKind | None
    because: str

    @property
    def changed(self) -> bool:
        """Is it another code?"""
        return self.to != self.code


def recode(codes: Iterable[str], at: date, register: AreaRegister) -> dict[str, Recoding]:
    """Where codes lead at a date.

    Args:
        codes: Of areas.
        at: Day whose codes are wanted, earlier or later.
        register: Of areas.

    Returns:
        By code. What the register does not hold, what is split and what lost or won ground is not exact.
    """
    return {code: _recoding(code, at, register) for code in dict.fromkeys(codes)}


def _recoding(code: str, at: date, register: AreaRegister) -> Recoding:
    area = register.find(code)
    if area is None:
        return Recoding(
            code, code, False, None, f"{code} is in no register of areas held here; it is left as it is."
        )
    if area.valid_from is not None and at < area.valid_from:
        return _backwards(code, at, register)
    here, last = code, None
    while (step := _next(here, at, register)) is not None:
        if isinstance(step, str):
            return Recoding(code, code, False, SuccessionKind.SPLIT, step)
        if step.kind not in NESTS:
            why = f"{step.old_name} ({step.old}) became {step.new} on {step.day}, when its boundary moved."
            return Recoding(code, step.new, False, step.kind, f"{why} The ground is not exactly the same.")
        here, last = step.new, step
    if last is None:
        return Recoding(code, code, True, None, f"{code} is in force on {at}.")
    why = f"all of {code} lies in {register.areas[here].name} ({here}) since {last.day} ({last.reference})"
    return Recoding(code, here, True, last.kind, f"{why[:1].upper()}{why[1:]}.")


def _next(code: str, at: date, register: AreaRegister) -> Succession | str | None:
    """The change that ended a code by a day; a sentence where there are several heirs; None where it is in force."""
    steps = [step for step in register.successors(code) if step.day <= at and step.old != step.new]
    if len(steps) > 1:
        heirs = " and ".join(step.new for step in steps)
        return f"{code} was divided among {heirs} on {steps[0].day}; sharing out its figures is a model."
    return steps[0] if steps else None


def _backwards(code: str, at: date, register: AreaRegister) -> Recoding:
    """An earlier code of the same ground; what was made by merging has none."""
    here = code
    while (area := register.find(here)) and area.valid_from is not None and at < area.valid_from:
        same = [step for step in register.predecessors(here) if step.kind in SAME and step.old != step.new]
        if len(same) != 1:
            made = " and ".join(step.old for step in register.predecessors(here)) or "nothing that is known"
            why = f"{here} began on {area.valid_from}, made from {made}; dividing its figures is a model."
            kind = next((step.kind for step in register.predecessors(here)), None)
            return Recoding(code, code, False, kind, why)
        here = same[0].old
    return Recoding(
        code, here, True, SuccessionKind.RECODED, f"{code} is the ground that was {here} on {at}."
    )
