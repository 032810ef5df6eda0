"""data.police.uk: the day of the last update, the index of archives, and archives that redirect to another host."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass, field

from civic_assets_tests.replay.site import Asked, Told, not_found
from civic_assets_tests.replay.sites.catalogue import Catalogue

_ARCHIVE = re.compile(r"/(?:data/)?archive/((?:19|20)\d\d-\d\d)\.zip")
_STAMP = (2024, 1, 1, 0, 0, 0)


@dataclass
class PoliceUk:
    """The site and the host of its archives.

    Args:
        catalogue: Files; those of `police_uk` that are CSV files are members of the archives.
        window: Months that an archive holds; all months if None.
        archives: Months whose archives exist; that of the newest month if empty.
        more: Further members, path -> bytes, e.g. files of other forces.
    """

    catalogue: Catalogue
    window: int | None = None
    archives: tuple[str, ...] = ()
    more: dict[str, bytes] = field(default_factory=dict)
    hosts: tuple[str, ...] = ("data.police.uk", "policeuk-data.s3.amazonaws.com")
    _made: dict[object, bytes] = field(default_factory=dict, repr=False)

    def answer(self, request: Asked) -> Told:
        """Archives are answered with 302 to the other host, which answers parts."""
        path = request.path
        if request.host == self.hosts[1]:
            found = _ARCHIVE.fullmatch(path)
            if found is None or found[1] not in self.months():
                return not_found()
            body = self.archive(found[1])
            return Told(
                200, {"content-type": "application/zip"}, body, etag=f'"{_md5(body)}-207"', ranges=True
            )
        if path == "/api/crime-last-updated":
            day = f'{{"date":"{self.months()[0]}-01"}}' if self.months() else "{}"
            return Told(
                200, {"content-type": "application/json"}, day.encode(), etag=f'"{_md5(day.encode())}"'
            )
        if path == "/data/archive/":
            page = self._index()
            return Told(200, {"content-type": "text/html"}, page, etag=f'"{_md5(page)}"')
        if path == "/data/archive/latest.zip":
            return Told(302, {"location": f"https://{self.hosts[1]}/archive/{self.months()[0]}.zip"})
        if found := _ARCHIVE.fullmatch(path):
            return Told(302, {"location": f"https://{self.hosts[1]}/archive/{found[1]}.zip"})
        return not_found()

    def months(self) -> list[str]:
        """Months whose archives exist, newest first."""
        if self.archives:
            return sorted(self.archives, reverse=True)
        return sorted({name[:7] for name in self._members()}, reverse=True)[:1]

    def archive(self, month: str) -> bytes:
        """The archive of a month; the same bytes each time."""
        files = self._members()
        state = (month, self.window, tuple((name, hash(content)) for name, content in files.items()))
        if state in self._made:
            return self._made[state]
        first = _before(month, self.window - 1) if self.window else ""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(files.items()):
                if first <= name[:7] <= month:
                    archive.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
        self._made = {**self._made, state: written.getvalue()}
        return self._made[state]

    def _members(self) -> dict[str, bytes]:
        files = [one for one in self.catalogue.of("police_uk") if one.path.suffix == ".csv"]
        return {**{one.name: one.path.read_bytes() for one in reversed(files)}, **self.more}

    def _index(self) -> bytes:
        rows = "".join(
            f'<li><a href="/data/archive/{month}.zip">{month}</a> <span class="md5">MD5: <code>'
            f"{_md5(self.archive(month))}</code></span></li>"
            for month in self.months()
        )
        return f"<!doctype html><html><body><h1>Archive</h1><ul>{rows}</ul></body></html>".encode()


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _before(month: str, months: int) -> str:
    count = int(month[:4]) * 12 + int(month[5:]) - 1 - months
    return f"{count // 12}-{count % 12 + 1:02d}"
