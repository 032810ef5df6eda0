"""Rows of several tables of one release, compared by what they say they are about.

Belongs here: which rows one table has and its siblings do not, and which key of a row differs from its siblings.
Does not belong here: what is made of that (V-05, `rules.names_and_known_values`; K-05, `rules.completeness`).

Publishers print one list of areas several times: counts, the year before, changes, rates. Tables are siblings when
they have the same keys and nearly all rows in common; then a row that has no counterpart is one whose code or name is
wrong there, or one that is missing elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from civic_assets.house_numbers.completeness import (
    SAME_LIST_FEWEST_KEYS,
    SAME_LIST_FEWEST_ROWS,
    SAME_LIST_SHARE,
)
from civic_assets.parsing.blocks import Block
from civic_assets.parsing.coded_blocks import coded_texts
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.values.cells import label

# Numbers of footnotes behind a name: 'London13', 'Essex10', 'England7,8', 'British Transport Police(2006)'; no code has
# two letters before its digits.
_FOOTNOTES = re.compile(r"(?<=[a-z)]{2})([0-9][0-9, ]*|\([0-9]+\))$")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OddKey:
    """A cell of a key that its siblings print otherwise.

    Args:
        table: Name of the block.
        others: Sibling tables that print `expected` in a row with all the same other keys.
        row: All keys of the row, as labels without numbers of footnotes.
        code: The key that is the code of what is named here (`authority_code` for `authority_name`); empty for none.
        label: Label of what is printed.
    """

    table: str
    locator: str
    observed: str
    expected: str
    others: int
    row: Key
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A row that sibling tables have and this one has not.

    Args:
        row: What its keys say, as printed.
        there: Address of its first key in a sibling.
    """

    table: str
    row: tuple[str, ...]
    there: str


@dataclass(frozen=True)
class RowKeys:
    """Keys of the rows of sibling tables.

    Args:
        blocks: Blocks by name.
        columns: Keys that all of them have.
    """

    blocks: Mapping[str, Block]
    columns: Sequence[str]
    rows: Mapping[str, Mapping[Key, int]]

    @property
    def number(self) -> int:
        """Rows that are compared."""
        return sum(map(len, self.rows.values()))

    def compared(self) -> tuple[list[OddKey], list[MissingRow]]:
        """Keys that differ in one cell from the other tables, and rows that are missing somewhere."""
        tables = list(self.rows)
        times = Counter(key for name in tables for key in self.rows[name])
        odd: list[OddKey] = []
        missing: list[MissingRow] = []
        for name in tables:
            own = self.rows[name]
            absent = [key for key, number in times.items() if key not in own and 2 * number >= len(tables)]
            strange = [key for key in own if 2 * times[key] <= len(tables)]
            for key in absent:
                changed = [other for other in strange if one_differs(key, other)]
                if not changed:
                    missing.append(self._missing(name, key))
                # Of several, any may be meant: a table that splits what the others have in one row.
                elif len(changed) == 1 and times[key] > times[changed[0]]:
                    strange.remove(changed[0])
                    odd.append(self._odd(name, own[changed[0]], key, changed[0], times[key]))
        return odd, missing

    def _odd(self, table: str, at: int, key: Key, changed: Key, others: int) -> OddKey:
        place = next(i for i, (a, b) in enumerate(zip(key, changed, strict=True)) if a != b)
        column = self.columns[place]
        sibling = next(name for name, rows in self.rows.items() if key in rows)
        return OddKey(
            table,
            self.blocks[table].locators(column)[at],
            self.blocks[table].texts(column)[at],
            self.blocks[sibling].texts(column)[self.rows[sibling][key]],
            others,
            changed,
            changed[self.columns.index(code)] if (code := _code_of(column)) in self.columns else "",
            changed[place],
        )

    def _missing(self, table: str, key: Key) -> MissingRow:
        sibling = next(name for name, rows in self.rows.items() if key in rows)
        at, block = self.rows[sibling][key], self.blocks[sibling]
        printed = tuple(block.texts(column)[at] for column in self.columns)
        return MissingRow(table, printed, block.locators(self.columns[0])[at])


def _code_of(column: str) -> str:
    """The column with the codes of what a column names."""
    return column.removesuffix("_name") + "_code" if column.endswith("_name") else ""


def one_differs(one: Key, other: Key) -> bool:
    """Does one key differ, and does any other say which row it is? Rows without a code share its absence only."""
    same = [a for a, b in zip(one, other, strict=True) if a == b]
    return len(same) == len(one) - 1 and any(same)


def siblings_of(release: ReleaseView) -> Sequence[tuple[RowKeys, Sequence[OddKey], Sequence[MissingRow]]]:
    """Groups of tables of a release that print one list of areas, with what differs between them."""
    return [(group, *group.compared()) for group in siblings(release.found.blocks)]


def siblings(blocks: Mapping[str, Block]) -> Iterator[RowKeys]:
    """Groups of tables that print one list of areas; tables with a duplicate key are left to V-01.

    Args:
        blocks: Tables of a release as they were found.
    """
    groups: list[tuple[Sequence[str], dict[str, Mapping[Key, int]]]] = []
    keys_of = {
        name: tuple(column.name for column in block.table.keys if column.name in block.columns)
        for name, block in blocks.items()
        if block.figures() and len(block.rows) >= SAME_LIST_FEWEST_ROWS
    }
    with_these = Counter(keys_of.values())
    for name, columns in keys_of.items():
        # A table with keys of its own, as a file of one table is, has no siblings.
        if len(columns) < SAME_LIST_FEWEST_KEYS or with_these[columns] < 2:
            continue
        block = blocks[name]
        texts = [
            coded_texts(block, column).map(lambda text: _FOOTNOTES.sub("", label(text))) for column in columns
        ]
        rows = {key: at for at, key in enumerate(zip(*texts, strict=True))}
        if len(rows) < len(block.rows):
            continue
        for known, group in groups:
            if known == columns and all(_alike(rows, other) for other in group.values()):
                group[name] = rows
                break
        else:
            groups.append((columns, {name: rows}))
    for keys, group in groups:
        if len(group) > 1:
            yield RowKeys({name: blocks[name] for name in group}, keys, group)


def _alike(one: Mapping[Key, int], other: Mapping[Key, int]) -> bool:
    return len(one.keys() & other.keys()) >= SAME_LIST_SHARE * max(len(one), len(other))
