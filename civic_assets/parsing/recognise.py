"""Recognising the source and edition of a file by its content, never by its name.

Belongs here: asking every contract to classify a file, and choosing. Does not belong here: the classification by one
contract (`claims`), reading the bytes (`civic_assets.readers`), and what a difference from the contract means (the
rules). A failure for one contract does not stop the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from civic_assets.contracts.model import Contract
from civic_assets.errors import FileRefused, NotRecognised
from civic_assets.house_numbers.file_limits import DELIMITED_BYTES
from civic_assets.house_numbers.listing import FIELDS_QUOTED
from civic_assets.parsing.claims import Claim, claim, damaged_release, near_miss
from civic_assets.parsing.nearest import sibling_sentence
from civic_assets.parsing.parser import parser_of, reads_by_column
from civic_assets.parsing.reading import is_synthetic
from civic_assets.parsing.siblings import another_publication
from civic_assets.parsing.table_finder import FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.readers.text.large import is_large
from civic_assets.values.cells import as_printed

__all__ = ["Recognised", "parser_of", "recognise"]


_TOO_LARGE = (
    f"is larger than {DELIMITED_BYTES // 1024 // 1024} MiB, and no source that is read by column has its headers. "
    "Split it by release and supply the parts."
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file as a release of a source.

    Args:
        edition: Release key without `.r2`; empty for a near miss whose edition is unknown.
        synthetic: Whether the file is marked as synthetic.
        tracebacks: Tracebacks of unexpected errors.
    """

    contract: Contract
    edition: str
    found: FoundTables
    synthetic: bool
    tracebacks: tuple[str, ...] = ()

    @property
    def near(self) -> bool:
        """Whether it is a near miss, which is held back."""
        return not self.edition


def recognise(grid: Grid, contracts: Mapping[str, Contract], only: Collection[str] = ()) -> list[Recognised]:
    """Every source of which the file is a release or a near miss; a workbook can hold tables of several sources.

    Args:
        grid: Grid of the file.
        contracts: Contracts of the known sources.
        only: Sources to ask; all if empty.

    Raises:
        NotRecognised: The file does not belong to any source.
        FileRefused: No source recognised the file, and some could not be asked.
        MemoryError, OSError: The machine failed, not the file.
    """
    asked = [contract for source, contract in contracts.items() if not only or source in only]
    active = [contract for contract in asked if contract.not_read_because is None]
    if not active:
        unread = asked[0]
        raise NotRecognised(
            f"{unread.source} is not read yet, because {unread.not_read_because}. Leave the file out."
        )
    if is_large(grid):
        active = [contract for contract in active if reads_by_column(contract)]
    claims = [claimed for contract in active if (claimed := claim(grid, contract)) is not None]
    certain = [claimed for claimed in claims if claimed.certain]
    if any(not claimed.near for claimed in certain):
        return _as_recognised(grid, certain)
    broken = [claimed for claimed in claims if not claimed.certain and not claimed.found.blocks]
    unbroken = [contract for contract in active if all(contract is not one.contract for one in broken)]
    # Headers of a table that rules the file out are stronger evidence than headers of a known, unread file, but weaker
    # than those of a table of which the file has nearly all, and which does not refuse it.
    if not certain and (another := another_publication(grid, unbroken)):
        if damaged := damaged_release(grid, unbroken):
            return _as_recognised(grid, [damaged])
        raise NotRecognised(f"{grid.file} {another}")
    # So is a contract whose tables are in the file.
    others = [contract for contract in active if all(contract is not one.contract for one in certain)]
    if not_read := _known_and_not_read(grid, others):
        raise NotRecognised(not_read)
    if certain:
        return _as_recognised(grid, certain)
    if few := [claimed for claimed in claims if claimed.found.blocks]:
        return _as_recognised(grid, few)
    near = near_miss(grid, unbroken)
    if isinstance(near, Claim):
        return _as_recognised(grid, [near])
    if broken:
        raise FileRefused(grid.file, broken[0].found.drift[0].message.removeprefix(f"{grid.file} "))
    if is_large(grid):
        raise FileRefused(grid.file, _TOO_LARGE)
    sheets = [sheet.name.strip() for sheet in grid.sheets if sheet.name]
    inside = f"; its sheets: {', '.join(sheets[:8])}{' ...' if len(sheets) > 8 else ''}" if sheets else ""
    known = ", ".join(sorted(contract.source for contract in active))
    sibling = sibling_sentence(near) if near is not None else ""
    raise NotRecognised(
        f"{grid.file} has no tables of a source with a contract ({known}){inside}.{sibling} Leave the file out, or "
        "write a contract for its source (docs/how-to/adding-a-source.md)."
    )


def _as_recognised(grid: Grid, claims: Iterable[Claim]) -> list[Recognised]:
    synthetic = is_synthetic(grid)
    return [Recognised(one.contract, one.edition, one.found, synthetic, one.tracebacks) for one in claims]


def _known_and_not_read(grid: Grid, contracts: Iterable[Contract]) -> str:
    """Why a file whose headers a contract knows is not read; `""` for an unknown file."""
    rows = [labels for sheet in grid.sheets for labels in sheet.top_labels]
    for contract in contracts:
        for known in contract.files_not_read:
            if known.covers(grid.format, rows):
                said = _says(grid) if grid.format == "json" else ""
                return f"{grid.file} is {known.because} (contract of {contract.source}).{said}"
    return ""


def _says(grid: Grid) -> str:
    """The content of a short answer, quoted so that nobody has to open the file."""
    (rows,) = (sheet.rows for sheet in grid.sheets)
    if len(rows) != 2 or len(rows[0]) > FIELDS_QUOTED:
        return ""
    fields = ", ".join(f"{name}: {as_printed(value)}" for name, value in zip(rows[0], rows[1], strict=True))
    return f" It contains {fields}."
