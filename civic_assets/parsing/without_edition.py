"""Why a file with a source's headers states no edition: it has no rows, or its months can be read in two ways.

Belongs here: the sentence, worded by the contract and the parser. Does not belong here: recognising a file
(`recognise`), and what is done with it.
"""

from __future__ import annotations

import re
from importlib import import_module

from civic_assets.contracts.model import Contract
from civic_assets.parsing.blocks import FoundTables
from civic_assets.readers.grid import Grid


def why_no_edition(grid: Grid, found: FoundTables, contract: Contract) -> str:
    """The sentence about a file whose parser finds no edition; `""` if neither contract nor parser has one.

    Args:
        grid: Grid of the file.
        found: Tables found in the file.
        contract: Contract of the source. Its `withoutRows` says what a file with headers only means (`because`), and
            how the publisher names such a file (`fileName`, a regular expression): the name is quoted but not relied
            on. Its parser may say more (`why_no_edition(found, contract)`).
    """
    if not any(block.rows for block in found.blocks.values()):
        return _without_rows(grid, contract)
    why = getattr(import_module(f"civic_assets.sources.{contract.parser.name}"), "why_no_edition", None)
    reason = str(why(found, contract)) if why is not None else ""
    return f"{grid.file}: {reason}" if reason else ""


def _without_rows(grid: Grid, contract: Contract) -> str:
    known = contract.without_rows
    if known is None:
        return ""
    named = re.search(known.file_name, grid.file) if known.file_name else None
    name = f" Its name says {named[0]}, but nothing in the file confirms that." if named else ""
    return (
        f"{grid.file} has the headers of {contract.source} but no rows: {known.because}. That does not mean zero, "
        f"so nothing in it is published.{name} Download the file again, or leave it out."
    )
