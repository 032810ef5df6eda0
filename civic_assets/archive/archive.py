"""The archive: every file a publisher issued, kept for ever, with the receipt that says what it is.

Belongs here: receiving a file (deciding which release it is, once, even when several processes receive at the same
time), finding it again, and checking that everything is still as it was received. Does not belong here: fetching files
from publishers, and recognising which source and edition a file belongs to.

Steps of receiving a file. The order leaves nothing half done wherever it is interrupted:
copy to a temporary name -> lock -> `pending-<sha256>` -> rename to `<sha256>` -> manifest line -> remove
`pending-` -> unlock. A process that finds a `pending-` file while it holds the lock knows that the writer is gone:
if the manifest has a line for the file, the file is kept; if not, it was never acknowledged and is removed.
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
from civic_assets.archive.chain import Chain, append, create, mend_tail, read_chain
from civic_assets.archive.manifest import FORM, MANIFEST, ORIGINS, Receipt
from civic_assets.archive.verification import faults_of
from civic_assets.errors import ArchiveError, UsageError
from civic_assets.tables.atomic import remove_stale_temporaries, sync_folder
from civic_assets.tables.release_names import check_name, edition_of, is_unknown, issue_of, release_name

_LOCK = "manifest.lock"
_PENDING = "pending-"
_LOOKS_LIKE_REISSUE = re.compile(r".*\.r[0-9]+", re.DOTALL)


class _NotWritable(ArchiveError):
    """The archive is read-only for this user, e.g. on a medium handed to an auditor."""


class Archive:
    """A folder of files under their sha256 and `manifest.jsonl`, a chain of receipts.

    Opening it clears away what interrupted runs left. Damage to the manifest is left as it is: any method that needs
    the receipts raises it, and `verify` lists it.

    Args:
        root: The folder; created if missing. A read-only folder can still be read.

    Raises:
        UsageError: `root` is a file, or cannot be created.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._manifest = root / MANIFEST
        self._chain: Chain[Receipt] = Chain()
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"{root}: cannot be used as the archive folder ({error.strerror}). Choose another folder."
            ) from error
        with suppress(_NotWritable), self._locked():
            remove_stale_temporaries(root)
            if not any(blobs.is_blob_name(name) for name in os.listdir(root)):
                create(self._manifest)
            self._settle()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock that keeps out all other processes and threads that receive into this archive."""
        try:
            descriptor = os.open(self.root / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
                raise
            raise _NotWritable(
                f"{self.root}: is read-only; choose another store to receive files."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)  # this unlocks; so does the end of the process

    def _read(self) -> Chain[Receipt]:
        """The manifest's chain as it is now."""
        # Returned from a local name: another thread may be reading at the same time and be behind.
        chain = read_chain(FORM, self._manifest, self._chain)
        if not self._manifest.exists() and any(blobs.is_blob_name(name) for name in os.listdir(self.root)):
            lost = f"{MANIFEST} is missing although files are archived. Restore it from a backup."
            chain = Chain(damage=(lost,))
        self._chain = chain
        return chain

    def _settle(self) -> Chain[Receipt]:
        """With the lock held: repair a torn last line, and finish or undo what a dead process had begun."""
        chain = self._read()
        if self._manifest.exists():
            self._chain = chain = mend_tail(FORM, self._manifest, chain)
        if chain.damage:
            return chain  # without a sound manifest it is unknown which files were acknowledged
        received = {receipt.sha256 for receipt in chain.receipts}
        for name in os.listdir(self.root):
            if name.startswith(_PENDING):
                sha256 = name.removeprefix(_PENDING)
                if blobs.is_blob_name(sha256) and sha256 not in received:
                    (self.root / sha256).unlink(missing_ok=True)
                (self.root / name).unlink(missing_ok=True)
        return chain

    def _sound(self, chain: Chain[Receipt]) -> Chain[Receipt]:
        if chain.damage:
            raise ArchiveError(f"{self.root}: {chain.damage[0]}")
        return chain

    def store_bytes(self, path: Path) -> Blob:
        """Keep a file's bytes without a receipt; write nothing if the archive already holds them.

        Until `receive` gives it one, `verify` calls the file unreferenced.

        Raises:
            FileRefused: `path` is not a file, or cannot be read.
        """
        staged = blobs.stage(self.root, path)
        try:
            with self._locked():
                self._settle()
                return self._place(staged, path)
        finally:
            blobs.discard(staged)

    def _place(self, staged: StagedFile, path: Path, name: str = "") -> Blob:
        if staged.temporary is None and not blobs.holds(self.root, staged.sha256, staged.size):
            staged = blobs.stage(self.root, path, name)  # `_settle` removed it after we looked for it
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
        """Archive a file and assign its release.

        Args:
            path: File to archive; it is copied.
            source: Id of the source.
            edition: Edition the file claims to be, e.g. `2024-12`; without an `.r2`.
            file_name: Name the publisher or the user gave it.
            origin: `sample`, `local`, `live` or `inbox`.
            url: Address it was fetched from, if any.
            etag: ETag the server sent, if any.
            synthetic: Whether the file itself says that its figures are made up.
            retrieved_at: ISO 8601 with a time zone; None means now.

        Returns:
            The receipt, and whether it is new. Bytes that this source has issued before keep their receipt, whatever
            they are called now; different bytes for a known edition become `.r2`, `.r3`, ... A near miss
            (`unknown-...`) that is now recognised as an edition is received as that edition.

        Raises:
            FileRefused: `path` is not a file, or cannot be read.
            ArchiveError: The manifest is damaged, or the archive cannot be written; nothing was received.
            ValueError: A name is not a valid partition key, or the origin does not exist.
        """
        check_name(source, "source")
        if _LOOKS_LIKE_REISSUE.fullmatch(check_name(edition, "edition")):
            raise ValueError(
                f"edition {edition!r} must not end like a reissue; the archive numbers these itself"
            )
        if origin not in ORIGINS:
            raise ValueError(f"origin {origin!r} must be one of {', '.join(ORIGINS)}")
        moment = _utc_seconds(retrieved_at)
        staged = blobs.stage(self.root, path, file_name)
        try:
            with self._locked():
                chain = self._sound(self._settle())
                earlier = [receipt for receipt in chain.receipts if receipt.source == source]
                known = [receipt for receipt in earlier if receipt.sha256 == staged.sha256]
                # A near miss that is now recognised as a release takes the name of its edition; never the other way
                # round.
                named = [receipt for receipt in known if not is_unknown(receipt.release)]
                if named or (known and is_unknown(edition)):
                    self._place(staged, path, file_name)  # restores a file that was lost
                    return (named or known)[0], False
                issues = [issue_of(r.release) for r in earlier if edition_of(r.release) == edition]
                receipt = Receipt(
                    source=source,
                    release=release_name(edition, max(issues, default=0) + 1),
                    sha256=staged.sha256,
                    size=staged.size,
                    # A file name on disk need not be UTF-8; the manifest is.
                    file_name=file_name.encode("utf-8", "backslashreplace").decode("utf-8"),
                    url=url,
                    retrieved_at=moment,
                    etag=etag,
                    synthetic=synthetic,
                    origin=origin,
                )
                self._commit(receipt, staged, path, chain)
                return receipt, True
        except (
            OSError
        ) as error:  # of the lock, the mark or a rename: the archive cannot be written, whatever the file
            raise ArchiveError(blobs.not_archived(self.root, file_name, error)) from error
        finally:
            blobs.discard(staged)

    def _commit(self, receipt: Receipt, staged: StagedFile, path: Path, chain: Chain[Receipt]) -> None:
        if blobs.holds(self.root, receipt.sha256, receipt.size):
            self._chain = append(FORM, self._manifest, receipt, chain)
            return
        pending = self.root / f"{_PENDING}{receipt.sha256}"
        pending.touch()
        sync_folder(self.root)
        try:
            self._place(staged, path, receipt.file_name)
            self._chain = append(FORM, self._manifest, receipt, chain)
        except ArchiveError:
            self._settle()
            raise
        pending.unlink()

    def receipts(self, source: str | None = None) -> list[Receipt]:
        """Receipts of one source, or of all, in the order they were issued.

        Raises:
            ArchiveError: The manifest is damaged; the message names the line.
        """
        found = self._sound(self._read()).receipts
        return [receipt for receipt in found if source is None or receipt.source == source]

    def find(self, source: str, release: str) -> Receipt | None:
        """The receipt of one release, or None if it was never received.

        Raises:
            ArchiveError: The manifest is damaged.
        """
        return next((receipt for receipt in self.receipts(source) if receipt.release == release), None)

    def head(self) -> str:
        """Hash of the manifest's last line: identifies everything received so far, e.g. in a publication.

        Raises:
            ArchiveError: The manifest is damaged.
        """
        return str(self._sound(self._read()).head)

    def path_of(self, sha256: str) -> Path:
        """Path of a receipt's file. The file is read-only and never changes.

        Raises:
            ArchiveError: The archive does not hold it.
        """
        path = self.root / sha256
        if not blobs.is_blob_name(sha256) or not path.is_file():
            raise ArchiveError(
                f"{self.root}: file {sha256} is missing from the archive. Receive it again or restore it from a backup."
            )
        return path

    def verify(self) -> list[str]:
        """Hash every file again and check the whole chain.

        Returns:
            One sentence for each fault: a line of the manifest changed, removed or inserted; a file missing or with
            different bytes; two files for one release; a file that no receipt names. Empty if all is as it was
            received. Nothing is repaired, except what an interrupted run left.
        """
        names = os.listdir(self.root)
        # The lock is held here, so that a file just received is not taken for a stray one; it is not held for hashing.
        with suppress(_NotWritable), self._locked():
            self._settle()
            names = os.listdir(self.root)
        pending = {name for name in names if name.startswith(_PENDING)}
        self._chain = Chain()  # what was read before may have changed since
        found = faults_of(self.root, self._read(), names, own={_LOCK, *pending})
        return [sentence for _, sentence in found]


def _utc_seconds(moment: str | None) -> str:
    if moment is None:
        when = datetime.now(UTC)
    else:
        when = datetime.fromisoformat(moment)
        if when.tzinfo is None:
            raise ValueError(f"retrieved_at {moment!r} must have a time zone, e.g. 2025-04-24T08:30:00Z")
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
