"""What a check returns: results, and findings that point at cells.

Belongs here: the records that are stored and shown. Does not belong here: how a rule decides
(`civic_assets.quality.rules`).
The record and its rules: an outcome is pass, fail or not_evaluated; nothing checked is not_evaluated, never a
vacuous pass; an absent operand is not_evaluated, never a zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from civic_assets.answers.document import Evidence
from civic_assets.answers.words import CheckLayer, CheckOutcome, NotEvaluatedReason
from civic_assets.contracts.model import Severity
from civic_assets.contracts.waivers import Waiver

Outcome: TypeAlias = CheckOutcome
Layer: TypeAlias = CheckLayer
Reason: TypeAlias = NotEvaluatedReason
Scope = Literal["structural", "value", "privacy"]
"""Scope of a failure: structural holds the release back, value disputes figures, privacy withholds them."""

Failures: TypeAlias = Mapping[str, tuple[int, Sequence[int]]]
"""By rule: the number of observations that it is about, and the failing ones by row number."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of a check.

    Args:
        check_id: The check.
        message: Sentences for people: what is printed where, what was expected and why, and what to do.
        locator: The cell to look at first: the accused one where it could be localised.
        locators: All cells concerned; the first of them, for a finding that stands for many.
        cells: All cells of a finding that stands for many (`framework.summing`); they are not stored.
        disputes: Cells that are marked `disputed` because of this finding.
        observed, expected: As printed, or a number or interval in words.
        proposal: Best ranked value for the accused cell; the published value is never overwritten.
        n_ties: Number of equally minimal repairs; 0 when nothing was proposed.
        evidence: Data that supports the finding, for machines.
    """

    check_id: str
    message: str
    locator: str = ""
    locators: Sequence[str] = ()
    disputes: Sequence[str] = ()
    severity: Severity = "blocking"
    measure: str = ""
    area_code: str = ""
    period_start: str = ""
    period_end: str = ""
    observed: str = ""
    expected: str = ""
    proposal: str = ""
    n_ties: int = 0
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    cells: Sequence[str] = ()

    @property
    def number(self) -> int:
        """How many findings it stands for."""
        return int(str(self.evidence.get("n_findings", 1)))

    def identifier(self, source: str, release: str) -> str:
        """Stable id: the same finding about the same cell of the same release has the same id in every run."""
        text = f"{source}|{release}|{self.check_id}|{self.locator}|{self.measure}|{self.message}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Outcome of one check on one release."""

    check_id: str
    layer: Layer
    dimension: str
    severity: Severity
    scope: Scope
    outcome: Outcome
    reason: Reason
    n_checked: int
    n_failed: int
    message: str


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """Outcome of a rule for a release, before its id, dimension and severity are added.

    Args:
        scope: Scope of this failure, where it has less consequence than failures of the rule in general.
        severity: Severity of this failure, where the contract says that it is less severe than others of the rule.
    """

    outcome: Outcome
    n_checked: int = 0
    n_failed: int = 0
    message: str = ""
    reason: Reason = ""
    findings: Sequence[Finding] = ()
    scope: Scope | None = None
    severity: Severity | None = None


def outcome_of(
    n_checked: int,
    findings: Sequence[Finding],
    passed: str = "",
    n_failed: int | None = None,
    failed: str = "",
) -> RuleOutcome:
    """Fail when there are findings, pass when something was checked, otherwise not evaluated.

    Args:
        n_checked: Rows, cells, pairs or equations, as the check defines.
        findings: Findings, the most important first.
        passed: Message of a pass, or of a check that had nothing to check.
        n_failed: Number that failed; the number of findings when absent, with all that one stands for.
        failed: Message of a fail; the first finding's, with the number of the others, when absent.
    """
    if findings:
        number = sum(one.number for one in findings) if n_failed is None else n_failed
        more = f" (and {number - 1:,} more)" if number > 1 else ""
        message = failed or f"{findings[0].message}{more}"
        return RuleOutcome("fail", max(n_checked, number), number, message, findings=findings)
    if n_checked == 0:
        return not_evaluated("no_input", passed or "nothing to check")
    return RuleOutcome("pass", n_checked, 0, passed)


def combine(*verdicts: RuleOutcome) -> RuleOutcome:
    """Combines several outcomes that one rule gives for different figures of a release.

    Outcomes that were not evaluated are left out if any was evaluated.
    """
    said = [verdict for verdict in verdicts if verdict.outcome != "not_evaluated"]
    if len(said) < 2:
        return said[0] if said else verdicts[0]
    failed = [verdict for verdict in said if verdict.outcome == "fail"]
    return RuleOutcome(
        "fail" if failed else "pass",
        sum(verdict.n_checked for verdict in said),
        sum(verdict.n_failed for verdict in said),
        "; ".join(verdict.message for verdict in failed or said),
        findings=[finding for verdict in said for finding in verdict.findings],
    )


def not_evaluated(reason: Reason, message: str) -> RuleOutcome:
    """An outcome that was not evaluated, with the reason."""
    return RuleOutcome("not_evaluated", message=message, reason=reason)


@dataclass(frozen=True, slots=True)
class Assessment:
    """Results of all checks of one release.

    Args:
        results: One for each rule that concerns the source, whatever its outcome.
        findings: Findings of the rules.
        held_back: Sentences that say why the release is not published; empty when it is.
        waivers: Decisions in force that concern the release; they change no outcome, only what follows from it.
        tracebacks: Tracebacks of rules that themselves failed.
    """

    results: Sequence[CheckResult]
    findings: Sequence[Finding]
    held_back: Sequence[str] = ()
    waivers: Sequence[Waiver] = ()
    tracebacks: Sequence[str] = ()

    @property
    def disputed(self) -> set[str]:
        """Locators of the figures in dispute, as far as no waiver lets them pass."""
        return {
            locator
            for finding in self.findings
            if not self.waiver_of(finding)
            for locator in finding.disputes
        }

    def waiver_of(self, finding: Finding) -> str:
        """Id of the waiver that lets a finding pass; empty when there is none."""
        cells = finding.disputes or ([finding.locator] if finding.locator else [])
        return next((one.id for one in self.waivers if one.lets_pass(finding.check_id, cells)), "")

    def waiver_of_result(self, result: CheckResult) -> str:
        """Id of the waiver that lets a check have no consequence: all its blocking findings pass, or all of it does."""
        if result.outcome == "pass":
            return ""
        whole = next((one.id for one in self.waivers if one.lets_pass(result.check_id, ())), "")
        mine = [f for f in self.findings if f.check_id == result.check_id and f.severity == "blocking"]
        passing = [self.waiver_of(finding) for finding in mine]
        return whole or (passing[0] if passing and all(passing) else "")

    @property
    def waived_blocks(self) -> list[tuple[str, CheckResult]]:
        """Failures that would hold the release back without a waiver, each with the id of that waiver."""
        return [
            (waiver, result)
            for result in self.results
            if result.severity == "blocking"
            and (
                (result.scope == "structural" and result.outcome == "fail") or result.reason == "engine_error"
            )
            and (waiver := self.waiver_of_result(result))
        ]
