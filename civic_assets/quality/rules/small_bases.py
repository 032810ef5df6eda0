"""Rules about changes that a publisher does not show because they are based on too few events.

Belongs here: K-07. Does not belong here: whether a change follows from its counts (V-17, `accounting_rules`), and
what may not be shown of people (disclosure).
"""

from __future__ import annotations

import numpy as np

from civic_assets.house_numbers.listing import FINDINGS_OF_A_RULE
from civic_assets.quality.equations.figures import Figures, side_by_side
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, figure, measure_name


@rule(
    "K-07",
    "No change on a small base",
    dimension="validity",
    layer="validated",
    severity="warning",
    statement="Where the publisher says below which earlier count it does not show a change (`small_base`), it "
    "does not "
    "show one.",
    cannot_tell="whether the change is right, and marks on a large base",
    guidance="Do not use this change.",
    applies=lambda contract: (
        "small_base" in contract.thresholds and any(r.kind == "change" for r in contract.rules)
    ),
)
def small_bases(release: ReleaseView) -> RuleOutcome:
    """K-07: a number where a mark was expected, one finding for each. V-17 cannot judge them: 0 fits too."""
    least = release.contract.thresholds["small_base"]
    figures = Figures(release.observations)
    findings: list[Finding] = []
    checked = failed = 0
    for declared in (one for one in release.contract.rules if one.kind == "change"):
        changes = figures.select([declared.table], where={"units": ["percent"]})
        before = figures.select([declared.options["previous"]], where={"units": ["count"]})
        changes, before = side_by_side(figures, [changes, before], ["area_code", "measure"])
        small = np.flatnonzero(figures.known(before) & (np.abs(figures.values[before]) < least.value))
        checked += len(small)
        shown = small[figures.known(changes)[small]]
        failed += len(shown)
        # Sentences only for those that are kept: a table that shows all of them has hundreds of thousands.
        shown = shown[: FINDINGS_OF_A_RULE - len(findings)]
        for cell, base in zip(changes[shown].tolist(), before[shown].tolist(), strict=True):
            findings.append(_finding(release, cell, base, least.value, least.because))
    if not checked:
        return not_evaluated("no_input", "no change is based on an earlier count that is so small")
    message = f"{counted(checked, 'change')} on a base below {least.value:g}, none of them printed"
    return outcome_of(checked, findings, message, failed)


def _finding(release: ReleaseView, cell: int, base: int, least: float, because: str) -> Finding:
    change, before = (release.observations.slice(at, 1).to_pylist()[0] for at in (cell, base))
    message = (
        f"{change['locator']}: the change of {measure_name(release.contract, change['measure'])} of "
        f"{change['area_name']} is printed as {figure(change['value_text'])}%, but its earlier count is "
        f"{figure(before['value_text'])} ({before['locator']}), below {least:g}: {because}."
    )
    return Finding(
        "K-07",
        message,
        change["locator"],
        [change["locator"], before["locator"]],
        severity="warning",
        measure=change["measure"],
        area_code=change["area_code"] or "",
        period_start=str(change["period_start"]),
        period_end=str(change["period_end"]),
        observed=change["value_text"],
        expected="a mark instead of a number",
    )
