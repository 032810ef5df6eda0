"""Rules of the raw layer: is this the file that it claims to be?

Belongs here: R-01 to R-09. Does not belong here: anything about figures as figures (the V-rules).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from civic_assets.parsing.coded_blocks import coded_cells, locator
from civic_assets.parsing.drift import Drift, DriftKind
from civic_assets.quality.analyses.figure_area import (
    beneath_merged,
    figure_area,
    hidden_figures,
    sentences_among,
)
from civic_assets.quality.analyses.history import columns_of
from civic_assets.quality.analyses.reissues import reissue
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.summing import of_problem
from civic_assets.quality.framework.wording import counted, table_name
from civic_assets.values.cells import UNREADABLE, label

if TYPE_CHECKING:
    import pyarrow as pa

_ROW = ("table_id", "row_number")
_R09 = (
    DriftKind.MISSING_COLUMN,
    DriftKind.ADDED_COLUMN,
    DriftKind.REPEATED_COLUMN,
    DriftKind.UNEVEN_ROW,
    DriftKind.UNREADABLE,
    DriftKind.ADDED_MEASURE,
    DriftKind.UNKNOWN_LEVEL,
)


def _of_drift(check_id: str, drift: Drift) -> Finding:
    return Finding(
        check_id=check_id,
        message=drift.message,
        locator=drift.locator,
        severity="blocking" if drift.breaking else "warning",
        observed=drift.header if not drift.breaking else "",
        expected=drift.header if drift.breaking else "",
        evidence={"kind": str(drift.kind), "table": drift.table},
    )


@rule(
    "R-01",
    "File identity",
    dimension="accuracy",
    layer="raw",
    severity="blocking",
    scope="structural",
    statement="The archived bytes have the sha256 that the manifest holds for this release; other bytes of a published "
    "edition change no figure, unless the file states a later day of publication or a correction.",
    cannot_tell="whether a difference between two issues matters, and what a publisher announced elsewhere",
    guidance="Restore the file from its URL or a backup.",
)
def file_identity(release: ReleaseView) -> RuleOutcome:
    """R-01: the bytes at hand are those that were archived, and a reissue overwrites no figure silently.

    Without an archive there is nothing to compare with. A contract's `reissuesWithoutNotice` says that a source issues
    editions again without a notice: then the difference is a warning, and the reissue is published.
    """
    file = release.file
    if not file.registered_sha256:
        return not_evaluated(
            "no_reference", "the file is not in the archive, so there is no hash to compare with"
        )
    if file.sha256 != file.registered_sha256:
        message = (
            f"The bytes in the archive hash to {file.sha256[:12]}..., but release {release.release} was received as "
            f"{file.registered_sha256[:12]}...: the file was overwritten."
        )
        return outcome_of(
            1, [Finding("R-01", message, observed=file.sha256, expected=file.registered_sha256)]
        )
    received = f"sha256 {file.sha256[:12]}... as received"
    if not file.reissue_of:
        return outcome_of(1, [], received)
    return reissue(release, f"{received}; a reissue of {file.reissue_of} with other bytes")


@rule(
    "R-02",
    "Real workbook, not an error page",
    dimension="validity",
    layer="raw",
    severity="blocking",
    scope="structural",
    statement="The leading bytes are those of the format, and the file is not smaller than any real edition.",
    cannot_tell="whether the content is right",
    guidance="Download the file again.",
)
def real_file(release: ReleaseView) -> RuleOutcome:
    """R-02: no stub, error page or cut-off download; the format itself was recognised when the file was opened."""
    if release.is_part:
        return not_evaluated(
            "no_reference",
            "the file is part of an edition, and the contract's minimum applies to whole files",
        )
    # A source may be published in several formats and tables; an answer of an API is far smaller than a file.
    limits = release.contract.thresholds
    alone = "".join(release.found.blocks) if len(release.found.blocks) == 1 else ""
    names = (f"minimum_bytes_{alone}", f"minimum_bytes_{release.file.format}", "minimum_bytes")
    limit = next((limits[name] for name in names if name in limits), None)
    if limit is None:
        return not_evaluated("no_reference", "the contract states no minimum_bytes")
    smallest = limit.value
    if release.file.size < smallest:
        because = limit.because
        message = (
            f"{release.file.name} has {release.file.size:,} bytes, fewer than {smallest:,.0f} ({because})."
        )
        return outcome_of(
            1, [Finding("R-02", message, observed=str(release.file.size), expected=f">= {smallest:.0f}")]
        )
    return outcome_of(1, [], f"{release.file.format}, {release.file.size:,} bytes")


@rule(
    "R-03",
    "Expected tables",
    dimension="completeness",
    layer="raw",
    severity="blocking",
    scope="structural",
    statement="Every table of the contract is in the file, found by title and headers; unknown sheets are listed.",
    cannot_tell="a table renamed with a new meaning",
    guidance="Compare the file with its contract.",
)
def expected_tables(release: ReleaseView) -> RuleOutcome:
    """R-03: fails for a table that is missing or whose period is unreadable; an unknown sheet is only a warning.

    So is a table that a part of a release does not hold: that part is published, and the check has not passed.
    """
    kinds = (
        DriftKind.MISSING_TABLE,
        DriftKind.UNKNOWN_SHEET,
        DriftKind.PERIOD_UNREADABLE,
        DriftKind.NOT_IN_FILE,
    )
    drift = [d for d in release.found.drift if d.kind in kinds]
    breaking = [_of_drift("R-03", d) for d in drift if d.breaking]
    unknown = [_of_drift("R-03", d) for d in drift if not d.breaking]
    checked = len(release.contract.tables)
    if breaking:
        return outcome_of(checked, [*breaking, *unknown], n_failed=len(breaking))
    message = f"{counted(len(release.found.blocks), 'table')} found"
    if absent := [table_name(release.contract, d.table) for d in drift if d.kind is DriftKind.NOT_IN_FILE]:
        failed = f"{message}; not in this file: {', '.join(absent)}. The file is only part of its edition."
        part = outcome_of(checked, unknown, n_failed=len(absent), failed=failed)
        return replace(part, scope="value", severity="warning")
    if unknown:
        listed = f"{message}; {counted(len(unknown), 'unknown sheet')}"
        return RuleOutcome("pass", checked, 0, listed, findings=unknown)
    return outcome_of(checked, [], message)


@rule(
    "R-04",
    "Header row found by content",
    dimension="validity",
    layer="raw",
    severity="blocking",
    scope="structural",
    statement="Exactly one row below each title holds all required headers.",
    cannot_tell="two tables with equal headers on one sheet",
    guidance="Compare the header row with the contract.",
)
def header_row(release: ReleaseView) -> RuleOutcome:
    """R-04: with two complete header rows below a title it would be a guess which of them counts."""
    found = [_of_drift("R-04", d) for d in release.found.drift if d.kind is DriftKind.SEVERAL_HEADERS]
    return outcome_of(len(release.found.blocks), found, counted(len(release.found.blocks), "header row"))


@rule(
    "R-05",
    "Merged cells and notes among the figures",
    dimension="validity",
    layer="raw",
    severity="warning",
    scope="structural",
    statement="No merged range crosses the figures of a table, nothing is stored beneath one in its rows, there is no "
    "sentence among the figures, and none of them is in a hidden row, column or sheet.",
    cannot_tell="notes outside the figures, and hidden rows of formats other than xlsx",
    guidance="Check in the sheet which figure is meant, or ask the publisher.",
)
def merged_and_notes(release: ReleaseView) -> RuleOutcome:
    """R-05: checks the area of figures only; titles and headers may be merged, and footnotes come below."""
    findings: list[Finding] = []
    checked = 0
    for block in release.found.blocks.values():
        if not block.figures() or not block.rows:
            continue
        top, left, bottom, right = figure_area(block)
        checked += 1
        for first_row, first, last_row, last in block.sheet.merged:
            if first_row <= bottom and last_row >= top and first <= right and last >= left:
                where = block.sheet.locator(max(first_row, top), max(first, left))
                message = (
                    f"Cells are merged across the figures of table {block.table.printed_name!r} at {where}."
                )
                findings.append(Finding("R-05", message, where, severity="warning"))
        findings.extend(beneath_merged(block))
        findings.extend(hidden_figures(block))
        for name, _ in block.figures():
            for row, cell in sentences_among(coded_cells(block, name)):
                where = locator(block, name, row)
                table = f"table {block.table.printed_name!r}"
                message = f"There is a note among the figures of {table} at {where}: {cell[:80]!r}."
                findings.append(Finding("R-05", message, where, severity="warning", observed=cell))
    return outcome_of(
        checked,
        findings,
        counted(checked, "table") + " without notes, merged or hidden cells among the figures",
    )


@rule(
    "R-06",
    "Known symbols",
    dimension="validity",
    layer="raw",
    severity="blocking",
    scope="structural",
    statement="Every cell in a column of figures is a number or a symbol of the contract.",
    cannot_tell="a symbol used with a private meaning",
    guidance="Add the symbol to the contract if the publisher explains it, or correct the file.",
)
def symbols(release: ReleaseView) -> RuleOutcome:
    """R-06: lists the symbols that were read, and points at every cell that is neither number nor symbol."""
    if release.parsed is None:
        return not_evaluated("no_input", "the tables could not be read, so their cells were not checked")
    problems = [p for p in release.parsed.problems if p.check_id == "R-06"]
    found = release.observations["status"].drop_null().value_counts().to_pylist()
    statuses = {str(entry["values"]): int(entry["counts"]) for entry in found}
    marks = ", ".join(f"{status}: {n:,}" for status, n in sorted(statuses.items()) if status != UNREADABLE)
    findings = [
        Finding(
            "R-06",
            p.message,
            p.locator,
            locators=[p.locator],
            disputes=[p.locator],
            observed=p.observed,
            expected=p.expected,
            measure=p.measure,
            area_code=p.area_code,
        )
        if p.number == 1
        else of_problem(p, disputes=True)
        for p in problems
    ]
    return outcome_of(
        release.observations.num_rows,
        findings,
        f"symbols read as {marks}" if marks else "numbers only",
        sum(p.number for p in problems),
    )


@rule(
    "R-08",
    "Row-count band",
    dimension="completeness",
    layer="raw",
    severity="warning",
    scope="structural",
    statement="The number of rows differs from the release before by at most the contract's row_count_band.",
    cannot_tell="rows swapped one for one",
    guidance="Check that the file is complete; download it again if it is not.",
    applies=lambda contract: "row_count_band" in contract.thresholds,
)
def row_count(release: ReleaseView) -> RuleOutcome:
    """R-08: compares with the release before, table by table, within the band of the contract."""
    if release.parsed is None:
        return not_evaluated("no_input", "the tables could not be read")
    if not release.history:
        return not_evaluated("history_too_short", "no earlier release is held")
    before = list(release.history)[-1]
    band = release.contract.thresholds["row_count_band"]

    now = _rows(release.observations)
    then = _rows(columns_of(release.history, before, _ROW))
    if abs(now - then) > band.value * then:
        message = (
            f"{counted(now, 'row')}, {then:,} in {before}: the difference is beyond {band.value:.0%} "
            f"({band.because})."
        )
        return outcome_of(
            1, [Finding("R-08", message, severity="warning", observed=str(now), expected=str(then))]
        )
    return outcome_of(1, [], f"{counted(now, 'row')}, {then:,} in {before}")


def _rows(observations: pa.Table) -> int:
    return int(observations.group_by(list(_ROW)).aggregate([]).num_rows)


@rule(
    "R-09",
    "Column drift",
    dimension="consistency",
    layer="raw",
    severity="blocking",
    scope="structural",
    statement="Every required column is there once, each row of a delimited file has one cell for each column, and the "
    "rows below can be read; columns that are not in the contract are named.",
    cannot_tell="a column that kept its name and changed its definition",
    guidance="Compare the headers with the contract, and add new columns to it.",
)
def column_drift(release: ReleaseView) -> RuleOutcome:
    """R-09: fails for a required column that is missing or repeated, and for rows with a cell too many or too few.

    An added column is only a warning.
    """
    drift = [d for d in release.found.drift if d.kind in _R09]
    findings = [_of_drift("R-09", d) for d in sorted(drift, key=lambda d: not d.breaking)]
    checked = sum(len(block.table.columns) for block in release.found.blocks.values())
    if any(d.breaking for d in drift):
        return outcome_of(checked, findings, n_failed=sum(d.breaking for d in drift))
    known = f"{counted(checked, 'column')} as contracted"
    if findings:
        headers = ", ".join(sorted({repr(d.header) for d in drift}, key=label))
        return RuleOutcome(
            "pass", checked, 0, f"{known}; added by the publisher: {headers}", findings=findings
        )
    return outcome_of(checked, [], known)
