"""The command `contract`: every problem of some contracts, and of other files next to them, printed.

Belongs here: which files are meant, and how the answer looks. Does not belong here: the demands
(`civic_assets.quality.contract_demands`, `civic_assets.quality.file_demands`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from civic_assets.contracts.file_kinds import kind_of
from civic_assets.errors import UsageError
from civic_assets.quality.contract_demands import ContractReport
from civic_assets.quality.file_demands import check_file, files_of


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
    return [check_file(file) for file in contract_files(named)]


def as_dict(reports: Sequence[ContractReport]) -> dict[str, Any]:
    """As `--json` prints it."""
    return {
        "problems": sum(len(report.problems) for report in reports),
        "contracts": [report.as_dict() for report in reports],
    }


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
