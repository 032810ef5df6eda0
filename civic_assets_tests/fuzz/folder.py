"""One refresh of a folder with sound files among many changed ones: `python -m civic_assets_tests.fuzz.folder`.

Belongs here: making the folder, the refresh as a command, and what must hold afterwards. Does not belong here: inputs
one at a time (`campaign`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.fuzz.changes import made
from civic_assets_tests.fuzz.corpus import Seed, of_folder, shipped
from civic_assets_tests.fuzz.verdict import is_sentence

# Files that are published by themselves. No input is made from them, since it could be another issue of the release.
SOUND = (
    "report.csv", "synthetic-csp-tables-2022-06.xlsx", "police_uk answer.json", "police_uk 2021_areas.csv",
    "dfe_sen by_provision_2025.csv",
)  # fmt: skip
_FIGURES = """
SELECT source, release, measure, area_code, period_start, breakdown, unit, value, status, quality
FROM harmonised.observations
WHERE (source, release) IN (SELECT (unnest($1), unnest($2))) ORDER BY ALL
"""


@dataclass(frozen=True)
class Refreshed:
    """A refresh of a folder, and the same of the sound files alone.

    Args:
        root: Folder in which the stores and the inputs are.
        answer: What the refresh of all files printed.
        alone_store: Store of the sound files alone.
        alone: What the refresh of the sound files printed.
        before: Files outside the store before the refresh, with their hashes.
    """

    root: Path
    answer: Answer
    alone_store: Path
    alone: Answer
    before: dict[str, str]

    @property
    def store(self) -> Path:
        """Store of the refresh of all files."""
        return self.root / "store"


def refreshed(
    root: Path,
    seeds: Sequence[Seed],
    numbers: Iterable[int],
    seed: int,
    sound: Sequence[str] = SOUND,
    alone: tuple[Path, Answer] | None = None,
) -> Refreshed:
    """Refresh a folder of sound files and changed ones, and one of the sound files alone.

    Args:
        root: Empty folder for everything.
        seeds: Sound files, from which the changed ones are made; also those named in `sound`.
        numbers: Numbers of the inputs.
        seed: Of the random changes.
        sound: Names of the files that must be published.
        alone: Store of a refresh of the sound files alone, and what it printed; it is made if None.
    """
    for folder in ("all", "sound", "empty", "temporary"):
        (root / folder).mkdir(parents=True)
    kept = [one for one in seeds if one.name in sound]
    for one in kept:
        for folder in ("all", "sound"):
            (root / folder / one.name).write_bytes(one.content)
    sources = {one.name.partition(" ")[0] for one in kept}
    others = [
        one
        for one in seeds
        if one.name not in sound and one.name.partition(" ")[0] not in sources and "csp" not in one.name
    ]
    for number in numbers:
        changed = made(number, seed, others)
        (root / "all" / changed.name).write_bytes(changed.content)
    by_themselves = alone or (root / "alone", _run(root, "sound", "alone"))
    before = _files(root)
    return Refreshed(root, _run(root, "all", "store"), *by_themselves, before)


def _run(root: Path, inputs: str, store: str) -> Answer:
    return civic_assets(
        "refresh", "--profile", "local", "--inputs", root / inputs, "--store", root / store, "--json", "--quiet",
        cwd=root / "empty", env={"TMPDIR": str(root / "temporary"), "HOME": str(root / "empty"), "CIVIC_SITE": "later",
             "CIVIC_CACHE": str(root / "cache")}, timeout=3600,
    )  # fmt: skip


def _files(root: Path) -> dict[str, str]:
    """Hash of every file outside the store; folders without one."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(root.rglob("*"))
        if not path.is_relative_to(root / "store") and not path.is_relative_to(root / "cache")
    }


def faults_of(done: Refreshed) -> list[str]:
    """Sentences about everything that does not hold; none if all is well."""
    faults = []
    answer = done.answer
    if answer.code not in (0, 1):
        faults.append(f"The exit code is {answer.code}: {answer.err[-1000:]}")
    for name, text in (
        ("output", answer.out),
        ("messages", answer.err),
        ("stored facts", _facts(done.store)),
    ):
        if "Traceback (most recent call last)" in text or '"tracebacks": ["' in text:
            faults.append(f"There is a traceback in the {name}.")
    if done.alone.code != 0:
        return [*faults, f"The sound files alone are not published: {done.alone.err[-1000:]}"]
    summary: dict[str, Any] = json.loads(answer.out)
    states = {(one["source"], one["release"]): one["state"] for one in summary["releases"]}
    sound = [(one["source"], one["release"]) for one in json.loads(done.alone.out)["releases"]]
    faults += [f"{place} is {states.get(place)}." for place in sound if states.get(place) != "published"]
    if _figures(done.store, sound) != _figures(done.alone_store, sound):
        faults.append("The sound files have other figures than alone.")
    said = [one["reason"] for one in (*summary["ignored"], *summary["refused"])]
    faults += [f"This is not a sentence: {text!r}" for text in said if not is_sentence(text)]
    faults += [f"The refresh says: {error}" for error in summary["errors"]]
    after = _files(done.root)
    faults += [
        f"{name} was changed outside the store."
        for name in sorted(done.before.keys() | after.keys())
        if done.before.get(name) != after.get(name)
    ]
    return faults


def _facts(store: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(store.rglob("*.json")))


def _figures(store: Path, places: Sequence[tuple[str, str]]) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        sources, releases = map(list, zip(*places, strict=True))
        return connection.execute(_FIGURES, [sources, releases]).fetchall()


def counted(done: Refreshed) -> Counter[str]:
    """How many releases and files ended how."""
    summary = json.loads(done.answer.out)
    counter = Counter(str(one["state"]) for one in summary["releases"])
    counter.update({"ignored files": len(summary["ignored"]), "refused files": len(summary["refused"])})
    return counter


def main() -> int:
    """Refresh, and say what was seen; returns 1 if something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m civic_assets_tests.fuzz.folder", description=__doc__)
    parser.add_argument("--inputs", type=int, default=300, help="number of changed files")
    parser.add_argument("--seed", type=int, default=1, help="of the random changes")
    parser.add_argument("--files", type=Path, help="folder of sound files, in addition to those that ship")
    chosen = parser.parse_args()
    seeds = [*shipped(), *(of_folder(chosen.files) if chosen.files else ())]
    with tempfile.TemporaryDirectory(prefix="civic-fuzz-") as temporary:
        done = refreshed(Path(temporary).resolve(), seeds, range(chosen.inputs), chosen.seed)
        faults = faults_of(done)
        print(f"Exit code {done.answer.code}; {dict(counted(done)) if done.answer.code in (0, 1) else ''}")
    print(
        "\n".join(faults)
        or "Nothing is wrong: the sound files are published with the figures that they have alone."
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
