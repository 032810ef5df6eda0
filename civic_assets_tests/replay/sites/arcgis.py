"""ArcGIS: the search for an owner's services, and services whose rows come in pages."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from civic_assets_tests.replay.site import Asked, Told
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published

ORGANISATION = "/ESMARspQHYMw9BZ9/arcgis/rest/services"
_CODE = re.compile(r"([A-Za-z]+\d\d)cd$", re.IGNORECASE)
_NUMBERS = ("FID", "OBJECTID", "ObjectId")


@dataclass
class ArcGis:
    """The search and the services.

    Args:
        catalogue: Files; lookups with the codes of areas are services.
        most: Rows that a service gives at once.
        suffixes: Name of a service -> suffix that it carries.
        says_more: Whether a page says that there are more.
        search_page: Services on a page of the search at most.
    """

    catalogue: Catalogue
    most: int = 2000
    suffixes: dict[str, str] = field(default_factory=dict)
    says_more: bool = True
    search_page: int = 100
    hosts: tuple[str, ...] = ("www.arcgis.com", "services1.arcgis.com")

    def answer(self, request: Asked) -> Told:
        """Errors have status 200."""
        if request.host == self.hosts[0]:
            return (
                self._search(request) if request.path == "/sharing/rest/search" else _error(404, "Not found")
            )
        for one in self.services():
            base = f"{ORGANISATION}/{self.name(one)}/FeatureServer/0"
            if request.path == base:
                return _json(self._about(one))
            if request.path == f"{base}/query":
                return self._query(one, request)
        return _error(400, "Invalid URL")

    def services(self) -> list[Published]:
        """Lookups that are services."""
        return [one for one in self.catalogue.of("lookups") if self.name(one).count("_") >= 3]

    def name(self, one: Published) -> str:
        """Name of the service: its codes and their years."""
        header, _ = _read(one.path)
        codes = [found[1].upper() for column in header if (found := _CODE.match(column))]
        name = "_".join(codes) + ("_UK_LU" if any("CTRY" in code for code in codes) else "_EW_LU")
        return name + self.suffixes.get(name, "")

    def _search(self, request: Asked) -> Told:
        every = sorted(self.services(), key=lambda one: one.name)
        start, number = int(request.get("start", "1")), min(int(request.get("num", "10")), self.search_page)
        shown = every[start - 1 : start - 1 + number]
        after = start + number
        return _json(
            {
                "total": len(every), "start": start, "num": len(shown),
                "nextStart": after if after <= len(every) else -1,
                "results": [
                    {
                        "id": hashlib.md5(one.name.encode(), usedforsecurity=False).hexdigest(), "name": None,
                        "title": f"{self.name(one).replace('_', ' ')} lookup", "type": "Feature Service",
                        "url": f"https://{self.hosts[1]}{ORGANISATION}/{self.name(one)}/FeatureServer",
                        "modified": int(one.published.timestamp() * 1000),
                    }
                    for one in shown
                ],
            }
        )  # fmt: skip

    def _about(self, one: Published) -> dict[str, Any]:
        header, _ = _read(one.path)
        key = _key(header)
        names = header if key in header else (key, *header)
        return {
            "name": self.name(one),
            "objectIdField": key,
            "maxRecordCount": self.most,
            "fields": [
                {"name": name, "type": "esriFieldTypeOID" if name == key else "esriFieldTypeString"}
                for name in names
            ],
            "editingInfo": {"lastEditDate": int(one.published.timestamp() * 1000)},
        }

    def _query(self, one: Published, request: Asked) -> Told:
        header, rows = _read(one.path)
        if request.get("returnCountOnly") == "true":
            return _json({"count": len(rows)})
        start = int(request.get("resultOffset", "0"))
        columns = request.get("outFields").split(",")
        key = _key(header)
        features = [
            {
                "attributes": {
                    name: value for name, value in _values(header, row, key, number) if name in columns
                }
            }
            for number, row in enumerate(rows[start : start + self.most], start + 1)
        ]
        answer: dict[str, Any] = {"objectIdFieldName": key, "features": features}
        if self.says_more and start + self.most < len(rows):
            answer["exceededTransferLimit"] = True
        return _json(answer)


def _key(header: tuple[str, ...]) -> str:
    return next((name for name in header if name in _NUMBERS), "FID")


def _values(header: tuple[str, ...], row: list[str], key: str, number: int) -> list[tuple[str, Any]]:
    values: list[tuple[str, Any]] = [
        (name, int(value) if name == key else value or None) for name, value in zip(header, row, strict=True)
    ]
    return values if key in header else [(key, number), *values]


@cache
def _read(path: Path) -> tuple[tuple[str, ...], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    return tuple(header), rows


def _json(value: Any) -> Told:
    body = json.dumps(value).encode()
    tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return Told(200, {"content-type": "application/json"}, body, etag=f'"{tag}"', gzip=True)


def _error(code: int, message: str) -> Told:
    return _json({"error": {"code": code, "message": message, "details": []}})
