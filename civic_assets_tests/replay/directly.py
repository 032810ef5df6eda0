"""A client that asks sites without a network: redirects, hosts, statuses and parts as the real one has them.

Belongs here: the fast path of the finders' tests. Does not belong here: retries, limits, TLS and receipts, which only
the real client has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from civic_assets.acquire.asking import Document, NotObtained, Transfer, Validators
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Asked, Site, Told, not_found

_REDIRECTS = (301, 302, 303, 307, 308)


class AsksSites:
    """Asks sites in memory.

    Args:
        sites: Sites.
        hosts: Hosts that may be asked.
        faults: What goes wrong; only faults of the answer, not of the wire.
    """

    def __init__(self, sites: Sequence[Site], hosts: Sequence[str], faults: Sequence[Fault] = ()) -> None:
        self.sites, self.hosts, self.faults = sites, hosts, faults
        self.requests: list[str] = []
        self.sent = 0

    def read(
        self, url: str, *, params: Mapping[str, str] | None = None, found_at: str | None = None
    ) -> Document:
        """Ask for a document."""
        asked = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url
        answered, told, body = self._ask(asked, {})
        return Document(asked, answered, told.status, _headers(told), body)

    def part(self, url: str, start: int, end: int, *, found_at: str | None = None) -> Document:
        """Ask for some bytes."""
        answered, told, body = self._ask(url, {"range": f"bytes={start}-{end}"})
        if not told.ranges:
            raise NotObtained(
                f"{url}: the publisher does not answer parts.", url=url, kind="status", status=200
            )
        headers = _headers(told) | {"content-range": f"bytes {start}-{min(end, len(body) - 1)}/{len(body)}"}
        part = body[start : end + 1]
        self.sent -= len(body) - len(part)
        return Document(url, answered, 206, headers, part)

    def fetch(
        self, url: str, to: Path, *, known: Validators | None = None, found_at: str | None = None
    ) -> Transfer:
        """Fetch a body to a file."""
        now = datetime.now(UTC)
        answered, told, body = self._ask(url, {})
        validators = Validators(told.etag, told.last_modified)
        if known is not None and known.etag and known.etag == told.etag:
            return Transfer(url, answered, 304, _headers(told), None, 0, "", validators, now, now)
        to.write_bytes(body)
        digest = hashlib.sha256(body).hexdigest()
        return Transfer(
            url, answered, told.status, _headers(told), to, len(body), digest, validators, now, now
        )

    def _ask(self, url: str, headers: Mapping[str, str]) -> tuple[str, Told, bytes]:
        asked = url
        for _ in range(6):
            parts = urlsplit(url)
            host = parts.hostname or ""
            if parts.scheme != "https" or host not in self.hosts:
                raise NotObtained(f"{asked}: {url} may not be asked.", url=asked, kind="address")
            self.requests.append(url)
            query = tuple(parse_qsl(parts.query, keep_blank_values=True))
            request = Asked("GET", host, unquote(parts.path), query, headers)
            site = next((site for site in self.sites if host in site.hosts), None)
            told = site.answer(request) if site else not_found()
            fault = next((one for one in self.faults if one.strikes(host, request.url)), None)
            if fault is not None:
                told = fault.changed(request, told)
            if told.status not in _REDIRECTS:
                break
            url = urljoin(url, _headers(told)["location"])
        if told.status >= 300:
            raise NotObtained(f"{asked}: status {told.status}.", url=asked, kind="status", status=told.status)
        body = told.body if isinstance(told.body, bytes) else told.body.read_bytes()
        self.sent += len(body)
        return url, told, body


def _headers(told: Told) -> dict[str, str]:
    headers = {name.lower(): value for name, value in told.headers.items()}
    return headers | ({"etag": told.etag} if told.etag else {})
