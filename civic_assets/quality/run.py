"""Running all rules over a release, and deciding from their results whether it is held back.

Belongs here: the order of rules, what happens when a rule itself fails, and the decision. Does not belong here: any
rule; storing results (`civic_assets.layers.validated`).
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from civic_assets.contracts.model import Contract
from civic_assets.errors import printable
from civic_assets.parsing.drift import DriftKind
from civic_assets.quality import rules
from civic_assets.quality.framework.causes import cause_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import (
    Assessment,
    CheckResult,
    Finding,
    RuleOutcome,
    not_evaluated,
)
from civic_assets.quality.framework.rule import RULES, RuleSpec
from civic_assets.quality.framework.summing import in_few
from civic_assets.quality.framework.wording import ended, table_name
from civic_assets.unforeseen import ENVIRONMENT, sentence_of, traceback_of
from civic_assets.values.groups import groups_of

if TYPE_CHECKING:
    from civic_assets.contracts.model import Severity

# A module of rules registers them when it is imported, and every module below `quality/rules/` is one.
for _module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
    import_module(_module.name)


def catalogue() -> list[RuleSpec]:
    """All rules, in the order of their ids within a layer."""
    order = {"raw": 0, "validated": 1, "harmonised": 2}
    return sorted(RULES.values(), key=lambda spec: (order[spec.layer], spec.id))


def rules_for(contract: Contract) -> list[RuleSpec]:
    """Rules that concern a source."""
    return [spec for spec in catalogue() if spec.applies(contract)]


def _run(spec: RuleSpec, release: ReleaseView, tracebacks: list[str]) -> RuleOutcome:
    if spec.layer != "raw" and release.parsed is None:
        return not_evaluated("no_input", "the release could not be read; see the rules of the raw layer")
    if spec.id == "R-07" and release.parsed is None:
        return not_evaluated("no_input", "the release could not be read, so its symbols were not checked")
    try:
        return spec.run(release)
    except ENVIRONMENT:
        raise
    except Exception as error:  # noqa: BLE001  (whatever breaks in a rule, the others are still run)
        lacking = [drift.table for drift in release.found.drift if drift.kind is DriftKind.NOT_IN_FILE]
        if isinstance(error, KeyError) and error.args and error.args[0] in lacking:
            return not_evaluated(
                "no_input", f"not in this file: {table_name(release.contract, error.args[0])}"
            )
        # A rule that breaks says nothing about the figures: that is "not evaluated", never "passed".
        tracebacks.append(f"{spec.id}:\n{traceback_of(error)}")
        return not_evaluated("engine_error", f"the rule itself failed: {sentence_of(error)}")


def _severity_of(finding: Finding, severity: Severity) -> Severity:
    """A finding is at most as severe as its check, and may be less (an added column within R-09)."""
    order: tuple[Severity, ...] = ("blocking", "warning", "info")
    return order[max(order.index(finding.severity), order.index(severity))]


def assess(release: ReleaseView, extra: Iterable[Finding] = ()) -> Assessment:
    """Runs every rule that concerns the release's source.

    Args:
        release: The release; without `parsed` only the rules of the raw layer can say something.
        extra: Findings made before (a file that could not be parsed).

    Returns:
        Results of all rules (also of those that were not evaluated), findings, and why the release is held back.
    """
    names = _area_names(release)
    results: list[CheckResult] = []
    findings: list[Finding] = [_with_cause(f, names) for f in extra]
    tracebacks: list[str] = []
    for spec in rules_for(release.contract):
        verdict = _run(spec, release, tracebacks)
        severity = verdict.severity or spec.severity_for(release.contract)
        results.append(
            CheckResult(
                check_id=spec.id,
                layer=spec.layer,
                dimension=spec.dimension,
                severity=severity,
                scope=verdict.scope or spec.scope,
                outcome=verdict.outcome,
                reason=verdict.reason,
                n_checked=verdict.n_checked,
                n_failed=verdict.n_failed,
                message=printable(
                    ended(verdict.message, spec.guidance) if verdict.outcome == "fail" else verdict.message
                ),
            )
        )
        of_rule = (
            replace(f, severity=_severity_of(f, severity), message=printable(ended(f.message, spec.guidance)))
            for f in verdict.findings
        )
        findings.extend(in_few([_with_cause(f, names) for f in of_rule]))
    assessment = Assessment(results, findings, waivers=release.waivers, tracebacks=tracebacks)
    return replace(assessment, held_back=list(_held_back(release, assessment)))


def _with_cause(finding: Finding, names: Mapping[str, str]) -> Finding:
    return replace(finding, evidence={**finding.evidence, "cause": cause_of(finding, names)})


def _area_names(release: ReleaseView) -> dict[str, str]:
    """Name of each area by its code, as the release prints them."""
    if release.parsed is None:
        return {}
    pairs = groups_of(release.observations, ["area_code", "area_name"])
    return {code or "": name or "" for code, name in zip(pairs["area_code"], pairs["area_name"], strict=True)}


def _held_back(release: ReleaseView, assessment: Assessment) -> Iterator[str]:
    said = False
    for result in assessment.results:
        if result.severity != "blocking" or assessment.waiver_of_result(result):
            continue
        if result.scope == "structural" and result.outcome == "fail":
            said = True
            yield f"{result.check_id}: {result.message}"
        elif result.reason == "engine_error":
            # Nobody knows which figures a broken rule would dispute or withhold.
            said = True
            yield f"{result.check_id} could not be evaluated: {result.message}"
    if release.parsed is None:
        # No waiver can release a file that cannot be read: there is nothing to publish.
        waived = [one.id for one in release.waivers]
        if waived:
            yield f"The file could not be read, so no waiver ({', '.join(waived)}) can let it through."
        elif not said:
            yield "The file could not be read, so there is nothing to publish."
        return
    limit = release.contract.thresholds.get("disputed_share")
    number = release.observations.num_rows
    disputed = len(assessment.disputed)
    if limit is not None and number and disputed > limit.value * number:
        yield (
            f"{disputed:,} of {number:,} figures are disputed ({disputed / number:.0%}), more than the "
            f"{limit.value:.0%} that the contract allows ({limit.because}). Check that the file is what it claims "
            f"to be."
        )
