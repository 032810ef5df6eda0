"""Rules over derived tables, and expectations, as Dagster asset checks.

Belongs here: naming and describing the checks of what is published, and showing their results. Does not belong here:
checks of releases (`checks`), and decisions (`civic_assets.quality`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster_duckdb import DuckDBResource

from civic_assets.defs.checks import (
    describe,
    result_metadata,
    severity_of,
    silence,
    was_evaluated,
)
from civic_assets.defs.families import asset_key
from civic_assets.publish.families import family_of
from civic_assets.quality.expectations.suites import Expectation, of_what_is_published
from civic_assets.quality.published.rule import RELEASE, PublishedRule


def published_name(rule: PublishedRule | Expectation) -> str:
    """Name of the check of a rule over the publication, e.g. `H_04_area_profile`, `E_12_profile_measures`."""
    return f"{rule.id.replace('-', '_')}_{rule.table}"


SUITES = dg.AssetKey(["published", "expectations"])
"""Asset of the expectation suites, which judge what is published."""


def asset_of(rule: PublishedRule | Expectation) -> dg.AssetKey:
    """Asset that shows a check: that of the rule's table, or the suites' own."""
    return SUITES if isinstance(rule, Expectation) else asset_key(family_of(rule.table))


def published_specs(rules: Sequence[PublishedRule | Expectation]) -> list[dg.AssetCheckSpec]:
    """One check for each rule over derived tables, or each expectation.

    Args:
        rules: Those of one operation. None of their checks blocks: a rule that holds back has done so before.
    """
    return [
        dg.AssetCheckSpec(
            name=published_name(rule),
            asset=asset_of(rule),
            description=f"{rule.statement}\n\n**What it cannot tell:** {rule.cannot_tell}.",
            metadata={
                "rule": rule.id,
                "table": rule.table,
                "dimension": rule.dimension,
                "severity": rule.severity,
            },
        )
        for rule in rules
    ]


@dataclass(frozen=True)
class PublishedResults:
    """Results of the rules over derived tables and of the expectations for a publication.

    Args:
        results: Each check with its result.
        findings: Rows of `quality.findings`, by name of check.
    """

    results: tuple[tuple[PublishedRule | Expectation, Mapping[str, Any]], ...]
    findings: Mapping[str, Sequence[Mapping[str, Any]]]

    @classmethod
    def of(
        cls, results: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]
    ) -> PublishedResults:
        """The results in rows of `quality.check_results` of layer `published`, and of `quality.findings`."""
        results_by_rule = []
        about = {}
        for rule in of_what_is_published():
            rows = _of(rule, results)
            results_by_rule.append(
                (rule, rows[0] if len(rows) == 1 else combined(rows) if rows else _nothing(rule))
            )
            about[published_name(rule)] = [
                row for row in findings if row["check_id"] == rule.id and _about(rule, row)
            ]
        return cls(tuple(results_by_rule), about)

    @classmethod
    def read(cls, read_model: DuckDBResource) -> PublishedResults:
        """The results in the published file."""
        found: list[list[dict[str, Any]]] = []
        with read_model.get_connection() as connection:
            # A rule over derived tables may find something about a release: its evidence then names that release.
            about = "release = ? OR json_extract_string(evidence, '$.release') IS NOT NULL"
            for table, which in (("check_results", "release = ?"), ("findings", about)):
                cursor = connection.execute(
                    f"SELECT t.* FROM quality.{table} t WHERE {which} ORDER BY ALL", [RELEASE]
                )
                names = [column[0] for column in cursor.description]
                found.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
        return cls.of(*found)

    def silent(self, asset: dg.AssetKey) -> list[str]:
        """Names of checks of an asset that were not evaluated."""
        return [published_name(rule) for rule, _ in self._silent(asset)]

    def not_evaluated(self, asset: dg.AssetKey) -> dict[str, Any]:
        """The same with their reasons, as metadata; empty if all were evaluated."""
        return silence((published_name(rule), result) for rule, result in self._silent(asset))

    def _silent(self, asset: dg.AssetKey) -> Iterator[tuple[PublishedRule | Expectation, Mapping[str, Any]]]:
        for rule, result in self.results:
            if asset_of(rule) == asset and not was_evaluated(result):
                yield rule, result

    def evaluations(self, asset: dg.AssetKey) -> Iterator[dg.AssetCheckResult]:
        """Results of the checks of an asset, without those that were not evaluated.

        Args:
            asset: Asset of the checks.
        """
        for rule, result in self.results:
            if asset_of(rule) != asset or not was_evaluated(result):
                continue
            name = published_name(rule)
            yield dg.AssetCheckResult(
                asset_key=asset,
                check_name=name,
                passed=result["outcome"] == "pass",
                severity=severity_of(result),
                description=describe(result),
                metadata=result_metadata(result, self.findings[name]),
            )


def _of(rule: PublishedRule | Expectation, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows about a rule: of its table, or of every source if it is an expectation."""
    return [
        row
        for row in rows
        if row["check_id"] == rule.id and (isinstance(rule, Expectation) or row["source"] == rule.table)
    ]


def _about(rule: PublishedRule | Expectation, finding: Mapping[str, Any]) -> bool:
    """Whether a finding belongs to the rule's table; its evidence may name a publisher's release."""
    return isinstance(rule, Expectation) or json.loads(finding["evidence"]).get("table") == rule.table


def _nothing(rule: PublishedRule | Expectation) -> dict[str, Any]:
    """Result of a check about releases if none is published."""
    return {
        "source": rule.table,
        "release": RELEASE,
        "outcome": "not_evaluated",
        "reason": "no_input",
        "severity": rule.severity,
        "scope": rule.scope,
        "n_checked": 0,
        "n_failed": 0,
        "message": "nothing is published",
    }


def combined(results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Results of one check for several sources as one: it passes if it passed for one and failed for none."""
    outcomes = Counter(result["outcome"] for result in results)
    outcome = next(word for word in ("fail", "pass", "not_evaluated") if outcomes[word])
    telling = next(result for result in results if result["outcome"] == outcome)
    counts = f"{len(results):,} sources: {outcomes['pass']:,} pass, {outcomes['fail']:,} fail, "
    counts += f"{outcomes['not_evaluated']:,} not evaluated."
    return {
        **telling,
        "n_checked": sum(result["n_checked"] for result in results),
        "n_failed": sum(result["n_failed"] for result in results),
        "message": counts if outcome == "pass" else f"{counts} {telling['message']}",
    }
