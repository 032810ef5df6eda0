"""OpenDocument spreadsheets written with nothing but strings and `zipfile`.

Belongs here: building them, whole or with one fault. Does not belong here: what the readers say about them.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
NAMESPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIMETYPE}"/></manifest:manifest>'
)
HIDDEN = (
    '<office:automatic-styles><style:style style:name="ta2" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
)
PADDING = '<table:table-cell table:number-columns-repeated="16000"/>'
BLANK_ROWS = f'<table:table-row table:number-rows-repeated="900000">{PADDING}</table:table-row>'


def text(value: str, attributes: str = "") -> str:
    """A cell of text; its lines are paragraphs."""
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell office:value-type="string"{attributes}>{paragraphs}</table:table-cell>'


def number(value: float, attributes: str = "") -> str:
    """A number cell."""
    kind = f'office:value-type="float" office:value="{value!r}"'
    return f"<table:table-cell {kind}{attributes}><text:p>shown</text:p></table:table-cell>"


def cell(value: str | float | bool) -> str:
    """A cell with any value."""
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
    if isinstance(value, float):
        return number(value)
    return text(value) if value else "<table:table-cell/>"


def row(*cells: str, attributes: str = "") -> str:
    """A row of cells, padded to the right as office programs do."""
    return f"<table:table-row{attributes}>{''.join(cells)}{PADDING}</table:table-row>"


def table(name: str, *rows: str, attributes: str = "") -> str:
    """A sheet, with the blank rows below it that office programs write."""
    start = f"<table:table table:name={quoteattr(name)}{attributes}><table:table-column/>"
    return f"{start}{''.join(rows)}{BLANK_ROWS}</table:table>"


def content(*tables: str, head: str = HIDDEN) -> bytes:
    """`content.xml` with these sheets."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{NAMESPACES}>{head}<office:body>'
        f"<office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    ).encode()


def write_ods(path: Path, xml: bytes, members: Mapping[str, bytes] | None = None) -> Path:
    """The container around a `content.xml`."""
    # A time of its own for every member would give other bytes for the same file.
    with zipfile.ZipFile(path, "w") as archive:
        named = {
            "mimetype": MIMETYPE.encode(),
            "META-INF/manifest.xml": MANIFEST.encode(),
            "content.xml": xml,
        }
        for name, data in {**named, **(members or {})}.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return path


def write_sheets(path: Path, sheets: Mapping[str, Sequence[Sequence[str | float | bool]]]) -> Path:
    """A whole file with these rows of cells."""
    tables = [table(name, *(row(*map(cell, cells)) for cells in rows)) for name, rows in sheets.items()]
    return write_ods(path, content(*tables))
