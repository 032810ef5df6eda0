"""What `trace` says about one row: the number of rows it counts, and the groups shown with it."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from civic_assets import sources
from civic_assets.answers.figure import PublishedFigure
from civic_assets.publish.queries.trace import COUNTED_SOURCES, groups_beside, rows_counted
from civic_assets.values.periods import PeriodKind, Statistic


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
    assert rows_counted(source, locator) == rows


def test_sources_whose_parsers_count_rows_are_those_of_which_trace_says_so() -> None:
    counting = set()
    for file in Path(sources.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "civic_assets.parsing.incident_counts":
                counting |= {file.stem} if any(name.name == "counts" for name in node.names) else set()
    assert counting == COUNTED_SOURCES


def _row(release: str, breakdown: str, newest: bool) -> PublishedFigure:
    """A figure (synthetic) in which nothing but these matters."""
    return PublishedFigure(
        source="met_borough", release=release, measure="recorded_crime_met", area_code="E09000019",
        area_name="Islington", area_name_printed="Islington", area_type="local_authority",
        period_start=date(2020, 1, 1), period_end=date(2020, 2, 1), period_kind=PeriodKind.MONTH,
        statistic=Statistic.FLOW, breakdown=breakdown, unit="count", value=4.0, status=None, quality="ok",
        value_text="4", source_sha256="0" * 64, locator="L2:202001", partnership_code=None, parent_code=None,
        row_kind="borough", table_id="rows", synthetic=True, newest=newest, corrected_value=None, correction_id=None,
        name="a name", figure_id="0" * 16,
    )  # fmt: skip


def test_groups_next_to_a_figure_are_never_those_of_an_issue_that_a_newer_one_replaced() -> None:
    old, old_other = _row("2020-06", "minor=dwelling", False), _row("2020-06", "minor=shop", False)
    new, new_other = _row("2025-12", "minor=home", True), _row("2025-12", "minor=shop", True)
    reasons = _row("2025-12-reasons", "minor=home;reason=theft", True)
    rows = [reasons, new, new_other, old, old_other]
    assert groups_beside(new, rows) == [new_other, reasons]
    assert groups_beside(old, rows) == [old_other]
