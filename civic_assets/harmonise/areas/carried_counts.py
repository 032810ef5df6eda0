"""Counts carried to the codes of one date: added up exactly, or shared out by stated weights and marked as modelled.

Belongs here: what becomes of figures when codes change. Does not belong here: where a code leads (`succession`), and
where weights come from: nobody here invents them.

Rules kept here (`docs/checks.md`, H-02, H-07, H-08):

- Only counts add up. A rate is computed again from its numerator and its denominator.
- A sum is made only when everything that the new area was made from is there, once; a part is not passed off as the
  whole, and a county is not added to its districts.
- A status is never a number: one absent part makes the sum absent, with the part's status.
- What was shared out by weights is `modelled`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.errors import UsageError
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.succession import made_whole, recode
from civic_assets.values.cells import QUALIFYING

if TYPE_CHECKING:
    import pyarrow as pa

WEIGHTS_TOLERANCE = 1e-6
"""How far the weights of one area may be from one together (rule H-08)."""
_ADDED = ("area_code", "value", "status")
_COUNTED = ("flow", "stock")


@dataclass(frozen=True, slots=True)
class CarriedCounts:
    """Counts carried to the codes of one date.

    Args:
        table: As given, with the wanted codes; columns `made_from` (the codes added up, `+` between them) besides.
        left: Sentences about what could not be carried, which stands in the table under its own code.
    """

    table: pa.Table
    left: Sequence[str]


def sum_to(table: pa.Table, at: date, register: AreaRegister) -> CarriedCounts:
    """Counts under the codes of a date: exact sums where old areas nest in new ones, everything else as it is.

    Args:
        table: Columns `area_code`, `value` (float, null where a status stands in its place), `status`, `statistic`
            (`flow` or `stock`), `unit` (`count`), and any others, which tell apart what is not added up (measure,
            period, breakdown). One row for each area and those others.
        at: Day whose codes are wanted.
        register: Of areas.

    Raises:
        UsageError: There are rates, shares or changes among the figures, which do not add up.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    _only_counts(table)
    recodings = recode(table["area_code"].unique().to_pylist(), at, register)
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    others = [name for name in table.column_names if name not in _ADDED]
    goals = {code: found.to if found.exact else code for code, found in recodings.items()}
    several = {goal for code, goal in goals.items() if goal != code}
    codes = pa.array([code for code, goal in goals.items() if goal in several], pa.string())
    touched = pc.is_in(table["area_code"].cast(pa.string()), codes)
    for row in table.filter(touched).to_pylist():
        groups[goals[row["area_code"]], *(row[name] for name in others)].append(row)
    left = {found.because: None for found in recodings.values() if not found.exact}
    rows: list[dict[str, Any]] = []
    for (goal, *_), parts in groups.items():
        made, why = _one_sum(goal, parts, register)
        rows += made
        left.update(dict.fromkeys(why))
    kept = table.filter(pc.invert(touched))
    schema = table.schema.append(pa.field("made_from", pa.string()))
    kept = kept.append_column("made_from", kept["area_code"].cast(pa.string()))
    summed = pa.Table.from_pylist(rows, schema=schema)
    return CarriedCounts(pa.concat_tables([kept.cast(schema), summed]), list(left))


def _only_counts(table: pa.Table) -> None:
    wrong = set(table["statistic"].unique().to_pylist()) - set(_COUNTED)
    wrong |= set(table["unit"].unique().to_pylist()) - {"count"}
    if wrong:
        raise UsageError(
            f"Only counts add up, not {', '.join(sorted(map(str, wrong)))}. Carry the numerator and the denominator "
            "over, and divide again."
        )


def _one_sum(
    goal: str, parts: list[dict[str, Any]], register: AreaRegister
) -> tuple[list[dict[str, Any]], Iterator[str]]:
    """The sum of what makes up one area, or the parts as they are with the reason."""
    by_code = {row["area_code"]: row for row in parts}
    if len(by_code) < len(parts):
        return _as_they_are(parts), iter(
            [f"{goal}: two figures stand under one code; none is added to any other."]
        )
    figured = frozenset(code for code, row in by_code.items() if row["value"] is not None)
    # Codes that a publisher lists without a figure, before their time and after it, are no parts of a sum.
    ways = made_whole(goal, figured, register)
    if not ways:
        ways = made_whole(goal, frozenset(by_code), register)
        ways = sorted(ways, key=lambda way: (-len(way & figured), len(way)))[:1]
    if not ways:
        there = ", ".join(sorted(by_code))
        return _as_they_are(parts), iter(
            [f"{goal}: {there} are not all of it; a part is not passed off as the whole."]
        )
    if len(ways) > 1 or any(code not in ways[0] for code in figured):
        there = ", ".join(sorted(figured))
        return _as_they_are(parts), iter(
            [f"{goal}: its ground is there twice, as {there}; nothing is added up."]
        )
    (way,) = ways
    rows = [by_code[code] for code in sorted(way)]
    absent = sorted({row["status"] or "not_available" for row in rows if row["value"] is None})
    beside = sorted({row["status"] for row in rows if row["status"] in QUALIFYING})
    value = None if absent else math.fsum(row["value"] for row in rows)
    # Of several reasons the one that protects people is said.
    withheld = "suppressed" if "suppressed" in absent else next(iter(absent), None)
    status = withheld or next(iter(beside), None)
    made = {
        **rows[0],
        "area_code": goal,
        "value": value,
        "status": status,
        "made_from": "+".join(sorted(way)),
    }
    return [made], iter(())


def _as_they_are(parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "made_from": row["area_code"]} for row in parts]


def faulty_weights(weights: Mapping[str, Mapping[str, float]]) -> list[str]:
    """H-08: a sentence for each area whose weights are negative, no numbers, or not one together.

    Args:
        weights: By area that is shared out, the share of each area that gets a part.
    """
    found = []
    for code, shares in sorted(weights.items()):
        if any(not math.isfinite(share) or share < 0 for share in shares.values()):
            found.append(f"{code}: a weight is negative or no number.")
        elif abs(math.fsum(shares.values()) - 1) > WEIGHTS_TOLERANCE:
            total = math.fsum(shares.values())
            found.append(
                f"{code}: the weights are {total:.9g} together, not 1; figures would be lost or invented."
            )
    return found


def apportion(table: pa.Table, weights: Mapping[str, Mapping[str, float]], *, basis: str) -> pa.Table:
    """Counts shared out to other areas: a model, never a published figure.

    Args:
        table: Columns as for `sum_to`.
        weights: By code that is shared out, the share of each code that gets a part; one together for each.
        basis: What the weights are shares of, e.g. `residents aged 0-17, mid-2019`; it is said with every figure.

    Returns:
        The table with the columns `modelled` (true for what was shared out), `method` (`apportioned`, as
        `civic_assets.harmonise.figures.modelled` knows it) and `model` (how). An area that has no weights stays as it
        is; an absent figure is absent in every part, with its status.

    Raises:
        UsageError: Weights are faulty (H-08), or there are rates among the figures.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    _only_counts(table)
    if faults := faulty_weights(weights):
        raise UsageError(f"Nothing is shared out (H-08). {' '.join(faults)}")
    shared = pc.is_in(table["area_code"].cast(pa.string()), pa.array(list(weights), pa.string()))
    kept, given = table.filter(pc.invert(shared)), table.filter(shared)
    parts = [
        (place, to, share, f"{code} shared out by {basis}")
        for place, code in enumerate(given["area_code"].to_pylist())
        for to, share in weights[code].items()
    ]
    places, codes, shares, models = (
        (list(column) for column in zip(*parts, strict=True)) if parts else ([], [], [], [])
    )
    made = given.take(pa.array(places, pa.int64()))
    values = pc.multiply(made["value"], pa.array(shares, pa.float64()))
    names = made.column_names
    made = made.set_column(names.index("area_code"), "area_code", pa.array(codes, pa.string()))
    made = made.set_column(names.index("value"), "value", values)
    return pa.concat_tables(
        [_marked(kept, pa.nulls(kept.num_rows, pa.string())), _marked(made, pa.array(models, pa.string()))],
        promote_options="permissive",
    )


def _marked(table: pa.Table, model: pa.Array) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    modelled = pc.is_valid(model)
    method = pc.if_else(modelled, pa.scalar("apportioned"), pa.scalar(None, pa.string()))
    marks = {"modelled": modelled, "method": method, "model": model}
    for name, column in marks.items():
        table = table.append_column(name, column)
    return table
