"""A broken edit explained in one sentence for an auditor.

Belongs here: sentences about equations and repairs. Does not belong here: which equations are broken (`edits`) and
which cells are disputed (`cases`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from civic_assets.house_numbers.arithmetic import NOTICED_TOLERANCE
from civic_assets.house_numbers.listing import PARTS_WRITTEN_OUT
from civic_assets.quality.framework.wording import breakdown_words, counted, figure, measure_name, pair
from civic_assets.values.period_words import spoken
from civic_assets.values.periods import PeriodKind

if TYPE_CHECKING:
    from civic_assets.quality.localisation.cases import Case, Localisation
    from civic_assets.quality.localisation.typing_errors import RankedRepair

_TERMS_AND_YEAR = 4


def explain(located: Localisation, edit: int) -> str:
    """What is printed, what it should follow from, and what that makes."""
    rule = located.edits.rules[edit]
    first = located.of(int(located.edits.tested[edit]))
    where = f"{first['area_name']}, {_period(first)}"
    if rule.kind in ("identity", "parent", "sum"):
        return f"{where}: {_sum(located, edit, first)}"
    if rule.kind == "terms":
        return f"{where}: {_terms(located, edit, first)}"
    if rule.kind == "at_most":
        return f"{where}: {_at_most(located, edit, first)}"
    if rule.kind == "ratio":
        return f"{where}: {_ratio(located, edit, first)}"
    if rule.kind == "change":
        return f"{where}: {_change(located, edit, first)}"
    return f"{where}: {_rate(located, edit, first)}"


def _period(row: dict[str, Any]) -> str:
    return spoken(row["period_start"], row["period_end"], PeriodKind(row["period_kind"]))


def _name(located: Localisation, row: dict[str, Any]) -> str:
    return measure_name(located.release.contract, row["measure"])


def _broken_down(located: Localisation, row: dict[str, Any]) -> str:
    """The measure of a figure, with its breakdown unless it is the whole: `suspensions (special)`."""
    classes = breakdown_words(row["breakdown"])
    return _name(located, row) + (f" ({classes})" if classes else "")


def _sum(located: Localisation, edit: int, first: dict[str, Any]) -> str:
    edits = located.edits
    cells, kind = edits.cells_of(edit)[1:], edits.rules[edit].kind
    parts = []
    for row in (located.of(int(cell)) for cell in cells[:PARTS_WRITTEN_OUT]):
        if kind == "sum":
            # What all parts have in common with the total is named once, for the total.
            shared = set(first["breakdown"].split(";"))
            name = breakdown_words(
                ";".join(part for part in row["breakdown"].split(";") if part not in shared)
            )
        else:
            name = _broken_down(located, row) if kind == "identity" else row["area_name"]
        parts.append(f"{name} {figure(row['value_text'])}")
    if len(cells) > PARTS_WRITTEN_OUT:
        parts.append(f"{len(cells) - PARTS_WRITTEN_OUT} more")
    total = figure(float(np.nansum(edits.values[cells])))
    # A sum of which not all parts are printed has a constant: it must only be no more than its total.
    constant = edits.constants[edit]
    printed, difference = figure(first["value_text"]), edits.residuals[edit] - constant
    sign = "+" if difference > 0 else ""
    allowed = edits.tolerance[edit] - abs(constant)
    note = f"; rounding explains {figure(float(round(allowed, 6)))}" if allowed > NOTICED_TOLERANCE else ""
    hidden = np.isnan(edits.values[cells]).sum()
    note += f"; {counted(int(hidden), 'part')} without a value cannot explain the rest" if hidden else ""
    return (
        f"{_broken_down(located, first)} is printed as {printed}, but {' + '.join(parts)} = {total} "
        f"(difference {sign}{figure(float(round(difference, 6)))}{note})."
    )


def _at_most(located: Localisation, edit: int, first: dict[str, Any]) -> str:
    whole = located.of(int(located.edits.cells_of(edit)[1]))
    return (
        f"{_broken_down(located, first)} is printed as {figure(first['value_text'])}, more than "
        f"{_broken_down(located, whole)}, {figure(whole['value_text'])}, of which it is a part."
    )


def _terms(located: Localisation, edit: int, first: dict[str, Any]) -> str:
    edits = located.edits
    rows = [located.of(int(cell)) for cell in edits.cells_of(edit)]
    shown = ", ".join(f"{_period(row)}: {figure(row['value_text'])}" for row in rows)
    earlier = "" if len(rows) == _TERMS_AND_YEAR else ", with the other periods from earlier releases"
    person = first["measure"] in edits.rules[edit].options.get("persons", ())
    must = (
        "a year must be at least its largest term and at most their sum"
        if person
        else "the terms must add up to the year"
    )
    return f"{_broken_down(located, first)} ({shown}{earlier}) do not agree: {must}."


def _ratio(located: Localisation, edit: int, first: dict[str, Any]) -> str:
    count, base = (located.of(int(cell)) for cell in located.edits.cells_of(edit)[1:3])
    implied, name = located.implied(edit), _broken_down(located, first)
    of = f"{figure(count['value_text'])} of {figure(base['value_text'])}"
    if implied is None or np.isnan(implied):
        return f"{name} is printed as {figure(first['value_text'])}, but {of} cannot give such a rate."
    printed, computed = pair(first["value_text"], implied)
    return f"{name} is printed as {printed}, but {of} is {computed}."


def _change(located: Localisation, edit: int, first: dict[str, Any]) -> str:
    now, before = (figure(located.of(int(cell))["value_text"]) for cell in located.edits.cells_of(edit)[1:3])
    implied = located.implied(edit)
    if implied is None:
        follows = f"from {before} to {now} no percentage can be computed"
        return f"the change of {_name(located, first)} is printed as {figure(first['value_text'])}%, but {follows}."
    printed, computed = pair(first["value_text"], implied)
    name = _name(located, first)
    return f"the change of {name} is printed as {printed}%, but from {before} to {now} it is {computed}%."


def _rate(located: Localisation, edit: int, first: dict[str, Any]) -> str:
    cells = located.edits.cells_of(edit)
    if len(cells) == 1:
        base = figure(round(-float(located.edits.constants[edit])))
        printed = figure(first["value_text"])
        return (
            f"{_name(located, first)} is printed as {printed}, but the rates of this row imply about {base}."
        )
    count = round(float(located.edits.values[cells[1]]))
    offences = counted(count, "offence")
    implied = located.implied(edit)
    if implied is None:
        printed = figure(first["value_text"])
        return f"the rate of {_name(located, first)} is printed as {printed}, but there are {offences}."
    printed, computed = pair(first["value_text"], implied)
    return (
        f"the rate of {_name(located, first)} is printed as {printed}, but {offences} divided by the denominator "
        f"of the "
        f"row's other rates {'gives' if count == 1 else 'give'} {computed}."
    )


def repair_words(located: Localisation, ranked: RankedRepair, most: int = 4) -> str:
    """`Table C2!G237 30,021 -> 30,201 and ...`."""
    parts = located.repair_parts(ranked)
    words = []
    for part in parts[:most]:
        old, new = pair(part["from"], part["to"]) if part["to"] else (figure(part["from"]), "not computable")
        words.append(f"{part['locator']} {old} -> {new}")
    more = f" and {counted(len(parts) - most, 'more cell')}" if len(parts) > most else ""
    return " and ".join(words) + more


_LIMITS = {
    "most_ties": "stopped at its largest number of repairs",
    "step_limit": "was stopped at its limit of work",
    "node_limit": "was stopped at the solver's limit of work",
}


def _ended(case: Case) -> str:
    """Why a search is incomplete, to complete `the search ...`."""
    return _LIMITS.get(case.component.proof.status, "was stopped")


def explain_case(located: Localisation, case: Case) -> str:
    """The first broken equation of a case, how many more there are, and the likeliest repair."""
    edits = case.component.edits
    text = located.describe(edits[0])
    if len(edits) > 1:
        are = "is" if len(edits) == 2 else "are"
        text += f" {counted(len(edits) - 1, 'more equation')} with these cells {are} broken."
    if not case.ranked:
        if case.component.complete:
            return f"{text} No change of cells makes the equations hold."
        return f"{text} The search {_ended(case)} before a repair was found."
    ties = len(case.ranked)
    kind = "The only smallest repair" if ties == 1 else f"The likeliest of {ties} equally small repairs"
    if not case.component.complete:
        found = "The only repair" if ties == 1 else f"The likeliest of {ties} repairs"
        words = repair_words(located, case.ranked[0])
        least = "" if case.component.proof.gap == 0 else " and smaller ones"
        return (
            f"{text} {found} found so far: {words}. The search {_ended(case)}: more repairs{least} may exist."
        )
    return f"{text} {kind}: {repair_words(located, case.ranked[0])}."
