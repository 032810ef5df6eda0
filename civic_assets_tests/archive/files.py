"""Files to receive, and receiving them as several processes do."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from civic_assets.archive import Archive, Receipt

# (edition, content): two reissues of December, the first bytes again, a file with nothing in it.
HISTORY = [
    ("2024-09", b"september"),
    ("2024-12", b"december"),
    ("2024-12", b"december, corrected"),
    ("2024-12", b"december"),
    ("2024-12", b"december, corrected twice"),
    ("2025-03", b"march " * 100_000),
    ("2025-06", b""),
]


def write(folder: Path, content: bytes, name: str = "prc_csp.xlsx") -> Path:
    """A file as it might be downloaded."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def receive(
    archive: Archive, path: Path, edition: str, source: str = "ons_csp", **more: Any
) -> tuple[Receipt, bool]:
    """Receive a file as somebody who does not care where it came from."""
    return archive.receive(path, source=source, edition=edition, file_name=path.name, origin="local", **more)


def receive_history(root: Path, inputs: Path, rounds: int = 1) -> list[Receipt]:
    """Receive `HISTORY` for as many sources as there are rounds."""
    archive = Archive(root)
    found = []
    for number in range(rounds):
        for position, (edition, content) in enumerate(HISTORY):
            # Every source has files of its own, and shares the one without content with the others.
            path = write(inputs, content + (b"%d" % number if content else b""), f"{number}-{position}.csv")
            found.append(receive(archive, path, edition, source=f"source_{number}")[0])
    return found


def without_time(receipts: list[Receipt]) -> list[Receipt]:
    """Receipts that are the same whenever they were given."""
    return [replace(receipt, retrieved_at="") for receipt in receipts]


def lines(root: Path) -> list[dict[str, Any]]:
    """The manifest, read independently of the code that wrote it."""
    return [json.loads(line) for line in (root / "manifest.jsonl").read_text("utf-8").splitlines()]


def blob_names(root: Path) -> list[str]:
    """Names of the archived files."""
    return sorted(path.name for path in root.iterdir() if len(path.name) == 64)


if __name__ == "__main__":  # a process that is going to be killed
    print("ready", flush=True)
    receive_history(Path(sys.argv[1]), Path(sys.argv[2]), rounds=int(sys.argv[3]))
