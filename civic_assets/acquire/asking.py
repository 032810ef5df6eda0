"""What finders and transfers need of a client: the requests they may make, and the answers.

Belongs here: the shape of a request and an answer, and the errors that end one. Does not belong here: how requests are
made (`client`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from civic_assets.errors import CivicError


class NotObtained(CivicError):
    """A publisher could not be asked, or did not give what was asked for.

    Args:
        message: Full sentence: which address, what happened, and what to do.
        url: Address that was asked.
        kind: Cause in one word for alerts and tests: `address`, `busy`, `certificate`, `disk`, `name`, `range`,
            `redirect`, `reset`, `slow`, `status`, `timeout`, `too_large`, `too_many_requests`, `truncated` or
            `wrong_content`.
        status: Status code of the last answer, if there was one.
    """

    def __init__(self, message: str, *, url: str, kind: str, status: int | None = None) -> None:
        self.url, self.kind, self.status = url, kind, status
        self.attempts = 1
        """Requests that were made."""
        self.headers: Mapping[str, str] = {}
        """Headers of the last answer, names in lower case, if there was one."""
        # Addresses and titles are a publisher's; in a terminal, control characters would act.
        super().__init__("".join(one if one.isprintable() else "\ufffd" for one in message))


@dataclass(frozen=True, slots=True)
class Document:
    """A small document as answered: a page, a list, an API's answer.

    Args:
        asked: Address that was asked, with its query.
        url: Address that answered, after redirects.
        status: Status code; always 2xx (a 304 gives the kept body with the status of the first answer).
        headers: Headers of the answer, names in lower case.
        body: The body, decoded from any content encoding.
        unchanged: Whether the publisher said that it is as it was (304).
    """

    asked: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    unchanged: bool = False

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            NotObtained: It is not JSON; the sentence says what it looks like (publishers answer 200 with a page).
        """
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            page = self.body.lstrip()[:1] == b"<"
            what = "a web page" if page else "something else"
            raise NotObtained(
                f"{self.asked}: the answer should be JSON, but it is {what}. Try again later; if it stays so, the "
                "publisher has changed this address.",
                url=self.asked,
                kind="wrong_content",
                status=self.status,
            ) from error


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request for the same address conditional."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A body that was fetched to a file, or that is as it was.

    Args:
        asked: Address that was asked.
        url: Address that answered, after redirects.
        status: Status code: 200, or 304 if the body is as it was.
        headers: Headers of the answer, names in lower case.
        path: The file; None after 304.
        size: Bytes in the file.
        sha256: SHA-256 of the file; empty after 304.
        validators: For the next request.
        started: UTC.
        ended: UTC.
        attempts: Requests that were made, with those that failed.
    """

    asked: str
    url: str
    status: int
    headers: Mapping[str, str]
    path: Path | None
    size: int
    sha256: str
    validators: Validators
    started: datetime
    ended: datetime
    attempts: int = 1


class Asks(Protocol):
    """A client that is bound to one source: it asks only hosts that the source's contract allows."""

    def read(
        self, url: str, *, params: Mapping[str, str] | None = None, found_at: str | None = None
    ) -> Document:
        """Ask for a small document, conditionally if it was asked for before; retried, within the limits of the host.

        Raises:
            NotObtained: No sound answer after all tries.
        """
        ...

    def fetch(
        self, url: str, to: Path, *, known: Validators | None = None, found_at: str | None = None
    ) -> Transfer:
        """Stream a body to a file, resumed by Range after a broken transfer.

        Raises:
            NotObtained: No complete body after all tries; `to` does not exist then.
        """
        ...

    def part(self, url: str, start: int, end: int, *, found_at: str | None = None) -> Document:
        """Ask for the bytes `start` to `end` (both included) of a body; the answer's status is 206.

        Raises:
            NotObtained: No sound answer, or the publisher does not answer parts.
        """
        ...
