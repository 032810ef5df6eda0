"""Which areas a break concerns: some areas only, they and all inside, or the totals that contain them.

Belongs here: whether an area is in such a scope, from what contains what in the area register. Does not belong here:
breaks (`civic_assets.harmonise.comparability.breaks`) and the register of areas itself
(`civic_assets.harmonise.areas.register`).

An event has a place, and it reaches as far as its scope says. That one force sent nothing concerns the totals that
contain the force, but neither the other forces in those totals nor a total that leaves the force out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache

from civic_assets.harmonise.areas.leaving_out import left_out_of
from civic_assets.harmonise.areas.register import AreaRegister


@dataclass(frozen=True, slots=True)
class _Codes:
    """Codes as an entry writes them: whole ones, and beginnings (`E05*`)."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]

    @staticmethod
    def of(written: Collection[str]) -> _Codes:
        return _Codes(
            frozenset(code for code in written if not code.endswith("*")),
            tuple(code[:-1] for code in written if code.endswith("*")),
        )

    def has(self, code: str) -> bool:
        return code in self.whole or code.startswith(self.beginnings)


@dataclass(frozen=True, slots=True)
class AreaScope:
    """Areas by how far a break reaches from them; iterating gives the codes that the entry names as its place.

    Args:
        exactly: Codes, or beginnings of codes (`E05*`), of which nothing inside and nothing around is concerned.
        with_all_inside: Codes, or beginnings of codes, together with everything that lies wholly in one of them.
        totals_containing: Codes of areas whose containing areas are concerned.
    """

    exactly: tuple[str, ...] = ()
    with_all_inside: tuple[str, ...] = ()
    totals_containing: tuple[str, ...] = ()
    # Areas are asked for hundreds of thousands of times in a refresh, so whole codes are kept apart from beginnings.
    _named: _Codes = field(init=False, repr=False, compare=False)
    _around_which: _Codes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_named", _Codes.of((*self.exactly, *self.with_all_inside)))
        object.__setattr__(self, "_around_which", _Codes.of(self.with_all_inside))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self.exactly, *self.with_all_inside)))

    def covers(self, code: str, within: Collection[str] = ()) -> bool:
        """Whether an area is in the scope.

        Args:
            code: Its code; `<code>/<words>` for a part without a code.
            within: Areas that contain it and that the shipped register does not know of, e.g. the borough of a ward.
        """
        if self._named.has(code):
            return True
        if self.with_all_inside and any(self._around_which.has(one) for one in _around(code, tuple(within))):
            return True
        return bool(self.totals_containing) and any(
            _is_total_with(code, area) for area in self.totals_containing
        )

    def registered(self) -> tuple[str, ...]:
        """Codes of the areas of the shipped register in the scope, in order."""
        return tuple(code for code in sorted(AreaRegister.shipped().areas) if self.covers(code))


@cache
def _around(code: str, within: tuple[str, ...]) -> frozenset[str]:
    register = AreaRegister.shipped()
    return frozenset(within).union(register.above(code), *(register.above(one) for one in within))


@cache
def _is_total_with(code: str, area: str) -> bool:
    """Whether `code` is an area that contains `area`, and does not leave it out."""
    above = AreaRegister.shipped().above(area)
    base, stroke, _ = code.partition("/")
    if base not in above:
        return False
    if not stroke:
        return True
    left_out = left_out_of(code)
    if left_out is None:  # the total leaves out something that is not known: it may contain the area
        return True
    # Any other part of a total, such as its transport police, does not contain an area with a code.
    return bool(left_out) and not left_out & {area, *above}
