"""Why a file that has a source's headers says no edition: it holds no rows, or its months may be read in two ways.

Belongs here: the sentence, in the words of the contract and the parser. Does not belong here: recognising a file
(`recognise`), and what becomes of it.
"""

from __future__ import annotations

import re
from importlib import import_module

from civic_assets.contracts.model import Contract
from civic_assets.parsing.blocks import FoundTables
from civic_assets.readers.grid import Grid


def why_no_edition(grid: Grid, found: FoundTables, contract: Contract) -> str:
    """The sentence about a file whose parser names no edition; `""` where contract and parser have none.

    Args:
        grid: The file.
        found: Its tables.
        contract: Says under `withoutRows` what a file of headers alone means (`because`), and how the publisher names
            such a file (`fileName`, a regular expression): the name is quoted, and not believed. Its parser may say
            more (`why_no_edition(found, contract)`).
    """
    if not any(block.rows for block in found.blocks.values()):
        return _without_rows(grid, contract)
    why = getattr(import_module(f"civic_assets.sources.{contract.parser.name}"), "why_no_edition", None)
    said = str(why(found, contract)) if why is not None else ""
    return f"{grid.file}: {said}" if said else ""


def _without_rows(grid: Grid, contract: Contract) -> str:
    known = contract.without_rows
    if known is None:
        return ""
    named = re.search(known.file_name, grid.file) if known.file_name else None
    name = f" Its name says {named[0]}; nothing in the file confirms that." if named else ""
    return (
        f"{grid.file} holds the headers of {contract.source} and no rows: {known.because}. That is no zero, and "
        f"nothing is published of it.{name}"
    )
