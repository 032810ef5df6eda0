"""Checks every contract with the tool of the Open Data Contract Standard: `python tools/lint_contracts.py [FOLDER...]`.

Belongs here: `datacontract lint`, in one process for all files (the command takes two seconds for each). Does not
belong here: this program's own demands on a contract (`civic_assets.contracts`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from datacontract.data_contract import DataContract

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDERS = (CHECKOUT / "data_contracts", CHECKOUT / "docs")
"""Contracts of sources, of what is published, and of the examples in the documentation."""


def faults(file: Path) -> list[str]:
    """Faults that the standard's tool finds in a contract, each with the file's name."""
    run = DataContract(data_contract_file=str(file)).lint()
    failed = [check for check in run.checks or [] if check.result != "passed"]
    if run.result != "passed" and not failed:
        return [f"{file.name}: {run.result}"]
    return [f"{file.name}: {check.name}: {check.reason}" for check in failed]


def faults_below(folder: Path) -> list[str]:
    """What is wrong with the contracts in a folder, at any depth."""
    files = sorted(folder.rglob("*.odcs.yaml"))
    if not files:
        return [f"{folder} holds no contract (*.odcs.yaml)."]
    return [fault for file in files for fault in faults(file)]


def main() -> None:
    """Exit with 1 if a contract does not conform to the standard."""
    folders = [Path(name) for name in sys.argv[1:]] or FOLDERS
    found = [fault for folder in folders for fault in faults_below(folder)]
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
