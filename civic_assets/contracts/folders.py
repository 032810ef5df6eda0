"""Where contracts, vocabularies and registers are.

Belongs here: the folders in force. Does not belong here: reading what is in them.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from civic_assets.shipped import CONTRACTS

DEFAULT_FOLDER = CONTRACTS


def contracts_folders() -> list[Path]:
    """Folders of contracts: those that `CIVIC_CONTRACTS` names, else those that ship with the project.

    A team with sources of its own names both folders, the project's first, because the vocabularies are there. An
    empty entry means the project's folder, so `:/my/contracts` adds to it wherever the project is installed.
    """
    return list(_named(os.environ.get("CIVIC_CONTRACTS", "")))


@cache
def _named(names: str) -> tuple[Path, ...]:
    """The folders of a value of `CIVIC_CONTRACTS`; made once, since vocabularies ask for them for every figure."""
    if not names.strip(os.pathsep):
        return (DEFAULT_FOLDER,)
    return tuple(dict.fromkeys(Path(part) if part else DEFAULT_FOLDER for part in names.split(os.pathsep)))


def contracts_folder() -> Path:
    """The first of `contracts_folders`, which also holds the vocabularies."""
    return _named(os.environ.get("CIVIC_CONTRACTS", ""))[0]
