"""Differences between a publication and the previous one, from their manifests.

Belongs here: comparing two manifests. Does not belong here: which figures changed between releases of a
source (`registers`), and writing manifests (`publish.publication`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civic_assets.layers.store import Store


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes since the previous publication.

    Args:
        number, date: Number and date of the previous publication.
        new: Releases that the previous one did not have, as (source, release).
        gone: Releases that only the previous one had.
        figures: Releases whose figures differ although their file is the same, because they were read or recoded
            differently.
        files: Releases whose file differs.
        findings: Releases in which only check results or findings differ.
        contracts: Sources whose contract changed.
        code: Whether the program changed.
        vocabularies: Whether the vocabularies changed.
    """

    number: int
    date: str
    new: Sequence[tuple[str, str]]
    gone: Sequence[tuple[str, str]]
    files: Sequence[tuple[str, str]]
    figures: Sequence[tuple[str, str]]
    findings: Sequence[tuple[str, str]]
    contracts: Sequence[str]
    code: bool
    vocabularies: bool


def changes_since(store: Store, manifest: Mapping[str, Any]) -> Changes | None:
    """Compare a publication with the previous one; None for the first, or if that manifest cannot be read.

    Args:
        store: Store that keeps the manifests.
        manifest: Manifest of the current publication.
    """
    file = store.publications / f"{manifest['number'] - 1}.json"
    try:
        before = json.loads(file.read_text(encoding="utf-8"))
        old, new = before["content"], manifest["content"]
        inputs, were = _inputs(new), _inputs(old)
        tables, had = _tables(new), _tables(old)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    both = sorted(inputs.keys() & were.keys())
    same = [place for place in both if inputs[place] == were[place]]
    figures = [
        place for place in same if tables.get((*place, "harmonised")) != had.get((*place, "harmonised"))
    ]
    return Changes(
        number=before["number"],
        date=before["published_at"],
        new=sorted(inputs.keys() - were.keys()),
        gone=sorted(were.keys() - inputs.keys()),
        files=[place for place in both if inputs[place] != were[place]],
        figures=figures,
        findings=[
            place
            for place in same
            if place not in figures
            and any(
                tables.get((*place, layer)) != had.get((*place, layer))
                for layer in ("quality_results", "quality_findings")
            )
        ],
        contracts=sorted(
            source
            for source in new["contracts"].keys() & old["contracts"].keys()
            if new["contracts"][source] != old["contracts"][source]
        ),
        code=new["code_version"] != old["code_version"],
        vocabularies=new["vocabularies"] != old["vocabularies"],
    )


def _inputs(content: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    return {(entry["source"], entry["release"]): entry["sha256"] for entry in content["inputs"]}


def _tables(content: Mapping[str, Any]) -> dict[tuple[str, str, str], str]:
    return {(entry["source"], entry["release"], entry["layer"]): entry["hash"] for entry in content["tables"]}
