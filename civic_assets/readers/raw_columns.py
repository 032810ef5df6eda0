"""The raw layer of sheets stored by column: an Arrow table, and back without loss.

Belongs here: the *columns* form, one row for each row of a sheet: `sheet_index` (from 0), `sheet`, `row` (from 1) and
`c0001`, `c0002`, ..., the cells as printed (`""` if one is empty, null if the sheet is narrower than another).
If a column has more than texts, `k0001`, ... says whether each cell is a `n`umber, `s`tring or
`b`oolean. A cell's locator follows from its sheet, row and column. Does not belong here: the other forms (`raw_table`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.readers.coded_rows import CodedColumn, CodedRows
from civic_assets.readers.grid import Sheet
from civic_assets.values.cells import CellValue, as_printed

if TYPE_CHECKING:
    import pyarrow as pa

_KINDS = ("s", "n", "b")


def _kind(value: CellValue) -> int:
    return 0 if isinstance(value, str) else 2 if isinstance(value, bool) else 1


def coded_table(sheets: Sequence[Sheet]) -> pa.Table:
    """Every cell of sheets whose rows are `CodedRows`, with each text and kind stored once."""
    import numpy as np
    import pyarrow as pa

    coded = [rows for sheet in sheets if isinstance(rows := sheet.rows, CodedRows)]
    sizes = [len(rows) for rows in coded]
    index = np.repeat(np.arange(len(sheets), dtype=np.int16), sizes)
    names = pa.array([sheet.name for sheet in sheets], pa.string())
    rows_from_one: list[Any] = [np.arange(1, size + 1, dtype=np.int32) for size in sizes]
    columns: dict[str, Any] = {
        "sheet_index": pa.array(index),
        "sheet": pa.DictionaryArray.from_arrays(pa.array(index), names),
        "row": pa.array(np.concatenate(rows_from_one or [index[:0]])),
    }
    for number in range(max((len(rows.columns) for rows in coded), default=0)):
        parts = [rows.columns[number] if number < len(rows.columns) else None for rows in coded]
        columns[f"c{number + 1:04d}"] = _texts(parts, sizes)
        if not all(isinstance(value, str) for part in parts if part for value in part.values):
            columns[f"k{number + 1:04d}"] = _kinds(parts, sizes)
    return pa.table(columns).unify_dictionaries()


def _texts(parts: Sequence[CodedColumn | None], sizes: Sequence[int]) -> pa.ChunkedArray:
    """A column of all sheets, as printed; a text and a number that print alike are one entry."""
    import numpy as np
    import pyarrow as pa

    kind = pa.dictionary(pa.int32(), pa.string())
    chunks = []
    for part, size in zip(parts, sizes, strict=True):
        if part is None:
            chunks.append(pa.nulls(size, kind))
            continue
        texts: dict[str, int] = {}
        places = [texts.setdefault(as_printed(value), len(texts)) for value in part.values]
        codes = np.asarray(places, np.int32)[part.codes]
        chunks.append(pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(texts), pa.string())))
    return pa.chunked_array(chunks, kind)


def _kinds(parts: Sequence[CodedColumn | None], sizes: Sequence[int]) -> pa.ChunkedArray:
    import numpy as np
    import pyarrow as pa

    kind = pa.dictionary(pa.int8(), pa.string())
    chunks = []
    for part, size in zip(parts, sizes, strict=True):
        if part is None:
            chunks.append(pa.nulls(size, kind))
            continue
        codes = np.asarray([_kind(value) for value in part.values], np.int8)[part.codes]
        chunks.append(pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(_KINDS)))
    return pa.chunked_array(chunks, kind)


def coded_rows(table: pa.Table, sheets: Sequence[Mapping[str, Any]]) -> list[CodedRows]:
    """Rows of every sheet of the columns form.

    Args:
        table: Table made by `coded_table`.
        sheets: Number of `rows` and `columns` of each sheet.
    """
    found, first = [], 0
    for sheet in sheets:
        part = table.slice(first, sheet["rows"])
        first += sheet["rows"]
        columns = [_column(part, f"{number:04d}") for number in range(1, sheet["columns"] + 1)]
        found.append(CodedRows(columns, sheet["rows"]))
    return found


def _column(part: pa.Table, number: str) -> CodedColumn:
    import numpy as np

    codes, texts = _coded(part.column(f"c{number}"))
    kinds = np.zeros(len(codes), np.int64)
    if f"k{number}" in part.column_names:
        places, names = _coded(part.column(f"k{number}"))
        kinds = np.asarray([_KINDS.index(name) for name in names], np.int64)[places]
    pairs, codes = np.unique(codes * len(_KINDS) + kinds, return_inverse=True)
    values: list[CellValue] = []
    for text, kind in zip(*(half.tolist() for half in np.divmod(pairs, len(_KINDS))), strict=True):
        printed = texts[text]
        values.append(
            float(printed) if _KINDS[kind] == "n" else printed == "TRUE" if _KINDS[kind] == "b" else printed
        )
    return CodedColumn(tuple(values), codes.astype(np.min_scalar_type(max(len(values) - 1, 0))))


def _coded(column: pa.ChunkedArray) -> tuple[Any, list[str]]:
    """Codes (64 bits) and texts of a column, whether or not it is a dictionary."""
    import numpy as np
    import pyarrow as pa

    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    array = encoded.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], encoded.type)
    return array.indices.to_numpy().astype(np.int64), array.dictionary.to_pylist()
