"""The configuration of nginx that ships, in a real nginx, in front of the real UI and the real tables."""

from __future__ import annotations

import json
import re
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from civic_assets.defs.instance import open_instance
from civic_assets.layers.store import Store
from civic_assets_tests.acceptance.commands import environment
from civic_assets_tests.defs.ui_process import STATE, Ui, is_refused, mutations, start, until
from civic_assets_tests.deploy.doors import (
    AUDITOR,
    ENGINEER,
    HOST,
    NGINX,
    Behind,
    Doors,
    Said,
    doors,
    free_ports,
)
from civic_assets_tests.deploy.planted import in_bytes, in_folder, settings, webhook
from civic_assets_tests.shared_stores import Refreshed

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="nginx is not on this machine (Debian: apt-get install nginx)"
)
SOURCE, RELEASE = "gla_report", "2023-05"
EVERYTHING = ("launch", "backfill", "wipe", "add a partition", "delete a partition", "delete a run", "report a table",
              "start a sensor", "reload")  # fmt: skip
PROMISED = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private",
}
PATHS = (
    "/", "/graphql", "/graphql?query={version}", "/site/", "/site/index.html", "/tables/", "/tables/civic",
    "/tables/civic.db", "/server_info", "/dagster_version", "/favicon.ico", "/robots.txt",
    "/vendor/graphiql/graphiql.css",
    "/site/../graphql", "/site/%2e%2e/graphql", "/tables/%2e%2e/graphql", "/tables/..%2f..%2fetc%2fpasswd", "//graphql",
    "/%2e%2e/%2e%2e/etc/passwd", "/site/index.html%00", "/.htpasswd", "/engineers.htpasswd", "/runs", "/runs/x",
    "/notebook?path=/etc/hostname.ipynb", "/logs/run/x/y.out", "/download_debug/x", "/report_asset_materialization/a",
    "/tables", "/TABLES/", "/tables;/graphql", "/site/index.html?%2e%2e", "/oauth2/auth", "/%67raphql",
)  # fmt: skip


NO_PATHS = ("/tables/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "/site/index.html%00")


@dataclass(frozen=True)
class Real:
    """The proxy with the real programs behind it."""

    doors: Doors
    ui: Ui
    run: str


@pytest.fixture(scope="module")
def real(report_refresh: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """All of it, started once."""
    folder = tmp_path_factory.mktemp("door")
    shutil.copytree(report_refresh.store, folder / "store")
    store = Store(folder / "store")
    with open_instance(store) as instance:
        run = instance.get_runs(limit=1)[0].run_id
    plain, engineers, auditors, tables = free_ports(4)
    address = f"https://{HOST}:{auditors}/tables/"
    said = folder / "tables.txt"
    with said.open("wb") as output:
        datasette = subprocess.Popen(
            [sys.executable, "-c", "from civic_assets.cli.entry import run; run()", "tables", "--store",
             str(store.root), "--port", str(tables), "--base-url", address, "--quiet"],
            env=environment(), stdout=output, stderr=output,
        )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, text in {**settings(), "CIVIC_ALERTS_WEBHOOK": webhook(free_ports(1)[0])}.items():
            patch.setenv(name, text)
        ui = start(store, folder / "ui.txt")
    try:
        until(lambda: "To look at only" in ui.said() or ui.process.poll() is not None)
        assert ui.process.poll() is None, ui.said()
        until(lambda: "The tables of" in said.read_text() or datasette.poll() is not None)
        assert datasette.poll() is None, said.read_text()
        behind = Behind(ui.port, ui.auditors_port, tables)
        with doors(folder / "nginx", behind, (plain, engineers, auditors)) as proxy:
            yield Real(proxy, ui, run)
    finally:
        datasette.kill()
        datasette.wait()
        ui.process.terminate()
        ui.process.wait(90)


class _Echo(BaseHTTPRequestHandler):
    """Says what it was asked; at `/oauth2/auth` it is a stand-in for oauth2-proxy, with the groups in a cookie."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests look at answers."""

    def do_GET(self) -> None:
        """Answers any request."""
        asked = {name.lower(): text for name, text in self.headers.items()}
        port = self.server.server_port  # type: ignore[attr-defined]
        content = json.dumps({"path": self.path, "headers": asked, "port": port}).encode()
        status, extra = 200, [("Set-Cookie", "session=1; Path=/"), ("X-Powered-By", "Echo/1.2.3")]
        if self.path.startswith("/oauth2/auth"):
            groups = dict(part.split("=", 1) for part in asked.get("cookie", "").split("; ") if "=" in part)
            wanted = self.path.partition("allowed_groups=")[2]
            status = 401 if "who" not in groups else 202 if wanted in groups["who"].split("+") else 403
        self.rfile.read(int(asked.get("content-length", 0)))
        self.send_response(status)
        for name, text in [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(content))),
            *extra,
        ]:
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET


@contextmanager
def _echoes(number: int) -> Iterator[list[int]]:
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Echo) for _ in range(number)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield [server.server_port for server in servers]
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Doors, Behind]]:
    """The proxy in front of programs that say what they were asked; that of the tables does not answer."""
    with _echoes(2) as (engineers, auditors):
        *ports, dead = free_ports(4)
        behind = Behind(engineers, auditors, dead)
        with doors(
            tmp_path_factory.mktemp("echo") / "nginx", behind, (ports[0], ports[1], ports[2])
        ) as proxy:
            yield proxy, behind


@pytest.fixture(scope="module")
def signed_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Doors, Behind]]:
    """The proxy as the page has it for single sign-on, with a stand-in for oauth2-proxy."""

    def edit(text: str) -> str:
        lines = re.compile(
            r"    # With single sign-on: (?P<set>set \S+ \w+;) (?P<include>include) \S+/"
            r"(?P<file>single-sign-on.conf;)\n"
            r"    auth_basic .*\n    auth_basic_user_file (?P<folder>\S+/)\w+\.htpasswd;\n"
        )
        changed, number = lines.subn(r"    \g<set>\n    include \g<folder>civic-assets/\g<file>\n", text)
        assert number == 2
        return changed

    with _echoes(4) as (engineers, auditors, tables, sign_on):
        ports = free_ports(3)
        behind = Behind(engineers, auditors, tables, sign_on)
        folder = tmp_path_factory.mktemp("signed") / "nginx"
        with doors(folder, behind, (ports[0], ports[1], ports[2]), edit) as proxy:
            yield proxy, behind


def _assert_promised(answer: Said) -> None:
    for name, text in PROMISED.items():
        assert answer.headers.get(name) == [text], (name, answer)
    assert "frame-ancestors 'none'" in answer.header("content-security-policy")
    assert "set-cookie" not in answer.headers
    assert answer.headers.get("server") == ["nginx"], answer


def _assert_nothing_told(answer: Said) -> None:
    """No word of what is behind the door, and no version."""
    _assert_promised(answer)
    for text in (
        *(f"{name}: {answer.header(name)}" for name in answer.headers),
        answer.content.decode("latin-1"),
    ):
        assert not re.search(r"nginx/|\d+\.\d+\.\d+|[Dd]agster|[Dd]atasette|uvicorn|islington", text), text


@pytest.mark.parametrize("path", PATHS)
def test_anonymous_gets_nothing(real: Real, path: str) -> None:
    proxy = real.doors
    for port in (proxy.engineers, proxy.auditors):
        for login in (None, ("anna", "wrong"), ("", ""), ("anna", ""), ("nobody", ENGINEER[1])):
            answer = proxy.ask(port, path, login)
            # What nginx itself does not take for a path never comes to a door.
            assert answer.status == (400 if path in NO_PATHS else 401), (path, login, answer)
            _assert_nothing_told(answer)
        assert len(proxy.ask(port, path).content) < 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"])
def test_anonymous_gets_nothing_by_any_method(real: Real, method: str) -> None:
    proxy = real.doors
    body = json.dumps({"query": "{ version }"}).encode() if method != "HEAD" else None
    for port in (proxy.engineers, proxy.auditors):
        for path in ("/graphql", "/", "/report_asset_materialization/raw/gla_report", "/tables/civic"):
            answer = proxy.ask(
                port, path, method=method, body=body, headers={"Content-Type": "application/json"}
            )
            # At the auditors' door the method is looked at first.
            only_reading = port == proxy.auditors and path != "/graphql" and method != "HEAD"
            expected = 404 if only_reading and "report" in path else 403 if only_reading else 401
            assert answer.status in (expected, 401), (path, answer)
            _assert_nothing_told(answer)


@pytest.mark.parametrize("path", ["/", "/graphql", "/site/index.html", "/tables/", "/server_info"])
def test_an_auditor_does_not_get_through_the_engineers_door(real: Real, path: str) -> None:
    assert real.doors.ask(real.doors.engineers, path, AUDITOR).status == 401
    assert real.doors.ask(real.doors.auditors, path, ENGINEER).status == 401  # not in both files
    assert real.doors.ask(real.doors.engineers, path, ENGINEER).status in (200, 400, 307)


def _socket(
    proxy: Doors, port: int, login: tuple[str, str] | None, origin: str | None = None
) -> ClientConnection:
    import base64
    import socket

    given = {"Authorization": "Basic " + base64.b64encode(":".join(login).encode()).decode()} if login else {}
    return connect(
        f"wss://{HOST}:{port}/graphql", sock=socket.create_connection(("127.0.0.1", port)), ssl=proxy.trusted,
        additional_headers=given, origin=origin, subprotocols=["graphql-ws"], open_timeout=60, proxy=None,  # type: ignore[list-item, arg-type]
    )  # fmt: skip


def test_websockets_need_the_login_of_their_door_and_a_page_of_this_site(real: Real) -> None:
    proxy = real.doors
    for port, login, other in ((proxy.engineers, ENGINEER, AUDITOR), (proxy.auditors, AUDITOR, ENGINEER)):
        for given in (None, other):
            with pytest.raises(InvalidStatus) as refused:
                _socket(proxy, port, given)
            assert refused.value.response.status_code == 401
        with pytest.raises(InvalidStatus) as refused:
            _socket(proxy, port, login, "https://attacker.example")
        assert refused.value.response.status_code == 403
        with _socket(proxy, port, login, f"https://{HOST}:{port}") as opened:
            opened.send(json.dumps({"type": "connection_init", "payload": {}}))
            assert json.loads(opened.recv(60))["type"] == "connection_ack"


ASSETS = "{ assetNodes { assetKey { path } } }"


def test_an_auditor_sees_the_asset_graph_the_site_and_the_tables(real: Real) -> None:
    proxy = real.doors
    nodes = proxy.graphql(proxy.auditors, AUDITOR, ASSETS)["data"]["assetNodes"]
    assert {"path": ["harmonised", SOURCE]} in [node["assetKey"] for node in nodes]
    page = proxy.ask(proxy.auditors, "/", AUDITOR, headers={"Accept": "text/html"})
    assert page.status == 200 and b"<script" in page.content
    script = re.findall(rb'src="([^"]+\.js)"', page.content)[0].decode()
    assert proxy.ask(proxy.auditors, script, AUDITOR).status == 200
    site = proxy.ask(proxy.auditors, "/site/index.html", AUDITOR)
    assert site.status == 200 and b"Islington" in site.content
    assert proxy.ask(proxy.auditors, "/site/", AUDITOR).headers["location"] == ["/site/index.html"]
    rows = proxy.ask(proxy.auditors, "/tables/civic/harmonised_observations.json?_size=5", AUDITOR).document
    assert len(rows["rows"]) == 5
    assert rows["next_url"].startswith(
        f"https://{HOST}:{proxy.auditors}/tables/civic/harmonised_observations.json?"
    )
    for answer in (page, site, proxy.ask(proxy.auditors, "/tables/", AUDITOR)):
        assert answer.status == 200
        _assert_promised(answer)
    # The policies of the pages themselves come through as well.
    assert "script-src 'self' 'nonce-" in page.header("content-security-policy") or "nonce-" in str(
        page.headers
    )
    assert "default-src 'self' data:" in site.header("content-security-policy")


def test_an_auditor_asks_by_reading_only(real: Real) -> None:
    proxy = real.doors
    for path in ("/", "/tables/civic", "/site/index.html", "/runs"):
        for method in ("POST", "PUT", "DELETE"):
            answer = proxy.ask(proxy.auditors, path, AUDITOR, method=method, body=b"{}")
            assert answer.status == 403, (path, answer)
            _assert_promised(answer)
    assert (
        proxy.ask(proxy.auditors, "/tables/civic.json?sql=delete+from+catalogue_areas", AUDITOR).status == 400
    )


@pytest.mark.parametrize("what", EVERYTHING)
def test_an_auditor_changes_nothing(real: Real, what: str) -> None:
    proxy = real.doors
    changes = mutations(SOURCE, RELEASE, real.run)
    assert set(changes) == set(EVERYTHING)
    query, variables = changes[what]
    before = real.ui.ask(STATE)
    assert is_refused(proxy.graphql(proxy.auditors, AUDITOR, query, **variables))
    # As a link, which Dagster takes as well.
    from urllib.parse import quote

    link = f"/graphql?query={quote(query)}&variables={quote(json.dumps(variables))}"
    assert is_refused(proxy.ask(proxy.auditors, link, AUDITOR).document)
    assert real.ui.ask(STATE) == before
    assert real.run in [one["id"] for one in before["runsOrError"]["results"]]


@pytest.mark.parametrize(
    "path",
    ["/notebook?repoLocName=civic_assets&path=/etc/hostname.ipynb", "/dagit/notebook?path=/etc/hostname.ipynb",
     "/logs/run/compute_logs/step.out", "/download_debug/run", "/report_asset_materialization/raw/gla_report",
     "/report_asset_check/raw/gla_report", "/report_asset_observation/raw/gla_report", "/site/../dagster/dagster.yaml",
     "/site/%2e%2e/dagster/dagster.yaml", "/site/..%2fcivic.duckdb", "/site/sources/../../civic.duckdb",
     "/tables/..%2f..%2fetc%2fpasswd", "/tables/-/static/../../../../etc/passwd", "/tables/no_such_table",
     "/site//etc/hostname", "/tables/%2e%2e/notebook?path=/etc/hostname.ipynb"],
)  # fmt: skip
def test_an_auditor_gets_no_other_file(real: Real, path: str) -> None:
    proxy = real.doors
    answer = proxy.ask(proxy.auditors, path, AUDITOR)
    _assert_promised(answer)
    # A path that leads out of the site may be one of the UI, which is one page for all paths it does not know.
    if answer.status == 200:
        assert b"<!doctype html>" in answer.content[:100].lower() and b"root" not in answer.content[:20]
        assert b"PooledSqliteStorage" not in answer.content and b"root:" not in answer.content
    else:
        assert answer.status in (400, 404), answer
    if (
        path.split("?")[0].strip("/").split("/")[0] in ("notebook", "dagit", "logs", "download_debug")
        or "report_" in path
    ):
        assert answer.status == 404
        posted = proxy.ask(proxy.auditors, path, AUDITOR, method="POST", body=b"{}")
        assert posted.status in (403, 404, 405), posted


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://attacker.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}, {"Origin": f"http://{HOST}"}, {"Origin": f"https://{HOST}.attacker.example"}],
    ids=str,
)  # fmt: skip
def test_a_page_of_another_site_changes_nothing_with_the_login_of_an_engineer(
    real: Real, headers: dict[str, str]
) -> None:
    proxy = real.doors
    query, variables = mutations(SOURCE, RELEASE, real.run)["add a partition"]
    before = real.ui.ask(STATE)
    body = json.dumps({"query": query, "variables": variables}).encode()
    given = {**headers, "Content-Type": "application/json"}
    posted = proxy.ask(proxy.engineers, "/graphql", ENGINEER, method="POST", body=body, headers=given)
    linked = proxy.ask(proxy.engineers, "/graphql?query=" + "{version}", ENGINEER, headers=headers)
    reported = proxy.ask(
        proxy.engineers, "/report_asset_materialization/raw/gla_report", ENGINEER, method="POST", body=b"{}",
        headers=headers,
    )  # fmt: skip
    for answer in (posted, linked, reported):
        assert answer.status == 403
        _assert_promised(answer)
    assert real.ui.ask(STATE) == before
    # The same from a page of this site, and from a program, is answered.
    own = {"Origin": f"https://{HOST}:{proxy.engineers}", "Sec-Fetch-Site": "same-origin"}
    for said in (own, {}):
        assert proxy.ask(proxy.engineers, "/graphql?query={version}", ENGINEER, headers=said).status == 200


def test_a_link_from_elsewhere_to_a_page_is_followed(real: Real) -> None:
    proxy = real.doors
    answer = proxy.ask(proxy.auditors, "/site/index.html", AUDITOR, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 200


def test_plain_http_leads_to_https_and_says_nothing_else(real: Real) -> None:
    proxy = real.doors
    for path in ("/", "/graphql?query={version}", "/site/%2e%2e/x%0d%0aSet-Cookie:a=b"):
        answer = proxy.ask(proxy.plain, path, ENGINEER)
        assert answer.status == 301
        assert answer.headers["location"] == [f"https://{HOST}:{proxy.engineers}{path}"]
        _assert_nothing_told(Said(answer.status, answer.content, {**answer.headers, "location": []}))
    answer = proxy.ask(proxy.plain, "/graphql", method="POST", body=b"{}")
    assert answer.status == 301


def test_another_name_gets_no_answer(real: Real) -> None:
    import http.client

    proxy = real.doors
    for port in (proxy.plain, proxy.engineers, proxy.auditors):
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            proxy.ask(port, "/", ENGINEER, headers={"Host": "attacker.example"})
    for port in (proxy.engineers, proxy.auditors):
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            proxy.ask(port, "/", ENGINEER, name="attacker.example")


def _speaks(port: int, version: ssl.TLSVersion) -> str | None:
    """The version of TLS that a server speaks with a client that knows only this one."""
    import socket

    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers("ALL:@SECLEVEL=0")
    client.minimum_version = client.maximum_version = version
    try:
        with (
            socket.create_connection(("127.0.0.1", port), 30) as plain,
            client.wrap_socket(plain, server_hostname=HOST) as secure,
        ):
            return secure.version()
    except (ssl.SSLError, ConnectionResetError):
        return None


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_1_2_and_1_3_are_spoken_and_nothing_older(real: Real) -> None:
    for port in (real.doors.engineers, real.doors.auditors):
        assert _speaks(port, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
        assert _speaks(port, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        assert _speaks(port, ssl.TLSVersion.TLSv1_1) is None
        assert _speaks(port, ssl.TLSVersion.TLSv1) is None
    # This client does speak it, with a server that does.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(HOST).configure_cert(context)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert _speaks(server.server_port, ssl.TLSVersion.TLSv1_1) == "TLSv1.1"
    finally:
        server.shutdown()
        server.server_close()


FORGED = {
    "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "attacker.example",
    "X-Forwarded-User": "root", "X-Forwarded-Email": "root@attacker.example", "X-Forwarded-Groups": "engineers",
    "X-Forwarded-Preferred-Username": "root", "X-Forwarded-Access-Token": "forged", "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/forged", "X-Forwarded-Server": "forged", "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9", "X-Auth-Request-User": "root", "X-Auth-Request-Email": "forged",
    "X-Auth-Request-Groups": "forged", "X-Remote-User": "root", "Remote-User": "root", "X_Forwarded_User": "root",
    "Cookie": "session=forged",
}  # fmt: skip


def test_nothing_that_a_client_says_of_itself_and_no_password_gets_behind_the_door(
    echo: tuple[Doors, Behind],
) -> None:
    proxy, behind = echo
    for port, login, own in (
        (proxy.engineers, ENGINEER, behind.engineers),
        (proxy.auditors, AUDITOR, behind.auditors),
    ):
        answer = proxy.ask(
            port, "/graphql?a=b", login, headers={name: t for name, t in FORGED.items() if name != "Via"}
        )
        heard = answer.document["headers"]
        assert answer.document["port"] == own and answer.document["path"] == "/graphql?a=b"
        assert heard.pop("x-forwarded-for") == "127.0.0.1"
        assert heard.pop("x-forwarded-proto") == "https"
        assert heard.pop("host") == heard.pop("x-forwarded-host") == f"{HOST}:{port}"
        assert heard == {} or set(heard) <= {"connection"}, heard
        _assert_promised(answer)
        assert "x-powered-by" not in answer.headers


def test_headers_are_on_every_kind_of_error(echo: tuple[Doors, Behind]) -> None:
    proxy, _ = echo
    kinds = {
        401: proxy.ask(proxy.engineers, "/"),
        403: proxy.ask(proxy.engineers, "/graphql", ENGINEER, headers={"Origin": "https://attacker.example"}),
        404: proxy.ask(proxy.auditors, "/notebook", AUDITOR),
        413: proxy.ask(proxy.auditors, "/graphql", AUDITOR, method="POST", body=b" " * 300_000),
        414: proxy.ask(proxy.auditors, "/" + "a" * 9_000, AUDITOR),
        400: proxy.ask(proxy.auditors, "/", AUDITOR, headers={"Content-Length": "none"}),
        502: proxy.ask(proxy.engineers, "/tables/", ENGINEER),
        405: proxy.ask(proxy.engineers, "/", ENGINEER, method="TRACE"),
    }
    for status, answer in kinds.items():
        assert answer.status == status, answer
        _assert_nothing_told(answer)


def test_somebody_who_guesses_passwords_is_slowed_down(echo: tuple[Doors, Behind]) -> None:
    """The last of these tests: the place of this address is used up afterwards."""
    proxy, _ = echo
    connection = proxy.connection(proxy.engineers)
    statuses = []
    for _ in range(900):
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    assert set(statuses) == {401, 429} and statuses[0] == 401


def _cookie(*groups: str) -> dict[str, str]:
    return {"Cookie": "who=" + "+".join(groups)}


def test_single_sign_on_opens_each_door_to_its_group_alone(signed_on: tuple[Doors, Behind]) -> None:
    proxy, behind = signed_on
    for port, own, group, other in (
        (proxy.engineers, behind.engineers, "engineers", "auditors"),
        (proxy.auditors, behind.auditors, "auditors", "engineers"),
    ):
        inside = proxy.ask(port, "/graphql", headers=_cookie("staff", group))
        assert inside.status == 200 and inside.document["port"] == own
        assert "cookie" not in inside.document["headers"]
        _assert_promised(inside)
        assert proxy.ask(port, "/tables/", headers=_cookie(group)).document["port"] == behind.tables
        outside = proxy.ask(port, "/graphql", headers=_cookie(other))
        assert outside.status == 403
        # Nobody chooses the group that is asked for.
        for path in (f"/?allowed_groups={other}", f"/tables/?allowed_groups={other}"):
            assert proxy.ask(port, path, headers=_cookie(other)).status == 403
        assert proxy.ask(port, f"/oauth2/auth?allowed_groups={other}", headers=_cookie(other)).status == 404


def test_without_single_sign_on_pages_lead_to_it_and_nothing_else_is_answered(
    signed_on: tuple[Doors, Behind],
) -> None:
    proxy, behind = signed_on
    for port in (proxy.engineers, proxy.auditors):
        for path in ("/", "/site/index.html", "/tables/", "/runs?a=1"):
            answer = proxy.ask(port, path)
            assert answer.status == 302 and answer.headers["location"] == [f"/oauth2/start?rd={path}"]
            _assert_nothing_told(answer)
        for path, method in (("/graphql", "GET"), ("/graphql", "POST"), ("/", "POST")):
            answer = proxy.ask(port, path, method=method, body=b"{}" if method == "POST" else None)
            assert answer.status == 401 or ((path, method) == ("/", "POST") and answer.status == 403), answer
            _assert_nothing_told(answer)
        start = proxy.ask(
            port, "/oauth2/start?rd=/", headers={"X-Forwarded-User": "root", "X-Forwarded-For": "1.2.3.4"}
        )
        assert start.document["port"] == behind.sign_on
        assert "x-forwarded-user" not in start.document["headers"]
        assert start.document["headers"]["x-forwarded-for"] == "127.0.0.1"
        (cookie,) = start.headers["set-cookie"]
        assert {part.strip().lower() for part in cookie.split(";")} >= {"secure", "httponly", "samesite=lax"}


LAUNCH = """mutation($s: JobOrPipelineSelector!) { launchRun(executionParams: {selector: $s, runConfigData: {}}) {
    __typename ... on LaunchRunSuccess { run { id } } } }"""
RUN = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"


def test_an_engineer_launches_a_run_and_an_auditor_sees_it(real: Real) -> None:
    """Changes the store: the last test that looks at it."""
    proxy = real.doors
    _, variables = mutations(SOURCE, RELEASE, real.run)["launch"]
    said = proxy.graphql(proxy.engineers, ENGINEER, LAUNCH, **variables)["data"]["launchRun"]
    assert said["__typename"] == "LaunchRunSuccess", said
    run = said["run"]["id"]
    ended = until(
        lambda: (
            status := proxy.graphql(proxy.auditors, AUDITOR, RUN, id=run)["data"]["runOrError"]["status"]
        ) in ("SUCCESS", "FAILURE", "CANCELED") and status
    )  # fmt: skip
    assert ended == "SUCCESS"


def test_no_password_is_in_a_log_of_the_proxy_or_the_ui(real: Real) -> None:
    import base64

    logs = [*real.doors.folder.glob("*.log"), real.ui.output, real.ui.store.dagster_home / "ui.log"]
    assert len(logs) == 4 and (real.doors.folder / "access.log").stat().st_size > 1000
    for file in logs:
        text = file.read_text(encoding="utf-8", errors="replace")
        for name, password in (ENGINEER, AUDITOR):
            assert password not in text
            assert base64.b64encode(f"{name}:{password}".encode()).decode() not in text


EVERYTHING_ABOUT_RUNS = """{ instance { info } runsOrError { ... on Runs { results { id runConfigYaml
    tags { key value } eventConnection { events { __typename ... on MessageEvent { message } } } } } } }"""


def test_no_secret_of_its_environment_is_in_what_the_ui_writes_or_says(real: Real) -> None:
    """After the run of an engineer, which also tried to send an alert."""
    proxy = real.doors
    for port, login in ((proxy.engineers, ENGINEER), (proxy.auditors, AUDITOR)):
        answer = proxy.graphql(port, login, EVERYTHING_ABOUT_RUNS)
        assert len(answer["data"]["runsOrError"]["results"]) >= 2
        assert in_bytes(json.dumps(answer).encode()) == set()
    assert in_bytes(real.ui.said().encode()) == set()
    found, number = in_folder(real.ui.store.root)
    assert found == {} and number > 50
    assert in_folder(proxy.folder)[0] == {}
