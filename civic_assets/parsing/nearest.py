"""The contracted table that an unrecognised file comes closest to, and whether it is a near miss.

Belongs here: comparing the headers of a file with those of one table. Does not belong here: recognising (`recognise`),
and what is done with a near miss (`claims`).

Two cases are distinguished. A *near miss* has nearly all headers of a table, including some that only this publication
has, and hardly any others: it is a release with a column that was renamed or dropped. A *sibling* shares more than a
handful of headers with a table but has others instead of the rest: it is another publication, and advice to add its
headers to the contract would mix the two. Nothing is reported about a file that shares only common headers (codes,
names, years).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from civic_assets.contracts.identity import is_generic
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract, Table
from civic_assets.house_numbers.recognition import (
    COMMON_HEADER_PUBLISHERS,
    NEAR_MISS_HEADERS,
    NEAR_MISS_SHARE,
    SIBLING_HEADERS,
)
from civic_assets.parsing.blocks import table_label
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import label, plain

_COMMON = frozenset(
    """age; age group; all ages; area; area code; area name; breakdown; category; change; characteristic; code; count;
    date; desc; geography; group; id; label; latitude; level; location; longitude; lsoa code; lsoa name; measure; merge;
    month; name; notes; number; percent; percentage; phase; population; rate; sex; split; status; total; unit; value;
    values; year; years""".replace("\n", " ")
    .replace("    ", "")
    .split("; ")
)


@dataclass(frozen=True, slots=True)
class Match:
    """How the headers of one row compare with a table.

    Args:
        sheet: Sheet of the row.
        row: Row number, 0-based.
        known: Number of headers that belong to the table.
        missing: Required columns missing from the row, as in the contract.
        strange: Headers that do not belong to the table, as printed.
        barred: Headers that rule the table out (`notWith`).
        own: Number of required columns present under a header that only this publication has.
        own_missing: Number of required columns with such a header that are missing.
        required: Number of required columns of the table.
    """

    contract: Contract
    table: Table
    sheet: Sheet
    row: int
    known: int
    missing: tuple[str, ...]
    strange: tuple[str, ...]
    barred: tuple[str, ...]
    own: int
    own_missing: int
    required: int

    @property
    def near(self) -> bool:
        """Whether this is the table, with a column renamed or dropped."""
        if (
            self.barred
            or self.known < NEAR_MISS_HEADERS
            or len(self.missing) > (1 - NEAR_MISS_SHARE) * self.required
        ):
            return False
        if not self.strange and len(self.missing) <= 1:
            return True
        return (
            self.own > 0
            and self.own_missing <= max(1, (1 - NEAR_MISS_SHARE) * (self.own + self.own_missing))
            # One for each column that may have been renamed, plus one; or fewer than the headers that identify the
            # table.
            and len(self.strange) <= max(self.own_missing + 1, self.own)
        )

    @property
    def sibling(self) -> bool:
        """Whether it is another publication of the same kind."""
        return not self.near and self.own >= SIBLING_HEADERS and self.known >= NEAR_MISS_HEADERS

    @property
    def closeness(self) -> tuple[bool, float, int]:
        """Sort key: the greater, the closer the match."""
        return (
            self.near,
            (self.required - len(self.missing)) / self.required - len(self.strange) / (10 * self.known),
            self.own,
        )

    @property
    def where(self) -> str:
        """Sheet and row, for a sentence."""
        return self.sheet.locator(self.row, 0).split(":")[0]


@cache
def _users_of_headers(files: tuple[str, ...]) -> dict[str, int]:
    """Number of users of each header; `files` is the cache key, which changes with the contracts.

    Several files of one publisher count as one user, unless the header is one that any publication may have: headers
    that only the three files of one police force share still distinguish them from all other files.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for contract in load_contracts().values():
        for table in contract.tables:
            for column in table.columns:
                for header in column.headers:
                    of_any = is_generic(header)
                    found[header].add(
                        contract.source if of_any else contract.publisher.get("name", contract.source)
                    )
    return {header: len(users) for header, users in found.items()}


def _own_headers() -> Callable[[str], bool]:
    """Whether a header distinguishes its table. Looking whether contracts have changed takes longer than a file."""
    known = _users_of_headers(tuple(contract.sha256 for contract in load_contracts().values()))
    return lambda header: header not in _COMMON and known.get(header, 0) < COMMON_HEADER_PUBLISHERS


def _matches(sheet: Sheet, contract: Contract, is_own: Callable[[str], bool]) -> Iterator[Match]:
    for row, present in enumerate(sheet.top_labels):
        present = present - {""}
        if len(present) < NEAR_MISS_HEADERS:
            continue
        for table in contract.tables:
            required = [column for column in table.columns if column.expected]
            # Cheap test first: matching patterns against every row of a workbook takes seconds.
            headers = {header for column in table.columns for header in column.headers}
            if not required or (
                len(present & headers) < 2 and not all(column.pattern for column in required)
            ):
                continue
            known = {text for text in present if any(column.matches(text) for column in table.columns)}
            if len(known) < NEAR_MISS_HEADERS:
                continue
            missing = [c for c in required if not any(c.matches(text) for text in known)]
            telling = [column for column in required if not (column.pattern and column.repeats)]
            own = sum(any(column.matches(text) and is_own(text) for text in known) for column in telling)
            own_missing = sum(any(map(is_own, column.headers)) for column in missing)
            yield Match(
                contract=contract,
                table=table,
                sheet=sheet,
                row=row,
                known=len(known),
                missing=tuple(column.printed for column in missing),
                strange=_as_printed(sheet, row, present - known - table.ignored_headers),
                barred=_as_printed(sheet, row, present & set(table.not_with)),
                own=own,
                own_missing=own_missing,
                required=len(required),
            )


def _as_printed(sheet: Sheet, row: int, labels: frozenset[str] | set[str]) -> tuple[str, ...]:
    cells = (cell for cell in sheet.rows[row] if isinstance(cell, str))
    return tuple(dict.fromkeys(plain(cell) for cell in cells if label(cell) in labels))


def closest(grid: Grid, contracts: Iterable[Contract]) -> Match | None:
    """The table of these contracts that a file comes closest to; None if it shares only common headers."""
    is_own = _own_headers()
    matches = [
        match
        for contract in contracts
        for sheet in grid.sheets
        for match in _matches(sheet, contract, is_own)
        if match.near or match.sibling
    ]
    return max(matches, key=lambda match: match.closeness, default=None)


def sibling_sentence(match: Match) -> str:
    """A sentence about a file that resembles a table but is another publication and must not be read as that table."""
    shared = f"{match.where} shares {match.known} headers with {table_label(match.table)}"
    has = _listed(match.barred or match.strange)
    beside = f"has {has}, which that table lacks" if has else ""
    lacks = f"lacks {_listed(match.missing)}" if match.missing else ""
    differs = " and ".join(filter(None, (lacks, beside)))
    return (
        f" It may be a related publication to what {match.contract.source} reads ({shared}, but {differs}); such "
        "files are not read."
    )


def _listed(names: Iterable[str], most: int = 4) -> str:
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(map(repr, known[:most])) + more
