"""Parser of the Metropolitan Police's recorded crime by ward.

Belongs here: the area of a row in these files. Does not belong here: months and classes of offence
(`police.met_months`), borough codes (the contract).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from civic_assets.contracts.model import Contract
from civic_assets.parsing.observations import Area, Parsed, RowProblem
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.police import met_months
from civic_assets.sources.police.met_months import MetOptions
from civic_assets.values.cells import label

_CODE = re.compile(r"E05[0-9]{6}")


@dataclass(frozen=True, kw_only=True)
class Options(MetOptions):
    """Boroughs, and the units that police airports."""

    airport_units: tuple[str, ...]


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: the last month, e.g. `2025-12`."""
    return met_months.edition(found["wards"], contract) if "wards" in found else None


def why_no_edition(found: FoundTables, contract: Contract) -> str:
    """Why a file has no release key: a month can be read in two ways."""
    return met_months.why_no_edition(found["wards"])


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file.

    Row kinds: `ward`, `airport_ward` (under the airport unit instead of a borough), `unlisted_place` (a borough that
    the contract does not list, or something that is not a ward code).

    Raises:
        CivicError: A month is missing between two others.
    """
    return met_months.parse_table(grid, found, found["wards"], contract, _areas, Options.of(contract))


def _areas(block: Block, contract: Contract, problems: list[RowProblem]) -> list[Area]:
    options = Options.of(contract)
    force = options.force
    parents = {label(name): ("ward", code) for name, code in options.boroughs.items()}
    parents |= {label(unit): ("airport_ward", force) for unit in options.airport_units}
    known: dict[tuple[str, str, str], Area] = {}
    areas: list[Area] = []
    locators = block.locators("ward_code")
    keys = (block.texts("ward_code"), block.texts("ward"), block.texts("borough"))
    for row, key in enumerate(zip(*keys, strict=True)):
        if key not in known:
            code, name, borough = key
            kind, parent = parents.get(label(borough), ("unlisted_place", force))
            if kind == "unlisted_place" or not _CODE.fullmatch(code):
                where = locators[row]
                message = (
                    f"{where} has the ward {name!r} with code {code!r} in {borough!r}. A code such as E05013697 and a "
                    "borough of the contract are expected; its figures are kept under the printed text. Check the file."
                )
                problems.append(
                    RowProblem("V-05", where, f"{code} {name}", "a ward code and a borough", message, code)
                )
                kind = "unlisted_place"
                slug = re.sub(r"[^a-z0-9]+", "-", label(f"{code} {name}")).strip("-") or "no-name"
                code = code if _CODE.fullmatch(code) else f"{parent}/{slug}"
            known[key] = Area(kind, code, name, "ward", parent)
        areas.append(known[key])
    return areas
