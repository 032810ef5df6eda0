"""What harmonising must not break: the key and the areas of a release in the common vocabulary.

Belongs here: findings about a harmonised table that its validated table did not have. Does not belong here: running the
schema (`frame_gate`), and checks of single figures, which harmonising does not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING
from civic_assets.quality.frames.gate import run_frame_gate
from civic_assets.quality.framework.results import Finding
from civic_assets.quality.framework.wording import measure_name

if TYPE_CHECKING:
    import pyarrow as pa

# Columns that these are about are made by harmonising; the others are the validated ones, which were judged.
_CONCERNED = {
    "V-01": "has the same area, period, measure and group as another figure of the release once areas have the codes "
    "of the common vocabulary. Check in the contract which rows are read as which kind of area",
    "V-04": "has no code of the common vocabulary. Check the area register for the code that the publisher prints",
}


def broken_by_harmonising(contract: Contract, table: pa.Table, validated: pa.Table) -> list[Finding]:
    """Findings about a harmonised table, with the cells; none when it keeps its schema.

    Args:
        contract: The contract of the source.
        table: Columns as `civic_assets.harmonise.observations.FIELDS`.
        validated: What it was made from, row for row. What fails there too has been judged: a waiver may allow it.

    Raises:
        RuntimeError: It does not have these columns and types, or a cell that is always filled is empty.
    """
    failures = run_frame_gate(contract, table, "harmonised", _CONCERNED)
    if not any(rows for _, rows in failures.values()):
        return []
    before = run_frame_gate(contract, validated, "validated", _CONCERNED)
    findings = []
    for check_id, (_, failing) in failures.items():
        known = set(before[check_id][1])
        rows = [row for row in failing if row not in known]
        shown = table.take(rows[:CELLS_OF_A_FINDING]).to_pylist() if rows else []
        findings += [_finding(contract, check_id, row, len(rows)) for row in shown]
    return findings


def _finding(contract: Contract, check_id: str, row: dict[str, str], number: int) -> Finding:
    more = f" So it is with {number:,} figures." if number > 1 else ""
    return Finding(
        check_id,
        f"{row['locator']}: {measure_name(contract, row['measure'])} of {row['area_name']} ({row['area_code']}) "
        f"{_CONCERNED[check_id]}.{more}",
        row["locator"],
        locators=[row["locator"]],
        measure=row["measure"],
        area_code=row["area_code"] or "",
        period_start=str(row["period_start"]),
        period_end=str(row["period_end"]),
        observed=row["value_text"],
        expected="a figure of its own",
    )
