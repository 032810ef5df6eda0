"""Where a browser finds the pages of the tables.

Belongs here: this machine, or the address of a proxy that passes requests on. Does not belong here: which requests are
answered (`requests`), and the port (`serve`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from civic_assets.errors import UsageError

_HERE = ("127.0.0.1", "localhost")
_PATH = re.compile(r"/(?:[A-Za-z0-9_-]+/)*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pages are.

    Args:
        path: Path below which they are; it begins and ends with a slash.
        host: Name of the proxy's host; empty if there is no proxy.
        secure: Whether the proxy is reached by https.
    """

    path: str = "/"
    host: str = ""
    secure: bool = False

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names under which a request may reach the pages."""
        return (*_HERE, self.host) if self.host else _HERE

    def link(self, path: str) -> str:
        """A path of these pages, which begins with a slash, as a link needs it."""
        return self.path + path.removeprefix("/")

    def below(self, path: str) -> str:
        """The path of a request without the path below which the pages are, as Datasette finds it."""
        return "/" + path[len(self.path) :] if path.startswith(self.path) else path


THIS_MACHINE = Place()


def place_of(address: str) -> Place:
    """The place that an address names.

    Args:
        address: Address under which a proxy serves the pages, such as `https://stats.example.org/tables/`.

    Raises:
        UsageError: It is not such an address.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _refusal(address) from None
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    extra = parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in ("http", "https") or not host or extra or not _PATH.fullmatch(path):
        raise _refusal(address)
    return Place(path, host, parts.scheme == "https")


def _refusal(address: str) -> UsageError:
    return UsageError(
        f"--base-url: {address!r} is not the address of a folder. Give the address under which the proxy serves the "
        "tables, such as https://stats.example.org/tables/."
    )
