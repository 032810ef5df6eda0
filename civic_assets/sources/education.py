"""What the Department for Education's files have in common, whichever publication they belong to.

Belongs here: rows of 'explore education statistics' files (levels, areas, `time_period` and `time_identifier`), and
figures whose period, breakdown or measure stands in the row. Does not belong here: the columns of one publication (its
contract) and which of its rows mean what (its parser).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from civic_assets.contracts.model import Column, Contract
from civic_assets.errors import CivicError
from civic_assets.readers.drift import Drift, DriftKind
from civic_assets.readers.grid import Grid
from civic_assets.readers.table_finder import Block, FoundTables
from civic_assets.sources.education_areas import SUMS, Locating, Printed
from civic_assets.sources.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.sources.reading import is_synthetic
from civic_assets.values import named_periods
from civic_assets.values.cells import label
from civic_assets.values.periods import Period, PeriodKind, Statistic


@dataclass(frozen=True, slots=True, order=True)
class Stated:
    """A printed time period: the later of its calendar years (2017 for 2016/17), and the term where it is one."""

    year: int
    term: str = ""


PeriodOf = Callable[[Stated], Period]
_TERMS = {name: name.removesuffix(" term") for name in (*named_periods.TERMS, *named_periods.TWO_TERMS)}
# Of two periods that end in one academic year, the later.
_ORDER = ("", "autumn", "spring", "autumn and spring", "summer")
_SPAN = re.compile(r"(\d{4})[-/ ]?(\d{2})")


def stated(text: str, identifier: str, expected: Sequence[str]) -> Stated | None:
    """Reads a `time_period` (`201617`, `2016/17`, `2017`) beside its `time_identifier`.

    Args:
        text: The `time_period` as printed.
        identifier: As printed; older files have none, then the first that is expected counts.
        expected: Identifiers that the source may have, in lower case. A financial or academic year and a term have six
            digits, any other four.

    Returns:
        None when digits and identifier contradict each other, or the source has no such identifier.
    """
    what = label(identifier) or expected[0]
    if what not in expected:
        return None
    if what in ("academic year", "financial year") or what in _TERMS:
        span = _SPAN.fullmatch(text.strip())
        year = int(span[1]) + 1 if span else 0
        return Stated(year, _TERMS.get(what, "")) if span and year % 100 == int(span[2]) else None
    return Stated(int(text)) if re.fullmatch(r"\d{4}", text.strip()) else None


def stated_periods(block: Block, expected: Sequence[str]) -> list[Stated]:
    """The period that each row states (columns `time_period` and `time_identifier`).

    Raises:
        CivicError: A row states none that the source can have; names the cell.
    """
    texts, identifiers = block.texts("time_period"), block.texts("time_identifier")
    read = {pair: stated(*pair, expected) for pair in set(zip(texts, identifiers, strict=True))}
    periods = []
    for row, pair in enumerate(zip(texts, identifiers, strict=True)):
        period = read[pair]
        if period is None:
            raise CivicError(_unreadable_period(block, row, *pair, expected))
        periods.append(period)
    return periods


def _unreadable_period(block: Block, row: int, text: str, identifier: str, expected: Sequence[str]) -> str:
    where = block.locators("time_period")[row]
    if not text or label(text) in SUMS:
        return (
            f"The row of {where} states no time period ({text!r}): it looks like a total that somebody appended. Give "
            "the file as the publisher has it."
        )
    return (
        f"{where} prints the time period {text!r} beside the identifier {identifier!r}; expected is "
        f"{' or '.join(map(repr, expected))} with a year that fits it. Ask the publisher which is right."
    )


def latest(block: Block, expected: Sequence[str]) -> Stated:
    """The newest period of a file, after which its edition is named.

    A row that states none is not looked at here: it holds the release back when the file is read.

    Raises:
        CivicError: No row states a period that the source can have; names the first cell.
    """
    pairs = list(zip(block.texts("time_period"), block.texts("time_identifier"), strict=True))
    periods = [period for pair in set(pairs) if (period := stated(*pair, expected))]
    if not pairs:
        raise CivicError(f"the table {block.table.printed_name!r} has no rows; download the file again")
    if not periods:
        raise CivicError(_unreadable_period(block, 0, *pairs[0], expected))
    return max(periods, key=lambda period: (period.year, _ORDER.index(period.term)))


def academic_year(period: Stated) -> Period:
    """1 September to 31 August, or the months that a term, or two terms together, stand for."""
    if f"{period.term} term" in named_periods.TWO_TERMS:
        return named_periods.two_terms(period.year, f"{period.term} term")
    if period.term:
        return named_periods.term(period.year, f"{period.term} term")
    return named_periods.academic_year(period.year)


def january_census(period: Stated) -> Period:
    """January of the year, since the day of the census is not printed.

    The headcount beside a term is the base of that term's rates and stands for the term: autumn takes the January
    before it, spring and summer share one, so that under its own date one figure would stand in three places.
    """
    if period.term:
        return academic_year(period)
    return named_periods.january_census(period.year)


def financial_year(period: Stated) -> Period:
    """Year ending 31 March."""
    return named_periods.financial_year(period.year)


def end_of_march(period: Stated) -> Period:
    """31 March, the day on which children looked after and children in need are counted."""
    return named_periods.end_of_march(period.year)


def winter_average(period: Stated) -> Period:
    """December to February, over which NEET figures are averaged: 2023 is December 2022 to February 2023."""
    return named_periods.winter_average(period.year)


def areas_of(block: Block, periods: Sequence[Period], locating: Locating) -> list[Area]:
    """What each row of a file in today's common layout is about, by `geographic_level`."""
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
            rows.append(Printed(level, "", "", country or "England", "", last))
        elif label(level) in ("regional", "region"):
            rows.append(Printed(level, region, "", region_name, "", last))
        else:
            rows.append(Printed(level, code.strip("."), number.strip("."), name, region, last))
    return locating.areas(rows, block.locators("la_name"))


def joined(*breakdowns: str) -> str:
    """One breakdown of several: `total` and `phase=special` are `phase=special`; keys in alphabetical order."""
    parts = sorted({part for text in breakdowns for part in text.split(";") if part != "total"})
    return ";".join(parts) or "total"


def broken_down(key: str, value: str) -> str:
    """`total` for totals, else `key=value`, in lower case and without the characters that separate breakdowns."""
    text = label(value).translate({ord(";"): ",", ord("="): "-"})
    return "total" if text in ("", "total", "all") else f"{label(key)}={text}"


def observe_rows(
    target: ObservationColumns,
    block: Block,
    areas: Sequence[Area],
    contract: Contract,
    when: Sequence[Stated],
    period_of: Mapping[PeriodKind, PeriodOf],
    breakdowns: Sequence[str] | None = None,
) -> None:
    """Appends every figure of a table whose rows state their period.

    Args:
        target: Where to.
        block: The table.
        areas: What each row is about.
        contract: For the symbols.
        when: What each row states.
        period_of: The period that it means, for each kind of period that the contract gives a column.
        breakdowns: Breakdown of each row, beside that of the column.
    """
    alike: dict[tuple[PeriodKind, str], dict[str, int]] = defaultdict(dict)
    for name, column in block.figures():
        if column.period is None:
            raise CivicError(
                f"the contract gives column {column.name!r} of {block.table.name!r} no kind of period"
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
    when: Sequence[Stated],
    period_of: Mapping[PeriodKind, PeriodOf],
    breakdowns: Sequence[str] | None = None,
) -> None:
    """Appends the figures of a table in which a label of the row, and not the column, says what is measured.

    Args:
        target: Where to.
        block: The table.
        labels: Key of each row in the contract's `measureLabels`; an entry has `measure` and, where they differ from
            the column's, `percent_measure` (of columns in percent), `rate_measure` (of other rates), `unit`,
            `statistic`, `period` (its kind) and `breakdown`.
        areas: What each row is about.
        contract: For the labels and symbols.
        when: What each row states.
        period_of: As in `observe_rows`.
        breakdowns: As in `observe_rows`.
    """
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(labels):
        rows_of[text].append(row)
    for text, rows in rows_of.items():
        entry = contract.options["measureLabels"][text]
        columns = tuple(column if column.key else _labelled(column, entry) for column in block.table.columns)
        part = replace(
            block, table=replace(block.table, columns=columns), rows=[block.rows[row] for row in rows]
        )
        own = [breakdowns[row] for row in rows] if breakdowns else None
        observe_rows(
            target, part, [areas[r] for r in rows], contract, [when[r] for r in rows], period_of, own
        )


def _labelled(column: Column, entry: Mapping[str, str]) -> Column:
    own = "percent_measure" if column.unit == "percent" else "rate_measure"
    rate = column.statistic is Statistic.RATE and own in entry
    kind = entry.get("period")
    return replace(
        column,
        measure=entry[own if rate else "measure"],
        unit=column.unit if rate else entry.get("unit", column.unit),
        statistic=column.statistic if rate else Statistic(entry.get("statistic", str(column.statistic))),
        breakdown=entry.get("breakdown", column.breakdown),
        period=replace(column.period, kind=PeriodKind(kind)) if kind and column.period else column.period,
    )


def known_rows(
    block: Block, column: str, known: Collection[str], ignored: Collection[str]
) -> tuple[Block, list[Drift]]:
    """The rows whose label, in a column that says what is measured, is known; and one difference for each other label.

    A measure more than the contract knows is no reason to leave those out that it knows.

    Args:
        block: The table.
        column: Its column of labels.
        known: Labels that are read.
        ignored: Labels that are known and not read.
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
            f"The measure {text!r}, first at {where}, is unknown to table {block.table.name!r}; its {counted} are kept "
            "in raw and not read. Add it to measureLabels of the contract, or to ignoredLabels with the reason."
        )
        drift.append(Drift(DriftKind.ADDED_MEASURE, block.table.name, text, where, message))
    return replace(block, rows=rows), drift


def kinds_of(areas: Sequence[Area]) -> Counter[str]:
    """How many rows of each kind."""
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
    """The release that one of these files is, when its figures have been observed.

    Args:
        grid: The file.
        found: Its tables.
        contract: Of the source.
        edition: Release key.
        columns: Its observations and their problems.
        locating: Areas that nobody knows.
        areas: What each row is about.
        problems: Others that the parser found.
        ignored: Rows that the contract leaves out, beside those of other levels of geography.
        drift: Differences from the contract that stand in the rows.
    """
    ignored += sum(number for block in found.blocks.values() for number in block.left_out.values())
    return Parsed(
        source=contract.source,
        edition=edition or "",
        found=replace(found, drift=(*found.drift, *drift)),
        observations=columns.table(),
        problems=[*columns.problems, *locating.problems.values(), *problems],
        row_kinds=kinds_of(areas) + Counter(ignored=ignored),
        synthetic=is_synthetic(grid),
    )
