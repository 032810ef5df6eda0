"""Whether a refresh would find nothing new, known without starting it.

Belongs here: on what the result of a refresh depends, and remembering the result of the last one. Does not belong here:
how files are compared (`civic_assets.tables.file_states`), and which releases are stale (`freshness`).

A refresh depends on the files that it is given, on the program with its contracts, on the store and on the day. If
all of them are as they were when the last refresh ended, it would do nothing, and its summary is known. Looking at
them takes a twentieth of the time that it takes to find the same by opening contracts, tables and the read model.
Anything else, however small, is left to a refresh. Imports little: a command that ends here starts nothing else.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from civic_assets.contracts.folders import contracts_folders
from civic_assets.errors import StoreBusy
from civic_assets.layers.limits import PROCESSES
from civic_assets.layers.remote.place import copied_from
from civic_assets.layers.root import REPORT, REPORT_BEING_BUILT
from civic_assets.layers.store_lock import changing
from civic_assets.shipped import PACKAGE, SHIPPED
from civic_assets.tables.file_states import FileStates, folder_times, states_of

_FILE = "unchanged.json"
# Variables that hold logins: of alerts, and in the addresses of a database and a broker.
_SECRET = ("CIVIC_ALERTS_", "CIVIC_DATABASE", "CIVIC_BROKER")
# What a refresh reads or writes in the store. Dagster's database also changes when somebody opens its UI; what counts
# of it is in `recorded`.
_IN_STORE = (
    "archive",
    "tables",
    "publications",
    # Of the site, which may have thousands of pages, these files and the times of all its folders.
    *(f"{REPORT}/{name}" for name in ("site.json", "index.html", "quality", "sources", "assets")),
    "suites",
    "civic.duckdb",
    "recognised.json",
    "dagster/recorded",
    "dagster/unfinished",
)


@dataclass(frozen=True)
class Asked:
    """What a refresh was asked for.

    Args:
        root: Folder of the store.
        profile: As for `civic_assets.refresh.refresh`.
        inputs: Folder of files, or None.
        sources: Sources to refresh; all if empty.
        since: Day since which files are fetched, for `live`; empty for all.
        settings: File of settings of fetching, for `live`; None for other profiles.
    """

    root: Path
    profile: str
    inputs: Path | None
    sources: Sequence[str]
    since: str = ""
    settings: Path | None = None

    def document(self) -> dict[str, Any]:
        """Everything that is not a file: arguments, settings and the day, on which a waiver may end."""
        return {
            "profile": self.profile,
            "store": str(self.root),
            "inputs": str(self.inputs.absolute()) if self.inputs else None,
            "sources": sorted(self.sources),
            "since": self.since,
            "settings": {name: os.environ[name] for name in sorted(os.environ) if _is_setting(name)},
            "python": sys.version,
            "day": date.today().isoformat(),
        }

    def given(self) -> list[Path]:
        """Files that are given, and the program with everything that people edit."""
        own = [Path(folder) for folder in os.environ.get("CIVIC_SOURCES", "").split(os.pathsep) if folder]
        parsers = [file for folder in own for file in sorted(folder.glob("*.py"))]
        # Installing a library changes the folder that lists it.
        libraries = [Path(folder) / name for folder in _libraries() for name in sorted(_listed(folder))]
        shipped = [SHIPPED / "dagster.yaml", SHIPPED / "workspace.yaml"]
        inputs = [place.absolute() for place in (self.inputs, self.settings) if place]
        contracts = [place for folder in contracts_folders() for place in (folder, *_links_in(folder))]
        return [PACKAGE, *contracts, *shipped, *parsers, *libraries, *inputs]

    def kept(self) -> list[Path]:
        """What a refresh reads or writes in the store."""
        return [self.root / name for name in _IN_STORE]


def _is_setting(name: str) -> bool:
    """Whether the result may depend on a variable. Those with logins and tokens are not written down."""
    return name.startswith("CIVIC_") and name != PROCESSES and not name.startswith(_SECRET)


def _libraries() -> list[str]:
    return [folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]


def _links_in(folder: Path) -> list[Path]:
    """Links in a folder of contracts: its vocabularies, for example, may be elsewhere."""
    return sorted(path for path in folder.iterdir() if path.is_symlink()) if folder.is_dir() else []


def _listed(folder: str) -> list[str]:
    """Names of installed libraries with their versions."""
    try:
        return [f"{name}/METADATA" for name in os.listdir(folder) if name.endswith(".dist-info")]
    except OSError:
        return []


@dataclass(frozen=True)
class Beginning:
    """What a refresh depends on, looked at before it reads anything."""

    asked: Asked
    document: Mapping[str, Any]
    given: FileStates | None


def begin(asked: Asked) -> Beginning:
    """Look at what a refresh is given, before it begins."""
    try:
        return Beginning(asked, asked.document(), states_of(asked.given()))
    except OSError:
        return Beginning(asked, {}, None)


def remember(beginning: Beginning, summary: Mapping[str, Any]) -> None:
    """Remember the result of a refresh that has ended, so that the next one can be spared.

    Args:
        beginning: What it depends on, as it was before.
        summary: Document of its summary.
    """
    if beginning.given is None:
        return
    try:
        document = {
            "asked": beginning.document,
            "given": _as_document(beginning.given),
            "kept": _as_document(states_of(beginning.asked.kept())),
            "pages": folder_times(beginning.asked.root / REPORT),
            "summary": summary,
        }
        _write(beginning.asked.root / _FILE, document)
    except OSError:
        (beginning.asked.root / _FILE).unlink(missing_ok=True)


def recall(asked: Asked) -> dict[str, Any] | None:
    """Document of the summary of the last refresh, if this one would find nothing new; None if it must be made."""
    if copied_from(asked.root):
        return None  # another machine may have published since; asking is what a refresh does
    file = asked.root / _FILE
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document["asked"] != asked.document() or not os.access(asked.root, os.W_OK):
            return None
        before = [_from_document(document[name]) for name in ("given", "kept")]
        given, kept = before[0].again(asked.given()), before[1].again(asked.kept())
        summary: dict[str, Any] = document["summary"]
        if given is None or kept is None or document["pages"] != folder_times(asked.root / REPORT):
            return None
        if any(name.startswith(REPORT_BEING_BUILT) for name in os.listdir(asked.root)):
            return None  # left by a killed process, which a refresh clears away
        if any(states.recent for states in before):
            _remember_again(
                asked.root, {**document, "given": _as_document(given), "kept": _as_document(kept)}
            )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return summary


def _remember_again(root: Path, document: Mapping[str, Any]) -> None:
    """Remember that files which had just changed are now old, unless another refresh is finding out more."""
    with suppress(StoreBusy), changing(root, "civic-assets refresh"):
        _write(root / _FILE, document)


def _write(file: Path, document: Mapping[str, Any]) -> None:
    from civic_assets.tables.atomic import atomic_write_text

    atomic_write_text(file, json.dumps(document, ensure_ascii=False) + "\n")


def _as_document(states: FileStates) -> dict[str, Any]:
    return {"digest": states.digest, "recent": dict(states.recent)}


def _from_document(document: Mapping[str, Any]) -> FileStates:
    return FileStates(document["digest"], document["recent"])
