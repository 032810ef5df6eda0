"""Rules about how much of what was counted is placed.

Belongs here: K-08. Does not belong here: areas that a release leaves out (K-05, `rules.completeness`), and what the
missing places change in derived tables (`civic_assets.publish.bias.unplaced`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.quality.analyses.history import columns_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import period_name

if TYPE_CHECKING:
    import pyarrow as pa

_READ = ("area_type", "period_start", "period_end", "value", "locator")


@rule(
    "K-08",
    "Counts have a place",
    dimension="completeness",
    layer="validated",
    severity="warning",
    scope="structural",
    statement="At most the contract's share of the rows that a file counts have no place, and the share does not rise "
    "by more than the contract allows (without_place_share, without_place_rise).",
    cannot_tell="where the rows without a place belong, and whether those with a place have the right one",
    guidance="Compare areas with care, or ask the force.",
    applies=lambda contract: "without_place_share" in contract.thresholds,
)
def counts_have_a_place(release: ReleaseView) -> RuleOutcome:
    """K-08: one finding for each period whose share without a place is too high, or rose too much."""
    if release.grid.format == "json":
        return not_evaluated(
            "not_applicable", "the answer does not say what was requested, so no share can be computed"
        )
    limit = release.contract.thresholds["without_place_share"]
    rise = release.contract.thresholds.get("without_place_rise")
    before, known = _before(release)
    shares = _shares(release.observations)
    findings = []
    for (start, end), (without, counted, locator) in shares.items():
        share = without / counted
        message = ""
        if share > limit.value:
            message = f"at most {limit.value:.0%} is usual ({limit.because})"
        elif rise is not None and known is not None and share - known > rise.value:
            message = (
                f"it was {known:.1%} in {before}, and a rise of more than {100 * rise.value:.0f} percentage points is "
                f"not usual ({rise.because})"
            )
        if message:
            findings.append(
                Finding(
                    "K-08",
                    f"{without:,.0f} of {counted:,.0f} counted in {period_name(start, end)} have no "
                    f"place ({share:.1%}): {message}. The figures of single areas are too low by the part that belongs "
                    "to them, and nothing is shared out.",
                    locator, severity="warning", period_start=str(start), period_end=str(end),
                    observed=f"{share:.4f}", expected=f"<= {limit.value:g}",
                    evidence={"without_place": without, "counted": counted, "share_before": known},
                )
            )  # fmt: skip
    said = "; ".join(
        f"{without:,.0f} of {counted:,.0f} without a place ({without / counted:.1%})"
        for without, counted, _ in shares.values()
    )
    return outcome_of(len(shares), findings, said)


def _before(release: ReleaseView) -> tuple[str, float | None]:
    """The release before, and its share over all of its periods; None if there is none."""
    if not release.history:
        return "", None
    name = list(release.history)[-1]
    found = _shares(columns_of(release.history, name, _READ)).values()
    counted = sum(counted for _, counted, _ in found)
    return name, sum(without for without, _, _ in found) / counted if counted else None


def _shares(observations: pa.Table) -> Mapping[tuple[date, date], tuple[float, float, str]]:
    """By period: what has no place, what was counted, and the first cell of what has none."""
    found: dict[tuple[date, date], tuple[float, float, str]] = {}
    columns = (observations[name].to_pylist() for name in _READ)
    for kind, start, end, value, locator in zip(*columns, strict=True):
        if value is None:
            continue
        without, counted, where = found.get((start, end), (0.0, 0.0, ""))
        if kind == "unassigned":
            without, where = without + value, where or locator
        found[start, end] = (without, counted + value, where)
    return {period: entry for period, entry in found.items() if entry[1] > 0}
