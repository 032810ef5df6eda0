"""Files of the Department for Education, read a second time by a plain route, to compare with what a parser made.

Belongs here: finding a real file by its header, reading a changed copy of a fixture, and the comparison of all figures.
Does not belong here: what the figures mean; that is each source's own test.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import NotRecognised
from civic_assets.layers.examine import examine
from civic_assets.parsing.recognise import recognise
from civic_assets.quality.framework.release import FileFacts
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.paths import FIXTURES


@dataclass(frozen=True)
class Read:
    """A file as the product reads it: its only source, release, observations, findings, reasons to hold it back."""

    source: str
    release: str
    rows: list[dict[str, Any]]
    findings: list[Any]
    held_back: list[str]

    def where(self, **wanted: Any) -> list[dict[str, Any]]:
        """Observations with these values; dates as ISO text."""
        return [row for row in self.rows if all(str(row[key]) == str(value) for key, value in wanted.items())]

    def one(self, **wanted: Any) -> tuple[float | None, str | None]:
        """Value and status of the one observation with these values, of the total unless a breakdown is wanted."""
        found = self.where(**{"breakdown": "total", **wanted})
        assert len(found) == 1, f"{len(found)} observations with {wanted}"
        return found[0]["value"], found[0]["status"]


@lru_cache(maxsize=4)
def read(path: Path) -> Read:
    """Recognises, parses and checks a file; it must be of exactly one source.

    Raises:
        NotRecognised: It is a near miss only; says why.
    """
    grid = read_grid(path)
    found = recognise(grid, load_contracts())
    assert [recognised.contract.source for recognised in found][1:] == [], "a file of one source"
    own = found[0]
    if own.near:
        raise NotRecognised("; ".join(drift.message for drift in own.found.drift if drift.breaking))
    facts = FileFacts(path.name, "0" * 64, "0" * 64, 10_000_000, str(grid.format))
    assessment, table, _ = examine(own.contract, own.edition, facts, grid, own.found, {})
    rows = table.to_pylist() if table is not None else []
    return Read(own.contract.source, own.edition, rows, list(assessment.findings), list(assessment.held_back))


def real_file(folder: Path, *headers: str) -> Path:
    """The file in a folder whose first line holds all of these headers, whatever it is called."""
    wanted = {header.casefold() for header in headers}
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="latin-1") as stream:
            line = stream.readline().strip("\r\n")
        if wanted <= {cell.strip().strip('"').casefold() for cell in line.split(",")}:
            return path
    raise AssertionError(f"no file with the headers {headers} in {folder}")


def plain_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a file by Python's own csv module."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def compare_all(
    read_rows: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, str]],
    columns: Sequence[str],
    statuses: dict[str, str],
    leave_out: Callable[[dict[str, str]], bool] = lambda row: False,
    qualified: Callable[[dict[str, str]], str | None] = lambda row: None,
) -> int:
    """Asserts that every cell of some columns was read once, as printed, and nothing else.

    Args:
        read_rows: Observations.
        rows: The file by a plain route; no cell of these files spans lines, so that row i is on line i + 2.
        columns: Headers of the columns of figures.
        statuses: What each mark must be read as.
        leave_out: Rows that the contract does not read.
        qualified: Status that accompanies the figures of a row.

    Returns:
        How many figures were compared.
    """
    by_locator = {row["locator"]: row for row in read_rows}
    assert len(by_locator) == len(read_rows), "a figure was read twice"
    compared = 0
    for line, row in enumerate(rows, start=2):
        if leave_out(row):
            continue
        for column in columns:
            found, printed = by_locator[f"L{line}:{column.strip()}"], row[column]
            assert found["value_text"] == printed
            mark = statuses.get(printed)
            assert found["status"] == (mark or qualified(row))
            assert found["value"] == (None if mark else float(printed))
            compared += 1
    assert compared == len(read_rows), "the parser made figures that the file does not have"
    return compared


def changed(source: str, name: str, target: Path, *changes: tuple[str, str]) -> Path:
    """A copy of a fixture with texts replaced; each must be there."""
    data = (FIXTURES / source / name).read_bytes()
    for old, new in changes:
        assert old.encode() in data, old
        data = data.replace(old.encode(), new.encode(), 1)
    path = target / name
    path.write_bytes(data)
    return path


def checks(found: Read) -> Counter[str]:
    """Number of findings by check."""
    return Counter(finding.check_id for finding in found.findings)
