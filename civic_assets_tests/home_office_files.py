"""The Home Office's file by Community Safety Partnership in small, its figures invented.

Belongs here: writing it in the layout that the publisher documents: a sheet for each year, names instead of codes,
quarters as `Q1` or as the number 1. `python -m civic_assets_tests.home_office_files FILE` writes the fixture.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from civic_assets_tests.ods_files import write_sheets

HEADERS = (
    "Financial Year", "Financial Quarter", "Police Force", "CSP Name", "Offence Description", "Offence Group",
    "Offence Subgroup", "Offence Code", "Offence Count",
)  # fmt: skip
PARTNERSHIPS = (
    ("Metropolitan Police", "Islington"),
    ("Metropolitan Police", "Hackney"),
    ("Metropolitan Police", "Unassigned Metropolitan Police"),
    ("London, City of", "City of London"),
    ("Kent", "Shepway"),
    ("Kent", "Folkestone and Hythe"),
)
OFFENCES: tuple[tuple[str | float, ...], ...] = (
    ("Burglary Residential", "Theft offences", "Domestic burglary", "28E"),
    ("Bail offences", "Miscellaneous crimes", "Miscellaneous crimes", 83.0),
)
# As the publisher writes them: the force, what is wrong, and words run together.
KENT = "Kent: Some crimes of Folkestone andHythe stand under Unassigned Kent in the year ending March 2025."
DERBYSHIRE = "Derbyshire: Not usable by partnership in the year ending March 2025."
Rows = list[list[str | float | bool]]


def year(name: str, quarters: tuple[str | float, ...], seed: int) -> Rows:
    """Rows of one sheet; Shepway is called by its new name from 2024 on."""
    rows: Rows = [list(HEADERS)]
    for quarter_number, quarter in enumerate(quarters):
        for place, (force, partnership) in enumerate(PARTNERSHIPS):
            if partnership == ("Folkestone and Hythe" if name < "2024" else "Shepway"):
                continue
            for number, offence in enumerate(OFFENCES):
                count = seed + 40 * quarter_number + 7 * place - 100 * number
                rows.append([name, quarter, force, partnership, *offence, float(count)])
    return rows


def sheets() -> dict[str, Rows]:
    """Every sheet of the sample."""
    return {
        "Cover_sheet": [["Police recorded crime Community Safety Partnership open data"], ["Updated:", "2025-01-29"]],
        "2023_24": year("2023/24", ("Q1", "Q2", "Q3", "Q4"), 90),
        "2024_25": year("2024/25", (1.0, 2.0), 110),
        "Notes": [
            ["Notes"], ["Updated: 29 January 2025"], ["Force Notes"], [KENT], [DERBYSHIRE], ["Additional Notes"],
            ["Figures are shown by quarter."],
        ],
    }  # fmt: skip


def csv_lines(name: str) -> Iterator[str]:
    """A sheet of the sample as lines of a delimited file."""
    for cells in sheets()[name]:
        yield ",".join(f'"{cell:g}"' if isinstance(cell, float) else f'"{cell}"' for cell in cells)


if __name__ == "__main__":
    write_sheets(Path(sys.argv[1]), sheets())
