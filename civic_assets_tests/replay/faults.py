"""Faults of a publisher, and when they happen.

Belongs here: the kinds of faults and the rules that say for which requests and how often. Does not belong here: how an
answer is sent (`server`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from civic_assets_tests.replay.site import Asked, Told

# Faults of the wire: the server sends the right answer in the wrong way.
WIRE = {
    "no_answer": "the server takes the request and never answers",
    "refused": "the server closes the connection before it answers",
    "reset": "the connection is reset in the middle of the body",
    "silence": "the body stops in the middle, and the connection stays open",
    "truncated": "the body is shorter than its Content-Length",
    "chunks_cut": "a body in chunks ends before its last chunk",
    "slow_drip": "the body comes a few bytes at a time",
    "slow_headers": "the headers come a few bytes at a time",
    "endless": "a body in chunks that does not end",
}
# Faults of certificates.
CERTIFICATES = {
    "expired": "the certificate has expired",
    "untrusted": "the certificate is from an authority that nobody knows",
}
_PAGE = b"""<!DOCTYPE html>
<html lang="en"><head><title>Sorry, there is a problem with the service</title></head><body><h1>Sorry</h1></body></html>
"""
_HTML = {"content-type": "text/html; charset=utf-8"}
_JSON = {"content-type": "application/json"}


def _too_many(seconds: str) -> Told:
    return Told(429, _HTML | {"retry-after": seconds}, b"<html><title>Too many requests</title></html>")


def _in_two_seconds() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


# Faults of the answer: another answer is sent in its place.
ANSWERS: dict[str, tuple[str, Callable[[Asked, Told], Told]]] = {
    "429_seconds": ("429 with Retry-After in seconds", lambda asked, told: _too_many("1")),
    "429_date": ("429 with Retry-After as a date", lambda asked, told: _too_many(_in_two_seconds())),
    "429_long": ("429 with Retry-After of two hours", lambda asked, told: _too_many("7200")),
    "503": ("503", lambda asked, told: Told(503, dict(_HTML), _PAGE)),
    "500": ("500", lambda asked, told: Told(500, dict(_HTML), _PAGE)),
    "404": ("404", lambda asked, told: Told(404, dict(_HTML), b"<html><title>Not found</title></html>")),
    "403": ("403", lambda asked, told: Told(403, dict(_HTML), b"<html><title>Forbidden</title></html>")),
    "html": ("200 with a web page", lambda asked, told: Told(200, dict(_HTML), _PAGE)),
    "error_object": (
        "200 with an error object",
        lambda asked, told: Told(
            200, dict(_JSON), b'{"error":{"code":400,"message":"Invalid or missing input parameters."}}'
        ),
    ),
    "empty_body": ("200 with an empty body", lambda asked, told: Told(200, dict(told.headers), b"")),
    "empty_list": ("200 with an empty list", lambda asked, told: Told(200, dict(_JSON), b"[]")),
    "wrong_content": (
        "200 with the bytes of another file",
        lambda asked, told: Told(200, dict(told.headers), b"name,amount\nInvoice,1\n" * 400),
    ),
    "redirect_host": (
        "a redirect to another host",
        lambda asked, told: Told(302, {"location": f"https://files.example.org{asked.url}"}),
    ),
    "redirect_private": (
        "a redirect to a private address",
        lambda asked, told: Told(302, {"location": f"https://10.0.0.1{asked.url}"}),
    ),
    "redirect_plain": (
        "a redirect to plain http",
        lambda asked, told: Told(302, {"location": f"http://{asked.host}{asked.url}"}),
    ),
    "redirect_loop": (
        "a redirect to itself",
        lambda asked, told: Told(302, {"location": f"https://{asked.host}{asked.url}"}),
    ),
    "too_large": (
        "a Content-Length over the cap",
        lambda asked, told: Told(200, dict(told.headers) | {"content-length": str(1 << 50)}, b"a,b\n"),
    ),
}


@dataclass(slots=True)
class Fault:
    """A rule: which requests go wrong, how, and how often.

    Args:
        kind: A key of `WIRE`, `CERTIFICATES` or `ANSWERS`, or any name if `change` is given.
        host: Regular expression that the whole host matches.
        path: Regular expression that is found in the path and query.
        times: Requests that go wrong; the next ones are answered rightly. None for all.
        after: Requests that are answered rightly first.
        change: Makes the wrong answer from the right one.
        at: Share of the body that is sent before the fault, for faults of the wire.
    """

    kind: str
    host: str = ".*"
    path: str = ""
    times: int | None = None
    after: int = 0
    change: Callable[[Asked, Told], Told] | None = None
    at: float = 0.5
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist."""
        if self.change is None and self.kind not in {**WIRE, **CERTIFICATES, **ANSWERS}:
            raise ValueError(f"{self.kind} is not a kind of fault")

    @property
    def of_certificate(self) -> bool:
        """Whether the fault is one of the certificate, which is shown before any request."""
        return self.kind in CERTIFICATES

    @property
    def of_wire(self) -> bool:
        """Whether the right answer is sent in the wrong way."""
        return self.kind in WIRE

    def strikes(self, host: str, url: str = "") -> bool:
        """Whether a request goes wrong; counts it if the rule is about it."""
        if not re.fullmatch(self.host, host) or not re.search(self.path, url):
            return False
        with self._lock:
            self._seen += 1
            return self.after < self._seen and (self.times is None or self._seen <= self.after + self.times)

    def changed(self, asked: Asked, told: Told) -> Told:
        """The wrong answer."""
        change = self.change or ANSWERS[self.kind][1]
        return change(asked, told)
