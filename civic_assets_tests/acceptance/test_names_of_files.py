"""Names mean nothing: all files in one flat folder under random names give the publication that they give as published.

Belongs here: the same files, called and ordered otherwise. Does not belong here: what the files hold.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from civic_assets.archive import release_sort_key
from civic_assets.contracts.load import contracts_folder, load_contracts
from civic_assets.intake.receive import take_in
from civic_assets.intake.received import Intake
from civic_assets.layers.harmonised import build_harmonised
from civic_assets.layers.raw import build_raw
from civic_assets.layers.store import Store
from civic_assets.layers.validated import build_validated
from civic_assets.publish.member import members
from civic_assets.publish.publication import content_of, latest, publish
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.conftest import RealRefresh
from civic_assets_tests.paths import FIXTURES


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _under_random_names(folder: Path, flat: Path) -> Path:
    """Copies of all files below a folder in one folder, their names (and so their order) drawn by lot."""
    flat.mkdir()
    chance = random.Random("names of files")
    for file in _files(folder):
        ending = chance.choice(["bin", "csv", "xlsx", "json"])
        shutil.copyfile(file, flat / f"{chance.getrandbits(64):016x}.{ending}")
    assert len(_files(flat)) == len(_files(folder))
    return flat


@dataclass(frozen=True)
class Published:
    """A folder's files, taken in, built and published without a scheduler; `content` is what has the hash."""

    intake: Intake
    content: Mapping[str, Any]
    held_back: Mapping[tuple[str, str], Sequence[str]]

    @classmethod
    def of(cls, folder: Path, store: Store, *, read_model: bool) -> Published:
        contracts = {name: terms for name, terms in load_contracts().items() if terms.status == "active"}
        intake = take_in(folder, store.archive, contracts, origin="local")
        held_back = {}
        for receipt in sorted(
            store.archive.receipts(), key=lambda receipt: release_sort_key(receipt.release)
        ):
            contract = contracts[receipt.source]
            checked = build_validated(store, contract, receipt, build_raw(store, receipt))
            build_harmonised(store, contract, receipt, checked)
            if checked.held_back:
                held_back[receipt.source, receipt.release] = checked.held_back
        content = content_of(members(store, contracts), contracts)
        if read_model:
            publish(store, contracts, profile="local")
            manifest = latest(store)
            assert manifest is not None and manifest["content"] == json.loads(json.dumps(content))
        return cls(intake, content, held_back)


@pytest.fixture
def any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contracts that let a file be as small as a fixture is."""
    folder = tmp_path / "contracts"
    shutil.copytree(contracts_folder(), folder)
    for contract in folder.glob("*.odcs.yaml"):
        text = contract.read_text(encoding="utf-8")
        contract.write_text(
            re.sub(r"(name: minimum_bytes\w*, value: )\d+", r"\g<1>1", text), encoding="utf-8"
        )
    monkeypatch.setenv("CIVIC_CONTRACTS", str(folder))


@pytest.mark.usefixtures("any_size")
def test_fixtures_under_random_names_give_the_same_publication(tmp_path: Path) -> None:
    flat = _under_random_names(FIXTURES, tmp_path / "flat")
    named = Published.of(FIXTURES, Store(tmp_path / "named"), read_model=True)
    # The read model is made of the content alone, and has no part in the hash: one is enough.
    unnamed = Published.of(flat, Store(tmp_path / "unnamed"), read_model=False)
    # Two layouts of one edition are among the fixtures: to a store, an edition that changed without a word.
    assert named.held_back == unnamed.held_back
    assert {place: [text[:4] for text in sentences] for place, sentences in named.held_back.items()} == {
        ("dfe_sen", "2024-25.r2"): ["R-01"]
    }
    assert unnamed.content == named.content
    descriptions = [path for path in _files(FIXTURES) if path.suffix in (".md", ".yaml")]
    for intake in (named.intake, unnamed.intake):
        assert [taken.verdict for taken in intake.taken if taken.verdict == "refused"] == []
        assert len(intake.of("ignored")) == len(descriptions)
        assert len(intake.of("new")) == len(_files(FIXTURES)) - len(descriptions)


def _with_content(summary: Mapping[str, Any], store: Path) -> Mapping[str, Any]:
    """What a refresh says, and the content of its publication."""
    latest = json.loads((store / "publications" / "latest.json").read_text(encoding="utf-8"))
    return {**summary, "content": latest["content"]}


def _refreshed(folder: Path, store: Path) -> Mapping[str, Any]:
    answer = civic_assets(
        "refresh", "--profile", "local", "--inputs", folder, "--store", store, "--json", "--quiet"
    )
    assert answer.code in (0, 1), answer.err
    return _with_content(answer.json, store)


@pytest.mark.exhaustive
@pytest.mark.real_data
def test_real_files_under_random_names_give_the_same_publication(
    real_data: Path, real_refresh: RealRefresh, tmp_path: Path
) -> None:
    """A second run over all real files, a minute and more: the most expensive test there is, and the only such one."""
    named = _with_content(real_refresh.summary, real_refresh.store)
    unnamed = _refreshed(_under_random_names(real_data, tmp_path / "flat"), tmp_path / "unnamed")
    states = {(release["source"], release["release"]): release["state"] for release in named["releases"]}
    assert {
        (release["source"], release["release"]): release["state"] for release in unnamed["releases"]
    } == states
    assert unnamed["content"] == named["content"]
    assert unnamed["publication"] == named["publication"]
    manifest = (real_refresh.store / "archive" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    archived = {json.loads(line)["sha256"] for line in manifest}
    for summary in (named, unnamed):
        listed = [*summary["ignored"], *summary["refused"]]
        assert all(file["reason"].removeprefix(file["file"]) for file in listed)
        assert len(archived) + len(listed) == len(_files(real_data)), "each file is a release, or named"
