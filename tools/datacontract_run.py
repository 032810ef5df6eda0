"""Runs `datacontract test` over what `datacontract_inputs` wrote: `python tools/datacontract_run.py FOLDER`.

Belongs here: the standard's own tool, in one process, because importing it takes longer than testing a file. It runs in
an environment that has the tool and not this program. Does not belong here: what is tested.
"""

from __future__ import annotations

import logging
import os
import sys
from collections import Counter
from pathlib import Path

from datacontract.data_contract import DataContract

_OURS = "civic_assets"


def test(folder: Path) -> tuple[Counter[str], list[str]]:
    """Results of the checks on the tables of one file, counted, and a line for each that did not pass."""
    os.environ["CIVIC_TABLES"] = str(folder.resolve())
    run = DataContract(data_contract_file=str(folder / "contract.odcs.yaml"), server="tables").test()
    results: Counter[str] = Counter()
    said = []
    for check in run.checks or []:
        # Rules between cells are those of this program; the tool says that it does not run them.
        if check.result == "warning" and _OURS in (check.reason or ""):
            results["ours"] += 1
            continue
        results[str(check.result.value)] += 1
        if check.result != "passed":
            said.append(f"  {check.model or ''} {check.name}: {check.reason}")
    return results, said


def main() -> None:
    """Ends with 1 where a check did not pass, or where nothing was checked."""
    logging.disable(logging.CRITICAL)
    folders = sorted(file.parent for file in Path(sys.argv[1]).glob("*/contract.odcs.yaml"))
    passed = failed = 0
    for folder in folders:
        results, said = test(folder)
        tables = len(list(folder.glob("*.csv")))
        file = (folder / "file.txt").read_text(encoding="utf-8")
        bad = sum(results.values()) - results["passed"] - results["ours"]
        print(f"{folder.name}: {file}: {tables} tables, {results['passed']} checks passed, {bad} did not")
        print(*said, sep="\n", end="\n" if said else "")
        passed += results["passed"]
        failed += bad + (not results["passed"])
    print(f"{len(folders)} files under their contracts: {passed:,} checks passed, {failed} did not.")
    sys.exit(bool(failed) or not folders)


if __name__ == "__main__":
    main()
