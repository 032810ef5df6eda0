"""Delimited text that is too large to be read whole: its head as rows, and its columns when they are asked for.

Belongs here: opening such a file, the sheet that stands for it, and writing all of its cells to Parquet a block at a
time. Does not belong here: files of ordinary size (`delimited`), and which sources can be read so (their parsers say it
with `BY_COLUMN`).

Every record must have as many cells as the first, and no cell may have a line break in it: the line of a record then
follows from its place, and no row can be read a column too far to the right. A file that differs is refused.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import (
    DELIMITED_COLUMNS,
    LARGE_DELIMITED_BLOCK,
    LARGE_DELIMITED_BYTES,
    LARGE_DELIMITED_HEAD,
)
from civic_assets.readers.coded_rows import CodedColumn
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.readers.text.delimited import too_many_columns
from civic_assets.values.cells import CellValue

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.readers.coded_rows import Marks

_BLOCK = 1 << 20
_MARK = b"\xef\xbb\xbf"
_GIB = 1024 * 1024 * 1024


class LargeRows(Sequence[list[CellValue]]):
    """Rows of which the first are known; the others are read in columns (`LargeSheet.texts`).

    Args:
        head: The first rows.
        size: Number of all rows.
    """

    __slots__ = ("_head", "_size")

    def __init__(self, head: Sequence[list[CellValue]], size: int) -> None:
        self._head, self._size = head, size

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> list[CellValue]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[CellValue]]: ...
    def __getitem__(self, index: int | slice) -> list[CellValue] | list[list[CellValue]]:
        wanted = range(self._size)[index]
        last = wanted if isinstance(wanted, int) else max(wanted, default=0)
        if last >= len(self._head):
            raise IndexError(f"row {last} of a large file is read by column, not by row")
        if isinstance(wanted, int):
            return self._head[wanted]
        return [self._head[row] for row in wanted]


@dataclass(frozen=True)
class LargeSheet(Sheet):
    """A delimited file of any size as a sheet.

    Args:
        path: File with all cells: the delimited file, or a Parquet file with its columns `c0001`, `c0002`, ...
        parquet: Whether it is the Parquet file.
        file: Name of the file as the user knows it.
    """

    path: Path = Path()
    parquet: bool = False
    file: str = ""

    def texts(self, columns: Sequence[int]) -> pa.Table:
        """Columns as Arrow texts `c0001`, ..., each text stored once for each part of the file. All rows, the head too.

        Raises:
            FileRefused: A record has more or fewer cells than the first, or is not text in UTF-8.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        names = [_name(at) for at in columns]
        if self.parquet:
            with pa.OSFile(str(self.path), "rb") as file:
                return pq.ParquetFile(file, read_dictionary=names).read(columns=names)
        batches = [
            pa.record_batch([column.dictionary_encode() for column in batch.columns], names)
            for batch in batches_of(self.path, self.file, self.width, names)
        ]
        return pa.Table.from_batches(batches)

    def column(self, at: int) -> CodedColumn:
        """As of any sheet; the column is in memory as long as somebody keeps it."""
        import numpy as np

        array = self.texts([at]).column(0).unify_dictionaries().combine_chunks()
        chunk = array.chunk(0) if hasattr(array, "chunk") else array
        codes = chunk.indices.to_numpy().astype(np.int32)
        return CodedColumn(tuple(chunk.dictionary.to_pylist()), codes)

    @property
    def long_texts(self) -> list[tuple[int, int, str, str]]:  # nothing is kept
        """None: a large file has no titles."""
        return []

    def filled(self, first: int) -> Marks:
        """Every row counts as filled: a blank line has too few cells, and the file is refused for it."""
        import numpy as np

        return np.ones(max(len(self.rows) - first, 0), bool)


def _name(at: int) -> str:
    return f"c{at + 1:04d}"


def is_large(grid: Grid) -> bool:
    """Whether a grid stands for a file that is read by column."""
    return any(isinstance(sheet, LargeSheet) for sheet in grid.sheets)


def open_large(path: Path, file: str) -> Grid:
    """A large delimited file as a grid: its head is read, and its lines are counted.

    Args:
        path: Path of the file.
        file: Name of the file as the user knows it.

    Raises:
        FileRefused: The file is larger than any that is read, or its head is not delimited text.
    """
    size = path.stat().st_size
    if size > LARGE_DELIMITED_BYTES:
        most = LARGE_DELIMITED_BYTES / _GIB
        raise FileRefused(file, f"is larger than {most:.0f} GiB. Split it by release and supply the parts.")
    head = _head(path, file)
    notes = {"encoding": "utf-8-sig" if _begins_with_mark(path) else "utf-8"}
    return grid_of(path, file, head, _lines(path), notes, parquet=False)


def grid_of(
    path: Path,
    file: str,
    head: Sequence[list[CellValue]],
    rows: int,
    notes: Mapping[str, str],
    *,
    parquet: bool,
) -> Grid:
    """The grid of a large file whose cells are in `path`."""
    sheet = LargeSheet(
        "", LargeRows(head, rows), line_numbers=range(1, rows + 1), path=path, parquet=parquet, file=file
    )
    return Grid(file, "csv", [sheet], dict(notes))


def head_of(grid: Grid) -> list[list[CellValue]]:
    """The first rows of a large file."""
    (sheet,) = grid.sheets
    return list(sheet.rows[:LARGE_DELIMITED_HEAD])


def _head(path: Path, file: str) -> list[list[CellValue]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            records: list[list[CellValue]] = [
                list(record) for record in islice(csv.reader(stream, strict=True), LARGE_DELIMITED_HEAD)
            ]
    except (UnicodeDecodeError, csv.Error) as error:
        reason = f"cannot be read as comma-separated text in UTF-8 ({error}). Download the file again."
        raise FileRefused(file, reason) from error
    width = len(records[0])
    if width > DELIMITED_COLUMNS:
        raise FileRefused(file, too_many_columns(1, width))
    for line, record in enumerate(records, start=1):
        if len(record) != width:
            raise FileRefused(file, _uneven(line, width, len(record)))
    return records


def _uneven(line: int, wanted: int, cells: int) -> str:
    return (
        f"has {cells} cells on line {line:,}, and {wanted} on line 1. A file of this size is read by column, and "
        "every line must have as many cells as the first. Download the file again."
    )


def _begins_with_mark(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_MARK)) == _MARK


def _lines(path: Path) -> int:
    number, last = 0, b"\n"
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            number += block.count(b"\n")
            last = block[-1:]
    return number + (last != b"\n")


def batches_of(
    path: Path, file: str, width: int, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Records of a delimited file as text, a block at a time; the first line is a record like the others.

    Args:
        path: Path of the file.
        file: Name of the file as the user knows it.
        width: Number of cells in each record.
        columns: Columns `c0001`, ... to read; all if None.

    Raises:
        FileRefused: A record has more or fewer cells, or is not text in UTF-8.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [_name(at) for at in range(width)]
    bad: list[str] = []

    def refuse(row: arrow_csv.InvalidRow) -> Literal["error"]:
        bad.append(f"has a line with {row.actual_columns} cells, where {row.expected_columns} are expected")
        return "error"

    try:
        reader = arrow_csv.open_csv(
            path,
            arrow_csv.ReadOptions(column_names=names, block_size=LARGE_DELIMITED_BLOCK),
            arrow_csv.ParseOptions(invalid_row_handler=refuse, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                include_columns=list(columns or names),
            ),
        )
        yield from reader
    except pa.ArrowInvalid as error:
        what = bad[0] if bad else f"cannot be read as comma-separated text ({str(error).split(': ', 1)[-1]})"
        raise FileRefused(file, f"{what}. Download the file again, or ask the publisher.") from error


def write_parquet(grid: Grid, target: Path, progress: Callable[[int], None] = lambda _: None) -> int:
    """Write every cell of a large delimited file to Parquet, as printed, with the line of each record.

    Args:
        grid: Grid that `open_large` gave.
        target: New file.
        progress: Function called with the number of rows written so far.

    Returns:
        Number of rows.

    Raises:
        FileRefused: A record has more or fewer cells than the first, is not text in UTF-8, or has a line break in a
            cell.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    (sheet,) = grid.sheets
    if not isinstance(sheet, LargeSheet):
        raise TypeError(f"{grid.file} is not a large file")
    names = [_name(at) for at in range(sheet.width)]
    schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in names)])
    rows = 0
    with pq.ParquetWriter(target, schema, compression="zstd", compression_level=1) as writer:
        for batch in batches_of(sheet.path, sheet.file, sheet.width):
            lines = pa.array(range(rows + 1, rows + batch.num_rows + 1), pa.int64())
            writer.write_batch(pa.record_batch([lines, *batch.columns], schema=schema))
            rows += batch.num_rows
            progress(rows)
    if rows != len(sheet.rows):
        reason = (
            f"has {len(sheet.rows):,} lines and {rows:,} records: a cell has a line break in it, so the line of a "
            "record is unknown. Download the file again, or ask the publisher."
        )
        raise FileRefused(grid.file, reason)
    return rows
