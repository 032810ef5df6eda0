"""The directory of an xlsx: which member is which sheet, and whether its common parts are valid.

Belongs here: what must be checked before calamine loads the file. Does not belong here: the zip container
(`zip_directory`), and the sheets' own XML (`sheet_parts`).
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import WORKBOOK_DIRECTORY_BYTES, WORKBOOK_RESERVED_COUNT
from civic_assets.readers.containers.zip_directory import Container

_RELATIONS = "xl/_rels/workbook.xml.rels"
_NAMESPACE = re.compile(r"\{.*\}")
_COUNT = re.compile(rb"""[cC]ount\s*=\s*["']\s*\+?([0-9]+)""")


@dataclass(frozen=True, slots=True)
class Directory:
    """The sheets declared in an xlsx.

    Args:
        members: Member of each sheet in the order of the workbook; None for charts and dialogs.
        recalculates: Whether the program that opens the file is told to calculate every formula first
            (`fullCalcOnLoad`). Libraries set this when they write formulas without calculating them, with empty or 0 as
            the stored value.
    """

    members: list[zipfile.ZipInfo | None]
    recalculates: bool


def look_at_xlsx(container: Container, name: str) -> Directory:
    """The sheets of an xlsx, after all refusals.

    Args:
        container: Container of an xlsx.
        name: Name of the file, for messages.

    Raises:
        FileRefused: The workbook part is elsewhere, names a sheet that the container lacks, or a part
            that calamine reads on loading is longer, or counts more entries, than it may.
    """
    members = {member.filename.replace("\\", "/").lower(): member for member in container.members}
    for element in _parsed(container, members.get("_rels/.rels"), name).iter():
        main = element.get("Target", "").lstrip("/").lower()
        if element.get("Type", "").endswith("/officeDocument") and main != "xl/workbook.xml":
            reason = (
                f"keeps its workbook in '{main}', which is not the expected place. Save it again as xlsx."
            )
            raise FileRefused(name, reason)
    sheets, common = _targets(container, members, name)
    for path in common & members.keys():
        _refuse_lying_part(container, members[path], name)
    found: list[zipfile.ZipInfo | None] = []
    recalculates = False
    for element in _parsed(container, members.get("xl/workbook.xml"), name).iter():
        tag = _NAMESPACE.sub("", element.tag)
        if tag == "calcPr":
            recalculates = element.get("fullCalcOnLoad", "0") in ("1", "true")
        elif tag == "sheet":
            relation = next((v for key, v in element.items() if _NAMESPACE.sub("", key) == "id"), None)
            target = sheets.get(relation)
            if target is not None and target not in members:
                reason = (
                    f"lists sheet '{element.get('name')}' but does not contain it. Download the file again."
                )
                raise FileRefused(name, reason)
            found.append(None if target is None else members[target])
    return Directory(found, recalculates)


def _targets(
    container: Container, members: dict[str, zipfile.ZipInfo], name: str
) -> tuple[dict[str | None, str], set[str]]:
    """Paths of the worksheets by relation, and of the parts that all sheets share."""
    sheets: dict[str | None, str] = {}
    common = {"xl/sharedstrings.xml", "xl/styles.xml"}
    seen: set[str | None] = set()
    for element in _parsed(container, members.get(_RELATIONS), name).iter():
        if _NAMESPACE.sub("", element.tag) != "Relationship":
            continue
        relation, kind = element.get("Id"), element.get("Type", "")
        if relation in seen:
            raise FileRefused(
                name, "has an ambiguous list of sheets; it is damaged. Download the file again."
            )
        seen.add(relation)
        target = element.get("Target", "").replace("\\", "/").lower()
        path = target.lstrip("/") if target.startswith(("/xl/", "xl/")) else f"xl/{target}"
        if kind.endswith("/worksheet"):
            sheets[relation] = path
        elif kind.endswith(("/sharedStrings", "/styles")):
            common.add(path)
    return sheets, common


def _refuse_lying_part(container: Container, member: zipfile.ZipInfo, name: str) -> None:
    """Refuse a part that declares more entries than it can contain: calamine reserves memory for them."""
    xml = container.read(member)
    most = max(WORKBOOK_RESERVED_COUNT, len(xml))
    if any(int(count[:20]) > most for count in _COUNT.findall(xml)):
        raise FileRefused(
            name,
            f"declares more entries in '{member.filename}' than it contains. It is damaged or was made to "
            "exhaust memory, and was not opened; download it again.",
        )


def _parsed(container: Container, member: zipfile.ZipInfo | None, name: str) -> ElementTree.Element:
    """A small part of the workbook as XML without entities."""
    if member is None or member.file_size > WORKBOOK_DIRECTORY_BYTES:
        raise FileRefused(name, "has no usable list of sheets; it is damaged. Download the file again.")
    xml = container.read(member)
    if b"<!ENTITY" in xml or b"<!DOCTYPE" in xml:
        reason = (
            f"declares a document type (DOCTYPE) in '{member.filename}' and was not opened; download the "
            f"file again."
        )
        raise FileRefused(name, reason)
    try:
        return ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise FileRefused(
            name, f"has a damaged list of sheets ({error}). Download the file again."
        ) from error
