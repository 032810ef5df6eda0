"""Rules about figures that must add up and follow from each other.

Belongs here: V-10 to V-14, V-17 to V-19 and V-25. Does not belong here: forming the equations (`equations`), which
figure is wrong when they do not hold (`localisation_rules`), putting an equation into words (`explanations`), and what
V-17 to V-19 say of figures that make no equation (`shared_bases`, `label_units`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from civic_assets.contracts.model import Contract, Severity
from civic_assets.house_numbers.listing import FINDINGS_OF_A_RULE
from civic_assets.house_numbers.localisation import (
    BEYOND_LOCALISING_SHARE,
    SLIGHT_DIFFERENCE,
    SLIGHT_DIFFERENCE_TOTAL,
)
from civic_assets.quality.analyses.contract_gate import gate_of
from civic_assets.quality.analyses.label_units import labels_name_the_unit, names_units
from civic_assets.quality.analyses.shared_denominators import bases_exist, bases_shared
from civic_assets.quality.equations.edits import edits_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, combine, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import declared, rule
from civic_assets.quality.framework.wording import counted, unit_name
from civic_assets.quality.localisation.cases import Case, Localisation, localisation_of

# Rules whose equations are sums and nothing else.
_SUMS = frozenset({"V-10", "V-11", "V-12", "V-13", "V-14"})


def ambiguous(release: ReleaseView) -> RuleOutcome | None:
    """Not evaluated where figures appear twice under one key (V-01) and no equation is left without them.

    Such equations would use one of the figures at random (`Edits.of`). All others are evaluated, since a row that
    appears twice does not hide an error elsewhere.

    Returns:
        The outcome, or None if equations can be evaluated or no key appears twice.
    """
    _, twice = release.derived(gate_of)["V-01"]
    if not twice or not release.derived(edits_of).operands_missing.all():
        return None
    return not_evaluated(
        "no_input", "figures appear twice under one key (V-01), so the equations cannot be tested"
    )


def _edits_hold(release: ReleaseView, check_id: str) -> RuleOutcome:
    if (open_verdict := ambiguous(release)) is not None:
        return open_verdict
    edits = release.derived(edits_of)
    checked, undecided = edits.number_of(check_id)
    open_note = f"; {undecided:,} not evaluated because a figure is absent" if undecided else ""
    broken = [int(edit) for edit in edits.broken if edits.check_ids[edit] == check_id]
    if not broken:
        if not checked:
            tables = {rule.table for rule in release.declared(check_id)}
            if not tables & set(release.found.blocks):
                return not_evaluated(
                    "not_applicable", "this file does not hold the tables that the equations use"
                )
            message = "no equation could be tested" + open_note
            return not_evaluated("suppressed_input" if undecided else "no_input", message)
        return outcome_of(
            checked, [], f"{counted(checked, 'equation')} hold{'s' * (checked == 1)}{open_note}"
        )
    does = "does" if len(broken) == 1 else "do"
    failed = f"{len(broken):,} of {counted(checked, 'equation')} {does} not hold{open_note}"
    located = release.derived(localisation_of)
    if located.too_many:
        # Sums that only warn are exact but for rounding: where so many fail, the figures are not what they say. A rate
        # may have another base than the contract knows.
        everywhere = check_id in _SUMS and len(broken) > BEYOND_LOCALISING_SHARE * checked
        finding = _damaged_as_a_whole(located, check_id, broken, failed, everywhere)
        verdict = outcome_of(checked, [finding], n_failed=len(broken), failed=failed)
        return replace(verdict, severity="blocking") if everywhere else verdict
    findings = [
        _of_its_rule(located, check_id, case, edit)
        for case in located.cases
        for edit in case.component.edits
        if edits.check_ids[edit] == check_id
    ]
    verdict = outcome_of(checked, findings, n_failed=len(broken), failed=failed)
    slight = all(finding.evidence.get("slight") for finding in findings)
    return replace(verdict, severity="warning") if slight and findings else verdict


def _of_its_rule(located: Localisation, check_id: str, case: Case, edit: int) -> Finding:
    """A finding as severe as the rule that it breaks; only a blocking one takes figures out of use."""
    severity, slight = located.edits.rules[edit].severity, _slight(located, case)
    if slight and severity == "blocking":
        severity = "warning"
    found = located.finding(
        check_id, case, located.describe(edit), edits=[edit], disputes=severity == "blocking"
    )
    return replace(
        found, severity=severity, evidence={**found.evidence, **({"slight": True} if slight else {})}
    )


def _slight(located: Localisation, case: Case) -> bool:
    """Whether every equation of a case is a sum that is off by one in thousands.

    Such a difference is the publisher's to explain; it is not a reason to take the figures out of use.
    """
    edits = located.edits
    return all(
        edits.check_ids[edit] in _SUMS
        and abs(edits.residuals[edit]) <= SLIGHT_DIFFERENCE + edits.noise[edit]
        and abs(edits.values[edits.tested[edit]]) >= SLIGHT_DIFFERENCE_TOTAL
        for edit in case.component.edits
    )


def _damaged_as_a_whole(
    located: Localisation, check_id: str, broken: list[int], failed: str, everywhere: bool
) -> Finding:
    edits = located.edits
    concerned = sorted({int(cell) for edit in broken for cell in edits.cells_of(edit)})
    locators = [located.locator(cell) for cell in concerned]
    blocking = [edit for edit in broken if everywhere or edits.rules[edit].severity == "blocking"]
    disputed = sorted({int(cell) for edit in blocking for cell in edits.cells_of(edit)})
    message = (
        f"{failed}: either these tables do not belong together as their titles say, or they were damaged as a whole. "
        f"The first: {located.describe(broken[0])}"
    )
    first = located.locator(int(edits.tested[broken[0]]))
    return Finding(
        check_id,
        message,
        first,
        locators=locators[:FINDINGS_OF_A_RULE],
        disputes=[located.locator(cell) for cell in disputed],
        severity="blocking" if blocking else edits.rules[broken[0]].severity,
    )


def _accounting(
    check_id: str,
    name: str,
    statement: str,
    cannot_tell: str,
    severity: Severity = "blocking",
    *,
    guidance: str = "Check the cells in the publisher's file, and ask the publisher which one is wrong.",
    also: Callable[[ReleaseView], RuleOutcome] | None = None,
    applies: Callable[[Contract], bool] = lambda contract: False,
) -> None:
    """Registers a rule about equations; `also` says what it states of figures that make none."""

    def run(release: ReleaseView) -> RuleOutcome:
        if (open_verdict := ambiguous(release)) is not None:
            return open_verdict
        equations = _edits_hold(release, check_id)
        return combine(equations, also(release)) if also else equations

    rule(
        check_id,
        name,
        dimension="accuracy",
        layer="validated",
        severity=severity,
        statement=statement,
        cannot_tell=cannot_tell,
        guidance=guidance,
        applies=lambda contract: declared(check_id)(contract) or applies(contract),
    )(run)


_CANCEL = "which cell is wrong (V-15); errors that cancel"
_accounting(
    "V-10",
    "Total is the sum of its groups",
    "The total equals the sum of the groups, to the last printed digit.",
    _CANCEL,
)
_accounting(
    "V-11",
    "Subtotal is the sum of its parts",
    "Each subtotal equals the sum of its parts, to the last printed digit.",
    _CANCEL,
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
    "printed one; where none is printed, there is a whole number of people that gives it.",
    "which of them is wrong, where V-15 finds ties",
    "warning",
    also=bases_exist,
)
_accounting(
    "V-19",
    "A part is at most its whole",
    "The number of pupils with one or more suspensions is at most the number of suspensions: people counted once are "
    "at most the events counted each time, and a part is at most its whole; the noun of a label is what the measure "
    "counts, events or persons.",
    "a wrong contract; which of the two is wrong",
    also=labels_name_the_unit,
    applies=names_units,
)
_accounting(
    "V-25",
    "Terms add up to the academic year",
    "Autumn, spring and summer add up to the year for events; for persons max(term) <= year <= sum(terms).",
    "late corrections (X-03)",
    "warning",
)


@rule(
    "V-18",
    "Shared denominators agree",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="The denominators implied by all rates of a row, or by all rates that claim one base, have a value in "
    "common.",
    cannot_tell="which base is right",
    guidance="Ask the publisher which base each rate uses.",
    applies=lambda contract: any(r.kind in ("rate", "shared_base") for r in contract.rules),
)
def shared_denominators(release: ReleaseView) -> RuleOutcome:
    """V-18: a finding for each row, and for each claim of one base, that no denominator explains."""
    if (open_verdict := ambiguous(release)) is not None:
        return open_verdict
    return combine(_one_denominator_a_row(release), bases_shared(release))


def _one_denominator_a_row(release: ReleaseView) -> RuleOutcome:
    edits, table = release.derived(edits_of), release.observations
    rates = np.array([r.kind == "rate" for r in edits.rules], dtype=bool)
    if rates.any():
        # The equation of a denominator itself (V-17) has no rate in it.
        rates &= edits.stand_ins[edits.tested]
    if not rates.any():
        return not_evaluated("no_input", "no rate has both its count and its denominator in the same row")
    numbers = np.flatnonzero(rates)
    few = table.select(["area_code", "unit"]).take(edits.tested[numbers])
    rows: dict[tuple[str, str], list[int]] = {}
    for edit, area, unit in zip(
        numbers.tolist(), *(few[n].to_pylist() for n in few.column_names), strict=True
    ):
        rows.setdefault((area, unit), []).append(edit)
    broken = set(edits.broken.tolist())
    findings = [
        _apart(release.derived(localisation_of), bad, len(own), unit)
        for (_, unit), own in rows.items()
        if (bad := [edit for edit in own if edit in broken])
    ]
    failed = (
        f"{len(findings):,} of {counted(len(rows), 'row')} use more than one denominator"
        if len(findings) > 1
        else ""
    )
    message = f"{counted(len(rows), 'row')}, one denominator each"
    return outcome_of(
        len(rows), findings[:FINDINGS_OF_A_RULE], message, n_failed=len(findings), failed=failed
    )


def _apart(located: Localisation, bad: list[int], number: int, unit: str) -> Finding:
    cells = [int(located.edits.tested[edit]) for edit in bad]
    row = located.of(cells[0])
    where = ", ".join(located.locator(cell) for cell in cells[:4]) + (", ..." if len(cells) > 4 else "")
    does = "does" if len(bad) == 1 else "do"
    message = (
        f"{row['area_name']}: {len(bad)} of {number} rates {unit_name(unit)} ({where}) {does} not use the "
        "denominator that the other rates of the row imply."
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
