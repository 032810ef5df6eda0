"""Answers of the API of data.police.uk about street-level crime.

Belongs here: what an answer is called, since it does not say what was asked, and under what its records are counted.
Does not belong here: the CSV files (`police_uk`).

A point on the map is either within what was asked or not, so that the records of one point are complete where the
answer is; whether it is, the file does not say. Hence the status `at_least`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from civic_assets.contracts.model import Contract
from civic_assets.readers.table_finder import Block
from civic_assets.sources.incidents import Subject
from civic_assets.sources.observations import Area, RowProblem
from civic_assets.sources.police_uk_words import MONTH, bad_month, slug
from civic_assets.values.cells import label, parse_number

# The United Kingdom: a point says neither force nor country, and Northern Ireland is among the forces.
_WHOLE = "K02000001"
_KEYS = ("month", "category", "street_id", "street_name")


def edition(block: Block) -> str | None:
    """Release key: month, middle of the points, and the type where there is one alone; None without any record.

    `2026-06-api-52.45n-1.93w`, `2026-06-api-no-location`, `2026-06-api-52.45n-1.93w-burglary`. The middle is that of
    the points' extremes to a hundredth of a degree (about a kilometre), so that the answer of a later day to the same
    question is a reissue.
    """
    months, categories = Counter(block.texts("month")), set(block.texts("category"))
    if not months:
        return None
    month = months.most_common(1)[0][0]
    alone = f"-{slug(categories.pop())}" if len(categories) == 1 else ""
    return f"{month}-api-{_middle(block)}{alone}" if MONTH.fullmatch(month) else None


def _middle(block: Block) -> str:
    north, east = (_between(block, name) for name in ("latitude", "longitude"))
    if north is None or east is None:
        return "no-location"
    return f"{abs(north):.2f}{'n' if north >= 0 else 's'}-{abs(east):.2f}{'e' if east > 0 else 'w'}"


def _between(block: Block, name: str) -> float | None:
    numbers = [number for text in set(block.texts(name)) if (number := parse_number(text)) is not None]
    return round((min(numbers) + max(numbers)) / 2, 2) if numbers else None


def subjects_of(block: Block, release: str, contract: Contract, problems: list[RowProblem]) -> list[Subject]:
    """What each record is counted under: its month, type and point.

    Args:
        block: The records.
        release: Key, which begins with the month.
        contract: For the API's words.
        problems: Where records with something unknown are reported.

    Raises:
        CivicError: A record has no month.
    """
    types: Mapping[str, Mapping[str, str]] = contract.options["measureLabels"]
    words: Mapping[str, str] = contract.options["categories"]
    wordings = list(zip(*map(block.texts, _KEYS), strict=True))
    subjects: dict[tuple[str, ...], Subject] = {}
    for where, wording in zip(block.locators("category"), wordings, strict=True):
        if wording in subjects:
            continue
        month, category, number, name = wording
        if not MONTH.fullmatch(month):
            raise bad_month(where, month)
        area = _point(number, name)
        unknown = {"measure": "street_level_crimes", "breakdown": f"crime_type={label(category)}"}
        offence = types.get(words.get(category, ""), unknown)
        subjects[wording] = Subject(month, area, offence["measure"], offence["breakdown"])
        for wrong, text, expected in (
            (category not in words, category, "a category of the contract"),
            (not release.startswith(month), month, f"the month {release[:7]}"),
        ):
            if wrong:
                message = f"{where} stands in a record with {text!r}, unlike {expected}; it is counted under that word."
                problems.append(
                    RowProblem("V-05", where, text, expected, message, area.code, offence["measure"])
                )
    return [subjects[wording] for wording in wordings]


def _point(number: str, name: str) -> Area:
    if not number:
        return Area("no_location", f"{_WHOLE}/no-location", "No location", "unassigned", _WHOLE)
    return Area(
        "street_point", f"{_WHOLE}/street-{slug(number)}", name or f"Point {number}", "street_point", _WHOLE
    )
