"""What is kept of a valid contract is what would be read again, and only what this user wrote is trusted."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from civic_assets.contracts.load import contracts_folder, load_contract, read_contract
from civic_assets.contracts.validated_cache import keep, kept, key_of

SHIPPED = sorted(contracts_folder().glob("*.odcs.yaml"))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CIVIC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_kept_contract_is_the_one_that_would_be_read(file: Path, cache: Path) -> None:
    first = load_contract(file)
    assert list(cache.glob("*.contract"))
    again = load_contract(file)
    read, problems = read_contract(file, file.read_bytes())
    assert problems == [] and read is not None
    for field in fields(read):
        values = [getattr(one, field.name) for one in (first, again, read)]
        # NaN (no range is hidden) equals nothing, not even itself.
        assert values[0] == values[1] == values[2] or len(set(map(repr, values))) == 1, field.name


def test_changed_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "ons_csp.odcs.yaml"
    text = (contracts_folder() / file.name).read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    before = load_contract(file)
    file.write_text(text.replace("domain: crime", "domain: crimes", 1), encoding="utf-8")
    after = load_contract(file)
    assert (before.document["domain"], after.document["domain"]) == ("crime", "crimes")


def test_damaged_entry_and_folder_of_others_are_not_used(cache: Path) -> None:
    key = key_of("a test")
    keep(key, "value")
    assert kept(key) == "value"
    (entry,) = cache.glob("*.contract")
    cache.chmod(0o777)
    assert kept(key) is None
    cache.chmod(0o700)
    entry.write_bytes(b"no pickle")
    assert kept(key) is None
    entry.chmod(0o666)
    assert kept(key) is None


def test_without_a_place_to_keep_anything_contracts_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("CIVIC_CACHE", str(blocked / "cache"))
    assert load_contract(SHIPPED[0]).source


def test_known_contracts_are_loaded_without_pydantic_and_without_parsers(cache: Path) -> None:
    program = (
        "import sys; from civic_assets.contracts.load import load_contracts; load_contracts(); "
        "print('pydantic' in sys.modules, any(name.startswith('civic_assets.sources.') for name in sys.modules))"
    )
    environment = {**os.environ, "CIVIC_CACHE": str(cache)}
    said = [
        subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        for _ in range(2)
    ]
    assert said[0].stdout.split() == ["True", "False"]
    assert said[1].stdout.split() == ["False", "False"]


def test_known_vocabularies_are_loaded_without_pydantic(cache: Path) -> None:
    """What `inspect` needs of them; each is made once from its file, and the same whoever made it."""
    program = (
        "import sys\n"
        "from civic_assets.contracts.identity import is_generic\n"
        "from civic_assets.harmonise.areas.register import AreaRegister\n"
        "from civic_assets.harmonise.comparability.break_register import load_breaks\n"
        "from civic_assets.harmonise.measures.crime_schemes import load_tree\n"
        "from civic_assets.harmonise.measures.vocabulary import measures\n"
        "from civic_assets.harmonise.people.categories import scheme\n"
        "from civic_assets.sources.dfe.areas import Locating\n"
        "from civic_assets.sources.ons.partnerships import partnerships_of\n"
        "AreaRegister.shipped(), Locating(), scheme()\n"
        "print('pydantic' in sys.modules, is_generic('year'), len(load_breaks()), len(load_tree().schemes), "
        "len(measures()), len(partnerships_of('E23000001')))"
    )
    environment = {**os.environ, "CIVIC_CACHE": str(cache)}
    first, again = (
        subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    )
    assert (first[0], again[0]) == ("True", "False")
    assert first[1:] == again[1:] and "0" not in first[1:]
