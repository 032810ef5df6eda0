"""Certificates of the replay publisher: a test authority, and sound, expired and foreign certificates by host.

Belongs here: making certificates and choosing one by the host that a client asks for. Does not belong here: serving.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme


class Authority:
    """A test authority whose certificate names all hosts.

    Args:
        hosts: Names of hosts; `127.0.0.1` and `localhost` are added.
    """

    def __init__(self, hosts: Iterable[str]) -> None:
        self.hosts = (*dict.fromkeys(hosts), "localhost", "127.0.0.1")
        self._authority = trustme.CA()
        self._sound = _context(self._authority.issue_cert(*self.hosts))
        self._made: dict[str, ssl.SSLContext] = {"sound": self._sound}

    def write(self, path: Path) -> Path:
        """Write the authority's certificate, for clients that are to trust it."""
        self._authority.cert_pem.write_to_path(str(path))
        return path

    def context(self, kind: Callable[[str], str]) -> ssl.SSLContext:
        """A server's context that asks `kind` of each host by which certificate it is served.

        Args:
            kind: Host -> `sound`, `expired` or `untrusted`.
        """
        asked = _context(self._authority.issue_cert(*self.hosts))

        def choose(connection: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> None:
            connection.context = self._of_kind(kind(host or ""))

        asked.sni_callback = choose
        return asked

    def _of_kind(self, kind: str) -> ssl.SSLContext:
        if kind not in self._made:
            if kind == "expired":
                ended = datetime.now(UTC) - timedelta(days=3)
                begun = ended - timedelta(days=90)
                certificate = self._authority.issue_cert(*self.hosts, not_before=begun, not_after=ended)
            elif kind == "untrusted":
                certificate = trustme.CA().issue_cert(*self.hosts)
            else:
                raise ValueError(kind)
            self._made[kind] = _context(certificate)
        return self._made[kind]


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
