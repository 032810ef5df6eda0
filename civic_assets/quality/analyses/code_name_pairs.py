"""Codes and names of one row, where a table has many rows of an area: regions of authorities, years of one authority.

Belongs here: rows that print a code with a name that differs from nearly all other rows of the table. Does not
belong here: tables that print one row of an area (`row_keys`), the area that a figure is about and the register's names
(V-05, `rules.names_and_known_values`), and what is made of an odd pair.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from civic_assets.house_numbers.completeness import RARE_PAIR_ROWS
from civic_assets.house_numbers.recognition import NAMED_CODES_ROWS
from civic_assets.parsing.blocks import Block
from civic_assets.parsing.coded_blocks import coded_texts
from civic_assets.values.cells import label
from civic_assets.values.coded import Coded


@dataclass(frozen=True, slots=True)
class OddPair:
    """A code with the name of another area.

    Args:
        locator: Address of the wrong cell: the name where no other code has it, else the code.
        neighbour: Address of the neighbouring cell, which holds the other one.
    """

    locator: str
    neighbour: str
    observed: str
    expected: str
    other: str


def odd_pairs(block: Block) -> Iterator[OddPair]:
    """Rows whose code and name nearly all other rows of the table print otherwise, for each pair of key columns.

    Args:
        block: Key columns `<what>_code` and `<what>_name` are a pair.
    """
    if len(block.rows) > NAMED_CODES_ROWS:
        return
    keys = [column.name for column in block.table.keys if column.name in block.columns]
    for code_column in keys:
        name_column = code_column.removesuffix("_code") + "_name"
        if code_column.endswith("_code") and name_column in keys:
            yield from _of_columns(block, code_column, name_column)


def _of_columns(block: Block, code_column: str, name_column: str) -> Iterator[OddPair]:
    coded = coded_texts(block, code_column), coded_texts(block, name_column).used()
    times: Counter[tuple[str, str]] = Counter()
    for code, name, number in _pairs(*coded):
        times[code, label(name)] += number
    names_of: dict[str, Counter[str]] = defaultdict(Counter)
    codes_of: dict[str, Counter[str]] = defaultdict(Counter)
    for (code, name), number in times.items():
        names_of[code][name] += number
        codes_of[name][code] += number
    # Of names that differ in more than their label, the one printed last.
    last = sorted(zip(coded[1].last_rows(), coded[1].values, strict=True))
    printed = {label(name): name for _, name in last}
    odd: dict[tuple[str, str], tuple[bool, str]] = {}
    for (code, name), number in times.items():
        usual_name, of_code = names_of[code].most_common(1)[0]
        usual_code, of_name = codes_of[name].most_common(1)[0]
        if not code or not name:
            continue
        if usual_code != code and RARE_PAIR_ROWS * number <= of_name:
            odd[code, name] = False, usual_code
        elif usual_name != name and len(codes_of[name]) == 1 and RARE_PAIR_ROWS * number <= of_code:
            odd[code, name] = True, printed[usual_name]
    if not odd:
        return
    codes, names = block.texts(code_column), block.texts(name_column)
    at = block.locators(code_column), block.locators(name_column)
    for row, (code, name) in enumerate(zip(codes, names, strict=True)):
        if (found := odd.get((code, label(name)))) is not None:
            of_name, expected = found
            here, neighbour = (at[1][row], at[0][row]) if of_name else (at[0][row], at[1][row])
            yield OddPair(here, neighbour, name if of_name else code, expected, code if of_name else name)


def _pairs(codes: Coded[str], names: Coded[str]) -> Iterator[tuple[str, str, int]]:
    """Each code with each of its names and the number of rows, in the order of their first rows."""
    import numpy as np

    both = codes.codes.astype(np.int64) * len(names.values) + names.codes
    pairs, rows, numbers = np.unique(both, return_index=True, return_counts=True)
    order = np.argsort(rows)
    for pair, number in zip(pairs[order].tolist(), numbers[order].tolist(), strict=True):
        code, name = divmod(pair, len(names.values))
        yield codes.values[code], names.values[name], number
