"""The message about a file that has the headers of a table but measures something else.

Belongs here: which of several contracts that refuse a file is named, and the wording. Does not belong here: why a table
refuses it (`civic_assets.parsing.identity`), and files that are only near misses (`nearest`).
"""

from __future__ import annotations

from collections.abc import Iterable

from civic_assets.contracts.model import Contract
from civic_assets.parsing.table_finder import find_tables
from civic_assets.readers.grid import Grid


def another_publication(grid: Grid, contracts: Iterable[Contract]) -> str:
    """Text to print after the name of a file that has the headers of a table but not its content.

    It does not advise renaming anything: under the contract's headers the file would be read as what it is not.

    Returns:
        The end of a sentence, about the table that shares most columns with the file; `""` if no table refuses it.
    """
    refused = [refusal for contract in contracts for refusal in find_tables(grid, contract).refused]
    return max(refused, key=lambda refusal: refusal.shared).sentence if refused else ""
