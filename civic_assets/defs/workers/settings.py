"""Whether Dagster's records are in PostgreSQL and its runs on workers, and the settings that make it so.

Belongs here: the two variables. Does not belong here: starting workers (`app`) and runs (`launching`).

Both variables are addresses that may have a login. They are read from the environment by Dagster itself and are written
nowhere: Dagster's settings name the variables.
"""

from __future__ import annotations

import os
from typing import Any

from civic_assets.errors import UsageError

DATABASE = "CIVIC_DATABASE"
"""Setting: address of the PostgreSQL database for Dagster's records; Dagster's own files if it is not set."""
BROKER = "CIVIC_BROKER"
"""Setting: address of the Redis server through which workers are given runs; without it, runs are in this process."""
QUEUE = "dagster"
# A message that a worker has taken and not begun is given to another after this time. A worker takes a message only
# when it is free, and says so as it begins: running work does not count.
_MESSAGE_SECONDS = 60
_RUNS_AT_A_TIME = 32


def on_workers() -> bool:
    """Whether runs are given to workers.

    Raises:
        UsageError: There is a broker but no database that the workers could share.
    """
    if not os.environ.get(BROKER):
        return False
    if not os.environ.get(DATABASE):
        raise UsageError(
            f"{BROKER} is set, so runs are given to workers, but {DATABASE} is not: the workers need a PostgreSQL "
            "database to record what they do. Set both or neither."
        )
    return True


def settings_text(shipped: str) -> str:
    """Dagster's settings: those that ship, or with its records in PostgreSQL and its runs on workers.

    Args:
        shipped: Text of the `dagster.yaml` that ships.

    Raises:
        UsageError: See `on_workers`.
    """
    if not os.environ.get(DATABASE):
        on_workers()
        return shipped
    _name_driver()
    import yaml

    settings: dict[str, Any] = yaml.safe_load(shipped)
    settings["storage"] = {"postgres": {"postgres_url": {"env": DATABASE}}}
    if on_workers():
        settings["run_launcher"] = {
            "module": "dagster_celery.launcher",
            "class": "CeleryRunLauncher",
            "config": {
                "broker": {"env": BROKER},
                "backend": {"env": BROKER},
                "default_queue": QUEUE,
                "config_source": celery_settings(),
            },
        }
        settings["concurrency"]["runs"]["max_concurrent_runs"] = _RUNS_AT_A_TIME
    return yaml.safe_dump(settings, sort_keys=False)


def _name_driver() -> None:
    """Name the driver that dagster-postgres installs: SQLAlchemy 2.1 takes another for an address that names none."""
    address = os.environ[DATABASE]
    for plain in ("postgresql://", "postgres://"):
        if address.startswith(plain):
            os.environ[DATABASE] = "postgresql+psycopg2://" + address.removeprefix(plain)


def celery_settings() -> dict[str, Any]:
    """Settings of Celery, the same for who gives runs and who takes them."""
    return {
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        "broker_transport_options": {"visibility_timeout": _MESSAGE_SECONDS},
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        # A long run needs memory that Python does not give back: each has a process of its own.
        "worker_max_tasks_per_child": 1,
        "worker_hijack_root_logger": False,
        "task_ignore_result": False,
        "result_expires": 86_400,
    }
