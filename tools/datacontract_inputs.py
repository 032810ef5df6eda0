"""Writes the tables of publishers' files for the standard's tool: `python -m tools.datacontract_inputs FOLDER [FILE...]`.

Belongs here: finding the tables of a file with the program's own reading, writing each so that `datacontract test` can
read it, and the contract under which it is tested. Does not belong here: the test (`datacontract_run`, which runs in an
environment of its own), and what a contract may say (`civic_assets.contracts`).

A CSV file that the tool can read as it is, is handed over as it is. Any other table is written as a CSV file with one
column for each property, under the header that the contract gives it. A column that this edition does not print is left
empty, and columns that repeat (a column for each month) become rows. No cell is changed.

Without FILE, it takes the inputs that ship and the test files, and of the publishers' files in CIVIC_REAL_DATA the first
of each table.
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.errors import FileRefused, NotRecognised
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.parsing.blocks import Block
from civic_assets.parsing.recognise import recognise
from civic_assets.readers.grid import Grid, header_text
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import as_printed

FIXTURES = Path(__file__).resolve().parents[1] / "civic_assets_tests" / "fixtures"
_NOT_INPUTS = (".md", ".yaml")
_TOOL_READS = ("utf-8", "utf-8-sig")


@dataclass(frozen=True, slots=True)
class Handed:
    """Tables of one file under one contract, ready for the tool.

    Args:
        file: The publisher's file.
        contract: Its contract.
        folder: Holds a CSV file for each table, and `contract.odcs.yaml`.
        as_it_is: Tables for which the file itself is tested.
        written: Tables that were written.
    """

    file: Path
    contract: Contract
    folder: Path
    as_it_is: tuple[str, ...]
    written: tuple[str, ...]


def headers(contract: Contract, table: str) -> dict[str, str]:
    """The header that the tool looks for, by the column's name: `physicalName`, and without it `name`."""
    entry = next(one for one in contract.document["schema"] if one["name"] == table)
    return {column["name"]: column.get("physicalName") or column["name"] for column in entry["properties"]}


def is_readable_as_it_is(block: Block, grid: Grid, wanted: Mapping[str, str]) -> bool:
    """Whether the file is this table and nothing else, with the headers of the contract in its first row."""
    if grid.format != "csv" or block.header_row != 0 or "delimiter" in grid.notes:
        return False
    if grid.notes.get("encoding") not in _TOOL_READS or block.sheet.widths is not None:
        return False
    printed = [header_text(cell) for cell in block.sheet.rows[0]]
    return len(set(printed)) == len(printed) and set(wanted.values()) <= set(printed)


def rows_of(block: Block, wanted: Mapping[str, str]) -> Iterator[list[str]]:
    """Rows of a table as they are printed, one cell for each property.

    A repeating column becomes rows: the first row of a row has the first of its cells, and so on; where one column
    repeats less often than another, its last cells are empty.
    """
    repeats = {name: sorted(_places(block, name), key=_number) for name in wanted}
    cells = {place: list(map(as_printed, block.cells(place))) for places in repeats.values() for place in places}
    once = {name: places[0] for name, places in repeats.items() if places == [name]}
    for at in range(len(block.rows)):
        for repeat in range(max((len(places) for name, places in repeats.items() if name not in once), default=0) or 1):
            yield [
                cells[once[name]][at] if name in once else cells[places[repeat]][at] if repeat < len(places) else ""
                for name, places in repeats.items()
            ]


def _places(block: Block, name: str) -> list[str]:
    return [place for place in block.columns if place == name or place.startswith(f"{name}#")]


def _number(place: str) -> int:
    return int(place.partition("#")[2] or 0)


def write_table(blocks: Iterable[Block], wanted: Mapping[str, str], file: Path) -> None:
    """Writes a table, in the order of its parts where it goes on over several sheets."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(wanted.values())
        for block in blocks:
            writer.writerows(rows_of(block, wanted))


def contract_to_test(contract: Contract, tables: Iterable[str]) -> dict[str, Any]:
    """The contract with those tables alone, each named as the file that holds it.

    `datacontract test` of local files makes a view for each table under its `name`, and looks for it under its
    `physicalName`, so that a table which has another physical name is not found (datacontract-cli 1.2.8).
    """
    kept = set(tables)
    schema = [
        {key: value for key, value in table.items() if key != "physicalName"}
        for table in contract.document["schema"]
        if table["name"] in kept
    ]
    return {**contract.document, "schema": schema}


def hand_over(file: Path, place: Path, contracts: Mapping[str, Contract]) -> list[Handed]:
    """Writes what is tested of one file: a folder for each contract whose tables it holds; none for any other file."""
    try:
        grid = read_grid(file)
        recognised = recognise(grid, contracts)
    except (NotRecognised, FileRefused):
        return []
    handed = []
    for release in recognised:
        if release.near:
            continue
        contract = release.contract
        folder = place.with_name(f"{place.name}-{contract.source}")
        folder.mkdir(parents=True)
        as_it_is, written = [], []
        for table in dict.fromkeys(block.table.name for block in release.found.blocks.values()):
            blocks = release.found.parts(table)
            wanted = headers(contract, table)
            if len(release.found.blocks) == 1 and is_readable_as_it_is(blocks[0], grid, wanted):
                shutil.copyfile(file, folder / f"{table}.csv")
                as_it_is.append(table)
            else:
                write_table(blocks, wanted, folder / f"{table}.csv")
                written.append(table)
        text = yaml.safe_dump(contract_to_test(contract, [*as_it_is, *written]), sort_keys=False, allow_unicode=True)
        (folder / "contract.odcs.yaml").write_text(text, encoding="utf-8")
        (folder / "file.txt").write_text(file.name, encoding="utf-8")
        handed.append(Handed(file, contract, folder, tuple(as_it_is), tuple(written)))
    return handed


def inputs_that_ship(scratch: Path) -> list[Path]:
    """The sample workbooks, the report, and the test files of every source, all made by this project but the report."""
    scratch.mkdir(parents=True, exist_ok=True)
    for name, edition in EDITIONS.items():
        (scratch / name).write_bytes(workbook_bytes(edition))
    made = sorted(file for file in FIXTURES.rglob("*") if file.is_file() and file.suffix not in _NOT_INPUTS)
    return [*sorted(scratch.iterdir()), REPORT_TABLES, *made]


def main() -> None:
    """Writes all tables, and says which sources and tables have none."""
    target, named = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    contracts = load_contracts()
    handed = [
        one
        for number, file in enumerate(named or inputs_that_ship(target / "samples"))
        for one in hand_over(file, target / f"{number:03}", contracts)
    ]
    if named and not handed:
        sys.exit("None of these files has a table of a contract; `civic-assets inspect FILE` says why.")
    real = os.environ.get("CIVIC_REAL_DATA")
    if real and not named:
        handed += real_files(Path(real), target, contracts)
    shutil.rmtree(target / "samples", ignore_errors=True)
    if not named:
        report(handed, contracts, bool(real))


def real_files(folder: Path, target: Path, contracts: Mapping[str, Contract]) -> list[Handed]:
    """Publishers' own files, each that has a table which no file before it had."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for number, file in enumerate(sorted(one for one in folder.rglob("*") if one.is_file())):
        for one in hand_over(file, target / f"real-{number:03}", contracts):
            tables = {(one.contract.source, table) for table in (*one.as_it_is, *one.written)}
            if tables <= seen:
                shutil.rmtree(one.folder)
                continue
            seen |= tables
            kept.append(one)
    return kept


def report(handed: Iterable[Handed], contracts: Mapping[str, Contract], real: bool) -> None:
    """Prints which sources have no file at all, which ends the run, and which have no publisher's file."""
    active = {source for source, contract in contracts.items() if contract.not_read_because is None}
    some = {one.contract.source for one in handed}
    own = {one.contract.source for one in handed if one.folder.name.startswith("real-")}
    if real:
        print(f"Sources without a file in CIVIC_REAL_DATA: {', '.join(sorted(active - own)) or 'none'}")
    if missing := sorted(active - some):
        sys.exit(f"No file is tested of {', '.join(missing)}.")


if __name__ == "__main__":
    main()
