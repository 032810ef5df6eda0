"""What a site says of itself in `site.json`, and whether its files are still as they were written.

Belongs here: the record, and comparing a file with it. Does not belong here: which pages there are (`build`).

A page counts as written if its size and the time of its last change are those of the record; then it is not read. If
only the time differs, as after a copy of the store, its content decides.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from civic_assets.tables.sealed import sealed

RECORD = "site.json"
_DIGEST_BYTES = 16


class Written(NamedTuple):
    """A page as it was written.

    Args:
        key: Hash of everything it was made from; empty if it is made each time.
        size: Bytes.
        changed: Time of its last change, in nanoseconds.
        digest: Hash of its content.
    """

    key: str
    size: int
    changed: int
    digest: str


@dataclass(frozen=True, slots=True)
class Record:
    """What a site says of itself.

    Args:
        stamp: Hash of everything that the site was built from.
        publication: Hash of the publication.
        number: Its number.
        pages: Every file of the site, by address.
    """

    stamp: str
    publication: str
    number: int
    pages: Mapping[str, Written] = field(default_factory=dict)


NONE = Record("", "", 0)
"""The record where there is no site."""


def read_record(folder: Path) -> Record:
    """The record of the site in a folder; `NONE` if there is none, or if it cannot be read."""
    try:
        about: Any = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        pages = {
            str(address): Written(str(key), int(size), int(changed), str(digest))
            for address, (key, size, changed, digest) in about["pages"].items()
        }
        return Record(str(about["stamp"]), str(about["publication"]), int(about["number"]), pages)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return NONE


def write_record(folder: Path, record: Record) -> None:
    """Write the record into the folder of a site."""
    about = {
        "stamp": record.stamp,
        "publication": record.publication,
        "number": record.number,
        "pages": dict(sorted(record.pages.items())),
    }
    (folder / RECORD).write_bytes(sealed(json.dumps(about, separators=(",", ":")) + "\n"))


def write_page(folder: Path, address: str, key: str, text: str) -> Written:
    """Write a page into the folder of a new site."""
    content = text.encode("utf-8", "replace")
    file = os.path.join(folder, address)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "xb") as opened:
        opened.write(content)
    about = os.stat(file)
    return Written(key, about.st_size, about.st_mtime_ns, digest_of(content))


def as_written(folder: Path, address: str, page: Written) -> Written | None:
    """The entry of a page for the next record, if its file is as it was written; None if it is not."""
    file = os.path.join(folder, address)
    try:
        about = os.stat(file)
        if about.st_size != page.size:
            return None
        if about.st_mtime_ns == page.changed:
            return page
        with open(file, "rb") as opened:
            same = digest_of(opened.read()) == page.digest
    except OSError:
        return None
    return page._replace(changed=about.st_mtime_ns) if same else None


def digest_of(content: bytes) -> str:
    """Hash of the content of a page (BLAKE2b, 128 bits)."""
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()
