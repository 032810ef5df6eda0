"""Writing a first contract and fixture for a file: `civic-assets new-source`.

Belongs here: the order of the steps, and where the files go. Does not belong here: arguments and printing
(`civic_assets.cli.new_source`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from civic_assets.contracts.folders import contracts_folders
from civic_assets.contracts.open_questions import open_questions
from civic_assets.errors import UsageError
from civic_assets.readers.open_file import read_grid
from civic_assets.scaffold.contract_text import Sizes, contract_text
from civic_assets.scaffold.fixture import fixture_file
from civic_assets.scaffold.roles import Roles, roles_of
from civic_assets.scaffold.table import shown_table
from civic_assets.scaffold.words import is_text, name_of
from civic_assets.tables.atomic import atomic_write_bytes

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class NewSource:
    """What was written.

    Args:
        source: Name of the source.
        contract: File of the contract.
        fixture: File of the fixture.
        roles: What the columns were taken for.
        rows: Rows of the table that were looked at.
        more: Whether the table has more rows.
        sheet: Sheet of the table; empty for a delimited file.
        questions: Open questions with their paths.
    """

    source: str
    contract: Path
    fixture: Path
    roles: Roles
    rows: int
    more: bool
    sheet: str
    questions: list[tuple[str, str]]


def new_source(file: Path, name: str | None, folder: Path, *, force: bool = False) -> NewSource:
    """Writes `NAME.odcs.yaml` and a fixture into a folder.

    Args:
        file: A file of the publisher.
        name: Name of the source; made from the file's name if None.
        folder: Where both files go; it is made if it is not there.
        force: Whether files that are there are replaced.

    Raises:
        UsageError: There is no such file, the name cannot be one, or a file would be overwritten.
        FileRefused: The file cannot be read.
    """
    if not file.is_file():
        raise UsageError(f"{file} is not a file. Name a file of the publisher.")
    source = name or name_of(file.stem)
    if not _NAME.fullmatch(source) or not is_text(source):
        raise UsageError(
            f"{source!r} cannot be the name of a source: use lower-case letters, digits and underscores, and no word "
            "that YAML reads as a value, such as no or null."
        )
    grid = read_grid(file)
    table = shown_table(grid)
    roles = roles_of(table)
    if not roles.figures:
        raise UsageError(
            f"{file.name} has no column of numbers below its headers "
            f"({', '.join(column.header for column in table.columns[:8])}), so there are no figures to describe. Write "
            "the contract by hand (docs/how-to/adding-a-source.md)."
        )
    ending, fixture, places = fixture_file(table, roles)
    where = folder / f"{source}.odcs.yaml", folder / f"{source}.{ending}"
    _check_free(source, where, file, force=force)
    rows = len(table.sheet.rows) - table.header_row - 1 if table.more else len(table.rows)
    figures = len(roles.figures)
    sizes = Sizes(
        file.stat().st_size, len(fixture), rows * figures, len(places) * figures, _absent(roles, places)
    )
    text = contract_text(source, table, roles, sizes)
    atomic_write_bytes(where[0], text.encode())
    atomic_write_bytes(where[1], fixture)
    questions = open_questions(text.encode())
    return NewSource(source, *where, roles, len(table.rows), table.more, table.sheet.name.strip(), questions)


def _absent(roles: Roles, places: Sequence[int]) -> float:
    """Largest share of cells without a number in a column of figures, of the file or of its fixture."""
    shares = [0.0]
    for column in roles.figures:
        shares.append(sum(column.marks.values()) / len(column.texts))
        shares.append(sum(column.texts[place] in column.marks for place in places) / len(places))
    return max(shares)


def _check_free(source: str, files: tuple[Path, ...], shown: Path, *, force: bool) -> None:
    """Refuses to overwrite anything, and to describe a source twice."""
    for file in files:
        if file.exists() and file.resolve() == shown.resolve():
            raise UsageError(
                f"{file} is the file that you show, and the fixture would replace it. Choose another folder with --to."
            )
    if there := [str(file) for file in files if file.exists()]:
        if not force:
            raise UsageError(
                f"{' and '.join(there)} {'is' if len(there) == 1 else 'are'} there already, and nothing was written. "
                "Choose another name (--name) or folder (--to), or replace with --force."
            )
        return
    others = [place / f"{source}.odcs.yaml" for place in contracts_folders()]
    if other := next((place for place in others if place.is_file()), None):
        raise UsageError(f"{other} describes a source of this name already. Choose another name with --name.")
