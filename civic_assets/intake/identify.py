"""What a file turns out to be, in words that can be stored.

Belongs here: one file through reading and recognising, its grid kept for what comes next. Does not belong here: rules
(`inspection`, `layers`), and what is done with a release (`intake`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.model import Contract
from civic_assets.errors import FileRefused, NotRecognised
from civic_assets.intake.folder import gone
from civic_assets.layers.build import GRIDS
from civic_assets.tables.release_names import unknown_edition
from civic_assets.unforeseen import ENVIRONMENT, sentence_of, traceback_of

if TYPE_CHECKING:
    from civic_assets.parsing.recognise import Recognised
    from civic_assets.readers.grid import Grid


def look(path: Path, name: str, sha256: str, contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """Reads a file and says what it is, as it is remembered. Whatever the file does, something is said of it.

    Returns:
        `{sources: {source: edition}, near, synthetic, published_on}` of a release: `near` has the sources of which it
        is a near miss, with the reason, `published_on` is the day that it states, or None. Of any other file
        `{verdict, reason}`; the reason is without the file's name. `tracebacks` are of errors that nobody foresaw, and
        `again` says that the machine failed and not the file, so that nothing should be remembered.
    """
    from civic_assets.parsing.recognise import recognise
    from civic_assets.readers.open_file import read_grid

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
        return {"verdict": "refused", "reason": f" can not be read: {sentence_of(error)}.", "again": True}
    except Exception as error:  # noqa: BLE001  (one file that breaks a reader must not keep the others out)
        return {
            "verdict": "refused",
            "reason": f" can not be read: {sentence_of(error).rstrip('.')}. Nothing of it is published.",
            "tracebacks": [traceback_of(error)],
        }
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
    """Why a near miss is no release, in a sentence."""
    return next((drift.message for drift in release.found.drift if drift.breaking), "")


def _published_on(grid: Grid) -> str | None:
    from civic_assets.parsing.release_date import stated_release_date

    try:
        stated = stated_release_date(grid)
    except Exception:  # noqa: BLE001  (a day that can not be read is a day that is not stated)
        return None
    return stated.isoformat() if stated else None
