"""What derived figures add to what can be worked out about hidden ones.

Belongs here: our figures as rows over hidden cells, and which of them must go. Does not belong here: what our tables
are (`civic_assets.publish.disclosure.derived_tables`) and changing them
(`civic_assets.publish.disclosure.withholding`).

A derived figure is withheld for one of three reasons, the first that applies:

- *hidden*: it states a hidden figure, from wherever it was taken (rule H-20; another source or an older
  edition may print it, but then our table would be the one that puts it in the publisher's gap);
- *range*: it is a derived sum in the range that the publisher of its parts hides (rule H-18);
- *reveals*: with it a hidden figure is protected worse than without (rule H-20, secondary suppression).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from civic_assets.quality.disclosure.audit import Ranges, ranges
from civic_assets.quality.disclosure.differencing import sums
from civic_assets.quality.disclosure.hidden_cells import HiddenCells
from civic_assets.quality.disclosure.published_cells import KEY, PublishedCells
from civic_assets.quality.disclosure.secondary_suppression import NOT_OURS, secondary, worsened
from civic_assets.quality.equations.edit_system import Flags, Floats, Indices

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KEYED = ", ".join(KEY)

FIGURES = f"""CREATE OR REPLACE TEMP TABLE disclosure_ours AS
    SELECT *, (dense_rank() OVER (ORDER BY {_KEYED}, low, high) - 1)::BIGINT AS figure FROM ({{figures}})
    WHERE list_has_any(string_split(measure, '+'),
        (SELECT coalesce(list(DISTINCT measure), []) FROM catalogue.disclosure_rules WHERE practice = 'suppressed'))"""
"""Our figures of measures that some publisher hides, from a query with the columns of `our_figures.OurTable.figures`
and `place`, the name of the table."""

# All rows of one figure (the area and period, and its value) go, or none.
HIDDEN = f"""SELECT DISTINCT o.figure FROM disclosure_ours o JOIN disclosure_keys k USING ({_KEYED})
    JOIN disclosure_standing s USING (key) WHERE s.stands"""

RANGE = """SELECT DISTINCT o.figure FROM disclosure_ours o
    JOIN (SELECT source, measure, min(lowest) AS lowest, max(highest) AS highest FROM catalogue.disclosure_rules
          WHERE practice = 'suppressed' GROUP BY ALL) r
      ON r.source = o.source AND list_contains(string_split(o.measure, '+'), r.measure)
    WHERE o.unit = 'count' AND len(o.locators) > 1 AND o.low BETWEEN r.lowest AND r.highest"""
"""Derived sums in a hidden range; a figure of one cell is as the publisher prints it."""

# A figure that some release prints for the same key is the publisher's own, however it is rounded.
_ABOVE = f"""WITH ours AS (
        SELECT figure, {_KEYED}, max(low) AS low, min(high) AS high FROM disclosure_ours o
        WHERE unit = 'count' AND NOT EXISTS (
            SELECT 1 FROM harmonised.observations p
            WHERE ({", ".join(f"p.{name}" for name in KEY)}) = ({", ".join(f"o.{name}" for name in KEY)})
              AND p.value BETWEEN o.low AND o.high)
        GROUP BY figure, {_KEYED}
    )
    SELECT row_number() OVER (ORDER BY figure, keys, known) - 1 AS number, keys, NULL::BIGINT AS whole,
        low - known AS low, high - known AS high, figure
    FROM (SELECT DISTINCT figure, keys, known, low, high FROM ours JOIN disclosure_above USING ({_KEYED}))
    ORDER BY number"""

# A sum says of its hidden parts what remains when the printed ones are taken away.
_PARTS = f"""WITH parts AS (
        SELECT figure, place, row, low, high, source, release, unnest(locators) AS locator FROM disclosure_ours
        WHERE len(locators) > 1 AND unit = 'count'
    ),
    told AS (
        SELECT figure, place, row, any_value(low) AS low, any_value(high) AS high,
            list(k.key ORDER BY k.key) FILTER (o.value IS NULL) AS keys,
            coalesce(sum(o.value), 0) AS known, bool_and(o.value IS NOT NULL OR k.key IS NOT NULL) AS complete
        FROM parts JOIN harmonised.observations o USING (source, release, locator)
        LEFT JOIN disclosure_keys k ON {" AND ".join(f"k.{name} = o.{name}" for name in KEY)}
        GROUP BY figure, place, row
    )
    SELECT row_number() OVER (ORDER BY figure, keys, known) - 1 AS number, keys, NULL::BIGINT AS whole,
        low - known AS low, high - known AS high, figure
    FROM (SELECT DISTINCT figure, keys, known, low, high FROM told WHERE complete AND len(keys) > 0) ORDER BY number"""


@dataclass(frozen=True, eq=False)
class Audit:
    """What our figures would give away.

    Args:
        reveals: Figures (`disclosure_ours.figure`) that must be withheld so that hidden cells stay as they are.
        near: Figures that say something of hidden cells at all.
        n_audited, n_recovered, n_narrow: Hidden cells that our figures speak of, and of them those that are told
            exactly, or too narrowly, with our figures and not without.
    """

    reveals: frozenset[int]
    near: frozenset[int]
    n_audited: int
    n_recovered: int
    n_narrow: int


def audit_ours(
    connection: DuckDBPyConnection, published: PublishedCells, extra: Sequence[HiddenCells]
) -> Audit:
    """Audits the figures of `disclosure_ours`.

    Args:
        connection: After `find_hidden` and `across_releases`, with `disclosure_ours`.
        published: The hidden cells of all releases.
        extra: What is known of them across releases.
    """
    said = [connection.execute(query).fetchall() for query in (_ABOVE, _PARTS)]
    tied = [sums(rows) for rows in said]
    of_ours = np.array([row[5] for rows in said for row in rows], dtype=np.int64)
    if not len(of_ours):
        return Audit(frozenset(), frozenset(), 0, 0, 0)
    figures, number = np.unique(of_ours, return_inverse=True)
    near = frozenset(figures.tolist())
    try:
        part, figure_of, base, found = _consistent(published, extra, tied, number)
        worse = worsened(base, found)
        withheld = np.zeros(len(figures), dtype=bool)
        if worse.any():
            withheld = secondary(part, figure_of, _costs(connection, figures))
    except RuntimeError:
        # The solver gave up: what cannot be shown to be harmless is not published.
        return Audit(near, near, 0, 0, 0)
    return Audit(
        reveals=frozenset(figures[withheld].tolist()),
        near=near,
        n_audited=int(part.audited.sum()),
        n_recovered=int((worse & found.recovered).sum()),
        n_narrow=int((worse & found.narrow).sum()),
    )


def _consistent(
    published: PublishedCells, extra: Sequence[HiddenCells], tied: Sequence[HiddenCells], number: Indices
) -> tuple[HiddenCells, Indices, Ranges, Ranges]:
    """The part around our figures of the fullest system that does not contradict itself, and its ranges.

    Figures of several releases need not fit each other, nor ours those of one release: less is taken as known then,
    down to our figures by themselves, so that a contradiction never excuses a derived figure.

    Returns:
        The part, the figure of each of its rows, and the ranges without our figures and with them.
    """
    for known in ([*extra, *tied], tied, None):
        system = published.system(tied if known is None else known)
        ours = np.full(system.rows.shape[0], NOT_OURS, dtype=np.int64)
        # Bounds have no rows: those of our figures are the last ones.
        ours[len(ours) - len(number) :] = number
        if known is None:
            system, ours = _rows(system, ours != NOT_OURS), ours[ours != NOT_OURS]
        part, kept = _around(system, ours != NOT_OURS)
        figure_of = ours[kept]
        base, found = ranges(_rows(part, figure_of == NOT_OURS)), ranges(part)
        if not (base.contradictory | found.contradictory).any():
            break
    return part, figure_of, base, found


def _rows(system: HiddenCells, kept: Flags) -> HiddenCells:
    return replace(system, rows=system.rows[kept], low=system.low[kept], high=system.high[kept])


def _around(system: HiddenCells, seeds: Flags) -> tuple[HiddenCells, Indices]:
    """The cells and rows that are tied to some rows, directly or through others; and which rows these are."""
    from scipy.sparse import block_array, csr_array
    from scipy.sparse.csgraph import connected_components

    m, n = system.rows.shape
    graph = block_array([[csr_array((m, m)), abs(system.rows)], [abs(system.rows).T, csr_array((n, n))]])
    _, label = connected_components(graph, directed=False)
    wanted = np.unique(label[:m][seeds])
    rows, cells = np.flatnonzero(np.isin(label[:m], wanted)), np.flatnonzero(np.isin(label[m:], wanted))
    fields = ("lower", "upper", "audited", "counts", "whole", "exact", "stated", "names")
    part = HiddenCells(
        rows=system.rows[rows][:, cells],
        low=system.low[rows],
        high=system.high[rows],
        **{name: getattr(system, name)[cells] for name in fields},
    )
    return part, rows


def _costs(connection: DuckDBPyConnection, figures: Indices) -> Floats:
    """Cost of withholding each figure: its value, and more where many rows state it; zeros and totals go last."""
    found = dict(
        connection.execute(
            "SELECT figure, max(abs(high)) * (1 + count(*) / 1000) FROM disclosure_ours GROUP BY figure"
        ).fetchall()
    )
    cost = np.array([found[number] for number in figures.tolist()], dtype=float)
    return np.where(cost == 0, cost.max(initial=0) + 1, cost)
