"""Parser of the Metropolitan Police's recorded crime by borough.

Belongs here: the area of a row in these files. Does not belong here: months and classes of offence
(`police.met_months`), borough codes (the contract).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from civic_assets.contracts.model import Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.parsing.observations import Area, Parsed, RowProblem
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.police import met_months
from civic_assets.sources.police.met_months import MetOptions
from civic_assets.values.cells import label


@dataclass(frozen=True, kw_only=True)
class OtherRow(ParserOptions):
    """A row that is not a borough: its kind of row and its type of area."""

    kind: str
    type: str


@dataclass(frozen=True, kw_only=True)
class Options(MetOptions):
    """Boroughs, and rows that are not boroughs, by name."""

    other_rows: Mapping[str, OtherRow]


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: the last month, e.g. `2025-12`; `2021-07-historical` for the file of all earlier months."""
    return met_months.edition(found["boroughs"], contract) if "boroughs" in found else None


def why_no_edition(found: FoundTables, contract: Contract) -> str:
    """Why a file has no release key: a month can be read in two ways."""
    return met_months.why_no_edition(found["boroughs"])


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file.

    Row kinds: `borough`, `airports`, `unknown_borough` (crime without a known borough), `unlisted_name`.

    Raises:
        CivicError: A month is missing between two others.
    """
    return met_months.parse_table(grid, found, found["boroughs"], contract, _areas, Options.of(contract))


def _areas(block: Block, contract: Contract, problems: list[RowProblem]) -> list[Area]:
    options = Options.of(contract)
    force = options.force
    known = {
        label(name): Area("borough", code, name, "local_authority", force)
        for name, code in options.boroughs.items()
    }
    for name, kind in options.other_rows.items():
        code = f"{force}/{re.sub(r'[^a-z0-9]+', '-', label(name)).strip('-')}"
        known[label(name)] = Area(kind.kind, code, name, kind.type, force)
    areas: list[Area] = []
    for name, where in zip(block.texts("borough"), block.locators("borough"), strict=True):
        if label(name) not in known:
            message = (
                f"{where} names {name!r}, which is not a borough of the contract; its figures are kept under "
                f"that name. Check the file."
            )
            problems.append(RowProblem("V-05", where, name, "a borough of the contract", message))
            slug = re.sub(r"[^a-z0-9]+", "-", label(name)).strip("-") or "no-name"
            known[label(name)] = Area("unlisted_name", f"{force}/{slug}", name, "place_without_code", force)
        areas.append(known[label(name)])
    return areas
