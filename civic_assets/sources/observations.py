"""Validated observations: what every parser returns, whatever its source looks like.

Belongs here: the columns of an observation, and the step from a found table to observations, column by column.
Does not belong here: what a row of one publisher is about (that source's parser) and the common vocabulary of
areas (`civic_assets.harmonise`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.model import Column, Contract
from civic_assets.errors import CivicError
from civic_assets.readers.grid import CellValue
from civic_assets.readers.table_finder import Block, FoundTables
from civic_assets.values.cells import UNREADABLE, Symbol, read_cell
from civic_assets.values.period_text import mid_year, years_ending
from civic_assets.values.periods import Period

if TYPE_CHECKING:
    import pyarrow as pa

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("table_id", "string", "table of the contract that the figure stands in"),
    ("row_number", "int32", "row of the sheet, or line of the delimited file, counted from 1"),
    ("row_kind", "string", "what the publisher's row is: force_total, partnership, unassigned, ..."),
    ("measure", "string", "what is counted or computed"),
    (
        "area_code",
        "string",
        "publisher's code of the area; for a row without code, its parent's code and its kind",
    ),
    ("area_name", "string", "name as printed, without note markers and stray spaces"),
    ("area_type", "string", "kind of area"),
    ("parent_code", "string", "area that this area is a part of, within the table"),
    ("partnership_code", "string", "Community Safety Partnership, where the row is one"),
    ("authority_code", "string", "local authority printed in the row, where it is a code"),
    ("period_start", "date32", "first day"),
    ("period_end", "date32", "day after the last day"),
    ("period_kind", "string", "what the publisher means by the period"),
    ("statistic", "string", "flow, stock, rate, change, ..."),
    ("breakdown", "string", "'total' or key=value;... in a fixed order"),
    ("unit", "string", "count, percent, per_1000_population, ..."),
    ("value", "float64", "the figure; null where a status stands in its place"),
    ("status", "string", "why a value is absent or special; null for an ordinary figure"),
    ("value_text", "string", "the cell as printed"),
    ("locator", "string", "address of the cell"),
)
"""Column, Arrow type and meaning of a validated observation."""

KEY = ("measure", "area_code", "period_start", "period_end", "breakdown", "unit", "statistic")
"""Columns that identify a figure within a release (rule V-01)."""


@dataclass(frozen=True, slots=True)
class Area:
    """What one row of a publisher's table is about."""

    kind: str
    code: str
    name: str
    type: str
    parent: str | None = None
    partnership: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row or cell that does not say what it should, with the address to look at (rules R-06 and V-05)."""

    check_id: str
    locator: str
    observed: str
    expected: str
    message: str
    area_code: str = ""
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Caption:
    """A period that a text of the file states (rule V-09)."""

    locator: str
    text: str
    period: Period
    table: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One release, read.

    Args:
        edition: Release key, e.g. `2024-12`; a reissue of it is told apart by the archive.
        observations: Columns as `FIELDS`.
    """

    source: str
    edition: str
    found: FoundTables
    observations: pa.Table
    problems: Sequence[RowProblem] = ()
    captions: Sequence[Caption] = ()
    row_kinds: Mapping[str, int] = field(default_factory=Counter)
    synthetic: bool = False


@cache
def arrow_schema() -> pa.Schema:
    """Arrow schema of `FIELDS`."""
    import pyarrow as pa

    types = {"string": pa.string(), "int32": pa.int32(), "date32": pa.date32(), "float64": pa.float64()}
    return pa.schema([(name, types[kind]) for name, kind, _ in FIELDS])


class ObservationColumns:
    """Observations that grow by a whole column of cells at a time; what is the same for a column is stored once."""

    def __init__(self) -> None:
        self._chunks: list[pa.Table] = []
        self.problems: list[RowProblem] = []

    def extend(self, size: int, columns: Mapping[str, Any]) -> None:
        """Appends `size` observations; a column is an Arrow array or a list of that length, or one value for all."""
        import pyarrow as pa

        arrays = []
        for column in arrow_schema():
            value = columns.get(column.name)
            if isinstance(value, pa.Array):
                arrays.append(value)
            elif isinstance(value, (list, tuple)):
                arrays.append(pa.array(value, column.type))
            else:
                arrays.append(pa.repeat(pa.scalar(value, column.type), size))
        self._chunks.append(pa.table(arrays, schema=arrow_schema()))

    def table(self) -> pa.Table:
        """The observations as one Arrow table."""
        import pyarrow as pa

        return (
            pa.concat_tables(self._chunks).combine_chunks() if self._chunks else arrow_schema().empty_table()
        )


def period_of(block: Block, name: str, column: Column) -> Period:
    """Reference period of a column, from where the contract says that it is printed.

    Raises:
        CivicError: It is not printed there; the sentence names the cell.
    """
    rule = column.period
    if rule is None:
        raise CivicError(f"the contract gives column {column.name!r} of {block.table.name!r} no period")
    if rule.source in ("title", "latest_in_title"):
        stated = max(block.periods)
        return Period(stated.start, stated.end, rule.kind)
    header = block.header(name)
    years = years_ending(header)
    period = Period(years[0].start, years[0].end, rule.kind) if years else mid_year(header)
    if period is None:
        where = block.sheet.locator(block.header_row, block.columns[name])
        raise CivicError(f"the header at {where} names no period: {header!r}")
    return period


def observe(
    target: ObservationColumns,
    block: Block,
    areas: Sequence[Area],
    contract: Contract,
    *,
    period: Callable[[Block, str, Column], Period] = period_of,
    breakdown: Callable[[Block, str, Column], str] | None = None,
    periods: Sequence[Period] | None = None,
    breakdowns: Sequence[str] | None = None,
) -> None:
    """Appends every figure of a table: one observation for each cell of each column of figures.

    Args:
        target: Where to.
        block: The table; its data rows are the rows of `areas`.
        areas: What each data row is about.
        contract: For the symbols.
        period: Reference period of a column.
        breakdown: Breakdown of a column, where its header says it (one column for each year of age).
        periods: Reference period of each row, where rows and not columns have one.
        breakdowns: Breakdown of each row, where rows and not columns have one.
    """
    import pyarrow as pa

    by_row: dict[str, Any] = dict(_row_columns(block, areas))
    if periods is not None:
        by_row["period_start"] = pa.array([p.start for p in periods], pa.date32())
        by_row["period_end"] = pa.array([p.end for p in periods], pa.date32())
        by_row["period_kind"] = pa.array([str(p.kind) for p in periods], pa.string())
    if breakdowns is not None:
        by_row["breakdown"] = pa.array(breakdowns, pa.string())
    symbols = contract.symbols_of(block.table)
    for name, column in block.figures():
        if periods is None:
            when = period(block, name, column)
            by_row.update(period_start=when.start, period_end=when.end, period_kind=str(when.kind))
        values, statuses, texts = zip(*_read(block.cells(name), symbols), strict=True)
        locators = block.locators(name)
        if UNREADABLE in statuses:
            target.problems.extend(
                unreadable(locators[row], texts[row], areas[row].code, column.measure)
                for row, status in enumerate(statuses)
                if status == UNREADABLE
            )
        target.extend(
            len(areas),
            {
                "breakdown": breakdown(block, name, column) if breakdown else column.breakdown,
                **by_row,
                "table_id": block.table.name,
                "measure": column.measure,
                "statistic": str(column.statistic),
                "unit": column.unit,
                "value": values,
                "status": statuses,
                "value_text": texts,
                "locator": locators,
            },
        )


def _read(
    cells: Sequence[CellValue], symbols: Mapping[str, Symbol]
) -> list[tuple[float | None, str | None, str]]:
    """`read_cell` of every cell; each different cell is read once, since small counts repeat thousands of times."""
    # With the type, because True == 1.0 in Python, and a truth value is no number here.
    keys = list(zip(map(type, cells), cells, strict=True))
    read = {key: read_cell(key[1], symbols) for key in set(keys)}
    return [read[key] for key in keys]


def _row_columns(block: Block, areas: Sequence[Area]) -> dict[str, pa.Array]:
    """What is the same in all columns of a table: made once for its rows."""
    import pyarrow as pa

    lines = block.sheet.line_numbers
    numbers = [row + 1 if lines is None else lines[row] for row in block.rows]
    return {
        "row_number": pa.array(numbers, pa.int32()),
        "row_kind": pa.array([area.kind for area in areas], pa.string()),
        "area_code": pa.array([area.code for area in areas], pa.string()),
        "area_name": pa.array([area.name for area in areas], pa.string()),
        "area_type": pa.array([area.type for area in areas], pa.string()),
        "parent_code": pa.array([area.parent for area in areas], pa.string()),
        "partnership_code": pa.array([area.partnership for area in areas], pa.string()),
        "authority_code": pa.array([area.authority for area in areas], pa.string()),
    }


def unreadable(locator: str, text: str, area_code: str, measure: str) -> RowProblem:
    """The problem of a cell that is neither a number nor a symbol of the contract."""
    return RowProblem(
        check_id="R-06",
        locator=locator,
        observed=text,
        expected="a number, or a symbol of the contract",
        message=f"{locator} prints {text!r}: no number, and no symbol of the contract; it is not guessed.",
        area_code=area_code,
        measure=measure,
    )
