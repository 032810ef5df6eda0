"""Rules of the catalogue as Dagster asset checks.

Belongs here: naming and describing checks, and showing a stored result with its failing cells. Does not belong here:
deciding anything; the rules did that (`civic_assets.quality`), and their results are stored whatever Dagster does.

A figure that fails a blocking rule of scope `value` is disputed, not held back: its check is red (severity ERROR) but
blocks nothing. Only structural rules block, and only in a run of one release: in a backfill, blocking would stop the
good releases with the bad.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from civic_assets.contracts.model import Contract
from civic_assets.layers import Checked
from civic_assets.quality.engine import rules_for
from civic_assets.quality.privacy_rules import PRIVACY_RULES
from civic_assets.quality.published_rules import PUBLISHED_RULES, PublishedRule
from civic_assets.quality.rule import RuleSpec
from civic_assets.store import Store

SHOWN = 50
"""Failing cells that a check's page lists; all of them are in `quality.findings`."""
_TEXTS = ("locator", "area", "measure", "observed", "expected", "proposal", "message")
_CELLS = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in _TEXTS])


def check_name(rule: RuleSpec) -> str:
    """Name of a rule's check: readable, and in the order of the catalogue, e.g. `V_02_whole_counts`."""
    return re.sub(r"[^A-Za-z0-9]+", "_", f"{rule.id} {rule.name.lower()}").strip("_")


def blocks(rule: RuleSpec, contract: Contract) -> bool:
    """Does a failure hold the release back?"""
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


def published_name(rule: PublishedRule) -> str:
    """Name of the check of a rule over one of our own tables, e.g. `H_04_area_profile`."""
    return f"{rule.id.replace('-', '_')}_{rule.table}"


def published_specs(asset: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """One check for each rule over the tables that we make, on the published asset; none blocks what is published."""
    return [
        dg.AssetCheckSpec(
            name=published_name(rule),
            asset=asset,
            description=f"{rule.statement}\n\n**What it cannot tell:** {rule.cannot_tell}.",
            metadata={
                "rule": rule.id,
                "table": rule.table,
                "dimension": rule.dimension,
                "severity": rule.severity,
            },
        )
        for rule in (*PUBLISHED_RULES, *PRIVACY_RULES)
    ]


def published_results(
    results: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]
) -> Iterator[dg.AssetCheckResult]:
    """What the rules over our own tables said.

    Args:
        results: Rows of `quality.check_results` of layer `published`.
        findings: Their rows of `quality.findings`.
    """
    said = {(row["check_id"], row["source"]): row for row in results}
    for rule in (*PUBLISHED_RULES, *PRIVACY_RULES):
        result = said.get((rule.id, rule.table))
        if result is None:
            continue
        mine = [row for row in findings if (row["check_id"], row["source"]) == (rule.id, rule.table)]
        yield dg.AssetCheckResult(
            check_name=published_name(rule),
            passed=result["outcome"] == "pass",
            severity=_severity(result),
            description=describe(result),
            metadata=_metadata(result, mine),
        )


def evaluations(
    store: Store,
    contract: Contract,
    release: str,
    checked: Checked,
    *,
    layer: str,
    alone: bool,
    target: dg.EventLogRecord | None,
) -> Iterator[dg.AssetCheckEvaluation]:
    """What the rules of one layer said of a release.

    Args:
        store: Where results and findings stand.
        contract: Of the source.
        release: Partition.
        checked: What became of the release.
        layer: Whose rules.
        alone: The run is of this release only, so that a structural failure may stop it.
        target: The materialisation that was checked; None when there is none, since the release is held back.
    """
    results = {row["check_id"]: row for row in store.tables.read(checked.results).to_pylist()}
    findings: dict[str, list[dict[str, Any]]] = {}
    for row in store.tables.read(checked.findings).to_pylist():
        findings.setdefault(row["check_id"], []).append(row)
    checked_data = None
    if target is not None:
        from dagster._core.definitions.asset_checks.asset_check_evaluation import (
            AssetCheckEvaluationTargetMaterializationData,
        )

        checked_data = AssetCheckEvaluationTargetMaterializationData(
            run_id=target.run_id, storage_id=target.storage_id, timestamp=target.timestamp
        )
    for rule in rules_for(contract):
        if rule.layer != layer or rule.id not in results:
            continue
        result = results[rule.id]
        yield dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey([layer, contract.source]),
            check_name=check_name(rule),
            passed=result["outcome"] == "pass",
            partition=release,
            severity=_severity(result),
            blocking=alone and blocks(rule, contract) and result["scope"] == "structural",
            description=describe(result),
            metadata=_metadata(result, findings.get(rule.id, [])),
            target_materialization_data=checked_data,
        )


def _severity(result: Mapping[str, Any]) -> dg.AssetCheckSeverity:
    if result["outcome"] == "not_evaluated":
        # A structural rule that broke does hold its release back; any other says nothing, which alarms nobody.
        broke = result["reason"] == "engine_error" and result["scope"] == "structural"
        return (
            dg.AssetCheckSeverity.ERROR
            if broke and result["severity"] == "blocking"
            else dg.AssetCheckSeverity.WARN
        )
    return dg.AssetCheckSeverity.ERROR if result["severity"] == "blocking" else dg.AssetCheckSeverity.WARN


def describe(result: Mapping[str, Any]) -> str:
    """A result in a sentence; what was not evaluated says so first, and is never shown as passed."""
    if result["outcome"] == "not_evaluated":
        return f"not evaluated: {result['message'] or result['reason']}"
    if result["outcome"] == "fail":
        return f"{result['n_failed']:,} of {result['n_checked']:,} failed: {result['message']}"
    return result["message"] or f"{result['n_checked']:,} checked, none failed"


def _metadata(result: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"outcome": result["outcome"]}
    if result["reason"]:
        found["reason"] = result["reason"]
    found |= {"n_checked": result["n_checked"], "n_failed": result["n_failed"], "message": result["message"]}
    if findings:
        found["findings"] = len(findings)
        shown = findings[:SHOWN]
        name = "failing cells" if len(findings) <= SHOWN else f"failing cells (the first {SHOWN})"
        found[name] = dg.MetadataValue.table(records=[_cell(row) for row in shown], schema=_CELLS)
    return found


def _cell(finding: Mapping[str, Any]) -> dg.TableRecord:
    texts = {**finding, "area": finding["area_code"]}
    return dg.TableRecord({name: str(texts[name] or "") for name in _TEXTS})
