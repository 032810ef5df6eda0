"""A table of an ArcGIS service, read page by page until every row that it counts is there.

Belongs here: asking for the pages and writing them as CSV. Does not belong here: finding the table (`finders.arcgis`).

A service gives at most 1,000 or 2,000 rows at once and says `exceededTransferLimit` if there are more. Errors come with
status 200. The rows are counted first, and the number must be the same when all pages are there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from civic_assets.acquire.asking import Asks, Document
from civic_assets.acquire.finders.trail import entries, refuse_error, unexpected
from civic_assets.acquire.paged import Page, changed, every_page, number


def arcgis_rows(ask: Asks, url: str, *, found_at: str | None = None) -> Iterator[bytes]:
    """The table as the bytes of one CSV file: all columns in the service's order, rows in the order of their numbers.

    Args:
        ask: Client.
        url: Address of the query, ordered by the column that numbers the rows.
        found_at: Where the address was found.

    Raises:
        NotObtained: A page is an error or no table, repeats rows, or rows are missing.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    key, columns = query["orderByFields"], query["outFields"].split(",")
    total = _count(ask, url, query, found_at)
    bodies: dict[str, bytes] = {}

    def page(number_: int, before: int) -> Page:
        asked = urlunsplit(parts._replace(query=urlencode({**query, "resultOffset": before}, safe=",=")))
        document = ask.read(asked, found_at=found_at)
        answer = _answer(document)
        if not isinstance(answer.get("features"), list):
            raise unexpected(document.asked, "a page of rows (features)", sorted(answer))
        bodies.setdefault(document.asked, document.body)
        rows = [
            one["attributes"]
            for one in entries(answer["features"])
            if isinstance(one.get("attributes"), Mapping)
        ]
        if rows and set(columns) - set(rows[0]):
            lacking = ", ".join(sorted(set(columns) - set(rows[0])))
            raise changed(document.asked, f"it has no column {lacking}")
        more = answer.get("exceededTransferLimit")
        properties = answer.get("properties")
        if more is None and isinstance(properties, Mapping):
            more = properties.get("exceededTransferLimit")
        # Without the word, and with rows missing, the page is not the last one for us: the count decides.
        return Page(document.asked, rows, total, None if more else before + len(rows) >= total)

    pages = every_page(page, lambda row: row.get(key))
    first, body = next(iter(bodies.items()))
    if len(pages) > 1 and ask.read(first, found_at=found_at).body != body:
        raise changed(url, "the first page is another one after the last page was read")
    yield _line(columns)
    for one in pages:
        for row in one.entries:
            yield _line(["" if row.get(name) is None else str(row[name]) for name in columns])


def _count(ask: Asks, url: str, query: Mapping[str, str], found_at: str | None) -> int:
    counting = {"where": query["where"], "returnCountOnly": "true", "f": "json"}
    asked = urlunsplit(urlsplit(url)._replace(query=urlencode(counting, safe="=")))
    document = ask.read(asked, found_at=found_at)
    counted = number(_answer(document), "count")
    if not counted:
        raise unexpected(document.asked, "the number of rows (count)", counted)
    return counted


def _answer(document: Document) -> Mapping[str, Any]:
    answer = document.json()
    refuse_error(answer, document)
    if not isinstance(answer, Mapping):
        raise unexpected(document.asked, "an object", answer)
    return answer


def _line(cells: list[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue().encode()
