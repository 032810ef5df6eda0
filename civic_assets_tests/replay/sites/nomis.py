"""Nomis: the description of a data set and its table, cut off without a word."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass

from civic_assets_tests.replay.site import Asked, Told, not_found
from civic_assets_tests.replay.sites.catalogue import Catalogue


@dataclass
class Nomis:
    """The interface.

    Args:
        catalogue: Files; the newest answer of Nomis among them is the table.
        cap: Records that are given at most.
        updated: What the data set says about its last update; empty if it says nothing.
        ignores_offset: Whether every page is the first one.
        rows: Table to serve instead of a file: header and rows.
    """

    catalogue: Catalogue
    cap: int = 25_000
    updated: str = "2025-07-30 09:30:00"
    ignores_offset: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    hosts: tuple[str, ...] = ("www.nomisweb.co.uk",)

    def answer(self, request: Asked) -> Told:
        """Two documents: the description, and the table; without a table, the data set does not exist."""
        file = next((one for one in self.catalogue.of("ons_population") if "nomis" in one.edition), None)
        if file is None and not self.rows:
            return not_found()
        if request.path == "/api/v01/dataset/NM_2002_1.def.sdmx.json":
            annotations = [{"annotationtitle": "Units", "annotationtext": "Persons"}]
            if self.updated:
                annotations.append({"annotationtitle": "LastUpdated", "annotationtext": self.updated})
            family = {
                "id": "NM_2002_1",
                "name": {"value": "Population estimates - local authority based by single year of age"},
                "annotations": {"annotation": annotations},
            }
            body = json.dumps({"structure": {"keyfamilies": {"keyfamily": [family]}}}).encode()
            tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
            return Told(200, {"content-type": "application/json"}, body, etag=f'"{tag}"')
        if request.path != "/api/v01/dataset/NM_2002_1.data.csv":
            return not_found()
        if not self.rows and file is not None and not request.get("recordOffset"):
            whole = file.path.read_bytes()
            if whole.count(b"\n") <= self.cap:
                return Told(200, {"content-type": "text/csv"}, whole)
        header, *rows = self.rows or tuple(
            map(tuple, csv.reader(io.StringIO(file.path.read_text("utf-8-sig")) if file else io.StringIO()))
        )
        start = 0 if self.ignores_offset else int(request.get("recordOffset") or 0)
        return Told(200, {"content-type": "text/csv"}, _table((header, *rows[start : start + self.cap])))


def _table(rows: tuple[tuple[str, ...], ...]) -> bytes:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()
