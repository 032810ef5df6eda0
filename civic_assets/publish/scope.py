"""Which archived releases a publication leaves out.

Belongs here: keeping made-up samples separate from publishers' files, and settled near misses. Does not belong
here: releases that are held back (`publication` reads that from their results).

A near miss is a file that is nearly a release of a source (`unknown-...`). It is listed in the catalogue and on the
first page of the report as held back for as long as its file is supplied, in the folder of each refresh or in the
inbox. Once the file is gone (replaced by the right one) or has become a release, the near miss is settled.
Its bytes and its receipt stay in the archive.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from civic_assets.archive import Receipt
from civic_assets.layers.store import Store
from civic_assets.tables.atomic import atomic_write_text
from civic_assets.tables.release_names import is_unknown

_SETTLED = "settled.json"


def profile_of(receipts: Sequence[Receipt]) -> str:
    """Profile of a publication that was not started by a command."""
    return "sample" if receipts and all(receipt.origin == "sample" for receipt in receipts) else "local"


def samples_left_out(
    receipts: Sequence[Receipt], profile: str, given: Collection[str] = ()
) -> set[tuple[str, str]]:
    """Synthetic samples to leave out of a publication of publishers' files, as (source, release); empty for samples.

    Args:
        receipts: Receipts of everything in the archive.
        profile: Profile of the publication.
        given: Hashes of the files supplied now: a sample supplied among other files is meant to be published.
    """
    if profile == "sample":
        return set()
    return {
        (receipt.source, receipt.release)
        for receipt in receipts
        if receipt.synthetic and receipt.origin == "sample" and receipt.sha256 not in given
    }


def settle(store: Store, given: Collection[Receipt], asked: Collection[str], *, live: bool = False) -> None:
    """Record which near misses are settled, after a refresh that saw these files.

    Args:
        store: Store that keeps the record.
        given: Receipts of every file supplied.
        asked: Sources of the refresh.
        live: Whether publishers supplied them. A folder says nothing of what publishers offer, nor the other way round.
    """
    supplied = {(receipt.source, receipt.release) for receipt in given}
    settled = _settled(store)
    for receipt in store.archive.receipts():
        key = (receipt.source, receipt.release)
        if key in supplied:
            settled.discard(key)
        elif (
            is_unknown(receipt.release)
            and receipt.source in asked
            and receipt.origin != "inbox"
            and (receipt.origin == "live") == live
        ):
            settled.add(key)
    if settled != _settled(store):
        text = json.dumps(sorted(f"{source}/{release}" for source, release in settled), indent=1)
        atomic_write_text(store.root / _SETTLED, text)


def near_misses_left_out(store: Store, receipts: Sequence[Receipt]) -> set[tuple[str, str]]:
    """Settled near misses, as (source, release): their file is no longer supplied, or has become a release."""
    settled = _settled(store)
    named = {receipt.sha256 for receipt in receipts if not is_unknown(receipt.release)}
    return {
        (receipt.source, receipt.release)
        for receipt in receipts
        if is_unknown(receipt.release)
        and (
            (receipt.source, receipt.release) in settled
            or receipt.sha256 in named
            or (receipt.origin == "inbox" and not _in_inbox(store, receipt))
        )
    }


def _in_inbox(store: Store, receipt: Receipt) -> bool:
    """Whether a file of the inbox, or the archive that contained it, still exists."""
    path = store.inbox
    for part in receipt.file_name.split("/"):
        path = path / part
        if path.is_file():
            return True
    return False


def _settled(store: Store) -> set[tuple[str, str]]:
    try:
        named = json.loads((store.root / _SETTLED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return {(source, release) for source, _, release in (name.partition("/") for name in named)}
