"""Rules about which figure is wrong where figures do not add up.

Belongs here: V-15, V-16 and V-23. Does not belong here: which equations are broken (`accounting_rules`), and finding
the cells (`repairs`, `localise`, `typing_errors`).
"""

from __future__ import annotations

import numpy as np

from civic_assets.contracts.model import Contract
from civic_assets.contracts.rules import EQUATIONS
from civic_assets.quality.equations.edits import edits_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, figure
from civic_assets.quality.localisation.cases import localisation_of
from civic_assets.quality.localisation.explanations import explain_case, repair_words
from civic_assets.quality.rules.arithmetic import ambiguous


def _has_edits(contract: Contract) -> bool:
    return any(r.kind in EQUATIONS for r in contract.rules)


@rule(
    "V-15",
    "Error localisation",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="All smallest sets of cells whose change satisfies every equation (Fellegi and Holt 1976); fails if any "
    "equation is broken.",
    cannot_tell="the true value; errors that cancel",
    guidance="Check these cells in the publisher's file, and register a correction if the error is confirmed.",
    applies=_has_edits,
)
def error_localisation(release: ReleaseView) -> RuleOutcome:
    """V-15: one finding for each error, with all equally small repairs as evidence and the likeliest as proposal."""
    if (open_verdict := ambiguous(release)) is not None:
        return open_verdict
    edits, located = release.derived(edits_of), release.derived(localisation_of)
    if not edits.rules:
        return not_evaluated("no_input", "no equation could be formed")
    if located.too_many:
        message = f"{len(edits.broken):,} of {len(edits.rules):,} equations are broken, too many to single out cells"
        return not_evaluated("time_limit", message)
    findings = [
        located.finding("V-15", case, explain_case(located, case), edits=case.component.edits, disputes=False)
        for case in located.cases
    ]
    evaluated = int((~edits.operands_missing).sum())
    if not evaluated and not findings:
        return not_evaluated("suppressed_input", "every equation has an absent figure")
    ties = max((len(case.ranked) for case in located.cases), default=0)
    failed = (
        f"{counted(len(edits.broken), 'broken equation')}, explained by {counted(len(findings), 'separate error')} "
        f"(at most {counted(ties, 'equally small repair')} each)"
    )
    if ended := sum(not case.component.complete for case in located.cases):
        failed += f"; the search was stopped for {ended:,} of them, so more repairs may exist"
    return outcome_of(
        evaluated, findings, f"{counted(evaluated, 'equation')} hold{'s' * (evaluated == 1)}", failed=failed
    )


@rule(
    "V-16",
    "Typing-error proposals",
    dimension="accuracy",
    layer="validated",
    severity="info",
    statement="Which of equally small repairs a typing error explains (a prefix, a suffix, two digits exchanged, a "
    "sign, a power of ten).",
    cannot_tell="what was meant; only the source cell can prove that",
    guidance="Check the cell in the publisher's file before you correct it.",
    applies=_has_edits,
)
def typing_errors(release: ReleaseView) -> RuleOutcome:
    """V-16: one finding for each error whose likeliest repair a slip of the keyboard explains."""
    if (open_verdict := ambiguous(release)) is not None:
        return open_verdict
    located = release.derived(localisation_of)
    if located.too_many:
        return not_evaluated("time_limit", "no cells were singled out (V-15)")
    if not located.cases:
        return not_evaluated("not_applicable", "no equation is broken, so there is nothing to propose")
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
    return outcome_of(len(located.cases), findings, message, failed=message)


@rule(
    "V-23",
    "Sign, swap and unit errors",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="Whether changing a sign, exchanging two neighbours, or a factor of 10 or 1,000 restores every broken "
    "equation.",
    cannot_tell="the true value; errors that cancel",
    guidance="Check the cells in the publisher's file before you correct them.",
    applies=_has_edits,
)
def sign_swap_unit(release: ReleaseView) -> RuleOutcome:
    """V-23: one finding for each such change; it proposes, and disputes nothing that V-15 does not."""
    if (open_verdict := ambiguous(release)) is not None:
        return open_verdict
    located, edits = release.derived(localisation_of), release.derived(edits_of)
    if located.too_many:
        return not_evaluated("time_limit", "no cells were singled out (V-15)")
    if not located.cases:
        if not edits.rules:
            return not_evaluated("no_input", "no equation could be formed")
        return outcome_of(int((~edits.operands_missing).sum()), [], "no equation is broken")
    from civic_assets.quality.localisation.typing_errors import sign_swap_unit_repairs

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
    return outcome_of(
        len(located.cases), findings, f"{counted(len(located.cases), 'error')} tried for sign, swap and unit"
    )
