"""From broken edits to accused cells: which figure is wrong, what it may have been, and how sure that is.

Belongs here: localising the broken edits of a release, and the outcome as findings. Does not belong here: the search
itself (`localise`), the patterns of typing errors (`typing_errors`), sentences about equations (`explanations`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from civic_assets.house_numbers.localisation import (
    BEYOND_LOCALISING_FEWEST,
    BEYOND_LOCALISING_SHARE,
    SEARCH_STEPS,
)
from civic_assets.quality.equations.edits import Edits, edits_of
from civic_assets.quality.framework.results import Finding

if TYPE_CHECKING:
    from civic_assets.quality.framework.release import ReleaseView
    from civic_assets.quality.localisation.localise import Component, Repair
    from civic_assets.quality.localisation.typing_errors import RankedRepair


_SERIES = ("measure", "area_code", "breakdown", "unit", "statistic")


@dataclass(frozen=True)
class Case:
    """Broken edits that hang together, with their repairs, the likeliest first."""

    component: Component
    ranked: Sequence[RankedRepair]

    @property
    def disputes(self) -> list[int]:
        """Observations in dispute: those of the first repair when it is distinguished, else those of all."""
        repairs = self.ranked[:1] if self.ranked and self.ranked[0].distinguished else self.ranked
        return sorted({cell for ranked in repairs for cell in ranked.repair.cells})


class Localisation:
    """Broken edits of a release, localised once and asked by several rules."""

    def __init__(self, release: ReleaseView) -> None:
        self.release = release
        self.edits: Edits = release.derived(edits_of)
        self._table = release.observations
        self._rows: dict[int, dict[str, Any]] = {}

    @cached_property
    def too_many(self) -> bool:
        """So many edits are broken that no cell is singled out."""
        return len(self.edits.broken) > max(
            BEYOND_LOCALISING_FEWEST, BEYOND_LOCALISING_SHARE * len(self.edits.rules)
        )

    @cached_property
    def cases(self) -> list[Case]:
        """One case for each component of broken edits; none when nothing is broken or too much."""
        if not len(self.edits.broken) or self.too_many:
            return []
        from civic_assets.quality.localisation.localise import localise
        from civic_assets.quality.localisation.typing_errors import rank_repairs

        cases = []
        for component in localise(self.edits.system, steps=SEARCH_STEPS):
            repairs = [self._as_printed(repair) for repair in component.repairs]
            cells = {cell for repair in repairs for cell in repair.cells}
            ranked = rank_repairs(
                repairs,
                {cell: self._shown(cell) for cell in cells},
                {cell: self.history(cell) for cell in cells},
                {cell: self.neighbours(cell) for cell in cells},
            )
            cases.append(Case(component, ranked))
        return cases

    def _as_printed(self, repair: Repair) -> Repair:
        """A repair with values that the publisher would print: populations rounded to 100 stay rounded to 100."""
        values = list(repair.values)
        for place, cell in enumerate(repair.cells):
            row = self.of(cell)
            unit = self._roundings.get((row["table_id"], row["measure"], row["unit"]), self.edits.bases[cell])
            rounded = round(values[place] / unit) * unit if unit else values[place]
            if repair.lowest[place] <= rounded <= repair.highest[place]:
                values[place] = rounded
        return replace(repair, values=tuple(values))

    @cached_property
    def _roundings(self) -> Mapping[tuple[str, str, str], float]:
        return {
            (table.name, column.measure, column.unit): column.rounding
            for table in self.release.contract.tables
            for column in table.figures
            if column.rounding
        }

    def _shown(self, cell: int) -> str:
        return "0" if self.edits.stand_ins[cell] else str(self.of(cell)["value_text"])

    def of(self, cell: int) -> dict[str, Any]:
        """The observation that a cell is."""
        if cell not in self._rows:
            self._rows[cell] = self._table.slice(cell, 1).to_pylist()[0]
        return self._rows[cell]

    def locator(self, cell: int) -> str:
        """Address of a cell."""
        return str(self._locators[cell])

    @cached_property
    def _locators(self) -> list[str]:
        locators: list[str] = self._table["locator"].to_pylist()
        return locators

    @cached_property
    def _series(self) -> Mapping[tuple[str, ...], list[tuple[str, str, float]]]:
        """Known values of the accusable cells' series, this release's and the earlier ones'."""
        import pyarrow as pa
        import pyarrow.compute as pc

        accusable = np.unique(np.concatenate([self.edits.cells_of(int(edit)) for edit in self.edits.broken]))
        rows = self._table.take(pa.array(accusable))
        series: dict[tuple[str, ...], list[tuple[str, str, float]]] = {}
        for table in [*self.release.history.values(), self._table]:
            wanted = pc.is_valid(table["value"])
            for key in ("area_code", "measure"):
                wanted = pc.and_(wanted, pc.is_in(table[key], rows[key].combine_chunks().unique()))
            few = table.filter(wanted)
            columns = [few[key].to_pylist() for key in (*_SERIES, "period_start", "period_end", "value")]
            for row in zip(*columns, strict=True):
                *name, start, end, value = row
                series.setdefault(tuple(map(str, name)), []).append((str(start), str(end), value))
        return series

    def history(self, cell: int) -> list[float]:
        """Values of the same series in other periods; none for the deviation of a change or rate."""
        if self.edits.stand_ins[cell]:
            return []
        row = self.of(cell)
        own = str(row["period_start"]), str(row["period_end"])
        key = tuple(str(row[name]) for name in _SERIES)
        latest = {(start, end): value for start, end, value in self._series.get(key, ())}
        return [value for when, value in latest.items() if when != own]

    @cached_property
    def _places(self) -> tuple[dict[tuple[str, int, int], int], list[tuple[str, int, int]]]:
        """Observation by (table, row, column of figures as the sheet has them), and back."""
        columns: dict[tuple[str, str], int] = {}
        back: list[tuple[str, int, int]] = []
        tables, rows = (self._table[name].to_pylist() for name in ("table_id", "row_number"))
        for locator, table, row in zip(self._locators, tables, rows, strict=True):
            # `Table C2!G237` is in column `Table C2!G`, `L14:year 2020` in column `year 2020`.
            column = locator.partition(":")[2] or locator.rstrip("0123456789")
            back.append((table, row, columns.setdefault((table, column), len(columns))))
        return {place: cell for cell, place in enumerate(back)}, back

    def neighbours(self, cell: int) -> dict[int, float]:
        """Neighbours of a cell (left, right, above, below) in the same table with their printed values."""
        if self.edits.stand_ins[cell]:
            return {}
        places, back = self._places
        table, row, column = back[cell]
        around = ((row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column))
        found = [places[table, r, c] for r, c in around if (table, r, c) in places]
        return {
            other: float(self.edits.values[other])
            for other in found
            if not np.isnan(self.edits.values[other])
        }

    def proposal(self, cell: int, value: float, repair: Repair | None = None) -> str:
        """A repaired cell's value as the publisher would print it; with the other cells of its repair as repaired."""
        if not self.edits.stand_ins[cell]:
            return f"{value:.0f}" if self.edits.counts[cell] else f"{value:.10g}"
        # A stand-in holds the deviation of its edit: turn it back into the change or rate that fits the counts.
        implied = self.implied(int(np.flatnonzero(self.edits.tested == cell)[0]), repair)
        return "" if implied is None else f"{implied:.10g}"

    def implied(self, edit: int, repair: Repair | None = None) -> float | None:
        """Change or rate that follows from the counts (and denominator) of its edit; None when they allow none.

        Args:
            edit: Its number.
            repair: Repair whose values replace the printed ones: a rate next to a wrong count follows from the
                right one.
        """
        cells = self.edits.cells_of(edit)
        values = {int(cell): float(self.edits.values[cell]) for cell in cells}
        if repair is not None:
            values |= {
                cell: value
                for cell, value in zip(repair.cells, repair.values, strict=True)
                if not self.edits.stand_ins[cell]
            }
        if self.edits.rules[edit].kind == "change":
            now, before = values[cells[1]], values[cells[2]]
            return 100 * (now - before) / before if before else None
        tested, per = values[cells[0]], self.edits.coefficients_of(edit)[1]
        if self.edits.rules[edit].kind == "ratio":
            return float(per * values[cells[1]] / values[cells[2]]) if values[cells[2]] else None
        base = -self.edits.constants[edit] / tested if tested else 0.0
        return float(per * values[cells[1]] / base) if base else None

    def describe(self, edit: int) -> str:
        """What an edit requires and what is printed instead, in one sentence."""
        from civic_assets.quality.localisation.explanations import explain

        return explain(self, edit)

    def finding(
        self, check_id: str, case: Case, message: str, *, edits: Sequence[int], disputes: bool
    ) -> Finding:
        """A finding about a case: the accused cell, its proposal, all equally minimal repairs as evidence."""
        concerned = {int(cell) for edit in edits for cell in self.edits.cells_of(edit)}
        evidence: dict[str, Any] = {
            "edits": (rules := sorted({self.edits.rules[edit].id for edit in case.component.edits})),
            "cause": f"equations of {', '.join(rules)} do not hold",
            "repairs": [self.repair_parts(ranked) for ranked in case.ranked],
            "complete": case.component.complete,
            "solver": case.component.proof.as_evidence(),
        }
        if not case.ranked:
            first = int(self.edits.tested[edits[0]])
            found = self._finding(check_id, first, message, concerned, concerned if disputes else ())
            return replace(found, evidence=evidence)
        best = case.ranked[0].repair
        evidence["cells"] = [self.locator(cell) for cell in best.cells]
        # Of several cells of one repair, a finding about an equation names the one that is in it.
        accused = next((place for place, cell in enumerate(best.cells) if cell in concerned), 0)
        found = self._finding(
            check_id, best.cells[accused], message, concerned, case.disputes if disputes else ()
        )
        proposal = self.proposal(best.cells[accused], best.values[accused], best)
        return replace(
            found, expected=proposal, proposal=proposal, n_ties=len(case.ranked), evidence=evidence
        )

    def repair_parts(self, ranked: RankedRepair) -> list[dict[str, Any]]:
        """A repair as it is shown and stored: one entry for each cell that it changes."""
        repair = ranked.repair
        return [
            {
                "locator": self.locator(cell),
                "measure": self.of(cell)["measure"],
                "area": self.of(cell)["area_name"],
                "from": self.of(cell)["value_text"],
                "to": self.proposal(cell, value, repair),
                "patterns": [str(pattern) for pattern in ranked.patterns],
                "distance": ranked.distance,
                "z_new": None if np.isnan(ranked.z_new) else round(ranked.z_new, 1),
                "z_old": None if np.isnan(ranked.z_old) else round(ranked.z_old, 1),
            }
            for cell, value in zip(repair.cells, repair.values, strict=True)
        ]

    def _finding(
        self, check_id: str, cell: int, message: str, concerned: Collection[int], disputes: Iterable[int]
    ) -> Finding:
        row = self.of(cell)
        return Finding(
            check_id=check_id,
            message=message,
            locator=row["locator"],
            locators=[self.locator(c) for c in sorted(concerned)],
            disputes=[self.locator(c) for c in sorted(disputes)],
            measure=row["measure"],
            area_code=row["area_code"] or "",
            period_start=str(row["period_start"]),
            period_end=str(row["period_end"]),
            observed=row["value_text"],
        )


def localisation_of(release: ReleaseView) -> Localisation:
    """Which cells the broken edits of a release accuse."""
    return Localisation(release)
