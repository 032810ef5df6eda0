"""The manifest: one line per receipt, each line sealed by the hash of the one before.

Belongs here: what a receipt is, how it is written as a line, reading the chain and reporting its damage.
Does not belong here: the files themselves (`civic_assets.archive.blobs`) and who may append when
(`civic_assets.archive.archive`).
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from civic_assets.errors import ArchiveError
from civic_assets.tables.atomic import atomic_write_bytes, sync_folder

MANIFEST = "manifest.jsonl"
NO_LINE = "0" * 64
ORIGINS = ("sample", "local", "live", "inbox")
_WHAT_TO_DO = "Restore manifest.jsonl from a backup; nothing has been changed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Record that a file was received: what it is, and where and when it came from.

    Args:
        source: Id of the source, e.g. `ons_csp`.
        release: Name of the release, e.g. `2024-12`, or `2024-12.r2` for different bytes of the same edition.
        sha256: SHA-256 of the file; also its name in the archive.
        size: Size in bytes.
        file_name: Name the publisher or the user gave it.
        url: Address it was fetched from, if any.
        retrieved_at: Time of receipt: UTC, ISO 8601 to the second, e.g. `2025-04-24T08:30:00Z`.
        etag: ETag the server sent, if any.
        synthetic: Whether the file itself says that its figures are made up.
        origin: One of `ORIGINS`.
    """

    source: str
    release: str
    sha256: str
    size: int
    file_name: str
    url: str | None
    retrieved_at: str
    etag: str | None
    synthetic: bool
    origin: str


_TYPES: dict[str, tuple[type, ...]] = {
    **{name: (str,) for name in ("source", "release", "sha256", "file_name", "retrieved_at", "origin")},
    **{name: (str, type(None)) for name in ("url", "etag")},
    "size": (int,),
    "synthetic": (bool,),
}
_KEYS = {"seq", "previous", "hash"} | {field.name for field in fields(Receipt)}


@dataclass(frozen=True, slots=True)
class Chain:
    """Content of a manifest.

    Args:
        receipts: Receipts from every readable line, in order.
        head: Hash of the last line, `NO_LINE` for an empty manifest, None after an unreadable line.
        lines: Number of complete lines.
        end: Length of the complete lines in bytes; anything after it is a line being written, or a torn one.
        damage: One sentence for each line that is not as it was written; empty if the chain is intact.
    """

    receipts: tuple[Receipt, ...] = ()
    head: str | None = NO_LINE
    lines: int = 0
    end: int = 0
    damage: tuple[str, ...] = ()


def _canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(
        document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")


def _seal(document: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical({k: v for k, v in document.items() if k != "hash"})).hexdigest()


def line_of(receipt: Receipt, chain: Chain) -> bytes:
    """The line that adds a receipt to a chain, with its line end."""
    document = {"seq": chain.lines + 1, **asdict(receipt), "previous": chain.head}
    return _canonical(document | {"hash": _seal(document)}) + b"\n"


def _parse(line: bytes) -> dict[str, Any] | str:
    """The line's document, or the reason why it is not valid."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(document, dict) or set(document) != _KEYS:
        return "does not have the fields of a receipt"
    if any(type(document[name]) not in types for name, types in _TYPES.items()):
        return "has a field of the wrong type"
    if _canonical(document) != line:
        return "is not written as this program writes it"
    return document


def _extend(chain: Chain, line: bytes) -> Chain:
    """The chain with one more whole line (given without its line end)."""
    number, end = chain.lines + 1, chain.end + len(line) + 1
    document = _parse(line)
    wrong: str | None = None
    if isinstance(document, str):
        wrong = document
    elif _seal(document) != document["hash"]:
        wrong = "was changed after it was written (its own hash does not fit)"
    elif chain.head is not None and document["previous"] != chain.head:
        wrong = "does not follow the line before it (a line was changed, removed or inserted)"
    elif document["seq"] != number and not chain.damage:
        wrong = f"is numbered {document['seq']}"
    damage = (
        chain.damage
        if wrong is None
        else (*chain.damage, f"{MANIFEST}, line {number} {wrong}. {_WHAT_TO_DO}.")
    )
    if isinstance(document, str):
        return Chain(chain.receipts, None, number, end, damage)
    receipt = Receipt(**{name: document[name] for name in _TYPES})
    # One altered line gives one sentence: the next line is checked against what this line says about itself.
    return Chain((*chain.receipts, receipt), str(document["hash"]), number, end, damage)


def read_chain(path: Path, known: Chain | None = None) -> Chain:
    """Read a manifest's complete lines.

    Args:
        path: `manifest.jsonl`; a missing file reads as an empty chain.
        known: Result of an earlier reading. Only lines added since are read; the whole file is read again if it has
        become shorter or was damaged.

    Returns:
        The chain, including its damage. A last line without a line end is left out.
    """
    chain = known if known is not None and not known.damage else Chain()
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size < chain.end:
                chain = Chain()
            file.seek(chain.end)
            added = file.read()
    except FileNotFoundError:
        return Chain()
    for line in added.split(b"\n")[:-1]:
        chain = _extend(chain, line)
    return chain


def mend_tail(path: Path, chain: Chain) -> Chain:
    """Repair a last line that has no line end: its writer was stopped before it could acknowledge the file.

    A line that is complete and fits the chain gets its line end. Any other is cut off and its bytes are kept in
    `manifest.torn-<n>`. The caller holds the archive's lock, so no writer is active.

    Returns:
        The chain, one line longer if the line was complete.
    """
    with open(path, "r+b") as file:
        file.seek(chain.end)
        tail = file.read()
        if not tail:
            return chain
        longer = _extend(chain, tail)
        if longer.damage == chain.damage:
            file.write(b"\n")
        else:
            number = 1
            while (kept := path.with_name(f"manifest.torn-{number}")).exists():
                number += 1
            atomic_write_bytes(kept, tail)
            file.truncate(chain.end)
        file.flush()
        os.fsync(file.fileno())
    return longer if longer.damage == chain.damage else chain


def append(path: Path, receipt: Receipt, chain: Chain) -> Chain:
    """Add one receipt in one write, on disk when this returns. The caller holds the archive's lock.

    Raises:
        ArchiveError: The line could not be written, e.g. the disk is full; the manifest is unchanged.
    """
    line = line_of(receipt, chain)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        try:
            written = os.write(descriptor, line)
            if written == len(line):
                os.fsync(descriptor)
                return _extend(chain, line[:-1])
            reason = f"only {written} of {len(line)} bytes were written; the disk may be full"
        except OSError as error:
            reason = str(error.strerror or error)
        os.ftruncate(descriptor, chain.end)
    finally:
        os.close(descriptor)
    raise ArchiveError(
        f"{path}: a receipt could not be added ({reason}). Free some space or fix the disk, then run the command again."
    )


def create(path: Path) -> None:
    """Create an empty manifest; leave an existing one as it is."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.close(descriptor)
    sync_folder(path.parent)
