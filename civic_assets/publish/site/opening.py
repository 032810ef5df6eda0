"""Opening the read model for building the site.

Belongs here: the connection of one process, with its share of memory and threads. Does not belong here: the processes
(`rendering`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from civic_assets.house_numbers.memory import PUBLISHING_SHARE
from civic_assets.layers.limits import memory_allowed
from civic_assets.layers.store import Store
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets.publish.site.page import Site


@contextmanager
def open_site(
    store: Store, manifest: Mapping[str, Any], processes: int = 1, threads: int | None = None
) -> Iterator[Site]:
    """What sections are given in this process.

    Args:
        store: Store that holds the publication.
        manifest: Manifest of the publication.
        processes: Processes that will share the memory.
        threads: Threads of this process; those of the machine if None.

    Raises:
        UsageError: Nothing has been published, or the read model cannot be opened.
    """
    with open_read_model(store) as connection:
        connection.execute(f"SET memory_limit = '{int(memory_allowed() * PUBLISHING_SHARE / processes)}B'")
        if threads:
            connection.execute(f"SET threads = {threads}")
        yield Site(store, manifest, connection)
