"""Checks every contract with the tool of the Open Data Contract Standard: `python tools/lint_contracts.py [FOLDER]`.

Belongs here: `datacontract lint`, in one process for all files (the command takes two seconds for each). Does not
belong here: this program's own demands on a contract (`civic_assets.contracts`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from datacontract.data_contract import DataContract

CONTRACTS = Path(__file__).resolve().parents[1] / "data_contracts"


def faults(file: Path) -> list[str]:
    """Faults that the standard's tool finds in a contract, each with the file's name."""
    run = DataContract(data_contract_file=str(file)).lint()
    failed = [check for check in run.checks or [] if check.result != "passed"]
    if run.result != "passed" and not failed:
        return [f"{file.name}: {run.result}"]
    return [f"{file.name}: {check.name}: {check.reason}" for check in failed]


def main() -> None:
    """Exit with 1 if a contract does not conform to the standard."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CONTRACTS
    files = sorted(folder.glob("*.odcs.yaml"))
    all_faults = [fault for file in files for fault in faults(file)]
    if all_faults or not files:
        sys.exit("\n".join(all_faults) or f"{folder} holds no contract (*.odcs.yaml).")


if __name__ == "__main__":
    main()
