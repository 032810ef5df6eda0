"""The store: the folder that holds all data of one installation.

Belongs here: the root of the store, which is the one setting, and the names of its parts. Does not belong here: what
the parts do (`archive`, `tables`, `publish`).
"""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path

from civic_assets.archive import Archive
from civic_assets.errors import UsageError
from civic_assets.layers.remote.place import copied_from
from civic_assets.layers.remote.session import bring_to_read
from civic_assets.layers.root import store_root
from civic_assets.tables import TableStore
from civic_assets.unforeseen import sentence_of


class Store:
    """The folder of one installation.

    Args:
        root: Folder given by `--store`, else `CIVIC_STORE`, else `.civic` in the working directory.

    Raises:
        UsageError: The folder cannot be created or written.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = store_root(root)
        try:
            for folder in (self.root, self.publications, self.dagster_home, self.inbox):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(
                f"The store {self.root} cannot be used: {reason}. Choose another with --store."
            ) from None

    @classmethod
    def existing(cls, root: Path | None = None) -> Store:
        """Open a store for reading only: it must exist, and nothing is created in it.

        Args:
            root: See `Store`.

        Raises:
            UsageError: The folder does not exist, or nothing was ever taken into it or asked of a publisher for it.
        """
        store = cls.__new__(cls)
        store.root = store_root(root)
        bring_to_read(store.root)
        try:
            has_content = any(
                (store.root / name).exists()
                for name in ("archive", "publications", "acquired", "civic.duckdb")
            )
        except OSError as error:
            raise UsageError(sentence_of(error)) from None
        if not has_content:
            raise UsageError(
                f"There is no store in {store.name}. Create one with: civic-assets refresh --store {store.name}; or "
                "name yours with --store or CIVIC_STORE."
            )
        return store

    @property
    def name(self) -> str:
        """What a person calls it: its folder, or the address that it is a working copy of."""
        return copied_from(self.root) or str(self.root)

    def require_content(self) -> None:
        """Check that something was received or published here.

        Raises:
            UsageError: Nothing was received or published, as after a refresh that stopped at once.
        """
        if self.database.is_file() or self.archive.receipts():
            return
        raise UsageError(
            f"Nothing is published in {self.name}, and no file was ever received there. Publish with: civic-assets "
            f"refresh --store {self.name}; or name another store with --store or CIVIC_STORE."
        )

    def require_writable(self) -> None:
        """Check, before long work begins, that the store can be written.

        Raises:
            UsageError: The store cannot be written; the message names the folder and the reason.
        """
        for folder in (
            self.root,
            self.root / "archive",
            self.root / "tables",
            self.publications,
            self.dagster_home,
        ):
            if not folder.is_dir():
                continue
            try:
                with tempfile.TemporaryFile(dir=folder):
                    pass
            except OSError as error:
                reason = error.strerror or error
                raise UsageError(
                    f"The store cannot be written in {folder}: {reason}. Change its permissions, or choose "
                    "another with --store."
                ) from None

    @cached_property
    def archive(self) -> Archive:
        """Files as received, and the manifest of receipts."""
        return Archive(self.root / "archive")

    @cached_property
    def tables(self) -> TableStore:
        """Parquet tables by layer, source and release."""
        return TableStore(self.root / "tables")

    @property
    def publications(self) -> Path:
        """Manifests of publications."""
        return self.root / "publications"

    @property
    def database(self) -> Path:
        """The read model."""
        return self.root / "civic.duckdb"

    @property
    def dagster_home(self) -> Path:
        """Runs, events and schedules of Dagster."""
        return self.root / "dagster"

    @property
    def inbox(self) -> Path:
        """Folder that the sensor watches for new files."""
        return self.root / "inbox"
