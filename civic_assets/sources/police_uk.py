"""Parser of data.police.uk: street-level files, and answers of its API.

Belongs here: months, types and small areas of the CSV files, and the two kinds of release put together. Does not belong
here: types, forces and dates of the areas (the contract), records of the API (`police_uk_answers`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from civic_assets.contracts.model import Contract
from civic_assets.readers.grid import Grid
from civic_assets.readers.table_finder import Block, FoundTables
from civic_assets.sources import police_uk_answers
from civic_assets.sources.incidents import Subject, counts
from civic_assets.sources.observations import Area, ObservationColumns, Parsed, RowProblem
from civic_assets.sources.police_uk_words import MONTH, bad_month, slug
from civic_assets.sources.reading import is_synthetic
from civic_assets.sources.repeats import repeated_identifiers, repeated_rows
from civic_assets.values.cells import label

_KEYS = ("month", "reported_by", "crime_type", "lsoa_code", "lsoa_name")
_LSOA = re.compile(r"[EW]01\d{6}")
_ANTISOCIAL = "street_level_antisocial_behaviour"


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: month and force of most rows, e.g. `2016-01-city-of-london`; None without any row.

    That of an answer of the API is `police_uk_answers.edition`.
    """
    if "answer" in found:
        return police_uk_answers.edition(found["answer"])
    block = found.blocks.get("street")
    if block is None or not block.rows:
        return None
    pairs = Counter(zip(block.texts("month"), block.texts("reported_by"), strict=True))
    month, force = pairs.most_common(1)[0][0]
    known = contract.options["forces"].get(force, {"slug": slug(force)})["slug"]
    return f"{month}-{known}" if MONTH.fullmatch(month) else None


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """One observation for each month, type and area (or point) that has rows; what has none is not made zero.

    Row kinds count rows: `lsoa_2011`, `lsoa_2021`, `no_location`, `unlisted_area`, `street_point`.

    Raises:
        CivicError: A row has no month.
    """
    release = edition(found, contract) or ""
    problems: list[RowProblem] = []
    if "answer" in found:
        block, column, identifier, status = found["answer"], "category", "persistent_id", "at_least"
        subjects = police_uk_answers.subjects_of(block, release, contract, problems)
    else:
        block, column, identifier, status = found["street"], "crime_type", "crime_id", None
        subjects = _subjects(block, release, contract, problems)
        usual = contract.options["repeatedRows"]
        antisocial = [subject.measure == _ANTISOCIAL for subject in subjects]
        problems += repeated_rows(
            block, antisocial, {"crime_id", "outcome"}, usual["antisocial_share"], usual["fewest"]
        )
    problems += repeated_identifiers(block, identifier, subjects)
    columns = ObservationColumns()
    columns.extend(*counts(block, column, subjects, contract.options["linesNamed"]["most"], status))
    return Parsed(
        source=contract.source,
        edition=release,
        found=found,
        observations=columns.table(),
        problems=problems,
        row_kinds=Counter(subject.area.kind for subject in subjects),
        synthetic=is_synthetic(grid),
    )


def _subjects(block: Block, release: str, contract: Contract, problems: list[RowProblem]) -> list[Subject]:
    wordings = list(zip(*map(block.texts, _KEYS), strict=True))
    # Each different wording is looked at once, at the first row that has it.
    first = dict(zip(reversed(wordings), reversed(block.locators("crime_type")), strict=True))
    found: list[RowProblem] = []
    subjects = {wording: _subject(wording, first[wording], release, contract, found) for wording in first}
    problems += {(problem.observed, problem.expected): problem for problem in reversed(found)}.values()
    return [subjects[wording] for wording in wordings]


def _subject(
    wording: tuple[str, ...], where: str, release: str, contract: Contract, problems: list[RowProblem]
) -> Subject:
    month, force, printed, code, name = wording
    if not MONTH.fullmatch(month):
        raise bad_month(where, month)
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
    return Subject(month, area, offence["measure"], offence["breakdown"])


def _area(code: str, name: str, month: str, force: str, contract: Contract) -> Area:
    # Of a force that the contract does not list, the code is that of England and Wales.
    parent = contract.options["forces"].get(force, {"code": "K04000001"})["code"]
    if not code:
        return Area("no_location", f"{parent}/no-location", f"{force}, no location", "unassigned", parent)
    if not _LSOA.fullmatch(code):
        return Area("unlisted_area", f"{parent}/{slug(code)}", name or code, "unlisted_area", parent)
    kinds = [entry["kind"] for entry in contract.options["lsoaVintages"] if entry["from"] <= month]
    return Area(kinds[-1] if kinds else "lsoa_2011", code, name, "lsoa")
