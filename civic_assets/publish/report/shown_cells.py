"""Cells around the findings that are shown, read from the raw layer only where something changed.

Belongs here: which raw tables have to be read, and keeping what was read. Does not belong here: which cells are shown
of a finding (`cells`).

The cells of a release are kept in `<store>/shown_cells/` under the hash of everything that they depend on: its raw
table, its contract, the titles of its tables, the findings that are shown, and the code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.layers.keys import code_version
from civic_assets.layers.store import Store
from civic_assets.publish.report.cells import FindingCells, Neighbours, PrintedCell, PrintedRow, neighbours_of
from civic_assets.publish.report.reading import Row
from civic_assets.tables.atomic import atomic_write_text
from civic_assets.tables.duckdb_connection import connect

if TYPE_CHECKING:
    from civic_assets.contracts.model import Contract
    from civic_assets.tables import TableRef


@dataclass(frozen=True, slots=True)
class _Release:
    """A release with findings that name cells.

    Args:
        raw: Its raw table.
        titles: Locators of the titles of its tables.
        asked: Its findings.
        key: Hash of everything that their cells depend on.
    """

    name: str
    raw: TableRef
    titles: Sequence[str]
    asked: Sequence[FindingCells]
    key: str


@dataclass
class ShownCells:
    """Cells around findings, by source."""

    store: Store
    contracts: Mapping[str, Contract]
    releases: Mapping[str, Sequence[_Release]]
    read: dict[str, Mapping[str, Neighbours]] = field(default_factory=dict)

    @staticmethod
    def of_findings(
        store: Store,
        contracts: Mapping[str, Contract],
        findings: Sequence[Row],
        titles: Mapping[tuple[str, str], Sequence[str]],
    ) -> ShownCells:
        """Cells of findings, none of which is read yet.

        Args:
            store: Store with the raw tables.
            contracts: Contracts by source.
            findings: Findings that are shown.
            titles: Locators of the titles of tables, by source and release.
        """
        wanted: dict[tuple[str, str], list[FindingCells]] = {}
        for row in findings:
            if row["locator"]:
                one = FindingCells(row["finding_id"], row["locator"], tuple(row["locators"] or ()))
                wanted.setdefault((row["source"], row["release"]), []).append(one)
        releases: dict[str, list[_Release]] = {}
        for (source, release), asked in wanted.items():
            # Findings about derived tables, and about releases whose raw table is gone, are shown without cells.
            raw = store.tables.current("raw", source, release) if (source, release) in titles else None
            if raw is None:
                continue
            contract = contracts.get(source)
            parts = [
                code_version(), raw.hash, contract.sha256 if contract else None, list(titles[source, release]),
                [[one.finding_id, one.locator, list(one.locators)] for one in asked],
            ]  # fmt: skip
            key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
            releases.setdefault(source, []).append(
                _Release(release, raw, titles[source, release], asked, key)
            )
        return ShownCells(store, contracts, releases)

    def key(self, source: str) -> list[str]:
        """Hashes of everything that the cells of a source depend on."""
        return [one.key for one in self.releases.get(source, ())]

    def of(self, source: str) -> Mapping[str, Neighbours]:
        """Cells by finding id of a source; raw tables are read for releases whose cells are not kept."""
        if source not in self.read:
            found: dict[str, Neighbours] = {}
            for release in self.releases.get(source, ()):
                found |= self._of_release(source, release)
            self.read[source] = found
        return self.read[source]

    def _of_release(self, source: str, release: _Release) -> Mapping[str, Neighbours]:

        file = self.store.root / "shown_cells" / source / f"{release.name}.json"
        kept = _kept(file, release.key)
        if kept is not None:
            return kept
        contract = self.contracts.get(source)
        with connect() as connection:
            found = neighbours_of(connection, release.raw, release.titles, contract, release.asked)
        document = {"key": release.key, "cells": {name: _as_document(one) for name, one in found.items()}}
        atomic_write_text(file, json.dumps(document, ensure_ascii=False) + "\n")
        return found


def _as_document(one: Neighbours) -> dict[str, Any]:
    return {**asdict(one), "gaps": sorted(one.gaps)}


def _kept(file: Path, key: str) -> Mapping[str, Neighbours] | None:
    """Cells kept under a key; None if they have to be read."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document["key"] != key:
            return None
        return {name: _neighbours(one) for name, one in document["cells"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _neighbours(one: Mapping[str, Any]) -> Neighbours:
    rows = [
        PrintedRow(**{**row, "cells": tuple(PrintedCell(**cell) for cell in row["cells"])})
        for row in one["rows"]
    ]
    return Neighbours(one["where"], tuple(one["columns"]), frozenset(one["gaps"]), tuple(rows))
