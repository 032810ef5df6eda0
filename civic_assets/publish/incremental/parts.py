"""What each part of the read model was made from: `catalogue.parts`.

Belongs here: the hashes of the parts, and reading those of the last read model. Does not belong here: what follows when
one differs (`update`).

There are three kinds of parts. `program` is everything that any table may depend on: the code, the vocabularies, the
contracts, the expectation suites, the lookups of areas, the postcode directories and the version of DuckDB; if it
differs, everything is made again. `source <name>` is what the figures of one source are made from besides its
releases: the registered corrections about it. `release <source> <name>` is what those of one release are made from:
its tables, receipt and facts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING

from civic_assets.contracts import corrections as registered
from civic_assets.contracts.corrections import load_corrections
from civic_assets.contracts.load import vocabularies_sha256
from civic_assets.layers.keys import code_version
from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.publish.read_model.areas import LOOKUPS
from civic_assets.publish.read_model.postcodes import POSTCODES
from civic_assets.quality.expectations.suites import suites_sha256

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.publish.member import Member

PROGRAM = "program"
_SOURCE, _RELEASE = "source ", "release "


@dataclass(frozen=True, slots=True)
class SourceParts:
    """What the figures of one source are made from.

    Args:
        decided: Hash of the corrections about it; empty if there are none.
        releases: Hash of what each release is made from.
    """

    decided: str = ""
    releases: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of a read model.

    Args:
        program: Hash of what any table may depend on.
        sources: Parts of each source.
    """

    program: str
    sources: Mapping[str, SourceParts]


def parts_of(inputs: Inputs) -> Parts:
    """The parts of the read model that these inputs give."""
    import duckdb

    releases: dict[str, dict[str, str]] = {}
    lookups: list[str] = []
    for member in inputs.members:
        made_from = _made_from(member)
        if member.receipt.source in (LOOKUPS, POSTCODES):
            lookups.append(made_from)
        releases.setdefault(member.receipt.source, {})[member.receipt.release] = _hash(made_from)
    corrections = load_corrections()
    decided = {
        source: _hash(*registered.words([one for one in corrections if one.source == source]))
        for source in sorted({one.source for one in corrections})
    }
    program = _hash(
        code_version(),
        vocabularies_sha256(),
        suites_sha256(),
        duckdb.__version__,
        *(f"{source} {contract.sha256}" for source, contract in sorted(inputs.contracts.items())),
        *lookups,
    )
    sources = sorted({*releases, *decided})
    return Parts(program, {s: SourceParts(decided.get(s, ""), releases.get(s, {})) for s in sources})


def _made_from(member: Member) -> str:
    return repr((
        astuple(member.receipt), member.facts, member.results.key, member.results.hash, member.findings.hash,
        member.harmonised.hash if member.harmonised else None,
    ))  # fmt: skip


def _hash(*texts: str) -> str:
    digest = hashlib.sha256()
    for text in texts:
        data = text.encode()
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


def write(connection: DuckDBPyConnection, parts: Parts) -> None:
    """Create or replace `catalogue.parts`.

    Args:
        connection: Connection to a read model.
        parts: Its parts.
    """
    rows = [[PROGRAM, parts.program]]
    for source, of_source in parts.sources.items():
        rows.append([_SOURCE + source, of_source.decided])
        rows += [
            [f"{_RELEASE}{source} {release}", made_from] for release, made_from in of_source.releases.items()
        ]
    connection.execute("CREATE OR REPLACE TABLE catalogue.parts (part VARCHAR, made_from VARCHAR)")
    connection.executemany("INSERT INTO catalogue.parts VALUES (?, ?)", rows)


def read(connection: DuckDBPyConnection) -> Parts:
    """The parts of a finished read model.

    Raises:
        duckdb.Error: It has none; a program without them made it.
    """
    named: dict[str, str] = dict(connection.execute("SELECT part, made_from FROM catalogue.parts").fetchall())
    sources = {
        part.removeprefix(_SOURCE): SourceParts(made_from)
        for part, made_from in named.items()
        if part.startswith(_SOURCE)
    }
    for part, made_from in named.items():
        if part.startswith(_RELEASE):
            source, _, release = part.removeprefix(_RELEASE).partition(" ")
            sources[source].releases[release] = made_from
    return Parts(named.get(PROGRAM, ""), sources)
