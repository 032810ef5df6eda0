"""The stores of past publications: each is made again when somebody first asks for it, and kept.

Belongs here: where they are, and whether one can be used. Does not belong here: making one (`rebuild`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from civic_assets.contracts.model import Contract
from civic_assets.errors import UsageError
from civic_assets.layers.store import Store
from civic_assets.publish.judgement import waits_for_judgement
from civic_assets.publish.publication import latest
from civic_assets.publish.rebuild import manifest_of, rebuild
from civic_assets.tables.atomic import remove_stale_temporaries, temporary_path

PAST = "past"
"""Folder of a store with one store for each past publication that was asked for; it can be deleted at any time."""


def as_of(
    store: Store,
    number: int | None,
    contracts: Mapping[str, Contract],
    progress: Callable[[str], None] = lambda _: None,
) -> Store:
    """The store of a publication: this one for the last publication, otherwise one that is made again and kept.

    Args:
        store: The store.
        number: Number of the publication; None for the last.
        contracts: Contracts of all sources, as they were then.
        progress: Function called with a sentence about each step.

    Raises:
        UsageError: It cannot be made again, or its tables would not contain what they did.
    """
    if number is None:
        return store
    last = latest(store)
    manifest = manifest_of(store, number)
    if last is not None and last["number"] == number:
        return store
    return _again(store, manifest, contracts, progress)


def as_published(
    store: Store,
    manifest: Mapping[str, Any],
    contracts: Mapping[str, Contract],
    progress: Callable[[str], None] = lambda _: None,
) -> Store:
    """The store of a publication as it was published.

    A file that is held back makes no new publication, but the read model of the last one then says that it was held
    back. In that case the publication is made again too, and so it is if the suites have not judged the read model, or
    another program has changed it.

    Args:
        store: The store.
        manifest: Manifest of the publication.
        contracts: Contracts of all sources, as they were then.
        progress: Function called with a sentence about each step.

    Raises:
        UsageError: It cannot be made again, or its tables would not contain what they did.
    """
    from civic_assets.publish.read_model.connection import open_read_model
    from civic_assets.publish.read_model.placing import as_put
    from civic_assets.publish.table_contents import TableContents, contents_of

    last = latest(store)
    if (
        last is not None
        and last["number"] == manifest["number"]
        and as_put(store)
        and not waits_for_judgement(store)
    ):
        with open_read_model(store) as connection:
            here = contents_of(connection)
        if manifest.get("read_model") and here == TableContents.of_document(manifest["read_model"]):
            return store
    return _again(store, manifest, contracts, progress)


def _again(
    store: Store,
    manifest: Mapping[str, Any],
    contracts: Mapping[str, Contract],
    progress: Callable[[str], None],
) -> Store:
    """The store of a publication that is made again, and kept."""
    number = int(manifest["number"])
    folder = store.root / PAST / str(number)
    if _is_of(folder, manifest["hash"]):
        return Store.existing(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    remove_stale_temporaries(folder.parent)
    temporary = temporary_path(folder.parent)
    again = rebuild(store, number, temporary, contracts, progress)
    if again.different:
        shutil.rmtree(temporary, ignore_errors=True)
        raise UsageError(f"{again.sentence} It is not used. Run: civic-assets verify")
    temporary.rename(folder)
    return Store.existing(folder)


def _is_of(folder: Path, digest: str) -> bool:
    """Whether a folder has the whole store of a publication, and nobody has changed its read model."""
    from civic_assets.publish.read_model.placing import as_put

    if not (folder / "publications").is_dir():
        return False
    store = Store.existing(folder)
    manifest = latest(store)
    return manifest is not None and manifest["hash"] == digest and as_put(store)
