"""The format of a file, by its bytes, and whether it is safe to open.

Belongs here: the format of a file, and every reason to refuse it that can be seen without reading its cells.
Does not belong here: reading cells (`workbook`, `delimited`), and which source a file belongs to.

File names are not relied on: publishers have served a web page under a workbook's name, with status 200.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import FORMAT_HEAD_BYTES
from civic_assets.readers.containers.ole2 import SIGNATURE as OLE2_SIGNATURE
from civic_assets.readers.containers.ole2 import refuse_unless_workbook
from civic_assets.readers.containers.zip_directory import sniff_zip


class Format(StrEnum):
    """Format of a file's bytes."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    JSON = "json"
    ZIP = "zip"


# First bytes of formats sometimes sent instead of a table, and what to do.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "is a PDF document, not a table. Download the spreadsheet or CSV edition of this release."),
    (b"\x1f\x8b", "is compressed with gzip. Unpack it first and supply the file inside."),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive. Unpack it first and supply the file inside."),
    (b"Rar!", "is a RAR archive. Unpack it first and supply the file inside."),
    (b"PAR1", "is a Parquet file, not a publisher's file. Supply the file as the publisher released it."),
    (b"{\\rtf", "is a rich text document, not a table. Download the spreadsheet or CSV edition."),
)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PAGE = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_TAG = re.compile(r"<(?:\?xml|!doctype|!--|[a-z][\w:.-]*[\s/>])", re.IGNORECASE)
_PAGE_TAG = re.compile(
    r"<(?:head|title|body|meta|script|style|link|div|p|h[1-6]|center|table|span|br|b|a|pre)\b", re.IGNORECASE
)
# Bytes that no text file contains: control characters except tab, line ends, form feed and DOS end of file.
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")


def sniff(path: Path, file_name: str | None = None) -> Format:
    """Format of a file, by its first bytes and, for a zip, its directory; never by its name.

    The cost is independent of the file's size for text and xlsx (only a few hundred bytes are
    decompressed), so damage inside a member shows only when it is read.

    Args:
        path: Path of the file.
        file_name: Name of the file as the user knows it; the path's own name if None.

    Raises:
        FileRefused: The file is empty, a web page or other document in disguise, damaged, encrypted, able to run
            code, or far too large when unpacked. The message says what to do.
    """
    name = file_name or path.name
    try:
        with path.open("rb") as file:
            head = file.read(FORMAT_HEAD_BYTES)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileRefused(name, f"cannot be opened ({reason}). Check the path and permissions.") from error
    if not head:
        raise FileRefused(name, "is empty (0 bytes). The download failed; download the file again.")
    if head.startswith(b"PK"):
        return Format(sniff_zip(path, name))
    if head.startswith(OLE2_SIGNATURE):
        refuse_unless_workbook(path.read_bytes(), name)
        return Format.XLS
    for signature, reason in _OTHERS:
        if head.startswith(signature):
            raise FileRefused(name, reason)
    return _sniff_text(path, head, name)


def _sniff_text(path: Path, head: bytes, name: str) -> Format:
    """CSV or JSON; a web page, other XML and binary bytes are refused."""
    wide = head.startswith(_UTF16_MARKS)
    text = head.decode("utf-16" if wide else "utf-8-sig", errors="replace").lstrip("\ufeff \t\r\n\f\v\x00")
    _refuse_markup(text, name)
    if wide:
        raise FileRefused(name, "is text encoded as UTF-16. Save it as 'CSV UTF-8' and try again.")
    found = _BINARY.search(head)
    if found:
        raise FileRefused(
            name,
            f"is neither a spreadsheet nor text (byte 0x{found[0][0]:02x} at position {found.start()}). "
            "Expected xlsx, xls, ods, csv, json or zip; download the file again.",
        )
    if not text:
        raise FileRefused(name, "contains only white space. The download failed; download the file again.")
    return _json_or_csv(path, text, name)


def _refuse_markup(text: str, name: str) -> None:
    """Refuse web pages (also behind `<?xml`, comments or a server's warning) and other XML."""
    tag = _TAG.match(text)
    if _PAGE.search(text[:1024]) or (tag and _PAGE.search(text)) or _PAGE_TAG.match(text):
        title = re.search(r"<title[^>]*>\s*(.*?)\s*</title", text, re.IGNORECASE | re.DOTALL)
        said = f" titled '{' '.join(title[1].split())[:80]}'" if title and title[1] else ""
        raise FileRefused(
            name,
            f"is a web page{said} (HTML), not a table; the publisher probably answered with an error page. "
            "Open the address in a browser and download the file again.",
        )
    if tag:
        raise FileRefused(
            name,
            "is an XML document (perhaps a server's error), not a table. Download the xlsx or CSV edition.",
        )


def _json_or_csv(path: Path, text: str, name: str) -> Format:
    """JSON by its first and last character, because a CSV may begin with `[note 1]`; else CSV."""
    if not re.match(r"""\{\s*["}]|\[\s*[\[{"\]0-9-]""", text):
        return Format.CSV
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 256))
        tail = file.read().rstrip()
    if tail.endswith(b"}" if text[0] == "{" else b"]"):
        return Format.JSON
    if re.match(r"""\{\s*"|\[\s*\{""", text):
        raise FileRefused(
            name, "is JSON that was cut short (it has no closing bracket). Download the file again."
        )
    return Format.CSV
