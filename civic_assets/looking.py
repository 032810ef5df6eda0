"""What a file turns out to be, in words that can be stored.

Belongs here: one file through reading and recognising, its grid kept for what comes next. Does not belong here: rules
(`inspection`, `layers`), and what is done with a release (`intake`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from civic_assets.contracts.model import Contract
from civic_assets.errors import FileRefused, NotRecognised
from civic_assets.layers import GRIDS


def look(path: Path, name: str, sha256: str, contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """Reads a file and says what it is, as it is remembered.

    Returns:
        `{sources: {source: edition}, synthetic, published_on}` (the day that it states, or None) of a release, and
        `{verdict, reason}` of any other file; the reason is without the file's name.
    """
    from civic_assets.readers.open_file import read_grid
    from civic_assets.sources.recognise import recognise
    from civic_assets.sources.release_date import stated_release_date

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
    GRIDS.put(sha256, grid)
    return {
        "sources": {release.contract.source: release.edition for release in recognised},
        "synthetic": any(release.synthetic for release in recognised),
        "published_on": stated.isoformat() if (stated := stated_release_date(grid)) else None,
    }
