"""Fetching a body to a file: streamed, resumed after a broken transfer, complete or absent.

Belongs here: one try of a transfer, and what is resumed by it. Does not belong here: unfinished files between runs
(`partial`), requests (`exchange`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from civic_assets.acquire.asking import NotObtained, Transfer, Validators
from civic_assets.acquire.http.bodies import TAIL_BYTES, read_blocks, refuse_large, refuse_other, stated_size
from civic_assets.acquire.http.exchange import Answer, Exchange
from civic_assets.acquire.http.partial import Partial, Partials
from civic_assets.acquire.http.retries import MayPass, keep_trying

_CONTENT_RANGE = re.compile(r"bytes ([0-9]+)-([0-9]+)/([0-9]+|\*)")
_START = 64 * 1024
# What came is not what was wanted, so that nothing of it is of use to the next run.
_NOT_WANTED = frozenset({"too_large", "wrong_content"})
Show = Callable[[str, int, int | None], None]
"""Called with the address, the bytes that are there, and the bytes of the whole, if stated."""


@dataclass(frozen=True, slots=True)
class _Done:
    answer: Answer
    whole: bool


def fetch(
    exchange: Exchange,
    partials: Partials,
    url: str,
    to: Path,
    hosts: Collection[str],
    *,
    known: Validators | None,
    show: Show,
) -> Transfer:
    """Fetch a body.

    Args:
        exchange: Makes requests.
        partials: Unfinished files.
        url: Address.
        to: File to make.
        hosts: Hosts that may be asked.
        known: What the last answer said of itself; the publisher may answer that it is as it was.
        show: Progress.

    Returns:
        The transfer.

    Raises:
        NotObtained: No complete body; `to` is as it was.
    """
    started = exchange.clock.now()
    with partials.open(url) as partial:
        try:
            done, attempts = keep_trying(
                lambda: _once(exchange, partial, url, hosts, known, show), exchange.clock, exchange.limits
            )
        except NotObtained as error:
            if error.kind in _NOT_WANTED:
                partial.discard()
            raise
        ended = exchange.clock.now()
        answer = done.answer
        validators = validators_of(answer)
        if not done.whole:
            return Transfer(
                url, answer.url, 304, answer.headers, None, 0, "", validators, started, ended, attempts
            )
        size, sha256 = partial.finish(to)
    return Transfer(
        url, answer.url, 200, answer.headers, to, size, sha256, validators, started, ended, attempts
    )


def validators_of(answer: Answer) -> Validators:
    """What makes the next request for an answer's address conditional."""
    return Validators(answer.headers.get("etag"), answer.headers.get("last-modified"))


def conditions(known: Validators | None) -> dict[str, str]:
    """Headers that ask for a body only if it is not as it was."""
    if known is None:
        return {}
    found = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in found.items() if value}


def _once(
    exchange: Exchange,
    partial: Partial,
    url: str,
    hosts: Collection[str],
    known: Validators | None,
    show: Show,
) -> _Done:
    headers = {"Accept-Encoding": "identity"}
    have = partial.to_resume()
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": partial.validator or ""}
    else:
        headers |= conditions(known)
    also = (416,) if have else (304,) if known else ()
    with exchange.ask(url, hosts, headers, also=also) as answer:
        if answer.status == 304:
            return _Done(answer, whole=False)
        if answer.status == 206:
            whole = _continued(answer, partial, have)
        elif answer.status == 200:
            whole = stated_size(answer)
            refuse_large(answer, whole, exchange.limits.file_bytes)
            encoded = answer.headers.get("content-encoding", "identity").lower() != "identity"
            partial.begin(answer.url, validators_of(answer), None if encoded else whole, encoded)
            whole = partial.whole
        elif answer.status == 416:
            partial.discard()
            raise MayPass(
                f"{url}: the rest of the file could not be had; the file has changed. Try again.",
                url=url,
                kind="range",
                status=416,
                after=0.0,
            )
        else:
            raise NotObtained(
                f"{url}: the publisher answers {answer.status} instead of a file.",
                url=url,
                kind="status",
                status=answer.status,
            )
        refuse_large(answer, whole, exchange.limits.file_bytes)
        most = exchange.limits.file_bytes - partial.size
        for block in read_blocks(answer, exchange.clock, exchange.limits, most=most):
            partial.write(block)
            show(url, partial.size, whole)
        if whole is not None and partial.size != whole:
            raise MayPass(
                f"{url}: {partial.size:,} of {whole:,} bytes came. Try again later.",
                url=url,
                kind="truncated",
                status=answer.status,
                progressed=True,
            )
        try:
            refuse_other(answer, *partial.ends(_START, TAIL_BYTES), partial.size)
        except MayPass:
            partial.discard()  # nothing is missing at its end that could be had by going on
            raise
        return _Done(answer, whole=True)


def _continued(answer: Answer, partial: Partial, have: int) -> int | None:
    """Size of the whole file of which an answer is the rest.

    Raises:
        MayPass: It is not the rest of what is there; what is there has been thrown away.
    """
    match = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", "").strip())
    whole = int(match[3]) if match is not None and match[3] != "*" else None
    fits = (
        match is not None
        and int(match[1]) == have
        and (partial.whole is None or whole in (None, partial.whole))
        and partial.fits(validators_of(answer))
        and answer.headers.get("content-encoding", "identity").lower() == "identity"
    )
    if not fits:
        partial.discard()
        raise MayPass(
            f"{answer.asked}: the publisher sent a part of another file than before. Try again later.",
            url=answer.asked,
            kind="range",
            status=answer.status,
            after=0.0,
        )
    return whole if whole is not None else partial.whole
