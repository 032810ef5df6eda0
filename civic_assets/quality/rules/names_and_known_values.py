"""Rules about names, absences and values that are known beforehand.

Belongs here: V-05, V-07 and the known values of the contract (K-01). Does not belong here: equations between figures
(`accounting_rules`), captions (`rules.captions`) and history (`rules.outliers_over_time`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.model import KnownValue
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.quality.analyses.code_name_pairs import OddPair, odd_pairs
from civic_assets.quality.analyses.row_keys import siblings_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.summing import findings_from, of_problem
from civic_assets.quality.framework.wording import (
    counted,
    figure,
    measure_name,
    period_name,
    table_name,
    unit_name,
)
from civic_assets.quality.rules.area_codes import misnamed
from civic_assets.quality.rules.claims.periods import kinds_of_rows
from civic_assets.values.cells import label
from civic_assets.values.groups import groups_of

if TYPE_CHECKING:
    import pyarrow as pa


@rule(
    "V-05",
    "Code and name agree",
    dimension="consistency",
    layer="validated",
    severity="warning",
    statement="A code has one name, and a name one code, in all rows and tables of a release; the name is one that the "
    "area register has for the code; a text names rows by the kind of area that they are.",
    cannot_tell="code and name wrong together",
    guidance="Check the row in the publisher's file.",
)
def code_and_name(release: ReleaseView) -> RuleOutcome:
    """V-05: what the parser noticed within a row, and names that differ between rows; each cell once."""
    assert release.parsed is not None
    findings = [
        Finding(
            "V-05",
            p.message,
            p.locator,
            [p.locator],
            severity="warning",
            observed=p.observed,
            expected=p.expected,
            area_code=p.area_code,
        )
        if p.number == 1
        else of_problem(p)
        for p in release.parsed.problems
        if p.check_id == "V-05"
    ]
    names: dict[str, Counter[str]] = defaultdict(Counter)
    where: dict[tuple[str, str], str] = {}
    groups = groups_of(release.observations, ["area_code", "area_name"], ["locator"])
    for code, name, locator, times in zip(*groups.values(), strict=True):
        names[code or ""][name] += times
        where[code or "", name] = locator
    otherwise: list[tuple[str, str, str]] = []
    for code, printed in names.items():
        by_label: Counter[str] = Counter()
        for name, times in printed.items():
            by_label[label(name)] += times
        if len(by_label) > 1:
            usual = by_label.most_common(1)[0][0]
            right = next(name for name in printed if label(name) == usual)
            otherwise += [(code, name, right) for name in sorted(printed) if label(name) != usual]
    findings += findings_from(
        otherwise, lambda odd: _otherwise(*odd, where[odd[:2]]), lambda odd: where[odd[:2]]
    )
    findings += misnamed(release, {finding.area_code for finding in findings})
    findings += _keys_of_siblings(release)
    findings += [_of_pair(odd) for block in release.found.blocks.values() for odd in odd_pairs(block)]
    # The parser already named rows whose code is another area's; each cell is one finding.
    distinct = list({(finding.locator, finding.observed): finding for finding in findings}.values())
    in_text = kinds_of_rows(release)
    return outcome_of(
        len(names) + in_text.checked, [*distinct, *in_text.findings], counted(len(names), "area")
    )


def _otherwise(code: str, name: str, right: str, locator: str) -> Finding:
    message = f"{code} is called {name!r} in the row of {locator}, but {right!r} elsewhere in this release."
    return Finding(
        "V-05", message, locator, [locator], severity="warning", observed=name, expected=right, area_code=code
    )  # fmt: skip


def _keys_of_siblings(release: ReleaseView) -> list[Finding]:
    """Codes and names of a row that most other tables with this row print otherwise.

    Two spellings of one area, both known to the register, are not a finding: `City of London` and `London, City of`.
    """
    findings, register = [], AreaRegister.shipped()
    for _, odd_keys, _ in release.derived(siblings_of):
        for odd in odd_keys:
            codes = (odd.code,) if odd.code else odd.row
            if any(register.called(code.upper(), odd.label) for code in codes):
                continue
            message = (
                f"{odd.locator} prints {odd.observed!r}; {counted(odd.others, 'other table')} of this release "
                f"{'prints' if odd.others == 1 else 'print'} {odd.expected!r} in the row that is otherwise the same."
            )
            findings.append(
                Finding(
                    "V-05",
                    message,
                    odd.locator,
                    [odd.locator],
                    severity="warning",
                    observed=odd.observed,
                    expected=odd.expected,
                )
            )
    return findings


def _of_pair(odd: OddPair) -> Finding:
    message = (
        f"{odd.locator} prints {odd.observed!r} with {odd.other!r}; nearly all other rows of this table print "
        f"{odd.expected!r}."
    )
    return Finding(
        "V-05",
        message,
        odd.locator,
        [odd.locator, odd.neighbour],
        severity="warning",
        observed=odd.observed,
        expected=odd.expected,
    )


def _rows(table: pa.Table) -> Iterable[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


@rule(
    "V-07",
    "Share of absent values",
    dimension="completeness",
    layer="validated",
    severity="warning",
    statement="In every column (or table, where the contract says so) the share of cells without a value is at most "
    "what the contract allows.",
    cannot_tell="why a value is missing",
    guidance="Ask the publisher why the values are missing.",
    applies=lambda contract: "null_share" in contract.thresholds,
)
def absent_values(release: ReleaseView) -> RuleOutcome:
    """V-07: by column, or by table where the contract allows a whole table another share."""
    import pyarrow.compute as pc

    limit = release.contract.thresholds["null_share"]
    by_table = release.contract.null_shares
    keys = ["table_id", "measure", "unit"]
    few = release.observations.select([*keys, "value"]).group_by(keys, use_threads=False)
    total: Counter[tuple[str, str, str]] = Counter()
    absent: Counter[tuple[str, str, str]] = Counter()
    columns = few.aggregate([("value", "count", pc.CountOptions(mode="all")), ("value", "count")])
    for name, measure, unit, everything, present in _rows(columns):
        place = (name, "", "") if name in by_table else (name, measure, unit)
        total[place] += everything
        absent[place] += everything - present
    findings = []
    for place, number in total.items():
        name, measure, unit = place
        share = absent[place] / number
        allowed = by_table[name].value if name in by_table else limit.value
        because = by_table[name].because if name in by_table else limit.because
        if share > allowed:
            column = f"{measure_name(release.contract, measure)} ({unit_name(unit)}) in "
            what = f"{column if measure else ''}{table_name(release.contract, name)}"
            message = (
                f"{absent[place]:,} of the {counted(number, 'figure')} of {what} "
                f"{'has' if absent[place] == 1 else 'have'} no value: {share:.0%}, where the contract allows at most "
                f"{allowed:.0%} ({because})."
            )
            findings.append(
                Finding(
                    "V-07",
                    message,
                    _first_absent(release, place),
                    severity="warning",
                    measure=measure,
                    observed=f"{share:.3f}",
                    expected=f"<= {allowed:g}",
                )
            )
    shown = f"{sum(absent.values()):,} of {sum(total.values()):,} cells absent"
    return outcome_of(
        len(total), findings, f"{counted(len(total), 'column or table', 'columns and tables')}, {shown}"
    )


def _first_absent(release: ReleaseView, place: tuple[str, str, str]) -> str:
    import pyarrow.compute as pc

    table = release.observations
    mine = pc.is_null(table["value"])
    for name, wanted in zip(("table_id", "measure", "unit"), place, strict=True):
        mine = pc.and_(mine, pc.equal(table[name], wanted)) if wanted else mine
    return str(table.filter(mine)["locator"][0].as_py())


@rule(
    "K-01",
    "Known values",
    dimension="accuracy",
    layer="validated",
    severity="blocking",
    scope="structural",
    statement="Well-known figures that the contract lists read as expected.",
    cannot_tell="any other figure",
    guidance="Check whether the file or the way it is read is wrong.",
    applies=lambda contract: bool(contract.known_values),
)
def known_values(release: ReleaseView) -> RuleOutcome:
    """K-01: skipped for synthetic files and for reissues, whose figures may rightly differ."""
    assert release.parsed is not None
    edition = release.parsed.edition
    mine = [known for known in release.contract.known_values if known.edition == edition]
    if release.parsed.synthetic:
        return not_evaluated(
            "not_applicable", "the file is marked as synthetic, and known values apply to real editions"
        )
    if not mine or release.file.reissue_of:
        return not_evaluated("no_reference", f"no known value is registered for edition {edition}")
    if release.is_part:
        mine = [known for known in mine if _cells(release, known)]
        if not mine:
            return not_evaluated("no_input", "this file does not hold the figures that have a known value")
    findings = [finding for known in mine if (finding := _reads_otherwise(release, known))]
    return outcome_of(len(mine), findings, f"{counted(len(mine), 'known value')} read as expected")


def _cells(release: ReleaseView, known: KnownValue) -> list[dict[str, Any]]:
    """Value, locator and text of the cells that should read as is known; none when the figure is not there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = release.observations
    mine = pc.or_(
        pc.equal(pc.fill_null(table["authority_code"], ""), known.area),
        pc.equal(pc.fill_null(table["area_code"], ""), known.area),
    )
    for name, wanted in (
        ("measure", known.measure),
        ("unit", known.unit),
        ("breakdown", known.breakdown),
        ("period_start", pa.scalar(known.start, pa.date32())),
        ("period_end", pa.scalar(known.end, pa.date32())),
    ):
        mine = pc.and_(mine, pc.equal(table[name], wanted))
    cells: list[dict[str, Any]] = table.filter(mine).select(["value", "locator", "value_text"]).to_pylist()
    return cells


def _reads_otherwise(release: ReleaseView, known: KnownValue) -> Finding | None:
    found = _cells(release, known)
    if [row["value"] for row in found] == [known.value]:
        return None
    printed = " and ".join(f"{figure(row['value_text'])} at {row['locator']}" for row in found) or "nothing"
    message = (
        f"{measure_name(release.contract, known.measure)} of {known.area} for {period_name(known.start, known.end)} "
        f"is known to be {figure(known.value)} ({known.because}), but reads {printed}."
    )
    return Finding(
        "K-01",
        message[:1].upper() + message[1:],
        found[0]["locator"] if found else "",
        [row["locator"] for row in found],
        measure=known.measure,
        area_code=known.area,
        period_start=str(known.start),
        period_end=str(known.end),
        observed=found[0]["value_text"] if found else "",
        expected=f"{known.value:g}",
    )
