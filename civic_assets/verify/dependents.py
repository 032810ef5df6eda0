"""What was made from a file of a store: releases from a received file, publications from releases and tables.

Belongs here: looking this up in the receipts and in the manifests of publications. Does not belong here: whether these
are as they were written (`civic_assets.verify.parts`); a manifest that cannot be read names nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from civic_assets.archive.chain import read_chain
from civic_assets.archive.manifest import FORM, MANIFEST
from civic_assets.layers.store import Store
from civic_assets.publish.publication import manifests


@dataclass(frozen=True, slots=True)
class Dependents:
    """What was made from what.

    Args:
        releases: Releases of each received file, by its SHA-256.
        of_files: Numbers of the publications that name a received file, by its SHA-256.
        of_tables: Numbers of the publications that name a table, by its SHA-256.
    """

    releases: Mapping[str, list[str]] = field(default_factory=dict)
    of_files: Mapping[str, list[int]] = field(default_factory=dict)
    of_tables: Mapping[str, list[int]] = field(default_factory=dict)

    def of_file(self, sha256: str) -> tuple[str, ...]:
        """What was made from a received file."""
        return (*self.releases.get(sha256, ()), *_publications(self.of_files.get(sha256, ())))

    def of_table(self, sha256: str) -> tuple[str, ...]:
        """Publications that name a table."""
        return _publications(self.of_tables.get(sha256, ()))


def _publications(numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"publication {number}" for number in sorted(set(numbers)))


def dependents_of(store: Store) -> Dependents:
    """Everything that receipts and manifests say was made from a file or a table."""
    releases: defaultdict[str, list[str]] = defaultdict(list)
    of_files: defaultdict[str, list[int]] = defaultdict(list)
    of_tables: defaultdict[str, list[int]] = defaultdict(list)
    for receipt in read_chain(FORM, store.root / "archive" / MANIFEST).receipts:
        releases[receipt.sha256].append(f"{receipt.source} {receipt.release}")
    for file in manifests(store):
        try:
            content: Any = json.loads(file.read_bytes())["content"]
            for one in content["inputs"]:
                of_files[str(one["sha256"])].append(int(file.stem))
            for one in content["tables"]:
                of_tables[str(one["hash"])].append(int(file.stem))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # `parts` says that it cannot be read
    return Dependents(releases, of_files, of_tables)
