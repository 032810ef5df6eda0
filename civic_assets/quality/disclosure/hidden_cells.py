"""What the equations of suppressed cells reveal about them.

Belongs here: the system that an attacker can write down, with printed figures as numbers and hidden ones as unknowns.
Does not belong here: solving it (`disclosure_audit`), and which figures a publisher hides (`civic_assets.contracts`).

In each row a sum of unknowns lies between two numbers: what remains of an equation of `edits` when its printed figures
are taken to the other side (methods, section 8.3). Unknowns are hidden cells, which are audited, and figures that are
absent for another reason, which are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from civic_assets.quality.equations.edit_system import Flags, Floats, Indices

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.quality.equations.edits import Edits

_MOST_PERCENT = 100.0


@dataclass(frozen=True, eq=False)
class HiddenCells:
    """Unknown cells, their bounds, and the rows that tie them together.

    Args:
        rows: Coefficients, scipy CSR array of shape (m, n).
        low, high: Between which numbers each row's sum lies, shape (m,); -inf or inf where it has no such end.
        lower, upper: What is known of each cell apart from the rows, shape (n,).
        audited: Cells that a publisher hides, shape (n,); the others are merely not known.
        counts: Cells that are counts, shape (n,); the others are rates.
        whole: Cells that are whole numbers, shape (n,): a range with one of them in it gives the cell away. Counts of
            years for which a publisher prints estimates with decimals are not.
        exact: Width of the range that gives away any other cell: one unit of its last decimal, shape (n,).
        stated: Width of the range that the publisher itself states for its hidden cells, inf where none, shape (n,).
        names: What each cell is called by the caller: an observation's row number, or a number of its figure; shape
            (n,).

    Raises:
        ValueError: Shapes disagree.
    """

    rows: Any
    low: Floats
    high: Floats
    lower: Floats
    upper: Floats
    audited: Flags
    counts: Flags
    whole: Flags
    exact: Floats
    stated: Floats
    names: Indices

    def __post_init__(self) -> None:
        m, n = self.rows.shape
        for name in ("low", "high"):
            if getattr(self, name).shape != (m,):
                raise ValueError(f"`{name}` must have shape ({m},) as `rows` has")
        for name in ("lower", "upper", "audited", "counts", "whole", "exact", "stated", "names"):
            if getattr(self, name).shape != (n,):
                raise ValueError(f"`{name}` must have shape ({n},) as `rows` has")


def hidden_cells(edits: Edits, observations: pa.Table, suppressed: Flags) -> HiddenCells:
    """The hidden cells of one release and their equations.

    An equation that cannot hold whatever is hidden (`Edits.broken`) says nothing of hidden cells and is left out: its
    printed figures are wrong, which is another rule's finding.

    Args:
        edits: All equations of the release.
        observations: Columns as `civic_assets.parsing.observations.FIELDS`; `edits` are over its rows.
        suppressed: Which of them are audited, shape (observations,).

    Returns:
        Cells named by the row number of their observation; a cell in no equation is there too.
    """
    from scipy.sparse import csr_array

    unknown = np.isnan(edits.values) & ~edits.stand_ins
    speaks = np.zeros(len(edits.rules), dtype=bool)
    speaks[edits.edit_of[suppressed[edits.cells] & unknown[edits.cells]]] = True
    speaks[edits.broken] = False
    entries = speaks[edits.edit_of]
    edit_of, cells, coefficients = edits.edit_of[entries], edits.cells[entries], edits.coefficients[entries]
    open_entries = unknown[cells]
    names = np.union1d(np.unique(cells[open_entries]), np.flatnonzero(suppressed & unknown))
    kept = np.flatnonzero(speaks)
    row_of = np.searchsorted(kept, edit_of)
    printed = np.where(edits.stand_ins, 0.0, np.nan_to_num(edits.values))[cells]
    fixed = np.bincount(row_of, weights=coefficients * printed, minlength=len(kept)) + edits.constants[kept]
    tolerance = (edits.tolerance + edits.noise)[kept]
    rows = csr_array(
        (coefficients[open_entries], (row_of[open_entries], np.searchsorted(names, cells[open_entries]))),
        shape=(len(kept), len(names)),
    )
    rows, low, high = _with_hidden_bases(
        edits, observations, kept, names, rows, -tolerance - fixed, tolerance - fixed
    )
    counts, stated = edits.counts[names], ~np.isnan(edits.hidden[0][names])
    percent, exact = _is(observations, "unit", "percent")[names], last_decimals(observations)[names]
    return HiddenCells(
        rows=rows,
        low=low,
        high=high,
        lower=np.where(stated, edits.hidden[0][names], np.where(_signed(observations)[names], -np.inf, 0.0)),
        upper=np.where(stated, edits.hidden[1][names], np.where(percent, _MOST_PERCENT, np.inf)),
        audited=suppressed[names],
        counts=counts,
        whole=counts & (exact == 1),
        exact=exact,
        stated=np.where(stated, edits.hidden[1][names] - edits.hidden[0][names], np.inf),
        names=names.astype(np.int64),
    )


def _with_hidden_bases(
    edits: Edits, observations: pa.Table, kept: Indices, names: Indices, rows: Any, low: Floats, high: Floats
) -> tuple[Any, Floats, Floats]:
    """The rows, with those of a rate over a hidden denominator as two: `per c - (r -+ h) D` on either side of 0.

    The tolerance of `rate_equations.ratio` is h D, which it cannot know when D is hidden.
    """
    from scipy.sparse import csr_array, vstack

    ratios = np.array([edits.rules[edit].kind == "ratio" for edit in kept], dtype=bool)
    if not ratios.any():
        return rows, low, high
    at = np.searchsorted(names, np.arange(len(edits.values)))
    halves = last_decimals(observations) / 2
    position = {int(edit): row for row, edit in enumerate(kept)}
    extra: list[tuple[list[int], list[float], float, float]] = []
    drop = np.zeros(len(kept), dtype=bool)
    for edit in kept[ratios].tolist():
        rate, count, base = edits.cells_of(edit)
        if not np.isnan(edits.values[base]):
            continue
        row, half = position[edit], halves[rate]
        _, per, minus_rate = edits.coefficients_of(edit)
        drop[row] = True
        for sign in (1.0, -1.0):
            columns, weights, known = [int(at[base])], [minus_rate + sign * half], 0.0
            if np.isnan(edits.values[count]):
                columns.append(int(at[count]))
                weights.append(per)
            else:
                known = per * edits.values[count]
            # With the higher rate too few, with the lower too many; counts that are rounded have room in the rule.
            room = (per + abs(minus_rate)) * float(edits.rules[edit].options.get("rounding", 0)) / 2
            extra.append(
                (columns, weights, -room - known, np.inf)
                if sign > 0
                else (columns, weights, -np.inf, room - known)
            )
    if not extra:
        return rows, low, high
    lines = np.repeat(np.arange(len(extra)), [len(columns) for columns, *_ in extra])
    added = csr_array(
        (
            np.concatenate([weights for _, weights, *_ in extra]),
            (lines, np.concatenate([columns for columns, *_ in extra])),
        ),
        shape=(len(extra), rows.shape[1]),
    )
    ends = np.array([(least, most) for *_, least, most in extra])
    return (
        vstack([rows[~drop], added]).tocsr(),
        np.concatenate([low[~drop], ends[:, 0]]),
        np.concatenate([high[~drop], ends[:, 1]]),
    )


def together(systems: Sequence[HiddenCells]) -> HiddenCells:
    """Several systems as one: cells of one name are one cell, of which all statements hold at once.

    Args:
        systems: At least one, with names that mean the same in all of them.
    """
    from scipy.sparse import csr_array, vstack

    every = np.concatenate([system.names for system in systems])
    names, place = np.unique(every, return_inverse=True)
    size, starts = len(names), np.cumsum([0, *(len(system.names) for system in systems)])
    rows = [
        csr_array(
            (
                system.rows.tocoo().data,
                (system.rows.tocoo().row, place[starts[i] : starts[i + 1]][system.rows.tocoo().col]),
            ),
            shape=(system.rows.shape[0], size),
        )
        for i, system in enumerate(systems)
    ]

    def merged(field: str, combine: Any, first: Any, kind: type) -> Any:
        out: Any = np.full(size, first, dtype=kind)
        combine.at(out, place, np.concatenate([getattr(system, field) for system in systems]))
        return out

    return HiddenCells(
        rows=vstack(rows).tocsr(),
        low=np.concatenate([system.low for system in systems]),
        high=np.concatenate([system.high for system in systems]),
        lower=merged("lower", np.maximum, -np.inf, float),
        upper=merged("upper", np.minimum, np.inf, float),
        audited=merged("audited", np.logical_or, False, bool),
        counts=merged("counts", np.logical_or, False, bool),
        whole=merged("whole", np.logical_and, True, bool),
        exact=merged("exact", np.maximum, 0.0, float),
        stated=merged("stated", np.minimum, np.inf, float),
        names=names,
    )


def _is(table: pa.Table, column: str, text: str) -> Flags:
    import pyarrow.compute as pc

    flags: Flags = np.asarray(pc.fill_null(pc.equal(table[column], text), False), dtype=bool)
    return flags


def _signed(table: pa.Table) -> Flags:
    """Figures that may be less than nothing: changes, and differences in percentage points."""
    signed: Flags = _is(table, "statistic", "change") | _is(table, "unit", "percentage_points")
    return signed


def last_decimals(table: pa.Table) -> Floats:
    """One unit of the last decimal that is printed of a figure's measure, unit and year, shape (observations,)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.fill_null(table["value_text"].cast(pa.string()), "")
    fraction = pc.struct_field(pc.extract_regex(text, r"\.(?P<fraction>[0-9]+)$"), "fraction")
    digits = np.asarray(pc.fill_null(pc.utf8_length(fraction), 0).to_numpy(zero_copy_only=False), dtype=int)
    named = (table[name].cast(pa.string()) for name in ("table_id", "measure", "unit", "period_start"))
    keys = pc.binary_join_element_wise(*named, "|")
    codes = np.asarray(pc.dictionary_encode(keys).combine_chunks().indices, dtype=np.int64)
    most = np.zeros(codes.max(initial=-1) + 1, dtype=int)
    np.maximum.at(most, codes, digits)
    units: Floats = 10.0 ** -most[codes].astype(float)
    return units
