"""Parser of the extract of the Department for Education's Local Authority Interactive Tool (LAIT).

Belongs here: reading the measure from each row, and the tool's labels of years. Does not belong here: which label is
which measure, and which labels are not read (the contract); features common to the department's files (`dfe.layouts`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from civic_assets.contracts.model import Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.errors import CivicError
from civic_assets.parsing.drift import Drift
from civic_assets.parsing.measure_labels import known_rows
from civic_assets.parsing.observations import ObservationColumns, Parsed
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.dfe.areas import Locating, PrintedArea
from civic_assets.sources.dfe.layouts import finished, observe_labelled
from civic_assets.sources.dfe.periods import (
    PrintedPeriod,
    academic_year,
    calendar_year,
    end_of_march,
    financial_year,
    january_census,
    winter_average,
)
from civic_assets.values.cells import label
from civic_assets.values.periods import PeriodKind

# `2016`, or the span of a school or financial year, such as `2015/16` or `2024-25`.
_YEAR = re.compile(r"([0-9]{4})(?:[/-]([0-9]{2}))?")
_PERIODS = {
    PeriodKind.ACADEMIC_YEAR: academic_year,
    PeriodKind.FINANCIAL_YEAR: financial_year,
    PeriodKind.CALENDAR_YEAR: calendar_year,
    PeriodKind.POINT_IN_TIME: end_of_march,
    PeriodKind.THREE_MONTH_AVERAGE: winter_average,
    PeriodKind.MONTH: january_census,
}


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """Labels of measures that are known but not read, and those whose years do not name the edition, with reasons."""

    ignored_labels: Mapping[str, str]
    not_in_edition: Mapping[str, str]


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: the newest year of any measure that is read and names editions."""
    block, _ = _read_rows(found["measures"], contract)
    others = Options.of(contract).not_in_edition
    printed = set(zip(block.texts("measure_label"), block.texts("time_period"), strict=True))
    years = [year for name, text in printed if label(name) not in others and (year := _year(text))]
    return str(max(years).year) if years else None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the measures that the contract reads.

    Raises:
        CivicError: A year of a measure that is read is written in an unknown way.
    """
    block, drift = _read_rows(found["measures"], contract)
    columns, locating = ObservationColumns(), Locating()
    labels, when = list(map(label, block.texts("measure_label"))), _years(block)
    # Areas are those whose codes are in force on 31 March of the year, as nearly all measures end on or near that day.
    printed = zip(block.texts("number"), block.texts("la_name"), when, strict=True)
    rows = [
        PrintedArea(None, "", number, name, "", end_of_march(year).start) for number, name, year in printed
    ]
    areas = locating.areas(rows, block.locators("la_name"))
    observe_labelled(columns, block, labels, areas, contract, when, _PERIODS)
    release = edition(found, contract)
    return finished(
        grid,
        found,
        contract,
        release,
        columns,
        locating,
        areas,
        ignored=len(found["measures"].rows) - len(block.rows),
        drift=drift,
    )


def _read_rows(block: Block, contract: Contract) -> tuple[Block, list[Drift]]:
    """The table without the rows of measures that the contract ignores or does not know."""
    known, ignored = contract.measure_labels, Options.of(contract).ignored_labels
    return known_rows(block, "measure_label", known, ignored)


def _year(text: str) -> PrintedPeriod | None:
    match = _YEAR.fullmatch(text)
    if match is None or (match[2] and int(match[2]) != (int(match[1]) + 1) % 100):
        return None
    return PrintedPeriod(int(match[1]) + bool(match[2]))


def _years(block: Block) -> list[PrintedPeriod]:
    texts = block.texts("time_period")
    read: dict[str, PrintedPeriod] = {}
    for row, text in enumerate(texts):
        if text not in read:
            year = _year(text)
            if year is None:
                where = block.locators("time_period")[row]
                raise CivicError(
                    f"{where} prints the year {text!r}; a year such as 2024, 2023/24 or 2023-24 is "
                    f"expected. Ask the publisher."
                )
            read[text] = year
    return [read[text] for text in texts]
