"""Serves an archive of data.police.uk, or fetches from it: two processes for the benchmark of archives by parts.

`python -m civic_assets_tests.acquire.forces_by_parts serve ARCHIVE` serves it. `... parts STORE` fetches the
street-level files of London's forces, `... whole STORE` the archive; both print the bytes that they received.

Belongs here: what the benchmark starts. Does not belong here: tests.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.site import PlainSite, Told

MONTH = "2024-05"
SITE, ARCHIVES = "data.police.uk", "policeuk-data.s3.amazonaws.com"
WHOLE = f"https://{SITE}/data/archive/{MONTH}.zip"


def serve(archive: Path) -> None:
    """Serve an archive until the process is ended."""
    stated = hashlib.md5(str(archive.stat().st_size).encode(), usedforsecurity=False).hexdigest()
    page = f'<html><a href="/data/archive/{MONTH}.zip">May 2024</a> MD5: {stated}</html>'
    site = PlainSite(
        (SITE, ARCHIVES),
        {
            "/api/crime-last-updated": Told(body=f'{{"date":"{MONTH}-01"}}'.encode(), etag='"day"'),
            "/data/archive/": Told(200, {"content-type": "text/html"}, page.encode(), etag='"index"'),
            f"/data/archive/{MONTH}.zip": Told(302, {"location": f"https://{ARCHIVES}/archive/{MONTH}.zip"}),
            f"/archive/{MONTH}.zip": Told(body=archive, etag=f'"{stated}"', ranges=True),
        },
    )
    with tempfile.TemporaryDirectory() as kept, ReplayServer([site]) as server:
        authority = server.authority.write(Path(kept) / "authority.pem")
        print(f"export CIVIC_REPLAY={server.address}\nexport CIVIC_REPLAY_AUTHORITY={authority}", flush=True)
        server.stopping.wait()


def fetch(store: Path, *, by_parts: bool) -> int:
    """Fetch the street-level files of London's forces, or the whole archive.

    Returns:
        Bytes of all bodies that were received.
    """
    from civic_assets.acquire.areas import Areas
    from civic_assets.acquire.asking import Document
    from civic_assets.acquire.client import open_client
    from civic_assets.acquire.finders.all_finders import find_offers
    from civic_assets.acquire.obtain import obtain
    from civic_assets.acquire.settings import read_settings
    from civic_assets.contracts.load import load_contracts

    place = load_contracts()["police_uk"].acquisition
    assert place is not None
    received = 0
    with open_client(store, read_settings(store.parent / "civic.toml")) as client:
        ask = client.bound_to("police_uk", place.all_hosts)
        if not by_parts:
            return ask.fetch(WHOLE, store.parent / "whole.zip").size

        class Counted:
            """The client, with the bytes counted that it brings."""

            def read(self, url: str, **more: object) -> Document:
                return self._count(ask.read(url, **more))  # type: ignore[arg-type]

            def part(self, url: str, start: int, end: int, **more: object) -> Document:
                return self._count(ask.part(url, start, end, **more))  # type: ignore[arg-type]

            fetch = ask.fetch

            def _count(self, document: Document) -> Document:
                nonlocal received
                received += len(document.body)
                return document

        counted = Counted()
        for number, offer in enumerate(find_offers("police_uk", place, counted, Areas()).offers):
            obtain(offer, counted, store.parent / f"{number}.csv")
    return received


def main() -> None:
    """Do what the first argument says."""
    what, where = sys.argv[1:]
    if what == "serve":
        serve(Path(where))
    else:
        print(fetch(Path(where), by_parts=what == "parts"))


if __name__ == "__main__":
    main()
