"""What is installed, against the pins and the licences that this project may be given away with.

    python -m tools.dependency_audit build/sbom.json

Belongs here: reading a bill of materials (CycloneDX 1.6) and judging its parts. Does not belong here: making it
(`make audit`), and known weaknesses of versions: those need a database that is asked over the network.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"
OURSELVES = "civic-assets"
# Tools that make the environment and are not part of the program.
UNPINNED = frozenset(("pip", "setuptools", "uv", "wheel"))
# Words by which licences are told that ask for no more than a notice, however a package writes them.
_PERMISSIVE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF-2\.0|Python-2\.0|Python Software Foundation|W3C-20150513|Zlib|CC0-1\.0|"
    r"Public Domain)\b"
)
# What a package states besides its licence, and says nothing.
_EMPTY = "License :: OSI Approved"
READ_BY_HAND: Mapping[str, str] = {
    "antlr4-python3-runtime": "BSD: the field License of its metadata",
    "asttokens": "Apache 2.0: the field License of its metadata",
    "axe-playwright-python": "MIT: the licence file in its package; used by tests only",
    "certifi": "MPL 2.0: used as it is, and the list of certificates is not changed",
    "codespell": "GPL 2: a program that checks spelling here; it is not given away with this project",
    "datasette": "Apache 2.0: the field License of its metadata",
    "docutils": "public domain and BSD: its COPYING; the GPL is that of a file for an editor, which is not used",
    "gptables": "MIT: the field License of its metadata",
    "hypothesis": "MPL 2.0: used by tests only",
    "pathspec": "MPL 2.0: a part of a tool for types; it is not given away with this project",
    "protobuf": "BSD: the field License of its metadata",
    "psycopg2-binary": "LGPL with an exception: used as it is, loaded at run time, by the extra 'distributed' only",
    "text-unidecode": "Artistic Licence: of the two that its metadata states; used as it is",
    "tqdm": "MPL 2.0 and MIT: used as it is",
    "uritemplate": "BSD or Apache 2.0: the field License of its metadata",
}
"""Packages whose licence cannot be told by its words, with what a person read, where, and why it will do."""


def parts(bill: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Name (as `packaging` writes it), version and licences of each part of a bill of materials, but this project."""
    for one in bill["components"]:
        name = canonicalize_name(one["name"])
        said = [
            one.get("expression") or one["license"].get("id") or one["license"].get("name", "")
            for one in one.get("licenses", ())
        ]
        if name != OURSELVES:
            yield name, one["version"], said


def problems(bill: Mapping[str, Any], pins: Mapping[str, str]) -> list[str]:
    """A sentence about each part that is not pinned, has another version, or has a licence that is not known.

    Args:
        bill: A bill of materials.
        pins: Version of each package, by its name as `packaging` writes it.
    """
    found = []
    there = list(parts(bill))
    for name, version, licences in there:
        wanted = pins.get(name, "no version of it")
        if name not in UNPINNED and wanted != version:
            found.append(
                f"{name} {version} is installed, but constraints.txt has {wanted}: run 'make constraints'."
            )
        if name not in READ_BY_HAND and not _is_permissive(licences):
            found.append(
                f"{name} {version} has the licence {', '.join(licences) or '(none stated)'}: read it, and add it to "
                "READ_BY_HAND with why it will do, or do without the package."
            )
    known = {name for name, _, _ in there}
    return found + [
        f"{name} is in READ_BY_HAND but is not installed: take it out."
        for name in READ_BY_HAND
        if name not in known
    ]


def _is_permissive(licences: list[str]) -> bool:
    """Whether every licence that is stated is, or has such a one to choose; a person must look at any other."""
    stated = [part for one in licences if one != _EMPTY for part in re.split(r"\bAND\b", one)]
    return bool(stated) and all(_PERMISSIVE.search(part) for part in stated)


def pinned(text: str) -> dict[str, str]:
    """Version of each package in a file of constraints."""
    lines = (line.split(";")[0].strip() for line in text.splitlines() if "==" in line and line[:1] != "#")
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


def main(arguments: list[str]) -> int:
    """Judge the bill of materials that is named; returns 1 if a part of it needs a person."""
    bill = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    found = problems(bill, pinned(CONSTRAINTS.read_text(encoding="utf-8")))
    print("\n".join(found) or f"{len(list(parts(bill)))} packages: all pinned, and their licences are known.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
