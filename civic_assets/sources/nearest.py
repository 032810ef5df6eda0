"""Which contracted table an unrecognised file comes closest to.

Belongs here: the hint for a person whose file was not recognised because a header was renamed, or misspelt in a new
contract. Does not belong here: recognising; a hint is never acted on.
"""

from __future__ import annotations

from collections.abc import Iterable

from civic_assets.contracts.model import Column, Contract
from civic_assets.readers.grid import Grid

# Below this share of the required headers the file is simply another publication.
_CLOSE = 0.6
_FEWEST = 3


def nearest_table(grid: Grid, contracts: Iterable[Contract]) -> str:
    """A sentence that names the nearest table, the row of its headers and those that are missing; `""` without one."""
    tables = [(contract, table) for contract in contracts for table in contract.tables]
    best: tuple[float, str] = (0.0, "")
    for sheet in grid.sheets:
        for row, present in enumerate(sheet.top_labels):
            if len(present) < _FEWEST:
                continue
            for contract, table in tables:
                # Patterns are left out here: matching them against every row of a workbook takes seconds.
                wanted = [column for column in table.columns if column.required and column.headers]
                found = sum(not present.isdisjoint(column.headers) for column in wanted)
                # Every column counts, so that of two tables with few differences the fuller one is named.
                if found < _FEWEST or found < _CLOSE * len(wanted) or found / len(wanted) <= best[0]:
                    continue
                missing = [column for column in wanted if not _there(column, present)]
                where = sheet.locator(row, 0).split(":")[0]
                best = (found / len(wanted), _sentence(contract.source, table.name, where, missing))
    return best[1]


def _there(column: Column, present: Iterable[str]) -> bool:
    return any(column.matches(text) for text in present)


def _sentence(source: str, table: str, where: str, missing: list[Column]) -> str:
    without = ", ".join(repr(column.printed) for column in missing)
    tail = f", without {without}" if missing else ", beside headers of another publication"
    return (
        f" Nearest is table {table!r} of {source}: {where} has its headers{tail}. If the publisher renamed them, add "
        "the new ones to headerAliases of the contract."
    )
