"""What an indicator of bias is.

Belongs here: its fields. Does not belong here: the indicators (the other modules of this folder), and writing their
rows into the register (`register`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.publish.bias.vocabulary import Vocabulary

Bias = Literal[
    "confirmation",
    "self_selection",
    "sampling",
    "response",
    "time_period",
    "survivorship",
    "reporting",
    "immediacy",
    "topical",
    "exposure",
]
BIASES: tuple[Bias, ...] = get_args(Bias)
"""The seven biases of the report and its three others, in its order."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator.

    Args:
        name: Unique in the register.
        bias: Bias that it indicates.
        check_id: Id in the catalogue; empty if no check is about the same.
        limit: Name of its threshold in the vocabulary; empty if it has none.
        wrong: What could be wrong with a figure, in one sentence.
        method: Who established the indicator as a measure of this bias, or whose quality guideline it is.
        cannot_tell: What it cannot show, in one sentence.
        rows: SQL of its rows, from the facts that `prepare` makes and the tables of the read model: `source, release,
            measure, area_code, area_name, value, value_text, outcome, reason, verdict, evidence` (JSON as text), and
            where the data bound them `direction, low, high, size_unit`, `affected` and, for a row that is
            `not_evaluated`, `would_evaluate`. A source to which the indicator does not apply has no row, and a cause
            for which it could not be evaluated has one.
        by_source: Whether no row of a source depends on the figures of another, so that the rows of sources that did
            not change are kept.
    """

    name: str
    bias: Bias
    check_id: str
    limit: str
    wrong: str
    method: str
    cannot_tell: str
    rows: str
    by_source: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed since the read model that this one was made from.

    Args:
        sources: Sources with other figures than before, those that are no longer published included.
        measures: Measures of these sources, before or now.
        tables: Tables that join sources and were made again.
    """

    sources: frozenset[str]
    measures: frozenset[str]
    tables: frozenset[str]


@dataclass(frozen=True, slots=True)
class BiasFacts:
    """Input of the indicators.

    Args:
        connection: Connection to a read model being built, with the report's tables.
        contracts: Contracts by source.
        vocabulary: Thresholds and other entries of the vocabulary.
        changed: What changed since the last read model; None if everything is made again.
    """

    connection: DuckDBPyConnection
    contracts: Mapping[str, Contract]
    vocabulary: Vocabulary
    changed: Changed | None = None

    def limit(self, name: str) -> float:
        """Value of a threshold."""
        return self.vocabulary.limit(name)

    def table(self, name: str, columns: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Create a temporary table of rows."""
        import pyarrow as pa

        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
        listed = [dict(row) for row in rows]
        if listed:
            self.register("incoming", pa.Table.from_pylist(listed))
            self.connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming")
            self.connection.unregister("incoming")

    def register(self, name: str, table: pa.Table) -> None:
        """Register an Arrow table under a name."""
        self.connection.register(name, table)

    def execute(self, *statements: str) -> None:
        """Run statements one after the other."""
        for statement in statements:
            self.connection.execute(statement)

    def keeps(self, *, after: Collection[str], measures: Collection[str] = ()) -> bool:
        """Whether a table of the last read model is still right, at least for sources that did not change.

        Args:
            after: Tables that join sources and that the table is made from.
            measures: Measures of the figures that it is made from, whatever their source.
        """
        return (
            self.changed is not None
            and self.changed.tables.isdisjoint(after)
            and self.changed.measures.isdisjoint(measures)
        )

    def make_by_source(self, table: str, rows: str, *, after: Collection[str] = ()) -> None:
        """Create a table, or replace its rows of the sources that changed.

        Args:
            table: The table. No row of a source depends on the figures of another.
            rows: SQL of its rows.
            after: As in `keeps`.
        """
        if self.changed is None or not self.keeps(after=after):
            self.execute(f"CREATE OR REPLACE TABLE {table} AS {rows}")
            return
        sources = sorted(self.changed.sources)
        self.connection.execute(f"DELETE FROM {table} WHERE source IN (SELECT unnest(?))", [sources])
        self.show_changed()
        self.connection.execute(
            f"INSERT INTO {table} BY NAME FROM ({rows}) WHERE source IN (SELECT unnest(?))", [sources]
        )
        self.show_all()

    def show_all(self) -> None:
        """Let `bias_panel` have the figures of all sources."""
        self.execute("CREATE OR REPLACE TEMP VIEW bias_panel AS FROM quality.bias_panel")

    def show_changed(self) -> None:
        """Let `bias_panel` have only the figures of sources that changed."""
        sources = sorted(self.changed.sources) if self.changed else []
        listed = ", ".join("'" + source.replace("'", "''") + "'" for source in sources) or "NULL"
        self.execute(
            f"CREATE OR REPLACE TEMP VIEW bias_panel AS FROM quality.bias_panel WHERE source IN ({listed})"
        )


Prepare = Callable[[BiasFacts], Sequence[Indicator]]
"""Makes the facts of some indicators, as tables of the read model, and returns these indicators."""
