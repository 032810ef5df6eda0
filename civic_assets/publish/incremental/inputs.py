"""What a read model is built from.

Belongs here: the inputs of one build, and what every build does with them at its beginning and at its end. Does not
belong here: any table of figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from civic_assets.answers.progress import Said
from civic_assets.archive import Receipt
from civic_assets.contracts.model import Contract
from civic_assets.contracts.waivers import load_waivers
from civic_assets.layers.store import Store
from civic_assets.publish.member import Member
from civic_assets.publish.read_model.connection import limit_building

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMAS = ("harmonised", "quality", "catalogue")


@dataclass(frozen=True)
class Inputs:
    """Inputs of one build.

    Args:
        store: The store.
        contracts: Contracts by source.
        members: Releases that are published or held back.
        stamp: Hash of everything that the read model is built from.
        publication: Hash of the publication.
        number: Number of the publication.
        today: Day on which waivers are in force or not.
        progress: Function called with a sentence about each step.
    """

    store: Store
    contracts: Mapping[str, Contract]
    members: Sequence[Member]
    stamp: str
    publication: str
    number: int
    today: date
    progress: Callable[[str], None] = lambda _: None

    def say(self, step: str) -> None:
        """Say which step begins."""
        self.progress(Said(step, "step"))

    @cached_property
    def receipts(self) -> list[Receipt]:
        """Receipts of the archive."""
        return list(self.store.archive.receipts())

    def begin(self, connection: DuckDBPyConnection) -> None:
        """Limit memory, and create the schemas."""
        figures = sum(member.harmonised.rows for member in self.members if member.harmonised is not None)
        limit_building(connection, figures)
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")

    def create_waivers(self, connection: DuckDBPyConnection) -> None:
        """Create `quality.waivers`."""
        from civic_assets.publish.read_model import decisions

        decisions.create_waivers(connection, load_waivers(), self.today)

    def sign(self, connection: DuckDBPyConnection) -> None:
        """Create `catalogue.publication`."""
        connection.execute(
            "CREATE OR REPLACE TABLE catalogue.publication AS SELECT ? AS stamp, ? AS publication, ? AS number",
            [self.stamp, self.publication, self.number],
        )
