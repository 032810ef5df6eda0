"""A table of Nomis, read page by page until every record that it speaks of is there.

Belongs here: asking for the pages and joining them. Does not belong here: finding the table (`finders.nomis`).

Nomis gives at most 25,000 records to those without a key and cuts the rest off with status 200. Each row states how
many records there are (`RECORD_COUNT`), so a table without that column is refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from civic_assets.acquire.asking import Asks, Document, NotObtained
from civic_assets.acquire.paged import Page, changed, every_page

_COUNT = "RECORD_COUNT"


def nomis_rows(ask: Asks, url: str, *, found_at: str | None = None) -> Iterator[bytes]:
    """The table as the bytes of one CSV file: the first page as it came, then the rows of the others.

    Args:
        ask: Client.
        url: Address of the table, with its query.
        found_at: Where the address was found.

    Raises:
        NotObtained: A page is not a table, repeats records, states another number of records, or records are missing.
    """
    bodies: list[bytes] = []
    header: list[str] = []
    stated: int | None = None

    def page(number: int, before: int) -> Page:
        nonlocal header, stated
        document = ask.read(f"{url}&recordOffset={before}" if before else url, found_at=found_at)
        rows = _rows(document)
        if number == 1:
            header = rows[0]
            bodies.append(document.body)
        elif rows[0] != header:
            raise changed(document.asked, f"its columns are {', '.join(rows[0])}, those of the first page "
                                          f"{', '.join(header)}")  # fmt: skip
        else:
            bodies.append(_without_header(document.body))
        totals = {row[header.index(_COUNT)] for row in rows[1:]}
        if len(totals) > 1:
            raise changed(document.asked, f"its rows speak of {' and '.join(sorted(totals))} records")
        total = next(iter(totals), "")
        if rows[1:] and not total.isdecimal():
            raise _no_table(document, f"{_COUNT} is {total!r}")
        # A page beyond the last row has a header alone, and says nothing of its own about the number of records.
        here = int(total) if total else stated
        stated = here if stated is None else stated
        return Page(document.asked, [tuple(row) for row in rows[1:]], here)

    every_page(page, lambda row: row)
    if len(bodies) > 1 and ask.read(url, found_at=found_at).body != bodies[0]:
        raise changed(url, "the first page is another one after the last page was read")
    for body in bodies:
        yield body if body.endswith(b"\n") else body + b"\r\n"


def _rows(document: Document) -> list[list[str]]:
    content = document.body.decode("utf-8-sig", "replace")
    if not content.strip():
        raise _no_table(document, "it is empty, which means that Nomis has no such data")
    if content.lstrip().startswith("<"):
        raise _no_table(document, "it is a web page")
    rows = [row for row in csv.reader(io.StringIO(content, newline="")) if row]
    if _COUNT not in rows[0]:
        raise _no_table(
            document, f"it has no column {_COUNT}, without which nobody can say whether it is complete"
        )
    short = next((number for number, row in enumerate(rows, 1) if len(row) != len(rows[0])), None)
    if short is not None:
        raise _no_table(
            document, f"its row {short} has {len(rows[short - 1])} cells instead of {len(rows[0])}"
        )
    return rows


def _no_table(document: Document, why: str) -> NotObtained:
    return NotObtained(
        f"{document.asked}: the answer should be a table, but {why}. Nothing of it is used. Try again later.",
        url=document.asked,
        kind="wrong_content",
        status=document.status,
    )


def _without_header(body: bytes) -> bytes:
    # No header of Nomis has a line break inside.
    return body.split(b"\n", 1)[1] if b"\n" in body else b""
