"""The container of old Excel files (OLE2 compound file) and the few BIFF records that decide about safety.

Belongs here: whether such a container is a readable workbook, and what calamine does not report about its sheets
(error cells, extent). Does not belong here: the values of cells (`workbook`, with calamine).

Layouts: [MS-CFB] 2.2, 2.3, 2.6 for the container; [MS-XLS] 2.4 for the records.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from civic_assets.errors import FileRefused

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MINI_SECTOR = 64
_LAST_SECTOR = 0xFFFFFFFA  # this and higher numbers are marks ([MS-CFB] 2.1)
_BOF, _EOF, _FILEPASS, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0085
_BOOLERR, _MULRK, _FORMULA, _DIMENSIONS, _SST = 0x0205, 0x00BD, 0x0006, 0x0200, 0x00FC
# Records of one cell with a value, beginning with row and column: NUMBER, RK, LABELSST, LABEL, RSTRING.
_ONE_CELL = frozenset({0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, _BOOLERR, _FORMULA})
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
# Password protection replaces the workbook by one of these streams ([MS-OFFCRYPTO] 2.3).
_ENCRYPTED = ("EncryptedPackage", "EncryptionInfo")
_OTHER_DOCUMENTS = {"WordDocument": "Word document", "PowerPoint Document": "PowerPoint presentation"}
_PROTECTED = (
    "is protected with a password. Open it in a spreadsheet program, save it without one, and try again."
)
_DAMAGED = (
    "starts like an old Excel workbook (xls) but is cut short or damaged ({}). Download the file again."
)


@dataclass(slots=True)
class BiffSheet:
    """Facts from the records of one sheet.

    Args:
        rows: Number of rows up to the last cell with a value, or as declared: calamine reserves memory for both.
        columns: Number of columns, likewise.
        errors: Texts of error cells, e.g. `#N/A`, by 0-based (row, column).
    """

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


def refuse_unless_workbook(data: bytes, name: str) -> None:
    """Refuse a compound file that is encrypted, damaged, or holds something other than a workbook.

    Args:
        data: Bytes of the whole file.
        name: Name of the file, for messages.

    Raises:
        FileRefused: The file is one of these; the message says which.
    """
    if any(stream.encode("utf-16-le") in data for stream in _ENCRYPTED):
        raise FileRefused(name, _PROTECTED)
    stream = workbook_stream(data, name)
    for kind, _ in _records(stream):
        if kind == _FILEPASS:
            raise FileRefused(name, _PROTECTED)
        if kind == _EOF:
            return


def workbook_stream(data: bytes, name: str) -> bytes:
    """The stream of BIFF records in a compound file.

    Raises:
        FileRefused: No such stream, or the container's chains lead outside the file.
    """
    try:
        container, streams = _open_container(data)
        for wanted in ("Workbook", "Book"):
            if wanted in streams:
                return container.stream(*streams[wanted])
    except (struct.error, IndexError, ValueError, OverflowError) as error:
        raise FileRefused(name, _DAMAGED.format(error)) from error
    for stream, what in _OTHER_DOCUMENTS.items():
        if stream in streams:
            raise FileRefused(name, f"is a {what}, not a table. Download the spreadsheet or CSV edition.")
    raise FileRefused(
        name, "is an old Office container without a workbook. Download the xlsx or CSV edition."
    )


def biff_sheets(data: bytes, name: str) -> list[BiffSheet]:
    """Extent and error cells of every sheet, in the order of the workbook.

    Args:
        data: Bytes of the whole file.
        name: Name of the file, for messages.

    Raises:
        FileRefused: The container is damaged.
    """
    stream = workbook_stream(data, name)
    try:
        starts = []
        for kind, body in _records(stream):
            if kind == _BOUNDSHEET:
                starts.append(struct.unpack_from("<I", body)[0])
            elif kind == _SST and 3 * struct.unpack_from("<I", body, 4)[0] > len(stream):
                # calamine reserves memory for as many texts as are declared; each takes 3 bytes or more
                raise ValueError("it declares more texts than it can hold")
        return [_scan_sheet(stream, start) for start in starts]
    except (struct.error, IndexError, ValueError) as error:
        raise FileRefused(name, _DAMAGED.format(error)) from error


def _scan_sheet(stream: bytes, start: int) -> BiffSheet:
    """Extent and error cells of the substream that begins at `start`; embedded charts are skipped."""
    sheet, depth = BiffSheet(), 0
    for kind, body in _records(stream, start):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif kind == _DIMENSIONS:
            form = "<IIHH" if len(body) >= 14 else "<HHHH"
            first_row, last_row, first_column, last_column = struct.unpack_from(form, body)
            if last_row and last_column and (last_row <= first_row or last_column <= first_column):
                raise ValueError("a sheet ends before it begins")
            sheet.rows, sheet.columns = max(sheet.rows, last_row), max(sheet.columns, last_column)
        elif depth == 1 and (kind in _ONE_CELL or kind == _MULRK):
            row, column = struct.unpack_from("<HH", body)
            last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MULRK else column
            sheet.rows, sheet.columns = max(sheet.rows, row + 1), max(sheet.columns, last + 1)
            if kind == _BOOLERR and body[7] == 1:
                sheet.errors[row, column] = _ERRORS.get(body[6], "#ERROR!")
            elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
                sheet.errors[row, column] = _ERRORS.get(body[8], "#ERROR!")
    return sheet


def _records(stream: bytes, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """BIFF records (number, body) from a position to the end of the stream."""
    at = start
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


@dataclass(frozen=True, slots=True)
class _Container:
    """Sectors of a compound file and the tables that chain them."""

    data: bytes
    sector: int
    fat: list[int]
    mini_fat: list[int]
    mini_stream: bytes
    mini_cutoff: int

    def chain(self, start: int, table: list[int]) -> Iterator[int]:
        """Sector numbers from `start` on; a chain longer than its table must be a loop."""
        for _ in range(len(table)):
            if start >= _LAST_SECTOR:
                return
            yield start
            start = table[start]
        if start < _LAST_SECTOR:
            raise ValueError("its sectors form a loop")

    def sectors(self, start: int) -> bytes:
        """Bytes of a chain of complete sectors."""
        parts = []
        for number in self.chain(start, self.fat):
            at = (number + 1) * self.sector
            if at >= len(self.data):
                raise ValueError("a sector is beyond the end of the file")
            parts.append(self.data[at : at + self.sector])
        return b"".join(parts)

    def stream(self, start: int, size: int) -> bytes:
        """Bytes of a stream; small streams are in the mini stream."""
        if size >= self.mini_cutoff:
            found = self.sectors(start)
        else:
            pieces = (n * _MINI_SECTOR for n in self.chain(start, self.mini_fat))
            found = b"".join(self.mini_stream[at : at + _MINI_SECTOR] for at in pieces)
        if len(found) < size:
            raise ValueError(f"{size - len(found):,} bytes are missing")
        return found[:size]


def _open_container(data: bytes) -> tuple[_Container, dict[str, tuple[int, int]]]:
    """The container and its streams: start sector and size by name."""
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        raise ValueError(f"sector shift {shift} instead of 9 or 12")
    sector = 1 << shift
    first_directory = struct.unpack_from("<I", data, 48)[0]
    cutoff, first_mini, _, next_difat, _ = struct.unpack_from("<IIIII", data, 56)
    per_sector = sector // 4
    fat_sectors = [n for n in struct.unpack_from("<109I", data, 76) if n < _LAST_SECTOR]
    most = len(data) // sector
    while next_difat < _LAST_SECTOR:
        entries = struct.unpack_from(f"<{per_sector}I", data, (next_difat + 1) * sector)
        fat_sectors += [n for n in entries[:-1] if n < _LAST_SECTOR]
        next_difat = entries[-1]
        if len(fat_sectors) > most:
            raise ValueError("its sector table forms a loop")
    fat: list[int] = []
    for number in fat_sectors:
        fat.extend(struct.unpack_from(f"<{per_sector}I", data, (number + 1) * sector))
    bare = _Container(data, sector, fat, [], b"", 0)
    directory = bare.sectors(first_directory)
    entries_of = {}
    mini_stream = b""
    for at in range(0, len(directory), 128):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        start, size = struct.unpack_from("<II", directory, at + 116)
        if kind == 5 and size:  # the root entry holds the mini stream
            mini_stream = bare.sectors(start)
        elif kind == 2:
            entries_of[directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")] = (
                start,
                size,
            )
    mini = bare.sectors(first_mini) if first_mini < _LAST_SECTOR else b""
    mini_fat = list(struct.unpack(f"<{len(mini) // 4}I", mini[: len(mini) // 4 * 4]))
    return _Container(data, sector, fat, mini_fat, mini_stream, cutoff), entries_of
