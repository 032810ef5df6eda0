"""The inbox: a folder into which people put files of publishers.

Belongs here: which of its files are new and complete, and archiving them. Does not belong here: when the folder is
read (`sensors`, `schedules`) and recognising files (`civic_assets.intake.receive`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from civic_assets.archive import release_sort_key
from civic_assets.contracts.model import Contract
from civic_assets.intake.receive import take_file
from civic_assets.intake.received import ReceivedFile
from civic_assets.intake.recognition_cache import RecognitionCache
from civic_assets.layers.freshness import is_fresh
from civic_assets.layers.store import Store

_HIDDEN = (".", "~$")
# Names under which browsers and file-transfer programs write a file before it is complete.
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp")


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file of the inbox as last seen.

    Args:
        read: Whether this state of the file has been read.
    """

    size: int
    mtime_ns: int
    read: bool = False


def read_cursor(cursor: str | None) -> dict[str, InboxFile]:
    """Files by name, from a sensor's cursor; empty if the cursor cannot be read."""
    try:
        return {name: InboxFile(**seen) for name, seen in json.loads(cursor or "{}").items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def write_cursor(files: Mapping[str, InboxFile]) -> str:
    """A sensor's cursor."""
    return json.dumps({name: asdict(seen) for name, seen in files.items()}, sort_keys=True)


def look(folder: Path, before: Mapping[str, InboxFile]) -> dict[str, InboxFile]:
    """The files in the inbox now. `read` is kept for files that have not changed since."""
    now = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            status = path.stat()
        except FileNotFoundError:  # removed in the meantime
            continue
        seen = InboxFile(status.st_size, status.st_mtime_ns)
        earlier = before.get(name)
        now[name] = replace(seen, read=earlier.read) if earlier and _same(earlier, seen) else seen
    return now


def ready(now: Mapping[str, InboxFile], before: Mapping[str, InboxFile]) -> list[str]:
    """Files to read: not read yet, and unchanged since the last look, so that nobody is still writing them."""
    return [
        name for name, seen in now.items() if not seen.read and name in before and _same(seen, before[name])
    ]


def _same(one: InboxFile, other: InboxFile) -> bool:
    return (one.size, one.mtime_ns) == (other.size, other.mtime_ns)


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(_HIDDEN) for part in path.relative_to(folder).parts)
        and not path.name.lower().endswith(_UNFINISHED)
    ]


def take(store: Store, contracts: Mapping[str, Contract], names: list[str]) -> list[ReceivedFile]:
    """Recognise files of the inbox by their content and archive those that are releases.

    All files stay where they are, including those that are not a release: no file is moved or removed.
    """
    memory = RecognitionCache(store.root / "recognised.json", contracts)
    taken: list[ReceivedFile] = []
    for name in names:
        try:
            taken += take_file(store.inbox / name, name, store.archive, contracts, memory, "inbox")
        except OSError as error:
            taken.append(
                ReceivedFile(name, "refused", reason=f"{name} cannot be read: {error.strerror or error}.")
            )
    memory.save()
    return taken


def to_build(store: Store, contract: Contract) -> list[str]:
    """Releases of a source from the first that is out of date, since checks look back."""
    receipts = sorted(
        store.archive.receipts(contract.source), key=lambda receipt: release_sort_key(receipt.release)
    )
    first = next(
        (i for i, receipt in enumerate(receipts) if not is_fresh(store, contract, receipt)), len(receipts)
    )
    return [receipt.release for receipt in receipts[first:]]
