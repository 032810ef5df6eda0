"""The proxy of `deploy/nginx/` on this machine, in front of programs of the tests.

Belongs here: the shipped configuration with other ports, paths and certificate, starting nginx, and asking it as a
browser or an attacker would. Does not belong here: what is behind it, and what must hold.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme

from civic_assets_tests.defs.ui_process import until
from civic_assets_tests.paths import PROJECT

SHIPPED = PROJECT / "deploy" / "nginx"
HOST = "stats.example.org"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
ENGINEER, AUDITOR = ("anna", "a password of an engineer"), ("ben", "a password of an auditor")
_MAIN = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 512; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/conf.d/*.conf;
}}
"""


@dataclass(frozen=True)
class Behind:
    """Ports of the programs behind the proxy."""

    engineers: int
    auditors: int
    tables: int
    sign_on: int = 4180


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    content: bytes
    headers: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def document(self) -> Any:
        return json.loads(self.content)

    def header(self, name: str) -> str:
        """All values of a header, separated as HTTP does it."""
        return ", ".join(self.headers.get(name.lower(), []))


@dataclass(frozen=True)
class Doors:
    """A proxy that runs.

    Args:
        folder: Its configuration and logs.
        plain: Port without TLS.
        engineers: Port of the engineers' door.
        auditors: Port of the auditors' door.
        trusted: What a client trusts.
    """

    folder: Path
    plain: int
    engineers: int
    auditors: int
    trusted: ssl.SSLContext

    def ask(
        self,
        port: int,
        path: str,
        login: tuple[str, str] | None = None,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        name: str = HOST,
    ) -> Said:
        """The answer to one request, of which the path is sent as it is; waits if there were too many."""
        while True:
            answer = self._ask(port, path, login, method, body, headers, name)
            if answer.status != 429:
                return answer
            time.sleep(1)

    def _ask(
        self,
        port: int,
        path: str,
        login: tuple[str, str] | None,
        method: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        name: str,
    ) -> Said:
        given = dict(headers or {})
        if login:
            given["Authorization"] = "Basic " + base64.b64encode(":".join(login).encode()).decode()
        connection = self.connection(port, name)
        try:
            connection.putrequest(method, path, skip_host="Host" in given, skip_accept_encoding=True)
            for header, text in given.items():
                connection.putheader(header, text)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return said(connection.getresponse())
        finally:
            connection.close()

    def connection(self, port: int, name: str = HOST) -> http.client.HTTPConnection:
        """A connection to this machine, under the name of the proxy."""
        if port == self.plain:
            connection = http.client.HTTPConnection(name, port, timeout=120)
        else:
            connection = http.client.HTTPSConnection(name, port, timeout=120, context=self.trusted)
        connection._create_connection = (  # type: ignore[attr-defined]
            lambda *_: socket.create_connection(("127.0.0.1", port), 120)
        )
        return connection

    def graphql(self, port: int, login: tuple[str, str] | None, query: str, **variables: object) -> Any:
        """The answer of Dagster to a question."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        answer = self.ask(
            port, "/graphql", login, method="POST", body=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status in (200, 400, 500), answer
        return answer.document


def said(answer: http.client.HTTPResponse) -> Said:
    """An answer with all values of its headers."""
    headers: dict[str, list[str]] = {}
    for name, text in answer.getheaders():
        headers.setdefault(name.lower(), []).append(text)
    return Said(answer.status, answer.read(), headers)


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on now."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _replaced(text: str, changes: Mapping[str, str], where: str) -> str:
    """A text after changes, each of which must be possible."""
    for before, after in changes.items():
        assert before in text, f"{where} has no {before!r}"
        text = text.replace(before, after)
    return text


def configuration(folder: Path, ports: tuple[int, int, int], behind: Behind) -> dict[str, str]:
    """The shipped files by name, with the ports, paths and certificate of a test, and nothing else changed."""
    plain, engineers, auditors = ports
    secrets = {"/etc/civic-assets/nginx/": f"{folder}/"}
    included = {"/etc/nginx/civic-assets/": f"{folder}/civic-assets/"}
    public = {
        "listen 80 default_server;\n    listen 443 ssl default_server;\n    listen 8443 ssl default_server;": (
            f"listen 127.0.0.1:{plain} default_server;\n    listen 127.0.0.1:{engineers} ssl default_server;\n"
            f"    listen 127.0.0.1:{auditors} ssl default_server;"
        ),
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{engineers} ssl;",
        "listen 8443 ssl;": f"listen 127.0.0.1:{auditors} ssl;",
        f"set $civic_public {HOST}:8443;": f"set $civic_public {HOST}:{auditors};",
        f"set $civic_public {HOST};": f"set $civic_public {HOST}:{engineers};",
        f"https://{HOST}$request_uri": f"https://{HOST}:{engineers}$request_uri",
        "127.0.0.1:3000": f"127.0.0.1:{behind.engineers}",
        "127.0.0.1:3001": f"127.0.0.1:{behind.auditors}",
        "127.0.0.1:8001": f"127.0.0.1:{behind.tables}",
    }
    changes = {
        "civic-assets.conf": public | secrets | included,
        "tls-and-headers.conf": secrets,
        "proxied.conf": {},
        "single-sign-on.conf": {"127.0.0.1:4180": f"127.0.0.1:{behind.sign_on}"},
    }
    return {
        name: _replaced((SHIPPED / name).read_text(encoding="utf-8"), changed, name)
        for name, changed in changes.items()
    }


@contextmanager
def doors(
    folder: Path, behind: Behind, ports: tuple[int, int, int], edit: Callable[[str], str] = lambda text: text
) -> Iterator[Doors]:
    """The proxy, as it ships.

    Args:
        folder: Folder for its files.
        behind: What is behind it.
        ports: Its ports without TLS, for engineers and for auditors.
        edit: Changes of `civic-assets.conf` that its comments tell a person to make.
    """
    assert NGINX is not None
    (folder / "civic-assets").mkdir(parents=True)
    (folder / "conf.d").mkdir()
    authority = trustme.CA()
    certificate = authority.issue_cert(HOST)
    certificate.private_key_pem.write_to_path(str(folder / "certificate.key"))
    for number, part in enumerate(certificate.cert_chain_pems):
        part.write_to_path(str(folder / "certificate.pem"), append=number > 0)
    for file, (name, password) in (("engineers", ENGINEER), ("auditors", AUDITOR)):
        (folder / f"{file}.htpasswd").write_text(f"{name}:{_hashed(password)}\n", encoding="utf-8")
    for name, text in configuration(folder, ports, behind).items():
        main = name == "civic-assets.conf"
        (folder / ("conf.d" if main else "civic-assets") / name).write_text(
            edit(text) if main else text, encoding="utf-8"
        )
    main_file = folder / "nginx.conf"
    # The folders of tests are open to their owner only, who is root in some places.
    user = "user root;" if os.getuid() == 0 else ""
    main_file.write_text(_MAIN.format(folder=folder, user=user), encoding="utf-8")
    with (folder / "said").open("wb") as output:
        process = subprocess.Popen(
            [NGINX, "-c", str(main_file), "-p", str(folder), "-e", str(folder / "error.log")],
            stdout=output, stderr=output,
        )  # fmt: skip
    try:
        until(
            lambda: process.poll() is not None or ((folder / "nginx.pid").is_file() and _listens(ports[0])),
            30,
        )
        assert process.poll() is None, (folder / "said").read_text()
        trusted = ssl.create_default_context()
        authority.configure_trust(trusted)
        yield Doors(folder, *ports, trusted)
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True


def _hashed(password: str) -> str:
    """As the page tells people to make it."""
    done = subprocess.run(
        ["openssl", "passwd", "-6", "-stdin"], input=password, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
