"""Lists and tables that come in pages: complete, or an error that says which page went wrong.

Belongs here: what every interface with pages must keep: no entry twice, none missing, the same total on each page. Does
not belong here: how a page is asked for (`finders`, `nomis_table`, `arcgis_table`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civic_assets.acquire.asking import NotObtained
from civic_assets.house_numbers.discovery import MOST_PAGES


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Args:
        url: Address that was asked.
        entries: What is on it.
        total: Entries of all pages together, as this page states; None if it states none.
        last: Whether it is the last page by the publisher's word; None if the page does not say.
    """

    url: str
    entries: Sequence[Any]
    total: int | None
    last: bool | None = None


def every_page(ask: Callable[[int, int], Page], key: Callable[[Any], object]) -> list[Page]:
    """All pages of a list.

    Args:
        ask: Asks for a page, by its number from 1 and by the number of entries before it.
        key: What an entry is known by; no two have the same.

    Raises:
        NotObtained: An entry comes twice, entries are missing, or the total changes between two pages.
    """
    pages: list[Page] = []
    seen: dict[object, str] = {}
    while True:
        page = ask(len(pages) + 1, len(seen))
        if pages and page.total != pages[0].total:
            raise changed(
                page.url, f"the first page spoke of {pages[0].total:,} entries, this one of {page.total}"
            )
        for entry in page.entries:
            known = key(entry)
            if known in seen:
                raise NotObtained(
                    f"{page.url}: this page repeats an entry of {seen[known]} ({known!r:.80}), so another one is "
                    "missing. Nothing of the list is used. Try again later.",
                    url=page.url,
                    kind="pages",
                )
            seen[known] = page.url
        pages.append(page)
        if complete(page, len(seen)):
            return pages
        if not page.entries or len(pages) >= MOST_PAGES:
            raise incomplete(page.url, len(seen), page.total)


def complete(page: Page, held: int) -> bool:
    """Whether a page is the last one.

    Args:
        page: The page.
        held: Entries on it and on all pages before it.

    Raises:
        NotObtained: It says so, but entries are missing, or there are more than it says.
    """
    if page.total is not None:
        if held > page.total or (held < page.total and page.last):
            raise incomplete(page.url, held, page.total)
        return held == page.total
    return page.last if page.last is not None else not page.entries


def incomplete(url: str, held: int, total: int | None) -> NotObtained:
    """The error of a list that ends too early or too late.

    Args:
        url: Address of the page.
        held: Entries that came.
        total: Entries that the publisher speaks of.
    """
    expected = "more" if total is None else f"{total:,}"
    return NotObtained(
        f"{url}: {held:,} entries came, but the publisher speaks of {expected}. Nothing of the list is used, since it "
        "would be silently short. Try again later.",
        url=url,
        kind="pages",
    )


def changed(url: str, how: str) -> NotObtained:
    """The error of a list or table that changed while it was read.

    Args:
        url: Address of the page.
        how: What differs.
    """
    return NotObtained(
        f"{url}: the pages do not belong together: {how}. The publisher has changed it between two requests. Nothing "
        "of it is used; try again later.",
        url=url,
        kind="changed",
    )


def number(answer: Mapping[str, Any], *path: str) -> int | None:
    """A whole number in an answer, by its keys; None if there is none.

    Args:
        answer: The answer.
        path: Keys, from the outside to the inside.
    """
    value: Any = answer
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
