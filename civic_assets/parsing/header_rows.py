"""Finding the header row of a table in a sheet.

Belongs here: matching rows of texts with the columns of a contracted table, including bands of merged cells above
them. Does not belong here: choosing the sheet and title (`table_finder`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from civic_assets.contracts.model import Table
from civic_assets.house_numbers.recognition import REQUIRED_LABELS_SHARE
from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.grid import Sheet, header_text
from civic_assets.readers.text.large import LargeSheet
from civic_assets.values.cells import CellValue, label


def _labels(row: Sequence[CellValue]) -> list[str]:
    return [label(cell) if isinstance(cell, str) and cell else "" for cell in row]


def header_texts(table: Table, sheet: Sheet, row: int) -> list[tuple[str, ...]]:
    """Texts by which each column of a header row may be known: with the band above it, then its own."""
    cells = sheet.rows[row]
    own = [text if (text := header_text(cell)) and label(text) else "" for cell in cells]
    if not table.banded or row == 0:
        return [(text,) if text else () for text in own]
    bands = [""] * len(cells)
    for top, left, bottom, right in sheet.merged:
        # Merged cells only: the cell above an ordinary cell belongs to another row, not to a band.
        if top <= row - 1 <= bottom <= row and isinstance(band := sheet.rows[top][left], str):
            end = min(right + 1, len(cells))
            bands[left:end] = [band] * (end - left)
    joined = [f"{band} {text}".strip() if band else "" for band, text in zip(bands, own, strict=True)]
    return [tuple(filter(None, dict.fromkeys(texts))) for texts in zip(joined, own, strict=True)]


def _share(table: Table, present: set[str]) -> float:
    required = [column for column in table.columns if column.expected] or list(table.columns)
    return sum(any(column.matches(text) for text in present) for column in required) / len(required)


def header_row(table: Table, sheet: Sheet, first: int, last: int) -> tuple[int, int] | None:
    """Best header row in `[first, last)` and the number of rows that have all required labels."""
    best, best_share, complete = -1, 0.0, 0
    for row in range(first, min(last, len(sheet.rows))):
        texts = header_texts(table, sheet, row)
        if sum(map(bool, texts)) < 2:
            continue
        share = _share(table, {label(text) for wordings in texts for text in wordings})
        complete += share == 1.0
        if share > best_share:
            best, best_share = row, share
    return (best, complete) if best_share >= REQUIRED_LABELS_SHARE else None


def identified_row(table: Table, sheet: Sheet) -> int | None:
    """First row with every header that identifies a table without a title."""
    rows: set[int] | None = None
    for column in table.columns:
        if column.name not in table.identified_by:
            continue
        texts = set(column.headers)
        if column.pattern:
            texts.update(filter(column.pattern.fullmatch, sheet.rows_of_top_label))
        own = {row for text in texts for row in sheet.rows_of_top_label.get(text, ())}
        rows = own if rows is None else rows & own
        if not rows:
            return None
    return min(rows) if rows else 0 if rows is None and sheet.top_labels else None


def headers_again(table: Table, sheet: Sheet, header_row: int) -> list[int]:
    """Rows below the header row that are headers themselves: a file put together from two, perhaps from two eras.

    Their columns may mean something else (other months, other names), so the rows below must not be read.
    """
    if isinstance(sheet, LargeSheet):
        return []  # such a row is not one that its source can have; the rules about rows find it
    first = next(at for at, text in enumerate(_labels(sheet.rows[header_row])) if text)

    headers = frozenset(header for known in table.columns for header in known.headers)
    patterns = [known.pattern for known in table.columns if known.pattern]

    def suspect(cell: CellValue) -> bool:
        if not isinstance(cell, str):
            return False
        text = label(cell)
        return text in headers or any(pattern.fullmatch(text) for pattern in patterns)

    # Only the first cell of each row is examined, and each text once, since a file can have a million rows.
    suspects = sheet.column(first).where(suspect)[header_row + 1 :]
    rows = [header_row + 1 + at for at in suspects.nonzero()[0].tolist()]
    return [row for row in rows if _share(table, set(_labels(sheet.rows[row]))) >= REQUIRED_LABELS_SHARE]


def titles(sheet: Sheet, title: re.Pattern[str]) -> list[tuple[int, int, str]]:
    """Cells whose label matches the title pattern, as (row, column, text), in the order of the sheet.

    Of equal texts in a column of `CodedRows`, only the first.
    """
    found = [(row, column, text) for row, column, text, words in sheet.long_texts if title.search(words)]
    if not found or isinstance(sheet.rows, CodedRows):
        return found
    return sorted(
        (row, column, text) for _, column, text in found for row in sheet.column(column).rows_of(text)
    )
