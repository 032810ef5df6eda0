"""The replay publisher's server: TLS on loopback, for all hosts at once.

Belongs here: starting and stopping, choosing sites and certificates, and the log. Does not belong here: sending answers
(`answering`), what a publisher answers (`sites`) and which requests go wrong (`faults`).
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from civic_assets_tests.replay.answering import handler_of
from civic_assets_tests.replay.authority import Authority
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.log import Log, Logged
from civic_assets_tests.replay.site import Site

__all__ = ["Logged", "ReplayServer"]


class ReplayServer:
    """A server for all hosts of its sites; use as a context manager.

    Args:
        sites: Sites. A host that no site has is answered with 404.
        faults: Rules of what goes wrong; may be changed while the server runs.
        port: Port; 0 for any that is free.
        authority: Certificates; made for the hosts of the sites by default.
        clock: Seconds, for the log.
        drip: Seconds between the pieces of a slow body.
    """

    def __init__(
        self,
        sites: Sequence[Site],
        *,
        faults: Sequence[Fault] = (),
        port: int = 0,
        authority: Authority | None = None,
        clock: Callable[[], float] = time.monotonic,
        drip: float = 0.05,
    ) -> None:
        self.sites = list(sites)
        self.faults = list(faults)
        self.log = Log()
        self.clock, self.drip = clock, drip
        self.stopping = threading.Event()
        self.authority = authority or Authority([host for site in sites for host in site.hosts])
        context = self.authority.context(self._certificate)
        self._server = _Server(("127.0.0.1", port), handler_of(self), context)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Address for `CIVIC_REPLAY`, e.g. `127.0.0.1:8443`."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def close(self) -> None:
        """Give back the port of a server that was never started."""
        self._server.server_close()

    @property
    def requests(self) -> list[Logged]:
        """The log, in the order in which requests came; answers under way are waited for. It may be cleared."""
        return self.log.entries

    def site_of(self, host: str) -> Site | None:
        """Site of a host."""
        return next((site for site in self.sites if host in site.hosts), None)

    def asked(self, host: str = ".*", path: str = "") -> list[Logged]:
        """Requests of a host and path, both regular expressions, in the order in which they came."""
        return [one for one in self.requests if re.fullmatch(host, one.host) and re.search(path, one.path)]

    def _certificate(self, host: str) -> str:
        for fault in self.faults:
            if fault.of_certificate and fault.strikes(host):
                return fault.kind
        return "sound"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: Any, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(address, handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake is made in the request's own thread: a client that refuses a certificate must not stop others.
        request.settimeout(60)
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            wrapped = self._context.wrap_socket(request, server_side=True)
        except OSError:
            return
        try:
            super().finish_request(wrapped, client_address)
        except OSError:  # the client has gone
            pass
        finally:
            wrapped.close()
