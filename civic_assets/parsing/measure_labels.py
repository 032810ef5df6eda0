"""Rows that name their own measure: which of them are read, and how a column is read under each label.

Belongs here: applying a contract's `measureLabels` to rows and columns. Does not belong here: reading areas and periods
of rows (the parsers).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from civic_assets.contracts.model import Column
from civic_assets.contracts.particulars import MeasureLabel
from civic_assets.parsing.blocks import Block, table_label
from civic_assets.parsing.drift import Drift, DriftKind
from civic_assets.values.cells import label
from civic_assets.values.periods import PeriodKind, Statistic


def known_rows(
    block: Block, column: str, known: Collection[str], ignored: Collection[str]
) -> tuple[Block, list[Drift]]:
    """The rows whose measure label is known, and one difference for each other label.

    Known measures are read even if there is an unknown one.

    Args:
        block: Table to read.
        column: Column of the measure labels.
        known: Labels that are read.
        ignored: Labels that are known but not read.
    """
    rows, others, first = [], Counter[str](), dict[str, int]()
    for place, (row, text) in enumerate(zip(block.rows, block.texts(column), strict=True)):
        if label(text) in known:
            rows.append(row)
        elif label(text) not in ignored:
            others[text] += 1
            first.setdefault(text, place)
    drift = []
    for text, number in others.items():
        where = block.locators(column)[first[text]]
        counted = "1 row" if number == 1 else f"{number:,} rows"
        message = (
            f"The measure {text!r}, first at {where}, is unknown in {table_label(block.table)}; its {counted} are "
            "kept in the raw layer but not read. Add it to measureLabels of the contract, or to ignoredLabels with "
            "the reason."
        )
        drift.append(Drift(DriftKind.ADDED_MEASURE, block.table.name, text, where, message))
    return replace(block, rows=rows), drift


def labelled_column(column: Column, entry: MeasureLabel) -> Column:
    """A column of figures as it is read in the rows of one label."""
    own = entry.percent_measure if column.unit == "percent" else entry.rate_measure
    rate = column.statistic is Statistic.RATE and bool(own)
    kind = entry.period
    return replace(
        column,
        measure=own if rate else entry.measure,
        unit=column.unit if rate else entry.unit or column.unit,
        statistic=column.statistic if rate else Statistic(entry.statistic or str(column.statistic)),
        breakdown=entry.breakdown or column.breakdown,
        status=entry.status,
        period=replace(column.period, kind=PeriodKind(kind)) if kind and column.period else column.period,
    )
