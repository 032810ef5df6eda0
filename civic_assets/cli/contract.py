"""The command `contract`: every problem of some contracts, printed.

Belongs here: which files are meant, and how the answer looks. Does not belong here: the demands (`contract_demands`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from civic_assets.errors import UsageError
from civic_assets.quality.contract_demands import ContractReport, check_contract


def contract_files(named: Sequence[Path]) -> Iterator[Path]:
    """The contracts that are meant: files, and all contracts of folders.

    Raises:
        UsageError: A folder holds no contract.
    """
    for place in named:
        if not place.is_dir():
            yield place
            continue
        files = sorted(place.glob("*.odcs.yaml"))
        if not files:
            raise UsageError(f"{place} holds no contract (*.odcs.yaml). Name a contract or another folder.")
        yield from files


def check_contracts(named: Sequence[Path]) -> list[ContractReport]:
    """What is found in each contract.

    Raises:
        UsageError: There is no such file, or a folder holds no contract.
    """
    return [check_contract(file) for file in contract_files(named)]


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
