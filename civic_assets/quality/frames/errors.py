"""pandera's errors in sentences.

Belongs here: what an error of a schema says to the person whose frame it is. Does not belong here: the schema
(`frame_schema`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from civic_assets.house_numbers.listing import EXAMPLES_NAMED


class FrameErrors(SchemaErrors):
    """pandera's `SchemaErrors`, whose text says what does not hold, in how many rows, and in which.

    `failure_cases` (a polars frame) has every failing cell, and `message` pandera's own summary as a dictionary.
    """

    def __str__(self) -> str:
        sentences = list(self._sentences())
        things = "1 thing does" if len(sentences) == 1 else f"{len(sentences)} things do"
        listed = "\n".join(f"- {sentence}" for sentence in sentences)
        return f"{things} not hold in a frame of {self.schema.name}:\n{listed}"

    def _sentences(self) -> Iterator[str]:
        extra = [name for name in self.data.collect_schema().names() if name not in self.schema.columns]
        for error in self.schema_errors:
            if error.reason_code is SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME:
                yield f"The column {error.failure_cases} is missing."
            elif error.reason_code is SchemaErrorReason.COLUMN_NOT_IN_SCHEMA:
                yield f"The schema has no column {', '.join(extra)}. Drop it, or use strict=False."
            elif isinstance(error.check_output, pl.DataFrame):
                yield _of_rows(error)
            else:
                text = " ".join(str(error).split())
                yield f"{text[:1].upper()}{text[1:]}."


def name_of(error: SchemaError) -> str:
    """Name of the check that failed."""
    check = error.check
    return check if isinstance(check, str) else str(getattr(check, "name", check))


def rows_of(error: SchemaError) -> list[int]:
    """Places of the failing rows, counted from 0."""
    output: Any = error.check_output
    (outcome,) = output.columns
    places: list[int] = output.select(pl.arg_where(pl.col(outcome).eq(False))).to_series().to_list()
    return places


def _of_rows(error: SchemaError) -> str:
    """What rows fail, how many, and the first of them."""
    rows, column = rows_of(error), error.schema.name
    cells = error.failure_cases.head(EXAMPLES_NAMED).to_series().to_list()
    shown = ", ".join(f"row {row} ({cell!r})" for row, cell in zip(rows, cells, strict=False))
    more = f" and {len(rows) - len(cells):,} more" if len(rows) > len(cells) else ""
    if isinstance(error.check, str):
        return f"The column {column} is empty in {', '.join(f'row {row}' for row in rows[:EXAMPLES_NAMED])}{more}."
    return f"{error.check.error}. Column {column} fails in {shown}{more}, rows counted from 0."
