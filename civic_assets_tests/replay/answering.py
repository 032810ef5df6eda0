"""Sending answers over HTTP/1.1: conditions, ranges, encodings, and faults of the wire.

Belongs here: one connection's requests and what is sent for them. Does not belong here: what a publisher answers
(`sites`), and which requests go wrong (`faults`).
"""

from __future__ import annotations

import fcntl
import gzip
import os
import re
import socket
import struct
import sys
import termios
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.log import Logged
from civic_assets_tests.replay.site import Asked, Told, not_found

if TYPE_CHECKING:
    from civic_assets_tests.replay.server import ReplayServer

_BLOCK = 1 << 16
_IN_THE_MIDDLE = ("reset", "silence", "truncated", "chunks_cut")
_LONG = ("no_answer", "silence", "slow_drip", "slow_headers", "endless")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def handler_of(replay: ReplayServer) -> type[BaseHTTPRequestHandler]:
    """The class of the handlers of a server's requests."""

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
        place, told = replay.log.begin(), self._told(asked)
        if fault is not None and not fault.of_wire:
            told = fault.changed(asked, told)
        if fault is not None and fault.kind in _LONG:
            replay.log.release()
        self._sent, self._status = 0, 0
        try:
            self._send(asked, told, fault if fault is not None and fault.of_wire else None)
        except OSError:
            self.close_connection = True
        finally:
            conditional = bool({"if-none-match", "if-modified-since"} & set(asked.headers))
            replay.log.add(
                Logged(
                    at, asked.method, asked.host, asked.path, asked.query, self._status, self._sent, conditional,
                    dict(asked.headers), fault.kind if fault else "", self.client_address[1], place,
                )
            )  # fmt: skip
            if fault is None or fault.kind not in _LONG:
                replay.log.release()

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
