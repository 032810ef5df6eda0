"""Rules about figures that must add up, and about which figure is wrong when they do not.

Belongs here: V-10 to V-18 and V-23. Does not belong here: forming the equations (`equations`), finding the cells
(`repairs`, `localise`) and putting an equation into words (`explanations`).
"""

from __future__ import annotations

import numpy as np

from civic_assets.contracts.model import Contract, Severity
from civic_assets.quality.explanations import explain_case, repair_words
from civic_assets.quality.repairs import Localisation
from civic_assets.quality.results import Finding, Verdict, judged, not_evaluated
from civic_assets.quality.rule import Release, declared, rule
from civic_assets.quality.wording import counted, figure, unit_name

# Findings or addresses kept of a damage that concerns a whole table; the uncapped number is in the result.
_SHOWN = 200


def _ambiguous(release: Release) -> Verdict | None:
    """Equations over figures that stand twice under one key (V-01) would be between arbitrary ones of them."""
    _, twice = release.gate["V-01"]
    if not twice:
        return None
    return not_evaluated(
        "no_input", "figures stand twice under one key (V-01): which of them count is not guessed"
    )


def _edits_hold(release: Release, check_id: str) -> Verdict:
    if (open_verdict := _ambiguous(release)) is not None:
        return open_verdict
    edits = release.edits
    checked, undecided = edits.number_of(check_id)
    open_note = f"; {undecided:,} not evaluated: an operand is absent" if undecided else ""
    broken = [int(edit) for edit in edits.broken if edits.check_ids[edit] == check_id]
    if not broken:
        if not checked:
            message = "no equation could be tested" + open_note
            return not_evaluated("suppressed_input" if undecided else "no_input", message)
        return judged(checked, [], f"{counted(checked, 'equation')} hold{'s' * (checked == 1)}{open_note}")
    does = "does" if len(broken) == 1 else "do"
    failed = f"{len(broken):,} of {counted(checked, 'equation')} {does} not hold{open_note}"
    located = release.localisation
    if located.too_many:
        finding = _damaged_as_a_whole(located, check_id, broken, failed)
        return judged(checked, [finding], n_failed=len(broken), failed=failed)
    findings = [
        located.finding(check_id, case, located.describe(edit), edits=[edit], disputes=True)
        for case in located.cases
        for edit in case.component.edits
        if edits.check_ids[edit] == check_id
    ]
    return judged(checked, findings, n_failed=len(broken), failed=failed)


def _damaged_as_a_whole(located: Localisation, check_id: str, broken: list[int], failed: str) -> Finding:
    disputed = sorted({int(cell) for edit in broken for cell in located.edits.cells_of(edit)})
    locators = [located.locator(cell) for cell in disputed]
    message = (
        f"{failed}: these tables do not belong together as their titles say, or were damaged as a whole. "
        f"The first: {located.describe(broken[0])}"
    )
    first = located.locator(int(located.edits.tested[broken[0]]))
    return Finding(check_id, message, first, locators=locators[:_SHOWN], disputes=locators)


def _accounting(
    check_id: str, name: str, statement: str, cannot_tell: str, severity: Severity = "blocking"
) -> None:
    def run(release: Release) -> Verdict:
        return _edits_hold(release, check_id)

    rule(
        check_id,
        name,
        dimension="accuracy",
        layer="validated",
        severity=severity,
        statement=statement,
        cannot_tell=cannot_tell,
        applies=declared(check_id),
    )(run)


_CANCEL = "which cell is wrong (V-15); errors that cancel"
_accounting(
    "V-10", "Total is the sum of its groups", "The total equals the sum of the groups exactly.", _CANCEL
)
_accounting(
    "V-11", "Subtotal is the sum of its parts", "Each subtotal equals the sum of its parts exactly.", _CANCEL
)
_accounting(
    "V-12",
    "Burglary is residential plus non-residential",
    "Burglary equals residential plus non-residential burglary.",
    _CANCEL,
)
_accounting(
    "V-13",
    "Rounded sums agree",
    "A rounded total differs from the sum of n rounded parts by at most (b/2)(n + 1), b the rounding base.",
    "errors smaller than the tolerance",
    "warning",
)
_accounting(
    "V-14",
    "Areas add up to their parent",
    "A parent equals the sum of its areas and of what it could not place.",
    "errors moved between areas",
)
_accounting(
    "V-17",
    "Counts, changes, rates and denominators agree",
    "A printed change follows from its two counts, a printed rate from its count and a denominator that rounds to the "
    "printed one.",
    "which of them is wrong, where V-15 finds ties",
    "warning",
)


def _has_edits(contract: Contract) -> bool:
    return any(r.kind in ("identity", "parent", "change", "rate") for r in contract.rules)


@rule(
    "V-15",
    "Error localisation",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="All smallest sets of cells whose change satisfies every equation (Fellegi and Holt 1976); fails if any "
    "equation is broken.",
    cannot_tell="the true value; errors that cancel",
    applies=_has_edits,
)
def error_localisation(release: Release) -> Verdict:
    if (open_verdict := _ambiguous(release)) is not None:
        return open_verdict
    edits, located = release.edits, release.localisation
    if not edits.rules:
        return not_evaluated("no_input", "no equation could be formed")
    if located.too_many:
        message = f"{len(edits.broken):,} of {len(edits.rules):,} equations are broken: too many to single out cells"
        return not_evaluated("time_limit", message)
    findings = [
        located.finding("V-15", case, explain_case(located, case), edits=case.component.edits, disputes=False)
        for case in located.cases
    ]
    evaluated = int((~edits.operands_missing).sum())
    if not evaluated and not findings:
        return not_evaluated("suppressed_input", "every equation lacks an operand")
    ties = max((len(case.ranked) for case in located.cases), default=0)
    failed = (
        f"{counted(len(edits.broken), 'broken equation')}, explained by {counted(len(findings), 'separate error')} "
        f"(at most {counted(ties, 'equally small repair')} each)"
    )
    return judged(
        evaluated, findings, f"{counted(evaluated, 'equation')} hold{'s' * (evaluated == 1)}", failed=failed
    )


@rule(
    "V-16",
    "Typing-error proposals",
    dimension="accuracy",
    layer="validated",
    severity="info",
    statement="Of equally minimal repairs, those that a typing error explains (a prefix, a suffix, two digits "
    "exchanged, a sign, a power of ten).",
    cannot_tell="intent; the proof needs the source cell",
    applies=_has_edits,
)
def typing_errors(release: Release) -> Verdict:
    if (open_verdict := _ambiguous(release)) is not None:
        return open_verdict
    located = release.localisation
    if located.too_many:
        return not_evaluated("time_limit", "no cells were singled out (V-15)")
    if not located.cases:
        return not_evaluated("not_applicable", "no equation is broken, so that there is nothing to propose")
    findings = []
    for case in located.cases:
        if case.ranked and case.ranked[0].patterns:
            first = case.ranked[0]
            pattern = " or ".join(str(found).replace("_", " ") for found in first.patterns)
            message = f"{repair_words(located, first)}: the pattern of a typing error ({pattern})."
            findings.append(
                located.finding("V-16", case, message, edits=case.component.edits, disputes=False)
            )
    number = counted(len(located.cases), "repair")
    shows = "shows" if len(findings) == 1 else "show"
    message = f"{len(findings):,} of {number} {shows} the pattern of a typing error"
    return judged(len(located.cases), findings, message, failed=message)


@rule(
    "V-18",
    "Shared denominators agree",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="The denominators implied by all rates of a row have a value in common.",
    cannot_tell="which base is right",
    applies=lambda contract: any(r.kind == "rate" for r in contract.rules),
)
def shared_denominators(release: Release) -> Verdict:
    if (open_verdict := _ambiguous(release)) is not None:
        return open_verdict
    edits, table = release.edits, release.observations
    rates = np.array([r.kind == "rate" for r in edits.rules], dtype=bool)
    if rates.any():
        # The equation of a denominator itself (V-17) has no rate in it.
        rates &= edits.stand_ins[edits.tested]
    if not rates.any():
        return not_evaluated("no_input", "no rate stands beside its count and its denominator")
    numbers = np.flatnonzero(rates)
    few = table.select(["area_code", "unit"]).take(edits.tested[numbers])
    rows: dict[tuple[str, str], list[int]] = {}
    for edit, area, unit in zip(
        numbers.tolist(), *(few[n].to_pylist() for n in few.column_names), strict=True
    ):
        rows.setdefault((area, unit), []).append(edit)
    broken = set(edits.broken.tolist())
    findings = [
        _apart(release.localisation, bad, len(own), unit)
        for (_, unit), own in rows.items()
        if (bad := [edit for edit in own if edit in broken])
    ]
    failed = (
        f"{len(findings):,} of {counted(len(rows), 'row')} rest on more than one denominator"
        if len(findings) > 1
        else ""
    )
    message = f"{counted(len(rows), 'row')}, one denominator each"
    return judged(len(rows), findings[:_SHOWN], message, n_failed=len(findings), failed=failed)


def _apart(located: Localisation, bad: list[int], number: int, unit: str) -> Finding:
    cells = [int(located.edits.tested[edit]) for edit in bad]
    row = located.of(cells[0])
    where = ", ".join(located.locator(cell) for cell in cells[:4]) + (", ..." if len(cells) > 4 else "")
    does = "does" if len(bad) == 1 else "do"
    message = (
        f"{row['area_name']}: {len(bad)} of {number} rates {unit_name(unit)} ({where}) {does} not rest on the "
        "denominator that the others of the row imply."
    )
    return Finding(
        "V-18",
        message,
        row["locator"],
        locators=[located.locator(cell) for cell in cells],
        severity="warning",
        measure=row["measure"],
        area_code=row["area_code"] or "",
        period_start=str(row["period_start"]),
        period_end=str(row["period_end"]),
        observed=row["value_text"],
    )


@rule(
    "V-23",
    "Sign, swap and unit errors",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="Does changing a sign, exchanging two neighbours, or a factor of 10 or 1,000 restore every broken "
    "equation?",
    cannot_tell="as V-15",
    applies=_has_edits,
)
def sign_swap_unit(release: Release) -> Verdict:
    if (open_verdict := _ambiguous(release)) is not None:
        return open_verdict
    located, edits = release.localisation, release.edits
    if located.too_many:
        return not_evaluated("time_limit", "no cells were singled out (V-15)")
    if not located.cases:
        if not edits.rules:
            return not_evaluated("no_input", "no equation could be formed")
        return judged(int((~edits.operands_missing).sum()), [], "no equation is broken")
    from civic_assets.quality.typing_errors import sign_swap_unit_repairs

    findings = []
    for case in located.cases:
        cells = np.unique(np.concatenate([edits.cells_of(edit) for edit in case.component.edits]))
        around = {int(cell): list(located.neighbours(int(cell))) for cell in cells}
        for pattern, repair in sign_swap_unit_repairs(edits.system, case.component, around):
            rows = [located.of(cell) for cell in repair.cells]
            to = [
                located.proposal(cell, value) for cell, value in zip(repair.cells, repair.values, strict=True)
            ]
            words = " and ".join(
                f"{row['locator']} {figure(row['value_text'])} -> {figure(new)}"
                for row, new in zip(rows, to, strict=True)
            )
            message = f"{words} restores every broken equation ({str(pattern).replace('_', ' ')})."
            findings.append(
                Finding(
                    "V-23",
                    message,
                    rows[0]["locator"],
                    locators=[row["locator"] for row in rows],
                    severity="warning",
                    measure=rows[0]["measure"],
                    area_code=rows[0]["area_code"] or "",
                    period_start=str(rows[0]["period_start"]),
                    period_end=str(rows[0]["period_end"]),
                    observed=rows[0]["value_text"],
                    expected=to[0],
                    proposal=to[0],
                    n_ties=1,
                    evidence={
                        "pattern": str(pattern),
                        "to": dict(zip((r["locator"] for r in rows), to, strict=True)),
                    },
                )
            )
    return judged(
        len(located.cases), findings, f"{counted(len(located.cases), 'error')} tried for sign, swap and unit"
    )
