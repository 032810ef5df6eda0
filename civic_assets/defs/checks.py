"""Rules of the catalogue as Dagster asset checks.

Belongs here: naming and describing checks, and showing a stored result with its failing cells. Does not belong here:
decisions: the rules make them (`civic_assets.quality`), and their results are stored whatever Dagster does.

A figure that fails a blocking rule of scope `value` is disputed, not held back: its check is red (severity ERROR) but
blocks nothing. Only structural rules block, and only in a run of one release: in a backfill, blocking would stop the
good releases as well as the bad.

A check that was not evaluated is not recorded, so that the UI says *Not evaluated*: red would make it a failure, and
green would be untrue. Its reason is in the metadata of the table that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from civic_assets.contracts.model import Contract
from civic_assets.defs.dagster_private import AssetCheckEvaluationTargetMaterializationData
from civic_assets.defs.describe import markdown
from civic_assets.defs.report_links import finding_metadata
from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING
from civic_assets.layers.checked import CheckedRelease
from civic_assets.layers.store import Store
from civic_assets.quality.framework.rule import RuleSpec
from civic_assets.quality.run import rules_for

_TEXTS = ("locator", "area", "measure", "observed", "expected", "proposal", "message")
_CELLS = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in _TEXTS])


def check_name(rule: RuleSpec) -> str:
    """Name of a rule's check, readable and in the order of the catalogue, e.g. `V_02_whole_counts`."""
    return re.sub(r"[^A-Za-z0-9]+", "_", f"{rule.id} {rule.name.lower()}").strip("_")


def blocks(rule: RuleSpec, contract: Contract) -> bool:
    """Whether a failure holds the release back."""
    return rule.scope == "structural" and rule.severity_for(contract) == "blocking"


def check_specs(contract: Contract, partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetCheckSpec]:
    """One check for each rule that concerns a source, on the asset of the rule's layer."""
    return [
        dg.AssetCheckSpec(
            name=check_name(rule),
            asset=dg.AssetKey([rule.layer, contract.source]),
            description=f"{rule.statement}\n\n**What it cannot tell:** {rule.cannot_tell}.",
            blocking=blocks(rule, contract),
            partitions_def=partitions,
            metadata={
                "rule": rule.id,
                "dimension": rule.dimension,
                "severity": rule.severity_for(contract),
                "a failure": {
                    "structural": "holds the release back" if blocks(rule, contract) else "is reported",
                    "value": "marks figures as disputed"
                    if rule.severity_for(contract) == "blocking"
                    else "is reported",
                    "privacy": "withholds figures",
                }[rule.scope],
            },
        )
        for rule in rules_for(contract)
    ]


@dataclass(frozen=True)
class ReleaseResults:
    """Results of the rules for one release.

    Args:
        contract: Contract of the source.
        release: Partition.
        results: Rows of `quality.check_results` by rule.
        findings: Rows of `quality.findings` by rule.
        waived: Rules whose failure was waived.
    """

    contract: Contract
    release: str
    results: Mapping[str, Mapping[str, Any]]
    findings: Mapping[str, Sequence[Mapping[str, Any]]]
    waived: frozenset[str]

    @classmethod
    def of(cls, store: Store, contract: Contract, release: str, checked: CheckedRelease) -> ReleaseResults:
        """The stored results of a release."""
        findings: dict[str, list[dict[str, Any]]] = {}
        for row in store.tables.read(checked.findings).to_pylist():
            findings.setdefault(row["check_id"], []).append(row)
        results = {row["check_id"]: row for row in store.tables.read(checked.results).to_pylist()}
        waived = frozenset(entry.check for entry in checked.facts.waived)
        return cls(contract, release, results, findings, waived)

    def rules(self, layer: str) -> Iterator[tuple[RuleSpec, Mapping[str, Any]]]:
        """Rules of a layer that were run, with their results."""
        for rule in rules_for(self.contract):
            if rule.layer == layer and rule.id in self.results:
                yield rule, self.results[rule.id]

    def silent(self, layer: str) -> list[str]:
        """Names of checks of a layer that were not evaluated."""
        return [check_name(rule) for rule, result in self.rules(layer) if not was_evaluated(result)]

    def not_evaluated(self, layer: str) -> dict[str, Any]:
        """The same with their reasons, as metadata; empty if all were evaluated."""
        return silence(
            (check_name(rule), result) for rule, result in self.rules(layer) if not was_evaluated(result)
        )


def was_evaluated(result: Mapping[str, Any]) -> bool:
    """Whether a check has a mark. A rule that broke has a red one, because it should have given a result."""
    return bool(result["outcome"] != "not_evaluated" or result["reason"] == "engine_error")


def silence(checks: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Checks that were not evaluated, with their reasons, as metadata; empty if there are none."""
    rows = [
        {"check": name, "not evaluated because": result["message"] or result["reason"]}
        for name, result in checks
    ]
    if not rows:
        return {}
    shown = markdown(("check", "not evaluated because"), rows)
    return {"checks not evaluated": len(rows), "not evaluated": dg.MetadataValue.md(shown)}


def evaluations(
    outcomes: ReleaseResults, *, layer: str, alone: bool, target: dg.EventLogRecord | None
) -> Iterator[dg.AssetCheckEvaluation]:
    """Results of the rules of one layer for a release, without those that were not evaluated.

    Args:
        outcomes: Results and findings.
        layer: Layer of the rules.
        alone: Whether the run is of this release only, so that a structural failure may stop it.
        target: Newest materialisation of the release in this layer; None if there is none.
    """
    for rule, result in outcomes.rules(layer):
        if not was_evaluated(result):
            continue
        yield dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey([layer, outcomes.contract.source]),
            check_name=check_name(rule),
            passed=result["outcome"] == "pass",
            partition=outcomes.release,
            severity=severity_of(result),
            blocking=alone
            and blocks(rule, outcomes.contract)
            and result["scope"] == "structural"
            and rule.id not in outcomes.waived,
            description=describe(result),
            metadata=result_metadata(result, outcomes.findings.get(rule.id, [])),
            target_materialization_data=target_of(target),
        )


def target_of(record: dg.EventLogRecord | None) -> AssetCheckEvaluationTargetMaterializationData | None:
    """The materialisation that an evaluation is about; without it the UI does not show the mark as current."""
    if record is None:
        return None
    return AssetCheckEvaluationTargetMaterializationData(
        run_id=record.run_id, storage_id=record.storage_id, timestamp=record.timestamp
    )


def severity_of(result: Mapping[str, Any]) -> dg.AssetCheckSeverity:
    """Severity of a failure."""
    if result["outcome"] == "not_evaluated":
        # A structural rule that broke holds its release back. Any other that broke gives no result, so only warn.
        broke = result["reason"] == "engine_error" and result["scope"] == "structural"
        return (
            dg.AssetCheckSeverity.ERROR
            if broke and result["severity"] == "blocking"
            else dg.AssetCheckSeverity.WARN
        )
    return dg.AssetCheckSeverity.ERROR if result["severity"] == "blocking" else dg.AssetCheckSeverity.WARN


def describe(result: Mapping[str, Any]) -> str:
    """A result in a sentence; a check that was not evaluated says so first, and is never shown as passed.

    A waiver is named, but does not change the outcome.
    """
    if result.get("waiver_id"):
        return f"{_described(result)} (waived: {result['waiver_id']})"
    return _described(result)


def _described(result: Mapping[str, Any]) -> str:
    if result["outcome"] == "not_evaluated":
        return f"not evaluated: {result['message'] or result['reason']}"
    if result["outcome"] == "fail":
        return f"{result['n_failed']:,} of {result['n_checked']:,} failed: {result['message']}"
    return result["message"] or f"{result['n_checked']:,} checked, none failed"


def result_metadata(result: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A result's numbers, its place in the quality report, and the cells that failed."""
    metadata: dict[str, Any] = {"outcome": result["outcome"]}
    if result["reason"]:
        metadata["reason"] = result["reason"]
    metadata |= {
        "n_checked": result["n_checked"],
        "n_failed": result["n_failed"],
        "message": result["message"],
    }
    metadata |= finding_metadata(result["source"], result["release"], findings)
    if findings:
        metadata["findings"] = len(findings)
        shown = findings[:CELLS_OF_A_FINDING]
        name = (
            "failing cells"
            if len(findings) <= CELLS_OF_A_FINDING
            else f"failing cells (the first {CELLS_OF_A_FINDING})"
        )
        metadata[name] = dg.MetadataValue.table(records=[_cell(row) for row in shown], schema=_CELLS)
    return metadata


def _cell(finding: Mapping[str, Any]) -> dg.TableRecord:
    texts = {**finding, "area": finding["area_code"]}
    return dg.TableRecord({name: str(texts[name] or "") for name in _TEXTS})
