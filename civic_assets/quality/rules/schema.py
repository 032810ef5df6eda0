"""Rules that the compiled contract carries out: types, keys, domains, lengths of periods.

Belongs here: handing each rule its share of what the gate found, in sentences. Does not belong here: the gate
(`gate`) and the checks themselves (`civic_assets.parsing.contract_schema`), so that no rule is written twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from civic_assets.house_numbers.calendar import FUTURE_PERIOD_DAYS
from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING, FINDINGS_OF_A_CHECK
from civic_assets.quality.analyses.contract_gate import gate_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.summing import stands_for
from civic_assets.quality.framework.wording import counted, day_name, measure_name
from civic_assets.quality.rules.area_codes import existence
from civic_assets.values.texts import Texts


def _verdict(
    release: ReleaseView,
    check_id: str,
    fault: str,
    expected: str,
    *,
    disputes: bool = False,
    of_rates: tuple[str, str] | None = None,
) -> RuleOutcome:
    """What the gate says of one check.

    Args:
        release: The release.
        check_id: Check of the gate.
        fault: What is wrong with a failing figure.
        expected: What was expected instead.
        disputes: The failing figures are disputed.
        of_rates: Both for figures per so many people or things, where they differ.
    """
    import pyarrow as pa

    checked, failing = release.derived(gate_of)[check_id]
    if checked == 0:
        return not_evaluated("not_applicable", "the source has no figures of this kind")
    findings = []
    rows = [index for index in failing if index >= 0]
    # Every figure that a finding disputes has one; of others, the first show what is wrong.
    shown = rows[: FINDINGS_OF_A_CHECK if disputes else CELLS_OF_A_FINDING]
    evidence = {"cells_in_all": len(rows)} if len(rows) > len(shown) else {}
    for row in (release.observations.slice(index, 1).to_pylist()[0] for index in shown):
        wrong, right = of_rates if of_rates and row["unit"].startswith("per_") else (fault, expected)
        message = (
            f"{row['locator']}: {measure_name(release.contract, row['measure'] or 'a figure')} of "
            f"{row['area_name'] or 'no area'} (printed {row['value_text'] or 'nothing'}) {wrong}."
        )
        findings.append(
            Finding(
                check_id,
                message,
                row["locator"],
                locators=[row["locator"]],
                disputes=[row["locator"]] if disputes else (),
                measure=row["measure"] or "",
                area_code=row["area_code"] or "",
                period_start=str(row["period_start"]),
                period_end=str(row["period_end"]),
                observed=row["value_text"] or "",
                expected=right,
                evidence=evidence,
            )
        )
    if disputes and len(rows) > len(findings):
        cells = Texts(release.observations["locator"].combine_chunks().take(pa.array(rows)))
        findings = [stands_for(findings[0], len(rows), cells, cells)]
    if failing and not findings:
        findings = [
            Finding(check_id, f"The observations do not have the contracted columns and types ({fault}).")
        ]
    return outcome_of(checked, findings, counted(checked, "figure"), n_failed=len(failing))


@rule(
    "R-07",
    "A symbol is never zero",
    dimension="accuracy",
    layer="raw",
    severity="blocking",
    scope="structural",
    statement="A status that replaces a value has no value, and an absent value has a status.",
    cannot_tell="a zero that the supplier typed for 'not known'",
    guidance="Correct the contract's symbols, or ask the publisher.",
)
def symbol_is_never_zero(release: ReleaseView) -> RuleOutcome:
    """R-07: every observation has a value, or a status that says why not, and never both of one meaning."""
    return _verdict(
        release, "R-07", "has both a value and a status that replaces it, or neither", "a value or a status"
    )


@rule(
    "V-01",
    "Unique keys",
    dimension="uniqueness",
    layer="validated",
    severity="blocking",
    scope="structural",
    statement="No two figures of a release have the same measure, area, period, breakdown, unit and statistic.",
    cannot_tell="two keys for one thing",
    guidance="Ask the publisher which of the rows counts.",
)
def key_uniqueness(release: ReleaseView) -> RuleOutcome:
    """V-01: all cells under one key are named, since none of them is more likely to be right.

    Where figures are counted from rows, rows that may appear twice are named as well, as a warning: the key of the
    figures holds, and the publisher alone knows whether two rows are one incident.
    """
    verdict = _verdict(release, "V-01", "appears twice under one key", "one figure for each key")
    problems = release.parsed.problems if release.parsed else ()
    repeats = [
        Finding(
            "V-01",
            problem.message,
            problem.locator,
            locators=problem.locators,
            severity="warning",
            observed=problem.observed,
            expected=problem.expected,
        )
        for problem in problems
        if problem.check_id == "V-01"
    ]
    if not repeats:
        return verdict
    said = "; ".join([verdict.message, *(repeat.message for repeat in repeats)])
    return replace(verdict, message=said, findings=[*verdict.findings, *repeats])


@rule(
    "V-02",
    "Whole counts",
    dimension="validity",
    layer="validated",
    severity="blocking",
    scope="structural",
    statement="A count is a whole number and, unless the contract says why, not negative. The mean of several counts "
    "may have decimals.",
    cannot_tell="wrong but plausible counts",
    guidance="Ask the publisher for the count, or state the reason in the contract.",
)
def whole_counts(release: ReleaseView) -> RuleOutcome:
    """V-02: a contract may allow negative counts (corrections), with its reason."""
    return _verdict(release, "V-02", "is not a whole number, or is negative", "a whole number, 0 or more")


@rule(
    "V-03",
    "Percentage range",
    dimension="validity",
    layer="validated",
    severity="blocking",
    scope="value",
    statement="A share lies between 0 and 100 per cent; changes and event rates may exceed it. A rate is not "
    "negative, even where the contract allows negative counts: in publishers' files only those of single offences "
    "are negative.",
    cannot_tell="a rate labelled as a share below 100, and a rate that is too high",
    guidance="Check the numerator and the denominator of the share or rate.",
)
def percentage_range(release: ReleaseView) -> RuleOutcome:
    """V-03: leaves changes out, which may be negative and exceed 100%. Failing figures are disputed."""
    share = ("is a share outside 0 to 100 per cent", "0 to 100")
    return _verdict(release, "V-03", *share, disputes=True, of_rates=("is a rate below 0", "0 or more"))


@rule(
    "V-04",
    "Area code syntax and existence",
    dimension="validity",
    layer="validated",
    severity="blocking",
    scope="structural",
    statement="An area code is a GSS code, or its parent's code and a kind where the publisher prints none; it is in "
    "the area register where that holds all codes of its kind, and its figures are for a time when it was in "
    "force.",
    cannot_tell="a right code on the wrong row, and codes of kinds that the register does not hold",
    guidance="Check the code in the publisher's file, and whether the figures use today's boundaries.",
)
def area_code_syntax_and_existence(release: ReleaseView) -> RuleOutcome:
    """V-04: a code of the wrong form holds the release back; an unknown one disputes its figures."""
    form = _verdict(release, "V-04", "does not have a GSS code", "a letter E, W, S, N or K and eight digits")
    return form if form.outcome != "pass" else existence(release)


@rule(
    "V-06",
    "Known measure",
    dimension="validity",
    layer="validated",
    severity="blocking",
    scope="structural",
    statement="Every measure is in the vocabulary and in the source's contract.",
    cannot_tell="local misclassification",
    guidance="Add the measure to vocabularies/measures.yaml with its definition.",
)
def measure_known(release: ReleaseView) -> RuleOutcome:
    """V-06: nothing is published under a measure without a definition."""
    return _verdict(
        release, "V-06", "is a measure that is not in the vocabulary", "a measure of the vocabulary"
    )


@rule(
    "V-08",
    "Complete period",
    dimension="validity",
    layer="validated",
    severity="blocking",
    scope="structural",
    statement="A period has a start, an end after it, a kind and a statistic, and the length of its kind; no period "
    "ends more than a year after the file was received.",
    cannot_tell="a period of the right form but the wrong time (V-09)",
    guidance="Ask the publisher which period is meant.",
)
def period_complete(release: ReleaseView) -> RuleOutcome:
    """V-08: the form of each period, and that none ends far in the future; whether it is the right one is V-09."""
    form = _verdict(
        release, "V-08", "does not have a complete period", "start, end, kind and statistic that fit"
    )
    return _in_the_future(release) if form.outcome == "pass" else form


def _in_the_future(release: ReleaseView) -> RuleOutcome:
    """Periods that end long after the file was received (or after today, for a file that is not in the archive).

    No source has projections: such a year is an error of the publisher, and the release would be the newest of its
    source for years.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    received = release.file.retrieved_at[:10]
    day = date.fromisoformat(received) if received else datetime.now(UTC).date()
    table = release.observations
    late = table.filter(
        pc.greater(table["period_end"], pa.scalar(day + timedelta(days=FUTURE_PERIOD_DAYS), pa.date32()))
    )
    findings = []
    for end in sorted(set(late["period_end"].to_pylist())):
        cells = late.filter(pc.equal(late["period_end"], pa.scalar(end, pa.date32())))
        first, *_ = cells.slice(0, 1).to_pylist()
        last = end - timedelta(days=1)
        message = (
            f"{first['locator']}: {counted(cells.num_rows, 'figure')} {'is' if cells.num_rows == 1 else 'are'} for "
            f"a period that ends on "
            f"{day_name(last)}, more than a year after {day_name(day)}."
        )
        findings.append(
            Finding(
                "V-08",
                message,
                first["locator"],
                locators=cells["locator"].slice(0, CELLS_OF_A_FINDING).to_pylist(),
                period_start=str(first["period_start"]),
                period_end=str(end),
                observed=f"{first['period_start']}/{end}",
                expected="a period that is over, or nearly so",
            )
        )
    return outcome_of(table.num_rows, findings, counted(table.num_rows, "period"), late.num_rows)
