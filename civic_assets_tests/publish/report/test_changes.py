"""What changed since the publication before is what its manifest says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from civic_assets.layers.store import Store
from civic_assets.publish.report.changes import changes_since


def manifest(number: int, **content: Any) -> dict[str, Any]:
    return {
        "number": number,
        "published_at": "2026-01-01T00:00:00Z",
        "content": {
            "inputs": [], "tables": [], "contracts": {}, "vocabularies": "v", "code_version": "c", **content,
        },
    }  # fmt: skip


def given(release: str, sha256: str) -> dict[str, str]:
    return {"source": "ons_csp", "release": release, "sha256": sha256}


def table(release: str, layer: str, hash: str) -> dict[str, str]:
    return {"source": "ons_csp", "release": release, "layer": layer, "hash": hash}


def test_each_kind_of_change_is_distinguished(tmp_path: Path) -> None:
    store = Store(tmp_path)
    before = manifest(
        1,
        inputs=[given(r, "a") for r in ("gone", "same", "bytes", "reread", "rechecked")],
        tables=[table(r, "harmonised", "h") for r in ("gone", "same", "bytes", "reread", "rechecked")]
        + [table("rechecked", "quality_findings", "f")],
        contracts={"ons_csp": "1", "gla_report": "1"},
    )
    now = manifest(
        2,
        inputs=[given("new", "a"), given("bytes", "b")]
        + [given(r, "a") for r in ("same", "reread", "rechecked")],
        tables=[table(r, "harmonised", "h") for r in ("new", "same", "rechecked")]
        + [table("bytes", "harmonised", "h2"), table("reread", "harmonised", "h2")]
        + [table("rechecked", "quality_findings", "g")],
        contracts={"ons_csp": "2", "gla_report": "1"},
        code_version="d",
    )
    (store.publications / "1.json").write_text(json.dumps(before), encoding="utf-8")
    found = changes_since(store, now)
    assert found is not None
    assert found.number == 1
    assert found.new == [("ons_csp", "new")] and found.gone == [("ons_csp", "gone")]
    assert found.files == [("ons_csp", "bytes")]
    assert found.figures == [("ons_csp", "reread")]
    assert found.findings == [("ons_csp", "rechecked")]
    assert found.contracts == ["ons_csp"] and found.code and not found.vocabularies


def test_first_publication_has_none_before_it(tmp_path: Path) -> None:
    assert changes_since(Store(tmp_path), manifest(1)) is None


def test_manifest_that_is_damaged_is_not_guessed_at(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (store.publications / "1.json").write_text("{", encoding="utf-8")
    assert changes_since(store, manifest(2)) is None
