"""Zip directories: the format of a zip file, and whether unpacking it is safe.

Belongs here: everything that the central directory and a few hundred bytes of a member reveal. Does not belong here:
reading a whole member (`workbook`), and formats other than zip (`detect`).
"""

from __future__ import annotations

import mmap
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import (
    XML_PROLOG_BYTES,
    ZIP_MEMBERS,
    ZIP_NESTED,
    ZIP_RATIO,
    ZIP_RATIO_FROM_BYTES,
)

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SizeLimit:
    """Maximum number of bytes that a container may unpack to.

    Args:
        total: Maximum for all members together.
        because: Reason for the limit.
    """

    total: int
    because: str


LIMITS = {
    "xlsx": SizeLimit(512 * MIB, "the largest ONS workbook unpacks to 29 MB"),
    "ods": SizeLimit(3072 * MIB, "the Home Office's file of 50 MB unpacks to 1.4 GB, the largest known"),
    "zip": SizeLimit(65_536 * MIB, "an archive of street-level crime for 36 months unpacks to under 10 GB"),
}

_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_FETCH = "Download the file again; if the problem remains, report it to the publisher."
_ARCHIVE_ENDINGS = (".zip", ".gz", ".7z", ".rar", ".bz2", ".xz")
_PROLOG_PARTS = re.compile(r"xl/(?:workbook|sharedstrings|styles|worksheets/[^/]+)\.xml$")


@dataclass(frozen=True, slots=True)
class Container:
    """An open zip file whose directory has been read once.

    Args:
        data: Bytes of the file, memory-mapped.
        members: Entries of its directory, in their order.
    """

    data: mmap.mmap
    members: Sequence[zipfile.ZipInfo]

    def payload_at(self, member: zipfile.ZipInfo) -> int:
        """Position of a member's first compressed byte."""
        header = self.data[member.header_offset : member.header_offset + 30]
        if header[:4] != b"PK\x03\x04" or len(header) < 30:
            raise zipfile.BadZipFile(f"member '{member.filename}' is missing")
        return (
            member.header_offset
            + 30
            + int.from_bytes(header[26:28], "little")
            + int.from_bytes(header[28:30], "little")
        )

    def read(self, member: zipfile.ZipInfo, most: int | None = None) -> bytes:
        """A member's bytes, or no more than the first `most` of them.

        Checksums are left to the reader that reads every byte anyway (calamine does).

        Raises:
            zipfile.BadZipFile: The member is damaged, or longer than the directory says (a hidden bomb).
        """
        at = self.payload_at(member)
        wanted = member.file_size if most is None else min(most, member.file_size)
        # A block's code tables may take a few hundred bytes before its first byte of text.
        taken = member.compress_size if most is None else min(member.compress_size, most + 1024)
        packed = self.data[at : at + taken]
        if member.compress_type == zipfile.ZIP_STORED:
            return packed[:wanted]
        if member.compress_type != zipfile.ZIP_DEFLATED:
            raise zipfile.BadZipFile(
                f"member '{member.filename}' uses compression method {member.compress_type}"
            )
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            unpacked = inflate.decompress(packed, max(1, wanted + (most is None)))
        except zlib.error as error:
            raise zipfile.BadZipFile(f"member '{member.filename}': {error}") from error
        if most is None and len(unpacked) != member.file_size:
            raise zipfile.BadZipFile(f"member '{member.filename}' is not as long as the directory says")
        return unpacked


@contextmanager
def open_container(path: Path, name: str) -> Iterator[Container]:
    """A zip file for reading; every fault of the container inside the block becomes a refusal.

    Args:
        path: Path of the file.
        name: Name of the file, for messages.

    Raises:
        FileRefused: The container is cut short or damaged.
    """
    try:
        with (
            path.open("rb") as file,
            zipfile.ZipFile(file) as archive,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            yield Container(data, archive.infolist())
    except zipfile.BadZipFile as error:
        reason = (
            f"starts like a zip container (xlsx, ods, zip) but is cut short or damaged ({error}). {_FETCH}"
        )
        raise FileRefused(name, reason) from error
    except (OSError, ValueError, NotImplementedError, OverflowError) as error:
        raise FileRefused(name, f"is a zip container that cannot be read ({error}). {_FETCH}") from error


def sniff_zip(path: Path, name: str) -> str:
    """`xlsx`, `ods` or `zip` for a file that starts with `PK`.

    Args:
        path: Path of the file.
        name: Name of the file, for messages.

    Raises:
        FileRefused: The file is cut short, damaged, encrypted, a bomb, a macro or binary workbook, or another document.
    """
    with open_container(path, name) as container:
        _refuse_bad_directory(container, name)
        kind = _kind(container, name)
        _refuse_bomb(container.members, kind, name)
        if kind == "zip":
            _refuse_ways_out(container.members, name)
        if kind == "xlsx":
            _refuse_document_types(container, name)
        return kind


def _refuse_bad_directory(container: Container, name: str) -> None:
    """Refuse containers that are empty, overfull, encrypted, or whose members overlap or are missing."""
    members = container.members
    if not members:
        raise FileRefused(name, f"is an empty zip container. {_FETCH}")
    if len(members) > ZIP_MEMBERS:
        raise FileRefused(
            name,
            f"holds {len(members):,} members; no published file needs more than {ZIP_MEMBERS:,}. "
            "It looks like a zip bomb and was not opened.",
        )
    end_of_previous, previous = 0, ""
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.flag_bits & 0x1:
            raise FileRefused(
                name,
                f"is protected with a password (member '{member.filename}' is encrypted). "
                "Remove the password, or unpack it, and supply the result.",
            )
        if member.header_offset < 0:
            raise zipfile.BadZipFile("bytes are missing before its directory")
        if member.header_offset < end_of_previous:
            raise FileRefused(
                name,
                f"has members that overlap ('{member.filename}' begins inside '{previous}'). "
                "It is damaged or a zip bomb and was not opened; download it again from the publisher.",
            )
        end_of_previous, previous = container.payload_at(member) + member.compress_size, member.filename
    if end_of_previous > len(container.data):
        raise FileRefused(name, f"is cut short: member '{previous}' is incomplete. {_FETCH}")
    names = {member.filename.replace("\\", "/").lower() for member in members}  # readers ignore case
    if len(names) < len(members):
        raise FileRefused(name, f"has a member twice, so its contents are ambiguous. {_FETCH}")


def _kind(container: Container, name: str) -> str:
    """Format, by the members that each format must have; documents that are not tables are refused."""
    names = {member.filename.replace("\\", "/").lower(): member for member in container.members}
    if "mimetype" in names:
        declared = container.read(names["mimetype"], 200)
        manifest = names.get("meta-inf/manifest.xml")
        if manifest and b"encryption-data" in container.read(manifest, MIB):
            raise FileRefused(name, "is protected with a password. Save it without one and try again.")
        if declared.startswith(_ODS_TYPE):
            return "ods"
        if declared.startswith(b"application/"):
            what = declared[:80].decode("ascii", "replace").strip()
            raise FileRefused(
                name, f"is not a spreadsheet but '{what}'. Download the ods, xlsx or CSV edition."
            )
    if "[content_types].xml" not in names:
        return "zip"
    if "xl/workbook.bin" in names:
        raise FileRefused(name, "is a binary workbook (xlsb). Save it as xlsx and try again.")
    types = container.read(names["[content_types].xml"], MIB)
    if "xl/vbaproject.bin" in names or b"macroEnabled" in types:
        raise FileRefused(
            name,
            "is a workbook with macros (xlsm). Save it as xlsx without macros and try again.",
        )
    if "xl/workbook.xml" in names:
        return "xlsx"
    for folder, what in (("word/", "Word document"), ("ppt/", "PowerPoint presentation")):
        if any(n.startswith(folder) for n in names):
            raise FileRefused(name, f"is a {what}, not a table. Download the spreadsheet or CSV edition.")
    raise FileRefused(name, f"is an Office container without a workbook (no 'xl/workbook.xml'). {_FETCH}")


def _refuse_bomb(members: Sequence[zipfile.ZipInfo], kind: str, name: str) -> None:
    """Refuse sizes out of all proportion, per member and together, and archives of archives."""
    limit = LIMITS[kind]
    total = sum(member.file_size for member in members)
    if total > limit.total:
        raise FileRefused(
            name,
            f"unpacks to {total / MIB:,.0f} MiB; at most {limit.total / MIB:,.0f} MiB are accepted for "
            f"{kind} ({limit.because}). It looks like a zip bomb and was not opened. Check where it came from.",
        )
    for member in members:
        if member.file_size > ZIP_RATIO_FROM_BYTES and member.file_size > ZIP_RATIO * max(
            member.compress_size, 1
        ):
            ratio = member.file_size / max(member.compress_size, 1)
            raise FileRefused(
                name,
                f"holds '{member.filename}', which unpacks to {ratio:,.0f} times its size; real tables stay "
                f"below {ZIP_RATIO}. It looks like a zip bomb and was not opened.",
            )
    nested = sum(member.filename.lower().endswith(_ARCHIVE_ENDINGS) for member in members)
    if nested > ZIP_NESTED:
        raise FileRefused(
            name, f"holds {nested:,} archives inside an archive. It looks like a zip bomb and was not opened."
        )


def _refuse_ways_out(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Refuse names that lead out of a folder, and links: no publisher's archive has them, but attacks do."""
    for member in members:
        parts = member.orig_filename.replace("\\", "/").split("/")
        linked = stat.S_ISLNK(member.external_attr >> 16)
        if linked or ".." in parts or parts[0] == "" or ":" in parts[0] or "\x00" in member.orig_filename:
            what = "is a link" if linked else "would be unpacked outside its folder"
            raise FileRefused(
                name,
                f"contains '{member.filename[:200]}', which {what}. Nothing in it was read; download it again from the "
                "publisher.",
            )


def _refuse_document_types(container: Container, name: str) -> None:
    """Refuse XML with a document type: Office never writes one, and its entities can expand or read other files."""
    for member in container.members:
        if _PROLOG_PARTS.match(member.filename.replace("\\", "/").lower()):
            prolog = container.read(member, XML_PROLOG_BYTES)
            if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
                raise FileRefused(
                    name,
                    f"declares a document type (DOCTYPE) in '{member.filename}', which spreadsheet programs "
                    "never write and attacks use. It was not opened; download the file again.",
                )
