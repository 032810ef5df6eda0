"""A publication is made again from its evidence pack alone, and a pack that says something false is refused."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from civic_assets.errors import UsageError
from civic_assets.evidence.unpack import unpack
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.shared_stores import Refreshed

Packed = tuple[Answer, Path]


def _changed(pack: Path, out: Path, changes: dict[str, bytes | None], compressed: str = "") -> Path:
    """A copy of a pack with other contents of some members, without those that are None."""
    with zipfile.ZipFile(pack) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            content = changes.get(name, old.read(name))
            if content is not None:
                kind = zipfile.ZIP_DEFLATED if name == compressed else zipfile.ZIP_STORED
                new.writestr(name, content, kind)
        for name in changes.keys() - {*old.namelist()}:
            new.writestr(name, changes[name] or b"")
    return out


def test_publication_and_its_pack_come_out_again_from_the_pack_alone(packed: Packed, tmp_path: Path) -> None:
    answer, file = packed
    made = civic_assets("rebuild", "--evidence", file, "--out", tmp_path / "again", "--json", "--quiet")
    assert made.code == 0, made.err
    assert made.json["hash"] == answer.json["hash"]
    assert made.json["different"] == []
    assert made.json["store"] == str(file)
    again = civic_assets(
        "evidence", "--store", tmp_path / "again", "--out", tmp_path / "again.zip", "--quiet"
    )
    assert again.code == 0, again.err
    assert (tmp_path / "again.zip").read_bytes() == file.read_bytes()


def _inputs(pack: Path) -> list[dict[str, object]]:
    with zipfile.ZipFile(pack) as members:
        found: list[dict[str, object]] = json.loads(members.read("inputs.json"))
    return found


def test_pack_that_is_not_what_it_lists_is_refused(packed: Packed, tmp_path: Path) -> None:
    inputs, pack = _inputs(packed[1]), packed[1]
    path = str(inputs[0]["path"])
    with zipfile.ZipFile(pack) as members:
        content = members.read(path)
    listed = [{**inputs[0], "sha256": "../../outside"}, *inputs[1:]]
    shorter = [{**inputs[0], "size": 5}, *inputs[1:]]
    cases: list[tuple[dict[str, bytes | None], str]] = [
        ({path: content + b"x"}, "is not the file that the pack lists"),
        ({path: content[:-1]}, "is not the file that the pack lists"),
        ({path: content[:-1] + bytes([content[-1] ^ 1])}, "is not the file that the pack lists"),
        ({path: None}, "not an evidence pack, or is damaged"),
        ({"inputs.json": None}, "not an evidence pack, or is damaged"),
        ({"inputs.json": b"[{}]"}, "not an evidence pack, or is damaged"),
        ({"inputs.json": b"no list"}, "not an evidence pack, or is damaged"),
        ({"inputs.json": json.dumps(listed).encode()}, "without a SHA-256"),
        ({"inputs.json": json.dumps(shorter).encode()}, "is not the file that the pack lists"),
        ({"publications/1.json": None}, "no manifest"),
    ]
    for number, (changes, said) in enumerate(cases):
        bad = _changed(pack, tmp_path / f"{number}.zip", changes)
        folder = tmp_path / f"store{number}"
        folder.mkdir()
        with pytest.raises(UsageError, match=said):
            unpack(bad, folder)
        outside = {one for one in tmp_path.rglob("*") if one.name == "outside"}
        assert not outside


def test_compressed_member_is_refused(packed: Packed, tmp_path: Path) -> None:
    path = str(_inputs(packed[1])[0]["path"])
    with pytest.raises(UsageError, match="is compressed"):
        unpack(_changed(packed[1], tmp_path / "bad.zip", {}, compressed=path), tmp_path / "store")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_other_file_ends_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.zip"
    file.write_bytes(content)
    answer = civic_assets("rebuild", "--evidence", file, "--out", tmp_path / "out")
    assert answer.code == 2
    assert "not an evidence pack" in answer.err
    assert not (tmp_path / "out").exists()


def test_manifest_that_was_changed_is_not_made_again(packed: Packed, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed[1].read_bytes())) as members:
        manifest = members.read("publications/1.json")
    changed = manifest.replace(b'"profile": "sample"', b'"profile": "live"  ')
    assert changed != manifest
    bad = _changed(packed[1], tmp_path / "bad.zip", {"publications/1.json": changed})
    answer = civic_assets("rebuild", "--evidence", bad, "--out", tmp_path / "out")
    assert answer.code == 2
    assert "damaged" in answer.err


def test_publication_or_pack_is_asked_for_not_both(sample_refresh: Refreshed, tmp_path: Path) -> None:
    both = ("--publication", "1", "--evidence", tmp_path / "e.zip", "--out", tmp_path / "o")
    for given in (both, ("--out", tmp_path / "o")):
        answer = civic_assets("rebuild", "--store", sample_refresh.store, *given)
        assert answer.code == 2
