"""The files of an archive come out one at a time, whole, or with the reason why not."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from civic_assets.errors import FileRefused
from civic_assets.readers.containers import zip_members
from civic_assets.readers.containers.zip_members import members_of
from civic_assets.readers.detect import sniff
from civic_assets_tests.readers.bad_files import zip_of


def _archive(folder: Path, data: bytes) -> Path:
    path = folder / "latest.zip"
    path.write_bytes(data)
    return path


def test_each_file_is_whole_and_gone_when_the_next_one_comes(tmp_path: Path) -> None:
    path = _archive(tmp_path, zip_of({"b/2.csv": b"2" * 3_000_000, "b/1.csv": b"1", "c/": b""}))
    seen, folders = [], set()
    for member in members_of(path, "latest.zip"):
        assert member.path is not None
        assert len(list(member.path.parent.iterdir())) == 1
        seen.append((member.name, member.path.stat().st_size))
        folders.add(member.path.parent)
    assert seen == [("b/1.csv", 1), ("b/2.csv", 3_000_000)]
    assert [folder.exists() for folder in folders] == [False]


def test_hidden_files_and_those_of_the_mac_are_left_out(tmp_path: Path) -> None:
    names = ("__MACOSX/._a.csv", ".DS_Store", "a/.hidden/b.csv", "~$a.xlsx", "a.csv")
    path = _archive(tmp_path, zip_of({name: b"x" for name in names}))
    assert [member.name for member in members_of(path, "latest.zip")] == ["a.csv"]


def test_damaged_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    data = bytearray(zip_of({"a.csv": b"one", "b.csv": b"two"}, zipfile.ZIP_STORED))
    data[data.index(b"one")] ^= 1
    damaged, whole = [
        (member.name, member.refused) for member in members_of(_archive(tmp_path, bytes(data)), "latest.zip")
    ]
    assert damaged[0] == "a.csv" and damaged[1].startswith("latest.zip/a.csv: is damaged")
    assert whole == ("b.csv", "")


def test_file_larger_than_its_directory_says_is_damaged_and_not_unpacked(tmp_path: Path) -> None:
    data = bytearray(zip_of({"a.csv": b"x" * 5_000_000}))
    entry = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, 100)
    (member,) = members_of(_archive(tmp_path, bytes(data)), "latest.zip")
    assert member.path is None and "is damaged" in member.refused


def test_file_beyond_the_limit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_members, "ZIP_MEMBER_BYTES", 10)
    (member,) = members_of(_archive(tmp_path, zip_of({"a.csv": b"x" * 11})), "latest.zip")
    assert "are accepted for one file" in member.refused


@pytest.mark.parametrize(
    "name", ["../a.csv", "a/../../b.csv", "/etc/passwd", "C:/a.csv", "..\\a.csv", "\\\\host\\a.csv"]
)
def test_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused, match="would be unpacked outside its folder"):
        sniff(_archive(tmp_path, zip_of({name: b"a,b", "good.csv": b"a,b"})))


def test_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latest.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FileRefused, match="is a link"):
        sniff(path)


def test_file_twice_under_one_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latest.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.csv", "2")
    with pytest.raises(FileRefused, match="has a member twice"):
        sniff(path)
