"""Frames of pandas, polars or Arrow in the types of a schema, as far as that loses nothing.

Belongs here: types that say the same in another form (categories and texts, midnight and a date, whole numbers of
another width). Does not belong here: correcting a frame. What cannot be brought to the type of its column without a
loss stays as it is, for the schema to name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from civic_assets.errors import UsageError


def as_polars(frame: object, types: Mapping[str, Any]) -> pl.DataFrame:
    """A frame as an eager polars frame.

    Args:
        frame: A frame of polars, pandas or Arrow.
        types: The polars type of each column of the schema.

    Raises:
        UsageError: It is not a frame.
    """
    read = _read(frame)
    return read.with_columns(
        _in_type(read[name], wanted)
        for name, wanted in types.items()
        if name in read.columns and read[name].dtype != wanted
    )


def _read(frame: object) -> pl.DataFrame:
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame
    library = type(frame).__module__.partition(".")[0]
    if library == "pyarrow" and hasattr(frame, "to_batches"):
        return _eager(pl.from_arrow(frame))
    if library == "pandas" and hasattr(frame, "columns"):
        return _of_pandas(frame)
    raise UsageError(
        f"A schema checks a frame of pandas, polars or pyarrow, not a {type(frame).__name__}. "
        "Make a frame of it first, for example with pandas.DataFrame(...)."
    )


def _eager(read: object) -> pl.DataFrame:
    if not isinstance(read, pl.DataFrame):
        raise TypeError(f"expected a table, not a {type(read).__name__}")
    return read


def _of_pandas(frame: Any) -> pl.DataFrame:
    """A pandas frame without its index; NaN and NA are absent values, as pandas itself treats them."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for place, name in enumerate(frame.columns):
        cells = frame.iloc[:, place]
        if str(name) in columns:
            raise UsageError(f"The frame has two columns {str(name)!r}. Rename or drop one of them.")
        try:
            columns[str(name)] = pa.array(cells, from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            # Cells of several types: as texts, which the schema names as the wrong type.
            columns[str(name)] = pa.array(cells.astype("string"), pa.string(), from_pandas=True)
    if not columns:
        return pl.DataFrame()
    return _eager(pl.from_arrow(pa.table(columns)))


def _in_type(cells: pl.Series, wanted: Any) -> pl.Series:
    """Cells in a type, where each says the same in it; otherwise as they are."""
    have = cells.dtype
    if have == pl.Null:
        return cells.cast(wanted)
    if wanted == pl.String:
        return cells.cast(wanted) if isinstance(have, (pl.Categorical, pl.Enum)) else cells
    if (wanted == pl.Date and isinstance(have, pl.Datetime)) or (wanted.is_numeric() and have.is_numeric()):
        try:
            cast = cells.cast(wanted, strict=True)
        except pl.exceptions.PolarsError:
            return cells
        return cast if cast.cast(have).equals(cells, null_equal=True) else cells
    return cells
