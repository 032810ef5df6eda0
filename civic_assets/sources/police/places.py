"""The area in which a row of a street-level file is counted, and the part of an area that a force's file covers.

Belongs here: areas of rows (small area, point, no location), and the notes on figures that cover only a part.
Does not belong here: answers of the API (`answers`), types of crime and months (`police_uk`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from civic_assets.contracts.model import Contract
from civic_assets.harmonise.areas.policing import Territory, territory
from civic_assets.house_numbers.recognition import PLACE_DECIMALS
from civic_assets.parsing.blocks import Block
from civic_assets.parsing.observations import Area, Note
from civic_assets.sources.police.police_uk_options import Options
from civic_assets.sources.police.words import slug
from civic_assets.values.cells import parse_number

_LSOA = re.compile(r"[EW]01[0-9]{6}")


@dataclass(frozen=True, slots=True)
class CountedArea:
    """An area, and its authority and force if that force is not the row's."""

    area: Area
    of: Territory | None = None


def place_of(
    contract: Contract, *, code: str, name: str, month: str, force: str, point: tuple[str, str, str]
) -> CountedArea:
    """The area in which a row is counted.

    Args:
        contract: Contract, which names the forces.
        code: Code of the small area; empty without one.
        name: Name of the small area, as printed.
        month: Month, as `YYYY-MM`.
        force: Force that reported the row, as printed.
        point: Longitude, latitude and location, as printed.
    """
    # Of a force that the contract does not list, the code is that of England and Wales.
    known = Options.of(contract).forces.get(force)
    parent = known.code if known else "K04000001"
    if not code:
        return CountedArea(_without_area(parent, force, point))
    if not _LSOA.fullmatch(code):
        return CountedArea(
            Area("unlisted_area", f"{parent}/{slug(code)}", name or code, "unlisted_area", parent)
        )
    kinds = [entry.kind for entry in Options.of(contract).lsoa_vintages if entry.from_ <= month]
    area = Area(kinds[-1] if kinds else "lsoa_2011", code, name, "lsoa")
    policed_by = territory(code, name, date(int(month[:4]), int(month[5:]), 1))
    return CountedArea(
        area,
        policed_by if known and policed_by is not None and policed_by.force != parent else None,
    )


def _without_area(parent: str, force: str, point: tuple[str, str, str]) -> Area:
    east, north = (parse_number(text) for text in point[:2])
    if east is None or north is None or (east == 0 and north == 0):
        return Area("no_location", f"{parent}/no-location", f"{force}, no location", "unassigned", parent)
    at = f"{abs(north):.{PLACE_DECIMALS}f}{'n' if north >= 0 else 's'}-"
    at += f"{abs(east):.{PLACE_DECIMALS}f}{'e' if east > 0 else 'w'}"
    return Area("point_without_area", f"{parent}/point-{slug(at)}", point[2] or at, "street_point", parent)


def reported_by(breakdown: str, force: str, contract: Contract) -> str:
    """The breakdown of a count that is one force's part of a place that another force polices."""
    own = f"reported_by={Options.of(contract).forces[force].slug}"
    return own if breakdown == "total" else f"{breakdown};{own}"


def notes_of(block: Block, places: Sequence[CountedArea], contract: Contract) -> list[Note]:
    """Notes on partial coverage: neighbours' areas, points without an area, and rows without any location."""
    header = block.sheet.locator(block.header_row, block.columns["lsoa_code"])
    forces = {about.code: name for name, about in Options.of(contract).forces.items()}
    files = " and ".join(sorted({text for text in block.texts("reported_by") if text}))
    notes = []
    for of, codes in _neighbours(places).items():
        own = forces.get(of.force, of.force)
        text = (
            f"Counts of {of.authority_name} in this file are only those of {files}. {of.authority_name} is policed by "
            f"{own}, whose counts are in its own file: this is a part, not all crime of the area."
        )
        notes.append(Note(header, text, (of.authority, *codes)))
    points = sorted({place.area.code for place in places if place.area.kind == "point_without_area"})
    if points:
        number = sum(place.area.kind == "point_without_area" for place in places)
        text = (
            f"{number:,} of {len(places):,} rows of this file have coordinates but no small area. They are counted by "
            "point on the map, and are in no figure of an authority."
        )
        notes.append(Note(header, text, ()))
    nowhere = [place.area for place in places if place.area.kind == "no_location"]
    if nowhere:
        text = (
            f"{len(nowhere):,} of {len(places):,} rows of this file ({len(nowhere) / len(places):.1%}) have no "
            "location: in total, counts of single areas are too low by this share."
        )
        notes.append(Note(header, text, ()))
    return notes


def _neighbours(places: Iterable[CountedArea]) -> Mapping[Territory, list[str]]:
    forces_by_territory: dict[Territory, set[str]] = defaultdict(set)
    for place in places:
        if place.of is not None:
            forces_by_territory[place.of].add(place.area.code)
    return {
        of: sorted(codes)
        for of, codes in sorted(forces_by_territory.items(), key=lambda item: item[0].authority)
    }
