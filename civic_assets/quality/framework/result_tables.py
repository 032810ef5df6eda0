"""Results and findings as the tables `quality.check_results` and `quality.findings` of one release.

Belongs here: their columns. Does not belong here: results about what is published (`published.engine`) and storing
(`civic_assets.layers.validated`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from civic_assets.values.texts import joined

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.quality.framework.results import Assessment, Finding


def results_table(assessment: Assessment, source: str, release: str) -> pa.Table:
    """Check results as the table `quality.check_results`."""
    import pyarrow as pa

    rows = [
        {
            **asdict(result),
            "source": source,
            "release": release,
            "waiver_id": assessment.waiver_of_result(result) or None,
        }
        for result in assessment.results
    ]
    text = ("check_id", "source", "release", "layer", "dimension", "severity", "outcome")
    schema = pa.schema(
        [(name, pa.string()) for name in text]
        + [("n_checked", pa.int64()), ("n_failed", pa.int64())]
        + [(name, pa.string()) for name in ("message", "reason", "scope", "waiver_id")]
    )
    return pa.Table.from_pylist(rows, schema=schema)


FINDING_TEXTS = (
    "finding_id", "check_id", "source", "release", "severity", "measure", "area_code", "period_start", "period_end",
    "locator", "observed", "expected", "proposal",
)  # fmt: skip


def findings_table(assessment: Assessment, source: str, release: str, areas: Mapping[str, str]) -> pa.Table:
    """Findings as the table `quality.findings`, areas in the common vocabulary.

    Args:
        assessment: Results of the checks.
        source: Source of the release.
        release: Partition key of the release.
        areas: Common code by publisher's code, where they differ.
    """
    import pyarrow as pa

    rows = [
        finding_row(finding, source, release, areas, assessment.waiver_of(finding))
        for finding in assessment.findings
    ]
    unique = {row["finding_id"]: row for row in rows}
    # A finding may dispute a million cells: they go from one Arrow array to the other.
    disputes = _lists([row.pop("disputes") for row in unique.values()])
    schema = pa.schema(
        [(name, pa.string()) for name in FINDING_TEXTS]
        + [("n_ties", pa.int64())]
        + [(name, pa.string()) for name in ("evidence", "status", "message", "waiver_id")]
        + [("locators", pa.list_(pa.string()))]
    )
    table = pa.Table.from_pylist(list(unique.values()), schema=schema)
    return table.append_column(pa.field("disputes", disputes.type), disputes)


def _lists(texts: Sequence[Sequence[str]]) -> pa.Array:
    """Lists of texts as one Arrow array of lists."""
    import pyarrow as pa

    ends = list(accumulate(map(len, texts), initial=0))
    lists: pa.Array = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), joined(texts).array)
    return lists


def with_findings(
    results: pa.Table, findings: pa.Table, more: Sequence[Finding], source: str, release: str
) -> tuple[pa.Table, pa.Table]:
    """Results and findings with some that were made after the checks: each fails its check.

    Args:
        results: As `results_table` made it.
        findings: As `findings_table` made it.
        more: What was found.
        source: Source of the release.
        release: Its partition key.
    """
    import pyarrow as pa

    rows = [finding_row(finding, source, release, {}) for finding in more]
    for row in rows:
        row["disputes"] = list(row["disputes"])
    added = pa.Table.from_pylist(rows, schema=findings.schema)
    first = {finding.check_id: finding.message for finding in reversed(more)}
    number = Counter(finding.check_id for finding in more)
    judged = [
        {**row, "outcome": "fail", "reason": "", "n_failed": number[row["check_id"]], "message": first[row["check_id"]]}
        if row["check_id"] in first
        else row
        for row in results.to_pylist()
    ]  # fmt: skip
    return pa.Table.from_pylist(judged, schema=results.schema), pa.concat_tables([findings, added])


def finding_row(
    finding: Finding, source: str, release: str, areas: Mapping[str, str], waiver: str = ""
) -> dict[str, Any]:
    """A finding with the columns of `quality.findings`, and its cause, which is in the evidence there.

    `waiver` is the id of the waiver that lets it pass.
    """
    row = {name: getattr(finding, name) for name in FINDING_TEXTS if hasattr(finding, name)}
    return {
        **{name: value or None for name, value in row.items()},
        "finding_id": finding.identifier(source, release),
        "source": source,
        "release": release,
        "area_code": areas.get(finding.area_code, finding.area_code) or None,
        "n_ties": finding.n_ties,
        "evidence": json.dumps(
            {"message": finding.message, **finding.evidence}, sort_keys=True, ensure_ascii=False
        ),
        "status": "waived" if waiver else "open",
        "waiver_id": waiver or None,
        "message": finding.message,
        "cause": finding.evidence.get("cause"),
        "locators": list(finding.locators),
        "disputes": finding.disputes,
    }
