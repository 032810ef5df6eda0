"""Rules about what one release gives away of the figures that its publisher hides.

Belongs here: H-18 and H-19 for a publisher's own file, and which of its figures are hidden. Does not belong here:
solving (`disclosure_audit`), and what we add to it (`published_disclosure`,
`civic_assets.publish.disclosure.withholding`).

What a publisher's own release gives away is the publisher's business and a warning here; what our tables would give
away is an error there. Findings name cells and never what was found of them: a report on suppression holds counts of
cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING
from civic_assets.quality.disclosure.audit import Ranges, ranges
from civic_assets.quality.disclosure.hidden_cells import HiddenCells, hidden_cells
from civic_assets.quality.equations.edits import edits_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, measure_words, table_name

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.quality.equations.edit_system import Flags, Floats, Indices
    from civic_assets.quality.equations.edits import Edits

_COUNTED = ("flow", "stock", "mean_of_stocks")


def hides(contract: Contract) -> bool:
    """Whether the publisher hides small counts anywhere."""
    return any(entry.hides for entry in contract.disclosure)


def ruled(contract: Contract, table: pa.Table) -> tuple[Flags, Floats, Floats]:
    """The publisher's rule for each observation.

    Args:
        contract: Contract of the source.
        table: With the columns `table_id` and `measure`.

    Returns:
        Whether small counts are hidden there, and the lowest and highest that are (NaN elsewhere); shape
        (observations,).
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    named = [table[name].cast(pa.string()) for name in ("table_id", "measure")]
    encoded = pc.dictionary_encode(pc.binary_join_element_wise(*named, "|")).combine_chunks()
    low, high = [], []
    for text in encoded.dictionary.to_pylist():
        entry = contract.disclosure_of(*text.split("|", 1))
        low.append(entry.lowest if entry and entry.hides else np.nan)
        high.append(entry.highest if entry and entry.hides else np.nan)
    at = np.asarray(encoded.indices, dtype=np.int64)
    lowest, highest = np.array(low, dtype=float)[at], np.array(high, dtype=float)[at]
    return ~np.isnan(lowest), lowest, highest


def suppressed(contract: Contract, table: pa.Table) -> Flags:
    """Figures that the publisher hides so that nobody can be recognised, shape (observations,).

    A mark with another meaning (a rate that is left out because few people live there) does not protect anyone.
    """
    import pyarrow.compute as pc

    marked = np.asarray(pc.fill_null(pc.equal(table["status"], "suppressed"), False), dtype=bool)
    absent = np.asarray(pc.is_null(table["value"]), dtype=bool)
    flags: Flags = marked & absent & ruled(contract, table)[0]
    return flags


def audit_release(edits: Edits, table: pa.Table, contract: Contract) -> tuple[HiddenCells, Ranges] | None:
    """What a release gives away of its hidden figures; None if it hides none."""
    hidden = suppressed(contract, table)
    if not hidden.any():
        return None
    system = hidden_cells(edits, table, hidden)
    return system, ranges(system)


@rule(
    "H-18",
    "Primary suppression",
    dimension="validity",
    layer="harmonised",
    severity="warning",
    scope="privacy",
    applies=hides,
    statement="No count is printed that the publisher says it hides. In a publisher's file this is a warning; a "
    "derived "
    "count in that range is withheld.",
    cannot_tell="what follows from several figures together (H-19, H-20)",
    guidance="Tell the publisher, and do not repeat the values.",
)
def primary_suppression(release: ReleaseView) -> RuleOutcome:
    """H-18: one finding for each table and measure that prints such counts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = release.observations
    hidden_there, lowest, highest = ruled(release.contract, table)
    counts = pc.and_(
        pc.equal(table["unit"], "count"), pc.is_in(table["statistic"], value_set=pa.array(_COUNTED))
    )
    values = np.array(table["value"].to_numpy(zero_copy_only=False), dtype=float)
    checked = hidden_there & np.asarray(pc.fill_null(counts, False), dtype=bool) & ~np.isnan(values)
    if not checked.any():
        return not_evaluated("not_applicable", "the publisher hides no counts of the kinds in this release")
    printed = np.flatnonzero(checked & (values >= lowest) & (values <= highest))
    groups: dict[tuple[str, str], list[int]] = {}
    few = table.select(["table_id", "measure"]).take(pa.array(printed))
    for row, name, measure in zip(
        printed.tolist(), few["table_id"].to_pylist(), few["measure"].to_pylist(), strict=True
    ):
        groups.setdefault((name, measure), []).append(row)
    findings = [
        _printed(release, name, measure, rows, float(lowest[rows[0]]), float(highest[rows[0]]))
        for (name, measure), rows in groups.items()
    ]
    number = int(checked.sum())
    return outcome_of(
        number,
        findings,
        f"{counted(number, 'count')}, none in the range that the publisher hides",
        n_failed=len(printed),
    )


def _printed(
    release: ReleaseView, name: str, measure: str, rows: list[int], lowest: float, highest: float
) -> Finding:
    table = release.observations
    locators = _locators(table, rows)
    message = (
        f"{_sentence_start(release, name)} prints {counted(len(rows), 'count')} of {measure_words(measure)} from "
        f"{lowest:g} to {highest:g}, although the publisher says that it hides them."
    )
    return _finding(
        "H-18", table, rows, locators, message, f"none from {lowest:g} to {highest:g}", table=name
    )


@rule(
    "H-19",
    "Disclosure audit by linear programme",
    dimension="validity",
    layer="harmonised",
    severity="warning",
    scope="privacy",
    applies=hides,
    statement="No hidden count can be worked out from the other figures of its release: the values that all of its "
    "equations allow lie at least 5 apart and reach down to 1 (a house rule; less where the publisher states "
    "a smaller range). In a publisher's file this is a warning; a derived figure that would reveal one is "
    "withheld (H-20).",
    cannot_tell="what else an attacker knows, and which of the hidden counts are small",
    guidance="Tell the publisher, and do not publish anything that narrows them further.",
)
def disclosure_audit(release: ReleaseView) -> RuleOutcome:
    """H-19: one finding for each table with cells that can be worked out."""
    table = release.observations
    audited = audit_release(release.derived(edits_of), table, release.contract)
    if audited is None:
        return not_evaluated("not_applicable", "this release has no hidden figures")
    system, found = audited
    number, left = int(found.audited.sum()), int(found.contradictory.sum())
    open_cells = (
        f"; {left:,} not evaluated, because figures printed around them contradict each other" if left else ""
    )
    if number == left:
        return not_evaluated("suppressed_input", f"{counted(number, 'hidden figure')}{open_cells}")
    names = np.array(table["table_id"].take(system.names).to_pylist())
    highest = ruled(release.contract, table)[2][system.names]
    findings = [
        _told(release, name, system.names, found, names == name, highest)
        for name in dict.fromkeys(names.tolist())
    ]
    passed = (
        f"{counted(number, 'hidden figure')}, none of which can be worked out from the others{open_cells}"
    )
    revealed = [finding for finding in findings if finding]
    return outcome_of(number, revealed, passed, n_failed=int(found.inadequate.sum()))


def _told(
    release: ReleaseView, name: str, rows: Indices, found: Ranges, own: Flags, highest: Floats
) -> Finding | None:
    table = release.observations
    recovered, narrow = (rows[own & flags].tolist() for flags in (found.recovered, found.narrow))
    if not recovered and not narrow:
        return None
    number = int((found.audited & own).sum())
    locators = _locators(table, [*recovered, *narrow])
    parts = []
    if recovered:
        parts.append(f"{len(recovered):,} can be worked out exactly from the other figures of the release")
    if narrow:
        # Most of these are large: they are hidden to protect another cell and cannot be small counts.
        large = int((own & found.narrow & (found.low > highest)).sum())
        also = f" ({large:,} of these cannot be small counts)" if large else ""
        parts.append(
            f"{len(narrow):,} can be narrowed to a range that is tighter than the house rule or starts above 1{also}"
        )
    message = (
        f"Of the {counted(number, 'figure')} that {table_name(release.contract, name)} hides, {' and '.join(parts)} "
        "(`civic-assets inspect --json` lists the cells of a file that you hold). Neither their values nor their "
        "addresses are repeated here."
    )
    expected = "at least 5 apart, from 1 or less"
    counts = {"hidden": number, "recovered": len(recovered), "narrow": len(narrow)}
    return _finding("H-19", table, [*recovered, *narrow], locators, message, expected, table=name, **counts)


def _sentence_start(release: ReleaseView, table: str) -> str:
    name = table_name(release.contract, table)
    return name[:1].upper() + name[1:]


def _locators(table: pa.Table, rows: list[int]) -> list[str]:
    few: list[str] = table["locator"].take(np.array(rows[:CELLS_OF_A_FINDING], dtype=np.int64)).to_pylist()
    return few


def _finding(
    check: str,
    observations: pa.Table,
    rows: list[int],
    locators: list[str],
    message: str,
    expected: str,
    **counts: str | int,
) -> Finding:
    columns = ["measure", "area_code", "period_start", "period_end"]
    first = observations.select(columns).slice(rows[0], 1).to_pylist()[0]
    return Finding(
        check,
        message,
        locators[0],
        locators,
        severity="warning",
        measure=first["measure"],
        area_code=first["area_code"] or "",
        period_start=str(first["period_start"]),
        period_end=str(first["period_end"]),
        observed=f"{len(rows):,} cells",
        expected=expected,
        evidence={"cells": len(rows), **counts},
    )
