"""The chains of the figures that an evidence pack follows to their cells.

Belongs here: which figures, their chains without anything that is true only of this machine, and the cells around each.
Does not belong here: finding a chain (`civic_assets.publish.queries.trace`), and pages (`pages`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.answers.trace import FigureChain
from civic_assets.layers.checked import stored_facts
from civic_assets.layers.store import Store
from civic_assets.publish.queries.figure_query import FigureQuery
from civic_assets.publish.queries.selection import Selection, select
from civic_assets.publish.queries.trace import trace_all
from civic_assets.publish.report.cells import FindingCells, Neighbours, neighbours_of
from civic_assets.tables.duckdb_connection import connect
from civic_assets.verify.figure import cells_of_workbooks, read_again

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.answers.verification import ReadAgain
    from civic_assets.contracts.model import Contract

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST_NAME = 120
REPORT_AREA = "E09000019"
"""Islington: the area of the report with which this product began (GLA, 2023)."""
_SELECTED = ("source", "measure", "area_code", "breakdown", "unit", "statistic", "period_start", "period_end")


@dataclass(frozen=True, slots=True)
class Followed:
    """A figure that was followed to its cell.

    Args:
        name: Name of its files in the pack, without an ending.
        chain: Its chain; `archived_at` is the path of the file in the pack.
        cells: The cell among its neighbours; None if the figure counts rows or the raw table is gone.
        again: The cell read again from the archived bytes, by another program than the pipeline's.
    """

    name: str
    chain: FigureChain
    cells: Neighbours | None
    again: ReadAgain


def newest_of_areas(connection: DuckDBPyConnection, areas: Sequence[str]) -> list[FigureQuery]:
    """The newest figure of each measure and unit of areas, without those of single groups and without changes.

    Args:
        connection: The read model.
        areas: Codes or names.

    Raises:
        NotPublished: No figure is of one of the areas.
        AmbiguousFigure: Several areas have a name.
    """
    wanted = Selection("harmonised.latest", list(areas), None, None, _SELECTED, {"breakdown": "total"})
    newest: dict[tuple[str, ...], tuple[date, date]] = {}
    for row in select(connection, wanted).to_pylist():
        if row["statistic"] != "change":
            series = (row["source"], row["measure"], row["area_code"], row["unit"], row["statistic"])
            period = (row["period_end"], row["period_start"])
            newest[series] = max(period, newest.get(series, period))
    return [
        FigureQuery(measure, area, f"{start}/{end}", "total", unit, statistic, source)
        for (source, measure, area, unit, statistic), (end, start) in sorted(newest.items())
    ]


def newest_of_the_report(connection: DuckDBPyConnection) -> list[FigureQuery]:
    """The newest figures of the report's area; none if it has no figure here."""
    here = "SELECT 1 FROM harmonised.latest WHERE area_code = ? LIMIT 1"
    if connection.execute(here, [REPORT_AREA]).fetchone() is None:
        return []
    return newest_of_areas(connection, [REPORT_AREA])


def follow(
    store: Store,
    contracts: Mapping[str, Contract],
    asked: Sequence[str | FigureQuery],
    inputs: Mapping[tuple[str, str], str],
    progress: Callable[[str], None],
) -> list[Followed]:
    """Follow figures to their cells.

    Args:
        store: Store with the publication.
        contracts: Contracts by source.
        asked: Names of figures, or requests.
        inputs: Path of a file in the pack, by source and release.
        progress: Function called with a sentence about each figure.

    Raises:
        NotPublished: A figure does not exist.
        AmbiguousFigure: Several figures match a name.
    """
    chains: dict[str, FigureChain] = {}
    for number, chain in enumerate(trace_all(store, asked), 1):
        progress(f"{number:,} of {len(asked):,} figures")
        chains.setdefault(chain.name, chain)
    known = cells_of_workbooks(list(chains.values()))
    followed = []
    with connect() as words:
        names: set[str] = set()
        for chain in sorted(chains.values(), key=lambda one: one.name):
            name = _as_name(chain.figure.name)
            name = f"{name}-{chain.figure_id}" if name in names else name
            names.add(name)
            again = read_again(chain, known)
            file = replace(chain.file, archived_at=inputs[chain.figure.source, chain.release])
            followed.append(
                Followed(
                    name,
                    replace(chain, file=file),
                    _cells(words, store, contracts, chain),
                    again,
                )
            )
    return followed


def _as_name(text: str) -> str:
    return _NOT_IN_A_NAME.sub("-", text).strip("-.")[:_LONGEST_NAME]


def _cells(
    words: DuckDBPyConnection, store: Store, contracts: Mapping[str, Contract], chain: FigureChain
) -> Neighbours | None:
    source, release = chain.figure.source, chain.release
    raw = store.tables.current("raw", source, release)
    facts = stored_facts(store, source, release)
    if raw is None or facts is None:
        return None
    asked = FindingCells(chain.figure_id, chain.locator)
    titles = [table.title for table in facts.tables]
    return neighbours_of(words, raw, titles, contracts.get(source), [asked]).get(chain.figure_id)
