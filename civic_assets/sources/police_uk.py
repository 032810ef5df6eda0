"""Parser of data.police.uk: street-level files, and answers of its API.

Belongs here: months and types of the CSV files, and combining the two kinds of release. Does not belong here: types,
forces and dates of the areas (the contract), the area in which a row is counted (`police.places`), records of the API
(`police.answers`).
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from civic_assets.contracts.model import Contract
from civic_assets.contracts.particulars import MeasureLabel
from civic_assets.errors import CivicError
from civic_assets.house_numbers.listing import FORCES_IN_A_NAME
from civic_assets.parsing.duplicate_incidents import refuse_rows_twice, repeated_identifiers, repeated_rows
from civic_assets.parsing.incident_counts import CountedUnder, counts
from civic_assets.parsing.observations import Note, ObservationColumns, Parsed, RowProblem
from civic_assets.parsing.reading import is_synthetic
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.parsing.totals import without_totals_of_incidents
from civic_assets.readers.grid import Grid
from civic_assets.sources.police import answers as police_uk_answers
from civic_assets.sources.police.places import CountedArea, notes_of, place_of, reported_by
from civic_assets.sources.police.police_uk_options import Options
from civic_assets.sources.police.words import MONTH, bad_month, slug, span_of
from civic_assets.values.cells import label
from civic_assets.values.month_text import month_named

_KEYS = ("month", "reported_by", "crime_type", "lsoa_code", "lsoa_name")
_POINT = ("longitude", "latitude", "location")
_ANTISOCIAL = "street_level_antisocial_behaviour"
# Columns in which a spreadsheet program writes the word for a total.
_FIRST = ("crime_id", "month", "reported_by", "falls_within", "location", "crime_type")


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key: months and forces of the rows, e.g. `2016-01-city-of-london`; None without any row.

    A file with rows of several forces covers all of them (`2024-01-city-of-london-and-kent`), so that it is never taken
    for an issue of one force's file. For an answer of the API see `police.answers.edition`.
    """
    if "answer" in found:
        return police_uk_answers.edition(found["answer"])
    block = found.blocks.get("street")
    months = span_of(block.texts("month")) if block is not None else None
    if block is None or months is None or not any(block.texts("reported_by")):
        return None
    return f"{months}-{_forces(block, contract)}"


def why_no_edition(found: FoundTables, contract: Contract) -> str:
    """Why a file with rows has no release key: a fault in its months, or no row names a force.

    `""` if the reason is unknown.
    """
    block = found.blocks.get("street", found.blocks.get("answer"))
    if block is None or not block.rows:
        return ""
    if "reported_by" in block.columns and span_of(block.texts("month")) is not None:
        return str(_no_force(block))
    return str(bad_month(block.locators("month")[0], block.texts("month")[0]))


def _forces(block: Block, contract: Contract) -> str:
    known = Options.of(contract).forces
    rows = Counter(text for text in block.texts("reported_by") if text)
    named = sorted({known[text].slug for text in rows if text in known})
    if not named:
        return slug(rows.most_common(1)[0][0])
    if len(named) <= FORCES_IN_A_NAME:
        return "-and-".join(named)
    return f"{len(named)}-forces-{sha256(' '.join(named).encode()).hexdigest()[:8]}"


def _no_force(block: Block) -> CivicError:
    """The error for rows without a force, which might repeat the crimes of another file."""
    texts = block.texts("reported_by")
    first = next(row for row, text in enumerate(texts) if not text)
    where = block.locators("reported_by")[first]
    return CivicError(
        f"{where} is empty ({sum(not text for text in texts):,} of {_rows(len(texts))}): the publisher names the "
        "force that reported each row. Without it, it is unknown whose counts these are, or whether another file "
        "already has them. Download the file again."
    )


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """One observation for each month, type and area (or point) that has rows; others are not filled with zero.

    Row kinds count rows: `lsoa_2011`, `lsoa_2021`, `no_location`, `unlisted_area`, `street_point`, and
    `point_without_area` for a row with coordinates but no small area, as in Northern Ireland.

    A row in a small area that another force polices is counted separately (`reported_by=...`), with the status
    `at_least`: the other force also counts there, in its own file.

    Raises:
        CivicError: A row has no month or no force, or the file contains its rows twice.
    """
    release, options = edition(found, contract) or "", Options.of(contract)
    problems: list[RowProblem] = []
    notes: list[Note] = []
    if "answer" in found:
        block, column, identifier = found["answer"], "category", "persistent_id"
        subjects = police_uk_answers.subjects_of(block, release, contract, problems)
        notes += police_uk_answers.notes_of(block, subjects)
    else:
        column, identifier = "crime_type", "crime_id"
        block = without_totals_of_incidents(found["street"], _FIRST, problems)
        if not all(block.texts("reported_by")):
            raise _no_force(block)
        refuse_rows_twice(block, identifier)
        subjects, places = _subjects(block, release, contract, problems)
        notes += notes_of(block, places, contract)
        usual = options.repeated_rows
        antisocial = [subject.measure == _ANTISOCIAL for subject in subjects]
        problems += repeated_rows(
            block, antisocial, {"crime_id", "outcome"}, usual.antisocial_share, usual.fewest
        )
    problems += repeated_identifiers(block, identifier, subjects)
    columns = ObservationColumns()
    columns.extend(*counts(block, column, subjects, options.lines_named.most))
    return Parsed(
        source=contract.source,
        edition=release,
        found=found,
        observations=columns.table(),
        problems=problems,
        row_kinds=Counter(subject.area.kind for subject in subjects),
        synthetic=is_synthetic(grid),
        notes=notes,
    )


def _subjects(
    block: Block, release: str, contract: Contract, problems: list[RowProblem]
) -> tuple[list[CountedUnder], list[CountedArea]]:
    nowhere = ("", "", "")
    # Coordinates are used only without a small area: otherwise every row would be distinct.
    points = zip(*map(block.texts, _POINT), strict=True)
    texts = zip(*map(block.texts, _KEYS), points, strict=True)
    wordings = [
        (month, force, printed, code, name, nowhere if code else point)
        for month, force, printed, code, name, point in texts
    ]
    # Each distinct combination is examined once, at its first row.
    first = dict(zip(reversed(wordings), reversed(block.locators("crime_type")), strict=True))
    row_problems: list[RowProblem] = []
    subjects = {
        wording: _subject(wording, first[wording], release, contract, row_problems) for wording in first
    }
    problems += {(problem.observed, problem.expected): problem for problem in reversed(row_problems)}.values()
    _report_months(block, problems)
    return [subjects[wording][0] for wording in wordings], [subjects[wording][1] for wording in wordings]


def _subject(
    wording: tuple[str, str, str, str, str, tuple[str, str, str]],
    where: str,
    release: str,
    contract: Contract,
    problems: list[RowProblem],
) -> tuple[CountedUnder, CountedArea]:
    printed_month, force, printed, code, name, point = wording
    month = month_named(printed_month)
    if month is None:
        raise bad_month(where, printed_month)
    types = contract.measure_labels
    offence = types.get(
        label(printed), MeasureLabel("street_level_crimes", breakdown=f"crime_type={label(printed)}")
    )
    place = place_of(contract, code=code, name=name, month=month, force=force, point=point)
    area, breakdown = place.area, offence.breakdown
    if place.of is not None:
        breakdown = reported_by(breakdown, force, contract)
    first, last = release[:7], release[11:18] if release[7:11] == "-to-" else release[:7]
    for wrong, observed, expected, what in (
        (label(printed) not in types, printed, "a type of the contract",
         f"has the type {printed!r}, unknown to the contract; it is counted. Add it to the contract."),
        (force not in Options.of(contract).forces, force, "a force of the contract",
         f"is reported by {force!r}, unknown to the contract; add its code."),
        (area.kind == "unlisted_area", code, "a code such as E01000914",
         f"has the area {code!r}; it is counted under the force, by that text. Check the file."),
        (not first <= month <= last, printed_month, f"the month {first}",
         f"is for {month}, unlike most rows; it is counted in its own month. Check the file."),
    ):  # fmt: skip
        if wrong:
            problems.append(
                RowProblem("V-05", where, observed, expected, f"{where} {what}", area.code, offence.measure)
            )
    status = "at_least" if place.of is not None else None
    return CountedUnder(month, area, offence.measure, breakdown, status), place


def _report_months(block: Block, problems: list[RowProblem]) -> None:
    """One problem for all months that differ from the publisher's form: the file was saved again."""
    texts = block.texts("month")
    written = {
        text: month for text in set(texts) if not MONTH.fullmatch(text) and (month := month_named(text))
    }
    if not written:
        return
    first = next(row for row, text in enumerate(texts) if text in written)
    where, text = block.locators("month")[first], texts[first]
    rows = sum(text in written for text in texts)
    message = (
        f"{where} prints the month as {text!r} ({_rows(rows)} of this file are written like this); the publisher "
        f"prints {written[text]}. A spreadsheet program saved the file again. The months are read, since they can be "
        "read in one way only; check that the program changed nothing else, or download the file again."
    )
    problems.append(RowProblem("V-05", where, text, written[text], message))


def _rows(rows: int) -> str:
    """`1 row`, `1,590 rows`."""
    return f"{rows:,} row{'' if rows == 1 else 's'}"
