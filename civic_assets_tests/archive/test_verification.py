"""Every kind of damage is found, and named where it is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from civic_assets.archive import Archive
from civic_assets.errors import ArchiveError
from civic_assets_tests.archive.files import lines, receive, write

CONTENTS = [b"one", b"two", b"three", b"four"]
HASHES = [hashlib.sha256(content).hexdigest() for content in CONTENTS]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Four files: two issues of 2024-12, then 2025-03 and 2025-06."""
    archive = Archive(tmp_path / "archive")
    for content, edition in zip(CONTENTS, ("2024-12", "2024-12", "2025-03", "2025-06"), strict=True):
        receive(archive, write(tmp_path, content), edition)
    assert archive.verify() == []
    return archive.root


def _rewrite(root: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = root / "manifest.jsonl"
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def _reseal(root: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Forge a manifest whose chain holds."""
    documents, previous = lines(root), "0" * 64
    change(documents)
    written = []
    for number, document in enumerate(documents, start=1):
        document |= {"seq": number, "previous": previous}
        document.pop("hash", None)
        previous = hashlib.sha256(_canonical(document)).hexdigest()
        written.append(_canonical(document | {"hash": previous}) + b"\n")
    (root / "manifest.jsonl").write_bytes(b"".join(written))


def _canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _flip(root: Path) -> None:
    path = root / HASHES[1]
    path.chmod(0o644)
    path.write_bytes(b"tvo")


FILES: dict[str, tuple[Callable[[Path], Any], list[str]]] = {
    "file missing": (lambda root: (root / HASHES[2]).unlink(), [rf"{HASHES[2]}.*2025-03.*is missing"]),
    "one byte changed": (_flip, [rf"{HASHES[1]}.*2024-12\.r2.*has changed"]),
    "stray file of a hash": (
        lambda root: (root / ("ab" * 32)).write_bytes(b"x"),
        [r"(ab){32} is not referenced"],
    ),
    "stray file": (lambda root: (root / "notes.txt").write_text("x"), [r"'notes\.txt' is not referenced"]),
    "two files for one release": (
        lambda root: _reseal(root, lambda documents: documents[1].update(release="2024-12")),
        [rf"2024-12 of ons_csp names two files, {HASHES[0]} and {HASHES[1]}"],
    ),
    "size in the receipt": (
        lambda root: _reseal(root, lambda documents: documents[0].update(size=4)),
        [rf"{HASHES[0]}.*has 3 bytes but its receipt says 4"],
    ),
    "last line removed": (
        lambda root: _rewrite(root, lambda old: old[:3]),
        [rf"{HASHES[3]} is not referenced"],
    ),
}

CHAIN: dict[str, tuple[Callable[[list[bytes]], list[bytes]], list[str]]] = {
    "field changed": (
        lambda old: [old[0], old[1].replace(b'"local"', b'"live"'), *old[2:]],
        ["line 2 was changed after it was written"],
    ),
    "line removed": (
        lambda old: [old[0], *old[2:]],
        ["line 2 does not follow the line before", f"{HASHES[1]} is not referenced"],
    ),
    "first line removed": (
        lambda old: old[1:],
        ["line 1 does not follow the line before", f"{HASHES[0]} is not referenced"],
    ),
    "line twice": (lambda old: [old[0], old[0], *old[1:]], ["line 2 does not follow the line before"]),
    "not JSON": (
        lambda old: [*old[:2], b"{\n", old[3]],
        ["line 3 is not JSON", f"{HASHES[2]} is not referenced"],
    ),
    "blank line": (lambda old: [*old, b"\n"], ["line 5 is not JSON"]),
    "field added": (
        lambda old: [old[0].replace(b"{", b'{"a":1,', 1), *old[1:]],
        ["line 1 does not have the fields of a receipt", f"{HASHES[0]} is not referenced"],
    ),
    "number as text": (
        lambda old: [*old[:3], old[3].replace(b'"size":4', b'"size":"4"')],
        ["line 4 has a field of the wrong type", f"{HASHES[3]} is not referenced"],
    ),
    "reformatted": (
        lambda old: [*old[:3], old[3].replace(b'"size":4', b'"size": 4')],
        ["line 4 is not written as this program writes it", f"{HASHES[3]} is not referenced"],
    ),
}


def _assert_said(said: list[str], expected: list[str]) -> None:
    assert len(said) == len(expected), said
    for sentence, pattern in zip(said, expected, strict=True):
        assert re.search(pattern, sentence), sentence
        assert sentence.endswith(".")


@pytest.mark.parametrize("damage", FILES)
def test_damaged_file_is_found_and_nothing_else_is_accused(root: Path, damage: str) -> None:
    do, expected = FILES[damage]
    do(root)
    _assert_said(Archive(root).verify(), expected)


@pytest.mark.parametrize("damage", CHAIN)
def test_broken_chain_is_found_at_its_line_and_stops_anyone_who_relies_on_it(
    root: Path, tmp_path: Path, damage: str
) -> None:
    watching = Archive(root)
    change, expected = CHAIN[damage]
    _rewrite(root, change)
    before = (root / "manifest.jsonl").read_bytes()
    archive = Archive(root)
    _assert_said(archive.verify(), expected)
    _assert_said(watching.verify(), expected)
    for use in (archive.receipts, archive.head, lambda: archive.find("ons_csp", "2024-12")):
        with pytest.raises(ArchiveError, match=rf"{expected[0]}.*Restore"):
            use()
    with pytest.raises(ArchiveError, match=expected[0]):
        receive(archive, write(tmp_path, b"five"), "2025-09")
    assert (root / "manifest.jsonl").read_bytes() == before
    assert not list(root.glob(".incoming-*"))


def test_lost_manifest_is_not_started_again(root: Path, tmp_path: Path) -> None:
    saved = (root / "manifest.jsonl").read_bytes()
    (root / "manifest.jsonl").unlink()
    archive = Archive(root)
    assert archive.verify()[0].startswith("manifest.jsonl is missing although files are archived")
    with pytest.raises(ArchiveError, match="Restore it from a backup"):
        receive(archive, write(tmp_path, b"five"), "2025-09")
    (root / "manifest.jsonl").write_bytes(saved)
    assert archive.verify() == []
    assert len(archive.receipts()) == 4


def test_damaged_manifest_never_costs_a_file(root: Path) -> None:
    (root / f"pending-{HASHES[2]}").touch()
    _rewrite(root, lambda old: [*old[:2], b"{\n", old[3]])
    Archive(root).verify()
    assert (root / HASHES[2]).read_bytes() == b"three"


def test_file_that_is_not_held_has_no_path(root: Path) -> None:
    for name in ("cd" * 32, "manifest.jsonl", f"../{HASHES[0]}"):
        with pytest.raises(ArchiveError, match="is missing from the archive"):
            Archive(root).path_of(name)
