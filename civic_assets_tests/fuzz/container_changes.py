"""Changes to zip containers: their members and directory, and the XML parts in workbooks and OpenDocument.

Belongs here: taking a container apart and putting it together with a fault. Does not belong here: values of cells
(`cell_changes`).

Sizes stay those of a damaged file: nothing unpacks to more than a few megabytes, entities expand to a few hundred
characters, and elements nest at most a few thousand times.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from random import Random

from civic_assets_tests.fuzz.cell_changes import of_content, of_sheet
from civic_assets_tests.fuzz.text_changes import BYTES, DELIMITED, Change

Members = list[tuple[zipfile.ZipInfo, bytes]]
XmlChange = Callable[[Random, str], str]

_DEEP = (3, 100, 3_000)
_NUMBERS = (
    "0",
    "-1",
    "1",
    "1048576",
    "1048577",
    "16384",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "",
    "x",
)
_NAMES = ("../outside.csv", "/outside.csv", "C:\\outside.csv", "..\\outside.csv", "a/../../b.csv", "",
          "x" * 4_000, "nul\x00.csv", "é.csv", "\U0001f600.csv", "a.zip", ".hid",
          "~$lock.xlsx", "folder/", "a/b/c/d/e.csv", "xl/vbaProject.bin", "mimetype", "[Content_Types].xml",
          )  # fmt: skip


def members_of(data: bytes) -> Members:
    """Members of a container with their unpacked bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info, archive.read(info)) for info in archive.infolist()]


def container_of(members: Members) -> bytes:
    """A container of the members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            fresh = zipfile.ZipInfo(info.filename, info.date_time)
            fresh.compress_type, fresh.external_attr = info.compress_type, info.external_attr
            archive.writestr(fresh, content)
    return stream.getvalue()


def _named(info: zipfile.ZipInfo, name: str) -> zipfile.ZipInfo:
    fresh = zipfile.ZipInfo(name or "x", info.date_time)
    fresh.compress_type, fresh.external_attr = info.compress_type, info.external_attr
    return fresh


def _members(rng: Random, data: bytes) -> bytes:
    """Members removed, twice, in another order, under other names, or as links; archives in archives."""
    members = members_of(data)
    at = rng.randrange(len(members))
    info, content = members[at]
    how = rng.randrange(10)
    if how == 0:
        del members[at]
    elif how == 1:
        members.append((info, rng.choice((content, content[::-1], b""))))
    elif how == 2:
        members.append((_named(info, info.filename.swapcase()), content))
    elif how == 3:
        rng.shuffle(members)
    elif how == 4:
        members[at] = (_named(info, rng.choice(_NAMES)), content)
    elif how == 5:
        members.append((_named(info, rng.choice(_NAMES)), rng.choice((content, b"", b"x"))))
    elif how == 6:
        link = _named(info, rng.choice((info.filename, "link.csv")))
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        members.append((link, rng.choice((b"/etc/hostname", b"../../x", content))))
    elif how == 7:
        members.append((_named(info, "inner.zip"), data))
    elif how == 8:
        members[at] = (
            info,
            rng.choice((b"", b"\x00" * 3_000_000, content * 3, content[: len(content) // 2])),
        )
    else:
        members += [
            (_named(info, f"m{number}.csv"), b"a,b\n1,2\n") for number in range(rng.choice((60, 900)))
        ]
    return container_of(members)


def _directory(rng: Random, data: bytes) -> bytes:
    """A number of the directory or of a member's own header that is wrong: size, checksum, place, method, flags."""
    changed = bytearray(data)
    places = [found.start() for found in re.finditer(rb"PK\x01\x02|PK\x03\x04", data)]
    if not places:
        return data
    for _ in range(rng.choice((1, 1, 3))):
        at = rng.choice(places)
        central = data[at : at + 4] == b"PK\x01\x02"
        fields = ((6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (38, 4), (42, 4))
        if not central:
            fields = ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2))  # type: ignore[assignment]
        place, size = rng.choice(fields)
        old = int.from_bytes(changed[at + place : at + place + size], "little")
        new = rng.choice(
            (0, 1, old + 1, old - 1, old * 2, 2 ** (8 * size) - 1, 8, 12, 14, 99, old ^ 1)
        ) % 2 ** (8 * size)
        changed[at + place : at + place + size] = new.to_bytes(size, "little")
    return bytes(changed)


def _around(rng: Random, data: bytes) -> bytes:
    """Something before or after a container, or its end removed or twice."""
    end = data.rfind(b"PK\x05\x06")
    wrong = bytearray(data)
    if end >= 0:
        place = rng.choice((8, 10, 12, 16, 20))
        struct.pack_into("<H", wrong, end + place, rng.choice((0, 1, 0xFFFF)))
    return rng.choice(
        (b"x" * 100 + data, data + b"x" * 100, data[:end], data + data[end:], bytes(wrong), data[4:])
    )


def _packing(rng: Random, data: bytes) -> bytes:
    """Members packed another way."""
    members = members_of(data)
    for info, _ in members:
        info.compress_type = rng.choice(
            (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
        )
    return container_of(members)


CONTAINER: Mapping[str, Change] = {
    "members": _members, "members again": _members, "directory": _directory, "around": _around, "packing": _packing,
}  # fmt: skip

_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>")
_ATTRIBUTE = re.compile(r'([\w:.-]+)="([^"]*)"')


def _element(rng: Random, xml: str) -> tuple[int, int] | None:
    """Where a random element begins and ends, with all in it; its end is looked for by name, which is near enough."""
    tags = [tag for tag in _TAG.finditer(xml) if not tag[1]]
    if not tags:
        return None
    tag = rng.choice(tags)
    if tag[4]:
        return tag.start(), tag.end()
    close = xml.find(f"</{tag[2]}>", tag.end())
    return tag.start(), close + len(tag[2]) + 3 if close >= 0 else tag.end()


def _elements(rng: Random, xml: str) -> str:
    """Elements removed, repeated, exchanged or nested in themselves."""
    for _ in range(rng.choice((1, 1, 3))):
        one = _element(rng, xml)
        if one is None:
            return xml
        first, end = one
        part, how = xml[first:end], rng.randrange(5)
        if how == 0:
            part = ""
        elif how == 1 and len(part) < 100_000:
            part *= rng.choice((2, 5, 20))
        elif how == 2:
            name = _TAG.match(part)
            times = rng.choice(_DEEP)
            tag = name[2] if name else "x"
            part = f"<{tag}>" * times + part + f"</{tag}>" * times
        elif how == 3:
            other = _element(rng, xml[end:])
            if other is not None:
                first2, end2 = other[0] + end, other[1] + end
                return xml[:first] + xml[first2:end2] + xml[end:first2] + part + xml[end2:]
        else:
            part = part[: len(part) // 2]
        xml = xml[:first] + part + xml[end:]
    return xml


def _attributes(rng: Random, xml: str) -> str:
    """Attributes with other values, removed or twice."""
    for _ in range(rng.choice((1, 1, 4))):
        found = list(_ATTRIBUTE.finditer(xml))
        if not found:
            return xml
        one = rng.choice(found)
        value = rng.choice(
            (*_NUMBERS, "A1", "XFD1048576", "A0", "1A", "AAAA1", "a" * 5_000, "&lt;", "../x", "true")
        )
        new = rng.choice((f'{one[1]}="{value}"', "", f'{one[0]} {one[1]}="x"', f"{one[1]}='{one[2]}'"))
        xml = xml[: one.start()] + new + xml[one.end() :]
    return xml


def _prolog(rng: Random, xml: str) -> str:
    """Entities of bounded size, document types, encodings and comments at the beginning."""
    begun = re.sub(r"^\ufeff?<\?xml.*?\?>", "", xml, flags=re.DOTALL)
    pad = "<!-- " + "x" * rng.choice((10, 1_100, 3_000)) + " -->"
    declared = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "nothing.txt">]>'
    text = re.sub(r">([^<]{1,20})<", ">&b;<", begun, count=3)
    return rng.choice((
        declared + text,
        pad + declared + text,
        outside + begun.replace("</", "&a;</", 2),
        f'<?xml version="1.0" encoding="{rng.choice(("UTF-16", "latin-1", "UTF-7", "zz", "utf8"))}"?>{begun}',
        pad + begun,
        f"<?go away?>{begun}",
        f"{xml}{pad}",
        f"{xml}<again/>",
        xml.replace("&", "&nothing;", 1),
        xml.replace(">", "><![CDATA[ <c r='A1'/> ]]>", 40),
        "\ufeff" + xml,
    ))  # fmt: skip


def _places(rng: Random, xml: str) -> str:
    """Rows, columns, extents, merged cells and repetitions with numbers that are wrong or huge."""
    number = rng.choice(_NUMBERS)
    far = rng.choice(("XFD1048576", "XFE1", "ZZZ9999999", "A0", "A1:A1", "Z1:A9", "", "1"))
    merged = f'<mergeCells count="{number}"><mergeCell ref="A1:{far}"/></mergeCells>'
    return rng.choice((
        re.sub(r'<row r="\d+"', f'<row r="{number}"', xml, count=rng.choice((1, 5))),
        re.sub(r'<c r="[A-Z]+\d+"', f'<c r="{far}"', xml, count=rng.choice((1, 3))),
        re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{far}"', xml),
        re.sub(r"</sheetData>", f"</sheetData>{merged}", xml),
        re.sub(r'\br="[A-Z]+\d+"', "", xml),
        re.sub(r'(unique)?[cC]ount="\d+"', f'count="{number}"', xml),
        re.sub(r'columns-repeated="\d+"', f'columns-repeated="{number}"', xml, count=rng.choice((1, 50))),
        re.sub(r'rows-repeated="\d+"', f'rows-repeated="{number}"', xml, count=rng.choice((1, 5))),
        re.sub(r"<table:table-cell", f'<table:table-cell table:number-rows-spanned="{number}"', xml, count=3),
        re.sub(r"<col ", f'<col hidden="1" min="1" max="{number}" ', xml, count=1),
        re.sub(r"<row ", '<row hidden="1" ', xml, count=rng.choice((1, 500))),
        re.sub(r"<v>\d+</v>", f"<v>{number}</v>", xml, count=rng.choice((1, 100))),
    ))  # fmt: skip


XML: Mapping[str, XmlChange] = {
    "elements": _elements, "elements again": _elements, "attributes": _attributes, "prolog": _prolog, "places": _places,
}  # fmt: skip


def in_xml(rng: Random, data: bytes) -> bytes:
    """One XML part of a workbook or OpenDocument file changed."""
    return _in_part(rng, data, lambda name: name.endswith((".xml", ".rels")), rng.choice(list(XML.values())))


def in_cells(rng: Random, data: bytes) -> bytes:
    """Cells of one sheet changed."""
    if any(info.filename == "content.xml" for info, _ in members_of(data)):
        return _in_part(rng, data, lambda name: name == "content.xml", of_content)
    return _in_part(rng, data, lambda name: "/sheet" in name.lower() and name.endswith(".xml"), of_sheet)


def in_member(rng: Random, data: bytes) -> bytes:
    """The bytes of one member changed, with a right checksum; of an archive of texts also its structure."""
    members = members_of(data)
    at = rng.randrange(len(members))
    info, content = members[at]
    changes = {**BYTES, **(DELIMITED if info.filename.endswith(".csv") else {})}
    if content:
        members[at] = (info, rng.choice(list(changes.values()))(rng, content))
    return container_of(members)


def _in_part(rng: Random, data: bytes, wanted: Callable[[str], bool], change: XmlChange) -> bytes:
    members = members_of(data)
    places = [at for at, (info, content) in enumerate(members) if content and wanted(info.filename)]
    if not places:
        return data
    at = rng.choice(places)
    info, content = members[at]
    xml = change(rng, content.decode("utf-8", "surrogateescape"))
    members[at] = (info, xml.encode("utf-8", "surrogateescape"))
    return container_of(members)
