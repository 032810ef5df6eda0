"""The default parser: tables whose rows and columns the contract describes whole (`rows` of the layout).

Belongs here: putting together the areas, periods, groups and measures of such rows. Does not belong here: what a row
is about (the contract), and reading the single cells (`sources.rows`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from civic_assets.contracts.model import Contract, PeriodRule
from civic_assets.contracts.rows import Rows
from civic_assets.errors import ContractError
from civic_assets.parsing.blocks import Block, FoundTables
from civic_assets.parsing.breakdowns import broken_down, joined
from civic_assets.parsing.coded_blocks import coded_texts
from civic_assets.parsing.drift import Drift
from civic_assets.parsing.measure_labels import known_rows, labelled_column
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.parsing.reading import is_synthetic
from civic_assets.readers.grid import Grid
from civic_assets.sources.dfe.areas import Locating
from civic_assets.sources.dfe.layouts import areas_of as education_areas_of
from civic_assets.sources.rows.areas import areas_of
from civic_assets.sources.rows.periods import latest_period, periods_of, release_key, rules_of
from civic_assets.values.cells import label
from civic_assets.values.coded import Coded, together
from civic_assets.values.periods import Period

T = TypeVar("T")


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key, from the latest period of the rows: `2024-12`, or as the contract says (`edition`)."""
    latest = latest_period(list(found.blocks.values()))
    return release_key(*latest) if latest else None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the tables.

    Row kinds are those of the contract's levels of areas; a row whose area is not known has the kind `unlisted_...`.

    Raises:
        CivicError: A row names no period or no area; the message names the cell.
    """
    read = _Read()
    for block in found.blocks.values():
        _read_table(read, block, contract)
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=replace(found, drift=(*found.drift, *read.drift)),
        observations=read.columns.table(),
        problems=[*read.columns.problems, *read.problems],
        row_kinds=read.kinds,
        synthetic=is_synthetic(grid),
    )


@dataclass
class _Read:
    """What has been read so far."""

    columns: ObservationColumns = field(default_factory=ObservationColumns)
    problems: list[RowProblem] = field(default_factory=list)
    drift: list[Drift] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)


def _read_table(read: _Read, block: Block, contract: Contract) -> None:
    rows = block.table.rows
    if rows is None:
        raise ContractError(
            contract.file, block.table.name, "the table does not say what a row is about (rows of its layout)"
        )
    ignored = sum(block.left_out.values())
    if rows.measure:
        every = len(block.rows)
        block, drift = known_rows(block, rows.measure, contract.measure_labels, ())
        read.drift += drift
        ignored += every - len(block.rows)
    read.kinds += Counter(ignored=ignored)
    if not block.rows:
        return
    when = periods_of(block, rows.period, rules_of(block)[0])
    if rows.areas_of == "education":
        locating = Locating()
        areas = Coded.of(education_areas_of(block, list(when), locating))
        read.problems += locating.found
    else:
        areas = areas_of(block, rows.areas, when.map(_last_day), read.problems)
    for area, number in zip(areas.values, areas.counts().tolist(), strict=True):
        read.kinds[area.kind] += number
    breakdowns = _breakdowns(block, rows)
    for part, places in _by_measure(block, rows, contract):
        own_areas = areas if places is None else _at(areas, places)
        own_groups = breakdowns if places is None or breakdowns is None else _at(breakdowns, places)
        _observe(read.columns, part, rows, own_areas, own_groups, contract)


def _last_day(period: Period) -> date:
    return period.end - timedelta(days=1)


def _at(column: Coded[T], rows: Sequence[int]) -> Coded[T]:
    import numpy as np

    return replace(column, codes=column.codes[np.asarray(rows, np.int64)])


def _by_measure(block: Block, rows: Rows, contract: Contract) -> Iterator[tuple[Block, list[int] | None]]:
    """The table as it is; or its rows of each measure, with their places, where a column names the measure."""
    if not rows.measure:
        yield block, None
        return
    places: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(block.texts(rows.measure)):
        places[label(text)].append(at)
    for text, mine in places.items():
        entry = contract.measure_labels[text]
        columns = tuple(
            column if column.key else labelled_column(column, entry) for column in block.table.columns
        )
        table = replace(block.table, columns=columns)
        yield replace(block, table=table, rows=[block.rows[at] for at in mine]), mine


def _breakdowns(block: Block, rows: Rows) -> Coded[str] | None:
    """The group of each row; None if the contract names no column of groups."""
    if not rows.breakdowns:
        return None
    printed = together(*(coded_texts(block, cells.column) for cells in rows.breakdowns.values()))
    shown = []
    for texts in printed.values:
        parts = []
        for (key, cells), text in zip(rows.breakdowns.items(), texts, strict=True):
            word = cells.words.get(label(text), text)
            parts.append("total" if label(text) in cells.total else broken_down(key, word))
        shown.append(joined(*parts))
    return Coded(shown, printed.codes)


def _observe(
    target: ObservationColumns,
    block: Block,
    rows: Rows,
    areas: Coded[Area],
    breakdowns: Coded[str] | None,
    contract: Contract,
) -> None:
    """Append the figures of a table; columns with the same kind of period and the same group are read together."""
    alike: dict[tuple[PeriodRule, str], dict[str, int]] = defaultdict(dict)
    for name, column in block.figures():
        if column.period is not None:
            alike[column.period, column.breakdown][name] = block.columns[name]
    for (rule, own), columns in alike.items():
        observe(
            target,
            replace(block, columns=columns),
            areas,
            contract,
            periods=periods_of(block, rows.period, rule),
            breakdowns=breakdowns.map(partial(joined, own)) if breakdowns is not None else None,
        )
