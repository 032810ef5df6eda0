"""The command `new-source`: arguments, the call, and what to do next.

Belongs here: arguments and printing. Does not belong here: finding what a file shows (`civic_assets.scaffold`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, new_command
from civic_assets.cli.shared.output import print_json

if TYPE_CHECKING:
    from civic_assets.answers.others import SourceDraft
    from civic_assets.cli.command import Commands
    from civic_assets.scaffold.new_source import NewSource


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "new-source",
        _run,
        "write a first contract and a fixture from a file of a publisher",
        "  civic-assets new-source ~/downloads/entrants.csv\n"
        "  civic-assets new-source ~/downloads/table_7.xlsx --name yjb_entrants --to ~/my-sources\n\n"
        "It finds the header row, the columns, areas, periods and marks, and asks what only a person can decide.\n"
        "The fixture has the file's layout and invented numbers. No file is overwritten without --force, and "
        "no file of a source\nthat has a contract is described again.\n"
        "exit codes: 0 both files were written, 2 the file cannot be described, or something would be overwritten",
    )
    command.add_argument(
        "file", type=Path, metavar="FILE", help="a file of the publisher: csv, xlsx, xls, ods or json"
    )
    command.add_argument(
        "--name",
        metavar="NAME",
        help="name of the source, such as yjb_entrants (default: from the file's name)",
    )
    command.add_argument(
        "--to",
        type=Path,
        default=Path("."),
        metavar="FOLDER",
        help="folder for the two files (default: this one)",
    )
    command.add_argument(
        "--force",
        action="store_true",
        help="replace files that are there already, and describe a file of a source that has a contract",
    )
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.scaffold.new_source import new_source

    if not arguments.force and arguments.file.is_file() and (known := _known_as(arguments.file)):
        from civic_assets.errors import UsageError

        raise UsageError(
            f"{arguments.file.name} is a file of {known}, which has a contract already. Look at it with: civic-assets "
            f"inspect {quote(str(arguments.file))}; or describe it again with --force."
        )
    made = new_source(arguments.file, arguments.name, arguments.to, force=arguments.force)
    if arguments.json:
        print_json(as_answer(made))
    else:
        for line in sentences(made, arguments.file):
            print(line)
    return OK


def _known_as(file: Path) -> str:
    """Sources of which a file is a release; empty for any other file, and while a contract cannot be read."""
    from civic_assets.contracts.load import load_contracts
    from civic_assets.errors import ContractError, FileRefused, NotRecognised
    from civic_assets.parsing.recognise import recognise
    from civic_assets.readers.open_file import read_grid

    try:
        found = recognise(read_grid(file), load_contracts())
    except (ContractError, FileRefused, NotRecognised):
        return ""
    return " and ".join(release.contract.source for release in found if not release.near)


def as_answer(made: NewSource) -> SourceDraft:
    """As `--json` prints it."""
    from civic_assets.answers.others import OpenQuestion, SourceDraft

    return SourceDraft(
        source=made.source,
        contract=str(made.contract),
        fixture=str(made.fixture),
        questions=tuple(OpenQuestion(path, question) for path, question in made.questions),
        columns=dict(_columns(made)),
    )


def _columns(made: NewSource) -> Iterator[tuple[str, str]]:
    roles = made.roles
    for level in roles.areas:
        for column, what in ((level.code, "code"), (level.name, "name")):
            if column is not None:
                types = " or ".join(type_.replace("_", " ") for type_ in level.types)
                yield column.header, f"{what} of an area ({types or 'not in the register'})"
    if roles.period is not None:
        kind = str(roles.period.kind).replace("_", " ")
        sure = "" if roles.period.sure else "; please check"
        yield roles.period.column.header, f"period, written {roles.period.format} ({kind}{sure})"
        if roles.period.identifier is not None:
            yield roles.period.identifier.header, "kind of the period"
    for group in roles.groups:
        everybody = f"; everybody is {group.total!r}" if group.total else ""
        yield group.column.header, f"group ({len(group.column.distinct)} words{everybody})"
    for column in roles.figures:
        marks = ", ".join(repr(mark) if mark else "an empty cell" for mark in column.marks)
        yield column.header, f"figures ({column.type}{'; instead of numbers: ' + marks if marks else ''})"
    for column in roles.others:
        yield column.header, "not known: it says nothing about area, period or group"


def sentences(made: NewSource, file: Path) -> Iterator[str]:
    """The answer for a terminal, a line at a time."""
    sheet = f", sheet {made.sheet!r}" if made.sheet else ""
    more = "the first " if made.more else ""
    yield f"{file.name}{sheet}: {more}{made.rows:,} row{'' if made.rows == 1 else 's'}"
    found = dict(_columns(made))
    width = max(map(len, found))
    for header, what in found.items():
        yield f"  {header:<{width}}  {what}"
    yield f"Wrote {made.contract} with {len(made.questions)} open questions, and {made.fixture} with invented numbers."
    yield "What to do next:"
    yield f"  1. Answer the questions in {made.contract.name}: each is a comment that begins with # TODO."
    contract, folder, fixture = (
        quote(str(path)) for path in (made.contract, made.contract.resolve().parent, made.fixture)
    )
    yield f"  2. civic-assets contract {contract}    lists what is still open, and then every other problem."
    yield f"  3. CIVIC_CONTRACTS=:{folder} civic-assets inspect {fixture}"
    yield f"     reads the fixture by the contract; then inspect {quote(str(file))} in the same way."
    yield "docs/how-to/adding-a-source.md goes through an example."
