"""What `trace` says about one row: the number of rows it counts, and the groups shown with it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from civic_assets import sources
from civic_assets.publish.queries.trace import COUNTED_SOURCES, groups_beside, rows_counted


@pytest.mark.parametrize(
    ("source", "locator", "rows"),
    [
        ("police_uk", "L6:Crime type", 1),
        ("police_uk", "L355,L356,L357,L360:Crime type", 4),
        ("police_uk", "[1],[3].category", 2),
        ("police_uk", "L1,L2,... (170 lines):Crime type", 170),
        ("met_borough", "L827:201905", None),
        ("ons_csp", "Table C2!Q237", None),
    ],
)
def test_a_locator_of_rows_says_how_many_were_counted(source: str, locator: str, rows: int | None) -> None:
    assert rows_counted({"source": source, "locator": locator}) == rows


def test_sources_whose_parsers_count_rows_are_those_of_which_trace_says_so() -> None:
    counting = set()
    for file in Path(sources.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "civic_assets.parsing.incident_counts":
                counting |= {file.stem} if any(name.name == "counts" for name in node.names) else set()
    assert counting == COUNTED_SOURCES


def _row(release: str, breakdown: str, newest: bool) -> dict[str, Any]:
    return {"release": release, "breakdown": breakdown, "newest": newest}


def test_groups_next_to_a_figure_are_never_those_of_an_issue_that_a_newer_one_replaced() -> None:
    old, old_other = _row("2020-06", "minor=dwelling", False), _row("2020-06", "minor=shop", False)
    new, new_other = _row("2025-12", "minor=home", True), _row("2025-12", "minor=shop", True)
    reasons = _row("2025-12-reasons", "minor=home;reason=theft", True)
    rows = [reasons, new, new_other, old, old_other]
    assert groups_beside(new, rows) == [new_other, reasons]
    assert groups_beside(old, rows) == [old_other]
