"""The command `contract`: lists every problem of some contracts, and of other files next to them.

Belongs here: its arguments, which files are meant, the call, and printing of the answer. Does not belong here: the
demands (`civic_assets.quality.contract_demands`, `civic_assets.quality.file_demands`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import HELD_BACK, OK, add_json, new_command
from civic_assets.cli.shared.output import print_json
from civic_assets.errors import UsageError

if TYPE_CHECKING:
    from civic_assets.answers.others import ContractList
    from civic_assets.cli.command import Commands
    from civic_assets.quality.contract_demands import ContractReport


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "contract",
        _run,
        "check a contract, vocabulary, register or suite against everything that is demanded of it, all at once",
        "  civic-assets contract data_contracts/ons_csp.odcs.yaml\n"
        "  civic-assets contract data_contracts/breaks.yaml data_contracts/vocabularies/measures.yaml\n"
        "  civic-assets contract data_contracts        (every file of the folder)\n"
        "  civic-assets contract new_source.odcs.yaml --json\n\n"
        "exit codes: 0 no problems, 1 problems, 2 usage",
    )
    command.add_argument(
        "file",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="a contract, vocabulary, register, correction, suite of expectations or table of areas, or a folder",
    )
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    reports = check_contracts(arguments.file)
    if arguments.json:
        print_json(as_answer(reports))
    else:
        for sentence in sentences(reports):
            print(sentence)
    return HELD_BACK if any(report.problems for report in reports) else OK


def contract_files(named: Sequence[Path]) -> Iterator[Path]:
    """The files that are meant: files themselves, and every file of a folder that can be checked.

    Args:
        named: Files and folders.

    Raises:
        UsageError: A folder has no file that can be checked.
    """
    for place in named:
        if not place.is_dir():
            yield place
            continue
        from civic_assets.contracts.file_kinds import kind_of
        from civic_assets.quality.file_demands import files_of

        files = files_of(place) or [file for file in sorted(place.iterdir()) if kind_of(file)]
        if not files:
            raise UsageError(
                f"{place} has no contract (*.odcs.yaml), and no other file that can be checked. Name a file or another "
                "folder."
            )
        yield from files


def check_contracts(named: Sequence[Path]) -> list[ContractReport]:
    """What is found in each file.

    Args:
        named: Files and folders.

    Raises:
        UsageError: There is no such file, or a folder has none that can be checked.
    """
    from civic_assets.quality.file_demands import check_file

    return [check_file(file) for file in contract_files(named)]


def as_answer(reports: Sequence[ContractReport]) -> ContractList:
    """As `--json` prints it."""
    from civic_assets.answers.others import ContractList

    return ContractList(
        problems=sum(len(report.problems) for report in reports),
        contracts=tuple(report.as_answer() for report in reports),
    )


def sentences(reports: Sequence[ContractReport]) -> Iterator[str]:
    """The answer for a terminal, a line at a time."""
    for report in reports:
        number = len(report.problems)
        said = "no problems" if not number else f"{number} problem{'' if number == 1 else 's'}"
        yield f"{report.file}: {said}"
        for problem in report.problems:
            yield f"  {problem.path}"
            yield f"    {problem.reason}"
    yield from dict.fromkeys(note for report in reports for note in report.notes)
