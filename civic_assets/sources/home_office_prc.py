"""Parser of the Home Office's police recorded crime open data.

Belongs here: the meaning of a row in these files, and the edition of a file. Does not belong here: which name is which
force (the contract) or partnership (`ons.partnerships`), and the publisher's notes (`police.home_office_notes`).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError
from civic_assets.parsing.blocks import Block, FoundTables
from civic_assets.parsing.coded_blocks import coded_texts, locator
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.parsing.reading import is_synthetic
from civic_assets.readers.grid import Grid
from civic_assets.sources.ons.partnerships import partnership
from civic_assets.sources.police.home_office_notes import force_notes
from civic_assets.sources.police.home_office_options import Options
from civic_assets.values.cells import label
from civic_assets.values.coded import Coded, together
from civic_assets.values.period_text import edition_of
from civic_assets.values.periods import Period, PeriodKind, first_of_month

if TYPE_CHECKING:
    from civic_assets.values.coded import Codes

# The publisher's two files: table, and suffix of the release.
_FILES = {"by_force": "pfa", "by_partnership": "csp"}
# The police of England and Wales as a whole; the parent of bodies without an area of their own.
_ALL = "K04000001"
_WHO_AND_WHEN = ("financial_year", "financial_quarter", "force_name", "csp_name")
_OFFENCE = ("offence_group", "offence_description", "offence_code", "offence_subgroup")
_YEAR = re.compile(r"([0-9]{4})[/-](?:[0-9]{2})?([0-9]{2})")
_QUARTER = re.compile(r"[Qq]?\s*([1-4])(?:\.0)?")


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: last month of the latest quarter, and which of the publisher's files it is: `2018-03-pfa`."""
    for table, suffix in _FILES.items():
        periods = [max(_periods(block).used().values) for block in found.parts(table) if block.rows]
        if periods:
            return f"{edition_of(max(periods))}-{suffix}"
    return None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file, one for each row.

    Row kinds: `force`, `national_body` (records for all forces, e.g. fraud), `unknown`; in the file by partnership
    `partnership`, `unassigned` (a force's crimes not allocated to a partnership), `place_without_code` (an airport)
    and `unknown_partnership`.

    Raises:
        CivicError: A row does not name a quarter of a financial year.
    """
    columns = ObservationColumns()
    problems: dict[str, RowProblem] = {}
    kinds: Counter[str] = Counter()
    for block in (part for table in _FILES for part in found.parts(table) if part.rows):
        areas = _areas(block, contract, problems)
        observe(columns, block, areas, contract, periods=_periods(block), breakdowns=_breakdowns(block))
        for area, rows in zip(areas.values, areas.counts().tolist(), strict=True):
            kinds[area.kind] += rows
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=found,
        observations=columns.table(),
        problems=[*columns.problems, *problems.values()],
        row_kinds=kinds,
        synthetic=is_synthetic(grid),
        notes=force_notes(grid, contract),
    )


def _periods(block: Block) -> Coded[Period]:
    """Quarter of each row; quarter 1 is April to June, quarter 4 January to March of the later year."""
    printed = together(coded_texts(block, "financial_year"), coded_texts(block, "financial_quarter"))
    first = dict(zip(printed.values, printed.first_rows(), strict=True))
    # In printed order, so that the first wrong one is reported.
    known = {
        (year, quarter): _quarter(year, quarter, block, first[year, quarter])
        for year, quarter in sorted(first, key=first.__getitem__)
    }
    return printed.map(known.__getitem__)


def _quarter(year: str, quarter: str, block: Block, row: int) -> Period:
    years, number = _YEAR.fullmatch(year), _QUARTER.fullmatch(quarter)
    if not years or not number or (int(years[1]) + 1) % 100 != int(years[2]):
        raise CivicError(
            f"{locator(block, 'financial_quarter', row)} does not name a quarter of a financial year: {quarter!r} of "
            f"{year!r}. A value such as '1' or 'Q1' of '2017/18' is expected. Download the file again."
        )
    month = 1 + 3 * int(number[1])
    return Period(
        first_of_month(int(years[1]), month), first_of_month(int(years[1]), month + 3), PeriodKind.QUARTER
    )


def _areas(block: Block, contract: Contract, problems: dict[str, RowProblem]) -> Coded[Area]:
    """The area of each row; each unknown name is added to the problems, at its first position."""
    names = together(coded_texts(block, "force_name"), coded_texts(block, "csp_name"))
    by_partnership = "csp_name" in block.columns
    rows = names.first_rows()
    areas: dict[int, Area] = {}
    for at in sorted(range(len(rows)), key=rows.__getitem__):
        force, name = names.values[at]
        owner = _force(force, contract)
        areas[at] = area = _partnership(name, owner, contract) if by_partnership else owner
        if owner.kind == "unknown" and force not in problems:
            where = locator(block, "force_name", rows[at])
            problems[force] = _unknown(where, force, "police force of the contract (`forces`)", owner.code)
        elif owner.kind == "force" and area.kind == "unknown_partnership" and area.code not in problems:
            where = locator(block, "csp_name", rows[at])
            what = f"partnership of {force} in the vocabulary of partnerships"
            problems[area.code] = _unknown(where, name, what, area.code)
    return Coded([areas[at] for at in range(len(rows))], names.codes)


def _unknown(where: str, name: str, what: str, code: str) -> RowProblem:
    message = (
        f"{where} names {name!r}, which is not a {what}; its rows are kept separately under {code}. Add the name "
        "there if it is one."
    )
    return RowProblem("V-05", where, name, what, message, code)


def _force(name: str, contract: Contract) -> Area:
    options = Options.of(contract)
    forces, bodies = options.forces, options.national_bodies
    folded = label(name)
    own = f"{_ALL}/{_slug(name)}"
    if folded in forces:
        return Area("force", forces[folded], name, "police_force")
    if folded in bodies:
        return Area("national_body", own, name, bodies[folded], _ALL)
    return Area("unknown", own, name, "unknown")


def _partnership(name: str, owner: Area, contract: Contract) -> Area:
    """The area of a row by partnership: the vocabulary's code, or else its force's code with its own name."""
    # For a force without a code of its own, `K04000001/british-transport-police`, the name is appended.
    stem = f"{owner.code}-" if "/" in owner.code else f"{owner.code}/"
    if label(name).startswith("unassigned"):
        return Area("unassigned", f"{stem}unassigned", name, "unassigned", owner.code)
    match = partnership(owner.code, name)
    if match is not None:
        kind = "community_safety_partnership"
        return Area("partnership", match.code, name, kind, owner.code, match.code, match.authority)
    if label(name) in Options.of(contract).places_without_code:
        return Area("place_without_code", stem + _slug(name), name, "place_without_code", owner.code)
    return Area("unknown_partnership", stem + _slug(name), name, "unknown", owner.code)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label(name)).strip("-") or "nameless"


def _breakdowns(block: Block) -> Coded[str]:
    """Offence of each row; the unnamed classes of homicide under one code are numbered in printed order."""
    offences = together(*(coded_texts(block, name) for name in _OFFENCE))
    rows = together(*(coded_texts(block, name) for name in _WHO_AND_WHEN), offences)
    times = rows.counts()
    # A code with several rows for every force has classes; a row repeated for only one force is a mistake, which keeps
    # its key for V-01 to find.
    fewest = np.full(len(offences.values), len(block.rows) + 1)
    np.minimum.at(fewest, offences.codes, times[rows.codes])
    part = np.where(fewest[offences.codes] > 1, _times_before(rows.codes) + 1, 0)
    most = int(part.max()) + 1
    numbered = Coded(range(len(offences.values) * most), offences.codes * most + part)
    return numbered.map(lambda number: _breakdown(offences.values[number // most], number % most))


def _times_before(codes: Codes) -> Codes:
    """Number of earlier occurrences of each element in the column."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    before = np.arange(len(codes)) - np.repeat(begins, np.diff(np.append(begins, len(codes))))
    result = np.empty_like(before)
    result[order] = before
    return result


def _breakdown(offence: tuple[str, ...], part: int) -> str:
    group, description, code, subgroup = offence
    numbered = f";part={part}" if part else ""
    return f"group={group};offence={description};offence_code={code}{numbered};subgroup={subgroup}"
