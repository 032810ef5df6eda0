"""Secrets are planted in every setting that may hold one, and looked for in everything that is written."""

from __future__ import annotations

import base64
import gzip
import io
import json
import shutil
import socket
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet
import pytest

from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.layers.unchanged import _is_setting
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.alerts.servers import HOST, Authority, mail_server, make_authority
from civic_assets_tests.deploy.planted import SECRETS, in_bytes, in_folder, settings, webhook
from civic_assets_tests.paths import PROJECT

_CIVIC_TOML = """
[alerts.email]
server = "{host}"
port = {port}
security = "starttls"
from = "civic-assets@example.org"
to = ["data-engineering@example.org"]
authority = "{authority}"
"""


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _plain(file: Path, secret: str) -> None:
    file.write_text(f"a line\nthe login is {secret}.\n")


def _in_json(file: Path, secret: str) -> None:
    file.write_text(json.dumps({"login": secret}))


def _in_sqlite(file: Path, secret: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE events (event TEXT)")
        # Longer than a page, and with the secret where one page ends: only the rows show it.
        for start in range(3960, 4100, 7):
            connection.execute("INSERT INTO events VALUES (?)", ("x" * start + secret + "y" * 9000,))
        connection.commit()


def _in_duckdb(file: Path, secret: str) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 'row ' || range AS a, ? AS b FROM range(9000)", [secret])


def _in_parquet(file: Path, secret: str) -> None:
    table = pyarrow.table({"a": ["b" * 90 + secret] * 400 + ["c"] * 400})
    pyarrow.parquet.write_table(table, file, compression="zstd")


def _in_zip_in_zip(file: Path, secret: str) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", "<a>" + "a" * 500 + secret.replace("&", "&amp;") + "</a>")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("evidence/book.xlsx", inner.getvalue())


def _in_gzip(file: Path, secret: str) -> None:
    file.write_bytes(gzip.compress(("a" * 500 + secret).encode()))


def _in_base64(file: Path, secret: str) -> None:
    file.write_bytes(b"Authorization: Basic " + base64.b64encode(f"civic:{secret}".encode()))


def _in_address(file: Path, secret: str) -> None:
    from urllib.parse import quote

    file.write_text(f"postgresql://civic:{quote(secret, safe='')}@127.0.0.1/dagster")


@pytest.mark.parametrize(
    "write",
    [
        _plain,
        _in_json,
        _in_sqlite,
        _in_duckdb,
        _in_parquet,
        _in_zip_in_zip,
        _in_gzip,
        _in_base64,
        _in_address,
    ],
)
def test_the_search_finds_a_secret_in_a_file_of_each_kind(
    write: Callable[[Path, str], None], tmp_path: Path
) -> None:
    for name, secret in SECRETS.items():
        (tmp_path / name).mkdir()
        write(tmp_path / name / "file", secret)
    write(tmp_path / "nothing", "an ordinary text that is as long as a secret")
    found, number = in_folder(tmp_path)
    assert number >= len(SECRETS) + 1
    for name in SECRETS:
        assert {who for file, whose in found.items() if f"/{name}/file" in file for who in whose} == {name}
    assert not any("nothing" in file for file in found)


def test_settings_that_are_remembered_have_no_secret() -> None:
    named = settings("127.0.0.1/dagster", "127.0.0.1/0") | {"CIVIC_ALERTS_WEBHOOK": webhook(1)}
    assert [name for name, text in named.items() if in_bytes(text.encode()) and _is_setting(name)] == []
    assert _is_setting("CIVIC_SITE")  # what is not secret is remembered


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


class _Refuses(BaseHTTPRequestHandler):
    """Takes no event; an answer is had at once, and a connection that is refused is tried for ten seconds."""

    keys: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.keys.append(self.headers["Authorization"])
        self.send_response(401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def _refusing(keys: list[str]) -> Iterator[int]:
    """A listener to OpenLineage events that refuses all of them, and the port on which nobody answers afterwards."""
    with HTTPServer(("127.0.0.1", 0), type("Refuses", (_Refuses,), {"keys": keys})) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Ran:
    """Commands that ran with all secrets.

    Args:
        folder: Their folder.
        answers: What they printed.
        logins: Those that the mail server saw.
        keys: Those that the listener to events saw.
    """

    folder: Path
    answers: dict[str, Answer]
    logins: list[tuple[str, str]]
    keys: list[str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, authority: Authority, without_robbery: Path) -> Ran:
    """Commands that ran with all secrets."""
    folder = tmp_path_factory.mktemp("secrets")
    keys: list[str] = []
    answers: dict[str, Answer] = {}
    with mail_server(authority, password="another password") as mailbox:
        file = folder / "civic.toml"
        file.write_text(
            _CIVIC_TOML.format(host=HOST, port=mailbox.port, authority=authority.file), encoding="utf-8"
        )
        (folder / "home").mkdir()

        def run(**commands: tuple[object, ...]) -> None:
            for name, command in commands.items():
                answers[name] = civic_assets(*command, "--debug", env=environment, cwd=folder)

        with _refusing(keys) as port:
            environment = settings() | {
                "CIVIC_SETTINGS": str(file),
                "CIVIC_ALERTS_WEBHOOK": webhook(_closed_port()),
                "CIVIC_STORE": str(folder / "store"),
                "CIVIC_CACHE": str(folder / "cache"),
                "CIVIC_SITE": "now",
                "OPENLINEAGE_URL": f"http://127.0.0.1:{port}",
                "DAGSTER_HOME": str(folder / "home"),
            }
            refresh = ("refresh", "--profile", "local", "--inputs", without_robbery)
            run(held_back=refresh, once_more=refresh)
        run(
            alerts=("alerts", "--test"),
            open_alerts=("alerts",),
            report=("report",),
            evidence=("evidence", "-o", folder / "evidence.zip"),
            lineage=("lineage", "-o", folder / "lineage.jsonl", "--send"),
            package=("package", "-o", folder / "package"),
            tables=("tables", "-o", folder / "figures.db"),
            verify=("verify",),
            wrong=("sources", "--store", folder / "none"),
        )
        return Ran(folder, answers, list(mailbox.logins), keys)


@pytest.fixture(scope="module")
def without_robbery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an edition that is held back."""
    from civic_assets.inputs.samples.ons_csp import write_sample_inputs
    from civic_assets_tests import workbook_defects as defects
    from civic_assets_tests.defs.conftest import CURRENT

    folder = tmp_path_factory.mktemp("held")
    write_sample_inputs(folder / "samples")
    (folder / "inputs").mkdir()
    book = folder / "samples" / "synthetic-csp-tables-2022-06.xlsx"
    defects.remove_column(book, folder / "inputs" / "wrong.xlsx", CURRENT, "Robbery")
    shutil.copy(REPORT_TABLES, folder / "inputs" / "report.csv")
    return folder / "inputs"


def test_every_command_did_its_work_and_every_alert_failed(ran: Ran) -> None:
    answers = ran.answers
    codes = {name: answer.code for name, answer in answers.items()}
    assert codes == {
        "held_back": 1, "once_more": 1, "alerts": 1, "open_alerts": 0, "report": 0, "evidence": 0,
        "lineage": 3, "package": 0, "tables": 0, "verify": 0, "wrong": 2,
    }, {name: answer.err[-600:] for name, answer in answers.items()}  # fmt: skip
    # The secrets were used: both servers saw theirs, and the programs named what did not answer.
    assert ("civic", SECRETS["smtp"]) in ran.logins
    assert f"Bearer {SECRETS['lineage']}" in ran.keys
    assert "did not accept the login" in answers["held_back"].out + answers["held_back"].err
    assert "webhook at 127.0.0.1" in answers["held_back"].out + answers["held_back"].err
    for name in ("held_back", "lineage"):
        assert "No OpenLineage event was sent" in answers[name].err + answers[name].out, name
    for name in ("evidence.zip", "lineage.jsonl", "package/datapackage.json", "figures.db"):
        assert (ran.folder / name).stat().st_size > 1000


def test_no_secret_is_printed(ran: Ran) -> None:
    for name, answer in ran.answers.items():
        assert in_bytes((answer.out + answer.err).encode()) == set(), name


def test_no_secret_is_in_any_file(ran: Ran) -> None:
    found, number = in_folder(ran.folder)
    assert found == {}
    kinds = {file.suffix for file in ran.folder.rglob("*") if file.is_file()}
    assert kinds >= {".duckdb", ".db", ".parquet", ".zip", ".html", ".json", ".jsonl", ".yaml"}
    assert number > 300


@pytest.mark.parametrize("command", ["refresh", "worker"])
@pytest.mark.parametrize(
    "database",
    ["127.0.0.1:{port}/dagster", "127.0.0.1:port/dagster", "[::1/dagster"],
    ids=["out of reach", "port", "host"],
)
def test_a_database_that_does_not_answer_or_is_misspelt_is_named_without_its_login(
    command: str, database: str, tmp_path: Path
) -> None:
    pytest.importorskip("dagster_postgres")
    port = _closed_port()
    (tmp_path / "inputs").mkdir()
    shutil.copy(REPORT_TABLES, tmp_path / "inputs")
    environment = settings(database.format(port=port), f"127.0.0.1:{port}/0") | {
        "CIVIC_CACHE": str(tmp_path / "cache"),
        "CIVIC_WORKING_COPIES": str(tmp_path / "copies"),
        "CIVIC_SITE": "later",
    }
    arguments = ("--profile", "local", "--inputs", tmp_path / "inputs") if command == "refresh" else ()
    # A worker waits for its broker, so it is asked for a store that it refuses.
    said = civic_assets(
        command,
        *arguments,
        "--store",
        tmp_path / "store",
        "--debug",
        env=environment,
        cwd=tmp_path,
        timeout=300,
    )
    assert said.code == 2, said
    assert said.err.strip()
    assert in_bytes((said.out + said.err).encode()) == set(), said.err
    assert in_folder(tmp_path)[0] == {}


def test_examples_of_secrets_are_empty() -> None:
    files = [*(PROJECT / "deploy").rglob("*.env*"), *(PROJECT / "deploy").rglob("*.example")]
    assert files
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            name, equals, text = line.partition("=")
            if equals and any(
                word in name.upper() for word in ("PASSWORD", "TOKEN", "SECRET", "WEBHOOK", "API_KEY")
            ):
                assert text.strip().strip("\"'") in ("", "false"), f"{file.name}: {name}"
