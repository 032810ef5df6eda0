"""Scores of planted errors: found or not, the right cell accused, its correct value proposed.

Belongs here: the definitions of found, localised and false, applied to one examined file. Does not belong here: adding
up many of them (`results`).

- A *claim* is a check and an address that one of its findings of severity warning or blocking names (in `locators`, or
  as `locator`). A claim is *new* if the clean file does not have it.
- An error is *found* if a new claim names one of its wrong cells (or its title, row, pasted figures: `Planted.named`),
  or if the message of a new finding names what is missing (`Planted.words`). A check that failed without a finding
  never counts, nor does a finding of severity info.
- It is *localised first* by the share of its wrong cells that the likeliest repairs (V-15) accuse, and *in the list* by
  the share that any equally small repair accuses. For codes, names and titles, it is localised if the finding's first
  address is the wrong cell.
- Its *value is first* by the share of its wrong cells for which the likeliest repair proposes the original value.
- A new finding is *false* if it names neither a wrong cell, nor a figure of the same area and measure as one (a rate
  that no longer follows from its damaged count is wrong because of it), nor a word of the error. If a whole column, row
  or file is damaged (kinds that are not `localised`), everything that depends on it is wrong, and this is not judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from benchmarks.seeded_defects.good_releases import Examined, Good
from benchmarks.seeded_defects.plants import KINDS, Planted
from civic_assets.quality.equations.edits import edits_of
from civic_assets.quality.framework.results import Assessment, Finding
from civic_assets.values.cells import CellValue

Claim = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """Outcome for one planted error.

    Args:
        visible: Whether an equation, a second table, a register or a second release contains what is wrong.
        first, listed, value: Shares of its wrong cells; NaN if there are none or nothing could show them.
    """

    kind: str
    found: bool
    visible: bool
    first: float
    listed: float
    value: float
    checks: tuple[str, ...]


def claims(assessment: Assessment) -> set[Claim]:
    """Checks with the addresses that their warnings and blocking findings name."""
    return {
        (finding.check_id, locator)
        for finding in loud(assessment.findings)
        for locator in {finding.locator, *finding.locators}
        if locator
    }


def loud(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of severity warning or blocking."""
    return [finding for finding in findings if finding.severity != "info"]


def new_findings(good: Good, examined: Examined) -> list[Finding]:
    """Findings that the clean file does not have: a new claim or, without an address, a new message."""
    before = claims(good.clean.assessment)
    messages = {finding.message for finding in good.clean.assessment.findings}
    return [
        finding
        for finding in loud(examined.assessment.findings)
        if finding.message not in messages
        and (
            not finding.locator
            or any((finding.check_id, at) not in before for at in {finding.locator, *finding.locators})
        )
    ]


def score(good: Good, planted: Planted, examined: Examined, new: Sequence[Finding]) -> Score:
    """Score one planted error of a file."""
    before = claims(good.clean.assessment)
    accusable = {*planted.wrong, *planted.named}
    naming = [
        finding
        for finding in new
        if any(
            at in accusable and (finding.check_id, at) not in before
            for at in {finding.locator, *finding.locators}
        )
        or any(word in finding.message for word in planted.words)
    ]
    visible = is_visible(good, planted, examined)
    first = listed = value = math.nan
    if planted.wrong and KINDS[planted.kind].localised and visible:
        first, listed, value = _located(planted, new)
    checks = tuple(sorted({finding.check_id for finding in naming}))
    return Score(planted.kind, bool(naming), visible, first, listed, value, checks)


def is_visible(good: Good, planted: Planted, examined: Examined) -> bool:
    """Whether an equation with all its operands excludes the wrong figure.

    Something always shows texts and missing rows. A wrong number is invisible if no equation contains it, or if the
    rounding of every equation allows it; this is computed from the clean file, whatever the rules then find.
    """
    if not planted.figures or not planted.wrong or examined.release.parsed is None:
        return True
    held = _evaluated(planted, examined)
    cells = {at: float(value) for at, value in _values(planted).items() if at in held}
    return any(_shows(good, at, value) for at, value in cells.items()) or bool(held - cells.keys())


def _values(planted: Planted) -> dict[str, CellValue]:
    """New number by address, of the cells that held a number before."""
    pairs = zip(planted.wrong.items(), planted.cells.values(), strict=True)
    return {at: value for (at, text), value in pairs if _is_number(text) and _is_number(str(value))}


def _shows(good: Good, locator: str, value: float) -> bool:
    """Whether another value in this cell breaks an equation of the clean file."""
    edits, cell = good.clean.release.derived(edits_of), good.rows[locator]
    moved = value - float(edits.values[cell])
    for at in np.flatnonzero(edits.cells == cell).tolist():
        edit = int(edits.edit_of[at])
        if edits.operands_missing[edit]:
            continue
        if not edits.stand_ins[cell]:
            shift = float(edits.coefficients[at]) * moved
        elif edits.rules[edit].kind == "rate":
            # The denominator is in the constant, times the rate.
            shift = moved * float(edits.constants[edit] / edits.values[cell])
        else:
            base = float(edits.values[edits.cells_of(edit)[2]])
            shift = -moved * base / (100 if edits.rules[edit].kind == "change" else 1)
        if abs(float(edits.residuals[edit]) + shift) > edits.tolerance[edit]:
            return True
    return False


def _evaluated(planted: Planted, examined: Examined) -> set[str]:
    """Wrong cells that an evaluated equation contains."""
    edits = examined.release.derived(edits_of)
    locators = examined.release.observations["locator"].to_pylist()
    cells = edits.cells[~edits.operands_missing[edits.edit_of]]
    if all(value in (0.0, "0") for value in planted.cells.values()):
        # A zero adds nothing to a sum: it shows only if it is itself the total, the change or the rate.
        cells = edits.tested[~edits.operands_missing]
    return {locators[cell] for cell in set(cells.tolist())} & set(planted.wrong)


def _located(planted: Planted, new: Sequence[Finding]) -> tuple[float, float, float]:
    """Shares of the wrong cells accused first, accused at all, and with the right value proposed first."""
    if not planted.figures:
        accusing = [finding for finding in new if {finding.locator, *finding.locators} & set(planted.wrong)]
        first = any(finding.locator in planted.wrong for finding in accusing)
        right = any(
            _same(f.expected, planted.wrong[f.locator]) for f in accusing if f.locator in planted.wrong
        )
        # For a title the expected value is a period, and no wording is proposed.
        return float(first), float(bool(accusing)), math.nan if planted.around else float(right)
    first_to: dict[str, str] = {}
    listed: set[str] = set()
    for finding in new:
        if finding.locator in planted.wrong and "repairs" not in finding.evidence:
            # A rule about single cells (K-07, V-02) names the cell itself, without a repair.
            first_to.setdefault(finding.locator, finding.proposal)
            listed.add(finding.locator)
        if finding.check_id != "V-15":
            continue
        repairs = cast("Sequence[Sequence[Mapping[str, str]]]", finding.evidence.get("repairs", ()))
        for place, repair in enumerate(repairs):
            listed |= {part["locator"] for part in repair}
            if not place:
                first_to |= {part["locator"]: part["to"] for part in repair}
    number = len(planted.wrong)
    # No equation can show which symbol a cell had, so there is no correct value to propose.
    numbers = {at: text for at, text in planted.wrong.items() if _is_number(text)}
    right_values = sum(at in first_to and _same(first_to[at], text) for at, text in numbers.items())
    return (
        sum(at in first_to for at in planted.wrong) / number,
        sum(at in listed for at in planted.wrong) / number,
        right_values / len(numbers) if numbers else math.nan,
    )


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text.replace(",", "")))
    except ValueError:
        return False


def _same(proposed: str, right: str) -> bool:
    try:
        return math.isclose(
            float(proposed.replace(",", "")), float(right.replace(",", "")), rel_tol=1e-8, abs_tol=1e-6
        )
    except ValueError:
        return proposed.strip() == right.strip() or proposed.strip("'") == right.strip()


def false_findings(
    good: Good, planted: Sequence[Planted], examined: Examined, new: Sequence[Finding]
) -> list[Finding]:
    """New findings that are not about a planted error; none if whole columns, rows or files are damaged."""
    if not all(KINDS[one.kind].localised for one in planted):
        return []
    around = tuple(place for one in planted for place in one.around)
    mine = {at for one in planted for at in (*one.wrong, *one.named)}
    words = [word for one in planted for word in one.words]
    about: set[tuple[str, str]] = set()
    if examined.release.parsed is not None:
        table = examined.release.observations
        columns = (table[name].to_pylist() for name in ("locator", "area_code", "measure"))
        about = {(area or "", measure) for at, area, measure in zip(*columns, strict=True) if at in mine}
    before = claims(good.clean.assessment)
    return [
        finding
        for finding in new
        if not mine
        & {at for at in (finding.locator, *finding.locators) if (finding.check_id, at) not in before}
        and (finding.area_code, finding.measure) not in about
        and not (around and finding.locator.startswith(around))
        and not any(word in finding.message for word in words)
    ]
