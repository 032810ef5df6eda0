"""Where contracts, vocabularies and registers are.

Belongs here: the folders in force. Does not belong here: reading what is in them.
"""

from __future__ import annotations

import os
from pathlib import Path

from civic_assets.shipped import CONTRACTS

DEFAULT_FOLDER = CONTRACTS


def contracts_folders() -> list[Path]:
    """Folders of contracts: those that `CIVIC_CONTRACTS` names, else those that ship with the project.

    A team with sources of its own names both folders, the project's first, because the vocabularies are there. An
    empty entry means the project's folder, so `:/my/contracts` adds to it wherever the project is installed.
    """
    named = os.environ.get("CIVIC_CONTRACTS", "")
    if not named.strip(os.pathsep):
        return [DEFAULT_FOLDER]
    return list(dict.fromkeys(Path(part) if part else DEFAULT_FOLDER for part in named.split(os.pathsep)))


def contracts_folder() -> Path:
    """The first of `contracts_folders`, which also holds the vocabularies."""
    return contracts_folders()[0]
