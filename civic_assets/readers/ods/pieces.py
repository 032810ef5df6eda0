"""The XML of an OpenDocument sheet, read by expat without repeating equal parts.

Belongs here: the meaning of elements and attributes of `content.xml`. Does not belong here: bytes of the container
(`sheets`) and the positions of cells (`columns`).

`content.xml` is cut before each `<table:table-cell`. A *piece* runs from there to the next one: a cell, and perhaps the
end of its row and the start of another. In a table of statistics the same pieces recur: names, years, small counts. A
piece that begins and ends inside a row, and closes only rows and what it opened, means the same wherever it occurs; so
expat reads each distinct piece once, and an equal one is recognised by its bytes. Because such a piece leaves the open
elements unchanged, the input to expat is well-formed exactly when the whole document is: in XML `<` begins a tag
everywhere except in comments, CDATA sections and processing instructions, and none of them may be cut.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from xml.parsers import expat

from civic_assets.house_numbers.file_limits import SPREADSHEET_REPEATS, SPREADSHEET_VALUES
from civic_assets.house_numbers.listing import FORMULA_CHARACTERS
from civic_assets.values.cells import CellValue

ROW, END, SHEET = -1, -2, -3
"""Operations other than cells: begin rows, end a sheet, begin a sheet."""


# Maximum number of pieces kept: 60 MB at the length of a Home Office cell.
_PIECES_KEPT = 200_000
TABLE_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
# The way expat joins a namespace and a name.
_TABLE, _OFFICE, _TEXT, _STYLE = (
    TABLE_NAMESPACE.replace("table", name) + " " for name in ("table", "office", "text", "style")
)
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_VALUE = {
    "float": "value", "percentage": "value", "currency": "value", "date": "date-value", "time": "time-value",
    "boolean": "boolean-value",
}  # fmt: skip
_NUMBERS = ("float", "percentage", "currency")
# Text of a cell whose calculation failed, in the wording of every program that writes OpenDocument.
_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)|Err:[0-9]{3}")
# Constructs that may contain the bytes of a separator without being a cell, each with its end.
_PAIRS = ((b"<", b">"), (b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
_SPACES = re.compile(r"[ \t\r\n]+")


class BadContent(Exception):
    """The document has content that no spreadsheet program writes. The text is the sentence without the file's name."""


class _Outside(Exception):
    """The piece just read ends outside a row, so the next one must be read whatever its bytes are."""


@dataclass(slots=True)
class SheetStart:
    """Facts from the start tag of a table."""

    name: str
    hidden: bool


class _Cell:
    """A cell whose element is open."""

    __slots__ = ("attributes", "level", "paragraphs", "text")

    def __init__(self, attributes: dict[str, str], level: int) -> None:
        self.attributes, self.level = attributes, level
        self.paragraphs: list[str] = []
        self.text: list[str] | None = None


class Operations:
    """Operations of pieces, as columns: kind or value of each operation, its repetitions, and the cells it merges.

    Args:
        value: Number of a cell's value (0 is empty), or `ROW`, `END`, `SHEET`.
        repeat: Number of columns for a cell, of rows for a row; for `SHEET` the sheet's number.
        merge: 0, or one more than the index in `merges` of the (rows, columns) that a cell spans.
    """

    def __init__(self) -> None:
        self.value, self.repeat, self.merge = array("i"), array("q"), array("i")
        self.merges: list[tuple[int, int]] = []

    def add(self, value: int, repeat: int, span: tuple[int, int] = (1, 1)) -> None:
        """Appends one."""
        if span != (1, 1):
            self.merges.append(span)
        self.value.append(value)
        self.repeat.append(repeat)
        self.merge.append(0 if span == (1, 1) else len(self.merges))


class Pieces(dict[bytes, int]):
    """Codes of pieces by their bytes; the operations of a code are in `operations` from `starts[code]` on.

    Args:
        separator: Bytes with which every piece except the first begins, and which are left out of it.
    """

    def __init__(self, separator: bytes) -> None:
        super().__init__()
        self.separator = separator
        self.operations = Operations()
        self.starts = array("q", [0])
        self.sheets: list[SheetStart] = []
        self.cell_values: list[CellValue] = [""]
        self._numbers: dict[CellValue | tuple[bool], int] = {"": 0}
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._open: list[str] = []
        self._row_level = 0  # number of open elements within a row of a sheet, including the row
        self._local = True  # whether the piece has touched only rows and cells
        self._cell: _Cell | None = None
        self._parser = self._new_parser()

    def __missing__(self, piece: bytes) -> int:
        self._local = True
        code = self.feed(self.separator + piece)
        if not self._in_row():
            raise _Outside
        if self._local:
            self[piece] = code
        return code

    def read(self, pieces: Sequence[bytes], codes: list[int]) -> None:
        """Append the code of each piece.

        Raises:
            BadContent: The document is damaged, or has content that no spreadsheet program writes.
        """
        done = 0
        while done < len(pieces):
            if not self._in_row():
                codes.append(self.feed(self.separator + pieces[done]))
                done += 1
                continue
            before = len(codes)
            try:
                codes.extend(map(self.__getitem__, pieces[done:]))
            except _Outside:
                codes.append(len(self.starts) - 2)
            done += len(codes) - before

    def forget(self, codes: list[int]) -> None:
        """Drop all cached pieces if there are too many; `codes` must have been used."""
        codes.clear()
        if len(self.starts) > _PIECES_KEPT:
            self.clear()
            self.operations, self.starts = Operations(), array("q", [0])

    def feed(self, piece: bytes, *, last: bool = False) -> int:
        """Pass the document's next piece to expat, including its separator; returns its code.

        Raises:
            BadContent: See `read`.
        """
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError as error:
            raise BadContent(self._damaged(expat.errors.messages[error.code])) from error
        if self._in_row() and any(
            piece.rfind(opens) >= max(piece.rfind(closes), 0) for opens, closes in _PAIRS
        ):
            raise BadContent(
                self._damaged("an element, comment or CDATA section is not closed before the next cell")
            )
        self.starts.append(len(self.operations.value))
        return len(self.starts) - 2

    def _damaged(self, reason: str) -> str:
        where = f" in sheet '{self.sheets[-1].name}'" if self.sheets else ""
        return f"is damaged{where} ({reason}, in 'content.xml')"

    def _in_row(self) -> bool:
        return self._row_level > 0 and len(self._open) == self._row_level

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._document_type
        return parser

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.upper() not in ("UTF-8", "US-ASCII"):
            raise BadContent(f"is encoded as {encoding}; OpenDocument is written in UTF-8")

    def _document_type(self, *about: object) -> None:
        raise BadContent(
            "declares a document type (DOCTYPE), which spreadsheet programs never write and attacks use"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append(name)
        level = len(self._open)
        if self._cell is not None:
            self._start_in_cell(name, attributes, level)
        elif self._row_level and level == self._row_level + 1 and name in _CELLS:
            self._cell = _Cell(attributes, level)
        elif name == _TABLE + "table-row" and not self._row_level and self._in_sheet():
            self._row_level = level
            self.operations.add(ROW, _count(attributes, "number-rows-repeated"))
        else:
            self._local = False
            self._start_elsewhere(name, attributes)

    def _start_elsewhere(self, name: str, attributes: dict[str, str]) -> None:
        if name == _TABLE + "table" and self._open[-2:-1] == [_OFFICE + "spreadsheet"]:
            hidden = attributes.get(_TABLE + "style-name") in self._hidden_styles
            self.operations.add(SHEET, len(self.sheets))
            self.sheets.append(SheetStart(attributes.get(_TABLE + "name", ""), hidden))
        elif name == _STYLE + "style" and attributes.get(_STYLE + "family") == "table":
            self._style = attributes.get(_STYLE + "name", "")
        elif name == _STYLE + "table-properties" and attributes.get(_TABLE + "display") == "false":
            self._hidden_styles.add(self._style)

    def _in_sheet(self) -> bool:
        """Whether the element just opened is inside a table, perhaps in groups of rows, directly in the spreadsheet."""
        place = self._open[:-1]
        groups = [_TABLE + name for name in ("table-header-rows", "table-rows", "table-row-group")]
        while place and place[-1] in groups:
            place.pop()
        return place[-2:] == [_OFFICE + "spreadsheet", _TABLE + "table"]

    def _start_in_cell(self, name: str, attributes: dict[str, str], level: int) -> None:
        cell = self._cell
        assert cell is not None
        if name == _TABLE + "table" and level == cell.level + 1:
            raise BadContent(f"has a table inside a cell of sheet '{self.sheets[-1].name}'")
        if name == _TEXT + "p" and level == cell.level + 1:
            cell.text = []
        elif cell.text is not None and name == _TEXT + "s":
            # A space that is not collapsed: distinguished from ordinary ones until the paragraph ends.
            cell.text.append("\0" * min(_count(attributes, "c", _TEXT), 10_000))
        elif cell.text is not None and name == _TEXT + "tab":
            cell.text.append("\1")
        elif cell.text is not None and name == _TEXT + "line-break":
            cell.text.append("\2")

    def _characters(self, text: str) -> None:
        if self._cell is not None and self._cell.text is not None and not self._in_annotation():
            self._cell.text.append(text)

    def _in_annotation(self) -> bool:
        """Whether this is a note or a drawing inside a paragraph, whose text is not the cell's."""
        assert self._cell is not None
        inner = self._open[self._cell.level + 1 :]
        return any(not name.startswith(_TEXT) or name == _TEXT + "note" for name in inner)

    def _end(self, name: str) -> None:
        level = len(self._open)
        cell = self._cell
        if cell is not None and level == cell.level:
            self._cell = None
            self.operations.add(
                self._number(self._value(cell)),
                _count(cell.attributes, "number-columns-repeated"),
                (
                    _count(cell.attributes, "number-rows-spanned"),
                    _count(cell.attributes, "number-columns-spanned"),
                ),
            )
        elif cell is not None:
            if cell.text is not None and level == cell.level + 1:
                text = _SPACES.sub(" ", "".join(cell.text)).strip(" ")
                cell.paragraphs.append(text.replace("\0", " ").replace("\1", "\t").replace("\2", "\n"))
                cell.text = None
        elif level == self._row_level:
            self._row_level = 0
        else:
            self._local = False
            if name == _TABLE + "table" and self._open[-2:-1] == [_OFFICE + "spreadsheet"]:
                self.operations.add(END, 0)
        self._open.pop()

    def _value(self, cell: _Cell) -> CellValue:
        kind = cell.attributes.get(_OFFICE + "value-type", "string")
        stored = cell.attributes.get(_OFFICE + _VALUE.get(kind, "string-value"))
        if stored is None or (kind == "string" and not stored):
            # An error cell is an empty string whose paragraph is the text shown: #N/A.
            shown = "\n".join(cell.paragraphs)
            if not shown and stored is None and (formula := cell.attributes.get(_TABLE + "formula")):
                # Never calculated: the value is the formula, without its namespace (of:=).
                return f"={formula.partition('=')[2][:FORMULA_CHARACTERS]}"
            return shown
        if cell.paragraphs and _ERROR.fullmatch(cell.paragraphs[0]) and kind in _NUMBERS:
            # Some programs store a failed calculation as the number 0, and show only in the text that it failed.
            return cell.paragraphs[0]
        if _VALUE.get(kind) == "value":
            return self._float(stored)
        if kind == "boolean":
            return stored == "true"
        return stored.removesuffix("T00:00:00") if kind == "date" else stored

    def _float(self, text: str) -> float:
        try:
            number = float(text) + 0.0  # avoids negative zero, which is printed as zero
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise BadContent(
                f"has a cell in sheet '{self.sheets[-1].name}' whose value {text!r} is not a number"
            )
        return number

    def _number(self, value: CellValue) -> int:
        # Kept separate from numbers, because True == 1.0 in Python.
        key = (value,) if isinstance(value, bool) else value
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.cell_values)
            self.cell_values.append(value)
            if number > SPREADSHEET_VALUES:
                raise BadContent(
                    f"has more than {SPREADSHEET_VALUES:,} distinct values, so it is not a table of statistics"
                )
        return number


def _count(attributes: dict[str, str], name: str, namespace: str = _TABLE) -> int:
    """Number of repetitions, from an attribute; 1 without it."""
    text = attributes.get(namespace + name, "1")
    if not text.isascii() or not text.isdecimal() or text == "0":
        raise BadContent(f"repeats or merges something {text!r} times (attribute '{name}')")
    return min(int(text[:12]), SPREADSHEET_REPEATS)
