"""Serves the published tables in Datasette, on this machine only, read-only.

Belongs here: Datasette's settings, the address, starting and stopping. Does not belong here: what is answered at all
(`requests`), and what pages say (`metadata`).
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from civic_assets.browse.kept import Kept, kept_copy
from civic_assets.browse.metadata import DATABASE, STYLES
from civic_assets.browse.place import THIS_MACHINE, Place
from civic_assets.browse.requests import Application, only_reading
from civic_assets.errors import UsageError

if TYPE_CHECKING:
    from civic_assets.layers.store import Store

HOST = "127.0.0.1"
"""The only address that is listened on: Datasette has no login here."""
_PAGES = Path(__file__).parent / "pages"
# Only this machine asks, so a long query is the person's own wish; a page must still come back.
_SETTINGS = {
    "sql_time_limit_ms": 20_000,
    "facet_time_limit_ms": 5_000,
    "suggest_facets": False,
    "truncate_cells_html": 300,
    "max_csv_mb": 0,
}


def require_datasette() -> None:
    """Check that the extra `tables` is installed.

    Raises:
        UsageError: It is not.
    """
    if find_spec("datasette") is None:
        raise UsageError(
            "Datasette, which shows the tables, is not installed. Install it with: pip install 'civic-assets[tables]'; "
            "or write the tables to a SQLite file with --out."
        )


def application_of(kept: Kept, place: Place = THIS_MACHINE) -> tuple[Any, Application]:
    """Datasette on a copy of the tables, and what is served: Datasette behind `only_reading`."""
    from datasette.app import Datasette
    from datasette.filters import Filters

    said = kept.said
    counts = {name.replace(".", "_"): {"count": number} for name, number in kept.copied.rows.items()}
    datasette = Datasette(
        immutables=[str(kept.file)],
        metadata=said.document,
        settings=_SETTINGS | {"base_url": place.path, "force_https_urls": place.secure},
        template_dir=str(_PAGES / "made_up") if said.origin.synthetic else None,
        static_mounts=[(STYLES, str(_PAGES))],
        inspect_data={
            DATABASE: {"tables": counts, "size": kept.file.stat().st_size, "hash": said.origin.hash}
        },
    )
    operators = [one.key for one in Filters._filters]
    return datasette, only_reading(datasette.app(), DATABASE, said.columns, operators, place)


def serve(
    store: Store,
    port: int,
    progress: Callable[[str], None],
    show: Callable[[str], None],
    place: Place = THIS_MACHINE,
) -> None:
    """Serve the tables until it is interrupted.

    Args:
        store: The store.
        port: Port of this machine; 0 for any that is free.
        progress: Function called with a sentence about each step of making the copy.
        show: Function called with the address as soon as it answers.
        place: Where a browser finds the pages.

    Raises:
        UsageError: Datasette is not installed, nothing is published, or the port is taken.
    """
    require_datasette()
    with _listening(port) as listening, kept_copy(store, progress, place) as kept:
        _, application = application_of(kept, place)
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, _interrupt)
        with suppress(KeyboardInterrupt):
            _run(application, listening, lambda address: show(address + place.path.rstrip("/")))


def _run(application: Application, listening: socket.socket, show: Callable[[str], None]) -> None:
    import asyncio

    import uvicorn

    class Server(uvicorn.Server):
        async def main_loop(self) -> None:
            # Not earlier: a signal that comes while it starts would end it without its own shutdown.
            show(f"http://{HOST}:{listening.getsockname()[1]}")
            await super().main_loop()

    config = uvicorn.Config(application, log_level="warning", lifespan="on", timeout_graceful_shutdown=5)
    asyncio.run(Server(config).serve(sockets=[listening]))


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        raise UsageError(
            f"Port {port} of {HOST} cannot be used: {error}. Choose another with --port."
        ) from None
    return listening
