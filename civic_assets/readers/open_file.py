"""One door for files: any published file in, a grid out.

Belongs here: choosing the reader by what the bytes are. Does not belong here: recognising the source
(that is by contract, from the grid).
"""

from __future__ import annotations

from pathlib import Path

from civic_assets.errors import FileRefused
from civic_assets.readers.delimited import read_delimited
from civic_assets.readers.detect import Format, sniff
from civic_assets.readers.grid import Grid
from civic_assets.readers.ods import read_ods
from civic_assets.readers.workbook import read_workbook

_WITHOUT_READER = {
    Format.JSON: "is JSON; no source with a contract is published that way. Give the xlsx or CSV edition.",
    Format.ZIP: "is a zip archive; no source with a contract is published that way. "
    "Unpack it and give the files inside.",
}


def read_grid(path: Path, file_name: str | None = None) -> Grid:
    """Every cell of a file, by the reader that fits its bytes.

    Args:
        path: Where the bytes are; the name does not matter.
        file_name: The name the user knows the file by; the path's own name when absent.

    Raises:
        FileRefused: Unsafe, damaged, or of a format that no source with a contract is published in.
    """
    name = file_name or path.name
    kind = sniff(path, name)
    if kind in (Format.XLSX, Format.XLS):
        return read_workbook(path, name, kind)
    if kind is Format.ODS:
        return read_ods(path, name)
    if kind is Format.CSV:
        return read_delimited(path, name)
    raise FileRefused(name, _WITHOUT_READER[kind], unsupported=True)
