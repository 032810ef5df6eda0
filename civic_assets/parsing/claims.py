"""How one contract classifies a file: as a release, a part of one, a near miss, or nothing.

Belongs here: deciding that for one contract, with the tables found and every difference, whatever error a finder or a
parser raises. Does not belong here: asking all contracts (`recognise`), comparing headers (`nearest`), and what is done
with a release that differs (the rules).

- A *release* has at least half of the tables that the contract requires.
- A *part* has fewer of them, and nothing that the contract does not know: a sheet saved on its own. It is read, and the
  result says which tables it lacks.
- A *near miss* is a file of this source that cannot be read as a release: an identifying column is missing, the edition
  is not stated, or the parser stopped. It is held back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from civic_assets.contracts.model import Contract, Table
from civic_assets.errors import CivicError
from civic_assets.house_numbers.listing import SHEETS_NAMED
from civic_assets.house_numbers.recognition import REQUIRED_TABLES_SHARE
from civic_assets.parsing.blocks import table_label
from civic_assets.parsing.drift import Drift, DriftKind
from civic_assets.parsing.identity import keys_left_out, why_not_near
from civic_assets.parsing.nearest import Match, closest
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.parser import parser_of
from civic_assets.parsing.table_finder import FoundTables, find_tables
from civic_assets.parsing.without_edition import why_no_edition
from civic_assets.readers.grid import Grid
from civic_assets.tables.release_names import check_name, part_edition
from civic_assets.unforeseen import ENVIRONMENT, sentence_of, traceback_of
from civic_assets.values.period_text import edition_of


@dataclass(frozen=True, slots=True)
class Claim:
    """Classification of a file by one contract.

    Args:
        found: Tables found, with every difference from the contract.
        edition: Release key without `.r2`; empty if the edition is unknown.
        tracebacks: Tracebacks of unexpected errors.
        certain: Whether tables of the contract are in the file; false for a near miss by headers alone.
    """

    contract: Contract
    found: FoundTables
    edition: str = ""
    tracebacks: tuple[str, ...] = ()
    certain: bool = True

    @property
    def near(self) -> bool:
        """Whether it is a file of this source that cannot be accepted as a release."""
        return not self.edition


def claim(grid: Grid, contract: Contract) -> Claim | None:
    """Classify a file by the tables of one contract; None if the file is not of this source.

    Raises:
        MemoryError, OSError: The machine failed, not the file.
    """
    try:
        found = find_tables(grid, contract)
    except ENVIRONMENT:
        raise
    except Exception as error:  # noqa: BLE001  (a failure for one contract must not stop the others)
        return _broken(grid, contract, FoundTables({}, ()), error, certain=False)
    required = [table for table in contract.tables if not table.optional]
    if not found.blocks:
        return None
    # For a contract without required tables (one for each era of a layout), one table makes a release.
    if sum(table.name in found for table in required) >= REQUIRED_TABLES_SHARE * len(required):
        return _named(grid, Claim(contract, found))
    if others := [drift.locator for drift in found.drift if drift.kind is DriftKind.UNKNOWN_SHEET]:
        return Claim(contract, _with(found, _beside_others(grid, contract, found, others)), certain=False)
    return _named(grid, Claim(contract, _part(found, contract)))


def _beside_others(grid: Grid, contract: Contract, found: FoundTables, others: list[str]) -> Drift:
    """The difference for a workbook with few tables of a contract and with sheets unknown to it."""
    names = ", ".join(map(repr, found.blocks))
    more = f" and {len(others) - SHEETS_NAMED} more" if len(others) > SHEETS_NAMED else ""
    message = (
        f"{grid.file} has only some of the tables of {contract.source} ({names}), and sheets that its contract does "
        f"not know ({', '.join(map(repr, others[:SHEETS_NAMED]))}{more}): it is a release that lost tables, or another "
        "publication. If the tables are right, save each sheet as a separate file."
    )
    return Drift(DriftKind.UNREADABLE, "", "", next(iter(found.blocks.values())).title_locator, message)


def near_miss(grid: Grid, contracts: Iterable[Contract]) -> Claim | Match | None:
    """The contract of which the file is a near miss, or the table that it only resembles; None if there is neither."""
    match = closest(grid, contracts)
    return _of_match(grid, match) if match is not None and match.near else match


def damaged_release(grid: Grid, contracts: Iterable[Contract]) -> Claim | None:
    """The near miss in a file that other contracts' tables refuse; None if its own contract refuses it too."""
    match = closest(grid, contracts)
    if match is None or not match.near:
        return None
    if why_not_near(match.table, match.sheet, match.row, match.contract.row_keys):
        return None
    return _of_match(grid, match)


def as_release(grid: Grid, contract: Contract) -> Claim:
    """Classify a file archived as a release of a source, by its contract as it is now."""
    found = claim(grid, contract)
    if found is not None:
        return found
    near = near_miss(grid, [contract])
    if isinstance(near, Claim):
        return near
    message = (
        f"{grid.file} has no table that the contract of {contract.source} describes. If the publisher "
        f"changed the layout, update the contract."
    )
    return Claim(contract, FoundTables({}, (Drift(DriftKind.UNREADABLE, "", "", "", message),)))


def _named(grid: Grid, claimed: Claim) -> Claim:
    """The claim with the edition that the file states, or with the reason why it is unknown."""
    contract, found = claimed.contract, claimed.found
    try:
        edition = parser_of(contract).edition(found, contract)
        part = is_part(found)
        if edition is None and part:
            periods = [period for block in found.blocks.values() for period in block.periods]
            edition = edition_of(max(periods)) if periods else None
        if edition is not None and part:
            edition = part_edition(edition, found.blocks)
        if edition is None:
            return replace(claimed, found=_with(found, _without_edition(grid, claimed)))
        check_name(edition, "edition")
    except ENVIRONMENT:
        raise
    except Exception as error:  # noqa: BLE001  (a parser that fails must not affect other files)
        return _broken(grid, contract, found, error)
    return replace(claimed, edition=edition)


def _without_edition(grid: Grid, claimed: Claim) -> Drift:
    names = ", ".join(map(repr, claimed.found.blocks))
    if reason := why_no_edition(grid, claimed.found, claimed.contract):
        return Drift(DriftKind.UNREADABLE, "", "", "", reason)
    if not any(block.rows for block in claimed.found.blocks.values()):
        return _no_rows(grid, claimed.contract, claimed.found)
    message = (
        f"{grid.file} has the tables of {claimed.contract.source} ({names}), but no title states their year, so the "
        "edition is unknown. Download the file again, or ask the publisher."
    )
    return Drift(DriftKind.PERIOD_UNREADABLE, "", "", "", message)


def _no_rows(grid: Grid, contract: Contract, found: FoundTables) -> Drift:
    block = next(iter(found.blocks.values()))
    message = (
        f"{grid.file} has the headers of {table_label(block.table)} of {contract.source}, but no rows below them. That "
        "does not mean zero, so nothing is published. Download the file again, or ask the publisher."
    )
    where = block.sheet.locator(block.header_row, 0).split(":")[0]
    return Drift(DriftKind.UNREADABLE, block.table.name, "", where, message)


def _broken(
    grid: Grid, contract: Contract, found: FoundTables, error: Exception, certain: bool = True
) -> Claim:
    if found.blocks and not any(block.rows for block in found.blocks.values()):
        return Claim(contract, _with(found, _no_rows(grid, contract, found)))
    if any(drift.breaking for drift in found.drift):
        return Claim(contract, found)  # a missing column explains the failure
    message = f"{grid.file} cannot be read as a release of {contract.source}: {_sentence(error)}"
    drift = Drift(DriftKind.UNREADABLE, "", "", "", message)
    kept = () if isinstance(error, CivicError) else (traceback_of(error),)
    return Claim(contract, _with(found, drift), tracebacks=kept, certain=certain)


def _sentence(error: Exception) -> str:
    text = sentence_of(error)
    return text if text.endswith(".") else f"{text}."


def _with(found: FoundTables, *more: Drift) -> FoundTables:
    return FoundTables(found.blocks, (*found.drift, *more))


def is_part(found: FoundTables) -> bool:
    """Whether a file holds only single tables of a release."""
    return any(drift.kind is DriftKind.NOT_IN_FILE for drift in found.drift)


def _part(found: FoundTables, contract: Contract) -> FoundTables:
    """A part of a release: missing tables are listed, and are not a fault."""
    drift = []
    for one in found.drift:
        if one.kind is DriftKind.MISSING_TABLE:
            table = contract.table(one.table)
            message = f"Not in this file: {table_label(table)}. Checks that need it are not evaluated."
            one = Drift(DriftKind.NOT_IN_FILE, one.table, one.header, one.locator, message)
        drift.append(one)
    return FoundTables(found.blocks, tuple(drift))


def _of_match(grid: Grid, match: Match) -> Claim:
    """A near miss by its headers, with every difference."""
    table, where = match.table, match.where
    source = match.contract.source
    nearest = f"{grid.file} is nearly a release of {source}: {where} has the headers of {table_label(table)}"
    strange = f"; unknown columns: {', '.join(map(repr, match.strange))}" if match.strange else ""
    lacks = match.missing
    if not lacks and match.strange and table.identity.closed:
        lacks = tuple(keys_left_out(table, match.sheet, match.row))
    if not lacks:
        drift = _not_found(table, nearest, where, strange)
    else:
        message = (
            f"{nearest}, but lacks {', '.join(map(repr, lacks))}{strange}. If the publisher renamed a column, "
            f"add the new header to headerAliases in {match.contract.file.name}; otherwise ask the publisher."
        )
        missing = ", ".join(lacks)
        drift = Drift(DriftKind.MISSING_COLUMN, table.name, missing, where, message)
    return Claim(match.contract, FoundTables({}, (drift,)), certain=False)


def _not_found(table: Table, nearest: str, where: str, strange: str) -> Drift:
    """All headers are present but the table was not found: its title or its rows are missing."""
    if table.title is not None:
        reason = (
            f"{nearest}, but no title above them names the table and its year (the title of {table.printed_name} is "
            f"expected){strange}. Supply the file as published, with its title."
        )
    else:
        reason = f"{nearest}, but could not be read as that table{strange}. Ask the publisher."
    return Drift(DriftKind.UNREADABLE, table.name, "", where, reason)


def parsed_or_why(
    grid: Grid, found: FoundTables, contract: Contract
) -> tuple[Parsed | None, FoundTables, tuple[str, ...]]:
    """The observations of a release, or a difference that says why there are none.

    Returns:
        The parsed release; the tables, with one more difference if the parser stopped or found no figures; and
        tracebacks of unexpected errors.
    """
    if any(drift.breaking for drift in found.drift):
        return None, found, ()
    try:
        parsed = parser_of(contract).parse(grid, found, contract)
    except ENVIRONMENT:
        raise
    except Exception as error:  # noqa: BLE001  (a parser that fails holds back its own release only)
        broken = _broken(grid, contract, found, error)
        return None, broken.found, broken.tracebacks
    if not parsed.observations.num_rows and not any(block.rows for block in found.blocks.values()):
        return None, _with(found, _no_rows(grid, contract, found)), ()
    return parsed, found, ()
