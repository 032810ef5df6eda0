"""Sealed lines: a file of receipts of which each line carries the hash of the one before.

Belongs here: writing a receipt as a line, reading the chain and reporting its damage, and repairing a torn last line.
Does not belong here: what a receipt says (`manifest` for files received, `civic_assets.acquire.fetches` for requests),
and who may append when.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from civic_assets.errors import ArchiveError
from civic_assets.tables.atomic import atomic_write_bytes, sync_folder

NO_LINE = "0" * 64
_SEAL = frozenset({"seq", "previous", "hash"})
_TAIL = 64 * 1024
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Form(Generic[R]):
    """What the lines of a file are.

    Args:
        file: Name of the file, for sentences about its damage.
        record: The dataclass of a receipt.
        types: Name of each field -> types that its value may have in JSON.
        what_to_do: What a person does about damage, without the full stop.
    """

    file: str
    record: type[R]
    types: Mapping[str, tuple[type, ...]]
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Chain(Generic[R]):
    """Content of a file of sealed lines.

    Args:
        receipts: Receipts from every readable line, in order.
        head: Hash of the last line, `NO_LINE` for an empty file, None after an unreadable line.
        lines: Number of complete lines.
        end: Length of the complete lines in bytes; anything after it is a line being written, or a torn one.
        damage: One sentence for each line that is not as it was written; empty if the chain is intact.
    """

    receipts: tuple[R, ...] = ()
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


def line_of(receipt: Any, chain: Chain[R]) -> bytes:
    """The line that adds a receipt to a chain, with its line end."""
    document = {"seq": chain.lines + 1, **asdict(receipt), "previous": chain.head}
    return _canonical(document | {"hash": _seal(document)}) + b"\n"


def _parse(form: Form[R], line: bytes) -> dict[str, Any] | str:
    """The line's document, or the reason why it is not valid."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(document, dict) or set(document) != _SEAL | set(form.types):
        return "does not have the fields of a receipt"
    if any(type(document[name]) not in types for name, types in form.types.items()):
        return "has a field of the wrong type"
    if _canonical(document) != line:
        return "is not written as this program writes it"
    return document


def _extend(form: Form[R], chain: Chain[R], lines: Sequence[bytes]) -> Chain[R]:
    """The chain with more whole lines (given without their line ends)."""
    receipts, head, number, end = list(chain.receipts), chain.head, chain.lines, chain.end
    damage = list(chain.damage)
    for line in lines:
        number, end = number + 1, end + len(line) + 1
        document = _parse(form, line)
        wrong: str | None = None
        if isinstance(document, str):
            wrong = document
        elif _seal(document) != document["hash"]:
            wrong = "was changed after it was written (its own hash does not fit)"
        elif head is not None and document["previous"] != head:
            wrong = "does not follow the line before it (a line was changed, removed or inserted)"
        elif document["seq"] != number and not damage:
            wrong = f"is numbered {document['seq']}"
        if wrong is not None:
            damage.append(f"{form.file}, line {number} {wrong}. {form.what_to_do}.")
        if isinstance(document, str):
            head = None
        else:
            # One altered line gives one sentence: the next line is checked against what this line says about itself.
            head = str(document["hash"])
            receipts.append(form.record(**{name: document[name] for name in form.types}))
    return Chain(tuple(receipts), head, number, end, tuple(damage))


def read_chain(form: Form[R], path: Path, known: Chain[R] | None = None) -> Chain[R]:
    """Read a file's complete lines.

    Args:
        form: What the lines are.
        path: The file; a missing one reads as an empty chain.
        known: Result of an earlier reading. Only lines added since are read; the whole file is read again if it has
            become shorter or was damaged.

    Returns:
        The chain, including its damage. A last line without a line end is left out.
    """
    chain: Chain[R] = known if known is not None and not known.damage else Chain()
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size < chain.end:
                chain = Chain()
            file.seek(chain.end)
            added = file.read()
    except FileNotFoundError:
        return Chain()
    return _extend(form, chain, added.split(b"\n")[:-1])


def read_end(form: Form[R], path: Path) -> Chain[R]:
    """Read a file's last complete line, which is all that is needed to append, however long the file is.

    Returns:
        A chain that ends as the file's does, without the receipts before its last line. If that line is damaged, the
        chain says so.
    """
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            start, tail = size, b""
            while start and tail.count(b"\n") < 2:
                start = max(0, start - _TAIL)
                file.seek(start)
                tail = file.read(size - start)
    except FileNotFoundError:
        return Chain()
    end = tail.rfind(b"\n")
    if end < 0:
        return Chain()
    line = tail[tail.rfind(b"\n", 0, end) + 1 : end]
    document = _parse(form, line)
    before: Chain[R] = Chain(end=start + end - len(line))
    if not isinstance(document, str) and type(document["seq"]) is int:
        before = Chain(head=str(document["previous"]), lines=document["seq"] - 1, end=before.end)
    return _extend(form, before, [line])


def mend_tail(form: Form[R], path: Path, chain: Chain[R]) -> Chain[R]:
    """Repair a last line that has no line end: its writer was stopped before it could acknowledge the receipt.

    A line that is complete and fits the chain gets its line end. Any other is cut off and its bytes are kept in
    `<name>.torn-<n>`. The caller holds the lock, so no writer is active.

    Returns:
        The chain, one line longer if the line was complete.
    """
    with open(path, "r+b") as file:
        file.seek(chain.end)
        tail = file.read()
        if not tail:
            return chain
        longer = _extend(form, chain, [tail])
        if longer.damage == chain.damage:
            file.write(b"\n")
        else:
            number = 1
            while (kept := path.with_name(f"{path.stem}.torn-{number}")).exists():
                number += 1
            atomic_write_bytes(kept, tail)
            file.truncate(chain.end)
        file.flush()
        os.fsync(file.fileno())
    return longer if longer.damage == chain.damage else chain


def append(form: Form[R], path: Path, receipt: R, chain: Chain[R], *, sync: bool = True) -> Chain[R]:
    """Add one receipt in one write. The caller holds the lock.

    Args:
        form: What the lines are.
        path: The file; made if missing.
        receipt: Receipt to add.
        chain: The chain so far.
        sync: Whether the receipt is on disk when this returns.

    Raises:
        ArchiveError: The line could not be written, e.g. the disk is full; the file is unchanged.
    """
    line = line_of(receipt, chain)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        try:
            written = os.write(descriptor, line)
            if written == len(line):
                if sync:
                    os.fsync(descriptor)
                return _extend(form, chain, [line[:-1]])
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
    """Create an empty file; leave an existing one as it is."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.close(descriptor)
    sync_folder(path.parent)
