"""Secrets that a test plants, and the search for them in files of every kind.

Belongs here: made-up secrets for all settings that hold one, and finding any of them, in any form, in a folder. Does
not belong here: what is run with them.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import sqlite3
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

import duckdb
import pyarrow.parquet

# With characters that addresses, JSON and base64 write in another way, so that each form has its own text.
SECRETS: Mapping[str, str] = {
    name: f"Plnt/{name}+{number}9=Sea Urchin&{name}"
    for number, name in enumerate(
        ("smtp", "token", "hook", "database", "broker", "objects", "session", "lineage")
    )
}
"""Secrets by what they open."""


def settings(database: str = "", broker: str = "") -> dict[str, str]:
    """Environment variables with the secrets.

    Args:
        database: Host, port and name of a database, as in an address; not set if empty.
        broker: Host, port and number of a broker.
    """
    quoted = {name: urllib.parse.quote(secret, safe="") for name, secret in SECRETS.items()}
    found = {
        "CIVIC_ALERTS_SMTP_USER": "civic",
        "CIVIC_ALERTS_SMTP_PASSWORD": SECRETS["smtp"],
        "CIVIC_ALERTS_WEBHOOK_TOKEN": SECRETS["token"],
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": SECRETS["objects"],
        "AWS_SESSION_TOKEN": SECRETS["session"],
        "OPENLINEAGE_API_KEY": SECRETS["lineage"],
    }
    if database:
        found["CIVIC_DATABASE"] = f"postgresql://civic:{quoted['database']}@{database}"
    if broker:
        found["CIVIC_BROKER"] = f"redis://:{quoted['broker']}@{broker}"
    return found


def webhook(port: int) -> str:
    """Address of a webhook, of which the path is secret."""
    return f"https://127.0.0.1:{port}/hooks/{urllib.parse.quote(SECRETS['hook'], safe='')}"


def forms_of(secret: str) -> frozenset[bytes]:
    """A secret as programs write it: plain, in addresses, in JSON, in HTML, and inside of base64."""
    plain = secret.encode()
    texts = {
        secret,
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote(secret),
        urllib.parse.quote_plus(secret),
        secret.replace("/", "\\/"),
        secret.replace("&", "&amp;"),
        secret.replace("&", "\\u0026"),
    }
    forms = {text.encode() for text in texts}
    for before in range(3):
        # What base64 makes of it wherever it begins; its ends depend on what is around it.
        coded = base64.b64encode(b"\0" * before + plain)
        inner = coded[4 if before else 0 : len(coded) - 4]
        forms |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return frozenset(forms)


FORMS: Mapping[str, frozenset[bytes]] = {name: forms_of(secret) for name, secret in SECRETS.items()}


def in_bytes(content: bytes) -> set[str]:
    """Names of the secrets in some bytes."""
    return {name for name, forms in FORMS.items() if any(form in content for form in forms)}


def in_folder(folder: Path) -> tuple[dict[str, set[str]], int]:
    """Secrets by the file in which they are, and the number of files and members of archives that were searched."""
    found: dict[str, set[str]] = {}
    number = 0
    for file in sorted(folder.rglob("*")):
        if names := in_bytes(str(file.relative_to(folder)).encode()):
            found[f"name of {file}"] = names
        if file.is_file() and not file.is_symlink():
            for part, content in _parts(file):
                number += 1
                if names := in_bytes(content):
                    found.setdefault(part, set()).update(names)
    return found, number


def _parts(file: Path) -> Iterator[tuple[str, bytes]]:
    """A file as bytes, and what is packed in it."""
    content = file.read_bytes()
    yield str(file), content
    if content.startswith(b"SQLite format 3\0"):
        yield f"{file} (rows)", _rows_of_sqlite(file)
    elif content[8:12] == b"DUCK":
        yield f"{file} (rows)", _rows_of_duckdb(file)
    elif content.startswith(b"PAR1"):
        yield f"{file} (rows)", _rows_of_parquet(content)
    yield from _unpacked(str(file), content)


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                inside = archive.read(member)
                yield f"{name}!{member}", inside
                if inside.startswith(b"PAR1"):
                    yield f"{name}!{member} (rows)", _rows_of_parquet(inside)
                yield from _unpacked(f"{name}!{member}", inside)
    elif content.startswith(b"\x1f\x8b"):
        with suppress(OSError, zlib.error):
            inside = gzip.decompress(content)
            yield f"{name}!", inside
            yield from _unpacked(f"{name}!", inside)


def _as_bytes(rows: object) -> bytes:
    return json.dumps(rows, default=str, ensure_ascii=False).encode()


def _rows_of_sqlite(file: Path) -> bytes:
    """All values: a long one is in pieces in the file."""
    texts = []
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            with suppress(sqlite3.OperationalError):  # a table of a module that is not loaded
                for row in connection.execute(f'SELECT * FROM "{table.decode()}"'):
                    texts += [one if isinstance(one, bytes) else str(one).encode() for one in row if one]
    return b"\n".join(texts)


def _rows_of_duckdb(file: Path) -> bytes:
    """All values: columns are compressed in the file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        texts = []
        for schema, table in tables:
            for row in connection.execute(f'SELECT t::VARCHAR FROM "{schema}"."{table}" t').fetchall():
                texts.append(str(row[0]))
        texts += [str(row) for row in connection.execute("SELECT comment FROM duckdb_columns()").fetchall()]
    return "\n".join(texts).encode()


def _rows_of_parquet(content: bytes) -> bytes:
    file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
    metadata = file.schema_arrow.metadata or {}
    return _as_bytes([file.read().to_pylist(), {str(name): str(text) for name, text in metadata.items()}])
