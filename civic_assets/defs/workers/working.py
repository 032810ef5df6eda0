"""A worker: a process that builds what refreshes of other machines ask for.

Belongs here: starting Celery with the settings of this project. Does not belong here: its tasks (`app`).
"""

from __future__ import annotations

import os
import socket

from civic_assets.defs.instance import prepare_home
from civic_assets.defs.workers.settings import BROKER, DATABASE, on_workers
from civic_assets.errors import UsageError
from civic_assets.layers.remote.place import copied_from
from civic_assets.layers.store import Store


def work(store: Store, at_a_time: int) -> None:
    """Work until the process is told to stop; what it has begun is done first.

    Args:
        store: Working copy of a store in an object store.
        at_a_time: Runs at the same time.

    Raises:
        UsageError: A setting or a package is missing, or the store is a folder.
    """
    if not on_workers():
        raise UsageError(
            f"A worker needs {BROKER}, the address of the Redis server that gives it work, such as "
            f"redis://broker.example/0, and {DATABASE}, the address of the PostgreSQL database of Dagster."
        )
    if copied_from(store.root) is None:
        raise UsageError(
            f"The store {store.root} is a folder of this machine. A worker needs a store that other machines see, such "
            "as --store s3://bucket/store."
        )
    os.environ["DAGSTER_HOME"] = str(prepare_home(store))
    os.environ["CIVIC_STORE"] = store.name
    try:
        from civic_assets.defs.workers.app import app
    except ImportError as error:
        raise UsageError(
            f"The package {error.name} is not installed. Install what workers need with: pip install "
            "'civic-assets[distributed]'"
        ) from None
    print(f"Ready to build releases of {store.name} (stop with Ctrl-C)", flush=True)
    app.worker_main(
        [
            "worker",
            f"--concurrency={at_a_time}",
            "--pool=prefork",
            "--loglevel=WARNING",
            f"--hostname=civic-{os.getpid()}@{socket.gethostname()}",
            "--without-gossip",
            "--without-mingle",
        ]
    )
