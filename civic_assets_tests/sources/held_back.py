"""What `inspect` says about a file of a source that cannot be read.

Belongs here: asking. Does not belong here: any expectation of a source.
"""

from __future__ import annotations

from pathlib import Path

from civic_assets.contracts.load import load_contracts
from civic_assets_tests.json_answers import inspect


def why_held_back(path: Path) -> str:
    """The sentences for which a file is held back; nothing of it may be read."""
    report = inspect(path, load_contracts())
    assert (report["outcome"], report["rows"]) == ("blocked", 0)
    return " ".join(f["message"] for f in report["findings"] if f["check_id"] == "R-09")
