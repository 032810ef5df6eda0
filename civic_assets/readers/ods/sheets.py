"""OpenDocument spreadsheets (ods) as grids, in bounded memory whatever their length.

Belongs here: reading `content.xml` from its container as a stream, cut into pieces. Does not belong here: the meaning
of a piece (`pieces`), the positions of cells (`columns`), and whether the container may be opened (`detect`).

The Home Office publishes more than a million rows of nine columns as 50 MB that unpack to 1.4 GB of XML. No tree is
built, and only the first of equal cells is parsed: a chunk is cut at its cells, known pieces become numbers, expat
reads the others, and numpy puts the numbers into columns.
"""

from __future__ import annotations

import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING
from xml.parsers import expat

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import SPREADSHEET_PIECE_BYTES
from civic_assets.readers.detect import Format, sniff
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.readers.ods.pieces import TABLE_NAMESPACE, BadContent, Pieces

if TYPE_CHECKING:
    from civic_assets.readers.ods.columns import SheetColumns

CONTENT = "content.xml"
# Keeps the pieces of a chunk in the processor's cache: larger is slower, smaller calls numpy too often.
CHUNK_BYTES = 1 << 20


def read_ods(path: Path, file_name: str) -> Grid:
    """Every cell of an OpenDocument spreadsheet as stored.

    Numbers, percentages and sums of money are floats; dates are ISO text (`2024-12-31`, with a time only if it is
    not midnight), times ISO durations (`PT08H30M00S`); the paragraphs of a text are joined by a line break; error
    cells are their text (`#N/A`). Rows and columns start at A1 and end at the last cell with content: repetitions
    without content cost nothing. Annotations and drawings are not cells.

    Args:
        path: Path of the file.
        file_name: Name of the file as the user knows it.

    Returns:
        A grid whose sheets' `rows` are `CodedRows`.

    Raises:
        FileRefused: The file is not an ods, is encrypted or damaged, has a document type, or a sheet spans too many
            cells.
    """
    kind = sniff(path, file_name)
    if kind is not Format.ODS:
        raise FileRefused(
            file_name, f"is {kind}, not an OpenDocument spreadsheet (ods). Use the reader for that format."
        )
    try:
        with zipfile.ZipFile(path) as archive, archive.open(CONTENT) as stream:
            return Grid(file_name, "ods", read_content(stream))
    except BadContent as error:
        raise FileRefused(
            file_name,
            f"{error}. Download the file again, or open it in a spreadsheet program and save it again.",
        ) from error
    except KeyError as error:
        raise FileRefused(
            file_name, f"has no '{CONTENT}', and so no sheets. Download the file again."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise FileRefused(
            file_name, f"is cut short or damaged inside '{CONTENT}' ({error}). Download the file again."
        ) from error


def read_content(stream: IO[bytes]) -> list[Sheet]:
    """Sheets of a `content.xml`.

    Args:
        stream: Unpacked bytes of the document.

    Raises:
        BadContent: The document is damaged, or has content that no spreadsheet program writes.
    """
    from civic_assets.readers.ods.columns import SheetColumns

    carry = stream.read(CHUNK_BYTES)
    pieces = Pieces(_separator(carry))
    columns = SheetColumns(pieces)
    codes: list[int] = []
    begun = False
    while chunk := stream.read(CHUNK_BYTES):
        # Joined before it is cut: a separator may span two chunks. The last piece may be incomplete.
        *complete, carry = (carry + chunk).split(pieces.separator)
        begun = _take(complete, begun, pieces, columns, codes)
        if len(carry) > SPREADSHEET_PIECE_BYTES:
            raise BadContent(f"has {SPREADSHEET_PIECE_BYTES >> 20} MiB of '{CONTENT}' without a cell")
    *complete, carry = carry.split(pieces.separator)
    begun = _take(complete, begun, pieces, columns, codes)
    codes.append(pieces.feed(pieces.separator + carry if begun else carry, last=True))
    columns.add(codes)
    return columns.sheets


def _take(found: list[bytes], begun: bool, pieces: Pieces, columns: SheetColumns, codes: list[int]) -> bool:
    """Read complete pieces and place their cells; returns whether the document's first piece has been read."""
    if found and not begun:
        codes.append(pieces.feed(found[0]))
    if found:
        pieces.read(found if begun else found[1:], codes)
        columns.add(codes)
        pieces.forget(codes)
    return begun or bool(found)


def _separator(head: bytes) -> bytes:
    """The bytes with which a cell begins, given the prefix for tables in the document's first element."""
    prefixes: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def declared(prefix: str | None, uri: str) -> None:
        if uri == TABLE_NAMESPACE:
            prefixes.append(f"{prefix}:" if prefix else "")

    parser.StartNamespaceDeclHandler = declared
    with suppress(expat.ExpatError):  # reported when the document is read
        parser.Parse(head, False)
    return f"<{prefixes[0] if prefixes else 'table:'}table-cell".encode()
