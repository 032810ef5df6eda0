"""Rows of single incidents that may list one incident twice.

Belongs here: identifiers that appear in several rows, and rows without an identifier that equal each other. Does not
belong here: counting (`incident_counts`). Every row is counted as printed, since only the publisher knows which are one
incident. A file put together twice is not the publisher's, and is refused.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from civic_assets.errors import CivicError
from civic_assets.house_numbers.listing import ADDRESSES_NAMED
from civic_assets.house_numbers.recognition import REPEATED_IDENTIFIERS_FEWEST, REPEATED_IDENTIFIERS_SHARE
from civic_assets.parsing.incident_counts import CountedUnder
from civic_assets.parsing.observations import RowProblem
from civic_assets.parsing.table_finder import Block


def repeated_identifiers(block: Block, column: str, subjects: Sequence[CountedUnder]) -> list[RowProblem]:
    """One problem for all identifiers that appear in several rows (rule V-01); empty if there are none.

    In the City of London's files, the months of 2016 have none; those of 2023 and 2024 have between 4 and 25 more rows
    than identifiers (1% to 3% of rows).

    Args:
        block: Table of incidents.
        column: Column of the identifier; rows without one are left out.
        subjects: Group under which each row is counted, to tell an incident counted twice from several offences under
            one reference.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for row, identifier in enumerate(block.texts(column)):
        if identifier:
            rows[identifier].append(row)
    repeated = {identifier: group for identifier, group in rows.items() if len(group) > 1}
    if not repeated:
        return []
    places = block.locators(column)
    more = sum(len(group) - 1 for group in repeated.values())
    several = sum(len({subjects[row] for row in group}) > 1 for group in repeated.values())
    twice = sum(len(group) - len({subjects[row] for row in group}) for group in repeated.values())
    first = next(iter(repeated.values()))
    message = (
        f"{len(repeated):,} of {len(rows):,} identifiers appear in several rows, the first at "
        f"{' and '.join(places[row] for row in first)}; there are {more:,} more rows than identifiers. For "
        f"{several:,} of them the rows differ in type or area, as for several offences under one reference. Rows "
        "counted in the same figure as another row of their identifier, so that the figure may be too high: "
        f"{twice:,}. Ask the publisher."
    )
    named = [places[row] for group in repeated.values() for row in group][:ADDRESSES_NAMED]
    return [_problem(named, f"{more} more rows", "each identifier in one row", message)]


def refuse_rows_twice(block: Block, column: str) -> None:
    """Refuse a file in which at least half of the identifiers have a row repeated in every column.

    Args:
        block: Table of incidents.
        column: Column of the identifier; rows without one are left out.

    Raises:
        CivicError: The file was put together twice; the message names the first row and the row that repeats it.
    """
    first: dict[tuple[str, ...], int] = {}
    again: dict[str, tuple[int, int]] = {}
    more = 0
    identifiers = block.texts(column)
    for row, texts in enumerate(zip(*map(block.texts, block.columns), strict=True)):
        if not identifiers[row]:
            continue
        before = first.setdefault(texts, row)
        if before != row:
            more += 1
            again.setdefault(identifiers[row], (before, row))
    number = len(set(filter(None, identifiers)))
    if number < REPEATED_IDENTIFIERS_FEWEST or len(again) < REPEATED_IDENTIFIERS_SHARE * number:
        return
    places = block.locators(column)
    # The publisher's own repeats are close together.
    one, other = max(again.values(), key=lambda pair: pair[1] - pair[0])
    raise CivicError(
        f"{places[other]} repeats {places[one]} in every column, and so do {more:,} other rows: {len(again):,} of "
        f"{number:,} identifiers have identical rows. The file was put together twice, so its counts would be too "
        "high. Download the file again."
    )


def repeated_rows(
    block: Block, wanted: Sequence[bool], ignore: Collection[str], share: float, fewest: int
) -> list[RowProblem]:
    """One problem if more rows than usual equal another row in every column (rule V-01).

    Rows without an identifier cannot be told apart when two incidents happen at one point, so only a share beyond that
    of any real file shows that rows are repeated.

    Args:
        block: Table of incidents.
        wanted: Rows to examine.
        ignore: Columns to ignore when comparing rows.
        share: Share of those rows that may equal another row.
        fewest: Minimum number of rows; fewer are not judged.
    """
    columns = [name for name in block.columns if name not in ignore]
    texts = zip(*map(block.texts, columns), strict=True)
    rows = [(row, text) for row, (text, look) in enumerate(zip(texts, wanted, strict=True)) if look]
    met: Counter[tuple[str, ...]] = Counter(text for _, text in rows)
    repeated = len(rows) - len(met)
    if len(rows) < fewest or repeated <= share * len(rows):
        return []
    places = block.locators(columns[0])
    named = [places[row] for row, text in rows if met[text] > 1][:ADDRESSES_NAMED]
    message = (
        f"{repeated:,} of {len(rows):,} rows without an identifier equal another row, the first at {named[0]}: "
        f"{repeated / len(rows):.0%}, where at most {share:.0%} is usual. Rows are probably repeated; all are "
        "counted as printed. Compare with a later download."
    )
    return [_problem(named, f"{repeated / len(rows):.3f}", f"<= {share:g}", message)]


def _problem(places: Sequence[str], observed: str, expected: str, message: str) -> RowProblem:
    return RowProblem("V-01", places[0], observed, expected, message, locators=tuple(places))
