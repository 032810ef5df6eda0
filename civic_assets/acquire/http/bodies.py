"""Bodies of answers: read within limits, complete, and of the kind that was wanted.

Belongs here: reading a body block by block, content encodings, and judging a body by its bytes. Does not belong here:
where a body is kept (`transfer`, `documents`), and what a file is (`civic_assets.intake`).
"""

from __future__ import annotations

import html
import json
import re
import zlib
from collections.abc import Iterator
from http.client import HTTPException

from urllib3.exceptions import HTTPError, ReadTimeoutError

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.clock import Clock
from civic_assets.acquire.http.exchange import Answer, inside
from civic_assets.acquire.http.retries import MayPass
from civic_assets.acquire.limits import Limits

_BLOCK = 256 * 1024
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|div|center|table|h1|p|pre)\b",
    re.IGNORECASE | re.DOTALL,
)
_ZIP, _ZIP_END, _ZIP_TAIL = b"PK\x03\x04", b"PK\x05\x06", 22 + 0xFFFF
_UTF8_MARK = b"\xef\xbb\xbf"


TAIL_BYTES = _ZIP_TAIL
"""How much of the end of a file is looked at."""


def stated_size(answer: Answer) -> int | None:
    """Bytes of the body as sent, if the publisher states them."""
    words = answer.headers.get("content-length", "")
    if "chunked" in answer.headers.get("transfer-encoding", "").lower() or not (
        words.isascii() and words.isdecimal()
    ):
        return None
    return int(words)


def refuse_large(answer: Answer, size: int | None, most: int) -> None:
    """Refuse a body that is stated to be larger than the cap, before any of it is read.

    Raises:
        NotObtained: It is.
    """
    if size is not None and size > most:
        raise NotObtained(
            f"{answer.asked}: the file has {size:,} bytes according to the publisher; at most {most:,} are fetched. "
            "Nothing was fetched.",
            url=answer.asked,
            kind="too_large",
            status=answer.status,
        )


def read_blocks(answer: Answer, clock: Clock, limits: Limits, *, most: int) -> Iterator[bytes]:
    """Read a body, decoded from gzip if it was sent so.

    Args:
        answer: Answer.
        clock: Time.
        limits: Slowest transfer.
        most: Most bytes, both as sent and decoded.

    Yields:
        Blocks, none empty.

    Raises:
        NotObtained: The body is too large, broken off, too slow, or in an encoding that was not asked for.
    """
    refuse_large(answer, stated_size(answer), most)
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    sent = _as_sent(answer, clock, limits, most)
    if encoding in ("", "identity"):
        yield from sent
    elif encoding in ("gzip", "x-gzip"):
        yield from _unpacked(sent, answer, most)
    else:
        raise NotObtained(
            f"{answer.asked}: the answer is in the encoding {encoding[:40]}, which was not asked for.",
            url=answer.asked,
            kind="wrong_content",
            status=answer.status,
        )


def _as_sent(answer: Answer, clock: Clock, limits: Limits, most: int) -> Iterator[bytes]:
    url, stated, received = answer.asked, stated_size(answer), 0
    began = clock.elapsed()
    while stated is None or received < stated:
        # Also of what is not the body: the lines between chunks may come as slowly as headers.
        answer.watch.allow(limits.answer)
        try:
            # Whatever has come; a plain read would wait for the whole block, however slowly it comes.
            block = answer.raw.read1(_BLOCK, decode_content=False)
        except (HTTPError, HTTPException, OSError) as error:
            raise _broken(answer, error, received, stated) from error
        if not block:
            break
        received += len(block)
        if received > most:
            raise NotObtained(
                f"{url}: the body goes on after {most:,} bytes, the most that is fetched. The transfer was ended.",
                url=url,
                kind="too_large",
                status=answer.status,
            )
        yield block
        elapsed = clock.elapsed() - began
        if elapsed > limits.seconds_for(received):
            raise _slow(answer, received)
    if answer.watch.over:
        raise _slow(answer, received)
    if stated is not None and received < stated:
        raise _broken(answer, None, received, stated)


def _slow(answer: Answer, received: int) -> MayPass:
    return MayPass(
        f"{answer.asked}: only {received:,} bytes came in the time that was allowed. Try again later.",
        url=answer.asked,
        kind="slow",
        status=answer.status,
        progressed=False,
    )


def _broken(answer: Answer, error: BaseException | None, received: int, stated: int | None) -> MayPass:
    of = f" of {stated:,}" if stated is not None else ""
    if isinstance(error, ReadTimeoutError):
        # First: a busy machine may get to hear of it only when the time of the whole answer is over as well.
        kind, what = "timeout", "nothing more came for too long"
    elif answer.watch.over:
        return _slow(answer, received)
    elif error is not None and inside(error, ConnectionResetError):
        kind, what = "reset", "the connection was broken off"
    else:
        kind, what = "truncated", "the body ended too early"
    return MayPass(
        f"{answer.asked}: {what}, after {received:,}{of} bytes. Try again later.",
        url=answer.asked,
        kind=kind,
        status=answer.status,
        progressed=received > 0,
    )


def _unpacked(blocks: Iterator[bytes], answer: Answer, most: int) -> Iterator[bytes]:
    """A gzip body, decoded; a small body that unpacks to more than the cap is cut off."""
    unpack, begun, made = zlib.decompressobj(wbits=31), False, 0
    for block in blocks:
        while block:
            if unpack.eof:  # another member
                unpack = zlib.decompressobj(wbits=31)
            begun = True
            try:
                piece = unpack.decompress(block, _BLOCK)
            except zlib.error as error:
                raise MayPass(
                    f"{answer.asked}: the compressed body is damaged. Try again later.",
                    url=answer.asked,
                    kind="truncated",
                    status=answer.status,
                ) from error
            made += len(piece)
            if made > most:
                raise NotObtained(
                    f"{answer.asked}: the body unpacks to more than {most:,} bytes, the most that is fetched.",
                    url=answer.asked,
                    kind="too_large",
                    status=answer.status,
                )
            if piece:
                yield piece
            block = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
            # What zlib holds back comes with the next block; at the end of the input it has none left.
    if begun and not unpack.eof:
        raise MayPass(
            f"{answer.asked}: the compressed body ended too early. Try again later.",
            url=answer.asked,
            kind="truncated",
            status=answer.status,
        )


def is_page(start: bytes) -> bool:
    """Whether a body is a web page by its first bytes."""
    return _PAGE.match(start.removeprefix(_UTF8_MARK)) is not None


def title_of(start: bytes) -> str | None:
    """Title of a web page, if it is among its first bytes."""
    match = _TITLE.search(start)
    if match is None:
        return None
    words = html.unescape(match[1].decode("utf-8", "replace"))
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:120] or None


def error_message(body: bytes) -> str | None:
    """What an error object says that was sent with 200, e.g. by ArcGIS; None if the body is not such an object."""
    if body.removeprefix(_UTF8_MARK).lstrip()[:1] != b"{":
        return None
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    error = document.get("error", document.get("errors")) if isinstance(document, dict) else None
    if not error:
        return None
    words = error.get("message", error) if isinstance(error, dict) else error
    return " ".join(str(words).split())[:200]


def refuse_other(answer: Answer, start: bytes, end: bytes, size: int) -> None:
    """Refuse a body that is a page, an error object or a part of an archive although a file was wanted.

    Args:
        answer: Answer.
        start: First bytes of the body.
        end: Last bytes; `TAIL_BYTES` of them, or all.
        size: Bytes of the body.

    Raises:
        NotObtained: It is; the sentence has the page's title or the error's words.
    """
    what: str | None = None
    if size == 0:
        what = "the answer is empty"
    elif is_page(start):
        title = title_of(start)
        what = f'the answer is a web page with the title "{title}"' if title else "the answer is a web page"
    elif size == len(start) and (message := error_message(start)) is not None:
        what = f'the answer is an error: "{message}"'
    if what is not None:
        raise NotObtained(
            f"{answer.asked}: a file was wanted, but {what}. Nothing was kept. Try again later; if it stays so, the "
            "publisher has moved the file.",
            url=answer.asked,
            kind="wrong_content",
            status=answer.status,
        )
    if start.startswith(_ZIP) and _ZIP_END not in end[-_ZIP_TAIL:]:
        raise MayPass(
            f"{answer.asked}: the archive ends after {size:,} bytes without its directory, so it was cut short. Try "
            "again later.",
            url=answer.asked,
            kind="truncated",
            status=answer.status,
        )
