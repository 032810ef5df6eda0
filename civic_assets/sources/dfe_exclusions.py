"""Parser of the Department for Education's suspensions and permanent exclusions, in eight layouts.

Belongs here: the meaning of a row in each layout, and the edition of a file. Does not belong here: headers, measures,
symbols and lists of school types (the contract); periods and areas common to the department's files (`dfe`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from civic_assets.contracts.model import Contract
from civic_assets.contracts.parser_options import ParserOptions
from civic_assets.parsing.breakdowns import broken_down, joined
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed, RowProblem
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.dfe.areas import Locating, PrintedArea
from civic_assets.sources.dfe.layouts import areas_of, finished, observe_rows
from civic_assets.sources.dfe.periods import (
    PrintedPeriod,
    academic_year,
    january_census,
    latest,
    stated_periods,
)
from civic_assets.values.cells import label
from civic_assets.values.periods import PeriodKind

_IDENTIFIERS = ("academic year", "autumn term", "spring term", "summer term", "autumn and spring term")
_SUFFIX = {
    "reasons_to_2017": "-reasons",
    "reasons_to_2019": "-reasons",
    "reasons": "-reasons",
    "multiple_reasons": "-multiple-reasons",
    "social_care_groups": "-social-care",
}
_PERIODS = {PeriodKind.ACADEMIC_YEAR: academic_year, PeriodKind.MONTH: january_census}


@dataclass(frozen=True, kw_only=True)
class Options(ParserOptions):
    """Common words for school types and social-care groups, by their labels."""

    phases: Mapping[str, str]
    social_care_groups: Mapping[str, str]


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: newest academic year (`2016-17`), newest term (`2024-25-autumn`), and the kind of file."""
    name, block = next(iter(found.blocks.items()))
    newest = latest(block, _IDENTIFIERS)
    suffix = _SUFFIX.get(name, "-characteristics" if "characteristic" in block.columns else "")
    term = f"-{newest.term.replace(' ', '-')}" if newest.term else ""
    return f"{newest.year - 1}-{newest.year % 100:02d}{term}{suffix}"


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file, for each row that the publisher prints."""
    block = next(iter(found.blocks.values()))
    columns, locating = ObservationColumns(), Locating()
    when = stated_periods(block, _IDENTIFIERS)
    areas = _areas(block, when, locating)
    types: dict[str, RowProblem] = {}
    breakdowns = _breakdowns(block, contract, types)
    observe_rows(columns, block, areas, contract, when, _PERIODS, breakdowns)
    release = edition(found, contract)
    return finished(grid, found, contract, release, columns, locating, areas, problems=types.values())


def _areas(block: Block, when: list[PrintedPeriod], locating: Locating) -> list[Area]:
    if "new_la_code" in block.columns:
        return areas_of(block, [academic_year(period) for period in when], locating)
    # Only names are printed, today's names for all years: a name means the code in force at the end of the file.
    last = academic_year(max(when)).end - timedelta(days=1)
    names = zip(block.texts("geographic_level"), block.texts("la_name"), strict=True)
    return locating.areas(
        [PrintedArea(level, "", "", name, "", last) for level, name in names], block.locators("la_name")
    )


def _breakdowns(block: Block, contract: Contract, problems: dict[str, RowProblem]) -> list[str]:
    names = ("phase", "social_care_group", "characteristic_group", "characteristic", "academy_type")
    columns = zip(*map(block.texts, names), strict=True)
    options = Options.of(contract)
    phases, groups = options.phases, options.social_care_groups
    found: dict[tuple[str, ...], str] = {}
    breakdowns = []
    for row, printed in enumerate(columns):
        if printed not in found:
            phase, care, group, characteristic, academy = printed
            for name, text, known in (("phase", phase, phases), ("social_care_group", care, groups)):
                if text and label(text) not in known:
                    problems.setdefault(text, _unknown(block.locators(name)[row], text))
            found[printed] = joined(
                broken_down("phase", phases.get(label(phase), phase)),
                broken_down("social_care_group", groups.get(label(care), care)),
                broken_down(group, characteristic) if label(group) != "total" else "total",
                broken_down("academy_type", academy),
            )
        breakdowns.append(found[printed])
    return breakdowns


def _unknown(locator: str, text: str) -> RowProblem:
    message = (
        f"{locator} prints {text!r}, which is not in the contract's list; its figures are kept under that "
        f"word. Add it to the contract."
    )
    return RowProblem("V-05", locator, text, "a school type or social-care group of the contract", message)
