"""What publishers offered when they were last asked, and which release each file became.

Belongs here: this record, in memory and as `<store>/acquired/offers.json`. Does not belong here: deciding what to fetch
(`decisions`), and the files themselves, which are in the archive.

The record makes the next run cheap; it proves nothing. Without it, every file is fetched once more, and the archive
finds that it has the bytes. It is written whole, under a lock, so two runs of different sources do not lose each
other's entries.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from civic_assets.acquire.offers import Offer
from civic_assets.tables.atomic import atomic_write_text

FOLDER = "acquired"
_FILE, _LOCK = "offers.json", "offers.lock"


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that a publisher offered, and what became of it.

    Args:
        wanted: Name of the entry of the contract's `acquisition`.
        title: The publisher's own title.
        url: Address at which it was last offered.
        member: Path in an archive; empty for a file of its own.
        edition: The publisher's own name of the edition; empty if there is none.
        found_at: Address of the page or document that named it.
        published: When the publisher put it out, ISO 8601 in UTC; empty if it does not say.
        first_seen: When it was first seen, ISO 8601 in UTC.
        last_seen: When it was last seen.
        offered: Whether it was among the offers when the source was last reached.
        rank: Its place among them; 0 is the newest edition.
        waiting_since: When it was first seen that the publisher offers other bytes than are held; empty if not.
        version: What the publisher said of the version that was fetched last; None if it says nothing.
        etag, last_modified: For the next request.
        crc32: CRC-32 of the member that was fetched.
        md5: MD5 that the publisher states of the file that was fetched.
        sha256: Hash of the bytes that were fetched last; empty if it was never fetched.
        size: Their number.
        fetched_at: When they were fetched, ISO 8601 in UTC.
        confirmed_at: When the publisher last sent them, or said that they are as they were.
        releases: The release that they became, by source; empty if they are not a release.
        reason: Why they are not a release of the source that asked for them; empty if they are.
        read_by: What read them then, if they are not; other readers or contracts may read them otherwise.
    """

    wanted: str
    title: str
    url: str
    member: str = ""
    edition: str = ""
    found_at: str = ""
    published: str = ""
    first_seen: str = ""
    last_seen: str = ""
    offered: bool = True
    rank: int = 0
    waiting_since: str = ""
    version: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    crc32: int | None = None
    md5: str | None = None
    sha256: str = ""
    size: int = 0
    fetched_at: str = ""
    confirmed_at: str = ""
    releases: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    read_by: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a publisher did to a file that was already received.

    Args:
        kind: `replaced`: other bytes for the same edition at the same address. `reissued`: other bytes for the same
            edition at another address. `withdrawn`: no longer offered, with nothing in its place.
        noticed_at: ISO 8601 in UTC.
        title: The publisher's title of the file.
        url: Address of the file.
        before: Release and hash as they were, `release sha256`.
        now: Release and hash as they are; empty for a withdrawal.
        sentence: All of it as a sentence.
    """

    kind: str
    noticed_at: str
    title: str
    url: str
    before: str
    now: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Fewer:
    """A finder found fewer files than before.

    Args:
        since: When that was first seen, ISO 8601 in UTC.
        before: Number of files found before.
        now: Number found since.
    """

    since: str
    before: int
    now: int


@dataclass(frozen=True, slots=True)
class HeldSource:
    """What is remembered of one source.

    Args:
        asked_at: When it was last asked, ISO 8601 in UTC; empty if never.
        reached_at: When it last answered.
        asked: The addresses that were asked when all places of the source last answered, or then if they never did.
        trouble: Why it could not be reached, or what was not found, the last time; empty if all was well.
        failures: How many times in a row it, or one of its files, could not be reached.
        missing: Sentences about entries of the contract that were not found the last time.
        settings: Fingerprint of what was wanted, so that fewer files after a narrower setting are not a surprise.
        found: Number of files found for each entry of the contract.
        fewer: Entries for which fewer files are found than before.
        next_day: Day in London on which the publisher says that the next release is due; empty if it gives none.
        next_words: The publisher's words.
        next_said_at: Address that says so.
        files: Files by key (`key_of`).
        events: What the publisher did to files that had been received, oldest first.
    """

    asked_at: str = ""
    reached_at: str = ""
    asked: tuple[str, ...] = ()
    trouble: str = ""
    failures: int = 0
    missing: tuple[str, ...] = ()
    settings: str = ""
    found: Mapping[str, int] = field(default_factory=dict)
    fewer: Mapping[str, Fewer] = field(default_factory=dict)
    next_day: str = ""
    next_words: str = ""
    next_said_at: str = ""
    files: Mapping[str, HeldFile] = field(default_factory=dict)
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """The record as it was last read or written: sensors read it every few minutes, and little of it changes at a time.

    Args:
        text: The file's content.
        sources: What it says.
        lines: The line of each source, as far as it is known.
    """

    text: str
    sources: Mapping[str, HeldSource]
    lines: Mapping[str, str]


_READ: dict[Path, _Read] = {}


def key_of(offer: Offer) -> str:
    """What stays the same of a file while its bytes may change: its address, or its path in an archive.

    An archive of a rolling window has another address each month, with the same members.
    """
    return f"{offer.wanted} {offer.member}" if offer.way == "zip_member" else f"{offer.wanted} {offer.url}"


def acquired(root: Path) -> Path:
    """The folder of a store that holds what is known of publishers' sites."""
    return root / FOLDER


def read_held(root: Path) -> dict[str, HeldSource]:
    """What is remembered, by source; nothing if the record is missing or damaged, which costs requests but no data.

    Args:
        root: Folder of the store.
    """
    return dict(_read(acquired(root) / _FILE).sources)


def write_held(root: Path, changed: Mapping[str, HeldSource]) -> None:
    """Record what is now known of some sources; the entries of all others stay as they are.

    Args:
        root: Folder of the store.
        changed: The sources that were asked.
    """
    path = acquired(root) / _FILE
    with _locked(root):
        before = _read(path)
        sources = {**before.sources, **changed}
        # A line for each source. With a line for each value, writing and reading would take several times as long.
        lines = {
            name: before.lines[name]
            if name in before.lines and name not in changed
            else f"{json.dumps(name)}: {json.dumps(_document(one), ensure_ascii=False)}"
            for name, one in sorted(sources.items())
        }
        text = '{"sources": {\n' + ",\n".join(lines.values()) + "\n}}\n"
        atomic_write_text(path, text)
        _READ[path] = _Read(text, sources, lines)


def _read(path: Path) -> _Read:
    try:
        text = path.read_text(encoding="utf-8")
        known = _READ.get(path)
        if known is None or known.text != text:
            sources = {name: _source(entry) for name, entry in json.loads(text)["sources"].items()}
            known = _READ[path] = _Read(text, sources, {})
        return known
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _Read("", {}, {})


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    folder = acquired(root)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _document(record: Any) -> dict[str, Any]:
    """The values of a record by name, and those of the records in it; `dataclasses.asdict` would copy every value."""
    return {name: _plain(getattr(record, name)) for name in _names(type(record))}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _document(value)


def _source(entry: Mapping[str, Any]) -> HeldSource:
    given = _known(HeldSource, entry)
    given["asked"] = tuple(given.get("asked", ()))
    given["missing"] = tuple(given.get("missing", ()))
    given["files"] = {key: HeldFile(**_known(HeldFile, one)) for key, one in given.get("files", {}).items()}
    given["fewer"] = {name: Fewer(**_known(Fewer, one)) for name, one in given.get("fewer", {}).items()}
    given["events"] = tuple(Event(**_known(Event, one)) for one in given.get("events", ()))
    return HeldSource(**given)


def _known(record: type[Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entries that the record has; a later version may have written more."""
    names = _names(record)
    return {name: value for name, value in entry.items() if name in names}


def _names(record: type[Any]) -> tuple[str, ...]:
    """Names of a record's values, in their order."""
    return _NAMES[record]


_NAMES = {
    record: tuple(one.name for one in fields(record)) for record in (HeldFile, Event, Fewer, HeldSource)
}
