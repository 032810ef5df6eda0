"""Parser of the Metropolitan Police's recorded crime by small area (Lower Layer Super Output Area).

Belongs here: the area of a row in these files, and its census. Does not belong here: months and classes of offence
(`police.met_months`), borough codes (the contract).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from civic_assets.contracts.model import Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.errors import CivicError
from civic_assets.parsing.observations import Area, Parsed, RowProblem
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.police import met_months
from civic_assets.sources.police.met_months import MetOptions
from civic_assets.values.cells import label

_CODE = re.compile(r"E01[0-9]{6}")


@dataclass(frozen=True, kw_only=True)
class Census(ParserOptions):
    """Census that an issue's small areas belong to, from a code on."""

    kind: str
    from_: str = ""
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class Options(MetOptions):
    """Boroughs, the units that police airports, and the censuses that gave codes to small areas."""

    airport_units: tuple[str, ...]
    censuses: tuple[Census, ...]


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: the last month, e.g. `2025-12`."""
    return met_months.edition(found["small_areas"], contract) if "small_areas" in found else None


def why_no_edition(found: FoundTables, contract: Contract) -> str:
    """Why a file has no release key: a month can be read in two ways."""
    return met_months.why_no_edition(found["small_areas"])


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file.

    Row kinds: `lsoa_2011` or `lsoa_2021` (all rows of an issue belong to one census), `unlisted_place` (a borough that
    the contract does not list, or something that is not a code of a small area).

    Raises:
        CivicError: A month is missing between two others, or the file has more figures than are read at once.
    """
    block = found["small_areas"]
    number, most = len(block.rows) * len(block.figures()), contract.thresholds["figures_most"]
    if number > most.value:
        raise CivicError(
            f"{grid.file} has {number:,} figures, more than the {most.value:,.0f} that can be read at once "
            f"({most.because}). Use the file of the most recent 24 months, or split this one by year."
        )
    return met_months.parse_table(grid, found, block, contract, _areas, Options.of(contract))


def _census(codes: set[str], contract: Contract) -> str:
    """Kind of all areas of an issue, by the newest census that issued one of its codes."""
    highest = max((code for code in codes if _CODE.fullmatch(code)), default="")
    kinds = [entry.kind for entry in Options.of(contract).censuses if entry.from_ <= highest]
    return str(kinds[-1])


def _areas(block: Block, contract: Contract, problems: list[RowProblem]) -> list[Area]:
    options = Options.of(contract)
    force = options.force
    parents = {label(name): code for name, code in options.boroughs.items()}
    parents |= {label(unit): force for unit in options.airport_units}
    codes = block.texts("lsoa_code")
    census = _census(set(codes), contract)
    known: dict[tuple[str, str, str], Area] = {}
    areas: list[Area] = []
    locators = block.locators("lsoa_code")
    for row, key in enumerate(zip(codes, block.texts("lsoa_name"), block.texts("borough"), strict=True)):
        if key not in known:
            code, name, borough = key
            kind, parent = census, parents.get(label(borough), "")
            if not parent or not _CODE.fullmatch(code):
                where = locators[row]
                message = (
                    f"{where} has the small area {code!r} in {borough!r}. A code such as E01002707 and a borough "
                    "of the contract are expected; its figures are kept under the printed text. Check the file."
                )
                expected = "a code of a small area and a borough"
                problems.append(RowProblem("V-05", where, f"{code} {borough}", expected, message, code))
                kind, parent = "unlisted_place", parent or force
                slug = re.sub(r"[^a-z0-9]+", "-", label(f"{code} {name}")).strip("-") or "no-name"
                code = code if _CODE.fullmatch(code) else f"{parent}/{slug}"
            known[key] = Area(kind, code, name or code, "lsoa", parent)
        areas.append(known[key])
    return areas
