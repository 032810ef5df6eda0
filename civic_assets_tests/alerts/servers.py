"""A real mail server and a real webhook server on this machine, which keep what they receive.

Belongs here: the two servers, with TLS by a test authority and faults that are asked for. Does not belong here: tests.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "localhost"


@dataclass(frozen=True)
class Authority:
    """A test authority: its certificate as a file, and a context for a server on this machine."""

    file: Path
    server: ssl.SSLContext


def make_authority(folder: Path) -> Authority:
    """A new authority, which nobody trusts unless its file is named."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, "127.0.0.1").configure_cert(context)
    return Authority(file, context)


@dataclass
class Mailbox:
    """What the mail server received.

    Args:
        port: Port of the server.
        messages: Messages, in the order of arrival.
        refuse: Answer to every message instead of taking it, e.g. `451 try later`.
        logins: Names and passwords with which clients logged in.
        secure: Whether each message came after STARTTLS.
    """

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""
    logins: list[tuple[str, str]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd for each message."""
        if self.refuse:
            return self.refuse
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.messages.append(parsed)
        self.secure.append(session.ssl is not None)
        return "250 OK"


class _OnAnyPort(Controller):
    """A controller that finds itself on the port that the system chose."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(
    authority: Authority | None = None, *, implicit: bool = False, password: str = "", port: int = 0
) -> Iterator[Mailbox]:
    """A mail server.

    Args:
        authority: Its certificate; without one it offers no TLS.
        implicit: Whether TLS begins with the connection, and not by STARTTLS.
        password: Password that it asks for; none if empty.
        port: Port to listen on; any that is free if 0.
    """
    mailbox = Mailbox()

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        mailbox.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=given.password.decode() == password, handled=False)

    options: dict[str, Any] = {}
    if authority is not None:
        options["ssl_context" if implicit else "tls_context"] = authority.server
    if password:
        options |= {"authenticator": check, "auth_required": True, "auth_require_tls": not implicit}
    controller = _OnAnyPort(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        mailbox.port = controller.port
        yield mailbox
    finally:
        controller.stop()


@dataclass
class Hook:
    """What the webhook server received.

    Args:
        port: Port of the server.
        documents: Documents, in the order of arrival.
        headers: Headers of each, names in lower case.
        status: Status of its answers.
        location: Where its redirects lead.
        drip: Seconds between the bytes of an answer that never ends.
    """

    port: int = 0
    documents: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 204
    location: str = ""
    drip: float = 0


@contextmanager
def webhook_server(authority: Authority | None = None) -> Iterator[Hook]:
    """A webhook server, with TLS if there is an authority."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.documents.append(json.loads(body))
            hook.headers.append({name.lower(): value for name, value in self.headers.items()})
            if hook.drip:
                self._drip()
                return
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _drip(self) -> None:
            try:
                while True:
                    self.wfile.write(b"H")
                    time.sleep(hook.drip)
            except OSError:
                pass

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if authority is not None:
        server.socket = authority.server.wrap_socket(server.socket, server_side=True)
    hook.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
