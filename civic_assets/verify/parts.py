"""The parts of a store, each compared with its hashes.

Belongs here: which hash says what each file was. Does not belong here: what depends on a file (`dependents`), and the
order of the parts (`everything`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from civic_assets.acquire import fetches
from civic_assets.answers.verification import Difference
from civic_assets.archive import manifest as received
from civic_assets.archive.blobs import is_blob_name
from civic_assets.archive.chain import NO_LINE, Chain, Form, read_chain
from civic_assets.archive.verification import faults_of
from civic_assets.layers.root import REPORT
from civic_assets.layers.store import Store
from civic_assets.publish.publication import LATEST, hash_of, manifests
from civic_assets.publish.read_model.placing import PLACED
from civic_assets.publish.site.record import RECORD, digest_of, read_record
from civic_assets.tables.atomic import is_temporary
from civic_assets.tables.file_states import content_sha256
from civic_assets.tables.sealed import Seal, seal_of
from civic_assets.verify.dependents import Dependents

ARCHIVE, REQUESTS, TABLES, PUBLICATIONS, READ_MODEL, SITE = (
    "archive",
    "requests",
    "tables",
    "publications",
    "read model",
    "site",
)
_REFRESH = "A refresh makes it again: civic-assets refresh"
_REPORT = "Build the site again: civic-assets report"
_BACKUP = "Restore it from a backup"
_SEALED_FILES = ("current.json", "facts.json")


def archive(store: Store, dependents: Dependents, only: Collection[str] | None = None) -> list[Difference]:
    """Compare received files, and the chain of their receipts.

    Args:
        store: The store.
        dependents: What was made from what.
        only: SHA-256 of the files that are hashed; all if None. The chain is always compared whole.
    """
    root = store.root / "archive"
    if not root.is_dir():
        return []
    file = root / received.MANIFEST
    chain = read_chain(received.FORM, file)
    names = [name for name in os.listdir(root) if not name.endswith(".lock")]
    found = list(_torn(chain, file, f"archive/{received.MANIFEST}", received.FORM, ARCHIVE))
    if only is not None:
        names = [name for name in names if not is_blob_name(name) or name in only]
        chain = replace(chain, receipts=tuple(one for one in chain.receipts if one.sha256 in only))
    found += [
        Difference(ARCHIVE, f"archive/{name}", sentence, dependents.of_file(name))
        for name, sentence in faults_of(root, chain, names, own=())
    ]
    return found


def requests(store: Store) -> list[Difference]:
    """Compare the receipts of all requests to publishers."""
    file = store.root / "acquired" / fetches.FETCHES
    if not file.is_file():
        return []
    chain, name = read_chain(fetches.FORM, file), f"acquired/{fetches.FETCHES}"
    return [
        *_torn(chain, file, name, fetches.FORM, REQUESTS),
        *(Difference(REQUESTS, name, sentence) for sentence in chain.damage),
    ]


def _torn(chain: Chain[Any], file: Path, name: str, form: Form[Any], part: str) -> Iterator[Difference]:
    """A last line that is not complete."""
    if file.is_file() and not chain.damage and file.stat().st_size != chain.end:
        yield Difference(part, name, f"{form.file} does not end with a whole line. {form.what_to_do}.")


def tables(store: Store, dependents: Dependents, only: Collection[str] | None = None) -> list[Difference]:
    """Compare tables with the hashes that are their names, and the small files next to them with their seals.

    Args:
        store: The store.
        dependents: What was made from what.
        only: Hashes of the tables that are compared; everything if None.
    """
    root = store.tables.root
    found = []
    for folder, _, names in sorted(os.walk(root)):
        for name in sorted(names):
            file = Path(folder) / name
            place = file.relative_to(store.root).as_posix()
            stem, _, ending = name.rpartition(".")
            if ending == "parquet" and is_blob_name(stem):
                if (only is None or stem in only) and (now := content_sha256(file)) != stem:
                    sentence = f"The table has changed: its SHA-256 is now {now}. Remove it. {_REFRESH}."
                    found.append(Difference(TABLES, place, sentence, dependents.of_table(stem)))
            elif only is None and name in _SEALED_FILES:
                damaged = _of_seal(file, place, TABLES, f"Remove it. {_REFRESH}")
                found += damaged or (_of_current(file, place) if name == "current.json" else [])
            elif only is None and not is_temporary(name):
                sentence = f"The file does not belong to the tables. Move it elsewhere: {file}."
                found.append(Difference(TABLES, place, sentence))
    return found


def _of_current(file: Path, place: str) -> list[Difference]:
    """The table that a sealed `current.json` names must be there, and as long as it was."""
    entry = json.loads(file.read_bytes())
    table = file.with_name(f"{entry['hash']}.parquet")
    if table.is_file() and table.stat().st_size == entry["bytes"]:
        return []
    return [
        Difference(TABLES, place, f"The table that it names, {table.stem}, is not there whole. {_REFRESH}.")
    ]


def _of_seal(file: Path, place: str, part: str, what_to_do: str) -> list[Difference]:
    """A small file whose seal is wrong, or that has none."""
    try:
        seal = seal_of(file.read_bytes())
    except OSError as error:
        return [Difference(part, place, f"The file cannot be read: {error.strerror}. {what_to_do}.")]
    said = {
        Seal.WRONG: "The file was changed after it was written: the hash that it carries does not fit",
        Seal.NONE: "The file carries no hash of itself: it is of an earlier version, or was changed at its beginning",
    }
    return [] if seal is Seal.RIGHT else [Difference(part, place, f"{said[seal]}. {what_to_do}.")]


def publications(store: Store, only: int | None = None) -> list[Difference]:
    """Compare manifests of publications with their seals and with each other, and with what they name.

    Args:
        store: The store.
        only: Number of the one publication whose files and tables must be there; all if None.
    """
    found: list[Difference] = []
    heads = _heads(store)
    before = b""
    for file in manifests(store):
        place, content = f"publications/{file.name}", file.read_bytes()
        depends = (f"publication {file.stem}",)
        sealed = [] if _of_earlier_version(content) else _of_seal(file, place, PUBLICATIONS, _BACKUP)
        found += [replace(one, depends=depends) for one in sealed]
        if not sealed:
            manifest = json.loads(content)
            found += [
                Difference(PUBLICATIONS, place, sentence, depends)
                for sentence in _of_manifest(manifest, int(file.stem), before, heads)
            ]
            if only in (None, int(file.stem)):
                found += _named(store, manifest, place, depends)
        before = content
    latest = store.publications / LATEST
    if before and (not latest.is_file() or latest.read_bytes() != before):
        named = manifests(store)[-1].name
        sentence = f"The file is not the manifest of the last publication. Copy publications/{named} over it."
        found.append(Difference(PUBLICATIONS, f"publications/{LATEST}", sentence))
    return found


def _of_earlier_version(content: bytes) -> bool:
    """Whether a manifest is of a version that sealed none. The next manifest carries the hash of its bytes."""
    try:
        return "before" not in json.loads(content) and seal_of(content) is Seal.NONE
    except ValueError:
        return False


def _of_manifest(
    manifest: Mapping[str, Any], number: int, before: bytes, heads: Collection[str]
) -> Iterator[str]:
    if hash_of(manifest["content"]) != manifest["hash"]:
        yield f"The hash of its content is not {manifest['hash']}, which it names. {_BACKUP}."
    if manifest["number"] != number:
        yield f"It says that it belongs to publication {manifest['number']}. {_BACKUP}."
    if "before" in manifest and manifest["before"] != (hashlib.sha256(before).hexdigest() if before else ""):
        yield "The manifest before it is missing or has changed. Restore that manifest from a backup."
    if manifest["archive_head"] not in heads:
        yield (
            "The archive no longer has the line with which it ended when this was published. Restore "
            "archive/manifest.jsonl from a backup."
        )


def _heads(store: Store) -> set[str]:
    """Hash of every line of the receipts: an archive that has lost its end has not that of the last line."""
    file = store.root / "archive" / received.MANIFEST
    heads = {NO_LINE}
    for line in file.read_bytes().splitlines() if file.is_file() else ():
        try:
            heads.add(str(json.loads(line)["hash"]))
        except (ValueError, KeyError, TypeError):
            continue
    return heads


def _named(
    store: Store, manifest: Mapping[str, Any], place: str, depends: tuple[str, ...]
) -> Iterator[Difference]:
    """Files and tables that a manifest names and that are not there."""
    for one in manifest["content"]["inputs"]:
        if not (store.root / "archive" / one["sha256"]).is_file():
            sentence = (
                f"The file of {one['source']} {one['release']}, {one['sha256']}, is not in the archive."
            )
            yield Difference(PUBLICATIONS, place, f"{sentence} Restore it from a backup.", depends)
    for one in manifest["content"]["tables"]:
        folder = store.tables.root / one["layer"] / one["source"] / one["release"]
        if not (folder / f"{one['hash']}.parquet").is_file():
            sentence = (
                f"The table {one['layer']} of {one['source']} {one['release']}, {one['hash']}, is not there."
            )
            yield Difference(PUBLICATIONS, place, f"{sentence} {_REFRESH}.", depends)


def read_model(store: Store) -> list[Difference]:
    """Compare the read model with its hash."""
    if not store.database.is_file():
        return []
    depends = ("everything that reads civic.duckdb",)
    file = store.root / PLACED
    seal = _of_seal(file, PLACED, READ_MODEL, f"Remove it. {_REFRESH}")
    found = [replace(one, depends=depends) for one in seal]
    log = store.database.with_name(store.database.name + ".wal")
    if log.exists():
        sentence = f"Another program has written to the read model. Close it and remove the file. {_REFRESH}."
        found.append(Difference(READ_MODEL, log.name, sentence, depends))
    if found:
        return found
    if content_sha256(store.database) != json.loads(file.read_bytes())["sha256"]:
        sentence = f"The read model has changed since it was put into place. Remove it. {_REFRESH}."
        found.append(Difference(READ_MODEL, store.database.name, sentence, depends))
    return found


def site(store: Store) -> list[Difference]:
    """Compare the pages of the site with their hashes."""
    folder = store.root / REPORT
    if not folder.is_dir():
        return []
    found = _of_seal(folder / RECORD, f"{REPORT}/{RECORD}", SITE, f"Remove it. {_REPORT}")
    if found:
        return found
    pages = read_record(folder).pages
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    for address in sorted(pages.keys() - there):
        found.append(Difference(SITE, f"{REPORT}/{address}", f"The page is missing. {_REPORT}."))
    for address in sorted(there - pages.keys() - {RECORD}):
        sentence = "The file does not belong to the site. Move it elsewhere, or build the site again."
        found.append(Difference(SITE, f"{REPORT}/{address}", sentence))
    for address in sorted(pages.keys() & there):
        if digest_of((folder / address).read_bytes()) != pages[address].digest:
            sentence = f"The page has changed since it was written. Remove it. {_REPORT}."
            found.append(Difference(SITE, f"{REPORT}/{address}", sentence))
    return found
