"""Which archived releases a publication leaves out.

Belongs here: keeping made-up samples apart from publishers' files. Does not belong here: releases that are held back
(`publication` reads that from their results).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from civic_assets.archive import Receipt


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
