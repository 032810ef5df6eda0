"""Rules about figures that must add up, and about which figure is wrong when they do not.

Belongs here: V-10 to V-18 and V-23. Does not belong here: building the equations (`edits`) and finding the
cells (`repairs`, `localise`).
"""

from __future__ import annotations

import numpy as np

from civic_assets.quality.results import Finding, Verdict, judged, not_evaluated
from civic_assets.quality.rule import Release, declared, rule

_SHOWN = 200


def _edits_hold(release: Release, check_id: str) -> Verdict:
    edits = release.edits
    checked, undecided = edits.number_of(check_id)
    open_note = f"; {undecided} not evaluated: an operand is absent" if undecided else ""
    broken = [int(edit) for edit in edits.broken if edits.check_ids[edit] == check_id]
    if not broken:
        if not checked:
            return not_evaluated("suppressed_input" if undecided else "no_input", f"no equation could be tested{open_note}")
        return judged(checked, [], f"{checked:,} equations hold{open_note}")
    located = release.localisation
    findings: list[Finding] = []
    if located.too_many:
        disputed = {int(cell) for edit in broken for cell in edits.cells_of(edit)}
        locators = release.observations["locator"].take(sorted(disputed)).to_pylist()
        first = located.describe(broken[0])
        message = (
            f"{len(broken):,} of {checked:,} equations do not hold: these tables do not belong together as their titles "
            f"say, or were damaged as a whole. The first: {first}"
        )
        findings.append(Finding(check_id, message, locators[0], locators=locators[:_SHOWN], disputes=locators))
        return judged(checked, findings, n_failed=len(broken))
    for case in located.cases:
        mine = [edit for edit in case.component.edits if edits.check_ids[edit] == check_id]
        for edit in mine:
            findings.append(located.finding(check_id, case, located.describe(edit), edits=[edit], disputes=True))
    return judged(checked, findings, f"{len(broken)} of {checked:,} equations do not hold{open_note}", len(broken))


def _accounting(check_id: str, name: str, statement: str, cannot_tell: str) -> None:
    def run(release: Release) -> Verdict:
        return _edits_hold(release, check_id)

    severity = "warning" if check_id in ("V-13", "V-17") else "blocking"
    rule(
        check_id,
        name,
        dimension="accuracy",
        layer="validated",
        severity=severity,  # type: ignore[arg-type]
        statement=statement,
        cannot_tell=cannot_tell,
        applies=declared(check_id),
    )(run)


_accounting("V-10", "Total is the sum of its groups", "The total equals the sum of the groups exactly.", "which cell is wrong (V-15); errors that cancel")
_accounting("V-11", "Subtotal is the sum of its parts", "Each subtotal equals the sum of its parts exactly.", "which cell is wrong (V-15); errors that cancel")
_accounting("V-12", "Burglary is residential plus non-residential", "Burglary equals residential plus non-residential burglary.", "which cell is wrong (V-15); errors that cancel")
_accounting("V-13", "Rounded sums agree", "A rounded total differs from the sum of n rounded parts by at most (b/2)(n + 1), b the rounding base.", "errors smaller than the tolerance")
_accounting("V-14", "Areas add up to their parent", "A parent equals the sum of its areas and of what it could not place.", "errors moved between areas")
_accounting("V-17", "Counts, changes, rates and denominators agree", "A printed change follows from its two counts, a printed rate from its count and a denominator that rounds to the printed one.", "which of them is wrong, where V-15 finds ties")


def _has_edits(contract: object) -> bool:
    return any(r.kind in ("identity", "parent", "change", "rate") for r in contract.rules)  # type: ignore[attr-defined]


@rule(
    "V-15",
    "Error localisation",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="All smallest sets of cells whose change satisfies every equation (Fellegi and Holt 1976); fails if any equation is broken.",
    cannot_tell="the true value; errors that cancel",
    applies=_has_edits,
)
def error_localisation(release: Release) -> Verdict:
    edits, located = release.edits, release.localisation
    if not edits.rules:
        return not_evaluated("no_input", "no equation could be formed")
    if located.too_many:
        message = f"{len(edits.broken):,} of {len(edits.rules):,} equations are broken: too many to single out cells"
        return not_evaluated("time_limit", message)
    findings = []
    for case in located.cases:
        texts = " ".join(located.describe(edit) for edit in case.component.edits[:3])
        if not case.ranked:
            message = f"{texts} No change of cells satisfies these equations."
        else:
            best = located._repair(case.ranked[0])
            words = " and ".join(f"{part['locator']} {part['from']} -> {part['to']}" for part in best)
            ties = len(case.ranked)
            count = "the only minimal repair" if ties == 1 else f"the likeliest of {ties} equally minimal repairs"
            message = f"{texts} {count[0].upper()}{count[1:]}: {words}."
        findings.append(located.finding("V-15", case, message, edits=case.component.edits, disputes=False))
    return judged(len(edits.rules), findings, f"{len(edits.rules):,} equations, {len(findings)} to be repaired" if findings else f"{len(edits.rules):,} equations hold")


@rule(
    "V-16",
    "Typing-error proposals",
    dimension="accuracy",
    layer="validated",
    severity="info",
    statement="Of equally minimal repairs, those that a typing error explains (a prefix, a suffix, two digits exchanged, a sign, a power of ten).",
    cannot_tell="intent; the proof needs the source cell",
    applies=_has_edits,
)
def typing_errors(release: Release) -> Verdict:
    located = release.localisation
    if located.too_many:
        return not_evaluated("time_limit", "no cells were singled out (V-15)")
    if not located.cases:
        return not_evaluated("not_applicable", "no equation is broken, so that there is nothing to propose")
    findings = []
    for case in located.cases:
        if case.ranked and case.ranked[0].patterns:
            best = located._repair(case.ranked[0])
            words = " and ".join(f"{part['locator']}: {part['from']} for {part['to']}" for part in best)
            pattern = ", ".join(best[0]["patterns"]).replace("_", " ")
            message = f"{words} has the pattern of a typing error ({pattern})."
            findings.append(located.finding("V-16", case, message, edits=case.component.edits, disputes=False))
    return judged(len(located.cases), findings, f"{len(findings)} of {len(located.cases)} repairs show a typing pattern")


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
    edits = release.edits
    bases = [index for index, r in enumerate(edits.rules) if r.kind == "rate"]
    rows: dict[tuple[str, str], list[int]] = {}
    table = release.observations
    areas, units = table["area_code"].to_pylist(), table["unit"].to_pylist()
    first = {int(edits.edit_of[i]): int(edits.cells[i]) for i in range(len(edits.cells) - 1, -1, -1)}
    for edit in bases:
        cell = first[edit]
        if edits.stand_ins[cell]:
            rows.setdefault((areas[cell], units[cell]), []).append(edit)
    broken = set(edits.broken.tolist())
    findings = []
    for (area, unit), own in rows.items():
        bad = [edit for edit in own if edit in broken]
        if bad:
            row = release.localisation.of(first[bad[0]])
            message = (
                f"{row['area_name']}: {len(bad)} of {len(own)} figures {unit.replace('_', ' ')} do not rest on the "
                "denominator that the others of the row imply."
            )
            findings.append(
                Finding(
                    "V-18",
                    message,
                    row["locator"],
                    locators=[table["locator"][first[edit]].as_py() for edit in bad],
                    severity="warning",
                    measure=row["measure"],
                    area_code=area,
                    period_start=str(row["period_start"]),
                    period_end=str(row["period_end"]),
                    observed=row["value_text"],
                )
            )
    if len(findings) > _SHOWN:
        message = f"{len(findings):,} of {len(rows):,} rows rest on more than one denominator"
        return Verdict("fail", len(rows), len(findings), message, findings=findings[:_SHOWN])
    return judged(len(rows), findings, f"{len(rows):,} rows, one denominator each")


@rule(
    "V-23",
    "Sign, swap and unit errors",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="Does changing a sign, exchanging two neighbours, or a factor of 10 or 1,000 restore every broken equation?",
    cannot_tell="as V-15",
    applies=_has_edits,
)
def sign_swap_unit(release: Release) -> Verdict:
    located = release.localisation
    if located.too_many:
        return not_evaluated("time_limit", "no cells were singled out (V-15)")
    if not located.cases:
        if not release.edits.rules:
            return not_evaluated("no_input", "no equation could be formed")
        return judged(len(release.edits.rules), [], "no equation is broken")
    from civic_assets.quality.typing_errors import sign_swap_unit_repairs

    findings = []
    for case in located.cases:
        cells = np.unique(np.concatenate([release.edits.cells_of(edit) for edit in case.component.edits]))
        around = {int(cell): list(located.neighbours(int(cell))) for cell in cells}
        for pattern, repair in sign_swap_unit_repairs(release.edits.system, case.component, around):
            parts = [
                (located.of(cell), located.proposal(cell, value))
                for cell, value in zip(repair.cells, repair.values, strict=True)
            ]
            words = " and ".join(f"{row['locator']} {row['value_text']} -> {to}" for row, to in parts)
            message = f"{words} restores every broken equation ({str(pattern).replace('_', ' ')})."
            findings.append(located.finding("V-23", case, message, edits=case.component.edits, disputes=False))
    return judged(len(located.cases), findings, f"{len(located.cases)} repairs tried for sign, swap and unit")
