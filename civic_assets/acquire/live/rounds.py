"""Asking publishers side by side: what they offer, what is to be done with it, and fetching it.

Belongs here: one round of requests, from the sources to files in a temporary folder. Does not belong here: deciding
(`decisions`), what follows (`outcomes`), and the client, which keeps each host's limits however many ask.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from civic_assets.acquire.asking import Asks, NotObtained, Transfer, Validators
from civic_assets.acquire.live.asked import Counted, Counts, Documents, Requested, Shared, SourceRound
from civic_assets.acquire.live.decisions import Decision, Known, decide, received_by_others
from civic_assets.acquire.live.held import HeldSource, acquired, key_of, read_held
from civic_assets.acquire.live.wanted import fingerprint
from civic_assets.acquire.offers import Found, Offer
from civic_assets.answers.progress import Said
from civic_assets.contracts.acquisition import Acquisition
from civic_assets.house_numbers.fetching import SOURCES_AT_ONCE
from civic_assets.tables.atomic import remove_stale_temporaries, temporary_path
from civic_assets.tables.file_states import content_sha256
from civic_assets.unforeseen import sentence_of

if TYPE_CHECKING:
    from civic_assets.archive import Receipt

_OF_THIS_MACHINE = frozenset(
    (
        errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE,
        errno.ENFILE, errno.ENOMEM,
    )
)  # fmt: skip
"""Errors of the operating system that have nothing to do with what a publisher sends."""


class Finds(Protocol):
    """Finds what is offered for one source."""

    def __call__(self, source: str, acquisition: Acquisition, ask: Asks, *, since: date | None) -> Found:
        """As the function of a finder, with the areas already chosen."""
        ...


class Obtains(Protocol):
    """Fetches what is offered into a file."""

    def __call__(self, offer: Offer, ask: Asks, to: Path, known: Validators | None) -> Transfer:
        """The answer; its path is None if the file is as it was."""
        ...


@dataclass(frozen=True)
class Means:
    """What a round needs of the outside.

    Args:
        bound_to: Gives the client of one source, which asks only some hosts.
        find: Finds what is offered.
        obtain: Fetches one offer.
        narrowed: The areas that are wanted.
        reader: Gives what would read a file now.
        replayed: Whether a replay publisher answers.
    """

    bound_to: Callable[[str, tuple[str, ...]], Asks]
    find: Finds
    obtain: Obtains
    narrowed: object = None
    reader: Callable[[], str] = field(default=lambda: "")
    replayed: bool = False


def ask_all(
    root: Path,
    wanted: Mapping[str, Acquisition],
    means: Means,
    *,
    folder: Path | None,
    since: date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[list[SourceRound], dict[str, HeldSource]]:
    """Ask for all sources, several at a time, and fetch what is new.

    Args:
        root: Folder of the store.
        wanted: The sources, and where their files are found.
        means: The client and the finders.
        folder: Folder for files that are fetched; None to fetch none.
        since: Leave what was put out before this day.
        progress: Function called with a sentence about each source.

    Returns:
        What came, by source in their order; and what was remembered before.
    """
    held, blobs, receipts = read_held(root), _blobs(root), _receipts(root)
    bodies, documents = _Bodies(), Documents()

    def one(source: str) -> SourceRound:
        known = Known(
            held.get(source, HeldSource()),
            lambda: [receipt for receipt in receipts() if receipt.source == source],
            blobs,
            means.reader,
            now_in_utc(),
            received_by_others(source, held),
        )
        place = folder / source if folder is not None else None
        return _ask(source, wanted[source], means, known, place, since, bodies, documents, root / "archive")

    rounds: dict[str, SourceRound] = {}
    pool = ThreadPoolExecutor(max_workers=SOURCES_AT_ONCE, thread_name_prefix="ask")
    try:
        futures: dict[Future[SourceRound], str] = {pool.submit(one, source): source for source in wanted}
        for future in as_completed(futures):
            rounds[futures[future]] = future.result()
            progress(Said(_sentence(rounds[futures[future]]), "asked", futures[future]))
    finally:
        # After an interruption nobody waits for answers that are under way.
        pool.shutdown(wait=False, cancel_futures=True)
    return [rounds[source] for source in wanted], held


@contextmanager
def fetching_folder(root: Path) -> Iterator[Path]:
    """A temporary folder of this run for files that are fetched; those of runs that were killed are removed."""
    place = acquired(root)
    place.mkdir(parents=True, exist_ok=True)
    remove_stale_temporaries(place)
    folder = temporary_path(place)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def now_in_utc() -> str:
    """The time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ask(
    source: str,
    acquisition: Acquisition,
    means: Means,
    known: Known,
    folder: Path | None,
    since: date | None,
    bodies: _Bodies,
    documents: Documents,
    archive: Path,
) -> SourceRound:
    counts, asked_at = Counts(), now_in_utc()
    settings = fingerprint(acquisition, means.narrowed, since)
    try:
        hosts = acquisition.all_hosts
        ask = Counted(means.bound_to(source, hosts), counts)
        found = means.find(source, acquisition, Shared(ask, source, hosts, documents), since=since)
        decisions = tuple(decide(_each_once(found.offers), known, since))
    except Exception as error:  # noqa: BLE001  (one source must not stop the others, whatever its site answers)
        trouble, by_machine = _trouble(source, error), _by_machine(error)
        return SourceRound(source, asked_at, settings, None, trouble, counts=counts, by_machine=by_machine)
    requested: list[Requested] = []
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        names: set[str] = set()
        for number, decision in enumerate(one for one in decisions if one.fetches):
            place = folder / f"{number:06}"
            one = _request(source, decision, ask, means, place, names, bodies)
            one = _as_received(source, one, archive, place)
            requested.append(_without_known_bytes(one, known))
    return SourceRound(source, asked_at, settings, found, "", decisions, tuple(requested), counts)


def _each_once(offers: tuple[Offer, ...]) -> list[Offer]:
    return list({key_of(offer): offer for offer in reversed(offers)}.values())[::-1]


def _request(
    source: str,
    decision: Decision,
    ask: Asks,
    means: Means,
    to: Path,
    names: set[str],
    bodies: _Bodies,
) -> Requested:
    offer = decision.offer
    name = offer.file_name if offer.file_name not in names else f"{to.name}/{offer.file_name}"
    names.add(name)
    name = f"{source}/{name}"
    # A folder that nobody touches for long counts as left behind.
    os.utime(to.parents[1])
    try:
        transfer = bodies.once(offer, lambda: means.obtain(offer, ask, to, decision.known))
        return Requested(decision, transfer, name)
    except Exception as error:  # noqa: BLE001  (one file must not stop the others)
        to.unlink(missing_ok=True)
        return Requested(decision, None, name, _trouble(source, error), _by_machine(error))


def _as_received(source: str, one: Requested, archive: Path, to: Path) -> Requested:
    """A file of which the publisher says that it is what another source received, with the bytes of the archive."""
    other, transfer = one.decision.elsewhere, one.transfer
    if other is None or transfer is None or transfer.path is not None:
        return one
    try:
        shutil.copyfile(archive / other.sha256, to)
        damaged = content_sha256(to) != other.sha256
    except OSError as error:
        return replace(one, transfer=None, trouble=f"{source}: {sentence_of(error)}", by_machine=True)
    if damaged:
        to.unlink()
        why = f"the archive's copy of it ({other.sha256[:12]}...) is damaged. Run civic-assets verify."
        return replace(
            one, transfer=None, trouble=f"{source}: {one.decision.offer.url}: {why}", by_machine=True
        )
    return replace(one, transfer=replace(transfer, path=to, size=other.size, sha256=other.sha256))


def _without_known_bytes(one: Requested, known: Known) -> Requested:
    """A file that was sent in full, without its bytes if they are those that are held: it is as it was."""
    held, transfer = one.decision.held, one.transfer
    if held is None or transfer is None or transfer.path is None or transfer.sha256 != held.sha256:
        return one
    if held.reason or not held.releases or not known.holds(held):
        return one
    return replace(one, transfer=replace(transfer, path=None))


class _Bodies:
    """Bodies that were fetched in this round: one workbook may be wanted by several sources."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._locks: dict[tuple[str, str | None], Lock] = {}
        self._fetched: dict[tuple[str, str | None], Transfer] = {}

    def once(self, offer: Offer, fetch: Callable[[], Transfer]) -> Transfer:
        """The body of an address, fetched by however many ask for it first; each asks if it changed for itself."""
        key = (offer.url, offer.member)
        with self._lock:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            known = self._fetched.get(key)
            if known is not None:
                return known
            transfer = fetch()
            if transfer.path is not None:
                self._fetched[key] = transfer
            return transfer


def _trouble(source: str, error: Exception) -> str:
    if isinstance(error, NotObtained):
        return f"{source}: {error}"
    if _by_machine(error):
        return f"{source}: this machine is to blame, and not the publisher. {sentence_of(error)}"
    return f"{source}: the site's answer could not be read: {sentence_of(error).rstrip('.')}."


def _by_machine(error: Exception) -> bool:
    """Whether a full disk, a missing right or the like of this machine stopped a request, and not the publisher."""
    if isinstance(error, NotObtained):
        return error.kind == "disk"
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _OF_THIS_MACHINE)


def _blobs(root: Path) -> dict[str, int]:
    """Names and sizes of the files of the archive."""
    try:
        with os.scandir(root / "archive") as entries:
            return {entry.name: entry.stat().st_size for entry in entries if entry.is_file()}
    except FileNotFoundError:
        return {}


def _receipts(root: Path) -> Callable[[], list[Receipt]]:
    """Receipts of the archive, read when they are needed first; none if there is no archive yet."""

    @cache
    def receipts() -> list[Receipt]:
        from civic_assets.archive import Archive

        return Archive(root / "archive").receipts() if (root / "archive").is_dir() else []

    return receipts


def _sentence(round_: SourceRound) -> str:
    if round_.found is None:  # the summary says why: a long sentence is not printed twice
        return f"{round_.source}: {'not asked' if round_.by_machine else 'not reached'}"
    sent = sum(one.path is not None for one in round_.requested)
    failed = sum(one.transfer is None for one in round_.requested)
    parts = [f"{len(round_.decisions):,} offered"]
    if round_.requested:
        parts.append(f"{sent:,} fetched")
    if failed:
        parts.append(f"{failed:,} not fetched")
    if round_.found.missing:
        parts.append(f"{len(round_.found.missing):,} not found")
    return f"{round_.source}: {', '.join(parts)}"
