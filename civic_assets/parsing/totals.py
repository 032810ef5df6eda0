"""Total rows that somebody added below a publisher's rows, e.g. in a spreadsheet program.

Belongs here: recognising such a row by its words, leaving it out, and comparing it with the rows that it sums. Does not
belong here: totals that a publisher prints (a contract's rules).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from civic_assets.parsing.blocks import Block
from civic_assets.parsing.coded_blocks import coded_texts, row_numbers
from civic_assets.parsing.observations import RowProblem
from civic_assets.values.cells import label, parse_number
from civic_assets.values.month_text import month_named

_WORDS = re.compile(
    r"(?:grand |sub-?|overall )?totals?|sum|all|all (?:boroughs|wards|lsoas|areas|rows|forces|authorities)|"
    r"all (?:recorded )?(?:crimes?|offences?)|all (?:of )?london|(?:greater )?london|mps|met|"
    r"(?:the )?metropolitan police(?: service| district)?|whole (?:force|of london)|"
    r"(?:london |mps |met )totals?|.+ totals?|totals? (?:of|for|-) .+"
)


def is_total(text: str) -> bool:
    """Whether a text in a column of names means a total."""
    return bool(_WORDS.fullmatch(label(text).rstrip(":")))


def without_totals(block: Block, columns: Sequence[str], problems: list[RowProblem]) -> Block:
    """The table without rows whose words mark them as totals; each such row is reported.

    Args:
        block: Table whose publisher prints no totals.
        columns: Columns of names that may hold the word.
        problems: List that receives one problem for each total, which says whether it is the sum of the rows read.
    """
    import numpy as np

    total = np.zeros(len(block.rows), bool)
    words: dict[int, tuple[str, str]] = {}
    present = [name for name in columns if name in block.columns]
    nameless = np.ones(len(block.rows), bool)
    for name in present:
        texts = coded_texts(block, name)
        nameless &= np.asarray([not text for text in texts.values], bool)[texts.codes]
        found = np.asarray([is_total(text) for text in texts.values], bool)
        if not found.any():
            continue
        for row in np.flatnonzero(found[texts.codes]).tolist():
            total[row] = True
            words.setdefault(row, (name, texts[row]))
    for row in np.flatnonzero(nameless).tolist() if present else ():
        total[row] = True
        words[row] = (present[0], "")
    if not words:
        return block
    rows = row_numbers(block)
    kept = replace(block, rows=rows[~total].tolist())
    places = {name: block.locators(name) for name in {name for name, _ in words.values()}}
    sums = _sums(kept)
    for row, (name, text) in words.items():
        where = places[name][row]
        problems.append(
            RowProblem(
                "V-05", where, text, "a row of the publisher",
                f"{where} {_told(text)} It is not read as an area, so nothing is counted twice. "
                f"{_compared(block, rows[row], sums)}",
            )
        )  # fmt: skip
    return kept


def without_totals_of_incidents(block: Block, columns: Sequence[str], problems: list[RowProblem]) -> Block:
    """The table of single incidents without rows whose words mark them as totals; each such row is reported.

    A row is a total if a column holds the word and its month is not a month. A number in it is compared with the rows.

    Args:
        block: Table with a column `month`.
        columns: Columns that may hold the word.
        problems: List that receives one problem for each total.
    """
    months = block.texts("month")
    odd = [row for row, month in enumerate(months) if month_named(month) is None]
    if not odd:
        return block
    narrow = replace(block, rows=[block.rows[row] for row in odd])
    texts = {name: narrow.texts(name) for name in columns if name in block.columns}
    totals = {}
    for at, row in enumerate(odd):
        word = next((name for name, column in texts.items() if is_total(column[at])), None)
        if word is not None:
            totals[row] = (word, at)
    if not totals:
        return block
    kept = len(block.rows) - len(totals)
    for word, at in totals.values():
        where = narrow.locators(word)[at]
        numbers = [
            number for name in block.columns if (number := parse_number(narrow.texts(name)[at])) is not None
        ]
        printed = f"It prints {numbers[0]:,.15g}" if numbers else "It prints no number"
        beside = (
            f", while {kept:,} rows are read. Check that no rows are missing."
            if not numbers or numbers[0] != kept
            else ", which is the number of rows read. Nothing needs to be done."
        )
        text = texts[word][at]
        problems.append(
            RowProblem(
                "V-05", where, text, "an incident",
                f"{where} is {text!r}: a total added to the file, not an incident. It is not counted. "
                f"{printed}{beside}",
            )
        )  # fmt: skip
    return replace(block, rows=[row for at, row in enumerate(block.rows) if at not in totals])


def _told(text: str) -> str:
    if text:
        return f"is {text!r}: a total added to the file, since the publisher prints none."
    return "is in a row of figures without a name; the publisher prints no such row."


def _sums(block: Block) -> dict[str, float]:
    """Sum of each column of figures, where every cell of it is a number."""
    sums = {}
    for name, _ in block.figures():
        numbers = [parse_number(text) for text in block.texts(name)]
        if None not in numbers:
            sums[name] = sum(number for number in numbers if number is not None)
    return sums


def _compared(block: Block, row: int, sums: dict[str, float]) -> str:
    one = replace(block, rows=[row])
    printed = {name: parse_number(one.texts(name)[0]) for name in sums}
    if not sums:
        return "It could not be compared with the rows: check the file against the publisher's."
    wrong = [name for name, value in printed.items() if value != sums[name]]
    if not wrong:
        return f"It is the sum of the rows read, in each of {len(sums)} columns. Nothing needs to be done."
    first = wrong[0]
    shown = "nothing" if printed[first] is None else f"{printed[first]:,.15g}"
    return (
        f"It is not the sum of all rows read in {len(wrong)} of {len(sums)} columns (in the first, "
        f"{one.locators(first)[0]} is {shown} but the rows add up to {sums[first]:,.15g}): it may cover only some of "
        "them, or rows may be missing. Check the file against the publisher's."
    )
