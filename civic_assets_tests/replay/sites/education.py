"""Explore education statistics: the content API and the public data API."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from civic_assets_tests.replay.site import Asked, Told
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published

PUBLICATIONS = {
    "children-in-need": ("dfe_children_in_need",),
    "suspensions-and-permanent-exclusions-in-england": ("dfe_exclusions",),
    "children-looked-after-in-england-including-adoptions": ("dfe_looked_after",),
    "participation-in-education-training-and-neet-age-16-to-17-by-local-authority": ("dfe_neet",),
    "special-educational-needs-in-england": ("dfe_sen",),
}
"""Sources of each publication. The population that the Department copies is among the children in need."""
CONTENT = "content.explore-education-statistics.service.gov.uk"
DATA = "api.education.gov.uk"


@dataclass
class Education:
    """Both interfaces.

    Args:
        catalogue: Files.
        renamed: Earlier name of a publication -> today's name.
        page_size: Data sets on a page at most, of the content API.
        next_release: What the content API says about the next release.
        superseded: Title of a data set of the data API -> title of the one that supersedes it.
    """

    catalogue: Catalogue
    renamed: dict[str, str] = field(default_factory=dict)
    page_size: int = 40
    next_release: dict[str, Any] = field(default_factory=lambda: {"year": 2026, "month": 11, "day": 19})
    superseded: dict[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = (CONTENT, DATA)

    def answer(self, request: Asked) -> Told:
        """Answer by host."""
        return self._data(request) if request.host == DATA else self._content(request)

    def _content(self, request: Asked) -> Told:
        path = request.path.removeprefix("/api/")
        if path == "redirects":
            moved = [{"fromSlug": old, "toSlug": new} for old, new in self.renamed.items()]
            return _json({"publicationRedirects": moved, "methodologyRedirects": []})
        if path.startswith("publications/"):
            slug = path.removeprefix("publications/")
            return _json(self._publication(slug)) if slug in self.slugs() else _problem(404)
        if path == "data-set-files":
            return self._listed(request)
        for slug in self.slugs():
            for one in self.files(slug):
                if path == f"data-set-files/{one.id}/download":
                    return Told(200, {"content-type": "text/csv"}, one.path, etag=f'"{one.md5}"')
        return _problem(404)

    def slugs(self) -> list[str]:
        """Today's names of the publications."""
        return [self.renamed.get(slug, slug) for slug in PUBLICATIONS]

    def files(self, slug: str) -> list[Published]:
        """Files of a publication, the newest first."""
        before = next((old for old, new in self.renamed.items() if new == slug), slug)
        found = self.catalogue.of(*PUBLICATIONS[before])
        if before == "children-in-need":
            found += [one for one in self.catalogue.of("ons_population") if _copied(one)]
        return found

    def _publication(self, slug: str) -> dict[str, Any]:
        return {
            "id": publication_id(slug), "slug": slug, "title": slug.replace("-", " ").capitalize(),
            "nextReleaseDate": self.next_release, "supersededByPublication": None,
        }  # fmt: skip

    def _listed(self, request: Asked) -> Told:
        slug = next(
            (one for one in self.slugs() if publication_id(one) == request.get("publicationId")), None
        )
        if slug is None:
            return _page([], request, self.page_size)
        files = self.files(slug)
        newest = max((_release(one) for one in files if not _copied(one)), default="")
        sets = [self._set(one, newest) for one in files]
        if request.get("latestOnly", "true") == "true":
            sets = [one for one in sets if one["latestData"]]
        return _page(sets, request, self.page_size)

    def _set(self, one: Published, newest: str) -> dict[str, Any]:
        title = "ONS mid-year population estimates, ages 0 to 17" if _copied(one) else one.title
        return {
            "id": one.id, "fileId": str(uuid.uuid5(uuid.NAMESPACE_URL, one.sha256)), "filename": one.name,
            "fileSize": f"{one.size} B", "title": title, "release": {"slug": _release(one), "title": _release(one)},
            "latestData": _copied(one) or _release(one) == newest, "isSuperseded": False, "published": one.stamp,
            "lastUpdated": one.stamp,
            "meta": {"numDataFileRows": 1, "geographicLevels": ["National", "Regional", "Local authority"]},
        }  # fmt: skip

    def _data(self, request: Asked) -> Told:
        path = request.path.removeprefix("/statistics/v1/")
        if path == "publications":
            words = request.get("search").lower()
            found = [
                {"id": publication_id(slug), "slug": slug, "title": slug.replace("-", " ").capitalize()}
                for slug in self.slugs()
                if words in slug.replace("-", " ")
            ]
            return _page(found, request, 40)
        for slug in self.slugs():
            sets = self._api_sets(slug)
            if path == f"publications/{publication_id(slug)}/data-sets":
                return _page([self._api_set(title, files) for title, files in sets.items()], request, 20)
            for title, files in sets.items():
                id = data_set_id(title)
                if path == f"data-sets/{id}":
                    return _json(self._api_set(title, files))
                if path == f"data-sets/{id}/versions":
                    every = [_version(one, number) for number, one in enumerate(reversed(files), 1)]
                    return _page(every[::-1], request, 20)
                if path == f"data-sets/{id}/csv":
                    wanted = request.get("dataSetVersion") or f"{len(files)}.0"
                    for number, one in enumerate(reversed(files), 1):
                        if wanted == f"{number}.0":
                            return Told(200, {"content-type": "text/csv"}, one.path, gzip="always")
        return _problem(404)

    def _api_sets(self, slug: str) -> dict[str, list[Published]]:
        sets: dict[str, list[Published]] = {}
        for one in self.files(slug):
            sets.setdefault(one.title.rpartition(",")[0] or one.title, []).append(one)
        return sets

    def _api_set(self, title: str, files: Sequence[Published]) -> dict[str, Any]:
        after = self.superseded.get(title)
        return {
            "id": data_set_id(title), "title": title, "status": "Deprecated" if after else "Published",
            "supersedingDataSetId": data_set_id(after) if after else None,
            "latestVersion": _version(files[0], len(files)),
        }  # fmt: skip


def publication_id(slug: str) -> str:
    """Id of a publication; it does not change with its name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, slug))


def data_set_id(title: str) -> str:
    """Id of a data set of the data API; versions share it."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, title))


def _copied(one: Published) -> bool:
    return one.source == "ons_population" and "age-0-17" in one.edition


def _release(one: Published) -> str:
    return one.edition[:4]


def _version(one: Published, number: int) -> dict[str, Any]:
    return {
        "version": f"{number}.0", "type": "Major", "status": "Published", "published": one.stamp, "totalResults": 1,
        "file": {"id": one.id},
    }  # fmt: skip


def _page(every: Sequence[Any], request: Asked, most: int) -> Told:
    size = int(request.get("pageSize", "10"))
    if size > most:
        return _problem(400)
    page = int(request.get("page", "1"))
    paging = {
        "page": page, "pageSize": size, "totalResults": len(every), "totalPages": -(-len(every) // size),
    }  # fmt: skip
    return _json({"paging": paging, "results": every[(page - 1) * size : page * size]})


def _json(value: Any) -> Told:
    body = json.dumps(value).encode()
    tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return Told(200, {"content-type": "application/json"}, body, etag=f'"{tag}"', gzip=True)


def _problem(status: int) -> Told:
    body = json.dumps({"title": "Not found", "type": "about:blank", "status": status}).encode()
    return Told(status, {"content-type": "application/problem+json"}, body)
