"""The area of each row, by the code or name that it prints, as the contract describes the levels of areas.

Belongs here: which area a row is about, and reporting names that are not known. Does not belong here: the register of
areas (`civic_assets.harmonise.areas`), and whether a code and a name belong together (the rules V-04 and V-05).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from civic_assets.contracts.nearest_names import nearest
from civic_assets.contracts.rows import UNITED_KINGDOM, AreaLevel
from civic_assets.errors import CivicError
from civic_assets.harmonise.areas.register import AreaFacts, AreaRegister
from civic_assets.house_numbers.listing import UNKNOWN_AREA_CELLS
from civic_assets.parsing.blocks import Block
from civic_assets.parsing.coded_blocks import coded_texts, locator
from civic_assets.parsing.observations import Area, RowProblem
from civic_assets.values.cells import label
from civic_assets.values.coded import Coded, together

_CODE = re.compile(r"[A-Z][0-9]{8}")


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A name that is not known: its level, the message about it and where it is kept."""

    column: str
    name: str
    expected: str
    sentence: str
    code: str


@dataclass
class _Finder:
    """Finds the area of one combination of cells; areas and unknown names are kept as they are found."""

    levels: Sequence[AreaLevel]
    register: AreaRegister
    unknown: dict[tuple[str, str, str], _Unknown] = field(default_factory=dict)

    def find(
        self, cells: Sequence[tuple[str, str]], on: date, latest: date
    ) -> tuple[Area | None, list[_Unknown]]:
        area, above, missing = None, None, list[_Unknown]()
        for level, (code, name) in zip(self.levels, cells, strict=True):
            if not (code or name) or label(name or code) in level.total:
                continue
            area, unknown = self._of_level(level, code, name, above, latest if level.of_latest else on)
            missing += [unknown] if unknown else []
            above = area
        return area, missing

    def _of_level(
        self, level: AreaLevel, code: str, name: str, above: Area | None, on: date
    ) -> tuple[Area, _Unknown | None]:
        parent = above.code if above else None
        known = level.codes.get(label(name))
        if code or known:
            return self._coded(level, code or known or "", name, parent), None
        if level.register:
            named = self._named(level, name, above, on)
            if len(named) == 1:
                (found,) = named
                return Area(level.kind or found.type, found.code, name, found.type, parent), None
            return self._kept(level, name, above, self._why(level, name, named, on))
        if level.codes:
            return self._kept(level, name, above, self._why(level, name, [], on))
        # Areas that have no code anywhere, such as libraries: `<code of the area above>/<name>`.
        return Area(level.kind, _below(level, above, name), name, level.type, parent), None

    def _coded(self, level: AreaLevel, code: str, name: str, parent: str | None) -> Area:
        found = self.register.find(code)
        area_type = level.type or (found.type if found else "unknown")
        kind = level.kind or (found.type if found else "unlisted_area")
        return Area(kind, code, name or (found.name if found else code), area_type, parent)

    def _named(self, level: AreaLevel, name: str, above: Area | None, on: date) -> list[AreaFacts]:
        found = {
            area.code: area for type_ in level.register for area in self.register.by_name(name, type_, on)
        }
        inside = [area for area in found.values() if above and above.code in self.register.above(area.code)]
        return inside or list(found.values())

    def _why(self, level: AreaLevel, name: str, named: Sequence[AreaFacts], on: date) -> tuple[str, str]:
        if named:
            several = " or ".join(f"{area.code} ({area.type.replace('_', ' ')})" for area in named)
            return "a name of one area", f"names {name!r}, which may be {several}"
        types = [type_.replace("_", " ") for type_ in level.register] or [level.kind.replace("_", " ")]
        place = "the register of areas" if level.register else "the list of codes in the contract"
        when = f" on {on.day} {on:%B %Y}" if level.register else ""
        near = nearest(label(name), self._names(level, on))
        meant = f" (the nearest name there is {near!r})" if near else ""
        what = f"{'an' if types[0][0] in 'aeiou' else 'a'} {' or '.join(types)}"
        return f"{what} of {place}", f"names {name!r}, which is not {what} in {place}{when}{meant}"

    def _names(self, level: AreaLevel, on: date) -> list[str]:
        if not level.register:
            known = ((name, self.register.find(code)) for name, code in level.codes.items())
            return [area.name if area and label(area.name) == name else name for name, area in known]
        return [
            area.name
            for area in self.register.areas.values()
            if area.type in level.register and area.live(on)
        ]

    def _kept(
        self, level: AreaLevel, name: str, above: Area | None, why: tuple[str, str]
    ) -> tuple[Area, _Unknown]:
        code = _below(level, above, name)
        expected, sentence = why
        unknown = self.unknown.setdefault(
            (level.name, name, code), _Unknown(level.name, name, expected, sentence, code)
        )
        kind = f"unlisted_{level.kind or 'area'}"
        return Area(kind, code, name, "place_without_code", above.code if above else None), unknown


def _below(level: AreaLevel, above: Area | None, name: str) -> str:
    over = level.within or (above.code if above else UNITED_KINGDOM)
    # One stroke only (V-04), so that what is within an unlisted area goes on with a hyphen.
    return f"{over}{'-' if '/' in over else '/'}{slug(name)}"


def slug(name: str) -> str:
    """A name as a part of a code: lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", label(name)).strip("-") or "no-name"


def areas_of(
    block: Block, levels: Sequence[AreaLevel], days: Sequence[date], problems: list[RowProblem]
) -> Coded[Area]:
    """The area of each row: that of the last level which the row names.

    A name that is not known is never taken for another: its figures are kept under a code of their own, and it is
    reported once, with all its cells (V-05).

    Args:
        block: Table to read.
        levels: Levels of areas, the widest first.
        days: Last day of each row's period.
        problems: Problems to append to.

    Raises:
        CivicError: A row names no area; the message names the cell.
    """
    if not len(days):
        return Coded.of([])
    finder = _Finder(levels, AreaRegister.shipped())
    columns = [coded_texts(block, name) for level in levels for name in (level.code, level.name)]
    when = days if isinstance(days, Coded) else Coded.of(days)
    rows, latest = together(*columns, when), max(when.used().values)
    first, areas = rows.first_rows(), list[Area]()
    cells_of: dict[tuple[str, str, str], list[int]] = {}
    for at, (*texts, on) in enumerate(rows.values):
        pairs = list(zip(texts[::2], texts[1::2], strict=True))
        area, unknown = finder.find(pairs, on, latest)
        if area is None:
            raise CivicError(_without_area(block, first[at], levels[0]))
        areas.append(area)
        for one in unknown:
            cells_of.setdefault((one.column, one.name, one.code), []).append(at)
    for key, places in cells_of.items():
        problems.append(_problem(block, finder.unknown[key], rows, places))
    return Coded(areas, rows.codes)


def _without_area(block: Block, row: int, level: AreaLevel) -> str:
    named = [name for name in level.columns if name in block.columns]
    where = locator(block, named[-1], row) if named else f"row {row + 1}"
    return (
        f"The row of {where} names no area: it looks like a total or a note that somebody added. Supply the file as "
        "published."
    )


def _problem(
    block: Block, unknown: _Unknown, rows: Coded[tuple[object, ...]], places: Sequence[int]
) -> RowProblem:
    import numpy as np

    at = np.flatnonzero(np.isin(rows.codes, places)).tolist()
    shown = [locator(block, unknown.column, row) for row in at[:UNKNOWN_AREA_CELLS]]
    more = f" ({len(at):,} rows)" if len(at) > 1 else ""
    message = (
        f"{shown[0]} {unknown.sentence}; its figures are kept under {unknown.code}{more}. Add the name to the "
        "contract (codes), or ask the publisher."
    )
    return RowProblem(
        "V-05", shown[0], unknown.name, unknown.expected, message, unknown.code, locators=tuple(shown)
    )
