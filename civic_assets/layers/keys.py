"""What each layer is made from, as hashes: of the program's own code, and of all inputs of one table.

Belongs here: which packages make the tables of a layer, so that a change of code makes just those tables stale. Does
not belong here: the other inputs of a table (`layers.build`), and how tables are stored (`civic_assets.tables`).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from civic_assets import sources
from civic_assets.shipped import PACKAGE

_READING = ("readers", "values", "errors.py")
_RECOGNISING = (*_READING, "parsing", "contracts", "sources")
LAYER_CODE: dict[str, tuple[str, ...]] = {
    "raw": _READING,
    "recognised": _RECOGNISING,
    "validated": (*_RECOGNISING, "harmonise", "quality", "layers"),
    "harmonised": ("harmonise", "values"),
    "published": ("publish", "quality", "harmonise", "values"),
    "report": ("publish", "quality"),
}
"""Packages and modules whose code makes the tables of a layer."""


@cache
def code_version(*subjects: str) -> str:
    """Hash of the program's own source files: of some packages and modules, or of all of them.

    Args:
        subjects: Names directly below `civic_assets/`, for example `readers` or `errors.py`.

    A change of code there makes what was computed by it stale, without anybody having to count versions. Parsers in the
    folders of `CIVIC_SOURCES` count as `sources`.
    """
    digest = hashlib.sha256()
    outside = [Path(folder) for folder in sources.__path__ if Path(folder).resolve() != PACKAGE / "sources"]
    for file in sorted(file for folder in outside for file in folder.glob("*.py")):
        if not subjects or "sources" in subjects:
            digest.update(file.read_bytes())
    for file in sorted(PACKAGE.rglob("*.py")):
        relative = file.relative_to(PACKAGE)
        if not subjects or relative.parts[0] in subjects:
            digest.update(relative.as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def layer_version(layer: str) -> str:
    """Hash of the code that makes the tables of a layer.

    Args:
        layer: A key of `LAYER_CODE`.
    """
    return code_version(*LAYER_CODE[layer])
