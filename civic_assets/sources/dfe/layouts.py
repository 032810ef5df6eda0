"""Features common to the Department for Education's files in all publications.

Belongs here: rows of 'explore education statistics' files (areas, labels), and figures whose period, breakdown or
measure is in the row. Does not belong here: what a printed time period means (`periods`), the columns of
one publication (its contract) and the meaning of its rows (its parser).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError
from civic_assets.parsing.blocks import table_label
from civic_assets.parsing.breakdowns import joined
from civic_assets.parsing.drift import Drift
from civic_assets.parsing.measure_labels import labelled_column
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.parsing.reading import is_synthetic
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.dfe.areas import Locating, PrintedArea
from civic_assets.sources.dfe.periods import PeriodOf, PrintedPeriod
from civic_assets.values.cells import label
from civic_assets.values.periods import Period, PeriodKind


def areas_of(block: Block, periods: Sequence[Period], locating: Locating) -> list[Area]:
    """The area of each row of a file in the current common layout, by `geographic_level`."""
    names = (
        "geographic_level",
        "new_la_code",
        "old_la_code",
        "la_name",
        "region_code",
        "region_name",
        "country_name",
    )
    rows = []
    for period, row in zip(periods, zip(*map(block.texts, names), strict=True), strict=True):
        level, code, number, name, region, region_name, country = row
        last = period.end - timedelta(days=1)
        if label(level) == "national":
            rows.append(PrintedArea(level, "", "", country or "England", "", last))
        elif label(level) in ("regional", "region"):
            rows.append(PrintedArea(level, region, "", region_name, "", last))
        else:
            rows.append(PrintedArea(level, code.strip("."), number.strip("."), name, region, last))
    return locating.areas(rows, block.locators("la_name"))


def observe_rows(
    target: ObservationColumns,
    block: Block,
    areas: Sequence[Area],
    contract: Contract,
    when: Sequence[PrintedPeriod],
    period_of: Mapping[PeriodKind, PeriodOf],
    breakdowns: Sequence[str] | None = None,
) -> None:
    """Append every figure of a table whose rows state their period.

    Args:
        target: Observations to append to.
        block: Table to read.
        areas: Area of each row.
        contract: Contract, which declares the symbols.
        when: Period printed in each row.
        period_of: Function from a printed period to the period it means, for each kind of period in the contract.
        breakdowns: Breakdown of each row, in addition to that of the column.
    """
    alike: dict[tuple[PeriodKind, str], dict[str, int]] = defaultdict(dict)
    for name, column in block.figures():
        if column.period is None:
            raise CivicError(
                f"the contract gives no kind of period for column {column.name!r} of {table_label(block.table)}"
            )
        alike[column.period.kind, column.breakdown][name] = block.columns[name]
    for (kind, own), columns in alike.items():
        meant = {period: period_of[kind](period) for period in set(when)}
        both = {text: joined(own, text) for text in set(breakdowns or ())}
        observe(
            target,
            replace(block, columns=columns),
            areas,
            contract,
            periods=[meant[period] for period in when],
            breakdowns=[both[text] for text in breakdowns] if breakdowns else [own] * len(areas),
        )


def observe_labelled(
    target: ObservationColumns,
    block: Block,
    labels: Sequence[str],
    areas: Sequence[Area],
    contract: Contract,
    when: Sequence[PrintedPeriod],
    period_of: Mapping[PeriodKind, PeriodOf],
    breakdowns: Sequence[str] | None = None,
) -> None:
    """Append the figures of a table in which a label in the row, not the column, names the measure.

    Args:
        target: Observations to append to.
        block: Table to read.
        labels: Key of each row in the contract's `measureLabels`; an entry has `measure` and, if they differ from
            the column's, `percent_measure` (of columns in percent), `rate_measure` (of other rates), `unit`,
            `statistic`, `period` (its kind) and `breakdown`.
        areas: Area of each row.
        contract: Contract, which declares the labels and symbols.
        when: Period printed in each row.
        period_of: See `observe_rows`.
        breakdowns: See `observe_rows`.
    """
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(labels):
        rows_of[text].append(row)
    for text, rows in rows_of.items():
        entry = contract.measure_labels[text]
        columns = tuple(
            column if column.key else labelled_column(column, entry) for column in block.table.columns
        )
        part = replace(
            block, table=replace(block.table, columns=columns), rows=[block.rows[row] for row in rows]
        )
        own = [breakdowns[row] for row in rows] if breakdowns else None
        observe_rows(
            target, part, [areas[r] for r in rows], contract, [when[r] for r in rows], period_of, own
        )


def kinds_of(areas: Sequence[Area]) -> Counter[str]:
    """Number of rows of each kind."""
    return Counter(area.kind for area in areas)


def finished(
    grid: Grid,
    found: FoundTables,
    contract: Contract,
    edition: str | None,
    columns: ObservationColumns,
    locating: Locating,
    areas: Sequence[Area],
    *,
    problems: Iterable[RowProblem] = (),
    ignored: int = 0,
    drift: Iterable[Drift] = (),
) -> Parsed:
    """The parsed release, once the figures of its file have been observed.

    Args:
        grid: Grid of the file.
        found: Tables found in the file.
        contract: Contract of the source.
        edition: Release key.
        columns: Observations of the file, with their problems.
        locating: Area finder, which holds the problems with areas.
        areas: Area of each row.
        problems: Other problems that the parser found.
        ignored: Rows that the contract leaves out, in addition to those of other geographic levels.
        drift: Differences from the contract within the rows.
    """
    ignored += sum(number for block in found.blocks.values() for number in block.left_out.values())
    return Parsed(
        source=contract.source,
        edition=edition or "",
        found=replace(found, drift=(*found.drift, *drift)),
        observations=columns.table(),
        problems=[*columns.problems, *locating.found, *problems],
        row_kinds=kinds_of(areas) + Counter(ignored=ignored),
        synthetic=is_synthetic(grid),
    )
