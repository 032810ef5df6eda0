"""Parser of the Home Office's police recorded crime open data.

Belongs here: what a row of these files is about, and which edition a file is. Does not belong here: which name is which
force (the contract).
"""

from __future__ import annotations

import re
from collections import Counter

from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError
from civic_assets.readers.grid import Grid
from civic_assets.readers.table_finder import Block, FoundTables
from civic_assets.sources.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.sources.reading import is_synthetic
from civic_assets.values.cells import label
from civic_assets.values.period_text import edition_of
from civic_assets.values.periods import Period, PeriodKind, first_of_month

# The publisher's two files: table, and suffix of the release.
_FILES = {"by_force": "pfa", "by_partnership": "csp"}
# The police of England and Wales as a whole; who has no area of its own stands under it.
_ALL = "K04000001"
_WHO_AND_WHEN = ("financial_year", "financial_quarter", "force_name", "csp_name")
_OFFENCE = ("offence_group", "offence_description", "offence_code", "offence_subgroup")
_YEAR = re.compile(r"(\d{4})[/-](?:\d{2})?(\d{2})")
_QUARTER = re.compile(r"[Qq]?\s*([1-4])(?:\.0)?")


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: last month of the latest quarter, and which of the publisher's files it is: `2018-03-pfa`."""
    for table, suffix in _FILES.items():
        periods = [max(_periods(block)) for block in found.parts(table) if block.rows]
        if periods:
            return f"{edition_of(max(periods))}-{suffix}"
    return None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file, one for each of its rows.

    Row kinds: `force`, `national_body` (records for all forces, e.g. fraud), `unknown`; of the file by partnership
    `partnership`, and `unassigned` (a force's crimes that were given to no partnership).

    Raises:
        CivicError: A row names no quarter of a financial year.
    """
    columns = ObservationColumns()
    problems: list[RowProblem] = []
    kinds: Counter[str] = Counter()
    for block in (part for table in _FILES for part in found.parts(table) if part.rows):
        areas, unknown = _areas(block, contract)
        observe(columns, block, areas, contract, periods=_periods(block), breakdowns=_breakdowns(block))
        problems += unknown
        kinds.update(area.kind for area in areas)
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=found,
        observations=columns.table(),
        problems=[*columns.problems, *problems],
        row_kinds=kinds,
        synthetic=is_synthetic(grid),
    )


def _periods(block: Block) -> list[Period]:
    """Quarter of each row; quarter 1 is April to June, quarter 4 January to March of the later year."""
    known: dict[tuple[str, str], Period] = {}
    periods = []
    for row, printed in enumerate(
        zip(block.texts("financial_year"), block.texts("financial_quarter"), strict=True)
    ):
        if printed not in known:
            known[printed] = _quarter(*printed, block.locators("financial_quarter")[row])
        periods.append(known[printed])
    return periods


def _quarter(year: str, quarter: str, locator: str) -> Period:
    years, number = _YEAR.fullmatch(year), _QUARTER.fullmatch(quarter)
    if not years or not number or (int(years[1]) + 1) % 100 != int(years[2]):
        raise CivicError(
            f"{locator} names no quarter of a financial year: {quarter!r} of {year!r}; expected is one such as "
            "'1' or 'Q1' of '2017/18'. Fetch the file again."
        )
    month = 1 + 3 * int(number[1])
    return Period(
        first_of_month(int(years[1]), month), first_of_month(int(years[1]), month + 3), PeriodKind.QUARTER
    )


def _areas(block: Block, contract: Contract) -> tuple[list[Area], list[RowProblem]]:
    """What each row is about; each different name is looked up once."""
    names = list(zip(block.texts("force_name"), block.texts("csp_name"), strict=True))
    areas: dict[tuple[str, str], Area] = {}
    problems: dict[str, RowProblem] = {}
    for row, (force, partnership) in enumerate(names):
        if (force, partnership) in areas:
            continue
        area = _force(force, contract)
        if area.kind == "unknown" and force not in problems:
            where = block.locators("force_name")[row]
            message = (
                f"{where} names {force!r}, which is no police force of the contract; its rows are kept apart under "
                f"{area.code}. Add the name to `forces` of the contract if it is one."
            )
            problems[force] = RowProblem("V-05", where, force, "a police force", message, area.code)
        if "csp_name" in block.columns:
            area = _partnership(partnership, area, contract)
        areas[force, partnership] = area
    return [areas[name] for name in names], list(problems.values())


def _force(name: str, contract: Contract) -> Area:
    forces, bodies = contract.options["forces"], contract.options["nationalBodies"]
    folded = label(name)
    own = f"{_ALL}/{_slug(name)}"
    if folded in forces:
        return Area("force", forces[folded], name, "police_force")
    if folded in bodies:
        return Area("national_body", own, name, bodies[folded], _ALL)
    return Area("unknown", own, name, "unknown")


def _partnership(name: str, force: Area, contract: Contract) -> Area:
    """A partnership under its force's code and its own name, since the file has no codes."""
    known_as = contract.options["partnershipAliases"].get(label(name), name)
    # Below a force that has no code of its own, `K04000001/british-transport-police`, its name goes on.
    stem = f"{force.code}-" if "/" in force.code else f"{force.code}/"
    if label(name).startswith("unassigned"):
        return Area("unassigned", f"{stem}unassigned", name, "unassigned", force.code)
    return Area("partnership", stem + _slug(known_as), name, "community_safety_partnership", force.code)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label(name)).strip("-") or "nameless"


def _breakdowns(block: Block) -> list[str]:
    """Offence of each row; the classes of homicide, unnamed under one code, are numbered in the order of print."""
    offences = list(zip(*map(block.texts, _OFFENCE), strict=True))
    rows = list(zip(*map(block.texts, (*_WHO_AND_WHEN, *_OFFENCE)), strict=True))
    times = Counter(rows)
    # A code with several rows for every force has classes; a row that is there twice for one force only is a
    # mistake, which keeps its key for V-01 to find.
    fewest: dict[tuple[str, ...], int] = {}
    for row, number in times.items():
        offence = row[len(_WHO_AND_WHEN) :]
        fewest[offence] = min(number, fewest.get(offence, number))
    seen: Counter[tuple[str, ...]] = Counter()
    breakdowns = []
    for row, offence in zip(rows, offences, strict=True):
        group, description, code, subgroup = offence
        part = ""
        if fewest[offence] > 1:
            seen[row] += 1
            part = f";part={seen[row]}"
        breakdowns.append(
            f"group={group};offence={description};offence_code={code}{part};subgroup={subgroup}"
        )
    return breakdowns
