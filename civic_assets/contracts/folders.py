"""Where contracts, vocabularies and registers are.

Belongs here: the folders in force. Does not belong here: reading what is in them.
"""

from __future__ import annotations

import os
from pathlib import Path

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "data_contracts"


def contracts_folders() -> list[Path]:
    """Folders of contracts: those that `CIVIC_CONTRACTS` names, else `data_contracts/` next to the package.

    A team that keeps sources of its own names both: the project's folder first, since the vocabularies are there.
    """
    named = [Path(folder) for folder in os.environ.get("CIVIC_CONTRACTS", "").split(os.pathsep) if folder]
    return named or [DEFAULT_FOLDER]


def contracts_folder() -> Path:
    """The first of `contracts_folders`, which also holds the vocabularies."""
    return contracts_folders()[0]
