"""The replay publisher's server: HTTP/1.1 over TLS on loopback, for all hosts at once.

Belongs here: conditions, ranges, encodings, the log of requests and the sending of faults. Does not belong here: what
a publisher answers (`sites`) and which requests go wrong (`faults`).
"""

from __future__ import annotations

import fcntl
import gzip
import os
import re
import socket
import ssl
import struct
import sys
import termios
import threading
import time
import traceback
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from civic_assets_tests.replay.authority import Authority
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Asked, Site, Told, not_found

_BLOCK = 1 << 16
_IN_THE_MIDDLE = ("reset", "silence", "truncated", "chunks_cut")
_LONG = ("no_answer", "silence", "slow_drip", "slow_headers", "endless")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Logged:
    """A request in the log.

    Args:
        at: Seconds by the server's clock when it came.
        method: Method.
        host: Host that was asked.
        path: Path.
        query: Query.
        status: Status of the answer; 0 if none was sent.
        sent: Bytes of the body that were sent.
        conditional: Whether the request had a condition (If-None-Match, If-Modified-Since).
        headers: Headers of the request, names in lower case.
        fault: Kind of the fault, or empty.
        connection: Number of the client's port: the same for requests over one connection.
        number: Number of the request since the server was started.
    """

    at: float
    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int
    sent: int
    conditional: bool
    headers: dict[str, str]
    fault: str = ""
    connection: int = 0
    number: int = 0


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
        self._log: list[Logged] = []
        self._open = self._number = 0
        self._logged = threading.Condition()
        self.clock, self.drip = clock, drip
        self.stopping = threading.Event()
        self.authority = authority or Authority([host for site in sites for host in site.hosts])
        context = self.authority.context(self._certificate)
        self._server = _Server(("127.0.0.1", port), _handler(self), context)
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

    @property
    def requests(self) -> list[Logged]:
        """The log, in the order in which requests came; answers under way are waited for. It may be cleared."""
        with self._logged:
            self._logged.wait_for(lambda: self._open == 0, timeout=1)
            return self._log

    def begin(self) -> int:
        """Take note that a request came, and return its number."""
        with self._logged:
            self._open += 1
            self._number += 1
            return self._number

    def release(self) -> None:
        """Do not have readers of the log wait for a request any longer."""
        with self._logged:
            self._open -= 1
            self._logged.notify_all()

    def log(self, logged: Logged) -> None:
        """Put a request into the log, in its place."""
        with self._logged:
            insort(self._log, logged, key=lambda one: one.number)

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


def _handler(replay: ReplayServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        server_of = replay

    return Handler


class _Gone(ConnectionError):
    """The connection is not to be used again."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "replay"
    server_of: ReplayServer

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: `server.requests` is the log."""

    def do_GET(self) -> None:
        """Answer."""
        self._answer()

    do_HEAD = do_POST = do_GET

    def _answer(self) -> None:
        replay = self.server_of
        at = replay.clock()
        asked = self._asked()
        fault = next(
            (f for f in replay.faults if not f.of_certificate and f.strikes(asked.host, asked.url)), None
        )
        place, told = replay.begin(), self._told(asked)
        if fault is not None and not fault.of_wire:
            told = fault.changed(asked, told)
        if fault is not None and fault.kind in _LONG:
            replay.release()
        self._sent, self._status = 0, 0
        try:
            self._send(asked, told, fault if fault is not None and fault.of_wire else None)
        except OSError:
            self.close_connection = True
        finally:
            conditional = bool({"if-none-match", "if-modified-since"} & set(asked.headers))
            replay.log(
                Logged(
                    at, asked.method, asked.host, asked.path, asked.query, self._status, self._sent, conditional,
                    dict(asked.headers), fault.kind if fault else "", self.client_address[1], place,
                )
            )  # fmt: skip
            if fault is None or fault.kind not in _LONG:
                replay.release()

    def _told(self, asked: Asked) -> Told:
        site = self.server_of.site_of(asked.host)
        if site is None:
            return not_found()
        try:
            return site.answer(asked)
        except Exception:  # noqa: BLE001 - an error of the site itself: whoever runs the server is to see it
            traceback.print_exc()
            return Told(500, {"content-type": "text/plain"}, traceback.format_exc().encode())

    def _asked(self) -> Asked:
        headers = {name.lower(): value for name, value in self.headers.items()}
        parts = urlsplit(self.path)
        body = self.rfile.read(int(headers.get("content-length", 0)))
        host = headers.get("host", "").partition(":")[0].lower()
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        return Asked(self.command, host, unquote(parts.path), query, headers, body)

    def _send(self, asked: Asked, told: Told, fault: Fault | None) -> None:
        if fault is not None and fault.kind == "no_answer":
            self.server_of.stopping.wait(60)
            raise _Gone
        if fault is not None and fault.kind == "refused":
            self._reset()
        headers = {name.lower(): value for name, value in told.headers.items()}
        if told.etag:
            headers["etag"] = told.etag
        if told.last_modified:
            headers["last-modified"] = told.last_modified
        if told.ranges:
            headers["accept-ranges"] = "bytes"
        if told.status == 200 and _unchanged(asked, told):
            self._head(304, headers, fault)
            return
        body, status = told.body, told.status
        start, end = 0, told.size
        wanted = asked.headers.get("range") if told.ranges and status == 200 else None
        if wanted and _may_continue(asked, told):
            found = _within(wanted, told.size)
            if found is None:
                headers["content-range"] = f"bytes */{told.size}"
                self._head(416, headers | {"content-length": "0"}, fault)
                return
            start, end = found
            headers["content-range"] = f"bytes {start}-{end - 1}/{told.size}"
            status = 206
        elif told.gzip and (told.gzip == "always" or "gzip" in asked.headers.get("accept-encoding", "")):
            whole = body if isinstance(body, bytes) else body.read_bytes()
            body = gzip.compress(whole, 1, mtime=0)
            headers["content-encoding"] = "gzip"
            start, end = 0, len(body)
        chunked = told.chunked or (fault is not None and fault.kind in ("chunks_cut", "endless"))
        if chunked:
            headers["transfer-encoding"] = "chunked"
        else:
            headers.setdefault("content-length", str(end - start))
        self._head(status, headers, fault, told.reason)
        if asked.method != "HEAD" and status not in (204, 304):
            self._body(_blocks(body, start, end), end - start, chunked, fault)

    def _head(
        self, status: int, headers: dict[str, str], fault: Fault | None, reason: str | None = None
    ) -> None:
        self._status = status
        self.send_response(status, reason)
        for name, value in headers.items():
            self.send_header(name, value)
        if fault is not None and fault.kind == "slow_headers":
            for _ in range(4000):
                self.wfile.write(b"x")
                self._pause()
        self.end_headers()

    def _body(self, blocks: Iterator[bytes], size: int, chunked: bool, fault: Fault | None) -> None:
        kind = fault.kind if fault else ""
        stop = int(size * fault.at) if fault and kind in _IN_THE_MIDDLE else None
        if kind == "endless":
            blocks = iter(lambda: b"0,1,2,3\n" * 4096, b"")
        for block in blocks:
            if stop is not None and self._sent + len(block) >= stop:
                self._write(block[: stop - self._sent], chunked)
                self.wfile.flush()
                if kind == "reset":
                    self._reset()
                if kind == "silence":
                    self.server_of.stopping.wait(60)
                raise _Gone  # closes the connection in good order
            if kind == "slow_drip":
                for start in range(0, len(block), 16):
                    self._write(block[start : start + 16], chunked)
                    self._pause()
            else:
                self._write(block, chunked)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _write(self, block: bytes, chunked: bool) -> None:
        if block:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block) if chunked else block)
            self._sent += len(block)

    def _on_its_way(self) -> int:
        """Bytes that the client's machine has not acknowledged."""
        if not hasattr(termios, "TIOCOUTQ"):
            return 0
        answer = fcntl.ioctl(self.connection.fileno(), termios.TIOCOUTQ, bytes(4))
        return int.from_bytes(answer, sys.byteorder)

    def _pause(self) -> None:
        if self.server_of.stopping.wait(self.server_of.drip):
            raise _Gone

    def _reset(self) -> None:
        """End the connection with a reset, as a broken line or a restarted server does."""
        for _ in range(100):  # a reset throws away what has not left yet; what was sent is to arrive
            if self._on_its_way() == 0:
                break
            self.server_of.stopping.wait(0.01)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        self.close_connection = True
        raise _Gone


def _tag(etag: str) -> str:
    return etag.strip().removeprefix("W/")


def _unchanged(asked: Asked, told: Told) -> bool:
    if (wanted := asked.headers.get("if-none-match")) is not None:
        return told.etag is not None and (
            wanted.strip() == "*" or _tag(told.etag) in [_tag(one) for one in wanted.split(",")]
        )
    since = asked.headers.get("if-modified-since")
    return since is not None and since == told.last_modified


def _may_continue(asked: Asked, told: Told) -> bool:
    """Whether a Range is followed: there is no If-Range, or it names what would be sent."""
    condition = asked.headers.get("if-range")
    if condition is None:
        return True
    if condition.startswith('"'):
        return condition == told.etag
    return condition == told.last_modified


def _within(wanted: str, size: int) -> tuple[int, int] | None:
    """First byte and the byte after the last one of a range; None if it cannot be answered."""
    match = _RANGE.fullmatch(wanted)
    if match is None or not any(match.groups()):
        return 0, size
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) else None
    start, end = int(first), min(int(last) + 1, size) if last else size
    return (start, end) if start < end else None


def _blocks(body: bytes | Path, start: int, end: int) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield from (body[at : min(at + _BLOCK, end)] for at in range(start, end, _BLOCK))
        return
    with open(body, "rb") as file:
        file.seek(start)
        while start < end and (block := file.read(min(_BLOCK, end - start))):
            start += len(block)
            yield block
