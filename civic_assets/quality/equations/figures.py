"""Observations as numbered columns: selecting the figures that a rule speaks of, and putting them side by side.

Belongs here: which observations belong together, without a loop over rows. Does not belong here: the equations that
rules make of them (`sum_equations`, `rate_equations`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from civic_assets.contracts.rules import Term

if TYPE_CHECKING:
    import pyarrow as pa

Indices: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

SERIES = ("measure", "unit", "statistic", "period", "breakdown")
"""With an area: what identifies a figure within a table."""


@dataclass(frozen=True)
class Figures:
    """A release's observations (columns of `civic_assets.parsing.observations.FIELDS`), asked by column.

    Figures are meant by their row number; an array of them has shape (figures,).
    """

    table: pa.Table

    @cached_property
    def values(self) -> Floats:
        """Printed value of each observation, NaN where there is none."""
        return np.array(self.table["value"].to_numpy(zero_copy_only=False), dtype=float)

    @cached_property
    def texts(self) -> Sequence[str]:
        """The same as printed."""
        texts: Sequence[str] = self.table["value_text"].to_pylist()
        return texts

    @cached_property
    def _encoded(self) -> dict[str, tuple[Indices, list[str]]]:
        return {}

    def _column(self, name: str) -> tuple[Indices, list[str]]:
        """Code of each observation in a column of texts, and the text of each code."""
        if name not in self._encoded:
            import pyarrow as pa
            import pyarrow.compute as pc

            text = pc.fill_null(self.table[name].cast(pa.string()), "")
            encoded = text.combine_chunks().dictionary_encode()
            self._encoded[name] = np.asarray(encoded.indices, dtype=np.int64), encoded.dictionary.to_pylist()
        return self._encoded[name]

    @cached_property
    def _areas(self) -> dict[str, int]:
        """Number of each area, one numbering for areas and for the parents that they name."""
        named = dict.fromkeys([*self._column("area_code")[1], *self._column("parent_code")[1]])
        return {code: number for number, code in enumerate(named)}

    @cached_property
    def _breakdowns(self) -> dict[str, int]:
        """Number of each breakdown, also of those that only remain when a key is taken away."""
        return {text: number for number, text in enumerate(self._column("breakdown")[1])}

    def codes(self, column: str, figures: Indices) -> Indices:
        """A number for each figure, the same for those that agree in a column.

        Args:
            column: One of `SERIES`, `area_code`, `parent_code`, `row` (of the publisher's sheet), or a column of texts.
            figures: Figures by row number.
        """
        if column == "period":
            start, end = (self._column(name) for name in ("period_start", "period_end"))
            return start[0][figures] * len(end[1]) + end[0][figures]
        if column == "row":
            rows = np.asarray(self.table["row_number"].to_numpy(zero_copy_only=False), dtype=np.int64)
            return rows[figures] * len(self._column("table_id")[1]) + self._column("table_id")[0][figures]
        codes, texts = self._column(column)
        if column in ("area_code", "parent_code"):
            return np.array([self._areas[text] for text in texts], dtype=np.int64)[codes[figures]]
        return codes[figures]

    def area(self, code: str) -> int:
        """Number of an area in `codes`; -1 when no row is about it or names it as parent."""
        return self._areas.get(code, -1)

    def select(
        self,
        tables: Sequence[str],
        measures: Sequence[str] | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> Indices:
        """Figures of some tables and measures (all when None) that a rule's `where` does not leave out.

        Args:
            tables: Names as in the contract.
            measures: Names of measures.
            where: `area_types`, `codes` (beginnings of area codes), `breakdowns`, `units`: each a list of what counts.
        """
        chosen = self._among("table_id", tables)
        if measures is not None:
            chosen &= self._among("measure", measures)
        for key, column in (("area_types", "area_type"), ("breakdowns", "breakdown"), ("units", "unit")):
            if where and key in where:
                chosen &= self._among(column, where[key])
        if where and "codes" in where:
            begin = tuple(where["codes"])
            chosen &= self._among(
                "area_code", [c for c in self._column("area_code")[1] if c.startswith(begin)]
            )
        return np.flatnonzero(chosen)

    def of_term(self, table: str, term: Term, where: Mapping[str, Any] | None) -> Indices:
        """Figures that a term of a rule means."""
        figures = self.select([table], [term.measure], where)
        for column, wanted in (("breakdown", term.breakdown), ("unit", term.unit)):
            if wanted is not None:
                figures = figures[self._among(column, [wanted])[figures]]
        return figures

    @property
    def tables(self) -> list[str]:
        """Names of the tables that the figures are of."""
        return self._column("table_id")[1]

    def texts_of(self, column: str, figures: Indices) -> list[str]:
        """Distinct texts of a column among some figures."""
        codes, texts = self._column(column)
        return [texts[code] for code in np.unique(codes[figures]).tolist()]

    def between(self, figures: Indices, start: date | None, end: date | None) -> Flags:
        """Figures of periods that begin on or after one day and end on or before another."""
        flags = np.ones(len(figures), dtype=bool)
        for column, day, sign in (("period_start", start, 1), ("period_end", end, -1)):
            if day is not None:
                codes, texts = self._column(column)
                fits = [
                    text != "" and sign * (date.fromisoformat(text[:10]) - day).days >= 0 for text in texts
                ]
                flags &= np.array(fits, dtype=bool)[codes[figures]]
        return flags

    def breakdown_texts(self, figures: Indices) -> list[str]:
        """Breakdown of each figure, as text."""
        codes, texts = self._column("breakdown")
        return [texts[code] for code in codes[figures].tolist()]

    def _among(self, column: str, wanted: Sequence[str]) -> Flags:
        codes, texts = self._column(column)
        meant = set(wanted)
        flags: Flags = np.array([text in meant for text in texts], dtype=bool)[codes]
        return flags

    def known(self, cells: Indices) -> Flags:
        """Places of an array of figures that hold a printed value (-1 holds none)."""
        found: Flags = (cells >= 0) & ~np.isnan(self.values[cells])
        return found

    def is_absent(self, figures: Indices) -> Flags:
        """Figures in whose place the publisher printed a mark; not those that stand twice and count as unknown."""
        return np.isnan(self.values[figures]) & ~self._among("status", [""])[figures]

    def is_suppressed(self, figures: Indices) -> Flags:
        """Figures in whose place the publisher printed that it is suppressed."""
        return self._among("status", ["suppressed"])[figures]

    def without(self, figures: Indices, keys: Sequence[str]) -> tuple[Indices, Flags, Flags]:
        """Breakdowns with some of their keys taken away.

        Returns:
            The breakdown that remains, as a number comparable with `codes("breakdown", ...)`; whether all of the keys
            were there; and whether none of them was.
        """
        codes, texts = self._column("breakdown")
        left, every, none = [], [], []
        for text in texts:
            parts = text.split(";")
            rest = [part for part in parts if part.partition("=")[0] not in keys]
            remains = ";".join(rest) or "total"
            left.append(self._breakdowns.setdefault(remains, len(self._breakdowns)))
            every.append(len(parts) - len(rest) == len(keys))
            none.append(len(parts) == len(rest))
        at = codes[figures]
        return (
            np.array(left, dtype=np.int64)[at],
            np.array(every, dtype=bool)[at],
            np.array(none, dtype=bool)[at],
        )

    def key(self, *columns: Indices) -> Indices:
        """One number for each combination of columns of codes."""
        combined = np.zeros(len(columns[0]) if columns else 0, dtype=np.int64)
        for column in columns:
            # The rows of a table and a handful of short columns stay far below 2**63.
            combined = combined * (1 << max(int(column.max(initial=0)).bit_length(), 1)) + column
        return combined

    def keys_of(self, sets: Sequence[Indices], columns: Sequence[str]) -> list[Indices]:
        """Keys of several sets of figures over the same columns, comparable with each other."""
        together = np.concatenate([*sets, np.zeros(0, dtype=np.int64)]).astype(np.int64)
        combined = self.key(*(self.codes(column, together) for column in columns))
        return np.split(combined, np.cumsum([len(figures) for figures in sets])[:-1])


def place_in(keys: Indices, wanted: Indices) -> Indices:
    """Place of each wanted number among some keys; -1 where it is not among them."""
    if not len(keys):
        return np.full(len(wanted), -1)
    order = np.argsort(keys, kind="stable")
    at = order[np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)]
    return np.where(keys[at] == wanted, at, -1)


def side_by_side(figures: Figures, sets: Sequence[Indices], columns: Sequence[str]) -> Indices:
    """Figures of several sets that agree in some columns, one of each set; shape (sets, agreeing)."""
    keys = figures.keys_of(sets, columns)
    rows = [sets[0]]
    for own, mine in zip(sets[1:], keys[1:], strict=True):
        at = place_in(mine, keys[0])
        rows.append(np.where(at >= 0, own[at] if len(own) else -1, -1))
    matrix = np.stack(rows)
    return np.asarray(matrix[:, (matrix >= 0).all(axis=0)])
