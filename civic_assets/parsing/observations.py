"""Validated observations: the common output of all parsers.

Belongs here: the columns of an observation, and turning a located table into observations, column by column.
Does not belong here: the meaning of a publisher's rows (that source's parser) and the common vocabulary of
areas (`civic_assets.harmonise`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from civic_assets.contracts.model import Column, Contract
from civic_assets.errors import CivicError
from civic_assets.house_numbers.listing import FINDINGS_OF_A_CHECK
from civic_assets.parsing.blocks import Block, FoundTables, table_label
from civic_assets.parsing.coded_blocks import coded_cells, locator, locator_array, printed_numbers
from civic_assets.values.cells import UNREADABLE, CellValue, Symbol, plain, read_cell
from civic_assets.values.coded import Coded
from civic_assets.values.period_text import mid_year, years_ending
from civic_assets.values.periods import Period
from civic_assets.values.texts import Texts

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.parsing.statements import Statement
    from civic_assets.values.coded import Codes

T = TypeVar("T")

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("table_id", "string", "table of the contract that contains the figure"),
    ("row_number", "int32", "row of the sheet, or line of the delimited file, counted from 1"),
    ("row_kind", "string", "kind of the publisher's row: force_total, partnership, unassigned, ..."),
    ("measure", "string", "what is counted or computed"),
    (
        "area_code",
        "string",
        "publisher's code of the area; for a row without a code, its parent's code and its kind",
    ),
    ("area_name", "string", "name as printed, without note markers and stray spaces"),
    ("area_type", "string", "kind of area"),
    ("parent_code", "string", "area that this area is a part of, within the table"),
    ("partnership_code", "string", "Community Safety Partnership, if the row is one"),
    ("authority_code", "string", "local authority printed in the row, if it is a code"),
    ("period_start", "date32", "first day"),
    ("period_end", "date32", "day after the last day"),
    ("period_kind", "string", "what the publisher means by the period"),
    ("statistic", "string", "flow, stock, rate, change, ..."),
    ("breakdown", "string", "'total' or key=value;... in a fixed order"),
    ("unit", "string", "count, percent, per_1000_population, ..."),
    ("value", "float64", "the figure; null if a status replaces it"),
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
    """A faulty row or cell, with the address to look at (rules R-06, V-01 and V-05).

    Args:
        locators: Addresses of all rows concerned, if there are several.
        number: How many faults it stands for: a column that is wrong in every row has one for all of them.
    """

    check_id: str
    locator: str
    observed: str
    expected: str
    message: str
    area_code: str = ""
    measure: str = ""
    locators: Sequence[str] = ()
    number: int = 1


@dataclass(frozen=True, slots=True)
class Caption:
    """A period stated in a text of the file (rule V-09)."""

    locator: str
    text: str
    period: Period
    table: str = ""


@dataclass(frozen=True, slots=True)
class NoteMark:
    """A place of a table from which a note is reached; what is empty is not limited.

    Args:
        locator: Cell with the mark; for a note that no cell of the table marks, the note itself.
        table: Table of the contract.
        place: `title`, `column`, `row` or `cell`; `table` if no mark leads to the note, which is about the table.
        areas: Codes of the areas of a marked row.
        measures: Measures of a marked column.
        periods: Periods of a marked column, if it has others than the table.
    """

    locator: str
    table: str
    place: str
    areas: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A publisher's note.

    Args:
        areas: Codes of the areas concerned; empty if the note is about all.
        periods: Years that the note names; empty if it names none.
        kind: Where it is: `note` in a list, `footnote`, `above_table`, `cover`; or `source` if the parser states it.
        number: Number or symbol by which marks refer to it; empty without one.
        caption: Heading of its list; empty without one.
        marks: Places of the tables that it is about; empty for a note about the whole file.
    """

    locator: str
    text: str
    areas: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    kind: str = "source"
    number: str = ""
    caption: str = ""
    marks: tuple[NoteMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """One parsed release.

    Args:
        edition: Release key, e.g. `2024-12`; the archive numbers its reissues.
        observations: Table with the columns of `FIELDS`.
        notes: Publisher's notes that the parser states; `parsing.notes` finds the others.
        statements: Sentences published with the tables; they are not observations.
    """

    source: str
    edition: str
    found: FoundTables
    observations: pa.Table
    problems: Sequence[RowProblem] = ()
    captions: Sequence[Caption] = ()
    row_kinds: Mapping[str, int] = field(default_factory=Counter)
    synthetic: bool = False
    notes: Sequence[Note] = ()
    statements: Sequence[Statement] = ()


@cache
def arrow_schema() -> pa.Schema:
    """Arrow schema of `FIELDS`."""
    import pyarrow as pa

    types = {"string": pa.string(), "int32": pa.int32(), "date32": pa.date32(), "float64": pa.float64()}
    return pa.schema([(name, types[kind]) for name, kind, _ in FIELDS])


class ObservationColumns:
    """Observations collected one column of cells at a time; values common to a column are stored once."""

    def __init__(self) -> None:
        self._chunks: dict[str, list[pa.Array]] = {name: [] for name, _, _ in FIELDS}
        self.problems: list[RowProblem] = []

    def extend(self, size: int, columns: Mapping[str, Any]) -> None:
        """Append `size` observations; a column is an Arrow array or a list of that length, or one value for all."""
        import pyarrow as pa

        for column in arrow_schema():
            value = columns.get(column.name)
            if isinstance(value, (list, tuple)):
                value = pa.array(value, column.type)
            elif not isinstance(value, pa.Array):
                value = pa.repeat(pa.scalar(value, column.type), size)
            if len(value) != size or value.type != column.type:
                raise ValueError(
                    f"column {column.name} has {len(value)} {value.type}, not {size} {column.type}"
                )
            self._chunks[column.name].append(value)

    def table(self) -> pa.Table:
        """The observations as one Arrow table."""
        import pyarrow as pa

        for column in arrow_schema():
            # Columns are joined one at a time, each replacing its parts, so that the data is never held twice.
            parts = self._chunks[column.name]
            parts[:] = [pa.concat_arrays(parts) if parts else pa.array([], column.type)]
        return pa.table([parts[0] for parts in self._chunks.values()], schema=arrow_schema())


def period_of(block: Block, name: str, column: Column) -> Period:
    """Reference period of a column, read where the contract says that it is printed.

    Raises:
        CivicError: No period is printed there; the message names the cell.
    """
    rule = column.period
    if rule is None:
        raise CivicError(
            f"the contract gives no period for column {column.name!r} of {table_label(block.table)}"
        )
    if rule.source in ("title", "latest_in_title"):
        stated = max(block.periods)
        return Period(stated.start, stated.end, rule.kind)
    header = block.header(name)
    years = years_ending(header)
    period = Period(years[0].start, years[0].end, rule.kind) if years else mid_year(header)
    if period is None:
        where = block.sheet.locator(block.header_row, block.columns[name])
        raise CivicError(f"the header at {where} does not state a period: {header!r}; ask the publisher")
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
    """Append every figure of a table: one observation for each cell of each column of figures.

    A sequence with one element per row may be `Coded`, so that each distinct value is handled only once.

    Args:
        target: Observations to append to.
        block: Table to read; its data rows correspond to `areas`.
        areas: Area of each data row.
        contract: Contract, which declares the symbols.
        period: Function that returns the reference period of a column.
        breakdown: Function that returns the breakdown of a column, if its header states it (e.g. one column per year of
            age).
        periods: Reference period of each row, if rows rather than columns have one.
        breakdowns: Breakdown of each row, if rows rather than columns have one.
    """
    import numpy as np
    import pyarrow as pa

    by_row: dict[str, Any] = _row_columns(block, _coded(areas))
    if periods is not None:
        when_of = _coded(periods)
        by_row["period_start"] = when_of.map(lambda when: when.start).arrow(pa.date32())
        by_row["period_end"] = when_of.map(lambda when: when.end).arrow(pa.date32())
        by_row["period_kind"] = when_of.map(lambda when: str(when.kind)).arrow(pa.string())
    if breakdowns is not None:
        by_row["breakdown"] = _coded(breakdowns).arrow(pa.string())
    symbols = contract.symbols_of(block.table)
    # Figures of all columns that are read alike, each cell once: small counts repeat from column to column.
    known: dict[tuple[bool, str], dict[object, tuple[float | None, str | None, str]]] = {}
    for name, column in block.figures():
        if periods is None:
            when = period(block, name, column)
            by_row.update(period_start=when.start, period_end=when.end, period_kind=str(when.kind))
        cells = coded_cells(block, name).used()
        readings = known.setdefault((column.unit == "count", column.status), {})
        read = []
        for cell in cells.values:
            key = cell if isinstance(cell, str) else (type(cell), cell)
            reading = readings.get(key)
            if reading is None:
                reading = readings[key] = _read_figure(cell, symbols, column.unit, column.status)
            read.append(reading)
        unread = [at for at, (_, status, _) in enumerate(read) if status == UNREADABLE]
        if unread:
            rows = np.flatnonzero(np.isin(cells.codes, unread))
            target.problems += _unreadable(block, name, column, rows, Coded(read, cells.codes), areas)
        values, statuses, texts = zip(*read, strict=True) if read else ((), (), ())
        places = pa.array(cells.codes)
        target.extend(
            len(areas),
            {
                "breakdown": breakdown(block, name, column) if breakdown else column.breakdown,
                **by_row,
                "table_id": block.table.name,
                "measure": column.measure,
                "statistic": str(column.statistic),
                "unit": column.unit,
                "value": pa.array(values, pa.float64()).take(places),
                "status": pa.array(statuses, pa.string()).take(places),
                "value_text": pa.array(texts, pa.string()).take(places),
                "locator": locator_array(block, name),
            },
        )


def _unreadable(
    block: Block,
    name: str,
    column: Column,
    rows: Codes,
    read: Coded[tuple[float | None, str | None, str]],
    areas: Sequence[Area],
) -> list[RowProblem]:
    """The problems of a column's unreadable cells; one for all of them where the whole column is unreadable."""
    if len(rows) <= FINDINGS_OF_A_CHECK:
        return [
            unreadable(locator(block, name, row), read[row][2], areas[row].code, column.measure)
            for row in rows.tolist()
        ]
    import pyarrow as pa

    first = int(rows[0])
    where = locator(block, name, first)
    one = unreadable(where, read[first][2], areas[first].code, column.measure)
    message = f"{len(rows):,} cells of column {plain(block.header(name))!r} cannot be read. The first: {one.message}"
    cells = Texts(locator_array(block, name).take(pa.array(rows)))
    return [replace(one, message=message, area_code="", locators=cells, number=len(rows))]


def _read_figure(
    cell: CellValue, symbols: Mapping[str, Symbol], unit: str, qualified: str = ""
) -> tuple[float | None, str | None, str]:
    """Value, status and text of a cell. A number with a percent sign is not a count, and its base is unknown."""
    number, status, text = read_cell(cell, symbols)
    if unit == "count" and number is not None and "%" in text:
        return None, UNREADABLE, text
    return number, status or (qualified or None if number is not None else None), text


def _coded(items: Sequence[T]) -> Coded[T]:
    return items if isinstance(items, Coded) else Coded.of(items)


def _row_columns(block: Block, areas: Coded[Area]) -> dict[str, pa.Array]:
    """Fields that are the same for all columns of a table, built once for its rows."""
    import pyarrow as pa

    names = {
        "row_kind": "kind", "area_code": "code", "area_name": "name", "area_type": "type", "parent_code": "parent",
        "partnership_code": "partnership", "authority_code": "authority",
    }  # fmt: skip
    columns = {
        column: areas.map(attrgetter(attribute)).arrow(pa.string()) for column, attribute in names.items()
    }
    return {"row_number": pa.array(printed_numbers(block), pa.int32()), **columns}


def unreadable(locator: str, text: str, area_code: str, measure: str) -> RowProblem:
    """The problem for a cell that is neither a number nor a symbol declared in the contract."""
    says = (
        "which is neither a number nor a symbol of the contract. Add it to the contract's symbols, or ask the "
        "publisher"
    )
    if text.rstrip().endswith("%"):
        says = "a percentage in a column of counts. Ask the publisher"
    elif text.startswith("="):
        says = (
            "a formula that was not calculated before the file was saved. Open the file in a spreadsheet program, save "
            "it, and supply it again"
        )
    return RowProblem(
        check_id="R-06",
        locator=locator,
        observed=text,
        expected="a number, or a symbol of the contract",
        message=f"{locator} contains {text!r}, {says}.",
        area_code=area_code,
        measure=measure,
    )
