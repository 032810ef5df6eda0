"""The report with other statements in its text: as printed, mended, and with single defects planted.

Belongs here: changing cells of the table of statements. Does not belong here: any expectation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from civic_assets.parsing.table_finder import find_tables
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.readers.grid import Grid
from civic_assets_tests.releases import Place, contract, mended_report, release_of, unreserved, with_cells

Row: TypeAlias = tuple[str, str, str]
"""Claim, subject and number of a statement, as the file gives them."""

MENDED: Mapping[Row, Mapping[str, str]] = {
    ("number", "stakeholders contacted", "25"): {"says": "26"},
    ("list", "stakeholders contacted", "25"): {"says": "26"},
    ("part", "stakeholders contacted", "3"): {"says": "4"},
    ("number", "conversations", "9"): {"period": "March 2023 to April 2023"},
    ("number", "sheets of the crime workbook", "eight"): {"says": "nine"},
    ("reference", "Graph 1", ""): {"subject": "Chart 1"},
    ("body", "Primary Care Trust", ""): {"subject": "London Fire Brigade"},
    ("number", "violence and sexual offences", "38"): {"says": "640"},
    ("number", "shoplifting", "28"): {"says": "95"},
    ("number", "other theft", "24"): {"says": "300"},
    ("number", "theft from the person", "23"): {"says": "250"},
    ("newest", "recorded crime", ""): {"period": "March 2021 to March 2023"},
    ("rows", "rows of the crime workbook", "400"): {"unit": "partnerships"},
    ("trend", "knife crime", ""): {"subject": "shoplifting", "area": "Islington"},
    ("period", "Table 2", ""): {"period": "2019 to 2022"},
}
"""What the text would have to say to agree with itself and with the tables."""


def with_text(changes: Mapping[Row, Mapping[str, str]], grid: Grid | None = None) -> Grid:
    """The report (its two misprints mended) with other cells in some statements; each must be there."""
    grid = grid or mended_report()
    block = find_tables(grid, contract("gla_report"))["statements"]
    named = list(zip(*(block.texts(name) for name in ("claim", "subject", "says")), strict=True))
    cells = {}
    for row, columns in changes.items():
        places = [at for at, name in enumerate(named) if name == row]
        assert places, f"the report has no statement {row}"
        for at in places:
            for column, text in columns.items():
                cells[Place(block.sheet.name, block.rows[at], block.columns[column])] = text
    return with_cells(grid, cells)


def mended_text(**defect: str) -> ReleaseView:
    """The mended report with a mended text.

    Args:
        defect: Of one statement, by the words that its subject begins with, underscores for spaces, what it is instead
            of mended: `mended_text(shoplifting="28")`.
    """
    changes = dict(MENDED)
    for subject, said in defect.items():
        words = subject.replace("_", " ")
        row = next(row for row in MENDED if row[0] == "number" and row[1].startswith(words))
        changes[row] = {"says": said}
    return release_of(with_text(changes), "gla_report", under=unreserved())


def text_with(row: Row, **columns: str) -> ReleaseView:
    """The mended report with a mended text, of which one statement is otherwise."""
    return release_of(with_text({**MENDED, row: columns}), "gla_report", under=unreserved())
