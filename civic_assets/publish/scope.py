"""Which archived releases a publication leaves out.

Belongs here: keeping made-up samples apart from publishers' files, and near misses that are settled. Does not belong
here: releases that are held back (`publication` reads that from their results).

A near miss is a file that nearly is a release of a source (`unknown-...`). It stands in the catalogue and on the first
page of the report as held back, for as long as its file is given: in the folder of each refresh, or in the inbox. When
the file is gone from there (somebody put the right one in its place) or has become a release, the near miss is settled.
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
    """Profile of a publication that nobody asked for by command."""
    return "sample" if receipts and all(receipt.origin == "sample" for receipt in receipts) else "local"


def samples_left_out(
    receipts: Sequence[Receipt], profile: str, given: Collection[str] = ()
) -> set[tuple[str, str]]:
    """Synthetic samples, as (source, release), in a publication of publishers' files; none in one of samples.

    Args:
        receipts: Of everything that is archived.
        profile: Of the publication.
        given: Hashes of files that were handed in now: who gives a sample among other files wants it published.
    """
    if profile == "sample":
        return set()
    return {
        (receipt.source, receipt.release)
        for receipt in receipts
        if receipt.synthetic and receipt.origin == "sample" and receipt.sha256 not in given
    }


def settle(store: Store, given: Collection[Receipt], asked: Collection[str]) -> None:
    """Notes which near misses are settled, after a refresh that saw these files.

    Args:
        store: In which it is noted.
        given: Receipts of every file that was handed in.
        asked: Sources that the refresh was about.
    """
    there = {(receipt.source, receipt.release) for receipt in given}
    settled = _settled(store)
    for receipt in store.archive.receipts():
        place = (receipt.source, receipt.release)
        if place in there:
            settled.discard(place)
        elif is_unknown(receipt.release) and receipt.source in asked and receipt.origin != "inbox":
            settled.add(place)
    if settled != _settled(store):
        text = json.dumps(sorted(f"{source}/{release}" for source, release in settled), indent=1)
        atomic_write_text(store.root / _SETTLED, text)


def near_misses_left_out(store: Store, receipts: Sequence[Receipt]) -> set[tuple[str, str]]:
    """Near misses, as (source, release), that are settled: their file is given no more, or has become a release."""
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
    """Is a file of the inbox still there, or the archive that it came in?"""
    place = store.inbox
    for part in receipt.file_name.split("/"):
        place = place / part
        if place.is_file():
            return True
    return False


def _settled(store: Store) -> set[tuple[str, str]]:
    try:
        named = json.loads((store.root / _SETTLED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return {(source, release) for source, _, release in (name.partition("/") for name in named)}
