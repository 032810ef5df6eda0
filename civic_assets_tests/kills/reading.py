"""A reader of the read model, as a process: opens it, asks, and says what it saw, again and again.

Belongs here: reading, and judging whether what was read is one whole publication. Does not belong here: comparing
readers with each other (`verdict`).

It ends when its standard input is closed. Each read is a line of JSON on standard output.
"""

from __future__ import annotations

import hashlib
import json
import random
import select
import sys
from pathlib import Path
from typing import Any

import duckdb

# One row for each of them, by release where a table has that.
_QUERIES = (
    "SELECT source, release, count(*), sum(value) FROM harmonised.observations GROUP BY ALL ORDER BY ALL",
    "SELECT source, release, count(*) FROM quality.check_results GROUP BY ALL ORDER BY ALL",
    "SELECT source, release, state, n_rows, sha256 FROM catalogue.releases ORDER BY ALL",
    "SELECT count(*) FROM catalogue.files",
    "SELECT count(*) FROM harmonised.unified_sums",
    "SELECT count(*) FROM harmonised.latest",
    "SELECT count(*) FROM quality.findings",
)


def read(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What is published: its hash and number, the stamp of the file, and a hash of the answers.

    Raises:
        AssertionError: The tables do not belong together.
    """
    row = connection.execute("SELECT publication, number, stamp FROM catalogue.publication").fetchall()
    assert len(row) == 1, f"{len(row)} rows say what is published"
    answers = [connection.execute(query).fetchall() for query in _QUERIES]
    figures = {(source, release): number for source, release, number, _ in answers[0]}
    stated = {(one[0], one[1]): one[3] for one in answers[2] if one[2] == "published"}
    assert figures == stated, f"figures {figures}, but releases {stated}"
    checked = {(one[0], one[1]) for one in answers[1]}
    assert checked >= set(stated), f"releases without results of checks: {set(stated) - checked}"
    publication, number, stamp = row[0]
    return {
        "publication": publication,
        "number": number,
        "stamp": stamp,
        "seen": hashlib.sha256(repr(answers).encode()).hexdigest()[:16],
        "releases": len(stated),
    }


def _once(file: Path, moments: random.Random, pause: float) -> dict[str, Any]:
    with duckdb.connect(str(file), read_only=True) as connection:
        seen = read(connection)
        # A connection that stays open sees the same publication to its end, whatever is published meanwhile.
        if moments.random() < 0.2:
            _wait(moments.uniform(0, 4 * pause))
            assert read(connection) == seen, "an open connection saw something else"
        return seen


def _wait(seconds: float) -> bool:
    """Wait; returns whether standard input was closed meanwhile."""
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def main(store: Path, seed: int, pause: float) -> None:
    """Read until standard input is closed."""
    moments, file, found = random.Random(seed), store / "civic.duckdb", False
    while True:
        if found or file.exists():
            found = True
            try:
                line = _once(file, moments, pause)
            except Exception as error:  # noqa: BLE001  (every failure is a result)
                line = {"failed": f"{type(error).__name__}: {error}"}
            print(json.dumps(line), flush=True)
        if _wait(moments.uniform(0.5, 1.5) * pause):
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
