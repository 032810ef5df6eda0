"""Small documents that were read before: kept with what makes the next request for them conditional.

Belongs here: keeping and finding them again. Does not belong here: asking for them (`client`).

A file holds one line of JSON, which says what follows, and then the body. It is a cache: a file that is not as it was
written is as good as missing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from civic_assets.acquire.asking import Document, Validators
from civic_assets.tables.atomic import atomic_write_bytes, remove_stale_temporaries

_HEADERS = ("content-type", "etag", "last-modified", "date", "link")


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept document and its validators."""

    document: Document
    validators: Validators


class Documents:
    """The folder of kept documents.

    Args:
        folder: The folder; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale_temporaries(folder)

    def get(self, asked: str) -> Kept | None:
        """The document of an address, if it is kept as it was answered."""
        try:
            line, _, body = self._path(asked).read_bytes().partition(b"\n")
            said = json.loads(line)
            if said["asked"] != asked or said["sha256"] != hashlib.sha256(body).hexdigest():
                return None
            headers = {str(name): str(value) for name, value in said["headers"].items()}
            document = Document(asked, str(said["url"]), int(said["status"]), headers, body, unchanged=True)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return Kept(document, Validators(headers.get("etag"), headers.get("last-modified")))

    def keep(self, document: Document) -> None:
        """Keep a document, if its publisher can say whether it has changed."""
        headers = {name: value for name, value in document.headers.items() if name in _HEADERS}
        if not {"etag", "last-modified"} & set(headers):
            self._path(document.asked).unlink(missing_ok=True)
            return
        said = {
            "asked": document.asked,
            "url": document.url,
            "status": document.status,
            "headers": headers,
            "sha256": hashlib.sha256(document.body).hexdigest(),
        }
        line = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
        atomic_write_bytes(self._path(document.asked), line + b"\n" + document.body)

    def _path(self, asked: str) -> Path:
        return self._folder / hashlib.sha256(asked.encode()).hexdigest()
