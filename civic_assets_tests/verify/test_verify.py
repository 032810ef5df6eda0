"""Verifying a store: a changed bit anywhere is found and named with what was made from it, and a sound store passes."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import pytest

from civic_assets.answers.verification import Difference
from civic_assets.layers.store import Store
from civic_assets.publish.publication import _next_number, latest
from civic_assets.tables.sealed import sealed
from civic_assets.verify.everything import verify
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.shared_stores import Refreshed

pytestmark = pytest.mark.usefixtures("site_now")

PARTS = ("archive", "tables", "publications", "report")
# Files that list others: if one is changed, what it lists cannot be compared, and only it is named.
LISTS = ("manifest.jsonl", "site.json", "read_model.json", "latest.json", "1.json")
RELEASE = "gla_report 2023-05"


@pytest.fixture(scope="module")
def folder(report_refresh: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of one publication of one release; each test leaves it as it was."""
    place = tmp_path_factory.mktemp("verify") / "store"
    shutil.copytree(report_refresh.store, place, ignore=shutil.ignore_patterns("dagster"))
    return place


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    yield Store.existing(folder)
    assert verify(Store.existing(folder)).differences == ()


def _files(folder: Path) -> list[Path]:
    """Every file that a hash is known of."""
    of_parts = [file for part in PARTS for file in (folder / part).rglob("*") if file.is_file()]
    return sorted(
        [
            *(file for file in of_parts if file.suffix != ".lock" and file.stat().st_size),
            folder / "civic.duckdb",
            folder / "read_model.json",
        ]
    )


class _Changed:
    """Changes to files that are undone at the end, also if what is asserted of them does not hold."""

    def __init__(self) -> None:
        self.before: dict[Path, bytes | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file, content in self.before.items():
            if content is None:
                file.unlink()
            else:
                file.unlink(missing_ok=True)
                file.write_bytes(content)

    def write(self, file: Path, content: bytes) -> None:
        self._keep(file)
        file.unlink(missing_ok=True)  # a received file may only be read
        file.write_bytes(content)

    def remove(self, file: Path) -> None:
        self._keep(file)
        file.unlink()

    def flip(self, file: Path, chance: random.Random) -> None:
        content = bytearray(file.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        self.write(file, bytes(content))

    def _keep(self, file: Path) -> None:
        self.before.setdefault(file, file.read_bytes() if file.exists() else None)


def _names(found: tuple[Difference, ...]) -> set[str]:
    return {one.name for one in found}


def test_a_changed_bit_in_any_of_many_files_is_found(store: Store) -> None:
    """All lists one by one, and all other files at once: each is named, and nothing else is."""
    chance = random.Random(20_261_130)
    files = _files(store.root)
    others = [file for file in files if file.name not in LISTS]
    assert len(files) > 60 and {file.name for file in files} >= set(LISTS)
    for _ in range(3):
        with _Changed() as changed:
            for file in others:
                changed.flip(file, chance)
            found = _names(verify(store).differences)
            assert found == {file.relative_to(store.root).as_posix() for file in others}


@pytest.mark.parametrize("name", LISTS)
def test_a_changed_bit_in_any_place_of_a_list_is_found(store: Store, name: str) -> None:
    chance = random.Random(name)
    (file,) = (file for file in _files(store.root) if file.name == name)
    for _ in range(12):
        with _Changed() as changed:
            changed.flip(file, chance)
            found = verify(store).differences
            # The last manifest is there twice: if one of the two is changed, they are not the same.
            assert file.relative_to(store.root).as_posix() in _names(found), found


def _received(store: Store) -> Path:
    (receipt,) = store.archive.receipts()
    return store.archive.path_of(receipt.sha256)


def test_what_was_made_from_a_received_file_is_named(store: Store) -> None:
    file = _received(store)
    with _Changed() as changed:
        changed.write(file, file.read_bytes().replace(b"1,208", b"1,209", 1) + b" ")
        (one,) = verify(store).differences
    assert (one.part, one.name) == ("archive", f"archive/{file.name}")
    assert f"'report.csv' ({RELEASE}), has changed: its sha256 is now" in one.sentence
    assert one.depends == (RELEASE, "publication 1")


def test_what_was_published_of_a_table_is_named(store: Store) -> None:
    (file,) = (store.tables.root / "harmonised").rglob("*.parquet")
    with _Changed() as changed:
        changed.remove(file)
        first, second = verify(store).differences
    assert (first.name, first.part) == ("tables/harmonised/gla_report/2023-05/current.json", "tables")
    assert f"The table harmonised of {RELEASE}, {file.stem}, is not there." in second.sentence
    assert second.depends == ("publication 1",)


def _without_last_line(store: Store, changed: _Changed) -> None:
    changed.write(store.root / "archive" / "manifest.jsonl", b"")


def _sealed_again(store: Store, changed: _Changed) -> None:
    file = store.publications / "1.json"
    manifest = json.loads(file.read_bytes())
    del manifest["seal"]
    manifest["content"]["inputs"][0]["release"] = "2023-06"
    changed.write(file, sealed(json.dumps(manifest, indent=1)))


def _renumbered(store: Store, changed: _Changed) -> None:
    changed.write(store.publications / "2.json", (store.publications / "1.json").read_bytes())


def _of_an_earlier_version(store: Store, **changes: object) -> bytes:
    manifest = json.loads((store.publications / "1.json").read_bytes())
    manifest.pop("seal", None)
    manifest.pop("before", None)
    return json.dumps(manifest | changes, indent=1).encode()


def test_manifest_of_an_earlier_version_is_compared_with_the_hash_of_its_content(store: Store) -> None:
    with _Changed() as changed:
        for name in ("1.json", "latest.json"):
            changed.write(store.publications / name, _of_an_earlier_version(store))
        assert verify(store).differences == ()
        other = _of_an_earlier_version(store, content={"inputs": [], "tables": []})
        for name in ("1.json", "latest.json"):
            changed.write(store.publications / name, other)
        (one,) = verify(store).differences
        assert "The hash of its content is not" in one.sentence


def _of_another_program(store: Store, changed: _Changed) -> None:
    changed.write(store.root / "civic.duckdb.wal", b"log")


@pytest.mark.parametrize(
    ("change", "name", "sentence"),
    [
        (_without_last_line, "publications/1.json", "no longer has the line with which it ended"),
        (_sealed_again, "publications/1.json", "The hash of its content is not"),
        (_renumbered, "publications/2.json", "It says that it belongs to publication 1."),
        (_renumbered, "publications/2.json", "The manifest before it is missing or has changed."),
        (_of_another_program, "civic.duckdb.wal", "Another program has written to the read model."),
        (
            lambda store, changed: changed.remove(_received(store)),
            "publications/1.json",
            f"The file of {RELEASE}, ",
        ),
        (
            lambda store, changed: changed.write(store.root / "archive" / ("0" * 64), b"x"),
            f"archive/{'0' * 64}",
            "is not referenced: no receipt names it",
        ),
        (
            lambda store, changed: changed.write(store.tables.root / "raw" / "notes.txt", b"x"),
            "tables/raw/notes.txt",
            "does not belong to the tables",
        ),
        (
            lambda store, changed: changed.write(store.root / "report" / "areas" / "more.html", b"x"),
            "report/areas/more.html",
            "does not belong to the site",
        ),
        (
            lambda store, changed: changed.remove(store.root / "report" / "index.html"),
            "report/index.html",
            "The page is missing.",
        ),
    ],
)
def test_each_kind_of_damage_is_named(
    store: Store, change: Callable[[Store, _Changed], None], name: str, sentence: str
) -> None:
    with _Changed() as changed:
        change(store, changed)
        found = verify(store).differences
        assert any(one.name == name and sentence in one.sentence for one in found), found


def test_one_publication_is_compared_without_what_it_does_not_name(store: Store) -> None:
    (named,) = (store.tables.root / "harmonised").rglob("*.parquet")
    with _Changed() as changed:
        changed.write(named.with_name(f"{'1' * 64}.parquet"), b"an older table")
        changed.flip(named, random.Random(1))
        assert len(verify(store).differences) == 2
        (one,) = verify(store, 1).differences
        assert one.name.endswith(named.name)


def test_command_says_what_is_different_and_ends_with_one(store: Store) -> None:
    sound = civic_assets("verify", "--store", store.root)
    assert (sound.code, sound.out.count("all is as it was written")) == (0, 1)
    assert "Verifying the read model" in sound.err
    with _Changed() as changed:
        changed.flip(store.database, random.Random(1))
        wrong = civic_assets("verify", "--store", store.root, "--json", "--quiet")
        assert (wrong.code, wrong.err) == (1, "")
        assert [one["name"] for one in wrong.json["differences"]] == ["civic.duckdb"]
        said = civic_assets("verify", "--store", store.root, "--quiet").out
        assert said.startswith("read model: civic.duckdb: The read model has changed since")
        assert "1 difference." in said
    none = civic_assets("verify", "--store", store.root, "--publication", 7)
    assert none.code == 2 and "There is no publication 7" in none.err and "The last one is 1." in none.err


def test_damaged_manifest_of_the_last_publication_is_read_from_the_other_file(store: Store) -> None:
    manifest = latest(store)
    assert manifest is not None and manifest["number"] == 1
    with _Changed() as changed:
        changed.write(store.publications / "latest.json", b'{"number": \xf2')
        assert latest(store) == manifest
        changed.flip(store.publications / "1.json", random.Random(1))
        assert latest(store) is None


def test_damaged_manifests_are_not_written_over(store: Store) -> None:
    with _Changed() as changed:
        for name in ("1.json", "latest.json"):
            changed.flip(store.publications / name, random.Random(2))
        assert latest(store) is None
        assert _next_number(store) == 2


def _heal(store: Store, found: Sequence[Difference]) -> None:
    """What the sentences ask for: remove what they say, then refresh and build the site."""
    for one in found:
        if "Remove it." in one.sentence:
            (store.root / one.name).unlink()
        else:
            assert one.sentence.endswith("Copy publications/1.json over it."), one.sentence
            shutil.copy(store.publications / "1.json", store.root / one.name)


def test_store_is_sound_again_after_what_the_sentences_ask_for(
    report_refresh: Refreshed, tmp_path: Path
) -> None:
    """Of everything that can be made again, with the time of the last change kept, as when a disk loses a bit."""
    place = tmp_path / "store"
    shutil.copytree(report_refresh.store, place)
    store, chance = Store.existing(place), random.Random(3)
    named = [file for file in _files(place) if "archive" not in file.parts and file.name != "1.json"]
    # One of each kind at a time would take an hour; a list and what it lists are not damaged together.
    lists = [file for file in named if file.name in ("site.json", "read_model.json")]
    for damaged in ([file for file in named if file not in lists], lists):
        for file in damaged:
            times = file.stat()
            content = bytearray(file.read_bytes())
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            file.write_bytes(bytes(content))
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        found = verify(store).differences
        assert _names(found) == {file.relative_to(place).as_posix() for file in damaged}
        _heal(store, found)
        given = ("--profile", "local", "--inputs", report_refresh.inputs)
        assert civic_assets("refresh", *given, "--store", place, "--quiet").code == 0
        assert civic_assets("report", "--store", place).code == 0
        assert verify(store).differences == ()


def test_store_that_may_only_be_read_is_verified(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("civic_assets.verify.everything.changing", refuses)
    found = verify(store)
    assert found.differences == ()
    (said,) = found.left_out
    assert said == (
        "The store may only be read from here, so that another user may have changed it meanwhile. "
        "If something is different, verify again."
    )
