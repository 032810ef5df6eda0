"""gov.uk: the content API and the host of its attachments."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from civic_assets_tests.replay.site import Asked, Told, not_found
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published

TABLES = "/government/statistical-data-sets/police-recorded-crime-and-outcomes-open-data-tables"
_TYPES = {
    ".csv": "text/csv",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OTHERS = (
    "Police recorded crime Community Safety Partnership open data outcomes, year ending March 2026",
    "Firearms open data table, police force area, year ending March 2008 onwards",
    "Knife or sharp instrument open data table by police force, year ending March 2009 onwards",
    "Police recorded crime subcode open data table by police force area, year ending March 2026",
)
"""Titles next to the main series that must not be taken for it."""


@dataclass
class GovUk:
    """The site.

    Args:
        catalogue: Files; those of the Home Office are attachments.
        page: Path of the page.
        moved_from: Path that redirects to it, as the API states it.
        withdrawn: The publisher's reason if the page was withdrawn.
        lost: SHA-256 of files whose addresses redirect to the page instead.
        more: Further attachments as the API lists them.
    """

    catalogue: Catalogue
    page: str = TABLES
    moved_from: str = ""
    withdrawn: str = ""
    lost: tuple[str, ...] = ()
    more: list[dict[str, Any]] = field(default_factory=list)
    hosts: tuple[str, ...] = ("www.gov.uk", "assets.publishing.service.gov.uk")

    def answer(self, request: Asked) -> Told:
        """The API answers with JSON, attachments are on another host."""
        if request.host == self.hosts[1]:
            return self._asset(request.path)
        if request.path == f"/api/content{self.page}":
            return _json(self._page())
        if self.moved_from and request.path == f"/api/content{self.moved_from}":
            to = [{"path": self.moved_from, "type": "exact", "destination": self.page}]
            return _json({"document_type": "redirect", "schema_name": "redirect", "redirects": to})
        if request.path == self.page:
            return Told(
                200, {"content-type": "text/html"}, b"<!doctype html><html><title>Tables</title></html>"
            )
        return not_found()

    def _page(self) -> dict[str, Any]:
        files = self.catalogue.of("home_office_prc")
        page: dict[str, Any] = {
            "base_path": self.page,
            "title": "Police recorded crime and outcomes open data tables",
            "document_type": "statistical_data_set",
            "public_updated_at": max((one.stamp for one in files), default="2026-07-23T08:30:00Z"),
            "first_published_at": "2025-04-24T08:30:00Z",
            "details": {
                "body": "",
                "attachments": [
                    *(self._attachment(one) for one in files),
                    *(_other(number, title) for number, title in enumerate(_OTHERS)),
                    *self.more,
                ],
            },
        }
        if self.withdrawn:
            page["withdrawn_notice"] = {
                "explanation": f"<p>{self.withdrawn}</p>",
                "withdrawn_at": "2026-10-01T09:00:00Z",
            }
        return page

    def _attachment(self, one: Published) -> dict[str, Any]:
        return {
            "id": one.name, "title": one.title, "url": f"https://{self.hosts[1]}{_path(one)}", "filename": one.name,
            "content_type": _TYPES[one.path.suffix.lower()], "file_size": one.size, "attachment_type": "file",
        }  # fmt: skip

    def _asset(self, path: str) -> Told:
        for one in self.catalogue.of("home_office_prc"):
            if path == f"/media/{one.sha256[:24]}/{one.name}":
                if one.sha256 in self.lost:
                    return Told(302, {"location": f"https://{self.hosts[0]}{self.page}"})
                kind = _TYPES[one.path.suffix.lower()]
                return Told(200, {"content-type": kind}, one.path, etag=f'"{one.md5}"', ranges=True)
        return not_found()


def _path(one: Published) -> str:
    return f"/media/{one.sha256[:24]}/{quote(one.name)}"


def _other(number: int, title: str) -> dict[str, Any]:
    name = f"prc-other-{number}-230726.ods"
    return {
        "id": name, "title": title, "filename": name, "content_type": _TYPES[".ods"], "file_size": 4000,
        "url": f"https://assets.publishing.service.gov.uk/media/{number:024x}/{name}", "attachment_type": "file",
    }  # fmt: skip


def _json(value: Any) -> Told:
    body = json.dumps(value).encode()
    tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return Told(200, {"content-type": "application/json; charset=utf-8"}, body, etag=f'W/"{tag}"', gzip=True)
