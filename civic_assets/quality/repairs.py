"""From broken edits to accused cells: which figure is wrong, what it may have been, and how sure that is.

Belongs here: localising the broken edits of a release and wording the outcome as findings. Does not belong
here: the search itself (`localise`), the patterns of typing errors (`typing_errors`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from civic_assets.quality.edits import Edits
from civic_assets.quality.results import Finding

if TYPE_CHECKING:
    from civic_assets.quality.localise import Component, Repair
    from civic_assets.quality.rule import Release
    from civic_assets.quality.typing_errors import RankedRepair

# Beyond this share of broken edits a table is not a table with errors but another table: localising single cells
# would be both slow and meaningless, and all its figures are disputed.
_BEYOND_LOCALISING = 0.02
_FEW = 100


@dataclass(frozen=True)
class Case:
    """Broken edits that hang together, with their repairs, the likeliest first."""

    component: Component
    ranked: Sequence[RankedRepair]

    @property
    def disputes(self) -> list[int]:
        """Observations in dispute: those of the first repair when it stands apart, else those of all."""
        repairs = self.ranked[:1] if self.ranked and self.ranked[0].distinguished else self.ranked
        return sorted({cell for ranked in repairs for cell in ranked.repair.cells})


class Localisation:
    """Broken edits of a release, localised once and asked by several rules."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.edits: Edits = release.edits
        self._table = release.observations

    @cached_property
    def too_many(self) -> bool:
        """So many edits are broken that no cell is singled out."""
        return len(self.edits.broken) > max(_FEW, _BEYOND_LOCALISING * len(self.edits.rules))

    @cached_property
    def cases(self) -> list[Case]:
        """One case for each component of broken edits; none when nothing is broken or too much."""
        if not len(self.edits.broken) or self.too_many:
            return []
        from civic_assets.quality.localise import localise
        from civic_assets.quality.typing_errors import rank_repairs

        cases = []
        for component in localise(self.edits.system):
            cells = {cell for repair in component.repairs for cell in repair.cells}
            ranked = rank_repairs(
                component.repairs,
                {cell: self._shown(cell) for cell in cells},
                {cell: self.history(cell) for cell in cells},
                {cell: self.neighbours(cell) for cell in cells},
            )
            cases.append(Case(component, ranked))
        return cases

    def _shown(self, cell: int) -> str:
        return "0" if self.edits.stand_ins[cell] else str(self._table["value_text"][cell].as_py())

    def of(self, cell: int) -> dict[str, Any]:
        """The observation that a cell is."""
        row: dict[str, Any] = self._table.slice(cell, 1).to_pylist()[0]
        return row

    @cached_property
    def _series(self) -> Mapping[tuple[str, ...], list[tuple[str, str, float]]]:
        """Known values of each series, this release's and the earlier ones', by measure, area, breakdown and unit."""
        series: dict[tuple[str, ...], list[tuple[str, str, float]]] = {}
        keys = ("measure", "area_code", "breakdown", "unit", "statistic")
        wanted = {
            tuple(self.of(cell)[key] for key in keys) for cell in self._accusable
        }
        for table in [*self.release.history.values(), self._table]:
            columns = [table[key].to_pylist() for key in (*keys, "period_start", "period_end", "value")]
            for *key, start, end, value in zip(*columns, strict=True):
                if tuple(key) in wanted and value is not None:
                    series.setdefault(tuple(key), []).append((str(start), str(end), value))
        return series

    @cached_property
    def _accusable(self) -> set[int]:
        broken = set(self.edits.broken.tolist())
        mask = np.isin(self.edits.edit_of, list(broken))
        return {int(cell) for cell in np.unique(self.edits.cells[mask])}

    def history(self, cell: int) -> list[float]:
        """Values of the same series in other periods; none for the deviation of a change or rate."""
        if self.edits.stand_ins[cell]:
            return []
        row = self.of(cell)
        key = tuple(row[name] for name in ("measure", "area_code", "breakdown", "unit", "statistic"))
        own = str(row["period_start"]), str(row["period_end"])
        latest = {(start, end): value for start, end, value in self._series.get(key, ())}
        return [value for when, value in latest.items() if when != own]

    @cached_property
    def _places(self) -> tuple[dict[tuple[str, int, int], int], dict[int, tuple[str, int, int]]]:
        """Observation by (table, row, column of the sheet), and back."""
        from civic_assets.sources.observations import FIELDS  # noqa: F401  (columns used below are its)

        by_measure: dict[tuple[str, str, str], int] = {}
        places: dict[tuple[str, int, int], int] = {}
        back: dict[int, tuple[str, int, int]] = {}
        columns = (self._table[name].to_pylist() for name in ("table_id", "row_number", "measure", "unit", "period_end"))
        for cell, (table, row, measure, unit, end) in enumerate(zip(*columns, strict=True)):
            position = by_measure.setdefault((table, f"{measure}|{unit}", str(end)), len(by_measure))
            places[table, row, position] = cell
            back[cell] = (table, row, position)
        return places, back

    def neighbours(self, cell: int) -> dict[int, float]:
        """Cells beside a cell (left, right, above, below) of the same table with their printed values."""
        if self.edits.stand_ins[cell]:
            return {}
        places, back = self._places
        table, row, position = back[cell]
        around = ((row, position - 1), (row, position + 1), (row - 1, position), (row + 1, position))
        found = [places[table, r, p] for r, p in around if (table, r, p) in places]
        return {other: float(self.edits.values[other]) for other in found if not np.isnan(self.edits.values[other])}

    def proposal(self, cell: int, value: float) -> str:
        """A repaired cell's value as the publisher would print it."""
        if not self.edits.stand_ins[cell]:
            return f"{value:.0f}" if self.edits.counts[cell] else f"{value:.10g}"
        # A stand-in holds the deviation of the edit: turn it back into the change or rate that fits the counts.
        edits = np.flatnonzero((self.edits.cells == cell) & (self.edits.coefficients == 1.0))
        edit = int(self.edits.edit_of[edits[0]])
        others = [
            (int(c), float(k))
            for c, k in zip(self.edits.cells_of(edit), self.edits.coefficients[self.edits.edit_of == edit], strict=True)
            if int(c) != cell
        ]
        if self.edits.rules[edit].kind == "change":
            now, before = (self.edits.values[c] for c, _ in others)
            return f"{100 * (now - before) / before:.10g}" if before else "not computable (the earlier count is 0)"
        base = -self.edits.constants[edit] / self.edits.values[cell] if self.edits.values[cell] else float("nan")
        count, per = others[0]
        return f"{per * self.edits.values[count] / base:.10g}" if base == base else "not computable"

    def describe(self, edit: int) -> str:
        """What an edit says and what stands there instead, in one sentence."""
        rule = self.edits.rules[edit]
        mine = self.edits.edit_of == edit
        cells = self.edits.cells[mine]
        first = self.of(int(cells[0]))
        where = f"{first['area_name']}, {first['period_start']} to {first['period_end']}"
        if rule.kind in ("identity", "parent"):
            names = "measure" if rule.kind == "identity" else "area_name"
            shown = [self.of(int(cell)) for cell in cells[1:]]
            parts = float(np.nansum(self.edits.values[cells[1:]]))
            listed = " + ".join(f"{part[names].replace('_', ' ')} {part['value_text']}" for part in shown[:9])
            more = f" + {len(shown) - 9} more" if len(shown) > 9 else ""
            return (
                f"{where}: {first['measure'].replace('_', ' ')} is printed as {first['value_text']}, "
                f"but {listed}{more} = {parts:,.0f} (difference {self.edits.residuals[edit]:+,.0f})."
            )
        if rule.kind == "change":
            now, before = (self.of(int(cell)) for cell in cells[1:3])
            implied = self.proposal(int(cells[0]), 0.0)
            return (
                f"{where}: the change of {first['measure'].replace('_', ' ')} is printed as {first['value_text']}%, "
                f"but {before['value_text']} to {now['value_text']} is {implied}%."
            )
        if len(cells) == 1:
            return (
                f"{where}: {first['measure']} is printed as {first['value_text']}, but the rates of this row rest "
                f"on {-self.edits.constants[edit]:,.0f}."
            )
        count = self.of(int(cells[1]))
        return (
            f"{where}: the rate of {first['measure'].replace('_', ' ')} is printed as {first['value_text']}, but "
            f"{count['value_text']} offences on the denominator of this row's other rates make "
            f"{self.proposal(int(cells[0]), 0.0)}."
        )

    def finding(self, check_id: str, case: Case, message: str, *, edits: Sequence[int], disputes: bool) -> Finding:
        """A finding about a case: the accused cell, its proposal, all equally minimal repairs as evidence."""
        locators = self._table["locator"]
        concerned = {int(c) for edit in edits for c in self.edits.cells_of(edit)}
        if not case.ranked:
            first = int(self.edits.cells_of(edits[0])[0])
            return self._finding(check_id, first, message, concerned, concerned if disputes else (), "", 0, {})
        best = case.ranked[0].repair
        accused = best.cells[0]
        listed = [self._repair(ranked) for ranked in case.ranked]
        evidence = {
            "edits": sorted({self.edits.rules[edit].id for edit in case.component.edits}),
            "repairs": listed,
            "complete": case.component.complete,
            "cells": [locators[cell].as_py() for cell in best.cells],
        }
        disputed = case.disputes if disputes else ()
        value = self.proposal(accused, best.values[0])
        return self._finding(check_id, accused, message, concerned, disputed, value, len(case.ranked), evidence)

    def _repair(self, ranked: RankedRepair) -> list[dict[str, Any]]:
        repair: Repair = ranked.repair
        return [
            {
                "locator": self._table["locator"][cell].as_py(),
                "measure": self._table["measure"][cell].as_py(),
                "area": self._table["area_name"][cell].as_py(),
                "from": self._table["value_text"][cell].as_py(),
                "to": self.proposal(cell, value),
                "patterns": [str(pattern) for pattern in ranked.patterns],
                "distance": ranked.distance,
                "z_new": None if ranked.z_new != ranked.z_new else round(ranked.z_new, 1),
                "z_old": None if ranked.z_old != ranked.z_old else round(ranked.z_old, 1),
            }
            for cell, value in zip(repair.cells, repair.values, strict=True)
        ]

    def _finding(
        self,
        check_id: str,
        cell: int,
        message: str,
        concerned: Any,
        disputes: Any,
        proposal: str,
        ties: int,
        evidence: Mapping[str, Any],
    ) -> Finding:
        row = self.of(cell)
        locators = self._table["locator"]
        return Finding(
            check_id=check_id,
            message=message,
            locator=row["locator"],
            locators=[locators[int(c)].as_py() for c in sorted(concerned)],
            disputes=[locators[int(c)].as_py() for c in disputes],
            measure=row["measure"],
            area_code=row["area_code"],
            period_start=str(row["period_start"]),
            period_end=str(row["period_end"]),
            observed=row["value_text"],
            expected=proposal,
            proposal=proposal,
            n_ties=ties,
            evidence=evidence,
        )
