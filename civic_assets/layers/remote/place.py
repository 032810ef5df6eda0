"""What the address of a store in an object store means, and where its working copy is.

Belongs here: telling an address from a folder, and the folder of the working copy, which says of what it is a copy.
Does not belong here: any request (`objects`).

Imports little: every command asks whether its store is a folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from civic_assets.errors import UsageError

MARK = "copy_of.json"
"""File in a working copy that names the store it is a copy of."""
WORKING_COPIES = "CIVIC_WORKING_COPIES"
"""Setting: the folder in which working copies are; `working-copies` in the user's cache folder if it is not set."""
_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+):/{1,2}(?P<rest>[^/].*)\Z", re.DOTALL)
_SCHEMES = ("s3", "gs", "az", "file")


def address_of(named: object) -> str | None:
    """The address that a text or path names; None if it names a folder.

    A `Path` made from an address has lost one of its two slashes, which is put back.

    Raises:
        UsageError: It is an address of a kind that is not supported, or has no bucket.
    """
    found = _ADDRESS.match(str(named))
    if found is None:
        return None
    scheme, rest = found["scheme"], found["rest"].rstrip("/")
    if scheme not in _SCHEMES:
        raise UsageError(
            f"A store cannot be at {named}. Use a folder, or an address that begins with s3://, gs:// or az://."
        )
    slashes = "///" if scheme == "file" else "//"
    address = f"{scheme}:{slashes}{rest}"
    parts = urlsplit(address)
    if parts.query or parts.fragment or parts.username or parts.password:
        raise UsageError(
            "The address of a store has a bucket and a path only. Keys and other settings are given in the "
            "environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL, ..."
        )
    return address


def working_copy(address: str) -> Path:
    """Folder of the working copy of a store, made with its mark if it is not there.

    Raises:
        UsageError: The folder cannot be made.
    """
    folder = _folder_of_copies() / hashlib.sha256(address.encode()).hexdigest()[:16]
    mark = folder / MARK
    try:
        if not mark.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            temporary = folder / f"{MARK}.{os.getpid()}"
            temporary.write_text(json.dumps({"address": address}) + "\n", encoding="utf-8")
            temporary.replace(mark)
    except OSError as error:
        raise UsageError(
            f"The working copy of {address} cannot be made in {folder}: {error.strerror or error}. Name another folder "
            f"with {WORKING_COPIES}."
        ) from None
    return folder


def copied_from(root: Path) -> str | None:
    """The address that a folder is a working copy of; None if it is a store of its own.

    Raises:
        UsageError: The mark of a working copy is damaged.
    """
    mark = root / MARK
    try:
        text = mark.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return str(json.loads(text)["address"])
    except (ValueError, KeyError, TypeError):
        raise UsageError(
            f"{mark} is damaged, so it is not known of which store {root} is a working copy. Remove that folder: the "
            "store itself is in the object store, and the next command copies it again."
        ) from None


def _folder_of_copies() -> Path:
    if named := os.environ.get(WORKING_COPIES):
        return Path(named).absolute()
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "civic-assets" / "working-copies"
