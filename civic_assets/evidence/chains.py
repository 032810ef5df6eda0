"""The chains of the figures that an evidence pack follows to their cells.

Belongs here: which figures, their chains without anything that is true only of this machine, and the cells around each.
Does not belong here: finding a chain (`civic_assets.publish.queries.trace`), and pages (`pages`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from civic_assets.answers.trace import FigureChain
from civic_assets.layers.checked import stored_facts
from civic_assets.layers.store import Store
from civic_assets.publish.queries.figure_query import FigureQuery
from civic_assets.publish.queries.trace import trace_all
from civic_assets.publish.report.cells import FindingCells, Neighbours, neighbours_of
from civic_assets.verify.figure import cells_of_workbooks, read_again

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.answers.verification import ReadAgain
    from civic_assets.contracts.model import Contract

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST_NAME = 120
_OF_THE_REPORT = """SELECT DISTINCT o.source, o.measure, o.area_code, o.period_start, o.period_end, o.breakdown, o.unit,
    o.statistic
FROM harmonised.observations o SEMI JOIN (
    SELECT source, release, unnest(locators) AS locator FROM quality.report_table_1
    UNION ALL SELECT source, release, locator FROM quality.report_table_2
) c USING (source, release, locator)
ORDER BY ALL"""
_OF_THE_PRINT = """SELECT source, measure, area_code, period_start, period_end, breakdown, unit, statistic
FROM harmonised.latest o SEMI JOIN (
    SELECT measure, period_start, period_end FROM quality.report_table_2
) c USING (measure, period_start, period_end)
WHERE source = 'gla_report' ORDER BY ALL"""


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


def figures_of_the_report(connection: DuckDBPyConnection) -> list[FigureQuery]:
    """The figures behind the tables of the report that the product began with, where publishers' releases hold them.

    If none is held, the figures that the report itself prints.
    """
    for query in (_OF_THE_REPORT, _OF_THE_PRINT):
        found = connection.execute(query).fetchall()
        if found:
            break
    return [
        FigureQuery(measure, area, f"{start}/{end}", breakdown, unit, statistic, source)
        for source, measure, area, start, end, breakdown, unit, statistic in found
    ]


def follow(
    store: Store,
    contracts: Mapping[str, Contract],
    asked: Sequence[str | FigureQuery],
    inputs: Mapping[str, str],
    progress: Callable[[str], None],
) -> list[Followed]:
    """Follow figures to their cells.

    Args:
        store: Store with the publication.
        contracts: Contracts by source.
        asked: Names of figures, or requests.
        inputs: Path in the pack, by the hash of a file.
        progress: Function called with a sentence about each figure.

    Raises:
        NotPublished: A figure does not exist.
        AmbiguousFigure: Several figures match a name.
    """
    import duckdb

    chains: dict[str, FigureChain] = {}
    for number, chain in enumerate(trace_all(store, asked), 1):
        progress(f"{number:,} of {len(asked):,} figures")
        chains.setdefault(chain.name, chain)
    known = cells_of_workbooks(list(chains.values()))
    followed = []
    with duckdb.connect() as words:
        for number, chain in enumerate(sorted(chains.values(), key=lambda one: one.name), 1):
            again = read_again(chain, known)
            file = replace(chain.file, archived_at=inputs[chain.file.sha256])
            followed.append(
                Followed(
                    f"{number:03}-{_as_name(chain.figure.name)}",
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
