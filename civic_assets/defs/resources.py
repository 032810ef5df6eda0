"""Resources: the store, and the read model for querying.

Belongs here: how definitions get the root of the store, which is the only setting. Does not belong here: the store
itself (`civic_assets.layers.store`).
"""

from pathlib import Path

import dagster as dg
from dagster_duckdb import DuckDBResource

from civic_assets.layers.root import store_root as root_of_setting
from civic_assets.layers.store import Store


class StoreResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The folder of one installation.

    Args:
        root: Its path; `CIVIC_STORE` if that is set, otherwise `.civic` in the working directory.
    """

    root: str

    def open(self) -> Store:
        """The store.

        Raises:
            UsageError: The folder cannot be created or written to.
        """
        return Store(Path(self.root))


def store_root(store: Store | None) -> Path:
    """The store's root, without creating a store there: definitions are also loaded where there is none."""
    return store.root if store else root_of_setting(None)


def read_model(store: Store | None = None) -> DuckDBResource:
    """The published DuckDB file, opened read-only for each question.

    Args:
        store: The store; `CIVIC_STORE`, otherwise `.civic`, if None.
    """
    # Without READ_ONLY the resource would open the file for writing, and lock out everyone who reads it.
    return DuckDBResource(
        database=str(store_root(store) / "civic.duckdb"), connection_config={"access_mode": "READ_ONLY"}
    )


def resources(store: Store | None) -> dict[str, object]:
    """The store, and the read model under two names.

    Assets, checks and ops of Dagster's users ask for a DuckDB database by the name `duckdb`. The assets of this project
    call it `read_model`.
    """
    published = read_model(store)
    return {"store": StoreResource(root=str(store_root(store))), "read_model": published, "duckdb": published}
