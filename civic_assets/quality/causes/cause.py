"""What a cause is, and what is known of each finding when causes are looked for.

Belongs here: the two records. Does not belong here: which findings share a cause (`links`, `grouping`), and the
sentences about a cause (`sentences`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from civic_assets.answers.cause import FoundCause
from civic_assets.answers.words import Severity

if TYPE_CHECKING:
    from civic_assets.quality.framework.results import Finding

Audience = Literal["publisher", "us", "reader"]
"""Who can do something about a cause: who published the figures, who runs this pipeline, who uses the figures."""

CauseKind = Literal[
    "statement",
    "check",
    "equations",
    "row",
    "break",
    "absent_areas",
    "hidden_figures",
    "release_due",
    "classes",
]
"""What findings of one cause have in common; `civic_assets.quality.causes.links` has the meaning of each."""

SEVERITIES: tuple[Severity, ...] = ("blocking", "warning", "info")
"""Severities, the gravest first."""


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """A finding with the release that it is about.

    Args:
        finding_id: Its id.
        check_id: The check that made it.
        source: Source of the figures; the name of a derived table for findings about one.
        releases: Releases that it is about; empty for a derived table.
        severity: Its severity.
        message: Its sentences, with what to do at the end.
        area_code, observed, locator: As in `quality.findings`; empty if unknown.
        locators: All of its cells.
        evidence: Data that supports it.
        waived: Whether a waiver lets it pass.
    """

    finding_id: str
    check_id: str
    source: str
    releases: tuple[str, ...]
    severity: Severity
    message: str
    area_code: str = ""
    observed: str = ""
    locator: str = ""
    locators: Sequence[str] = ()
    evidence: Mapping[str, Any] | None = None
    waived: bool = False

    @property
    def facts(self) -> Mapping[str, Any]:
        """Its evidence; empty if it has none."""
        return self.evidence or {}


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause with the findings that it explains.

    Args:
        cause_id: Id; the same cause of the same releases has the same id in every run.
        kind: What the findings have in common.
        source: Source, or derived table, of the findings; empty for a cause that concerns several.
        releases: Releases concerned, in the order of their names.
        check_ids: Checks whose findings it explains.
        severity: Severity of its gravest finding that is not waived.
        asks_action: Whether anybody must act: it is not for information only, and not waived.
        audience: Who can do something about it.
        action: What to do.
        message: What is the matter.
        members: Ids of its findings, the one that `message` quotes first.
    """

    cause_id: str
    kind: CauseKind
    source: str
    releases: tuple[str, ...]
    check_ids: tuple[str, ...]
    severity: Severity
    asks_action: bool
    audience: Audience
    action: str
    message: str
    members: tuple[str, ...]


def judged(finding: Finding, source: str, release: str, waived: bool) -> JudgedFinding:
    """A finding of a check of one release.

    Args:
        finding: The finding.
        source: Source of the release.
        release: Its partition key.
        waived: Whether a waiver lets it pass.
    """
    return JudgedFinding(
        finding_id=finding.identifier(source, release),
        check_id=finding.check_id,
        source=source,
        releases=(release,),
        severity=finding.severity,
        message=finding.message,
        area_code=finding.area_code,
        observed=finding.observed,
        locator=finding.locator,
        locators=finding.locators,
        evidence=finding.evidence,
        waived=waived,
    )


def found_cause(cause: Cause) -> FoundCause:
    """A cause as the answers of commands have it."""
    return FoundCause(
        cause_id=cause.cause_id,
        source=cause.source or None,
        releases=cause.releases if cause.source else (),
        check_ids=cause.check_ids,
        severity=cause.severity,
        asks_action=cause.asks_action,
        audience=cause.audience,
        action=cause.action,
        message=cause.message,
        n_findings=len(cause.members),
    )
