"""What each part of the read model was made from: `catalogue.parts`.

Belongs here: the hashes of the parts, and reading those of the last read model. Does not belong here: what follows when
one differs (`update`).

There are two kinds of parts. `program` is everything that any table may depend on: the code, the vocabularies, the
contracts, the expectation suites, the lookups of areas and the version of DuckDB; if it differs, everything is made
again. `source <name>` is what the figures of one source are made from: its releases with the hashes of their tables,
their receipts and facts, and the registered corrections about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from civic_assets.contracts import corrections as registered
from civic_assets.contracts.corrections import load_corrections
from civic_assets.contracts.load import vocabularies_sha256
from civic_assets.layers.keys import code_version
from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.publish.read_model.areas import LOOKUPS
from civic_assets.quality.expectations.suites import suites_sha256

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.publish.member import Member

PROGRAM = "program"
_SOURCE = "source "
WAYS = "unified_way_numbers"
"""Temporary table that `civic_assets.publish.unified.periods` leaves: source, n_ways."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of a read model.

    Args:
        program: Hash of what any table may depend on.
        sources: Hash of what each source is made from.
        ways: Number of ways to years of each source (`harmonise.time.years`), shown or not: in
            `harmonised.unified_sums`, `made_from` counts the ways of all sources.
    """

    program: str
    sources: Mapping[str, str]
    ways: Mapping[str, int]


def parts_of(inputs: Inputs) -> Parts:
    """The parts of the read model that these inputs give, without `ways`."""
    import duckdb

    by_source: dict[str, list[Member]] = {}
    for member in inputs.members:
        by_source.setdefault(member.receipt.source, []).append(member)
    corrections = load_corrections()
    decided = {
        source: list(registered.words([one for one in corrections if one.source == source]))
        for source in sorted({one.source for one in corrections})
    }
    program = _hash(
        code_version(),
        vocabularies_sha256(),
        suites_sha256(),
        duckdb.__version__,
        *(f"{source} {contract.sha256}" for source, contract in sorted(inputs.contracts.items())),
        *_made_from(by_source.get(LOOKUPS, ())),
    )
    return Parts(
        program,
        {
            source: _hash(*_made_from(by_source.get(source, ())), *decided.get(source, ()))
            for source in sorted({*by_source, *decided})
        },
        {},
    )


def _made_from(members: Sequence[Member]) -> list[str]:
    return [
        repr((
            astuple(member.receipt), member.facts, member.results.key, member.results.hash, member.findings.hash,
            member.harmonised.hash if member.harmonised else None,
        ))
        for member in members
    ]  # fmt: skip


def _hash(*texts: str) -> str:
    digest = hashlib.sha256()
    for text in texts:
        data = text.encode()
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


def create(connection: DuckDBPyConnection, inputs: Inputs) -> None:
    """Create `catalogue.parts`.

    Args:
        connection: Connection to a read model with the temporary table `WAYS`.
        inputs: What the read model is made from.
    """
    ways = dict(connection.execute(f"SELECT source, n_ways FROM {WAYS}").fetchall())
    connection.execute(f"DROP TABLE {WAYS}")
    write(connection, parts_of(inputs), ways)


def write(connection: DuckDBPyConnection, parts: Parts, ways: Mapping[str, int]) -> None:
    """Create or replace `catalogue.parts`.

    Args:
        connection: Connection to a read model.
        parts: Its parts.
        ways: Number of ways to years of each source.
    """
    rows: list[list[str | int | None]] = [[PROGRAM, parts.program, None]]
    rows += [
        [_SOURCE + source, made_from, ways.get(source, 0)] for source, made_from in parts.sources.items()
    ]
    connection.execute(
        "CREATE OR REPLACE TABLE catalogue.parts (part VARCHAR, made_from VARCHAR, n_ways INTEGER)"
    )
    connection.executemany("INSERT INTO catalogue.parts VALUES (?, ?, ?)", rows)


def read(connection: DuckDBPyConnection) -> Parts:
    """The parts of a finished read model.

    Raises:
        duckdb.Error: It has none; a program without them made it.
    """
    rows = connection.execute("SELECT part, made_from, n_ways FROM catalogue.parts").fetchall()
    named = {part: made_from for part, made_from, _ in rows}
    of_sources = {part.removeprefix(_SOURCE): (made, n) for part, made, n in rows if part.startswith(_SOURCE)}
    return Parts(
        named.get(PROGRAM, ""),
        {source: made for source, (made, _) in of_sources.items()},
        {source: n or 0 for source, (_, n) in of_sources.items()},
    )
