"""The raw layer: a grid as an Arrow table, and back without loss.

Belongs here: the forms in which every cell of a file is stored, as printed and with its address. Does not belong here:
Parquet files (`civic_assets.tables`), and the meaning of cells.

*Cells* form, one row for each cell that is not empty, for workbooks and small delimited files:
`sheet_index` (from 0), `sheet`, `row`, `col` (from 1), `locator` (`Table C2!G237`; in a delimited file line
and column letters, `L812:C`, since the header row is not known yet; `[3].category` in a JSON document),
`kind` (`n`umber, `s`tring, `b`oolean), `text` as printed, `number` as stored (null unless `kind` is `n`).

*Wide* form, one row for each record, for large delimited files, where every cell is text and the cells form would be
ten times the size: `line` (1-based line on which the record starts) and `c0001`, `c0002`, ... A cell's locator follows
from its line and column, so it is not stored.

*Columns* form, the same for sheets stored by column (`civic_assets.readers.raw_columns`), of any size.

Everything except cells (sheets' dimensions, merged ranges, hidden sheets, line numbers, uneven rows, notes) is in the
schema's metadata.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from civic_assets.house_numbers.file_limits import RAW_WIDE_CELLS
from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.grid import Grid, Ranges, Sheet, column_letters
from civic_assets.readers.raw_columns import coded_rows, coded_table
from civic_assets.values.cells import CellValue, as_printed

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


_METADATA_KEY = b"civic_grid"
_STRING, _NUMBER, _BOOLEAN = 0, 1, 2
_KINDS = ("s", "n", "b")
_CODE: dict[type, int] = {str: _STRING, float: _NUMBER, int: _NUMBER, bool: _BOOLEAN}


def grid_to_table(grid: Grid) -> pa.Table:
    """Every cell of a grid as an Arrow table, in the form that suits it.

    Args:
        grid: Grid of a file.

    Returns:
        The table; `table_to_grid` gives an equal grid back.
    """
    if grid.sheets and all(isinstance(sheet.rows, CodedRows) for sheet in grid.sheets):
        form, table = "columns", coded_table(grid.sheets)
    elif len(grid.sheets) == 1 and _is_wide(grid.sheets[0]):
        form, table = "wide", _wide_table(grid.sheets[0])
    else:
        form, table = "cells", _cells_table(grid)
    about = {
        "form": form,
        "format": str(grid.format),
        "notes": grid.notes,
        "sheets": [
            {
                "name": sheet.name,
                "rows": len(sheet.rows),
                "columns": sheet.width,
                "hidden": sheet.hidden,
                "merged": sheet.merged,
                "lines": None if sheet.line_numbers is None else _line_steps(sheet.line_numbers),
                "widths": sheet.widths,
                "records": sheet.records,
                **_hidden_of(sheet),
            }
            for sheet in grid.sheets
        ],
    }
    return table.replace_schema_metadata({_METADATA_KEY: json.dumps(about)})


def table_to_grid(table: pa.Table, file: str) -> Grid:
    """The grid from which `grid_to_table` made the table.

    Args:
        table: Table in any of the forms, with its schema's metadata (Parquet keeps both).
        file: Name of the file as the user knows it.

    Raises:
        ValueError: The table was not made by `grid_to_table`.
    """
    metadata = table.schema.metadata or {}
    if _METADATA_KEY not in metadata:
        raise ValueError(
            f"{file}: the raw table lacks the metadata '{_METADATA_KEY.decode()}'; run refresh again."
        )
    about = json.loads(metadata[_METADATA_KEY])
    all_rows: Sequence[Sequence[list[CellValue]]]
    if about["form"] == "columns":
        all_rows = coded_rows(table, about["sheets"])
    elif about["form"] == "wide":
        all_rows = [_wide_rows(table, about["sheets"][0])]
    else:
        all_rows = _cells_rows(table, about["sheets"])
    sheets = [
        Sheet(
            name=sheet["name"],
            rows=rows,
            hidden=sheet["hidden"],
            merged=tuple((top, left, bottom, right) for top, left, bottom, right in sheet["merged"]),
            line_numbers=None if sheet["lines"] is None else _line_numbers(sheet["lines"], sheet["rows"]),
            widths=sheet["widths"],
            records=sheet["records"],
            hidden_rows=_ranges(sheet.get("hidden_rows", ())),
            hidden_columns=_ranges(sheet.get("hidden_columns", ())),
        )
        for sheet, rows in zip(about["sheets"], all_rows, strict=True)
    ]
    return Grid(file, about["format"], sheets, about["notes"])


def _hidden_of(sheet: Sheet) -> dict[str, Ranges]:
    """Hidden rows and columns; nothing of a sheet that has none, which is nearly every one."""
    ranges = {"hidden_rows": sheet.hidden_rows, "hidden_columns": sheet.hidden_columns}
    return {name: runs for name, runs in ranges.items() if runs}


def _ranges(runs: Sequence[Sequence[int]]) -> Ranges:
    return tuple((first, last) for first, last in runs)


def _is_wide(sheet: Sheet) -> bool:
    """Whether it is a delimited file with so many cells that one row for each would be large."""
    return (
        sheet.line_numbers is not None
        and len(sheet.rows) * sheet.width >= RAW_WIDE_CELLS
        and set(map(type, chain.from_iterable(sheet.rows))) <= {str}
    )


def _wide_table(sheet: Sheet) -> pa.Table:
    """One row for each record: its line number, and its cells as text columns."""
    import pyarrow as pa

    columns: dict[str, Any] = {"line": pa.array(sheet.line_numbers, pa.int64())}
    for number, cells in enumerate(zip(*sheet.rows, strict=True), start=1):
        columns[f"c{number:04d}"] = pa.array(cells, pa.string())
    return pa.table(columns)


def _wide_rows(table: pa.Table, sheet: dict[str, Any]) -> list[list[CellValue]]:
    """Rows of the wide form."""
    columns = [table.column(f"c{number:04d}").to_pylist() for number in range(1, sheet["columns"] + 1)]
    return [list(cells) for cells in zip(*columns, strict=True)]


def _cells_table(grid: Grid) -> pa.Table:
    """One row for each cell that is not empty."""
    import pyarrow as pa

    parts = [_sheet_cells(sheet, index) for index, sheet in enumerate(grid.sheets)]
    schema = pa.schema(
        {
            "sheet_index": pa.int16(),
            "sheet": pa.dictionary(pa.int16(), pa.string()),
            "row": pa.int32(),
            "col": pa.int32(),
            "locator": pa.string(),
            "kind": pa.dictionary(pa.int8(), pa.string()),
            "text": pa.string(),
            "number": pa.float64(),
        }
    )
    names = pa.array([sheet.name for sheet in grid.sheets], pa.string())
    batches = [
        pa.record_batch(
            [
                columns["sheet_index"],
                pa.DictionaryArray.from_arrays(columns["sheet_index"], names),
                columns["row"],
                columns["col"],
                columns["locator"],
                pa.DictionaryArray.from_arrays(columns["kind"], pa.array(_KINDS)),
                columns["text"],
                columns["number"],
            ],
            schema=schema,
        )
        for columns in parts
    ]
    return pa.Table.from_batches(batches, schema).combine_chunks()


def _sheet_cells(sheet: Sheet, index: int) -> dict[str, pa.Array]:
    """Columns of the cells form for one sheet."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    size = len(sheet.rows) * sheet.width
    values = np.empty(size, dtype=object)
    values[:] = list(chain.from_iterable(sheet.rows))
    codes = np.fromiter(map(_CODE.__getitem__, map(type, values)), np.int8, size)
    filled = np.flatnonzero(
        values.astype(bool) | (codes != _STRING)
    )  # the only text that is false is the empty one
    values, codes = values[filled], codes[filled]
    row, column = np.divmod(filled, max(sheet.width, 1))
    numbers = np.full(len(values), np.nan)
    is_number = codes == _NUMBER
    numbers[is_number] = values[is_number].astype(np.float64)
    letters = pa.array([column_letters(c) for c in range(sheet.width)], pa.string()).take(pa.array(column))
    if sheet.records:
        fields = pa.array([as_printed(name) for row in sheet.rows[:1] for name in row], pa.string()).take(
            pa.array(column)
        )
        record = pc.if_else(pa.array(row == 0), "*", pc.cast(pa.array(row - 1), pa.string()))
        locator = pc.binary_join_element_wise("[", record, "].", fields, "")
    elif sheet.line_numbers is None:
        place = pc.cast(pa.array(row + 1), pa.string())
        locator = pc.binary_join_element_wise(f"{sheet.name}!", letters, place, "")
    else:
        lines = np.asarray(sheet.line_numbers, np.int64)[row]
        locator = pc.binary_join_element_wise("L", pc.cast(pa.array(lines), pa.string()), ":", letters, "")
    return {
        "sheet_index": pa.array(np.full(len(values), index, np.int16)),
        "row": pa.array((row + 1).astype(np.int32)),
        "col": pa.array((column + 1).astype(np.int32)),
        "locator": locator,
        "kind": pa.array(codes),
        "text": _printed(values, codes, numbers),
        "number": pa.array(numbers, mask=~is_number),
    }


def _printed(values: Array, codes: Array, numbers: Array) -> pa.Array:
    """`as_printed` of every value, without a Python call for values that Arrow prints the same way."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    text, number = codes == _STRING, codes == _NUMBER
    with np.errstate(invalid="ignore"):
        size = np.abs(numbers)
        whole = number & (size < 1e15) & (np.trunc(numbers) == numbers)
        # Between these sizes neither Python nor Arrow writes an exponent; the digits are the same.
        plain = number & ~whole & (size >= 1e-3) & (size < 1e9)
    other = ~(text | whole | plain)
    pieces = [
        pa.array(values[text], pa.string()),
        pc.cast(pa.array(numbers[whole].astype(np.int64)), pa.string()),
        pc.cast(pa.array(numbers[plain]), pa.string()),
        pa.array([as_printed(value) for value in values[other].tolist()], pa.string()),
    ]
    order = np.concatenate([np.flatnonzero(which) for which in (text, whole, plain, other)])
    position = np.empty(len(order), np.int64)
    position[order] = np.arange(len(order))
    return pa.concat_arrays(pieces).take(pa.array(position))


def _cells_rows(table: pa.Table, sheets: list[dict[str, Any]]) -> list[list[list[CellValue]]]:
    """Rows of every sheet of the cells form."""
    import numpy as np
    import pyarrow as pa

    kinds = np.asarray(table.column("kind").cast(pa.string()).to_pylist(), dtype=object)
    values = table.column("text").to_numpy(zero_copy_only=False).astype(object)
    is_number, is_boolean = kinds == "n", kinds == "b"
    values[is_number] = table.column("number").to_numpy(zero_copy_only=False)[is_number].astype(object)
    values[is_boolean] = values[is_boolean] == "TRUE"
    of_sheet = table.column("sheet_index").to_numpy()
    row, column = table.column("row").to_numpy() - 1, table.column("col").to_numpy() - 1
    result = []
    for index, sheet in enumerate(sheets):
        here = of_sheet == index
        cells = np.full((sheet["rows"], sheet["columns"]), "", dtype=object)
        cells[row[here], column[here]] = values[here]
        result.append(cells.tolist())
    return result


def _line_steps(lines: Sequence[int]) -> list[list[int]]:
    """Line numbers as [first row, excess of line over row from there on]: `[[0, 1]]` when nothing wraps."""
    steps: list[list[int]] = []
    for row, line in enumerate(lines):
        if not steps or line - row != steps[-1][1]:
            steps.append([row, line - row])
    return steps


def _line_numbers(steps: list[list[int]], rows: int) -> list[int]:
    """The opposite of `_line_steps`."""
    numbers: list[int] = []
    for (first, excess), end in zip(steps, [*(first for first, _ in steps[1:]), rows], strict=False):
        numbers.extend(range(first + excess, end + excess))
    return numbers
