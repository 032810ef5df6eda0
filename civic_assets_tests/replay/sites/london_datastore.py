"""The London Datastore: data sets, their resources in both shapes, redirects and downloads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from civic_assets_tests.replay.site import Asked, Told, not_found
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published

SOURCES = ("met_borough", "met_ward", "met_lsoa")


@dataclass
class LondonDatastore:
    """The data set of recorded crime by area.

    Args:
        catalogue: Files.
        shape: `v2`: resources by id. `v3`: a list of resources.
        dataset: Id of the data set.
        older_issues: Whether the data set still lists the issues before the newest one.
        more: Further resources as they are listed, e.g. a guide.
    """

    catalogue: Catalogue
    shape: Literal["v2", "v3"] = "v2"
    dataset: str = "exy3m"
    older_issues: bool = False
    more: tuple[dict[str, Any], ...] = ()
    hosts: tuple[str, ...] = ("data.london.gov.uk",)

    def answer(self, request: Asked) -> Told:
        """The API answers 307 to its current version; downloads are plain files with an ETag."""
        path = request.path
        if path.startswith("/api/dataset/"):
            version = self.shape if self.shape == "v2" else "v3"
            return Told(307, {"location": f"/api/{version}/dataset/{quote(path[len('/api/dataset/') :])}"})
        if path.startswith(("/api/v2/dataset/", "/api/v3/dataset/")):
            return _json(self._described()) if path.rpartition("/")[2] == self.dataset else not_found()
        if path == f"/api/{self.shape}/datasets/export.json":
            other = {"id": "2xxx0", "title": "Trees", "resources": [] if self.shape == "v3" else {}}
            return _json([other, self._described()])
        if path.startswith("/download/"):
            return self._download(path)
        return not_found()

    def _listed(self) -> Iterable[Published]:
        seen: set[tuple[str, str]] = set()
        for one in self.catalogue.of(*SOURCES):
            if self.older_issues or (one.source, one.title) not in seen:
                yield one
            seen.add((one.source, one.title))

    def _described(self) -> dict[str, Any]:
        listed = [self._resource(one) for one in self._listed()]
        resources: Any = [*listed, *self.more]
        if self.shape == "v2":
            resources = {
                one["id"]: {key: value for key, value in one.items() if key != "id"} for one in resources
            }
        return {
            "id": self.dataset,
            "slug": "recorded_crime_summary",
            "title": "MPS Recorded Crime: Geographic Breakdown",
            "sharing": "public",
            "resources": resources,
        }

    def _resource(self, one: Published) -> dict[str, Any]:
        url = f"https://{self.hosts[0]}/download/{self.dataset}/{one.id}/{quote(one.name)}"
        if self.shape == "v3":
            return {
                "dataset": self.dataset, "id": one.id, "title": one.title, "url": url, "timeframeFrom": None,
                "timeframeTo": None, "size": one.size, "hash": one.md5, "timestamp": one.stamp[:-1],
                "filename": one.name,
            }  # fmt: skip
        return {
            "id": one.id, "title": one.title, "url": url, "format": "csv", "order": 1, "check_http_status": 200,
            "check_size": one.size, "check_timestamp": one.stamp, "temporal_coverage_to": one.edition[:7],
        }  # fmt: skip

    def _download(self, path: str) -> Told:
        for one in self.catalogue.of(*SOURCES):
            if path == f"/download/{self.dataset}/{one.id}/{one.name}":
                headers = {"content-type": "text/csv"}
                return Told(200, headers, one.path, etag=f'"{one.md5}"', ranges=True)
        return not_found()


def _json(value: Any) -> Told:
    body = json.dumps(value).encode()
    # Not confirmed for the interface itself; downloads are known to have one.
    tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return Told(200, {"content-type": "application/json"}, body, etag=f'W/"{tag}"', gzip=True)
