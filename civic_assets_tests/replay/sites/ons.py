"""The ONS website and its search: landing pages, editions, previous versions, files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from civic_assets_tests.replay.site import Asked, Told
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published

CRIME = "/peoplepopulationandcommunity/crimeandjustice/datasets"
PEOPLE = "/peoplepopulationandcommunity/populationandmigration/populationestimates/datasets"
FORCES = f"{CRIME}/policeforceareadatatables"
PARTNERSHIPS = f"{CRIME}/recordedcrimedatabycommunitysafetypartnershiparea"
UNITED_KINGDOM = f"{PEOPLE}/populationestimatesforukenglandandwalesscotlandandnorthernireland"
ENGLAND_AND_WALES = f"{PEOPLE}/estimatesofthepopulationforenglandandwales"
_LONDON = ZoneInfo("Europe/London")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip


@dataclass
class OnsPage:
    """A data set's landing page.

    Args:
        path: Its path.
        title: Its title.
        next_release: Free text.
        files: Its files, of all editions.
    """

    path: str
    title: str
    next_release: str = "To be announced"
    files: list[Published] = field(default_factory=list)


@dataclass
class OnsSite:
    """The website and the search.

    Args:
        pages: Landing pages.
        gone: Paths of editions that are listed but not there.
    """

    pages: list[OnsPage]
    gone: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ("www.ons.gov.uk", "api.beta.ons.gov.uk", "download.ons.gov.uk")

    @classmethod
    def of(cls, catalogue: Catalogue) -> OnsSite:
        """The site with the files of a catalogue."""
        crime = {one.sha256: one for one in catalogue.of("ons_csp", "ons_pfa")}
        people = [one for one in catalogue.of("ons_population") if one.path.suffix == ".xlsx"]
        both = [one for one in people if "ew" in one.path.stem]
        return cls(
            [
                OnsPage(FORCES, "Police force area data tables", "23 July 2026 9:30am", list(crime.values())),
                OnsPage(PARTNERSHIPS, "Recorded crime data by Community Safety Partnership area"),
                OnsPage(
                    UNITED_KINGDOM,
                    "Estimates of the population for the UK, England, Wales, Scotland and Northern Ireland",
                    files=[one for one in people if one not in both],
                ),
                OnsPage(ENGLAND_AND_WALES, "Estimates of the population for England and Wales", files=both),
            ]
        )

    def answer(self, request: Asked) -> Told:
        """Pages have `/data` documents; files are answered as attachments. All have an ETag that is a SHA-1."""
        if request.host.startswith("api."):
            return self._search(request) if request.path == "/v1/search" else _lost()
        if request.path == "/file":
            return self._file(request.get("uri"))
        if not request.path.endswith("/data"):
            return _lost()
        path = request.path.removesuffix("/data")
        for page in self.pages:
            if path == page.path:
                return _document(self._landing(page))
            for edition, files in _editions(page):
                uri = f"{page.path}/{edition}"
                if uri in self.gone:
                    continue
                if path == uri:
                    return _document(self._edition(page, uri, files, files[0]))
                for number, old in enumerate(reversed(files[1:]), 1):
                    if path == f"{uri}/previous/v{number}":
                        return _document(self._edition(page, path, [old], old))
        return _lost()

    def _landing(self, page: OnsPage) -> dict[str, Any]:
        return {
            "type": "dataset_landing_page",
            "uri": page.path,
            "datasets": [{"uri": f"{page.path}/{edition}"} for edition, _ in sorted(_editions(page))],
            "description": {
                "title": page.title, "nationalStatistic": True, "nextRelease": page.next_release, "datasetId": "",
            },
        }  # fmt: skip

    def _edition(self, page: OnsPage, uri: str, files: Sequence[Published], one: Published) -> dict[str, Any]:
        # Some records have the whole path of the file, others its name alone.
        whole = len(one.name) % 2 == 0
        return {
            "type": "dataset",
            "uri": uri,
            "downloads": [{"file": f"{uri}/{one.name}" if whole else one.name, "size": str(one.size)}],
            "supplementaryFiles": [],
            "versions": [
                {
                    "uri": f"{uri}/previous/v{number}",
                    "updateDate": newer.stamp,
                    "correctionNotice": newer.correction,
                    "label": "",
                }
                for number, newer in enumerate(list(reversed(files))[1:], 1)
            ],
            "description": {
                "title": page.title, "edition": _said(uri.split("/previous/")[0]), "releaseDate": _midnight(files[-1]),
            },
        }  # fmt: skip

    def _file(self, uri: str) -> Told:
        for page in self.pages:
            for edition, files in _editions(page):
                base = f"{page.path}/{edition}"
                for number, one in enumerate(reversed(files), 1):
                    folder = base if one is files[0] else f"{base}/previous/v{number}"
                    if uri == f"{folder}/{one.name}" and base not in self.gone:
                        headers = {
                            "content-type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                            "content-disposition": f'attachment; filename="{one.name}"',
                        }
                        return Told(200, headers, one.path, etag=f'"{one.sha1}"', ranges=True)
        return _lost()

    def _search(self, request: Asked) -> Told:
        words = set(request.get("q").lower().replace(",", " ").split())
        items = [
            {
                "uri": page.path,
                "title": page.title,
                "type": "dataset_landing_page",
                "release_date": "2026-04-23",
            }
            for page in self.pages
            if words & set(page.title.lower().replace(",", " ").split())
        ]
        return _document({"count": len(items), "items": items})


def _editions(page: OnsPage) -> list[tuple[str, list[Published]]]:
    """Editions of a page by the last part of their paths; of each its versions, the newest first."""
    found: dict[str, list[Published]] = {}
    for one in sorted(page.files, key=lambda one: one.published, reverse=True):
        found.setdefault(_slug(one.edition), []).append(one)
    return list(found.items())


def _slug(edition: str) -> str:
    year, _, month = edition.partition("-")
    return f"yearending{_MONTHS[int(month) - 1]}{year}" if month.isdecimal() else f"mid{year}"


def _said(uri: str) -> str:
    return uri.rpartition("/")[2]


def _midnight(one: Published) -> str:
    """Midnight in London of the day of publication, in UTC: 23:00 of the day before in summer."""
    day = one.published.astimezone(_LONDON).date()
    at = datetime.combine(day, time(), _LONDON).astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _document(value: Any) -> Told:
    body = json.dumps(value).encode()
    tag = hashlib.sha1(body, usedforsecurity=False).hexdigest()
    return Told(200, {"content-type": "application/json; charset=utf-8"}, body, etag=f'"{tag}"', gzip=True)


def _lost() -> Told:
    page = b"<!doctype html><html><head><title>404 - page not found</title></head><body></body></html>"
    return Told(404, {"content-type": "text/html"}, page)
