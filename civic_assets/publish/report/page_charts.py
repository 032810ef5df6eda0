"""The charts of the report's pages: which numbers they show, and what they are called.

Belongs here: the rows, titles and descriptions of charts. Does not belong here: drawing them (`charts`), and what else
is on a page (`pages`).
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.display import REPORT_BARS
from civic_assets.publish.report import views, words
from civic_assets.publish.report.charts import Chart, bars, stacked
from civic_assets.publish.report.reading import Row
from civic_assets.publish.report.registers import Section


def outcomes(matrix: Sequence[views.MatrixRow]) -> Chart | None:
    """Results of checks by outcome and source; None without results."""
    rows = [
        (
            f"{row.name} ({row.total.total:,})",
            (
                row.total.passed,
                row.total.failed - row.total.blocking,
                row.total.blocking,
                row.total.not_evaluated,
            ),
        )
        for row in matrix
        if row.total.total
    ]
    if not rows:
        return None
    return stacked(
        "outcomes",
        "Results of checks by outcome, for each source",
        "Horizontal bars, one for each source and one for the derived tables, of results that passed, failed with a "
        "warning, failed and block, and were not evaluated. The table below has the same numbers.",
        rows,
        ("pass", "warn", "fail", "not evaluated"),
        "share of results (one for each check and release); labels are numbers of results",
    )


def absent(measures: Sequence[Row]) -> Chart | None:
    """Share of figures without a value, by measure; None if all have one."""
    shares = [
        (f"{words.plain(row['measure'])}, {words.plain(row['unit'])}", row["absent"] / row["n"])
        for row in measures
        if row["absent"]
    ]
    shares.sort(key=lambda entry: (-entry[1], entry[0]))
    if not shares:
        return None
    return bars(
        "absent",
        "Share of figures without a value, by measure",
        f"Horizontal bars of the {min(len(shares), REPORT_BARS)} measures with the largest share of figures that "
        "have a "
        "status instead of a value. The table below lists all measures.",
        shares[:REPORT_BARS],
        "share of figures without a value",
    )


def revisions(section: Section) -> Chart | None:
    """Chart of the size of revisions, if the section is about them."""
    size = "relative_mean_absolute_revision"
    if section.register.table != "revision_summary":
        return None
    sized = [
        (
            f"{words.plain(row['measure'])}, {words.plain(row['unit'])}, {row['horizon']} later",
            float(row[size]),
        )
        for row in section.rows
        if row.get(size) is not None
    ]
    sized.sort(key=lambda entry: (-entry[1], entry[0]))
    if not sized:
        return None
    return bars(
        "revisions",
        "Relative mean absolute revision by measure and number of releases later",
        f"Horizontal bars of the {min(len(sized), REPORT_BARS)} largest. The table below lists all that are shown.",
        sized[:REPORT_BARS],
        "mean absolute revision as a share of the later values",
    )
