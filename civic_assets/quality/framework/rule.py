"""Rules as declarations: what each checks, how serious it is, what it does not show, and what to do.

Belongs here: the register of rules. Does not belong here: any rule itself, what a rule is given (`framework.release`),
and running rules (`quality.run`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from civic_assets.contracts.model import Contract, Severity
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Layer, RuleOutcome, Scope


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule of the catalogue.

    Args:
        id: Id in the catalogue of checks.
        name: Short name.
        dimension: Dimension of the Government Data Quality Framework.
        statement: What is computed, in one sentence.
        cannot_tell: What the rule does not show even when it passes.
        guidance: What to do about a finding, as a sentence; every message of the rule ends in it.
        applies: Whether the rule concerns a source.
        run: The rule.
    """

    id: str
    name: str
    dimension: str
    layer: Layer
    severity: Severity
    scope: Scope
    statement: str
    cannot_tell: str
    guidance: str
    applies: Callable[[Contract], bool]
    run: Callable[[ReleaseView], RuleOutcome]

    def severity_for(self, contract: Contract) -> Severity:
        """Severity in a source: as the contract declares it, else the catalogue's."""
        if self.id in contract.severities:
            return contract.severities[self.id][0]
        declared = {rule.severity for rule in contract.rules if rule.check_id == self.id}
        return next((level for level in ("blocking", "warning", "info") if level in declared), self.severity)


RULES: dict[str, RuleSpec] = {}


def always(_: Contract) -> bool:
    """The rule concerns every source."""
    return True


def declared(check_id: str) -> Callable[[Contract], bool]:
    """The rule concerns sources whose contract declares it."""
    return lambda contract: any(rule.check_id == check_id for rule in contract.rules)


def rule(
    id: str,
    name: str,
    *,
    dimension: str,
    layer: Layer,
    severity: Severity,
    statement: str,
    cannot_tell: str,
    guidance: str,
    scope: Scope = "value",
    applies: Callable[[Contract], bool] = always,
) -> Callable[[Callable[[ReleaseView], RuleOutcome]], Callable[[ReleaseView], RuleOutcome]]:
    """Registers a function as a rule of the catalogue.

    Raises:
        ValueError: The id is taken.
    """

    def register(run: Callable[[ReleaseView], RuleOutcome]) -> Callable[[ReleaseView], RuleOutcome]:
        if id in RULES:
            raise ValueError(f"two rules are called {id}")
        RULES[id] = RuleSpec(
            id, name, dimension, layer, severity, scope, statement, cannot_tell, guidance, applies, run
        )
        return run

    return register
