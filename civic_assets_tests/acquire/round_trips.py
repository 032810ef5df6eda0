"""Makes the requests of a refresh again, and does nothing else: what they cost by themselves, for a benchmark.

`python -m civic_assets_tests.acquire.round_trips STORE CLIENT AFTER`: the requests whose receipts the store has,
without the first AFTER. CLIENT is `sockets` (http.client), `requests`, or `nothing`, which makes none. Prints their
number.

Belongs here: the barest clients there are: one connection for each host, one request after the other. Does not belong
here: rates, tries, receipts, and judging addresses, which is what a refresh does in addition.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

Request = tuple[str, dict[str, str]]


def requests_after(store: Path, after: int) -> list[Request]:
    """Addresses and headers of the requests of a store, without the first ones."""
    lines = (store / "acquired/fetches.jsonl").read_text(encoding="utf-8").splitlines()[after:]
    return [(str(one["asked"]), _conditions(one["headers"])) for one in map(json.loads, lines)]


def _conditions(headers: dict[str, str]) -> dict[str, str]:
    named = {"If-None-Match": headers.get("etag"), "If-Modified-Since": headers.get("last-modified")}
    return {"Accept-Encoding": "gzip"} | {name: value for name, value in named.items() if value}


def by_sockets(asked: Iterable[Request], place: tuple[str, int], authority: str) -> int:
    """Make the requests with http.client."""
    import socket
    import ssl
    from http.client import HTTPSConnection

    context = ssl.create_default_context(cafile=authority)

    class Connection(HTTPSConnection):
        def connect(self) -> None:
            plain = socket.create_connection(place)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = context.wrap_socket(plain, server_hostname=self.host)

    open_: dict[str, Connection] = {}
    number = 0
    for url, headers in asked:
        parts = urlsplit(url)
        if parts.netloc not in open_:
            open_[parts.netloc] = Connection(parts.netloc, context=context)
        connection = open_[parts.netloc]
        connection.request("GET", f"{parts.path}{'?' if parts.query else ''}{parts.query}", headers=headers)
        connection.getresponse().read()
        number += 1
    return number


def by_requests(asked: Iterable[Request], place: tuple[str, int], authority: str) -> int:
    """Make the requests with requests."""
    import socket

    import requests

    resolve = socket.getaddrinfo

    def here(_: object, __: object, *more: object, **named: object) -> object:
        return resolve(place[0], place[1], *more, **named)  # type: ignore[arg-type]

    socket.getaddrinfo = here  # type: ignore[assignment]
    number = 0
    with requests.Session() as session:
        session.trust_env = False
        session.verify = authority
        for url, headers in asked:
            session.get(url, headers=headers, allow_redirects=False, timeout=60)
            number += 1
    return number


def main() -> None:
    """Do what the arguments say."""
    store, client, after = sys.argv[1:]
    host, _, port = os.environ["CIVIC_REPLAY"].rpartition(":")
    asked, authority = requests_after(Path(store), int(after)), os.environ["CIVIC_REPLAY_AUTHORITY"]
    if client == "nothing":
        print(0)
    else:
        by = by_sockets if client == "sockets" else by_requests
        print(by(asked, (host, int(port)), authority))


if __name__ == "__main__":
    main()
