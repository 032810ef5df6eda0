"""Which source a file belongs to, and which edition it is: by content, never by its name.

Belongs here: asking every contract whether its tables are in a file. Does not belong here: reading the bytes
(`civic_assets.readers`) and what a difference from the contract means (the rules).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from civic_assets.contracts.model import Contract
from civic_assets.errors import NotRecognised
from civic_assets.readers.grid import Grid, as_printed
from civic_assets.readers.table_finder import FoundTables, find_tables
from civic_assets.sources.nearest import nearest_table
from civic_assets.sources.reading import is_synthetic
from civic_assets.sources.siblings import another_publication

# A file belongs to a source when at least this share of the source's required tables is in it: a file that lost one
# table is a damaged release of that source, a file that holds one of five is another publication.
_SHARE = 0.5
# A record of so few fields is told in full.
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file as a release of a source.

    Args:
        edition: Release key without `.r2`.
        synthetic: The file calls itself synthetic.
    """

    contract: Contract
    edition: str
    found: FoundTables
    synthetic: bool


def parser_of(contract: Contract) -> Any:
    """The source's parser module: `parse(grid, found, contract)` and `edition(found, contract)`."""
    return import_module(f"civic_assets.sources.{contract.source}")


def recognise(grid: Grid, contracts: Mapping[str, Contract]) -> list[Recognised]:
    """Every source of which a file is a release; one workbook can hold the tables of several.

    Raises:
        NotRecognised: It is a release of none, or of one without saying which edition.
    """
    recognised: list[Recognised] = []
    nameless: list[str] = []
    active = [contract for contract in contracts.values() if contract.not_read_because is None]
    if not active:
        unread = next(iter(contracts.values()))
        raise NotRecognised(f"{unread.source} is not read yet, because {unread.not_read_because}.")
    for contract in active:
        required = [table for table in contract.tables if not table.optional]
        found = find_tables(grid, contract)
        # Of a contract without required tables (one for each era of a layout) one table makes a release.
        if not found.blocks or sum(table.name in found for table in required) < _SHARE * len(required):
            continue
        edition = parser_of(contract).edition(found, contract)
        if edition is None:
            nameless.append(contract.source)
            continue
        recognised.append(Recognised(contract, edition, found, is_synthetic(grid)))
    if recognised:
        return recognised
    if nameless:
        raise NotRecognised(
            f"{grid.file} has the tables of {' and '.join(nameless)}, but no title names their year, so that it is "
            "not known which edition this is. Download the file again, or ask the publisher."
        )
    if not_read := _known_and_not_read(grid, active):
        raise NotRecognised(not_read)
    if another := another_publication(grid, active):
        raise NotRecognised(f"{grid.file} {another}")
    sheets = [sheet.name.strip() for sheet in grid.sheets if sheet.name]
    inside = f"; its sheets: {', '.join(sheets[:8])}{' ...' if len(sheets) > 8 else ''}" if sheets else ""
    known = ", ".join(sorted(contract.source for contract in active))
    raise NotRecognised(
        f"{grid.file} holds no tables of a source with a contract ({known}){inside}.{nearest_table(grid, active)}"
    )


def _known_and_not_read(grid: Grid, contracts: Iterable[Contract]) -> str:
    """Why a file that some contract knows by its headers is not read; `""` for one that nobody knows."""
    rows = [labels for sheet in grid.sheets for labels in sheet.top_labels]
    for contract in contracts:
        for known in contract.files_not_read:
            if known.covers(grid.format, rows):
                said = _says(grid) if grid.format == "json" else ""
                return f"{grid.file} is {known.because} (contract of {contract.source}).{said}"
    return ""


def _says(grid: Grid) -> str:
    """A short answer in its own words, so that nobody has to open the file."""
    (rows,) = (sheet.rows for sheet in grid.sheets)
    if len(rows) != 2 or len(rows[0]) > _SHORT:
        return ""
    said = ", ".join(f"{name}: {as_printed(value)}" for name, value in zip(rows[0], rows[1], strict=True))
    return f" It says {said}."
