"""Months of street-level crime of one force, in the layout of data.police.uk, with invented incidents.

Belongs here: one file. Does not belong here: which months and forces there are (`generated_inputs`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from benchmarks.generated_inputs import month_text

FORCES = (
    # The force, its name in file names, and its authorities; each has small areas of these alone.
    ("Bedfordshire Police", "bedfordshire", ("Bedford", "Central Bedfordshire", "Luton")),
    ("Cleveland Police", "cleveland", ("Hartlepool", "Middlesbrough", "Stockton-on-Tees")),
    (
        "Kent Police",
        "kent",
        ("Ashford", "Canterbury", "Dartford", "Dover", "Gravesham", "Maidstone", "Medway"),
    ),
    ("Merseyside Police", "merseyside", ("Knowsley", "Liverpool", "Sefton", "St. Helens", "Wirral")),
    ("Surrey Police", "surrey", ("Elmbridge", "Guildford", "Runnymede", "Spelthorne", "Waverley")),
)
TYPES = (
    "Anti-social behaviour", "Bicycle theft", "Burglary", "Criminal damage and arson", "Drugs", "Other crime",
    "Other theft", "Possession of weapons", "Public order", "Robbery", "Shoplifting", "Theft from the person",
    "Vehicle crime", "Violence and sexual offences",
)  # fmt: skip
_OF_A_FORCE = 20_000
"""Numbers of small areas between one force and the next."""


def write_street(folder: Path, force: int, month: int, areas: int, seed: int) -> Path:
    """A month of a force: each type at least once in each small area, so that the number of figures is known.

    Args:
        folder: Folder to write to.
        force: Position in `FORCES`.
        month: The month.
        areas: Small areas.
        seed: Seed of the incidents, together with force and month.
    """
    name, slug, authorities = FORCES[force]
    chance = np.random.default_rng((seed, month, force))
    # A group is a small area and a type.
    group = np.repeat(np.arange(areas * len(TYPES)), 1 + chance.poisson(0.3, areas * len(TYPES)))
    area, kind = np.divmod(group, len(TYPES))
    codes = pa.array([f"E01{900_000 - _OF_A_FORCE * force - n}" for n in range(areas)])
    names = pa.array([_area_name(authorities, n) for n in range(areas)])
    identifiers = pa.array(
        [f"{high:016x}{low:016x}" * 2 for high, low in chance.integers(0, 2**63, (len(group), 2)).tolist()]
    )
    antisocial = pa.array(kind == TYPES.index("Anti-social behaviour"))
    size = len(group)

    def same(text: str) -> pa.Array:
        return pa.repeat(pa.scalar(text), size)

    def places(low: float, high: float) -> pa.Array:
        return pa.array(np.round(chance.uniform(low, high, size), 6))

    table = pa.table(
        {
            "Crime ID": pc.if_else(antisocial, "", identifiers),
            "Month": same(month_text(month, "-")),
            "Reported by": same(name),
            "Falls within": same(name),
            "Longitude": places(-2.9, 0.9),
            "Latitude": places(51.1, 54.6),
            "Location": same("On or near SYNTHETIC SAMPLE DATA"),
            "LSOA code": codes.take(pa.array(area)),
            "LSOA name": names.take(pa.array(area)),
            "Crime type": pa.array(TYPES).take(pa.array(kind)),
            "Last outcome category": pc.if_else(antisocial, "", same("Under investigation")),
            "Context": same(""),
        }
    )
    file = folder / f"{month_text(month, '-')}-{slug}-street.csv"
    pa_csv.write_csv(table, file, pa_csv.WriteOptions(quoting_style="none"))
    return file


def _area_name(authorities: tuple[str, ...], number: int) -> str:
    """A name as census offices give them: the authority, the number of the middle layer, a letter."""
    number, which = divmod(number, len(authorities))
    return f"{authorities[which]} {number // 5 + 1:03d}{'ABCDE'[number % 5]}"
