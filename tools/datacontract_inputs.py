"""Writes the tables of publishers' files for the standard's tool: `python -m tools.datacontract_inputs FOLDER [FILE]`.

Belongs here: finding the tables of a file with the program's own reading, writing each so that `datacontract test` can
read it, and the contract under which it is tested. Does not belong here: the test (`datacontract_run`, which runs in an
environment of its own), and what a contract may say (`civic_assets.contracts`).

A CSV file that the tool can read as it is, is handed over as it is. Any other table is written as a CSV file with one
column for each property, under the header that the contract gives it. A column that this edition does not print is left
empty, and columns that repeat (a column for each month) become rows. No cell is changed.

Without FILE, it takes publishers' files from CIVIC_REAL_DATA, where that is set, and then the inputs that ship and the
test files: of all these the first that has a table. What is tested of a file is in a folder of its own, with
`contract.odcs.yaml`.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    return {column["name"]: _without_dots(_header(column)) for column in entry["properties"]}


def _header(column: Mapping[str, Any]) -> str:
    return str(column.get("physicalName") or column["name"])


def _without_dots(header: str) -> str:
    """As the tool can read it: it takes `location.latitude` for a field inside an object `location`."""
    return header.replace(".", "__")


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
    cells = {
        place: list(map(as_printed, block.cells(place))) for places in repeats.values() for place in places
    }
    once = {name: places[0] for name, places in repeats.items() if places == [name]}
    for at in range(len(block.rows)):
        for repeat in range(
            max((len(places) for name, places in repeats.items() if name not in once), default=0) or 1
        ):
            yield [
                cells[once[name]][at]
                if name in once
                else cells[places[repeat]][at]
                if repeat < len(places)
                else ""
                for name, places in repeats.items()
            ]


def _places(block: Block, name: str) -> list[str]:
    return [place for place in block.columns if place == name or place.startswith(f"{name}#")]


def _number(place: str) -> int:
    return int(place.partition("#")[2] or 0)


def write_table(blocks: Iterable[Block], wanted: Mapping[str, str], file: Path) -> None:
    """Writes a table, in the order of its parts where it goes on over several sheets.

    Every cell with a text is quoted: DuckDB judges a file by its first 20,480 lines, and where none of them has a quote
    it takes a later one for a part of the text. An empty cell is not quoted, which would make it a text.
    """
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write(_line(wanted.values()))
        for block in blocks:
            stream.writelines(map(_line, rows_of(block, wanted)))


def _line(cells: Iterable[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' if cell else "" for cell in cells) + "\n"


def contract_to_test(contract: Contract, tables: Iterable[str]) -> dict[str, Any]:
    """The contract with those tables alone, each named as the file that holds it.

    `datacontract test` of local files makes a view for each table under its `name`, and looks for it under its
    `physicalName`, so that a table which has another physical name is not found (datacontract-cli 1.2.8).
    """
    kept = frozenset(tables)
    schema = [
        {key: value for key, value in table.items() if key != "physicalName"}
        | {
            "properties": [
                {**column, "physicalName": _without_dots(_header(column))} for column in table["properties"]
            ]
        }
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
        text = yaml.safe_dump(
            contract_to_test(contract, [*as_it_is, *written]), sort_keys=False, allow_unicode=True
        )
        (folder / "contract.odcs.yaml").write_text(text, encoding="utf-8")
        (folder / "file.txt").write_text(file.name, encoding="utf-8")
        handed.append(Handed(file, contract, folder, tuple(as_it_is), tuple(written)))
    return handed


def first_of_each_table(
    files: Iterable[Path],
    target: Path,
    prefix: str,
    contracts: Mapping[str, Contract],
    before: Sequence[Handed] = (),
) -> list[Handed]:
    """What is handed over already, and of some files those with a table that no file before them has."""
    seen = {(one.contract.source, table) for one in before for table in (*one.as_it_is, *one.written)}
    kept = list(before)
    for number, file in enumerate(files):
        for one in hand_over(file, target / f"{prefix}-{number:03}", contracts):
            tables = {(one.contract.source, table) for table in (*one.as_it_is, *one.written)}
            if tables <= seen:
                shutil.rmtree(one.folder)
            else:
                seen |= tables
                kept.append(one)
    return kept


def inputs_that_ship(scratch: Path) -> list[Path]:
    """The sample workbooks, the report, and the test files of every source."""
    scratch.mkdir(parents=True)
    for name, edition in EDITIONS.items():
        (scratch / name).write_bytes(workbook_bytes(edition))
    return [*sorted(scratch.iterdir()), REPORT_TABLES, *files_below(FIXTURES)]


def files_below(folder: Path) -> list[Path]:
    """Files that may be inputs."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix not in _NOT_INPUTS)


def in_no_file(handed: Iterable[Handed], contracts: Mapping[str, Contract]) -> list[str]:
    """Tables of active contracts that none of these files has, as `source.table`."""
    have = {f"{one.contract.source}.{table}" for one in handed for table in (*one.as_it_is, *one.written)}
    return [
        name
        for contract in contracts.values()
        if contract.not_read_because is None
        for table in contract.tables
        if (name := f"{contract.source}.{table.name}") not in have
    ]


def main() -> None:
    """Writes all tables; ends with an error where a table of a contract is in no file."""
    target, named = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    contracts = load_contracts()
    if named:
        given = [
            one for at, file in enumerate(named) for one in hand_over(file, target / f"{at:03}", contracts)
        ]
        if not given:
            sys.exit("None of these files has a table of a contract. `civic-assets inspect FILE` says why.")
        return
    handed: list[Handed] = []
    if real := os.environ.get("CIVIC_REAL_DATA"):
        handed = first_of_each_table(files_below(Path(real)), target, "real", contracts)
        print(
            f"Tables of which CIVIC_REAL_DATA has no file: {', '.join(in_no_file(handed, contracts)) or 'none'}"
        )
    scratch = target / "samples"
    handed = first_of_each_table(inputs_that_ship(scratch), target, "shipped", contracts, handed)
    shutil.rmtree(scratch)
    if missing := in_no_file(handed, contracts):
        sys.exit(f"No file has the tables {', '.join(missing)}. Add a test file for each.")


if __name__ == "__main__":
    main()
