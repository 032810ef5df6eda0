"""What the words of a label count, and what the measure counts: an event is not a person.

Belongs here: what V-19 says of labels. Does not belong here: inequalities between figures (`accounting_rules`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civic_assets.contracts.model import Contract
from civic_assets.contracts.particulars import MeasureLabel, NamedUnit
from civic_assets.harmonise.measures.vocabulary import measure_of
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.wording import counted, figure

if TYPE_CHECKING:
    from civic_assets.quality.framework.release import ReleaseView


def names_units(contract: Contract) -> bool:
    """Whether the contract says what the words of a label count (`names`)."""
    return any(entry.names is not None for entry in contract.measure_labels.values())


def labels_name_the_unit(release: ReleaseView) -> RuleOutcome:
    """V-19: one finding for each label that counts something else than its measure, with its figures.

    One event has one person, so a count of one is not a finding.
    """
    named = {text: one for text, one in release.contract.measure_labels.items() if one.names is not None}
    if not named:
        return not_evaluated("not_applicable", "the contract does not say what the words of any label count")
    findings, checked = [], 0
    for text, entry in named.items():
        rows = _rows(release, entry)
        checked += len(rows)
        measure = measure_of(entry.measure, release.contract.source)
        unit = measure.unit_of_count if measure else ""
        counts = [row for row in rows if row["unit"] == "count"]
        if (
            entry.names is not None
            and unit != entry.names.unit
            and any((row["value"] or 0) > 1 for row in counts)
        ):
            findings.append(_finding(text, entry, unit, rows, counts[0]))
    if not checked:
        return not_evaluated("no_input", "no figure has a label for which the contract says what it counts")
    return outcome_of(
        checked, findings, f"{counted(checked, 'figure')} under a label that names what is counted"
    )


def _rows(release: ReleaseView, entry: MeasureLabel) -> list[dict[str, Any]]:
    """Figures under a label: the count, and the rates that are made of it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = release.observations
    mine = pc.and_(
        pc.is_in(table["measure"], pa.array(entry.measures)),
        pc.equal(table["breakdown"], entry.breakdown or "total"),
    )
    columns = ["unit", "value", "value_text", "locator", "area_code", "period_start", "period_end"]
    rows: list[dict[str, Any]] = table.filter(mine).select(columns).to_pylist()
    return rows


def _finding(
    text: str, entry: MeasureLabel, unit: str, rows: list[dict[str, Any]], count: dict[str, Any]
) -> Finding:
    named = entry.names or NamedUnit("", "")
    rates = [row for row in rows if row["unit"] != "count"]
    of_rates = (
        f", and {' and '.join(row['value_text'] for row in rates)} are rates of {unit}" if rates else ""
    )
    measure = entry.measure.replace("_", " ")
    message = (
        f"{count['locator']}: the label {text!r} names {named.unit} ({named.because}), but {measure} are {unit}: "
        f"{figure(count['value_text'])} counts {unit}{of_rates}. One person can account for several of them."
    )
    return Finding(
        "V-19",
        message,
        count["locator"],
        [row["locator"] for row in rows],
        severity="warning",
        measure=entry.measure,
        area_code=count["area_code"] or "",
        period_start=str(count["period_start"]),
        period_end=str(count["period_end"]),
        observed=named.unit,
        expected=unit,
        evidence={"label": text, "rates": [row["value_text"] for row in rates]},
    )
