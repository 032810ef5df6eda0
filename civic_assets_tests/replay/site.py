"""What a replayed site is: hosts, and a function from a request to an answer.

Belongs here: the shape of both. Does not belong here: the wire (`server`), and what a publisher answers (`sites`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in.

    Args:
        method: `GET`, `HEAD` or `POST`.
        host: Name of the host that was asked, without a port.
        path: Path, percent-decoded.
        query: Names and values of the query, decoded, in order.
        headers: Headers, names in lower case.
        body: Body of the request.
    """

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""

    def get(self, name: str, default: str = "") -> str:
        """Value of the first query parameter of a name."""
        return next((value for key, value in self.query if key == name), default)

    @property
    def url(self) -> str:
        """Path and query, for logs."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass(slots=True)
class Told:
    """An answer, before the server has done with it what HTTP demands (conditions, ranges, encodings).

    Args:
        status: Status code.
        headers: More headers, e.g. `content-type`; names in any case.
        body: The whole body, or a file that holds it.
        etag: Value of the ETag header, with its quotation marks.
        last_modified: Value of the Last-Modified header.
        ranges: Whether parts may be asked for.
        gzip: Whether the body is sent with Content-Encoding gzip; `always` even if the client did not ask for it.
        chunked: Whether the body is sent in chunks, without a Content-Length.
        reason: Phrase of the status line.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Path = b""
    etag: str | None = None
    last_modified: str | None = None
    ranges: bool = False
    gzip: bool | str = False
    chunked: bool = False
    reason: str | None = None

    @property
    def size(self) -> int:
        """Bytes of the whole body."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.stat().st_size


class Site(Protocol):
    """A publisher's site."""

    hosts: tuple[str, ...]

    def answer(self, request: Asked) -> Told:
        """Answer a request for one of the hosts."""
        ...


@dataclass(slots=True)
class PlainSite:
    """A site that is a mapping from paths to answers, or to functions that make them.

    Args:
        hosts: Hosts.
        pages: Path -> answer.
    """

    hosts: tuple[str, ...]
    pages: dict[str, Told | Callable[[Asked], Told]] = field(default_factory=dict)

    def answer(self, request: Asked) -> Told:
        """The page, or a 404 page."""
        page = self.pages.get(request.path)
        if page is None:
            return not_found()
        return page(request) if callable(page) else page


def not_found() -> Told:
    """The page that publishers show for an address that they do not have."""
    return Told(404, {"content-type": "text/html; charset=utf-8"}, b"<html><title>Not found</title></html>")
