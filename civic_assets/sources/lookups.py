"""Parser of code lookups: reference data, whose releases have rows but no figures.

Belongs here: which lookup a file is, its date, and faults in its codes. Does not belong here: using the
codes (`civic_assets.harmonise`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date

from civic_assets.contracts.model import Contract
from civic_assets.parsing.observations import ObservationColumns, Parsed, RowProblem
from civic_assets.parsing.reading import is_synthetic
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import label

# Lookups that carry their year in the headers (LAD18CD) or dates in the rows; the suffix of their releases.
_BY_HEADER = {
    "authority_partnership_force": "lad-csp-pfa",
    "output_area_ward": "lsoa-ward",
    "ward_region": "ward-region",
}
_BY_ROW = {"education_authorities": "education-authorities", "code_changes": "code-changes"}
_YEAR = re.compile(r"[a-z]+([0-9]{2})cd")
# An authority's code, or the codes of two that report together ('Cumberland / Westmorland and Furness'); `z` means
# schools of the British forces overseas, which have no code.
_CODE = re.compile(r"[EWSNK][0-9]{8}(?: / [EWSNK][0-9]{8})?|z")
_DAY = re.compile(r"(?:([0-9]{2})/([0-9]{2})/([0-9]{4})|([0-9]{4})-([0-9]{2})-([0-9]{2}))")
_DATES = ("date_of_operation", "date_of_termination", "date")
_GSS = (
    "lad",
    "csp",
    "pfa",
    "lsoa",
    "ward",
    "county",
    "region",
    "country",
    "new_la",
    "changed_to",
    "changed_from",
)


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: `2018-lad-csp-pfa` by the latest year in the headers, `2025-04-code-changes` by the latest date."""
    for name, block in found.blocks.items():
        if name in _BY_HEADER:
            years = [
                int(match[1])
                for column in block.columns
                if (match := _YEAR.fullmatch(label(block.header(column))))
            ]
            return f"{2000 + max(years)}-{_BY_HEADER[name]}" if years else None
        days = [
            day
            for column in _DATES
            if column in block.columns
            for text in block.texts(column)
            if (day := _day(text))
        ]
        if name in _BY_ROW and days:
            return f"{max(days):%Y-%m}-{_BY_ROW[name]}"
    return None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """No figures; the problems are invalid codes, codes with two names, and invalid dates."""
    problems: list[RowProblem] = []
    for block in found.blocks.values():
        for column in block.columns:
            if column in _DATES:
                problems.extend(_bad_dates(block, column))
            elif column.endswith("_code") and column.removesuffix("_code") in _GSS:
                problems.extend(_bad_codes(block, column))
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=found,
        observations=ObservationColumns().table(),
        problems=problems,
        row_kinds=Counter({name: len(block.rows) for name, block in found.blocks.items()}),
        synthetic=is_synthetic(grid),
    )


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if not match:
        return None
    day, month, year = (int(match[n]) for n in (1, 2, 3)) if match[1] else (int(match[n]) for n in (6, 5, 4))
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _bad_dates(block: Block, column: str) -> list[RowProblem]:
    return [
        RowProblem(
            "V-05",
            where,
            text,
            "a date",
            f"{where} prints {text!r}, which is not a date; the row is kept as printed. Ask the publisher.",
        )
        for text, where in zip(block.texts(column), block.locators(column), strict=True)
        if text and _day(text) is None
    ]


def _bad_codes(block: Block, column: str) -> list[RowProblem]:
    problems: list[RowProblem] = []
    names: dict[str, dict[str, str]] = defaultdict(dict)
    beside = "la_name" if column == "new_la_code" else column.replace("_code", "_name")
    for code, name, where in zip(
        block.texts(column), block.texts(beside), block.locators(column), strict=True
    ):
        if code and not _CODE.fullmatch(code):
            message = (
                f"{where} prints {code!r}, which is not an area code; the row is kept as printed. Ask the "
                f"publisher."
            )
            problems.append(
                RowProblem("V-05", where, code, "a letter E, W, S, N or K and eight digits", message)
            )
        first = names[code].setdefault(label(name), name) if code else name
        if code and len(names[code]) > 1 and first == name:
            other = next(iter(names[code].values()))
            message = (
                f"{where} calls {code} {name!r}, but an earlier row calls it {other!r}; both are kept as "
                f"printed. Ask the publisher."
            )
            problems.append(RowProblem("V-05", where, name, other, message, code))
    return problems
