"""Parser of the ONS Community Safety Partnership tables.

Belongs here: the meaning of a row in these tables, and the edition of a workbook. Does not belong here: titles,
headers, symbols and identities (the contract), and recoding partnerships to authorities (`civic_assets.harmonise`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.parsing.reading import captions, is_synthetic
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import label
from civic_assets.values.period_text import edition_of

FIGURES = ("counts_current", "counts_previous", "percentage_change", "rates")
_CODE = re.compile(r"[EW][0-9]{8}")
# Every force of these tables has a code of England or Wales; a region, a country or the total is not a force.
_GSS, _FORCE = re.compile(r"[A-Z][0-9]{8}"), re.compile(r"(?:E23|W15)[0-9]{6}")


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: last month of the latest year named in a title; None if no title names one."""
    stated = [period for name in FIGURES if name in found for period in found[name].periods]
    return edition_of(max(stated)) if stated else None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the workbook, for each row that the publisher prints.

    Row kinds: `force_total`, `partnership`, `combined_partnership` (several authorities),
    `part_of_authority` (several partnerships to one authority), `unassigned`, `place_without_code` (an airport).

    Raises:
        CivicError: A row has the code of something other than a police force.
    """
    columns = ObservationColumns()
    problems: dict[str, RowProblem] = {}
    kinds: Counter[str] = Counter()
    forces, usual = _force_codes(found), _usual_forces(found)
    present = [name for name in FIGURES if name in found]  # a part of a release has single tables
    for name in present:
        areas = _areas(found[name], forces, usual, problems)
        kinds.update(area.kind for area in areas) if name == present[0] else None
        observe(columns, found[name], areas, contract)
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=found,
        observations=columns.table(),
        problems=[*columns.problems, *problems.values()],
        captions=captions(grid, found),
        row_kinds=kinds,
        synthetic=is_synthetic(grid),
    )


def _force_codes(found: FoundTables) -> dict[str, str]:
    """Code of each force by its name: the code that most rows of all tables print, since single rows may be wrong."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for table in filter(found.__contains__, FIGURES):
        for name, code in zip(
            found[table].texts("force_name"), found[table].texts("force_code"), strict=True
        ):
            votes[label(name)][code] += 1
    return {name: counter.most_common(1)[0][0] for name, counter in votes.items()}


def _usual_forces(found: FoundTables) -> dict[tuple[str, str], str]:
    """The force that most tables name in the row of a partnership, or in a force's unassigned row."""
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for table in filter(found.__contains__, FIGURES):
        columns = (
            found[table].texts(name) for name in ("partnership_code", "partnership_name", "force_name")
        )
        for code, name, force in zip(*columns, strict=True):
            votes[code, label(name)][label(force)] += 1
    return {key: counter.most_common(1)[0][0] for key, counter in votes.items() if key[1]}


def _areas(
    block: Block,
    forces: dict[str, str],
    usual: dict[tuple[str, str], str],
    problems: dict[str, RowProblem],
) -> list[Area]:
    keys = [block.texts(column.name) for column in block.table.keys]
    shared = Counter(authority for authority in keys[4] if _CODE.fullmatch(authority))
    # Rows of force totals: one for each force, so that the code distinguishes two with the same name.
    totals = Counter(
        label(force)
        for force, partnership, name in zip(*keys[1:4], strict=True)
        if not partnership and not name
    )
    of_code, names = (
        {code: force for force, code in forces.items()},
        {label(force): force for force in keys[1]},
    )
    code_locators, name_locators = block.locators("force_code"), block.locators("force_name")
    areas = []
    for row, (printed, force, partnership, name, authority, _) in enumerate(zip(*keys, strict=True)):
        code, by_code = forces[label(force)], of_code.get(printed, "")
        if _GSS.fullmatch(code) and not _FORCE.fullmatch(code):
            raise _no_force(code_locators[row], code, force)
        misnamed = by_code and (
            usual.get((partnership, label(name))) == by_code
            if name
            else totals[label(force)] > 1 and not totals[by_code]
        )
        if printed != code and misnamed:
            code = printed
            problems[name_locators[row]] = _misnamed(
                name_locators[row], force, names.get(by_code, by_code), code
            )
        elif printed != code:
            problems[code_locators[row]] = RowProblem(
                check_id="V-05",
                locator=code_locators[row],
                observed=printed,
                expected=code,
                message=(
                    f"{code_locators[row]} prints the force code {printed or '(nothing)'} for {force!r}, whose code "
                    f"is {code} in the other rows; the row is read as {force!r}, by name. Ask the publisher."
                ),
                area_code=code,
            )
        area_code = _CODE.fullmatch(authority)[0] if _CODE.fullmatch(authority) else None  # type: ignore[index]
        if partnership:
            kind = "combined_partnership" if area_code is None else "partnership"
            kind = "part_of_authority" if shared[authority] > 1 else kind
            areas.append(
                Area(kind, partnership, name, "community_safety_partnership", code, partnership, area_code)
            )
        elif not name:
            areas.append(Area("force_total", code, force, "police_force"))
        elif label(name).startswith("unassigned"):
            areas.append(Area("unassigned", f"{code}/unassigned", name, "unassigned", code))
        else:
            slug = re.sub(r"[^a-z0-9]+", "-", label(name))
            areas.append(Area("place_without_code", f"{code}/{slug}", name, "place_without_code", code))
    return areas


def _no_force(locator: str, code: str, name: str) -> CivicError:
    """The error for a row of a country or region, which would count as a police force and double every sum."""
    return CivicError(
        f"{locator} prints {code} for {name!r}, which is not the code of a police force (E23... or W15... is "
        "expected). The publisher prints forces and their partnerships in this table, without a total: a row was "
        "probably added whose figures are already in the other rows. Download the file again."
    )


def _misnamed(locator: str, printed: str, force: str, code: str) -> RowProblem:
    """The problem for a force name that matches neither the row's code nor the other tables."""
    return RowProblem(
        check_id="V-05",
        locator=locator,
        observed=printed,
        expected=force,
        message=(
            f"{locator} prints the force {printed!r} with the code {code} of {force!r}, which the other rows and "
            f"tables also name here; the row is read as {force!r}, by code. Ask the publisher."
        ),
        area_code=code,
    )
