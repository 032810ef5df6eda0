"""Whether an archive is still as it was received.

Belongs here: comparing the files with the receipts. Does not belong here: changing either.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from civic_assets.archive.blobs import is_blob_name, sha256_of
from civic_assets.archive.chain import Chain
from civic_assets.archive.manifest import MANIFEST, Receipt
from civic_assets.tables.atomic import is_temporary

_TORN = re.compile(r"manifest\.torn-[0-9]+")


def _named(receipt: Receipt) -> str:
    return f"{receipt.file_name!r} ({receipt.source} {receipt.release})"


def _faults_of_releases(receipts: Iterable[Receipt]) -> Iterable[str]:
    first: dict[tuple[str, str], Receipt] = {}
    for receipt in receipts:
        known = first.setdefault((receipt.source, receipt.release), receipt)
        if known.sha256 != receipt.sha256:
            yield (
                f"Release {receipt.release} of {receipt.source} names two files, {known.sha256} and"
                f" {receipt.sha256}. The second should have been a reissue; restore {MANIFEST} from a backup."
            )


def _faults_of_file(path: Path, receipt: Receipt) -> Iterable[str]:
    if not path.is_file():
        yield f"{receipt.sha256}, {_named(receipt)}, is missing. Receive it again or restore it from a backup."
        return
    sha256, size = sha256_of(path)
    if sha256 != receipt.sha256:
        yield (
            f"{receipt.sha256}, {_named(receipt)}, has changed: its sha256 is now {sha256} and its size {size} "
            f"bytes; {receipt.size} bytes were received. Remove it, then receive it again or restore it from a "
            "backup."
        )
    elif size != receipt.size:
        yield (
            f"{receipt.sha256}, {_named(receipt)}, has {size} bytes but its receipt says {receipt.size}."
            f" Restore {MANIFEST} from a backup."
        )


def faults_of(
    root: Path, chain: Chain[Receipt], names: Collection[str], own: Collection[str]
) -> list[tuple[str, str]]:
    """Faults of an archive: the file of each, and a sentence.

    Args:
        root: Archive folder.
        chain: Manifest, read from the start and after `names` was taken.
        names: Names in the folder.
        own: Names of the archive's own working files.

    Returns:
        Damage of the chain, releases that name two files, files missing or changed, and stray files;
        in this order.
    """
    of_lines = [*chain.damage, *_faults_of_releases(chain.receipts)]
    faults = [(MANIFEST, sentence) for sentence in of_lines]
    by_hash = {receipt.sha256: receipt for receipt in reversed(chain.receipts)}
    for sha256 in dict.fromkeys(receipt.sha256 for receipt in chain.receipts):
        faults += [(sha256, sentence) for sentence in _faults_of_file(root / sha256, by_hash[sha256])]
    for name in sorted(set(names) - set(by_hash) - set(own)):
        if name == MANIFEST or is_temporary(name) or _TORN.fullmatch(name):
            continue
        if is_blob_name(name):
            said = f"{name} is not referenced: no receipt names it. Receive it as a release, or move it elsewhere."
        else:
            said = f"{name!r} is not referenced: it does not belong to the archive. Move it elsewhere."
        faults.append((name, said))
    return faults
