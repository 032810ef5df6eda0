"""Faults of lists and tables that come in pages: a page twice, the last one missing, a change between two requests.

Belongs here: what each publisher with pages answers instead, and why others cannot have such a fault. Does not belong
here: faults of single answers (`civic_assets_tests.replay.faults`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Asked, Site, Told

KINDS = {
    "page_twice": "a page of the list comes twice",
    "page_missing": "the last page of the list is empty",
    "page_changed": "the list changes between two requests",
}
WORDS = {
    "page_twice": r"repeats an entry",
    "page_missing": r"entries came, but the publisher speaks of",
    "page_changed": r"do not belong together",
}


@dataclass(frozen=True, slots=True)
class Paged:
    """A list in pages.

    Args:
        host: Its host, a regular expression.
        page: Regular expression of the addresses of the pages after the first one.
        number: Parameter that says which page is wanted.
        entries: Key of the entries of a page in JSON; empty for a table of Nomis.
        total: Keys of the total, from the outside to the inside; empty if a page does not state it.
    """

    host: str
    page: str
    number: str
    entries: str = ""
    total: tuple[str, ...] = ()

    def fault(self, kind: str, site: Site) -> Fault:
        """The fault, for good.

        Args:
            kind: A key of `KINDS`.
            site: The site that answers, for a page that is sent twice.
        """
        changes: Mapping[str, Callable[[Asked, Told], Told]] = {
            "page_twice": lambda asked, told: site.answer(self._first(asked)),
            "page_missing": self._empty,
            "page_changed": self._other_total,
        }
        return Fault(kind, host=self.host, path=self.page, change=changes[kind])

    def _first(self, asked: Asked) -> Asked:
        kept = tuple((name, value) for name, value in asked.query if name != self.number)
        return replace(asked, query=kept)

    def _empty(self, asked: Asked, told: Told) -> Told:
        assert isinstance(told.body, bytes)
        if not self.entries:
            return Told(200, told.headers, told.body.split(b"\n")[0] + b"\n")
        return _changed(told, lambda page: {**page, self.entries: []})

    def _other_total(self, asked: Asked, told: Told) -> Told:
        assert isinstance(told.body, bytes)
        if not self.entries:
            header, *rows = told.body.decode().splitlines()
            one_more = [
                f'{row.rpartition(",")[0]},"{int(row.rpartition(",")[2].strip(chr(34))) + 1}"' for row in rows
            ]
            return Told(200, told.headers, "\r\n".join([header, *one_more, ""]).encode())
        if not self.total:
            # The rows have another column: the table was made anew.
            return _changed(told, lambda page: {**page, self.entries: [{"attributes": {"NEW": 1}}]})
        return _changed(told, lambda page: _one_more(page, self.total))


def _changed(told: Told, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Told:
    assert isinstance(told.body, bytes)
    return Told(200, told.headers, json.dumps(change(json.loads(told.body))).encode())


def _one_more(page: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    first, *rest = keys
    return {**page, first: _one_more(page[first], tuple(rest)) if rest else page[first] + 1}


# By publisher and place.
PAGED: Mapping[tuple[str, str], Paged] = {
    ("education", "list"): Paged(
        r"content\.explore-education.*",
        r"data-set-files\?.*page=[2-9]",
        "page",
        "results",
        ("paging", "totalResults"),
    ),
    ("arcgis", "list"): Paged(r"www\.arcgis\.com", r"start=([2-9]|1\d)", "start", "results", ("total",)),
    ("arcgis", "file"): Paged(r"services1\.arcgis\.com", r"resultOffset=[1-9]", "resultOffset", "features"),
    ("nomis", "file"): Paged(r"www\.nomisweb\.co\.uk", r"recordOffset=", "recordOffset"),
}
NOT_APPLICABLE = {
    "ons": "no: each edition and version has a document of its own",
    "govuk": "no: one document names all attachments",
    "datastore": "no: one document names all resources",
    "police": "no: an archive has a directory, whose parts must be of one version (tested with its finder)",
}
