"""What a parser is, and which one a contract names.

Belongs here: the functions that every parser has. Does not belong here: parsers (`civic_assets.sources`), and what
becomes of a parser that fails (`claims`).
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from civic_assets.contracts.model import Contract
from civic_assets.contracts.parser_options import declared_by
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.table_finder import FoundTables
from civic_assets.readers.grid import Grid


class Parser(Protocol):
    """A module of `civic_assets.sources`, or of a folder of `CIVIC_SOURCES`, with these functions."""

    def edition(self, found: FoundTables, contract: Contract) -> str | None:
        """Edition that the tables state, such as `2024-12`; None if they state none.

        Args:
            found: Tables of the contract in the file.
            contract: Contract of the source.
        """

    def parse(self, grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
        """The figures of a release.

        Args:
            grid: Cells of the file.
            found: Tables of the contract in it.
            contract: Contract of the source.
        """


def reads_by_column(contract: Contract) -> bool:
    """Whether the parser of a source reads files of any size, column by column: it says so with `BY_COLUMN`."""
    return bool(getattr(import_module(f"civic_assets.sources.{contract.parser.name}"), "BY_COLUMN", False))


def parser_of(contract: Contract) -> Parser:
    """The parser that the contract names.

    Raises:
        ContractError: The contract has options that the parser does not know, or lacks one.
    """
    module = import_module(f"civic_assets.sources.{contract.parser.name}")
    declared_by(module).of(contract)
    return cast(Parser, module)
