"""Rates without a printed base: is there a base for each, and one for those that claim it together?

Belongs here: what V-17, V-18 and H-06 say of implied bases. Does not belong here: the intervals themselves
(`implied_denominators`), and rates with a printed base (`accounting_rules`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.model import Rule
from civic_assets.house_numbers.arithmetic import DIVISION_NOISE
from civic_assets.house_numbers.listing import FINDINGS_OF_A_RULE
from civic_assets.quality.analyses.implied_denominators import Group, groups, implied_denominators_of
from civic_assets.quality.framework.in_sql import in_sql
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.wording import counted, figure, measure_words, table_name

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.quality.framework.release import ReleaseView

_NONE = "no rate is printed with its count"

_EMPTY = f"""SELECT * FROM implied
WHERE high IS NOT NULL AND floor(high * (1 + {DIVISION_NOISE})) < ceil(low * (1 - {DIVISION_NOISE}))
LIMIT {FINDINGS_OF_A_RULE}"""
_CLAIMED = """WITH claimed AS (
    SELECT area_code, period_start, period_end, low, coalesce(high, 'infinity'::DOUBLE) AS high FROM implied
    WHERE table_id = $table AND list_contains($rates, measure)
    UNION ALL
    SELECT area_code, period_start, period_end, value, value FROM observations
    WHERE table_id = $table AND list_contains($counts, measure) AND unit = 'count' AND value IS NOT NULL
)
SELECT area_code, period_start, period_end, max(low) > min(high) * (1 + $noise) AS apart
FROM claimed GROUP BY ALL HAVING count(*) > 1 ORDER BY area_code, period_start"""
_ROWS = """SELECT * FROM implied WHERE table_id = $table AND list_contains($rates, measure)
    AND area_code IS NOT DISTINCT FROM $area AND period_start = $start AND period_end = $end"""
_OF_ONE_AREA = """SELECT * FROM implied WHERE table_id = $table AND (area_code, period_start) IN (
    SELECT (area_code, period_start) FROM implied WHERE table_id = $table
    GROUP BY area_code, period_start ORDER BY count(*) DESC, area_code, period_start DESC LIMIT 1)
ORDER BY high DESC NULLS FIRST, measure"""
_BASES = """SELECT measure, value, value_text, locator FROM observations
WHERE table_id = $table AND list_contains($counts, measure) AND unit = 'count' AND value IS NOT NULL
    AND area_code IS NOT DISTINCT FROM $area AND period_start = $start AND period_end = $end"""


def bases_exist(release: ReleaseView) -> RuleOutcome:
    """V-17: some whole number of people (or pupils) gives each printed rate of its printed count."""
    table = release.derived(implied_denominators_of)
    if table is None or not table.num_rows:
        return not_evaluated("no_input", _NONE)
    rows = _asked(release, table, _EMPTY, {})
    findings = [
        Finding(
            "V-17",
            f"{row['locator_rate']}: there is no whole number of which {figure(row['count_text'])} is "
            f"{_rate(row)} to the {counted(row['decimals'], 'decimal')} that its table prints; the base would lie "
            f"between {row['low']:,.2f} and {row['high']:,.2f}.",
            row["locator_rate"],
            [row["locator_rate"], row["locator_count"]],
            severity="warning",
            measure=row["measure"],
            area_code=row["area_code"] or "",
            period_start=str(row["period_start"]),
            period_end=str(row["period_end"]),
            observed=row["rate_text"],
            expected="a rate that a whole number of people can give",
            evidence=_evidence(row),
        )
        for row in rows
    ]
    passed = f"{counted(table.num_rows, 'rate')} without a printed base, each consistent with a whole number of people"
    return outcome_of(table.num_rows, findings, passed)


def bases_shared(release: ReleaseView) -> RuleOutcome:
    """V-18: rates that claim one base (`shared_base`) imply intervals with a value in common."""
    table = release.derived(implied_denominators_of)
    if table is None or not table.num_rows:
        return not_evaluated("no_input", _NONE)
    checked, failed = 0, 0
    findings: list[Finding] = []
    for claim in (rule for rule in release.contract.rules if rule.kind == "shared_base"):
        about = {"table": claim.table, "rates": list(claim.options["rates"]),
                 "counts": list(claim.options.get("counts", ()))}  # fmt: skip
        claimed = _asked(release, table, _CLAIMED, {**about, "noise": DIVISION_NOISE})
        checked += len(claimed)
        apart = [row for row in claimed if row["apart"]]
        failed += len(apart)
        for row in apart[: FINDINGS_OF_A_RULE - len(findings)]:
            where = {"area": row["area_code"], "start": row["period_start"], "end": row["period_end"]}
            rates = _asked(release, table, _ROWS, {**about, **where}, ("counts",))
            rates.sort(key=lambda rate: about["rates"].index(rate["measure"]))
            bases = _asked(release, table, _BASES, {**about, **where}, ("rates",))
            findings.append(_apart(claim, rates, bases))
    passed = f"{counted(checked, 'claim')} of one base, each consistent with one value"
    return outcome_of(checked, findings, passed, failed)


def bases_in_a_column(release: ReleaseView, table: str, measures: int) -> Finding | None:
    """H-06: how many bases the rates of a table are of at least, and which measures can share one.

    Args:
        release: The release.
        table: Table that prints rates of different measures in one column.
        measures: Number of bases that the vocabulary cannot show to be the same.

    Returns:
        None if the contract declares no counts for those rates, or if one base explains them all.
    """
    implied = release.derived(implied_denominators_of)
    if implied is None:
        return None
    # One area shows what a column mixes; the first that has most of the rates.
    rates = _asked(release, implied, _OF_ONE_AREA, {"table": table})
    found = grouped(rates)
    if len(found) < 2:
        return None
    locator = rates[0]["locator_rate"]
    message = (
        f"{locator}: one column of {table_name(release.contract, table)} prints rates of {measures} measures that do "
        f"not have the same base. {needed(rates, found)}"
    )
    return Finding(
        "H-06",
        message,
        locator,
        [row["locator_rate"] for row in rates],
        severity="warning",
        area_code=rates[0]["area_code"] or "",
        observed=f"at least {len(found)} bases",
        expected="one base, or the base next to each figure",
        evidence={
            "implied": [_evidence(row) for row in rates],
            "groups": [[rates[place]["measure"] for place in group.members] for group in found],
        },
    )


def _asked(
    release: ReleaseView,
    implied: pa.Table,
    sql: str,
    parameters: Mapping[str, Any],
    unused: Sequence[str] = (),
) -> list[dict[str, Any]]:
    given = {name: value for name, value in parameters.items() if name not in unused}
    with in_sql(implied=implied, observations=release.observations) as connection:
        rows: list[dict[str, Any]] = connection.sql(sql, params=given or None).to_arrow_table().to_pylist()
        return rows


def _apart(claim: Rule, rates: Sequence[dict[str, Any]], bases: Sequence[dict[str, Any]]) -> Finding:
    first = rates[0]
    if bases and len(rates) == 1:
        said, observed = _not_of(first, bases[0]), str(bases[0]["value_text"])
    elif len(rates) == 2 and not bases:
        said, observed = _not_one(first, rates[1]), _between(rates[1])
    else:
        found = grouped(rates)
        said, observed = needed(rates, found), f"at least {len(found)} bases"
    message = f"{first['locator_rate']}: {said} They should have the same base: {claim.options['because']}."
    locators = [row[name] for row in rates for name in ("locator_rate", "locator_count")]
    return Finding(
        "V-18",
        message,
        first["locator_rate"],
        [*locators, *(base["locator"] for base in bases)],
        severity="warning",
        measure=first["measure"],
        area_code=first["area_code"] or "",
        period_start=str(first["period_start"]),
        period_end=str(first["period_end"]),
        observed=observed,
        expected=_between(first) if len(rates) < 3 else "one base",
        evidence={"claim": claim.id, "implied": [_evidence(row) for row in rates],
                  "groups": [list(group.members) for group in grouped(rates)]},
    )  # fmt: skip


def _not_of(row: Mapping[str, Any], base: Mapping[str, Any]) -> str:
    return (
        f"{figure(row['count_text'])} is {_rate(row)} of {_between(row)}, and not of the "
        f"{_words(base['measure'])} printed at {base['locator']}, {figure(base['value_text'])}: as a share of that it "
        f"would be printed as {_would_be(row, base['value'])}."
    )


def _not_one(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    middle = (other["low"] + other["high"]) / 2 if other["high"] is not None else other["low"]
    return (
        f"{_words(one['measure'])} and {_words(other['measure'])} cannot have the same base: "
        f"{figure(one['count_text'])} is {_rate(one)} of {_between(one)}, "
        f"{figure(other['count_text'])} is {_rate(other)} of {_between(other)}. "
        f"Of {middle:,.0f}, {figure(one['count_text'])} would be printed as {_would_be(one, middle)}."
    )


def grouped(rates: Sequence[Mapping[str, Any]]) -> list[Group]:
    """As few bases as explain some rates, the largest first."""
    ends = [(row["low"], math.inf if row["high"] is None else row["high"]) for row in rates]
    return sorted(groups(ends), key=lambda group: -group.low)


def needed(rates: Sequence[Mapping[str, Any]], found: Sequence[Group]) -> str:
    """Which rates can share a base and which cannot, as a sentence."""
    parts = []
    for group in found:
        names = ", ".join(_words(rates[place]["measure"]) for place in group.members)
        ends = (
            f"at least {group.low:,.0f}"
            if group.high == math.inf
            else f"{group.low:,.0f} to {group.high:,.0f}"
        )
        parts.append(f"{ends} ({names}{', which can share one base' if len(group.members) > 1 else ''})")
    area, bases = rates[0]["area_name"], counted(len(found), "different base")
    return f"The {len(rates)} rates of {area} imply at least {bases}: {'; '.join(parts)}."


def _words(measure: str) -> str:
    return measure_words(measure)


def _rate(row: Mapping[str, Any]) -> str:
    percent = "%" if row["unit"] == "percent" or row["per"] == 100 else f" per {row['per']:,.0f}"
    return f"{row['rate_text'].rstrip('% ')}{percent}"


def _would_be(row: Mapping[str, Any], base: float) -> str:
    percent = "%" if row["per"] == 100 else f" per {row['per']:,.0f}"
    return f"{row['per'] * row['count'] / base:.{row['decimals']}f}{percent}"


def _between(row: Mapping[str, Any]) -> str:
    if row["high"] is None:
        return f"at least {row['low']:,.0f}"
    return f"{row['low']:,.0f} to {row['high']:,.0f}"


def _evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("measure", "count", "rate", "low", "high", "locator_count", "locator_rate")
    return {name: round(row[name], 2) if isinstance(row[name], float) else row[name] for name in names}
