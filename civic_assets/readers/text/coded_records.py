"""Records of a large delimited file as columns that store a text once, built while the file is read.

Belongs here: building them. Does not belong here: splitting text into records (`delimited`), and the columns themselves
(`civic_assets.readers.coded_rows`).

A quarter of a million records of twenty cells as lists of Python strings take 700 MB. As columns they take a tenth,
since names, years and small counts repeat.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from civic_assets.house_numbers.file_limits import TEXTS_REMEMBERED
from civic_assets.readers.coded_rows import CodedColumn, CodedRows


@dataclass
class _Column:
    """A column under construction; a text that comes again after `TEXTS_REMEMBERED` others is stored again."""

    values: list[str] = field(default_factory=list)
    codes: array[int] = field(default_factory=lambda: array("i"))
    places: dict[str, int] = field(default_factory=dict)

    def extend(self, cells: Sequence[str]) -> None:
        """Append cells."""
        places, values = self.places, self.values
        if len(places) > TEXTS_REMEMBERED:
            places.clear()
        codes = []
        for cell in cells:
            code = places.get(cell)
            if code is None:
                code = places[cell] = len(values)
                values.append(cell)
            codes.append(code)
        self.codes.extend(codes)

    def finished(self) -> CodedColumn:
        """The column, with codes of the smallest type that holds them."""
        import numpy as np

        self.places.clear()
        codes = np.frombuffer(self.codes, np.int32).astype(np.min_scalar_type(max(len(self.values) - 1, 0)))
        self.codes = array("i")
        return CodedColumn(tuple(self.values), codes)


@dataclass
class CodedRecords:
    """Records under construction.

    Args:
        too_wide: Called with the number of records and of columns when one is wider than all before; it raises if that
            is too much.
    """

    too_wide: Callable[[int, int], None]
    columns: list[_Column] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)

    def extend(self, records: list[list[str]]) -> None:
        """Append records; those with fewer cells than the widest are filled up with empty ones."""
        before = len(self.widths)
        own = list(map(len, records))
        width = max(own, default=0)
        if width > len(self.columns):
            self.too_wide(before + len(records), width)
        while len(self.columns) < width:
            column = _Column()
            column.extend([""] * before)
            self.columns.append(column)
        for record, cells in zip(records, own, strict=True):
            if cells < len(self.columns):
                record.extend([""] * (len(self.columns) - cells))
        for column, texts in zip(self.columns, zip(*records, strict=True), strict=True):
            column.extend(texts)
        self.widths += own

    def rows(self) -> CodedRows:
        """The records as rows of cells; this object is empty afterwards."""
        columns = []
        while self.columns:
            columns.append(self.columns.pop(0).finished())
        return CodedRows(columns, len(self.widths))
