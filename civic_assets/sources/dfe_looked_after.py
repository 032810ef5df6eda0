"""Parser of the Department for Education's children looked after, with unaccompanied asylum-seeking children.

Belongs here: the meaning of a row in each layout, and the edition of a file. Does not belong here: headers, measures
and symbols (the contract), and features common to the department's files (`dfe.layouts`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from civic_assets.contracts.model import Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.errors import CivicError
from civic_assets.parsing.breakdowns import broken_down
from civic_assets.parsing.drift import Drift
from civic_assets.parsing.measure_labels import known_rows
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.dfe.areas import Locating, PrintedArea
from civic_assets.sources.dfe.layouts import areas_of, finished, observe_labelled, observe_rows
from civic_assets.sources.dfe.periods import (
    PrintedPeriod,
    end_of_march,
    financial_year,
    latest,
    stated_periods,
)
from civic_assets.values.cells import label
from civic_assets.values.periods import PeriodKind

_IDENTIFIERS = ("reporting year", "year ending 31 march")
_RATES = "number_and_rate"
_PERIODS = {PeriodKind.POINT_IN_TIME: end_of_march, PeriodKind.FINANCIAL_YEAR: financial_year}


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """Label of the group in which a value is a measure of its own: unaccompanied asylum-seeking children."""

    uasc_group: str


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: the year of the newest 31 March in the file, with `-number-and-rate` for that data set."""
    block = next(iter(found.blocks.values()))
    if block.table.name == "sfr":
        return str(_year_of_headers(block))
    suffix = "-number-and-rate" if block.table.name == _RATES else ""
    return f"{latest(block, _IDENTIFIERS).year}{suffix}"


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure that the contract reads, for each row that the publisher prints."""
    block = next(iter(found.blocks.values()))
    columns, locating, drift, every = ObservationColumns(), Locating(), list[Drift](), len(block.rows)
    if block.table.name == _RATES:
        block, drift = known_rows(block, "population_group", contract.measure_labels, ())
    if block.table.name == "sfr":
        when = [PrintedPeriod(_year_of_headers(block))] * len(block.rows)
        areas = _areas_of_sfr(block, when, locating)
        observe_rows(columns, block, areas, contract, when, _PERIODS)
    else:
        when = stated_periods(block, _IDENTIFIERS)
        areas = areas_of(block, [end_of_march(stated) for stated in when], locating)
        labels, breakdowns = _populations(block) if block.table.name == _RATES else _groups(block, contract)
        observe_labelled(columns, block, labels, areas, contract, when, _PERIODS, breakdowns)
    release = edition(found, contract)
    ignored = every - len(block.rows)
    return finished(grid, found, contract, release, columns, locating, areas, ignored=ignored, drift=drift)


def _populations(block: Block) -> tuple[list[str], list[str]]:
    """Population of each row: children at 31 March are a stock, those who started or ceased are a flow."""
    labels = list(map(label, block.texts("population_group")))
    return labels, ["total"] * len(labels)


def _groups(block: Block, contract: Contract) -> tuple[list[str], list[str]]:
    """Label of the measure and breakdown of each row: asylum status is a measure, other groups break down."""
    labels, breakdowns = [], []
    known = contract.measure_labels
    for group, value in zip(block.texts("group"), block.texts("value_of_group"), strict=True):
        own = label(group) == Options.of(contract).uasc_group and label(value) in known
        labels.append(label(value) if own else "total")
        total = label(value) in ("total", "all") and label(group) not in ("total", "all")
        other = f"{label(group)}=total" if total else broken_down(group, value)
        breakdowns.append("total" if own else other)
    return labels, breakdowns


def _areas_of_sfr(block: Block, when: list[PrintedPeriod], locating: Locating) -> list[Area]:
    names = ("level", "new_code", "number_of_area", "name_of_area")
    rows = []
    for stated, (level, code, number, name) in zip(
        when, zip(*map(block.texts, names), strict=True), strict=True
    ):
        # Regions are numbered with letters; England's number differs between the years.
        own = number if label(level) in ("la", "") else ""
        rows.append(PrintedArea(level, code, own, name, "", end_of_march(stated).start))
    return locating.areas(rows, block.locators("name_of_area"))


def _year_of_headers(block: Block) -> int:
    """The year in the headers of an SFR file, which must all name the same year."""
    named = [
        block.header(name) for name in ("looked_after", "during_year", "short_term") if name in block.columns
    ]
    years = {int(match[0]) for header in named if (match := re.search(r"[0-9]{4}", header))}
    if len(years) != 1:
        raise CivicError(
            f"the headers {', '.join(named)} name the years {sorted(years)}; one year is expected. Ask the publisher"
        )
    return years.pop()
