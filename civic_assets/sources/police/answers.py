"""Answers of the data.police.uk API about street-level crime.

Belongs here: the release key of an answer, which does not state the request, and the groups under which its records are
counted. Does not belong here: the CSV files (`police_uk`).

A point on the map is either within the requested area or not, so the records of one point are complete if the answer is
complete; the file does not say whether it is. Hence the status `at_least`.

Nor does it say which force was requested, and records without a location name none. So the crimes without a location
in one answer are a figure of that answer alone: answers for two forces share neither a release key nor an area.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from civic_assets.contracts.model import Contract
from civic_assets.contracts.particulars import MeasureLabel
from civic_assets.parsing.incident_counts import CountedUnder
from civic_assets.parsing.observations import Area, Note, RowProblem
from civic_assets.parsing.table_finder import Block
from civic_assets.sources.police.police_uk_options import Options
from civic_assets.sources.police.words import bad_month, slug, span_of
from civic_assets.values.cells import label, parse_number
from civic_assets.values.month_text import month_named

# The United Kingdom: a point gives neither force nor country, and Northern Ireland is among the forces.
_WHOLE = "K02000001"
_KEYS = ("month", "category", "street_id", "street_name")
_WITHOUT = "no-location"
_HASHED = 8


def edition(block: Block) -> str | None:
    """Release key: month, the request as far as it shows, and the type if there is only one; None without a month.

    `2026-06-api-52.45n-1.93w-24x31`, `2026-06-api-no-location-3fa2b1c4`, `2026-06-api-52.45n-1.93w-24x31-burglary`.
    """
    months, categories = span_of(block.texts("month")), set(block.texts("category"))
    if months is None:
        return None
    alone = f"-{slug(categories.pop())}" if len(categories) == 1 else ""
    return f"{months}-api-{_asked(block)}{alone}"


def _asked(block: Block) -> str:
    """Identifier of the request: the area that the points cover, or the records themselves if there are no points.

    The area is the middle of the points' extremes to a hundredth of a degree (about a kilometre), with its extent north
    and east in thousandths. A later answer to the same request is therefore a reissue, and an answer to another request
    is not. Without points, only the records distinguish answers. Their identifiers stay the same when outcomes are
    added, so a later answer about the same crimes is a reissue.
    """
    north, east = (_reach(block, name) for name in ("latitude", "longitude"))
    if north is None or east is None:
        identifiers = ("month", "category", "persistent_id", "record_id")
        records = zip(*map(block.texts, identifiers), strict=True)
        # A record's own number may change; the crime's identifier does not.
        known = sorted(f"{month} {category} {crime or number}" for month, category, crime, number in records)
        return f"{_WITHOUT}-{sha256('|'.join(known).encode()).hexdigest()[:_HASHED]}"
    (lat, tall), (lon, wide) = north, east
    where = f"{abs(lat):.2f}{'n' if lat >= 0 else 's'}-{abs(lon):.2f}{'e' if lon > 0 else 'w'}"
    return f"{where}-{tall}x{wide}"


def _reach(block: Block, name: str) -> tuple[float, int] | None:
    """Middle of a coordinate in degrees, and its range in thousandths of a degree."""
    numbers = [number for text in set(block.texts(name)) if (number := parse_number(text)) is not None]
    if not numbers:
        return None
    return round((min(numbers) + max(numbers)) / 2, 2), round((max(numbers) - min(numbers)) * 1000)


def subjects_of(
    block: Block, release: str, contract: Contract, problems: list[RowProblem]
) -> list[CountedUnder]:
    """Group under which each record is counted: its month, type and point.

    Args:
        block: Table of records.
        release: Release key, which begins with the month.
        contract: Contract, which lists the API's words.
        problems: List that receives the problems.

    Raises:
        CivicError: A record has no month.
    """
    types, words = contract.measure_labels, Options.of(contract).categories
    asked = _asked(block).removeprefix(f"{_WITHOUT}-") if block.rows else ""
    wordings = list(zip(*map(block.texts, _KEYS), strict=True))
    subjects: dict[tuple[str, ...], CountedUnder] = {}
    first, last = release[:7], release[11:18] if release[7:11] == "-to-" else release[:7]
    for where, wording in zip(block.locators("category"), wordings, strict=True):
        if wording in subjects:
            continue
        printed, category, number, name = wording
        month = month_named(printed)
        if month is None:
            raise bad_month(where, printed)
        area = _point(number, name, asked)
        unknown = MeasureLabel("street_level_crimes", breakdown=f"crime_type={label(category)}")
        offence = types.get(words.get(category, ""), unknown)
        subjects[wording] = CountedUnder(month, area, offence.measure, offence.breakdown, "at_least")
        for wrong, text, expected in (
            (category not in words, category, "a category of the contract"),
            (not first <= month <= last, month, f"the month {first}"),
        ):
            if wrong:
                message = (
                    f"{where} is in a record with {text!r} instead of {expected}; it is counted under that "
                    f"word. Check the contract."
                )
                problems.append(
                    RowProblem("V-05", where, text, expected, message, area.code, offence.measure)
                )
    return [subjects[wording] for wording in wordings]


def _point(number: str, name: str, asked: str) -> Area:
    if not number:
        code = f"{_WHOLE}/{_WITHOUT}-{slug(asked)}"
        return Area("no_location", code, f"No location, in answer {asked}", "unassigned", _WHOLE)
    return Area(
        "street_point", f"{_WHOLE}/street-{slug(number)}", name or f"Point {number}", "street_point", _WHOLE
    )


def notes_of(block: Block, subjects: Sequence[CountedUnder]) -> list[Note]:
    """A note about records without a location."""
    nowhere = [subject.area.code for subject in subjects if subject.area.kind == "no_location"]
    if not nowhere:
        return []
    text = (
        f"{len(nowhere):,} of {len(subjects):,} records of this answer have no location. The answer does not say "
        "which force it covers, so they are counted only for this answer: they are not added to other answers, or to "
        "all crime of a force."
    )
    return [Note(block.sheet.locator(block.header_row, block.columns["category"]), text, (nowhere[0],))]
