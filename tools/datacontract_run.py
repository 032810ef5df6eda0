"""Runs `datacontract test` over what `datacontract_inputs` wrote: `python datacontract_run.py [--damaged] FOLDER`.

Belongs here: the standard's own tool, in one process, because importing it takes longer than testing a file. It runs in
an environment that has the tool and not this program. Does not belong here: what is tested.

With `--damaged`, a cell that must be filled is emptied, and a column is removed, in one table of each contract: both
must be found.
"""

from __future__ import annotations

import csv
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml
from datacontract.data_contract import DataContract

CONTRACT = "contract.odcs.yaml"


def run_tool(contract: Path, tables: Path, table: str = "all") -> tuple[int, list[str]]:
    """How many checks passed, and a line for each that did not.

    Args:
        contract: The contract.
        tables: Folder with a CSV file for each table.
        table: Only this one.
    """
    os.environ["CIVIC_TABLES"] = str(tables.resolve())
    run = DataContract(data_contract_file=str(contract), server="tables", schema_name=table).test()
    checks = run.checks or []
    said = [f"  {one.model or ''}: {one.name}: {one.reason}" for one in checks if one.result != "passed"]
    return len(checks) - len(said), said


def folders(place: Path) -> list[Path]:
    """What was written for each file and contract."""
    return sorted(file.parent for file in place.glob(f"*/{CONTRACT}"))


def all_pass(place: Path) -> bool:
    """Tests everything, prints a line for each file, and says whether all is well."""
    passed = failed = 0
    for folder in folders(place):
        good, said = run_tool(folder / CONTRACT, folder)
        said = said or ([] if good else ["  nothing was checked"])
        file = (folder / "file.txt").read_text(encoding="utf-8")
        print(f"{folder.name}: {file}: {good} checks passed" + (f", {len(said)} did not" if said else ""))
        print("".join(f"{line}\n" for line in said), end="")
        passed, failed = passed + good, failed + len(said)
    print(f"{len(folders(place))} files under their contracts: {passed:,} checks passed, {failed} did not.")
    return bool(passed) and not failed


def finds_damage(folder: Path) -> bool:
    """Whether the tool finds an empty cell of a required column, and a missing column, in one table."""
    document: dict[str, Any] = yaml.safe_load((folder / CONTRACT).read_text(encoding="utf-8"))
    for table in document["schema"]:
        filled = [one["physicalName"] for one in table["properties"] if one.get("required")]
        if not filled:
            continue
        emptied = filled[0]
        removed = next(one["physicalName"] for one in table["properties"] if one["physicalName"] != emptied)
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / f"{table['name']}.csv"
            with (folder / file.name).open(encoding="utf-8-sig", newline="") as stream:
                rows = list(csv.DictReader(stream))
            rows[0][emptied] = ""
            with file.open("w", encoding="utf-8", newline="") as stream:
                kept = [header for header in rows[0] if header != removed]
                writer = csv.DictWriter(stream, kept, extrasaction="ignore")
                writer.writeheader()
                writer.writerows(rows)
            _, said = run_tool(folder / CONTRACT, Path(scratch), table["name"])
        return any(f"{emptied} has no missing values" in line for line in said) and any(
            f"'{removed}' is present" in line for line in said
        )
    return False


def damage_is_found(place: Path) -> bool:
    """Damages one table of each contract, and says whether all damage is found."""
    one_each = {folder.name.rpartition("-")[2]: folder for folder in reversed(folders(place))}
    missed = [source for source, folder in sorted(one_each.items()) if not finds_damage(folder)]
    print(f"{len(one_each) - len(missed)} of {len(one_each)} damaged tables were found.", *missed)
    return bool(one_each) and not missed


def main() -> None:
    """Ends with 1 where something did not pass that should, or passed that should not."""
    logging.disable(logging.CRITICAL)
    *options, place = sys.argv[1:]
    sys.exit(not (damage_is_found if "--damaged" in options else all_pass)(Path(place)))


if __name__ == "__main__":
    main()
