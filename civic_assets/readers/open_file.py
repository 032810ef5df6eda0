"""The single entry point for files: any published file in, a grid out.

Belongs here: choosing the reader by the format of the bytes. Does not belong here: recognising the source
(by contract, from the grid).
"""

from __future__ import annotations

from pathlib import Path

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import DELIMITED_BYTES
from civic_assets.readers.detect import Format, sniff
from civic_assets.readers.excel.workbook import read_workbook
from civic_assets.readers.grid import Grid
from civic_assets.readers.ods.sheets import read_ods
from civic_assets.readers.text.delimited import read_delimited
from civic_assets.readers.text.json_records import read_json
from civic_assets.readers.text.large import open_large


def read_grid(path: Path, file_name: str | None = None) -> Grid:
    """Every cell of a file, read by the reader for its format.

    Args:
        path: Path of the file; its name does not matter.
        file_name: Name of the file as the user knows it; the path's own name if None.

    Returns:
        The grid. That of a large delimited file (`civic_assets.readers.text.large`) reads its columns when they are
        asked for, and therefore needs the file.

    Raises:
        FileRefused: The file is unsafe or damaged, or an archive of several files (`zip_members` unpacks those).
    """
    name = file_name or path.name
    kind = sniff(path, name)
    if kind in (Format.XLSX, Format.XLS):
        return read_workbook(path, name, kind)
    if kind is Format.ODS:
        return read_ods(path, name)
    if kind is Format.CSV:
        if path.stat().st_size > DELIMITED_BYTES:
            return open_large(path, name)
        return read_delimited(path, name)
    if kind is Format.JSON:
        return read_json(path, name)
    reason = "is a zip archive where one file is expected. Unpack it and supply the files inside."
    raise FileRefused(name, reason, unsupported=True)
