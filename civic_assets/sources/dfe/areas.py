"""Areas in the Department for Education's files: the area of a row, by its code, number and name together.

Belongs here: finding a printed (level, GSS code, DfE number, name) in `vocabularies/education_areas.yaml`, and
reporting where they contradict each other. Does not belong here: the columns of a file (`layouts`, and each source's
contract).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import EDUCATION_AREAS
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import built
from civic_assets.errors import CivicError
from civic_assets.house_numbers.listing import FINDINGS_OF_A_CHECK
from civic_assets.parsing.observations import Area, RowProblem
from civic_assets.values.cells import label

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.education_areas import EducationAreas, EducationPlace

COUNTRY = "E92000001"
SUMS = frozenset({"total", "totals", "grand total", "sum", "all"})
"""Words instead of an area or a period which show that somebody appended a sum."""

NO_NAME = frozenset({"null", "none", "nan", "na", "n/a", "-", ".", "missing", "unknown"})
"""Words instead of the name of an area which say that there is none: no list of areas can have them."""

_KINDS = {
    "countries": ("national", "country"),
    "regions": ("regional", "region"),
    "sub_regions": ("regional", "sub_region"),
    "local_authorities": ("local_authority", "local_authority"),
}
_LEVELS = {
    "national": "national",
    "regional": "regional",
    "region": "regional",
    "local authority": "local_authority",
    "la": "local_authority",
}


@dataclass(frozen=True, slots=True)
class EducationArea:
    """One area of the vocabulary; `end` is its last day, None while it is in force."""

    code: str
    kind: str
    type: str
    numbers: tuple[str, ...]
    names: frozenset[str]
    start: date
    end: date | None
    parent: str | None = None

    def stands(self, on: date) -> bool:
        """Whether its code is in force on a day."""
        return self.start <= on and (self.end is None or on <= self.end)


@dataclass(frozen=True, slots=True)
class PrintedArea:
    """The area of a row, as printed.

    Args:
        level: Level as printed; None in a layout without levels.
        region: Code of the region printed with the authority.
        on: Last day of the row's period.
    """

    level: str | None
    code: str
    number: str
    name: str
    region: str
    on: date


@cache
def _places(file: Path) -> Mapping[str, tuple[EducationArea, ...]]:
    """Areas by each code, number and label of a name under which a file may print them."""
    return built(EDUCATION_AREAS, file, _by_print, dict, made_by=("sources/dfe/areas.py",))


def _by_print(written: EducationAreas) -> dict[str, tuple[EducationArea, ...]]:
    areas: dict[str, list[EducationArea]] = defaultdict(list)
    for section, (kind, area_type) in _KINDS.items():
        entries: Mapping[str, EducationPlace] = getattr(written, section)
        for code, entry in entries.items():
            numbers = (entry.number, *(entry.also_numbers or ()))
            names = frozenset(map(label, (entry.name, *(entry.also or ()))))
            start, end = getattr(entry, "from_", None) or date.min, getattr(entry, "to", None)
            region = getattr(entry, "region", None)
            place = EducationArea(code, kind, area_type, numbers, names, start, end, region)
            for key in {code, *numbers, *names} - {""}:
                areas[key].append(place)
    return {key: tuple(places) for key, places in areas.items()}


@dataclass
class Locating:
    """Finds areas row by row, caches them, and collects one problem for each contradiction.

    Args:
        problems: Problems by what is printed; each names the first row that prints it.
    """

    problems: dict[tuple[str, ...], RowProblem] = field(default_factory=dict)
    _further: dict[tuple[str, ...], str] = field(default_factory=dict)
    _first_further: list[RowProblem] = field(default_factory=list)
    _known: dict[PrintedArea, Area] = field(default_factory=dict)
    _places: Mapping[str, tuple[EducationArea, ...]] = field(
        default_factory=lambda: _places(contracts_folder() / EDUCATION_AREAS.pattern)
    )

    def areas(self, rows: Sequence[PrintedArea], locators: Sequence[str]) -> list[Area]:
        """The area of each row.

        A row belongs to the area that most of its code, number and name indicate; if there are several, the one whose
        code is in force on the last day of its period. A row without such an area keeps its name under a generated code
        (`E92000001/local-authority-null`): it is reported, never dropped.
        """
        areas = []
        for row, locator in zip(rows, locators, strict=True):
            if row not in self._known:
                self._known[row] = self._locate(row, locator)
            areas.append(self._known[row])
        return areas

    def _locate(self, row: PrintedArea, locator: str) -> Area:
        level = _LEVELS.get(label(row.level or ""), "")
        keys = [key for key in (row.code, row.number, label(row.name)) if key]
        votes: dict[EducationArea, int] = defaultdict(int)
        for key in keys:
            for place in self._places.get(key, ()):
                if not level or place.kind == level:
                    votes[place] += 1
        if not votes:
            return self._unknown(row, locator, level)
        # If code and name disagree, the name decides: the file of 2017 prints London's code for Inner London.
        named = label(row.name)
        best = max(
            votes, key=lambda p: (votes[p], named in p.names, p.stands(row.on), p.code == row.code, p.start)
        )
        if votes[best] < len(keys):
            self._contradiction(row, locator, best)
        elif not level and row.level is not None:
            words = f"has the level {row.level!r}, but is read as a {best.type.replace('_', ' ')}"
            self._problem(row, locator, best, words)
        elif row.code and not best.stands(row.on) and (newer := self._successor(best, row.on)):
            words = f"has the code {best.code}, which ended on {best.end}; its successor is {newer.code}"
            self._problem(row, locator, newer, f"{words}. It is kept as printed")
        number = best.numbers[0] if best.type == "local_authority" else None
        parent = row.region if row.region and best.type == "local_authority" else None
        return Area(best.kind, best.code, row.name, best.type, parent, authority=number or None)

    def _successor(self, place: EducationArea, on: date) -> EducationArea | None:
        """The code that took over an area's number under the same name, after a change of boundary or type."""
        same = [other for other in self._places.get(place.numbers[0], ()) if other.names & place.names]
        return (
            next((other for other in same if other.stands(on)), None)
            if place.end and on > place.end
            else None
        )

    def _contradiction(self, row: PrintedArea, locator: str, best: EducationArea) -> None:
        printed = " / ".join(part for part in (row.code, row.number, repr(row.name)) if part)
        words = f"prints {printed}, which do not belong together"
        self._problem(
            row,
            locator,
            best,
            f"{words}; it is read as {best.code}, the area that most of them indicate, or the name where none "
            f"has most. Ask the publisher",
        )

    def _unknown(self, row: PrintedArea, locator: str, level: str) -> Area:
        if not row.code and not row.number and label(row.name) in SUMS | {""}:
            raise CivicError(
                f"The row of {locator} has no area ({row.name!r}): it looks like a total that somebody appended. "
                "Supply the file as published."
            )
        kind = level or "unknown"
        slug = "-".join(filter(None, _words(f"{kind} {row.code or row.number} {row.name}")))
        nothing = not row.code and label(row.name) in NO_NAME
        words = (
            f"has the area {row.name!r}, which is in no list of areas; it is kept under a generated code. "
            + ("Ask the publisher which area it is" if nothing else "Add it to education_areas.yaml")
        )
        code = f"{COUNTRY}/{slug}"
        self._problem(row, locator, None, words, code)
        return Area("unknown_area", code, row.name, "unknown")

    @property
    def found(self) -> list[RowProblem]:
        """The problems; those beyond the most that are kept one by one are one at the end."""
        if not self._first_further:
            return list(self.problems.values())
        (one,) = self._first_further
        number = len(self._further)
        message = f"{number:,} more areas are printed in a way that is not known. The first: {one.message}"
        cells = tuple(self._further.values())
        return [
            *self.problems.values(),
            replace(one, message=message, area_code="", locators=cells, number=number),
        ]

    def _problem(
        self, row: PrintedArea, locator: str, place: EducationArea | None, words: str, code: str = ""
    ) -> None:
        key = row.level or "", row.code, row.number, row.name
        if key in self.problems or key in self._further:
            return
        if len(self.problems) >= FINDINGS_OF_A_CHECK:
            self._further[key] = locator
            if self._first_further:
                return
        problem = RowProblem(
            check_id="V-05",
            locator=locator,
            observed=row.code or row.name,
            expected=place.code if place else "an area of the Department for Education's list",
            message=f"The row of {locator} ({row.name or row.level or row.code}) {words}.",
            area_code=place.code if place else code,
        )
        if key in self._further:
            self._first_further.append(problem)
        else:
            self.problems[key] = problem


def _words(text: str) -> list[str]:
    return "".join(c if c.isascii() and c.isalnum() else " " for c in label(text)).split()
