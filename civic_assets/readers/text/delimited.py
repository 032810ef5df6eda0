"""Delimited text (CSV) as a grid of one sheet.

Belongs here: bytes to text, text to records, and the line on which each record starts. Does not belong here:
numbers (everything stays text as printed), headers, and which rows are preamble (`table_finder`).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import (
    DELIMITED_BYTES,
    DELIMITED_CELLS,
    DELIMITED_COLUMNS,
    DELIMITED_FIELD_CHARACTERS,
    DELIMITED_LIST_CELLS,
    DELIMITED_PORTION_CELLS,
)
from civic_assets.house_numbers.recognition import DELIMITER_RECORDS, DELIMITER_SHARE
from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.readers.text.coded_records import CodedRecords
from civic_assets.values.cells import CellValue


def read_delimited(path: Path, file_name: str) -> Grid:
    """Every cell of a delimited file, as text.

    Records may span lines (quoted line breaks); blank lines are kept as rows of empty cells; short records
    are padded to the widest, and the sheet's `widths` give the number of cells in each. Notes of the grid: `encoding`
    (`utf-8`, `utf-8-sig`, `cp1252`, `latin-1`), `delimiter` if it is not a comma.

    Args:
        path: Path of the file.
        file_name: Name of the file as the user knows it.

    Returns:
        A grid with one sheet named `""`, whose `line_numbers` are those a text editor shows.

    Raises:
        FileRefused: The file is binary, too large or too wide, or a quote is opened and never closed.
    """
    data, notes = _decode(_read_bytes(path, file_name), file_name)
    delimiter = _delimiter(data)
    if delimiter != ",":
        notes["delimiter"] = "tab" if delimiter == "\t" else delimiter
    records, lines, widths = _records(data, delimiter, file_name)
    return Grid(file_name, "csv", [Sheet("", records, line_numbers=lines, widths=widths)], notes)


@dataclass(frozen=True, slots=True)
class _Data:
    """Bytes of a file without a byte-order mark, with their encoding; they are decoded as they are read.

    Text in memory may take four bytes for each character, and a `StringIO` always does.
    """

    content: bytes
    encoding: str

    def lines(self) -> Iterator[str]:
        """Lines with their ends."""
        return io.TextIOWrapper(io.BytesIO(self.content), self.encoding, newline="")


def _read_bytes(path: Path, name: str) -> bytes:
    """Bytes of the whole file, unless it is empty or too large."""
    try:
        size = path.stat().st_size
        if size > DELIMITED_BYTES:
            most = DELIMITED_BYTES // 1024 // 1024
            raise FileRefused(name, f"is larger than {most} MiB. Split it by release and supply the parts.")
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileRefused(name, f"cannot be opened ({reason}). Check the path and permissions.") from error
    if not data.strip():
        raise FileRefused(name, "is empty. The download failed; download the file again.")
    return data


def _decode(data: bytes, name: str) -> tuple[_Data, dict[str, str]]:
    """What to read, and a note of its encoding: UTF-8 if the bytes allow it, else the code page of old releases."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused(name, "is text encoded as UTF-16. Save it as 'CSV UTF-8' and try again.")
    nul = data.find(b"\x00")
    if nul >= 0:
        line = data.count(b"\n", 0, nul) + 1
        reason = f"has a NUL byte on line {line}, so it is not text or is damaged. Download the file again."
        raise FileRefused(name, reason)
    marked = data.startswith(b"\xef\xbb\xbf")
    # A byte-order mark before bytes that are not UTF-8 (two files joined) is still not part of the first header.
    data = data.removeprefix(b"\xef\xbb\xbf")
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        note = "utf-8-sig" if marked and encoding == "utf-8" else encoding
        return _Data(data, encoding), {"encoding": note}
    raise AssertionError("latin-1 decodes any bytes")


def _delimiter(data: _Data) -> str:
    """Comma, unless nearly all of the first records agree on semicolon or tab and fewer agree on comma."""
    agreement = {delimiter: _agreement(data, delimiter) for delimiter in ",;\t"}
    best = max((";", "\t"), key=lambda delimiter: agreement[delimiter])
    return best if agreement[best] >= DELIMITER_SHARE and agreement[best] > agreement[","] else ","


def _agreement(data: _Data, delimiter: str) -> float:
    """Share of the first records that have the most common number of fields, if that is two or more."""
    if delimiter != "," and delimiter.encode() not in data.content[:100_000]:
        return 0.0
    try:
        reader = csv.reader(data.lines(), delimiter=delimiter)
        widths = Counter(len(record) for record in islice(reader, DELIMITER_RECORDS) if record)
    except csv.Error:
        return 0.0
    several = {width: count for width, count in widths.items() if width > 1}
    return max(several.values()) / widths.total() if several else 0.0


def _records(
    data: _Data, delimiter: str, name: str
) -> tuple[list[list[CellValue]] | CodedRows, list[int], list[int] | None]:
    """Records, the 1-based line on which each starts, and their widths as `Sheet.widths` has them."""
    csv.field_size_limit(DELIMITED_FIELD_CHARACTERS)
    reader = csv.reader(data.lines(), delimiter=delimiter)
    records: list[list[str]] = []
    large: CodedRecords | None = None
    lines: list[int] = []
    line, cells = 1, 0
    try:
        for record in reader:
            if len(record) > DELIMITED_COLUMNS:
                raise FileRefused(name, too_many_columns(line, len(record)))
            records.append(record)
            lines.append(line)
            line = reader.line_num + 1
            cells += len(record)
            if cells >= DELIMITED_LIST_CELLS:
                # From here on in portions: many records as lists need ten times what they hold.
                large = large or CodedRecords(partial(_refuse_too_wide, name))
                large.extend(records)
                records, cells = [], DELIMITED_LIST_CELLS - DELIMITED_PORTION_CELLS
    except csv.Error as error:
        reason = (
            f"cannot be read as CSV from line {line} on ({error}); a quotation mark there is probably not "
            "closed. Download the file again, or report it to the publisher."
        )
        raise FileRefused(name, reason) from error
    _refuse_open_quote(data, lines[-1], delimiter, name)
    if large is None:
        as_cells: list[list[CellValue]] = records  # type: ignore[assignment]  # texts are cell values
        return as_cells, lines, _pad(as_cells, name)
    large.extend(records)
    different = set(large.widths)
    return large.rows(), lines, large.widths if len(different - {0}) > 1 else None


def _refuse_open_quote(data: _Data, last_line: int, delimiter: str, name: str) -> None:
    """Refuse a file that ends inside a quoted cell: Python's reader would close it, and rows would vanish in it."""
    tail = "".join(islice(data.lines(), last_line - 1, None))
    try:
        for _ in csv.reader(io.StringIO(tail, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            reason = (
                f"ends inside a quoted cell of the record that begins on line {last_line}: the file was cut "
                "short or the quotation mark is not closed. Download the file again."
            )
            raise FileRefused(name, reason) from error


def _pad(records: list[list[CellValue]], name: str) -> list[int] | None:
    """Pad all records to the width of the widest.

    Returns:
        Number of cells in each record, or None if all records that are not blank have the same number.
    """
    widths = list(map(len, records))
    width, different = max(widths), set(widths)
    if len(different) == 1:
        return None
    _refuse_too_wide(name, len(records), width)
    for record in records:
        if len(record) < width:
            record.extend([""] * (width - len(record)))
    return widths if len(different - {0}) > 1 else None


def too_many_columns(line: int, cells: int) -> str:
    """Why a file is refused one of whose lines has more cells than any table has columns."""
    return (
        f"has {cells:,} cells on line {line:,}; no published table has more than {DELIMITED_COLUMNS:,} columns. The "
        "file is damaged, or its separators are not those of a table. Download the file again."
    )


def _refuse_too_wide(name: str, records: int, width: int) -> None:
    """Refuse a file that would be too large with all records as wide as its widest."""
    if width * records > DELIMITED_CELLS:
        reason = (
            f"has {records:,} lines but one with {width:,} cells; it is damaged. Download the file again."
        )
        raise FileRefused(name, reason)
