"""Parser of the street-level files of data.police.uk.

Belongs here: counting incidents by month, type and small area, and naming the lines that were counted. Does not belong
here: types, forces and dates of the areas (the contract).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError
from civic_assets.readers.grid import Grid
from civic_assets.readers.table_finder import FoundTables
from civic_assets.sources.observations import Area, ObservationColumns, Parsed, RowProblem
from civic_assets.sources.reading import is_synthetic
from civic_assets.values.cells import label
from civic_assets.values.periods import first_of_month

_KEYS = ("month", "reported_by", "crime_type", "lsoa_code", "lsoa_name")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_LSOA = re.compile(r"[EW]01\d{6}")


@dataclass(frozen=True, slots=True)
class _Subject:
    """What rows with one wording in the columns `_KEYS` are counted under."""

    month: str
    area: Area
    measure: str
    breakdown: str


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: month and force of most rows, e.g. `2016-01-city-of-london`; None without any row."""
    block = found.blocks.get("street")
    if block is None or not block.rows:
        return None
    month, force = Counter(zip(block.texts("month"), block.texts("reported_by"), strict=True)).most_common(1)[
        0
    ][0]
    slug = contract.options["forces"].get(force, {"slug": _slug(force)})["slug"]
    return f"{month}-{slug}" if _MONTH.fullmatch(month) else None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """One observation for each month, type and area that has rows; what has none is not made zero.

    Row kinds count rows of the file: `lsoa_2011`, `lsoa_2021`, `no_location`, `unlisted_area`.

    Raises:
        CivicError: A row has no month.
    """
    block, release = found["street"], edition(found, contract) or ""
    wordings = list(zip(*map(block.texts, _KEYS), strict=True))
    locators = block.locators("crime_type")
    # Each different wording is looked at once, at the first row that has it.
    first = dict(zip(reversed(wordings), reversed(locators), strict=True))
    problems: list[RowProblem] = []
    subjects = {wording: _subject(wording, first[wording], release, contract, problems) for wording in first}
    lines = [int(locator[1:].partition(":")[0]) for locator in locators]
    columns = ObservationColumns()
    columns.extend(*_counts([subjects[wording] for wording in wordings], lines, contract))
    return Parsed(
        source=contract.source,
        edition=release,
        found=found,
        observations=columns.table(),
        problems=list(
            {(problem.observed, problem.expected): problem for problem in reversed(problems)}.values()
        ),
        row_kinds=Counter(subjects[wording].area.kind for wording in wordings),
        synthetic=is_synthetic(grid),
    )


def _counts(
    subjects: Sequence[_Subject], lines: Sequence[int], contract: Contract
) -> tuple[int, dict[str, Any]]:
    """Number of observations, and their columns: subjects are grouped by what identifies a figure."""
    import pyarrow as pa

    keys = pa.table(
        {
            "month": pa.array([subject.month for subject in subjects], pa.string()),
            "area": pa.array([subject.area.code for subject in subjects], pa.string()),
            "measure": pa.array([subject.measure for subject in subjects], pa.string()),
            "breakdown": pa.array([subject.breakdown for subject in subjects], pa.string()),
            "row": pa.array(range(len(subjects)), pa.int64()),
        }
    )
    # One thread keeps groups and their rows in the order of the file.
    grouped = keys.group_by(["month", "area", "measure", "breakdown"], use_threads=False).aggregate(
        [("row", "list")]
    )
    rows: list[list[int]] = grouped["row_list"].to_pylist()
    areas = [subjects[group[0]].area for group in rows]
    days = {text: (int(text[:4]), int(text[5:])) for text in set(grouped["month"].to_pylist())}
    months = [days[text] for text in grouped["month"].to_pylist()]
    return len(rows), {
        "table_id": "street",
        "row_number": [lines[group[0]] for group in rows],
        "row_kind": [area.kind for area in areas],
        "measure": grouped["measure"].to_pylist(),
        "area_code": grouped["area"].to_pylist(),
        "area_name": [area.name for area in areas],
        "area_type": [area.type for area in areas],
        "parent_code": [area.parent for area in areas],
        "period_start": [first_of_month(year, month) for year, month in months],
        "period_end": [first_of_month(year, month + 1) for year, month in months],
        "period_kind": "month",
        "statistic": "flow",
        "breakdown": grouped["breakdown"].to_pylist(),
        "unit": "count",
        "value": [float(len(group)) for group in rows],
        "value_text": [str(len(group)) for group in rows],
        "locator": [_locator([lines[row] for row in group], contract) for group in rows],
    }


def _locator(lines: Sequence[int], contract: Contract) -> str:
    """`L5,L9,L31:Crime type`; of more lines than the contract wants named the first, and how many there are."""
    most = contract.options["linesNamed"]["most"]
    named = ",".join(f"L{line}" for line in lines[:most])
    return f"{named}:Crime type" if len(lines) <= most else f"{named},... ({len(lines)} lines):Crime type"


def _subject(
    wording: tuple[str, ...], where: str, release: str, contract: Contract, problems: list[RowProblem]
) -> _Subject:
    month, force, printed, code, name = wording
    if not _MONTH.fullmatch(month):
        raise CivicError(
            f"{where} stands in a row with the month {month!r}; one such as 2016-01 is expected."
        )
    types: Mapping[str, Mapping[str, str]] = contract.options["measureLabels"]
    offence = types.get(
        label(printed), {"measure": "street_level_crimes", "breakdown": f"crime_type={label(printed)}"}
    )
    area = _area(code, name, month, force, contract)

    def report(observed: str, expected: str, what: str) -> None:
        message = f"{where} {what}"
        problems.append(RowProblem("V-05", where, observed, expected, message, area.code, offence["measure"]))

    if label(printed) not in types:
        report(
            printed,
            "a type of the contract",
            f"has the type {printed!r}, unknown to the contract; it is counted.",
        )
    if force not in contract.options["forces"]:
        report(
            force,
            "a force of the contract",
            f"is reported by {force!r}, unknown to the contract; add its code.",
        )
    if area.kind == "unlisted_area":
        report(
            code,
            "a code such as E01000914",
            f"has the area {code!r}; it is counted under the force, by that text.",
        )
    if not release.startswith(month):
        report(
            month,
            f"the month {release[:7]}",
            f"is of {month}, unlike most rows; it is counted in its own month.",
        )
    return _Subject(month, area, offence["measure"], offence["breakdown"])


def _area(code: str, name: str, month: str, force: str, contract: Contract) -> Area:
    # Of a force that the contract does not list, the code is that of England and Wales.
    parent = contract.options["forces"].get(force, {"code": "K04000001"})["code"]
    if not code:
        return Area("no_location", f"{parent}/no-location", f"{force}, no location", "unassigned", parent)
    if not _LSOA.fullmatch(code):
        return Area("unlisted_area", f"{parent}/{_slug(code)}", name or code, "unlisted_area", parent)
    kinds = [entry["kind"] for entry in contract.options["lsoaVintages"] if entry["from"] <= month]
    return Area(kinds[-1] if kinds else "lsoa_2011", code, name, "lsoa")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label(text)).strip("-") or "no-name"
