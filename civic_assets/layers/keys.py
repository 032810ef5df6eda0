"""The code that each layer depends on, as a hash.

Belongs here: which packages build the tables of a layer, so that a change of code makes only those tables stale. Does
not belong here: the other inputs of a table (`layers.raw`, `layers.validated`, `layers.harmonised`), and how tables
are stored (`civic_assets.tables`).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from civic_assets import sources
from civic_assets.shipped import PACKAGE

_READING = ("readers", "values", "house_numbers", "errors.py")
_RECOGNISING = (*_READING, "parsing", "contracts", "sources")
LAYER_CODE: dict[str, tuple[str, ...]] = {
    "raw": _READING,
    "recognised": _RECOGNISING,
    "validated": (*_RECOGNISING, "answers", "harmonise", "quality", "layers"),
    "harmonised": ("harmonise", "values", "house_numbers"),
    "published": ("publish", "quality", "harmonise", "values", "house_numbers"),
    "suites": ("quality", "contracts", "harmonise", "values", "house_numbers"),
    "report": ("publish", "quality", "house_numbers"),
}
"""Packages and modules whose code builds the tables of a layer."""


@cache
def code_version(*subjects: str) -> str:
    """Hash of the program's source files, either all or those of some packages and modules.

    Args:
        subjects: Names directly below `civic_assets/`, e.g. `readers` or `errors.py`; all if empty.

    A change of that code makes the results computed by it stale, without manual version numbers. Parsers in the
    folders of `CIVIC_SOURCES` count as `sources`.
    """
    digest = hashlib.sha256()
    outside = [Path(folder) for folder in sources.__path__ if Path(folder).resolve() != PACKAGE / "sources"]
    for file in sorted(file for folder in outside for file in folder.glob("*.py")):
        if not subjects or "sources" in subjects:
            digest.update(file.read_bytes())
    for top, relative, file in _files():
        if not subjects or top in subjects:
            digest.update(relative)
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _files() -> tuple[tuple[str, bytes, Path], ...]:
    """The program's files: the name directly below `civic_assets/`, the whole name, and the path."""
    files = sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sql")])
    names = [file.relative_to(PACKAGE) for file in files]
    return tuple(
        (name.parts[0], name.as_posix().encode(), file) for name, file in zip(names, files, strict=True)
    )


def layer_version(layer: str) -> str:
    """Hash of the code that builds the tables of a layer.

    Args:
        layer: Key of `LAYER_CODE`.
    """
    return code_version(*LAYER_CODE[layer])
