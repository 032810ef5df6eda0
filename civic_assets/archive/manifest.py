"""The manifest: one line per receipt, each line sealed by the hash of the one before.

Belongs here: what a receipt is. Does not belong here: how it is written as a line and read
(`civic_assets.archive.chain`), the files themselves (`civic_assets.archive.blobs`) and who may append when
(`civic_assets.archive.archive`).
"""

from __future__ import annotations

from dataclasses import dataclass

from civic_assets.archive.chain import Form

MANIFEST = "manifest.jsonl"
ORIGINS = ("sample", "local", "live", "inbox")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Record that a file was received: what it is, and where and when it came from.

    Args:
        source: Id of the source, e.g. `ons_csp`.
        release: Name of the release, e.g. `2024-12`, or `2024-12.r2` for different bytes of the same edition.
        sha256: SHA-256 of the file; also its name in the archive.
        size: Size in bytes.
        file_name: Name the publisher or the user gave it.
        url: Address it was fetched from, if any.
        retrieved_at: Time of receipt: UTC, ISO 8601 to the second, e.g. `2025-04-24T08:30:00Z`.
        etag: ETag the server sent, if any.
        synthetic: Whether the file itself says that its figures are made up.
        origin: One of `ORIGINS`.
    """

    source: str
    release: str
    sha256: str
    size: int
    file_name: str
    url: str | None
    retrieved_at: str
    etag: str | None
    synthetic: bool
    origin: str


_TYPES: dict[str, tuple[type, ...]] = {
    **{name: (str,) for name in ("source", "release", "sha256", "file_name", "retrieved_at", "origin")},
    **{name: (str, type(None)) for name in ("url", "etag")},
    "size": (int,),
    "synthetic": (bool,),
}
FORM = Form(MANIFEST, Receipt, _TYPES, "Restore manifest.jsonl from a backup; nothing has been changed")
"""What the lines of the manifest are."""
