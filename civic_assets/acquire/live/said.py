"""What publishers said of newer files, as a publication uses it.

Belongs here: `<store>/acquired/said.json`, which is written only when a publication is to be made from it. Does not
belong here: everything else that is remembered (`held`), and what follows for readers (check X-02).

The record in `offers.json` changes with each request, and a publication must not: equal inputs give an equal read
model. So this file changes only if what publishers offer has changed, or if a new file was received; otherwise it keeps
the day on which they were asked before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from civic_assets.acquire.live.held import HeldSource, acquired
from civic_assets.quality.published.publishers_said import PublisherSaid
from civic_assets.tables.atomic import atomic_write_text

_FILE = "said.json"
_LONDON = ZoneInfo("Europe/London")


def read_said(root: Path) -> dict[str, PublisherSaid]:
    """What publishers said, by source; nothing if none was ever asked.

    Args:
        root: Folder of the store.
    """
    try:
        document = json.loads((acquired(root) / _FILE).read_text(encoding="utf-8"))
        return {source: PublisherSaid(**one) for source, one in document.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def said_document(root: Path) -> dict[str, Any]:
    """What publishers said, as it is kept; empty if none was ever asked."""
    said = read_said(root)
    return {source: asdict(said[source]) for source in sorted(said)}


def said_sha256(root: Path) -> str:
    """Hash of what publishers said; empty if none was ever asked."""
    said = said_document(root)
    text = json.dumps(said, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest() if said else ""


def said_now(held: Mapping[str, HeldSource]) -> dict[str, PublisherSaid]:
    """What the sources that answered say.

    Args:
        held: What is remembered after a run, by source that was asked.
    """
    # Of one that did not answer, nothing new is known.
    return {
        source: _said(known)
        for source, known in held.items()
        if known.reached_at and known.reached_at == known.asked_at
    }


def offers_changed(root: Path, now: Mapping[str, PublisherSaid]) -> bool:
    """Whether anything but the day on which they were asked differs from what is kept."""
    before = read_said(root)
    return any(
        source not in before or replace(one, asked_on="") != replace(before[source], asked_on="")
        for source, one in now.items()
    )


def write_said(root: Path, now: Mapping[str, PublisherSaid]) -> None:
    """Keep what publishers say now; what others said before stays.

    Args:
        root: Folder of the store.
        now: What the sources that answered say.
    """
    said = {**read_said(root), **now}
    keep_said(root, {source: asdict(said[source]) for source in sorted(said)})


def keep_said(root: Path, document: Mapping[str, Any]) -> None:
    """Keep what publishers said, as `said_document` gives it."""
    acquired(root).mkdir(parents=True, exist_ok=True)
    atomic_write_text(acquired(root) / _FILE, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _said(known: HeldSource) -> PublisherSaid:
    waiting = sorted(
        (file for file in known.files.values() if file.offered and file.waiting_since),
        key=lambda file: file.rank,
    )
    asked_at = known.asked[0] if known.asked else ""
    if not waiting:
        return PublisherSaid(_day(known.reached_at), asked_at)
    newest = waiting[0]
    out_on = _day(newest.published or newest.waiting_since)
    return PublisherSaid(_day(known.reached_at), newest.found_at or asked_at, newest.title, out_on)


def _day(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(_LONDON).date().isoformat()
