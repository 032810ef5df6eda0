"""Which releases are new in sources that otherwise stay as they are: their figures are added to what is there.

Belongs here: the conditions under which no row about another release or period of the source can change, so that only
what the new releases touch is made again. Does not belong here: sources that are made again as a whole, and why
(`survey`), and making anything (`source_tables`).

A source for which a condition fails is made again as a whole, which gives the same rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.harmonise.time.years import one_release_a_period
from civic_assets.publish.incremental.parts import Parts, SourceParts
from civic_assets.publish.read_model.figures import positions

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.publish.member import Member

NOTHING = SourceParts()


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How the sources that differ are brought up to date.

    Args:
        whole: Sources that are made again as a whole.
        added: New releases, by source, of sources of which everything else stays.
    """

    whole: frozenset[str]
    added: Mapping[str, frozenset[str]]

    @property
    def sources(self) -> frozenset[str]:
        """All sources that differ."""
        return self.whole | frozenset(self.added)

    def with_whole(self, sources: Collection[str]) -> Arrivals:
        """The same with more sources that are made again as a whole."""
        return Arrivals(
            self.whole | frozenset(sources),
            {source: new for source, new in self.added.items() if source not in sources},
        )

    def fresh(self, members: Sequence[Member]) -> list[Member]:
        """The releases whose own rows are made: new ones, and all of the sources that are made again."""
        return [
            member
            for member in members
            if member.receipt.source in self.whole
            or member.receipt.release in self.added.get(member.receipt.source, ())
        ]


def arrivals(
    connection: DuckDBPyConnection, members: Sequence[Member], before: Parts, now: Parts
) -> Arrivals:
    """Which sources differ, and in which of them it is enough to add releases.

    Args:
        connection: Connection to a copy of the last read model, in which releases have their new positions.
        members: Releases of the new one.
        before: Parts of the last one.
        now: Parts of the new one.
    """
    changed = {
        source
        for source in before.sources.keys() | now.sources.keys()
        if before.sources.get(source) != now.sources.get(source)
    }
    added = dict(_added(connection, members, sorted(changed), before, now))
    return Arrivals(frozenset(changed - added.keys()), added)


def _added(
    connection: DuckDBPyConnection,
    members: Sequence[Member],
    sources: Sequence[str],
    before: Parts,
    now: Parts,
) -> Iterator[tuple[str, frozenset[str]]]:
    order = positions(members)
    for source in sources:
        was, will = before.sources.get(source, NOTHING), now.sources.get(source, NOTHING)
        # A correction is tried on every release of its source.
        if was.decided or will.decided or not was.releases.items() <= will.releases.items():
            continue
        of_source = [member for member in members if member.receipt.source == source]
        new = [member for member in of_source if member.receipt.release not in was.releases]
        old = [member for member in of_source if member.receipt.release in was.releases]
        places = [order[member.receipt.release] for member in new if member.harmonised]
        earlier = [order[member.receipt.release] for member in old if member.harmonised]
        # A release that comes in between others moves the issues after it, and with them what is compared.
        if not earlier or min(places, default=max(earlier) + 1) <= max(earlier):
            continue
        # Sums over years say whether any figure of their source is synthetic.
        if len({(member.receipt.synthetic, member.facts.synthetic) for member in of_source}) > 1:
            continue
        if len({one_release_a_period(source, member.receipt.release) for member in of_source}) > 1:
            continue
        if connection.execute(_SEVERAL_TYPES, [source]).fetchone():
            continue
        yield source, frozenset(member.receipt.release for member in new)


def unlike(connection: DuckDBPyConnection) -> set[str]:
    """Sources in which a new release is described otherwise than those that are there, as no other row may be.

    Args:
        connection: Connection to a copy of the last read model, with the tables of the new releases in `memory`.
    """
    return {source for (source,) in connection.execute(_UNLIKE).fetchall()}


# An area of several types has the last of them in the sums of all its years.
_SEVERAL_TYPES = """SELECT 1 FROM harmonised.observations WHERE source = ?
GROUP BY area_code HAVING min(area_type) IS DISTINCT FROM max(area_type) LIMIT 1"""
# The same, for what comes in; and a measure that becomes one of classes has totals in earlier releases too.
_UNLIKE = """WITH types AS (
    SELECT DISTINCT source, area_code, area_type FROM memory.harmonised.observations
    UNION SELECT source, area_code, area_type FROM catalogue.printed_areas
),
classes AS (
    SELECT DISTINCT source, measure, scheme FROM memory.catalogue.figure_classes
    WHERE scheme = 'classes of recorded crime'
)
SELECT source FROM types SEMI JOIN (SELECT DISTINCT source FROM memory.harmonised.observations) USING (source)
GROUP BY source, area_code HAVING count(DISTINCT area_type) > 1
UNION
SELECT n.source FROM classes n JOIN (SELECT DISTINCT source, measure FROM catalogue.figure_classes) b
    USING (source, measure)
ANTI JOIN catalogue.figure_classes c ON c.source = n.source AND c.measure = n.measure AND c.scheme = n.scheme"""
