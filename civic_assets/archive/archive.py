"""The archive: every file a publisher issued, kept for ever, with the receipt that says what it is.

Belongs here: receiving a file (which release it is, exactly once, whoever else is receiving), finding it
again, and checking that everything is still as it was received. Does not belong here: fetching files from
publishers, and recognising of which source and edition a file is.

Receiving a file, in an order that leaves nothing half done wherever it is interrupted:
copy to a temporary name -> lock -> `pending-<sha256>` -> rename to `<sha256>` -> manifest line -> remove
`pending-` -> unlock. Whoever finds a `pending-` file while holding the lock knows that its writer is gone:
with a manifest line the file stays, without one it was never acknowledged and goes.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from civic_assets.archive import blobs
from civic_assets.archive.blobs import Blob, StagedFile
from civic_assets.archive.manifest import (
    MANIFEST,
    ORIGINS,
    Chain,
    Receipt,
    append,
    create,
    mend_tail,
    read_chain,
)
from civic_assets.archive.verification import faults_of
from civic_assets.errors import ArchiveError, UsageError
from civic_assets.tables.atomic import remove_stale_temporaries, sync_folder
from civic_assets.tables.release_names import check_name, edition_of, is_unknown, issue_of, release_name

_LOCK = "manifest.lock"
_PENDING = "pending-"
_LOOKS_LIKE_REISSUE = re.compile(r".*\.r[0-9]+", re.DOTALL)


class _NotWritable(ArchiveError):
    """The archive stands where this user may only read, e.g. on a medium handed to an auditor."""


class Archive:
    """A folder of files under their sha256 and `manifest.jsonl`, a chain of receipts.

    Opening it clears away what interrupted runs left. Damage to the manifest is not touched: it is
    raised by whatever needs the receipts, and listed by `verify`.

    Args:
        root: The folder; made when it is missing. One that may not be written can still be read.

    Raises:
        UsageError: `root` is a file, or can not be made.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._manifest = root / MANIFEST
        self._chain = Chain()
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{root}: can not be the folder of the archive ({error.strerror}).") from error
        with suppress(_NotWritable), self._locked():
            remove_stale_temporaries(root)
            if not any(blobs.is_blob_name(name) for name in os.listdir(root)):
                create(self._manifest)
            self._settle()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among all processes and threads that receive into this archive."""
        try:
            descriptor = os.open(self.root / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
                raise
            raise _NotWritable(f"{self.root}: may not be written; it can only be read from here.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)  # which unlocks, as does the end of the process

    def _read(self) -> Chain:
        """The chain as it is now."""
        # Returned from a local name: another thread may be reading, and be behind.
        chain = read_chain(self._manifest, self._chain)
        if not self._manifest.exists() and any(blobs.is_blob_name(name) for name in os.listdir(self.root)):
            lost = f"{MANIFEST} is missing although files are archived. Restore it from a backup."
            chain = Chain(damage=(lost,))
        self._chain = chain
        return chain

    def _settle(self) -> Chain:
        """Under the lock: mend a torn last line and finish or undo what a dead process had begun."""
        chain = self._read()
        if self._manifest.exists():
            self._chain = chain = mend_tail(self._manifest, chain)
        if chain.damage:
            return chain  # without a sound manifest nobody knows which files were acknowledged
        received = {receipt.sha256 for receipt in chain.receipts}
        for name in os.listdir(self.root):
            if name.startswith(_PENDING):
                sha256 = name.removeprefix(_PENDING)
                if blobs.is_blob_name(sha256) and sha256 not in received:
                    (self.root / sha256).unlink(missing_ok=True)
                (self.root / name).unlink(missing_ok=True)
        return chain

    def _sound(self, chain: Chain) -> Chain:
        if chain.damage:
            raise ArchiveError(f"{self.root}: {chain.damage[0]}")
        return chain

    def store_bytes(self, path: Path) -> Blob:
        """Keep a file's bytes without a receipt; nothing is written when they are there already.

        Until `receive` gives it one, `verify` calls the file unreferenced.

        Raises:
            FileRefused: `path` is not a file, or can not be read.
        """
        staged = blobs.stage(self.root, path)
        try:
            with self._locked():
                self._settle()
                return self._place(staged, path)
        finally:
            blobs.discard(staged)

    def _place(self, staged: StagedFile, path: Path) -> Blob:
        if staged.temporary is None and not blobs.holds(self.root, staged.sha256, staged.size):
            staged = blobs.stage(self.root, path)  # undone by `_settle` since it was looked for
        return blobs.place(self.root, staged)

    def receive(
        self,
        path: Path,
        *,
        source: str,
        edition: str,
        file_name: str,
        origin: str,
        url: str | None = None,
        etag: str | None = None,
        synthetic: bool = False,
        retrieved_at: str | None = None,
    ) -> tuple[Receipt, bool]:
        """Keep a file and give it its release.

        Args:
            path: The file; it is copied.
            source: The source's id.
            edition: What the file says it is, e.g. `2024-12`; without an `.r2`.
            file_name: As the publisher or the user called it.
            origin: `sample`, `local`, `live` or `inbox`.
            url: Where it was fetched, if it was.
            etag: As the server gave it, if it did.
            synthetic: The file itself says that its figures are made up.
            retrieved_at: ISO 8601 with a time zone; now when None.

        Returns:
            The receipt, and whether it is new. Bytes that this source has issued before keep the receipt
            they have, whatever they are called now; other bytes of an edition become `.r2`, `.r3`, ...
            A near miss (`unknown-...`) that is now known to be an edition is received as that.

        Raises:
            FileRefused: `path` is not a file, or can not be read.
            ArchiveError: The manifest is damaged, or the archive can not be written; nothing was received.
            ValueError: A name that can not be a partition key, or an origin that does not exist.
        """
        check_name(source, "source")
        if _LOOKS_LIKE_REISSUE.fullmatch(check_name(edition, "edition")):
            raise ValueError(
                f"edition {edition!r} must not end like a reissue; the archive numbers these itself"
            )
        if origin not in ORIGINS:
            raise ValueError(f"origin {origin!r} must be one of {', '.join(ORIGINS)}")
        moment = _utc_seconds(retrieved_at)
        staged = blobs.stage(self.root, path)
        try:
            with self._locked():
                chain = self._sound(self._settle())
                earlier = [receipt for receipt in chain.receipts if receipt.source == source]
                known = [receipt for receipt in earlier if receipt.sha256 == staged.sha256]
                # What was nearly a release and now is one gets the name of its edition; never the other way round.
                named = [receipt for receipt in known if not is_unknown(receipt.release)]
                if named or (known and is_unknown(edition)):
                    self._place(staged, path)  # puts back a file that was lost
                    return (named or known)[0], False
                issues = [issue_of(r.release) for r in earlier if edition_of(r.release) == edition]
                receipt = Receipt(
                    source=source,
                    release=release_name(edition, max(issues, default=0) + 1),
                    sha256=staged.sha256,
                    size=staged.size,
                    # A name on disk need not be UTF-8, the manifest is.
                    file_name=file_name.encode("utf-8", "backslashreplace").decode("utf-8"),
                    url=url,
                    retrieved_at=moment,
                    etag=etag,
                    synthetic=synthetic,
                    origin=origin,
                )
                self._commit(receipt, staged, path, chain)
                return receipt, True
        finally:
            blobs.discard(staged)

    def _commit(self, receipt: Receipt, staged: StagedFile, path: Path, chain: Chain) -> None:
        if blobs.holds(self.root, receipt.sha256, receipt.size):
            self._chain = append(self._manifest, receipt, chain)
            return
        pending = self.root / f"{_PENDING}{receipt.sha256}"
        pending.touch()
        sync_folder(self.root)
        try:
            self._place(staged, path)
            self._chain = append(self._manifest, receipt, chain)
        except ArchiveError:
            self._settle()
            raise
        pending.unlink()

    def receipts(self, source: str | None = None) -> list[Receipt]:
        """Receipts in the order in which they were given, of one source or of all.

        Raises:
            ArchiveError: The manifest is damaged; the sentence says at which line.
        """
        found = self._sound(self._read()).receipts
        return [receipt for receipt in found if source is None or receipt.source == source]

    def find(self, source: str, release: str) -> Receipt | None:
        """The receipt of one release, None when it was never received.

        Raises:
            ArchiveError: The manifest is damaged.
        """
        return next((receipt for receipt in self.receipts(source) if receipt.release == release), None)

    def head(self) -> str:
        """Hash of the manifest's last line: names everything received so far, e.g. in a publication.

        Raises:
            ArchiveError: The manifest is damaged.
        """
        return str(self._sound(self._read()).head)

    def path_of(self, sha256: str) -> Path:
        """Where the file of a receipt stands. It is read-only and never changes.

        Raises:
            ArchiveError: The archive does not hold it.
        """
        path = self.root / sha256
        if not blobs.is_blob_name(sha256) or not path.is_file():
            raise ArchiveError(
                f"{self.root}: file {sha256} is not there. Receive it again or restore it from a backup."
            )
        return path

    def verify(self) -> list[str]:
        """Hash every file again and follow the whole chain.

        Returns:
            One sentence for everything that is wrong: a line of the manifest changed, removed or put in; a
            file missing or with other bytes; two files for one release; a file that no receipt names.
            Empty when all is as it was received. Nothing is mended, except what an interrupted run left.
        """
        names = os.listdir(self.root)
        # Under the lock, so that a file just received is not taken for a stray one; hashing is not.
        with suppress(_NotWritable), self._locked():
            self._settle()
            names = os.listdir(self.root)
        pending = {name for name in names if name.startswith(_PENDING)}
        self._chain = Chain()  # what was read before may have been changed since
        return faults_of(self.root, self._read(), names, own={_LOCK, *pending})


def _utc_seconds(moment: str | None) -> str:
    if moment is None:
        when = datetime.now(UTC)
    else:
        when = datetime.fromisoformat(moment)
        if when.tzinfo is None:
            raise ValueError(f"retrieved_at {moment!r} must say its time zone, e.g. 2025-04-24T08:30:00Z")
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
