"""Getting a file that was found, whichever way its publisher gives it.

Belongs here: choosing between one body, a member of an archive and a table in pages. Does not belong here: requests
(`client`) and what is done with the file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from civic_assets.acquire.asking import Asks, NotObtained, Transfer, Validators
from civic_assets.acquire.offers import Offer


def obtain(offer: Offer, ask: Asks, to: Path, *, known: Validators | None = None) -> Transfer:
    """Fetch what was found to a file.

    Args:
        offer: What was found.
        ask: Client that is bound to the source.
        to: The file; it does not exist if nothing complete came.
        known: What the last answer for the address said of itself; for one body only.

    Raises:
        NotObtained: Nothing complete came.
    """
    if offer.way == "file":
        return ask.fetch(offer.url, to, known=known, found_at=offer.found_at)
    if offer.way == "zip_member":
        return _member(offer, ask, to)
    return _table(offer, ask, to)


def _member(offer: Offer, ask: Asks, to: Path) -> Transfer:
    from civic_assets.acquire.remote_zip import directory_for, fetch_member

    member = offer.member or ""
    directory = directory_for(ask, offer)
    transfer = fetch_member(ask, directory, member, to, found_at=offer.found_at)
    found = next((info.CRC for info in directory.members if info.filename == member), None)
    if offer.crc32 is not None and found != offer.crc32:
        to.unlink(missing_ok=True)
        raise NotObtained(
            f"{offer.url}: the member {member} is another one than when the archive was first read. Nothing of it is "
            "used; the next run reads the new archive.",
            url=offer.url,
            kind="changed",
        )
    return transfer


def _table(offer: Offer, ask: Asks, to: Path) -> Transfer:
    started = datetime.now(UTC)
    digest, written = hashlib.sha256(), 0
    unfinished = to.with_name(to.name + ".part")
    try:
        with unfinished.open("wb") as file:
            for block in _pages(offer.paging)(ask, offer.url, found_at=offer.found_at):
                digest.update(block)
                written += len(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)
    return Transfer(
        asked=offer.url,
        url=offer.url,
        status=200,
        headers={},
        path=to,
        size=written,
        sha256=digest.hexdigest(),
        validators=Validators(),
        started=started,
        ended=datetime.now(UTC),
    )


def _pages(kind: str) -> Callable[..., Iterator[bytes]]:
    if kind == "nomis":
        from civic_assets.acquire.nomis_table import nomis_rows

        return nomis_rows
    from civic_assets.acquire.arcgis_table import arcgis_rows

    return arcgis_rows
