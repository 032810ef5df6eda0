"""Identification of a file, as a result that can be cached.

Belongs here: reading one file and recognising it, and keeping its grid for the next step. Does not belong here: rules
(`inspect`, `layers`), and what is done with a release (`receive`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.model import Contract
from civic_assets.errors import FileRefused, NotRecognised, printable
from civic_assets.intake.folder import gone
from civic_assets.layers.grid_cache import GRIDS
from civic_assets.tables.release_names import unknown_edition
from civic_assets.unforeseen import ENVIRONMENT, sentence_of, traceback_of

if TYPE_CHECKING:
    from civic_assets.parsing.recognise import Recognised
    from civic_assets.readers.grid import Grid


def look(path: Path, name: str, sha256: str, contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """Read a file and identify it, in the form that is cached. Every file gets a result, whatever is wrong with it.

    Returns:
        `{sources: {source: edition}, near, synthetic, published_on}` for a release: `near` maps each source of which it
        is a near miss to the reason, `published_on` is the publication day it states, or None. For any other file
        `{verdict, reason}`; the reason is without the file's name. `tracebacks` are those of unexpected errors, and
        `again` says that the machine failed, not the file, so that the result should not be cached.
    """
    from civic_assets.parsing.recognise import recognise
    from civic_assets.readers.open_file import read_grid
    from civic_assets.readers.text.large import is_large

    try:
        grid = read_grid(path, name)
        recognised = recognise(grid, contracts)
    except NotRecognised as error:
        return {"verdict": "ignored", "reason": str(error).removeprefix(name)}
    except FileRefused as error:
        return {
            "verdict": "ignored" if error.unsupported else "refused",
            "reason": str(error).removeprefix(name),
        }
    except ENVIRONMENT as error:
        if isinstance(error, FileNotFoundError) and not path.exists():
            return {"verdict": "refused", "reason": gone(name).removeprefix(name), "again": True}
        return {"verdict": "refused", "reason": f" cannot be read: {sentence_of(error)}.", "again": True}
    except Exception as error:  # noqa: BLE001  (a file that breaks a reader must not stop the others)
        return {
            "verdict": "refused",
            "reason": f" cannot be read: {sentence_of(error).rstrip('.')}. Nothing in it is published.",
            "tracebacks": [traceback_of(error)],
        }
    if not is_large(grid):  # which reads its columns from a file that may be gone by then
        GRIDS.put(sha256, grid)
    return {
        "sources": {
            release.contract.source: release.edition or unknown_edition(sha256) for release in recognised
        },
        "near": {release.contract.source: _why(release) for release in recognised if release.near},
        "synthetic": any(release.synthetic for release in recognised),
        "published_on": _published_on(grid),
        "tracebacks": [text for release in recognised for text in release.tracebacks],
    }


def _why(release: Recognised) -> str:
    """Why a near miss is not a release, as a sentence."""
    return printable(next((drift.message for drift in release.found.drift if drift.breaking), ""))


def _published_on(grid: Grid) -> str | None:
    from civic_assets.parsing.release_date import stated_release_date

    try:
        stated = stated_release_date(grid)
    except Exception:  # noqa: BLE001  (a date that cannot be read counts as not stated)
        return None
    return stated.isoformat() if stated else None
